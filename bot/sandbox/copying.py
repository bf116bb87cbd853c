"""Methods that send an existing message once more: as a copy, or forwarded with its origin."""

from typing import Any

from bot.sandbox import polls
from bot.sandbox.core import Core, Request, method
from bot.sandbox.errors import bad_request
from bot.sandbox.formatting import caption_content
from bot.sandbox.sending import send
from bot.sandbox.state import Json

_SERVICE = ("pinned_message", "successful_payment", "refunded_payment")
_COPIED = (
    "text", "entities", "link_preview_options", "rich_message", "animation", "audio", "document", "photo", "sticker",
    "video", "video_note", "voice", "caption", "caption_entities", "show_caption_above_media", "has_media_spoiler",
    "contact", "dice", "poll", "venue", "location",
)  # fmt: skip


def _source(core: Core, from_chat_id: Any, message_id: int, verb: str) -> Json:
    record = core.find_chat(from_chat_id).messages.get(message_id)
    if record is None:
        raise bad_request(f"message to {verb} not found")
    message = record.message
    if any(kind in message for kind in _SERVICE) or (verb == "copy" and "invoice" in message):
        raise bad_request(f"message can't be {'copied' if verb == 'copy' else 'forwarded'}")
    return message


def _copy(core: Core, request: Request, message_id: int) -> Json:
    source = _source(core, request["from_chat_id"], message_id, "copy")
    content = {name: source[name] for name in _COPIED if name in source}
    if request.get("caption") is not None and "text" not in source:
        content = {name: value for name, value in content.items() if "caption" not in name}
        content |= caption_content(core, request)
    if "poll" in content:
        content["poll"] = polls.fresh_copy(core, content["poll"])
    message = send(core, request, content)
    if "poll" in content:
        polls.register_copy(core, message)
    return {"message_id": message["message_id"]}


@method("copyMessage")
def copy_message(core: Core, request: Request) -> Json:
    return _copy(core, request, request["message_id"])


@method("copyMessages")
def copy_messages(core: Core, request: Request) -> list[Json]:
    known = core.find_chat(request["from_chat_id"]).messages
    return [_copy(core, request, each) for each in request["message_ids"] if each in known]


def _forward(core: Core, request: Request, message_id: int) -> Json:
    source = _source(core, request["from_chat_id"], message_id, "forward")
    if source.get("has_protected_content"):
        raise bad_request("message can't be forwarded")
    return send(core, request, forwarded(source))


def forwarded(source: Json) -> Json:
    """The content of a message with the note where it comes from."""
    origin = source.get("forward_origin") or {"type": "user", "date": source["date"], "sender_user": source["from"]}
    content = {name: source[name] for name in (*_COPIED, "invoice") if name in source}
    return {**content, "forward_origin": origin}


@method("forwardMessage")
def forward_message(core: Core, request: Request) -> Json:
    return _forward(core, request, request["message_id"])


@method("forwardMessages")
def forward_messages(core: Core, request: Request) -> list[Json]:
    known = core.find_chat(request["from_chat_id"]).messages
    sent = [_forward(core, request, each) for each in request["message_ids"] if each in known]
    return [{"message_id": message["message_id"]} for message in sent]
