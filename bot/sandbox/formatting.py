"""Texts and keyboards as a bot may send them: parsed, measured, refused in Telegram's words."""

import re
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.core import Core, Request
from bot.sandbox.entities import Entity, Formatted, parse_html, trimmed, utf16_length, with_detected
from bot.sandbox.errors import bad_request, cannot_parse
from bot.sandbox.state import Json

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
_CALLBACK_LIMIT = 64
_MOST_BUTTONS = 100
_COPY_LIMIT = 256
_ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay", "disabled",
)  # fmt: skip
_STYLES = {"primary", "success", "danger", None}
_USER_LINK = re.compile(r"tg://user\?id=(\d+)$")
_LOOPBACK = {"localhost", "127.0.0.1", "[::1]", "::1"}


def formatted(
    core: Core, text: str, parse_mode: str | None, entities: list[Entity] | None, *, detect: bool = True
) -> Formatted:
    """The text without markup and its entities; entities given explicitly win over a parse mode."""
    if entities:
        size = utf16_length(text)
        if any(
            each["offset"] < 0 or each["length"] <= 0 or each["offset"] + each["length"] > size for each in entities
        ):
            raise bad_request("ENTITY_BOUNDS_INVALID")
        result = trimmed(Formatted(text, tuple(sorted(entities, key=lambda each: (each["offset"], -each["length"])))))
    elif not parse_mode:
        result = trimmed(Formatted(text))
    elif parse_mode.lower() == "html":
        result = _with_mentions(core, parse_html(text))
    elif parse_mode.lower() in {"markdown", "markdownv2"}:
        raise cannot_parse(f"the sandbox does not read {parse_mode}; send HTML or entities")
    else:
        raise bad_request("unsupported parse_mode")
    return with_detected(result) if detect else result


def _with_mentions(core: Core, text: Formatted) -> Formatted:
    if not any(entity.get("url", "").startswith("tg://user") for entity in text.entities):
        return text
    entities: list[Entity] = []
    for entity in text.entities:
        match = _USER_LINK.match(entity.get("url", ""))
        if match is None:
            entities.append(entity)
        elif persona := core.state.personas.get(int(match[1])):
            span = {"offset": entity["offset"], "length": entity["length"]}
            entities.append({"type": "text_mention", **span, "user": persona.as_user()})
    return Formatted(text.text, tuple(entities))


def text_content(core: Core, request: Request) -> Json:
    """`text` and `entities` of a message; never empty, at most 4096 units."""
    result = formatted(core, request["text"], request.get("parse_mode"), request.get("entities"))
    if not result.text:
        raise bad_request("message text is empty")
    if utf16_length(result.text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    content: Json = {"text": result.text}
    if result.entities:
        content["entities"] = list(result.entities)
    preview = request.get("link_preview_options")
    if preview is None and request.get("disable_web_page_preview"):
        preview = {"is_disabled": True}
    if preview:
        content["link_preview_options"] = preview
    return content


def caption_content(core: Core, source: Any) -> Json:
    """`caption` and `caption_entities`, at most 1024 units; nothing when there is no caption."""
    caption = source.get("caption")
    if not caption:
        return {}
    result = formatted(core, caption, source.get("parse_mode"), source.get("caption_entities"))
    if utf16_length(result.text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    content: Json = {}
    if result.text:
        content["caption"] = result.text
    if result.entities:
        content["caption_entities"] = list(result.entities)
    if source.get("show_caption_above_media"):
        content["show_caption_above_media"] = True
    return content


def short_text(core: Core, text: str, parse_mode: str | None, entities: list[Entity] | None) -> Formatted:
    """A text of a poll: formatted, but with nothing detected in it."""
    return formatted(core, text, parse_mode, entities, detect=False)


def inline_keyboard(markup: Json | None) -> Json | None:
    """A checked inline keyboard; None when there is none or it is empty."""
    if not markup or "inline_keyboard" not in markup:
        return None
    rows = [row for row in markup["inline_keyboard"] if row]
    if sum(len(row) for row in rows) > _MOST_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    for row in rows:
        for button in row:
            check_button(button)
    return {"inline_keyboard": rows} if rows else None


def check_button(button: Json) -> None:
    """Raise what Telegram says about a wrong inline button."""
    where = "can't parse inline keyboard button: "
    if button.get("text") == "":
        raise bad_request(f"{where}Text of a button must be non-empty")
    actions = [action for action in _ACTIONS if button.get(action) is not None]
    if not actions:
        raise bad_request(f"{where}Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request("BUTTON_TYPE_INVALID")
    if button.get("style") not in _STYLES and not (button["style"] == "link" and actions == ["callback_data"]):
        raise bad_request(f"{where}Invalid button style specified")
    match actions[0]:
        case "callback_data":
            if not 1 <= len(button["callback_data"].encode()) <= _CALLBACK_LIMIT:
                raise bad_request("BUTTON_DATA_INVALID")
        case "url":
            _check_url(button["url"])
        case "web_app":
            if not button["web_app"]["url"].startswith("https://"):
                url = button["web_app"]["url"]
                raise bad_request(
                    f"inline keyboard button Web App URL '{url}' is invalid: Only HTTPS links are allowed"
                )
        case "copy_text":
            if not 1 <= len(button["copy_text"]["text"]) <= _COPY_LIMIT:
                raise bad_request("BUTTON_COPY_TEXT_INVALID")
        case _:
            pass


def _check_url(url: str) -> None:
    """Telegram wants a host with a dot; a loopback host is let through, because the sandbox's cashier lives there."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host, parts = "", urlsplit("")
    web = parts.scheme in {"http", "https"} or (not parts.scheme and "." in url.partition("/")[0])
    good = parts.scheme in {"tg", "ton"} or (web and (not parts.scheme or "." in host or host in _LOOPBACK))
    if not good or " " in url:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def check_reply_keyboard(markup: Json) -> None:
    """Raise what Telegram says about a wrong reply keyboard."""
    rows = markup["keyboard"]
    if not any(rows):
        raise bad_request("reply keyboard must be non-empty")
    texts = [button if isinstance(button, str) else button["text"] for row in rows for button in row]
    if not all(texts):
        raise bad_request("can't parse keyboard button: Text of a button must be non-empty")
    if len(texts) > 3 * _MOST_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
