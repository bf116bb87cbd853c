"""What Telegram takes at most of a text, counted as Telegram counts: in UTF-16 units, of which an emoji has two."""

import html
import re
from typing import Any

import structlog
from aiogram import Bot
from aiogram.client.default import Default
from aiogram.methods import AnswerCallbackQuery, TelegramMethod
from aiogram.methods.base import TelegramType

log = structlog.get_logger()

MAX_CAPTION = 1024
MAX_ALERT = 200
"""Of the answer to a tap, as an alert or as a passing line."""

_TAG = re.compile(r"<[^<>]*>")
_JOINED = "\u200d\ufe0f\u20e3"
"""Signs that belong to the one before them, as in 👩‍🏫; so does what follows the first of them."""


def units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, limit: int) -> str:
    """The text, or as much of its beginning as fits with an ellipsis; no sign is cut in two."""
    if units(text) <= limit:
        return text
    kept = text.encode("utf-16-le", "surrogatepass")[: 2 * (limit - 1)].decode("utf-16-le", "ignore")
    while kept and (kept[-1] in _JOINED or text[len(kept)] in _JOINED):
        kept = kept[:-1]
    return kept.rstrip() + "…"


def within_limits(method: TelegramMethod[TelegramType], bot: Bot) -> TelegramMethod[TelegramType]:
    """The method as Telegram takes it. A caption whose markup is too long to keep goes out as plain text."""
    given = method.__dict__
    if method.__api_method__ == AnswerCallbackQuery.__api_method__:
        text = given["text"]
        return _changed(method, text=cut(text, MAX_ALERT)) if text and units(text) > MAX_ALERT else method
    if isinstance(caption := given.get("caption"), str) and units(caption) > MAX_CAPTION:
        mode = given.get("parse_mode")
        if (bot.default[mode.name] if isinstance(mode, Default) else mode) is None:
            return _changed(method, caption=cut(caption, MAX_CAPTION))
        shown = html.unescape(_TAG.sub("", caption))
        if units(shown) > MAX_CAPTION:
            return _changed(method, caption=cut(shown, MAX_CAPTION), parse_mode=None, caption_entities=None)
    return method


def _changed(method: TelegramMethod[Any], **values: Any) -> Any:
    log.warning("telegram.text_cut", method=method.__api_method__)
    return method.model_copy(update=values)
