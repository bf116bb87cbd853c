"""What a person can do in the chat: the actions behind the page and the Python client alike."""

import secrets
from itertools import islice
from typing import Any

from bot.sandbox import polls
from bot.sandbox.copying import forwarded
from bot.sandbox.core import Core, Request
from bot.sandbox.editing import delete
from bot.sandbox.entities import Formatted, trimmed, utf16_length, with_detected
from bot.sandbox.errors import ApiError, UserError
from bot.sandbox.faults import Tap
from bot.sandbox.files import Kind, Upload
from bot.sandbox.formatting import CAPTION_LIMIT, TEXT_LIMIT
from bot.sandbox.profile import member
from bot.sandbox.sending import MEDIA_KINDS, set_keyboard
from bot.sandbox.state import Chat, Json, Persona, Record

_TAPS_KEPT = 200_000
_KINDS: tuple[tuple[str, Kind], ...] = (
    ("image/gif", "animation"),
    ("image/", "photo"),
    ("video/", "video"),
    ("audio/", "audio"),
    ("", "document"),
)
_ALBUM_SHELVES: dict[str, str] = {"photo": "pictures", "video": "pictures", "document": "files", "audio": "music"}
"""What goes into one album together."""
_ALBUM_MOST = 10
_UPLOADED: dict[str, Kind] = {kind: kind for kind in MEDIA_KINDS if kind != "sticker"}
_STICKER = b"RIFF\x1e\x00\x00\x00WEBPVP8L\x11\x00\x00\x00/\xff\xc1\x7f\x00\x07\x10\x11\xfd\x0f\x00DD\xff\x03"


def persona(core: Core, user_id: int) -> Persona:
    found = core.state.personas.get(user_id)
    if found is None:
        raise UserError(404, f"there is no person {user_id}")
    return found


def chat_of(core: Core, user_id: int) -> Chat:
    persona(core, user_id)
    return core.state.chat(user_id)


def _open(core: Core, chat: Chat) -> None:
    if chat.blocked:
        raise UserError(409, "the bot is blocked; unblock it first")


def _message(chat: Chat, message_id: int) -> Record:
    record = chat.messages.get(message_id)
    if record is None:
        raise UserError(404, f"there is no message {message_id}")
    return record


def _reply(chat: Chat, reply_to: int | None) -> Json:
    if reply_to is None:
        return {}
    answered = _message(chat, reply_to).message
    return {"reply_to_message": {k: v for k, v in answered.items() if k != "reply_to_message"}}


def _text(text: str, limit: int) -> Formatted:
    """A text as the app sends it: trimmed, cut into nothing longer than the limit, commands and links marked."""
    result = with_detected(trimmed(Formatted(text)))
    if utf16_length(result.text) > limit:
        raise UserError(400, f"at most {limit} characters")
    return result


def send(core: Core, chat: Chat, text: str, reply_to: int | None = None) -> Json:
    """Type a text. What is longer than one message goes as several, as the apps do; the first one is answered."""
    _open(core, chat)
    pieces = _split(text)
    if not pieces:
        raise UserError(400, "the text is empty")
    sent = [_send_piece(core, chat, piece, reply_to) for piece in pieces]
    if chat.keyboard and chat.keyboard.get("one_time_keyboard") and _is_button(chat.keyboard, text):
        set_keyboard(core, chat, None)
    return sent[0]


def _send_piece(core: Core, chat: Chat, text: str, reply_to: int | None) -> Json:
    result = _text(text, TEXT_LIMIT)
    content: Json = {"text": result.text, **_reply(chat, reply_to)}
    if result.entities:
        content["entities"] = list(result.entities)
    return core.receive(chat, content)


def _split(text: str) -> list[str]:
    pieces: list[str] = []
    rest = text.strip()
    while utf16_length(rest) > TEXT_LIMIT:
        end = len(rest.encode("utf-16-le", "surrogatepass")[: 2 * TEXT_LIMIT].decode("utf-16-le", "ignore"))
        pieces.append(rest[:end])
        rest = rest[end:].strip()
    return [*pieces, rest] if rest else pieces


def _is_button(keyboard: Json, text: str) -> bool:
    return any(
        (button if isinstance(button, str) else button["text"]) == text
        for row in keyboard["keyboard"]
        for button in row
    )


def start(core: Core, chat: Chat, payload: str | None) -> Json:
    """Follow a deep link, or press Start; it also lifts a block, as the app's Restart does."""
    if chat.blocked:
        unblock(core, chat)
    return send(core, chat, f"/start {payload}" if payload else "/start")


