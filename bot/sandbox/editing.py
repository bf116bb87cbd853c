"""Methods that change or remove messages, and the answers to taps."""

import re
from typing import Any

from bot.sandbox import rich
from bot.sandbox.core import Core, Request, method
from bot.sandbox.errors import NOT_MODIFIED, QUERY_TOO_OLD, bad_request
from bot.sandbox.formatting import caption_content, inline_keyboard, text_content
from bot.sandbox.sending import media_content
from bot.sandbox.state import Chat, Json, Record

_DELETABLE_FOR = 48 * 3600
_MOST_DELETED = 100
_ANSWER_LIMIT = 200
_MEDIA = ("photo", "video", "animation", "audio", "document", "voice", "video_note", "sticker")
_CAPTIONED = ("photo", "video", "animation", "audio", "document", "voice")
_TEXT_FIELDS = ("text", "entities", "link_preview_options", "rich_message")
_CAPTION_FIELDS = ("caption", "caption_entities", "show_caption_above_media")
_MEDIA_FIELDS = (*_MEDIA, *_CAPTION_FIELDS, "has_media_spoiler")
_REACTIONS = frozenset(
    re.findall(
        r"\S+",
        "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤\u200d🔥 🌚 🌭 "
        "💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨\u200d💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 "
        "☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷\u200d♂ 🤷 🤷\u200d♀ 😡",
    )
)
"""The emoji that Telegram lets bots react with."""


