"""Polls: sent, voted, stopped, closed by time; `poll` and `poll_answer` updates as Telegram sends them."""

import hashlib
from typing import Any

from bot.sandbox.core import Core, Request, method
from bot.sandbox.entities import utf16_length
from bot.sandbox.errors import UserError, bad_request
from bot.sandbox.formatting import formatted, inline_keyboard, short_text
from bot.sandbox.sending import send
from bot.sandbox.state import Chat, Json

_QUESTION, _OPTION, _EXPLANATION, _DESCRIPTION = 300, 100, 200, 1024
_MOST_OPTIONS = 12
_OPEN_FOR = range(5, 2_628_001)
_EXPLANATION_LINES = 2


@method("sendPoll")
def send_poll(core: Core, request: Request) -> Json:
    core.writable_chat(request["chat_id"])
    poll, closes_at = _poll(core, request)
    message = send(core, request, {"poll": poll})
    _register(core, message, closes_at, _revoting(request, poll))
    return message


def _revoting(request: Request, poll: Json) -> bool:
    given = request.get("allows_revoting")
    return poll["type"] == "regular" if given is None else given


def _poll(core: Core, request: Request) -> tuple[Json, float | None]:
    mode, entities = request.get("question_parse_mode"), request.get("question_entities")
    question = short_text(core, request["question"], mode, entities)
    _measure("Poll question", question.text, _QUESTION)
    options: list[Any] = request["options"]
    if not options:
        raise bad_request("poll must have at least 1 option")
    if len(options) > _MOST_OPTIONS:
        raise bad_request(f"poll can't have more than {_MOST_OPTIONS} options")
    kind = request.get("type") or "regular"
    if kind not in {"regular", "quiz"}:
        raise bad_request("unsupported poll type specified")
    poll_id = _new_id(core)
    poll: Json = {
        "id": poll_id,
        "question": question.text,
        "options": [_option(core, poll_id, number, option) for number, option in enumerate(options)],
        "total_voter_count": 0,
        "is_closed": bool(request.get("is_closed")),
        "is_anonymous": request.get("is_anonymous") is not False,
        "type": kind,
        "allows_multiple_answers": bool(request.get("allows_multiple_answers")),
        "allows_revoting": False,
        "members_only": bool(request.get("members_only")),
    }
    poll["allows_revoting"] = _revoting(request, poll)
    if kind == "quiz":
        poll |= _quiz(core, request, len(options))
    if request.get("description"):
        text = formatted(
            core, request["description"], request.get("description_parse_mode"), request.get("description_entities")
        )
        _measure("Poll description", text.text, _DESCRIPTION)
        poll["description"] = text.text
        if text.entities:
            poll["description_entities"] = list(text.entities)
    return poll, _closing(core, request, poll)


def _measure(what: str, text: str, limit: int) -> None:
    if not text:
        raise bad_request(f"{what} must be non-empty")
    if utf16_length(text) > limit:
        raise bad_request(f"{what} length must not exceed {limit}")


def _option(core: Core, poll_id: str, number: int, option: Any) -> Json:
    fields: Json = {"text": option} if isinstance(option, str) else option
    text = short_text(core, fields["text"], fields.get("text_parse_mode"), fields.get("text_entities"))
    if not text.text:
        raise bad_request("poll options must be non-empty")
    if utf16_length(text.text) > _OPTION:
        raise bad_request(f"poll options length must not exceed {_OPTION}")
    persistent = hashlib.sha256(f"{poll_id}:{number}".encode()).hexdigest()[:16]
    result: Json = {"persistent_id": persistent, "text": text.text, "voter_count": 0}
    if text.entities:
        result["text_entities"] = list(text.entities)
    return result


def _quiz(core: Core, request: Request, count: int) -> Json:
    correct: list[int] | None = request.get("correct_option_ids")
    if correct is None and request.get("correct_option_id") is not None:
        correct = [request["correct_option_id"]]
    wrong = not correct or sorted(set(correct)) != correct or not all(0 <= each < count for each in correct)
    if correct is None or wrong or (len(correct) > 1 and not request.get("allows_multiple_answers")):
        raise bad_request("wrong correct option ID specified")
    fields: Json = {"correct_option_ids": correct, "correct_option_id": correct[0]}
    if request.get("explanation"):
        text = formatted(
            core, request["explanation"], request.get("explanation_parse_mode"), request.get("explanation_entities")
        )
        if utf16_length(text.text) > _EXPLANATION or text.text.count("\n") > _EXPLANATION_LINES:
            raise bad_request("MESSAGE_TOO_LONG")
        fields["explanation"] = text.text
        if text.entities:
            fields["explanation_entities"] = list(text.entities)
    return fields


def _closing(core: Core, request: Request, poll: Json) -> float | None:
    period, moment = request.get("open_period"), request.get("close_date")
    if poll["is_closed"] or not (period or moment):
        return None
    if period:
        poll["open_period"] = period
    seconds = period or moment - core.now()
    if int(seconds) not in _OPEN_FOR:
        raise bad_request("POLL_CLOSE_DATE_INVALID" if moment else "OPEN_PERIOD_INVALID")
    poll["close_date"] = int(core.now() + seconds)
    return core.now() + seconds


