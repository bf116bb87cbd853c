"""From bytes to an update that can be kept: whose it is, without understanding what it says."""

import json
import re
from typing import Any

import orjson

from domain.intake.ports import Arrival

_MAX_ID = 2**52
_UPDATE_ID = re.compile(rb'"update_id"\s*:\s*(\d{1,15})\b')


class Unreadable(Exception):
    """Not a JSON object with an update_id: nothing that Telegram sends."""


def arrival_of(raw: bytes) -> Arrival:
    """Read the ids; the content is left for the worker, so that a strange update cannot stop its neighbours."""
    data = read_json(raw)
    update_id = data.get("update_id") if isinstance(data, dict) else None
    if not isinstance(update_id, int) or isinstance(update_id, bool) or not 0 <= update_id < _MAX_ID:
        raise Unreadable
    return Arrival(update_id, _user_of(data), raw)


def arrival_of_strange(raw: bytes) -> Arrival:
    """An update that is not readable as JSON but has an id: kept for the dead letters, so that it is asked for once."""
    found = _UPDATE_ID.search(raw)
    if found is None:
        raise Unreadable
    return Arrival(int(found[1]), 0, raw)


def read_json(raw: bytes) -> Any:
    """JSON without U+0000 and lone surrogates, which neither PostgreSQL nor UTF-8 takes."""
    try:
        if b"\\u0000" not in raw:
            return orjson.loads(raw)
    except orjson.JSONDecodeError:
        pass
    try:
        return _clean(json.loads(raw))
    except (ValueError, RecursionError) as error:
        raise Unreadable from error


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "ignore").decode()
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    return value


def _user_of(update: dict[str, Any]) -> int:
    """The sender, else the chat: the key under which updates run one after another.

    A bot is no sender: Telegram says of the news of a refund that the bot itself has sent it.
    """
    for event in update.values():
        if isinstance(event, dict):
            for name in ("from", "user", "chat"):
                person = event.get(name)
                found = person.get("id") if isinstance(person, dict) and person.get("is_bot") is not True else None
                if isinstance(found, int) and not isinstance(found, bool) and abs(found) < _MAX_ID:
                    return found
    return 0


def query_of(update: dict[str, Any]) -> str | None:
    """The tap that waits for an answer."""
    query = update.get("callback_query")
    query_id = query.get("id") if isinstance(query, dict) else None
    return query_id if isinstance(query_id, str) else None


def chat_of(update: dict[str, Any]) -> int | None:
    """The private chat in which an apology can be said."""
    for event in update.values():
        if isinstance(event, dict):
            message = event.get("message") if isinstance(event.get("message"), dict) else event
            chat = message.get("chat") if isinstance(message, dict) else None
            if isinstance(chat, dict) and chat.get("type") == "private" and isinstance(chat.get("id"), int):
                return chat["id"]
    return None
