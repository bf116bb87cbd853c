"""Inline mode: a person types `@bot words` into a chat, the bot offers results, the chosen one becomes their message.

Articles with a text are shown, which is all that this product offers. Nothing is cached here, whatever `cache_time`
says: a test must see what the bot answers now.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.core import Core, Request, method
from bot.sandbox.errors import QUERY_TOO_OLD, UserError, bad_request
from bot.sandbox.formatting import inline_keyboard, text_content
from bot.sandbox.state import Chat, Json

_MOST_RESULTS = 50
_LONGEST_OFFSET = 64
_LONGEST_QUERY = 256
_KEPT = 500
_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(slots=True)
class InlineQuery:
    """One question, and what can be chosen once it is answered: by the result's id, the message that it becomes."""

    id: str
    chat_id: int
    at: float
    is_answered: bool = False
    messages: dict[str, Json] = field(default_factory=dict[str, Json])


def ask(core: Core, chat: Chat, words: str, offset: str) -> Json:
    """Type `@bot words`; the answer comes as the event `inline`."""
    if chat.blocked:
        raise UserError(409, "the bot is blocked; unblock it first")
    query = InlineQuery(f"{chat.id}{core.state.next_id('other'):08d}", chat.id, core.now())
    payload = {
        "id": query.id,
        "from": core.persona(chat).as_user(),
        "query": words[:_LONGEST_QUERY],
        "offset": offset,
        "chat_type": "sender",
    }
    core.inline[query.id] = query
    if len(core.inline) > _KEPT:
        del core.inline[next(iter(core.inline))]
    if not core.push("inline_query", payload, chat):
        raise UserError(409, "this bot does not ask for inline queries")
    return {"inline_query_id": query.id}


def choose(core: Core, chat: Chat, query_id: str, result_id: str) -> Json:
    """Send a result: it is the person's own message, and tells by which bot it came."""
    query = core.inline.get(query_id)
    message = query.messages.get(result_id) if query and query.chat_id == chat.id else None
    if message is None:
        raise UserError(404, "there is no such result")
    return core.receive(chat, {**message, "via_bot": core.bot})


@method("answerInlineQuery")
def answer_inline_query(core: Core, request: Request) -> bool:
    query: Any = core.inline.get(request["inline_query_id"])
    if query is None or query.is_answered or core.now() - query.at > core.faults.inline_expiry:
        raise bad_request(QUERY_TOO_OLD)
    results: list[Json] = request["results"]
    if len(results) > _MOST_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    next_offset = request.get("next_offset") or ""
    if len(next_offset.encode()) > _LONGEST_OFFSET:
        raise bad_request("NEXT_OFFSET_INVALID")
    button = request.get("button")
    if button and not button.get("web_app") and not _PARAMETER.fullmatch(button.get("start_parameter") or ""):
        raise bad_request("START_PARAM_INVALID")
    messages = {result["id"]: _message(core, result) for result in results}
    if len(messages) < len(results):
        raise bad_request("RESULT_ID_DUPLICATE")
    query.is_answered, query.messages = True, messages
    core.state.emit(
        core.state.chat(query.chat_id),
        "inline",
        inline_query_id=query.id,
        results=[
            {name: result[name] for name in ("id", "title", "description", "thumbnail_url") if result.get(name)}
            for result in results
        ],
        next_offset=next_offset,
        button=button,
    )
    return True


def _message(core: Core, result: Json) -> Json:
    """What the chosen result will be, judged as a message when it is offered."""
    if result["type"] != "article":
        raise bad_request("the sandbox shows articles only")
    if not 1 <= len(result["id"].encode()) <= 64:
        raise bad_request("RESULT_ID_INVALID")
    if not result.get("title"):
        raise bad_request("article title must be non-empty")
    content = result["input_message_content"]
    if "message_text" not in content:
        raise bad_request("the sandbox takes texts only")
    fields = {**content, "text": content["message_text"]}
    message = text_content(core, Request("sendMessage", fields))
    keyboard = inline_keyboard(result.get("reply_markup"))
    return {**message, "reply_markup": keyboard} if keyboard else message
