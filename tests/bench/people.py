"""What users do: send a command, tap a button of the keyboard that the bot sent them."""

import itertools
import time
from collections.abc import Callable
from typing import Any

import orjson

from tests.bench.telegram import Chat

FIRST_ID = 5_000_000
LANGUAGES = ("uz", "ru", "en")

Act = Callable[[Chat], tuple[bytes, str | None]]
"""A user's next update as JSON, and the callback query in it that wants an answer."""

_update_ids = itertools.count(1_000_000)


class NoSuchButton(Exception):
    """The keyboard on the screen does not have it."""


def say(text: str) -> Act:
    """A message."""

    def act(chat: Chat) -> tuple[bytes, str | None]:
        chat.last_message_id += 1
        message: dict[str, Any] = {
            "message_id": chat.last_message_id,
            "from": _person(chat),
            "chat": _private(chat),
            "date": int(time.time()),
            "text": text,
        }
        if text.startswith("/"):
            length = len(text.partition(" ")[0])
            message["entities"] = [{"offset": 0, "length": length, "type": "bot_command"}]
        return orjson.dumps({"update_id": next(_update_ids), "message": message}), None

    return act


def tap(*widgets: str) -> Act:
    """The first button of these that is there; a widget of several buttons is tapped where the turn of the chat is."""

    def act(chat: Chat) -> tuple[bytes, str | None]:
        screen = chat.screen
        if screen is None:
            raise NoSuchButton(f"chat {chat.id} shows nothing")
        chat.queries += 1
        query_id = f"{chat.id}:{chat.queries}"
        query = {
            "id": query_id,
            "from": _person(chat),
            "chat_instance": str(chat.id),
            "data": _button(chat, widgets),
            "message": {
                "message_id": screen.message_id,
                "from": {"id": 42, "is_bot": True, "first_name": "Ustoz", "username": "ustoz_bot"},
                "chat": _private(chat),
                "date": int(time.time()),
                "text": screen.text or "…",
                "reply_markup": screen.markup,
            },
        }
        return orjson.dumps({"update_id": next(_update_ids), "callback_query": query}), query_id

    return act


def can_tap(chat: Chat, *widgets: str) -> bool:
    return chat.screen is not None and any(_of(data) in widgets for data in chat.screen.buttons())


def read_lesson(lesson_id: int) -> Act:
    return say(f"/start l_{lesson_id}")


ANSWER = ("letter", "short", "line")
"""The widgets of a question's options: letters, pairs of short ones, lines of long ones."""


def is_asked(chat: Chat) -> bool:
    return can_tap(chat, *ANSWER)


class Student:
    """Takes the quiz of one lesson, again and again, from wherever they are."""

    def __init__(self, lesson_id: int) -> None:
        self._lesson_id = lesson_id

    def __call__(self, chat: Chat) -> Act:
        if can_tap(chat, "quiz"):
            return tap("quiz")
        is_elsewhere = can_tap(chat, "course", "my_courses")
        for widgets in (ANSWER, ("next", "result"), ("again",), ("start", "continue")):
            if can_tap(chat, *widgets) and not is_elsewhere:
                return tap(*widgets)
        return read_lesson(self._lesson_id)


def look_around(chat: Chat) -> Act:
    """From the menu into its screens and back: every tap an edit and an answered query."""
    if can_tap(chat, "my_courses"):
        return tap(("my_courses", "catalogue", "results")[(chat.id + chat.queries // 2) % 3])
    return tap("menu")


def wander(chat: Chat) -> Act:
    """Now and then /start, else taps."""
    chat.turns += 1
    is_lost = not can_tap(chat, "my_courses", "menu")
    return say("/start") if is_lost or chat.turns % 5 == 0 else look_around(chat)


def _button(chat: Chat, widgets: tuple[str, ...]) -> str:
    if chat.screen is None:
        raise NoSuchButton
    buttons = chat.screen.buttons()
    for widget in widgets:
        found = [data for data in buttons if _of(data) == widget]
        if found:
            return found[(chat.id + chat.queries) % len(found)]
    raise NoSuchButton(f"none of {widgets} among {buttons}")


def _of(data: str) -> str:
    """The widget's id in the callback data of aiogram-dialog: `<intent>\\x1d<widget>:<item>`."""
    return data.rpartition("\x1d")[2].partition(":")[0]


def _person(chat: Chat) -> dict[str, Any]:
    return {
        "id": chat.id,
        "is_bot": False,
        "first_name": "Ali",
        "last_name": "Karimov",
        "username": f"user{chat.id}",
        "language_code": LANGUAGES[chat.id % len(LANGUAGES)],
    }


def _private(chat: Chat) -> dict[str, Any]:
    return {
        "id": chat.id,
        "first_name": "Ali",
        "last_name": "Karimov",
        "username": f"user{chat.id}",
        "type": "private",
    }
