"""Telegram names the bot itself as the sender of the news of a refund; it is the student's all the same."""

import json
from typing import Any

import pytest

from bot.intake.arrivals import arrival_of
from bot.intake.worker import read_update

BOT = {"id": 42, "is_bot": True, "first_name": "Ustoz"}
CHAT = {"id": 5, "type": "private", "first_name": "Ali", "username": "ali"}


def news(**changes: Any) -> bytes:
    message = {"message_id": 1, "date": 1, "from": BOT, "chat": CHAT, "refunded_payment": {"currency": "XTR"}}
    return json.dumps({"update_id": 7, "message": {**message, **changes}}).encode()


def test_it_waits_in_the_students_own_line() -> None:
    assert arrival_of(news()).user_id == 5


def test_it_is_read_as_the_students() -> None:
    sender = read_update(news())["message"]["from"]

    assert sender == {"id": 5, "is_bot": False, "first_name": "Ali", "username": "ali"}


def test_a_chat_without_a_name_has_a_sender_too() -> None:
    assert read_update(news(chat={"id": 5, "type": "private"}))["message"]["from"]["first_name"] == ""


@pytest.mark.parametrize(
    "changes",
    [{"refunded_payment": None, "text": "x"}, {"chat": {**CHAT, "type": "group"}}, {"chat": {"type": "private"}}],
    ids=["another message", "a group", "no id"],
)
def test_nobody_else_is_renamed(changes: dict[str, Any]) -> None:
    update = json.loads(news(**changes))
    if changes.get("refunded_payment", 1) is None:
        del update["message"]["refunded_payment"]

    assert read_update(json.dumps(update).encode())["message"]["from"] == BOT