def _editable(core: Core, request: Request) -> tuple[Chat, Record]:
    if request.get("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    if request.get("chat_id") is None:
        raise bad_request("chat_id is empty")
    chat = core.writable_chat(request["chat_id"])
    record = chat.messages.get(request.get("message_id") or 0)
    if record is None:
        raise bad_request("message to edit not found")
    if not record.from_bot or record.fixed or "pinned_message" in record.message:
        raise bad_request("message can't be edited")
    return chat, record


def _edited(core: Core, chat: Chat, record: Record, dropped: tuple[str, ...], content: Json, markup: Any) -> Json:
    """Replace some fields of a message; refuses an edit that changes nothing."""
    old = record.message
    gone = (*dropped, "reply_markup", "edit_date")
    message = {name: value for name, value in old.items() if name not in gone} | content
    keyboard = inline_keyboard(markup)
    if keyboard:
        message["reply_markup"] = keyboard
    if message == {name: value for name, value in old.items() if name != "edit_date"}:
        raise bad_request(NOT_MODIFIED)
    message["edit_date"] = int(core.now())
    core.replace(chat, message["message_id"], message)
    return message


@method("editMessageText")
def edit_message_text(core: Core, request: Request) -> Json:
    chat, record = _editable(core, request)
    if not (record.message.keys() & {"text", "rich_message"}):
        raise bad_request("there is no text in the message to edit")
    if request.get("rich_message") is not None:
        if request.get("text"):
            raise bad_request("exactly one of text and rich_message must be specified")
        content: Json = {"rich_message": rich.read(core, request["rich_message"], request.uploads)}
    elif request.get("text") is None:
        raise bad_request("message text is empty")
    else:
        content = text_content(core, request)
    return _edited(core, chat, record, _TEXT_FIELDS, content, request.get("reply_markup"))


@method("editMessageCaption")
def edit_message_caption(core: Core, request: Request) -> Json:
    chat, record = _editable(core, request)
    if not any(kind in record.message for kind in _CAPTIONED):
        raise bad_request("there is no caption in the message to edit")
    content = caption_content(core, request)
    return _edited(core, chat, record, _CAPTION_FIELDS, content, request.get("reply_markup"))


@method("editMessageMedia")
def edit_message_media(core: Core, request: Request) -> Json:
    chat, record = _editable(core, request)
    media: Json = request["media"]
    if not (record.message.keys() & {*_CAPTIONED, "text"}):
        raise bad_request("message can't be edited")
    content = media_content(core, media["type"], media["media"], media, request)
    dropped = (*_TEXT_FIELDS, *_MEDIA_FIELDS)
    return _edited(core, chat, record, dropped, content, request.get("reply_markup"))


@method("editMessageReplyMarkup")
def edit_message_reply_markup(core: Core, request: Request) -> Json:
    chat, record = _editable(core, request)
    return _edited(core, chat, record, (), {}, request.get("reply_markup"))


def delete(core: Core, chat: Chat, message_ids: list[int]) -> None:
    """Remove messages from the chat and from its pins, and show that."""
    for message_id in message_ids:
        core.state.drop_message(chat, message_id)
    if set(chat.pinned) & set(message_ids):
        chat.pinned = [each for each in chat.pinned if each not in message_ids]
        core.state.save_chat(chat)
        core.state.emit(chat, "pinned", pinned=chat.pinned)
    core.state.emit(chat, "delete", message_ids=message_ids)


def _too_old(core: Core, record: Record) -> bool:
    return core.now() - record.message["date"] > _DELETABLE_FOR


@method("deleteMessage")
def delete_message(core: Core, request: Request) -> bool:
    chat = core.find_chat(request["chat_id"])
    record = chat.messages.get(request["message_id"])
    if record is None:
        raise bad_request("message to delete not found")
    if _too_old(core, record):
        raise bad_request("message can't be deleted for everyone")
    delete(core, chat, [request["message_id"]])
    return True


@method("deleteMessages")
def delete_messages(core: Core, request: Request) -> bool:
    chat = core.find_chat(request["chat_id"])
    wanted: list[int] = request["message_ids"]
    if not wanted:
        raise bad_request("message identifiers are not specified")
    if len(wanted) > _MOST_DELETED:
        raise bad_request("too many message identifiers specified")
    found = [each for each in dict.fromkeys(wanted) if each in chat.messages]
    if any(_too_old(core, chat.messages[each]) for each in found):
        raise bad_request("message can't be deleted for everyone")
    if found:
        delete(core, chat, found)
    return True


@method("answerCallbackQuery")
def answer_callback_query(core: Core, request: Request) -> bool:
    """A tap is answered once, and only while it is fresh."""
    query_id = request["callback_query_id"]
    row = core.state.tables["callback"].get(query_id)
    if row is None or core.now() - row["at"] > core.faults.callback_expiry:
        raise bad_request(QUERY_TOO_OLD)
    text = request.get("text") or ""
    if len(text) > _ANSWER_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    core.state.drop("callback", query_id)
    tap = core.taps.get(query_id)
    if tap:
        tap.answered_at, tap.text = core.now(), text
    chat = core.state.chat(row["chat_id"])
    chat.waiting.discard(f"callback:{query_id}")
    if text or request.get("url"):
        core.state.emit(
            chat,
            "toast",
            text=text,
            show_alert=bool(request.get("show_alert")),
            url=request.get("url"),
            callback_query_id=query_id,
            message_id=row["message_id"],
        )
    else:
        core.state.emit(chat, "answered", callback_query_id=query_id, message_id=row["message_id"])
    return True


@method("setMessageReaction")
def set_message_reaction(core: Core, request: Request) -> bool:
    chat = core.writable_chat(request["chat_id"])
    record = chat.messages.get(request["message_id"])
    if record is None:
        raise bad_request("message to react not found")
    reactions: list[Json] = request.get("reaction") or []
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    if any(each["type"] != "emoji" or each["emoji"] not in _REACTIONS for each in reactions):
        raise bad_request("REACTION_INVALID")
    record.reactions = reactions
    core.state.put_message(chat, record)
    core.state.emit(chat, "reaction", message_id=request["message_id"], message=record.message)
    return True


@method("pinChatMessage")
def pin_chat_message(core: Core, request: Request) -> bool:
    chat = core.writable_chat(request["chat_id"])
    record = chat.messages.get(request["message_id"])
    if record is None:
        raise bad_request("message to pin not found")
    if request["message_id"] in chat.pinned:
        return True
    chat.pinned.append(request["message_id"])
    core.state.save_chat(chat)
    core.state.emit(chat, "pinned", pinned=chat.pinned)
    core.post(chat, {"pinned_message": {k: v for k, v in record.message.items() if k != "reply_to_message"}})
    return True


@method("unpinChatMessage")
def unpin_chat_message(core: Core, request: Request) -> bool:
    chat = core.writable_chat(request["chat_id"])
    message_id = request.get("message_id") or (chat.pinned[-1] if chat.pinned else None)
    if message_id not in chat.pinned:
        raise bad_request("message to unpin not found")
    _set_pins(core, chat, [each for each in chat.pinned if each != message_id])
    return True


@method("unpinAllChatMessages")
def unpin_all_chat_messages(core: Core, request: Request) -> bool:
    _set_pins(core, core.writable_chat(request["chat_id"]), [])
    return True


def _set_pins(core: Core, chat: Chat, pinned: list[int]) -> None:
    chat.pinned = pinned
    core.state.save_chat(chat)
    core.state.emit(chat, "pinned", pinned=pinned)