def press(core: Core, chat: Chat, message_id: int, row: int | None, column: int | None, data: str | None) -> Json:
    """Press an inline button. With `data` the tap is forged: any data on any message of the bot, even a deleted one."""
    _open(core, chat)
    record = chat.messages.get(message_id)
    if data is None:
        button = _button(_message(chat, message_id), row, column)
        if button.get("url") or button.get("web_app") or button.get("copy_text"):
            url = button.get("url") or (button.get("web_app") or {}).get("url")
            return {"url": url, "copy_text": button.get("copy_text")}
        data = button.get("callback_data")
        if data is None:
            raise UserError(409, "this button does nothing here")
    query_id = f"{chat.id}{core.state.next_id('other'):08d}{secrets.randbelow(10**6):06d}"
    inaccessible = {"message_id": message_id, "chat": core.persona(chat).as_chat(), "date": 0}
    query = {
        "id": query_id,
        "from": core.persona(chat).as_user(),
        "message": record.message if record else inaccessible,
        "chat_instance": str(chat.id * 7919),
        "data": data,
    }
    _forget_old_taps(core)
    tap = Tap(query_id, chat.id, chat.id, message_id, data, core.now())
    core.taps[query_id] = tap
    kept = {"chat_id": chat.id, "message_id": message_id, "at": tap.pressed_at}
    core.state.put("callback", query_id, kept)
    chat.waiting.add(f"callback:{query_id}")
    core.push("callback_query", query, chat)
    return {"callback_query_id": query_id}


def _forget_old_taps(core: Core) -> None:
    """Taps that nobody can answer any more go, a few at a time, oldest first."""
    rows = core.state.tables["callback"]
    for query_id, row in list(islice(rows.items(), 4)):
        if core.now() - row["at"] > core.faults.callback_expiry:
            core.state.drop("callback", query_id)
            core.state.chat(row["chat_id"]).waiting.discard(f"callback:{query_id}")
    if len(core.taps) > _TAPS_KEPT:
        del core.taps[next(iter(core.taps))]


def _button(record: Record, row: int | None, column: int | None) -> Json:
    rows = record.message.get("reply_markup", {}).get("inline_keyboard", [])
    if row is None or column is None or not (0 <= row < len(rows) and 0 <= column < len(rows[row])):
        raise UserError(404, "there is no such button")
    return rows[row][column]


def contact(core: Core, chat: Chat, given: Json) -> Json:
    """Share a contact: one's own by default; any other to see how the bot takes it."""
    _open(core, chat)
    me = core.persona(chat)
    own = given.get("user_id") is None and given.get("phone_number") is None
    fields: Json = {
        "phone_number": given.get("phone_number") or me.phone_number,
        "first_name": given.get("first_name") or me.first_name,
    }
    if given.get("last_name") or (own and me.last_name):
        fields["last_name"] = given.get("last_name") or me.last_name
    user_id = given.get("user_id", me.id if own else None)
    if user_id is not None:
        fields["user_id"] = user_id
    message = core.receive(chat, {"contact": fields})
    if chat.keyboard and chat.keyboard.get("one_time_keyboard"):
        set_keyboard(core, chat, None)
    return message


def location(core: Core, chat: Chat, latitude: float, longitude: float) -> Json:
    _open(core, chat)
    return core.receive(chat, {"location": {"latitude": latitude, "longitude": longitude}})


def sticker(core: Core, chat: Chat, emoji: str) -> Json:
    _open(core, chat)
    thing = core.files.add("sticker", Upload("sticker.webp", _STICKER, "image/webp"))
    return core.receive(chat, {"sticker": {**thing, "emoji": emoji}})


def upload(
    core: Core, chat: Chat, file: Upload, kind: str, caption: str, reply_to: int | None, album: str | None = None
) -> Json:
    """Send a file; `auto` chooses the kind as the app would. Files with one `album` carry one `media_group_id`."""
    _open(core, chat)
    chosen = _kind(kind, file)
    if album is not None:
        _check_album(chat, album, chosen)
    try:
        thing = core.files.add(chosen, file)
    except ApiError as error:
        raise UserError(400, error.description.removeprefix("Bad Request: ")) from None
    content: Json = {chosen: [thing] if chosen == "photo" else thing, **_reply(chat, reply_to)}
    if chosen == "animation":
        content["document"] = thing
    if album is not None:
        content["media_group_id"] = album
    result = _text(caption, CAPTION_LIMIT)
    if result.text:
        content["caption"] = result.text
    if result.entities:
        content["caption_entities"] = list(result.entities)
    return core.receive(chat, content)