def _register(core: Core, message: Json, closes_at: float | None, revoting: bool) -> None:
    poll_id = message["poll"]["id"]
    row = {
        "poll": message["poll"],
        "chat_id": message["chat"]["id"],
        "message_id": message["message_id"],
        "votes": {},
        "closes_at": closes_at,
        "revoting": revoting,
    }
    core.state.put("poll", poll_id, row)
    watch(core, poll_id)


def fresh_copy(core: Core, poll: Json) -> Json:
    """The same question with an id and votes of its own, as a copy of a poll has."""
    options = [{**option, "voter_count": 0} for option in poll["options"]]
    gone = {"close_date", "open_period"}
    kept = {name: value for name, value in poll.items() if name not in gone}
    return {**kept, "id": _new_id(core), "options": options, "total_voter_count": 0, "is_closed": False}


def register_copy(core: Core, message: Json) -> None:
    """Open a copied poll for votes."""
    _register(core, message, None, message["poll"]["allows_revoting"])


def _new_id(core: Core) -> str:
    return str(5_000_000_000_000_000_000 + core.state.next_id("other"))


def watch(core: Core, poll_id: str) -> None:
    """Close the poll when its time comes, also after a restart."""
    row = core.state.tables["poll"][poll_id]
    if row["closes_at"] is not None and not row["poll"]["is_closed"]:
        core.after(f"poll:{poll_id}", row["closes_at"] - core.now(), lambda: close(core, poll_id))


def close(core: Core, poll_id: str) -> None:
    """End the voting; everyone sees the results."""
    row = core.state.tables["poll"][poll_id]
    core.cancel(f"poll:{poll_id}")
    _change(core, row, {**row["poll"], "is_closed": True}, row["votes"])


def _change(core: Core, row: Json, poll: Json, votes: Json) -> None:
    core.state.put("poll", poll["id"], {**row, "poll": poll, "votes": votes})
    chat = core.state.chat(row["chat_id"])
    record = chat.messages.get(row["message_id"])
    if record:
        message = {**record.message, "poll": poll}
        record.message = message
        core.state.put_message(chat, record)
        core.state.emit(chat, "poll", message=message)
    known = {k: v for k, v in poll.items() if not k.startswith("description") and k != "media"}
    core.push("poll", known, chat)


@method("stopPoll")
def stop_poll(core: Core, request: Request) -> Json:
    chat = core.writable_chat(request["chat_id"])
    record = chat.messages.get(request["message_id"])
    if record is None or "poll" not in record.message:
        raise bad_request("message with poll to stop not found")
    if not record.from_bot:
        raise bad_request("poll can't be stopped")
    if record.message["poll"]["is_closed"]:
        raise bad_request("poll has already been closed")
    keyboard = inline_keyboard(request.get("reply_markup"))
    message = {name: value for name, value in record.message.items() if name != "reply_markup"}
    record.message = message | ({"reply_markup": keyboard} if keyboard else {})
    close(core, record.message["poll"]["id"])
    return record.message["poll"]


def vote(core: Core, chat: Chat, message_id: int, option_ids: list[int]) -> None:
    """The person chooses options, or takes the vote back with an empty list."""
    record = chat.messages.get(message_id)
    poll = record.message.get("poll") if record else None
    row = core.state.tables["poll"].get(poll["id"]) if poll else None
    if poll is None or row is None:
        raise UserError(404, "there is no such poll")
    votes: dict[str, list[int]] = dict(row["votes"])
    before = votes.get(str(chat.id), [])
    if poll["is_closed"]:
        raise UserError(409, "the poll is closed")
    if before and not row["revoting"]:
        raise UserError(409, "this poll lets nobody change the vote")
    chosen = sorted(set(option_ids))
    if any(not 0 <= each < len(poll["options"]) for each in chosen):
        raise UserError(400, "there is no such option")
    if len(chosen) > 1 and not poll["allows_multiple_answers"]:
        raise UserError(400, "only one option may be chosen")
    if chosen == before:
        return
    votes[str(chat.id)] = chosen
    counted = [
        {**option, "voter_count": option["voter_count"] - (number in before) + (number in chosen)}
        for number, option in enumerate(poll["options"])
    ]
    voters = sum(bool(each) for each in votes.values())
    _change(core, row, {**poll, "options": counted, "total_voter_count": voters}, votes)
    if not poll["is_anonymous"]:
        answer = {
            "poll_id": poll["id"],
            "user": core.persona(chat).as_user(),
            "option_ids": chosen,
            "option_persistent_ids": [poll["options"][each]["persistent_id"] for each in chosen],
        }
        core.push("poll_answer", answer, chat)


def view(core: Core, chat_id: int, poll: Json) -> Json:
    """The poll as this person may see it: the right answer only after the vote or the end."""
    row = core.state.tables["poll"].get(poll["id"])
    chosen = row["votes"].get(str(chat_id), []) if row else []
    shown = {**poll, "chosen_option_ids": chosen}
    if poll["type"] == "quiz" and not chosen and not poll["is_closed"]:
        for secret in ("correct_option_ids", "correct_option_id", "explanation", "explanation_entities"):
            shown.pop(secret, None)
    return shown


def ask(core: Core, chat: Chat, request: Request) -> Json:
    """The person sends a poll of their own; the bot, being in the private chat, sees the right answer."""
    poll, _ = _poll(core, request)
    message = core.receive(chat, {"poll": poll})
    _register(core, message, None, _revoting(request, poll))
    return message
