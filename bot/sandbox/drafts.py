"""Answers that the bot is still writing: shown for about 30 seconds, or until a real message comes."""

import asyncio

from bot.sandbox import rich
from bot.sandbox.core import Core, Request, method
from bot.sandbox.entities import utf16_length
from bot.sandbox.errors import UserError, bad_request
from bot.sandbox.formatting import TEXT_LIMIT, formatted
from bot.sandbox.state import Chat, Draft, Json

_SHOWN_FOR = 30.0


@method("sendMessageDraft")
def send_message_draft(core: Core, request: Request) -> bool:
    text = formatted(core, request.get("text") or "", request.get("parse_mode"), request.get("entities"))
    if utf16_length(text.text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return _show(core, request, {"text": text.text, "entities": list(text.entities)})


@method("sendRichMessageDraft")
def send_rich_message_draft(core: Core, request: Request) -> bool:
    return _show(core, request, {"rich_message": rich.read(core, request["rich_message"], {}, draft=True)})


def _show(core: Core, request: Request, content: Json) -> bool:
    chat = core.writable_chat(request["chat_id"])
    draft_id: int = request["draft_id"]
    if draft_id == 0:
        raise bad_request("DRAFT_ID_INVALID")
    if draft_id in chat.stopped_drafts:
        return True
    if chat.draft and chat.draft.timer:
        chat.draft.timer.cancel()
    draft = Draft(draft_id, content, bool(request.get("can_stop")), bool(request.get("keep_on_stop")))
    chat.draft = draft
    draft.timer = asyncio.get_running_loop().call_later(_SHOWN_FOR, lambda: _expire(core, chat, draft))
    core.state.emit(chat, "draft", draft=draft)
    return True


def _expire(core: Core, chat: Chat, draft: Draft) -> None:
    if chat.draft is draft:
        core.end_draft(chat)


def stop(core: Core, chat: Chat) -> None:
    """The person presses the stop button of the draft."""
    draft = chat.draft
    if draft is None or not draft.can_stop:
        raise UserError(409, "there is nothing to stop")
    chat.stopped_drafts.add(draft.draft_id)
    if draft.keep_on_stop:
        draft.can_stop = False
        core.state.emit(chat, "draft", draft=draft)
    else:
        core.end_draft(chat)
    stopped = {"chat": core.persona(chat).as_chat(), "draft_id": draft.draft_id}
    core.push("stopped_message_generation", stopped, chat)