def _check_album(chat: Chat, album: str, kind: str) -> None:
    """As in the apps: photos and videos together, files or music among themselves, ten at most."""
    if not (album.isascii() and album.isdigit() and len(album) <= 20):
        raise UserError(400, "an album's id has up to 20 digits")
    shelf = _ALBUM_SHELVES.get(kind)
    if shelf is None:
        raise UserError(400, f"there are no albums of: {kind}")
    others = [record.message for record in chat.messages.values() if record.message.get("media_group_id") == album]
    if len(others) >= _ALBUM_MOST:
        raise UserError(400, f"at most {_ALBUM_MOST} files in an album")
    if any(_ALBUM_SHELVES[name] != shelf for other in others for name in _ALBUM_SHELVES if name in other):
        raise UserError(400, "photos and videos, or files, or music: an album does not mix them")


def _kind(kind: str, file: Upload) -> Kind:
    if kind == "auto":
        mime = file.content_type or ""
        return next(chosen for prefix, chosen in _KINDS if mime.startswith(prefix))
    found = _UPLOADED.get(kind)
    if found is None:
        raise UserError(400, f"unknown kind of file: {kind}")
    return found


def forward(core: Core, chat: Chat, message_id: int) -> Json:
    """Forward a message of this chat back into it."""
    _open(core, chat)
    source = _message(chat, message_id).message
    if source.get("has_protected_content"):
        raise UserError(403, "this message is protected from forwarding")
    return core.receive(chat, forwarded(source))


def edit(core: Core, chat: Chat, message_id: int, text: str) -> Json:
    """Change the text or the caption of one's own message."""
    _open(core, chat)
    record = _message(chat, message_id)
    field = "text" if "text" in record.message else "caption"
    if record.from_bot or (field == "caption" and "caption" not in record.message and "photo" not in record.message):
        raise UserError(409, "this message can't be edited")
    result = _text(text, TEXT_LIMIT if field == "text" else CAPTION_LIMIT)
    marks = "entities" if field == "text" else "caption_entities"
    if not result.text:
        raise UserError(400, "the text is empty")
    message = {name: value for name, value in record.message.items() if name not in {field, marks}}
    message |= {field: result.text, "edit_date": int(core.now())}
    if result.entities:
        message[marks] = list(result.entities)
    core.replace(chat, message_id, message)
    core.push("edited_message", message, chat)
    return message


def ask_poll(core: Core, chat: Chat, given: Json) -> Json:
    """Send a native poll; with a right option it is a quiz."""
    _open(core, chat)
    params: Json = {"chat_id": chat.id, "question": given["question"], "options": given["options"]}
    correct = given.get("correct_option_id")
    if correct is not None:
        params |= {"type": "quiz", "correct_option_id": correct, "explanation": given.get("explanation")}
    try:
        return polls.ask(core, chat, Request("sendPoll", params))
    except ApiError as error:
        raise UserError(400, error.description.removeprefix("Bad Request: ")) from None


def block(core: Core, chat: Chat) -> None:
    if not chat.blocked:
        _set_blocked(core, chat, blocked=True)


def unblock(core: Core, chat: Chat) -> None:
    if chat.blocked:
        _set_blocked(core, chat, blocked=False)


def _set_blocked(core: Core, chat: Chat, *, blocked: bool) -> None:
    old = member(core, chat)
    chat.blocked = blocked
    core.state.save_chat(chat)
    core.state.emit(chat, "blocked", blocked=blocked)
    change = {
        "chat": core.persona(chat).as_chat(),
        "from": core.persona(chat).as_user(),
        "date": int(core.now()),
        "old_chat_member": old,
        "new_chat_member": member(core, chat),
    }
    core.push("my_chat_member", change, chat)


def clear(core: Core, chat: Chat) -> None:
    """Delete the history on both sides; the bot is not told, as on Telegram."""
    ids = list(chat.messages)
    if ids:
        delete(core, chat, ids)
    core.end_draft(chat)
    set_keyboard(core, chat, None)


def change_persona(core: Core, who: Persona, values: Any) -> Persona:
    known = {"first_name", "last_name", "username", "language_code", "phone_number"}
    if not isinstance(values, dict) or not values.keys() <= known:
        raise UserError(400, f"only these may be changed: {', '.join(sorted(known))}")
    changed = core.state.change_persona(who, values)
    core.state.emit(core.state.chat(who.id), "persona", language_code=changed.language_code)
    return changed
