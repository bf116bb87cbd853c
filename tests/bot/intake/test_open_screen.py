"""The screen that a user has before them, read out of the kept dialog state."""

from typing import Any

import orjson
import pytest
from aiogram_dialog.api.entities import Context, Stack

from bot.intake.state import OpenScreen, open_screen
from bot.payments.states import Orders


def kept(*, intents: list[str], message_id: int | None, start_data: Any = None, dialog_data: Any = None) -> bytes:
    """As aiogram-dialog's storage writes it."""
    stack = {**vars(Stack(_id="", last_message_id=message_id)), "intents": intents}
    del stack["access_settings"]
    context = Context(_intent_id="i2", _stack_id="", state=Orders.order, start_data=start_data)
    data = {**vars(context), "state": Orders.order.state, "dialog_data": dialog_data or {}, "access_settings": None}
    return orjson.dumps({"aiogd:stack:": {"data": stack}, "aiogd:context:i2": {"data": data}})


def test_the_uppermost_screen_is_told_with_what_it_was_started_with() -> None:
    state = kept(intents=["i1", "i2"], message_id=17, start_data={"code": "A"}, dialog_data={"shown": "open"})

    assert open_screen(state) == OpenScreen(message_id=17, start_data={"code": "A"}, dialog_data={"shown": "open"})


def test_a_screen_that_was_started_with_nothing_is_about_nothing() -> None:
    screen = open_screen(kept(intents=["i2"], message_id=17))

    assert screen is not None
    assert screen.start_data == {}


@pytest.mark.parametrize(
    "state",
    [None, b"", b"\xff", b"[]", b"{}", kept(intents=[], message_id=17), kept(intents=["i2"], message_id=None)],
)
def test_without_a_screen_there_is_none(state: bytes | None) -> None:
    assert open_screen(state) is None
