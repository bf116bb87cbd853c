"""Methods that put new messages into a chat."""

import secrets
from typing import Any

from bot.sandbox import rich
from bot.sandbox.core import Core, Request, method
from bot.sandbox.errors import bad_request
from bot.sandbox.files import Kind
from bot.sandbox.formatting import caption_content, check_reply_keyboard, inline_keyboard, text_content
from bot.sandbox.state import Chat, Json

_ALBUM = range(1, 11)
_ATTACHED = "attach://"
_MEDIA_FIELDS = ("width", "height", "duration", "length", "performer", "title", "emoji")
_KINDS: dict[str, Kind] = {
    "sendPhoto": "photo",
    "sendDocument": "document",
    "sendVideo": "video",
    "sendAudio": "audio",
    "sendVoice": "voice",
    "sendAnimation": "animation",
    "sendVideoNote": "video_note",
    "sendSticker": "sticker",
}
MEDIA_KINDS = frozenset(_KINDS.values())
_WITHOUT_CAPTION = {"video_note", "sticker"}
_DICE = {"🎲": 6, "🎯": 6, "🎳": 6, "🏀": 5, "⚽": 5, "🎰": 64}


def common(core: Core, chat: Chat, request: Request) -> Json:
    """The fields that any kind of message may have: reply, protection, effect, inline keyboard."""
    fields: Json = {}
    reply = request.get("reply_parameters") or {}
    target = reply.get("message_id") or request.get("reply_to_message_id")
    if target:
        record = chat.messages.get(target)
        if record:
            fields["reply_to_message"] = {k: v for k, v in record.message.items() if k != "reply_to_message"}
        elif not (reply.get("allow_sending_without_reply") or request.get("allow_sending_without_reply")):
            raise bad_request("message to be replied not found")
    if request.get("protect_content"):
        fields["has_protected_content"] = True
    if effect := request.get("message_effect_id"):
        if not str(effect).isdigit():
            raise bad_request("EFFECT_ID_INVALID")
        fields["effect_id"] = str(effect)
    keyboard = inline_keyboard(request.get("reply_markup"))
    if keyboard:
        fields["reply_markup"] = keyboard
    return fields


def finish(core: Core, chat: Chat, request: Request, content: Json) -> Json:
    """Send a message and, when it brings one, change the reply keyboard of the chat."""
    markup: Json = request.get("reply_markup") or {}
    if "keyboard" in markup:
        check_reply_keyboard(markup)
    message = core.post(chat, content, fixed="keyboard" in markup)
    if "keyboard" in markup:
        set_keyboard(core, chat, markup)
    elif markup.get("remove_keyboard"):
        set_keyboard(core, chat, None)
    elif markup.get("force_reply"):
        core.state.emit(chat, "keyboard", keyboard=chat.keyboard, force_reply=message["message_id"])
    return message


def set_keyboard(core: Core, chat: Chat, keyboard: Json | None) -> None:
    chat.keyboard = keyboard
    core.state.save_chat(chat)
    core.state.emit(chat, "keyboard", keyboard=keyboard)


def send(core: Core, request: Request, content: Json) -> Json:
    chat = core.writable_chat(request["chat_id"])
    return finish(core, chat, request, {**content, **common(core, chat, request)})


@method("sendMessage")
def send_message(core: Core, request: Request) -> Json:
    core.writable_chat(request["chat_id"])
    return send(core, request, text_content(core, request))


@method("sendRichMessage")
def send_rich_message(core: Core, request: Request) -> Json:
    core.writable_chat(request["chat_id"])
    return send(core, request, {"rich_message": rich.read(core, request["rich_message"], request.uploads)})


def file_of(core: Core, kind: Kind, value: str, request: Request, **given: Any) -> Json:
    """The Telegram object behind a `file_id` or an attached upload."""
    if value.startswith(_ATTACHED):
        upload = request.uploads.get(value.removeprefix(_ATTACHED))
        if upload is None:
            raise bad_request("file not found in the request")
        return core.files.add(kind, upload, **given)
    return core.files.known(kind, value)


def media_content(core: Core, kind: Kind, value: str, source: Any, request: Request) -> Json:
    """The message fields of one file with its caption."""
    if kind not in MEDIA_KINDS:
        raise bad_request(f"media of type {kind} is not supported")
    given = {name: source.get(name) for name in _MEDIA_FIELDS}
    thing = file_of(core, kind, value, request, **given)
    content: Json = {kind: [thing] if kind == "photo" else thing}
    if kind == "animation":
        content["document"] = {k: v for k, v in thing.items() if k not in {"width", "height", "duration"}}
    thumbnail = source.get("thumbnail")
    if isinstance(thumbnail, str) and thumbnail.startswith(_ATTACHED) and kind != "photo":
        content[kind] = {**thing, "thumbnail": file_of(core, "photo", thumbnail, request)}
    if source.get("has_spoiler"):
        content["has_media_spoiler"] = True
    if kind not in _WITHOUT_CAPTION:
        content |= caption_content(core, source)
    return content


@method(*_KINDS)
def send_media(core: Core, request: Request) -> Json:
    core.writable_chat(request["chat_id"])
    kind = _KINDS[request.method]
    return send(core, request, media_content(core, kind, request[kind], request, request))


@method("sendMediaGroup")
def send_media_group(core: Core, request: Request) -> list[Json]:
    chat = core.writable_chat(request["chat_id"])
    items: list[Json] = request["media"]
    if not items:
        raise bad_request("there are no messages to send")
    if len(items) not in _ALBUM:
        raise bad_request("too many messages to send as an album")
    kinds = {item["type"] for item in items}
    for kind, name in (("document", "Document"), ("audio", "Audio")):
        if kind in kinds and len(kinds) > 1:
            raise bad_request(f"{name} can't be mixed with other media types")
    shared = common(core, chat, request)
    contents = [media_content(core, item["type"], item["media"], item, request) for item in items]
    group = {"media_group_id": str(secrets.randbelow(10**17))} if len(items) > 1 else {}
    return [core.post(chat, {**content, **group, **shared}) for content in contents]


@method("sendContact")
def send_contact(core: Core, request: Request) -> Json:
    contact = {
        name: request[name] for name in ("phone_number", "first_name", "last_name", "vcard") if request.get(name)
    }
    return send(core, request, {"contact": contact})


@method("sendLocation")
def send_location(core: Core, request: Request) -> Json:
    return send(core, request, {"location": _place(request)})


@method("sendVenue")
def send_venue(core: Core, request: Request) -> Json:
    venue = {"location": _place(request), "title": request["title"], "address": request["address"]}
    return send(core, request, {"venue": venue, "location": venue["location"]})


def _place(request: Request) -> Json:
    latitude, longitude = request["latitude"], request["longitude"]
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad_request("wrong location specified")
    return {"latitude": latitude, "longitude": longitude}


@method("sendDice")
def send_dice(core: Core, request: Request) -> Json:
    emoji = request.get("emoji") or "🎲"
    if emoji not in _DICE:
        raise bad_request("DICE_EMOJI_INVALID")
    return send(core, request, {"dice": {"emoji": emoji, "value": secrets.randbelow(_DICE[emoji]) + 1}})


@method("sendChatAction")
def send_chat_action(core: Core, request: Request) -> bool:
    chat = core.writable_chat(request["chat_id"])
    core.state.emit(chat, "action", action=request["action"])
    return True
