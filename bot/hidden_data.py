"""Texts that end in invisible characters, which aiogram-dialog reads as the data of a reply keyboard's button.

It reads them from everybody's text: what does not decode would fail, and what decodes would be a tap that nobody
made. Only the data of a dialog's own button passes; in any other text the invisible end is cut off.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import TelegramObject, Update
from aiogram_dialog.utils import CB_SEP, REPLY_CALLBACK_SYMBOLS, decode_reply_callback

NOTHING_VISIBLE = "?"
"""Stands for a text of invisible characters only: a message without any content would not be answered."""


class HiddenData(BaseMiddleware):
    """An outer middleware of updates; it does nothing but look at the last character of most messages."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        if isinstance(event, Update) and event.message and event.message.text:
            text = event.message.text
            kept = text if text[-1] not in REPLY_CALLBACK_SYMBOLS else without_foreign_data(text)
            if kept is not text:
                event = event.model_copy(update={"message": event.message.model_copy(update={"text": kept})})
        return await handler(event, data)


def without_foreign_data(text: str) -> str:
    """The text itself when it carries a dialog's data: the id of an open dialog, a separator, the button."""
    visible = text.rstrip(REPLY_CALLBACK_SYMBOLS)
    try:
        hidden = decode_reply_callback(text[len(visible) :])
    except UnicodeDecodeError:
        hidden = ""
    context, separator, _button = hidden.partition(CB_SEP)
    return text if context and separator else visible or NOTHING_VISIBLE
