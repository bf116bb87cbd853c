"""One update through a dispatcher: a kept state that cannot be read costs the person their screen, and nothing else."""

from typing import Any

import orjson
import pytest
import structlog
from aiogram import Bot, Dispatcher
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import InlineQuery, Message
from hypothesis import given
from hypothesis import strategies as st

from bot.intake.state import TravellingStorage, why_unreadable
from bot.intake.worker import Worker
from domain.intake.ports import Done, Waiting

ALI = 5
STACK = {"_id": "", "intents": ["abc"], "last_message_id": 7, "last_reply_keyboard": False}
CONTEXT = {"_intent_id": "abc", "_stack_id": "", "state": "MainMenu:main", "start_data": None, "access_settings": None}


SCREENS = {"MainMenu:main"}


class Walk(StatesGroup):
    home = State()
    away = State()


def kept(**entries: Any) -> bytes:
    return orjson.dumps({name.replace("_at_", ":"): entry for name, entry in entries.items()})


def stack(**changed: Any) -> bytes:
    return kept(aiogd_at_stack_at_={"data": STACK | changed})


def context(**changed: Any) -> bytes:
    return kept(aiogd_at_context_at_abc={"data": {**CONTEXT, "dialog_data": {}, "widget_data": {}} | changed})


UNREADABLE = {
    "words": b"not json",
    "half of it": stack()[:-9],
    "zeros": bytes(20),
    "a list": b"[1]",
    "an entry that is a word": b'{"default": "x"}',
    "data that is a list": kept(default={"data": [1]}),
    "a state that is a number": kept(default={"state": 5}),
    "a stack of another version": stack(colour="red"),
    "a stack of numbers": stack(intents=[1]),
    "a stack without intents": stack(intents=None),
    "a context of another version": context(colour="red"),
    "a context without a state": kept(aiogd_at_context_at_abc={"data": {"_intent_id": "abc", "_stack_id": ""}}),
    "a context of nothing": context(state=None),
    "dialog data that is a word": context(dialog_data="x"),
    "a screen that is no more": context(state="Gone:gone"),
}
READABLE = {
    "nothing yet": b"{}",
    "a stack": stack(),
    "a context": context(),
    "a group's": kept(**{"-5:None:None:aiogd_at_stack_at_<5>": {"data": STACK}}),
    "a state with data": kept(default={"state": "Walk:home", "data": {"n": 1}}),
}


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
async def worker(said: list[str]) -> Worker:
    """A program that walks from home to away and back; nobody has a Telegram to talk to."""
    dispatcher = Dispatcher(storage=TravellingStorage(), disable_fsm=False)

    @dispatcher.message()
    async def walk(message: Message, state: FSMContext) -> None:
        is_home = await state.get_state() == Walk.home.state
        said.append("away" if is_home else "home")
        await state.set_state(Walk.away if is_home else Walk.home)
        if message.text == "stumble":
            raise ValueError(message.text)

    async def apologise(update: Any, number: str) -> None:
        said.append("sorry")

    return Worker(dispatcher, Bot("1:x"), apologise)


def message(text: str = "salom") -> Waiting:
    who, chat = {"id": ALI, "is_bot": False, "first_name": "Ali"}, {"id": ALI, "type": "private"}
    body = {"update_id": 9, "message": {"message_id": 1, "date": 1, "from": who, "chat": chat, "text": text}}
    return Waiting(9, orjson.dumps(body), 1)


@pytest.mark.parametrize("state", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_told_from_what_can(state: bytes) -> None:
    assert why_unreadable(state, SCREENS)


@pytest.mark.parametrize("state", READABLE.values(), ids=READABLE)
def test_what_can_be_read_is_left_alone(state: bytes) -> None:
    assert why_unreadable(state, SCREENS) is None


@given(
    st.sampled_from([stack(), context(), kept(default={"state": "Walk:home", "data": {"n": 1}})]),
    st.integers(0, 60),
    st.binary(max_size=3),
)
def test_no_damage_however_small_breaks_the_look_at_a_state(state: bytes, place: int, damage: bytes) -> None:
    torn = state[:place] + damage + state[place + len(damage) + 1 :]

    assert isinstance(why_unreadable(torn, SCREENS), str | None)


async def test_an_update_over_an_unreadable_state_begins_anew_and_replaces_it(worker: Worker, said: list[str]) -> None:
    with structlog.testing.capture_logs() as logs:
        done = await worker(ALI, message(), b"not json")

    assert said == ["home"]
    assert done == Done(9, ALI, orjson.dumps({"default": {"state": "Walk:home"}}))
    assert [(line["event"], line["cause"]) for line in logs] == [("dialog_state.discarded", "no JSON")]


async def test_the_next_update_goes_on_from_the_new_state(worker: Worker, said: list[str]) -> None:
    first = await worker(ALI, message(), b"not json")
    second = await worker(ALI, message(), first.state)

    assert said == ["home", "away"]
    assert second.state == orjson.dumps({"default": {"state": "Walk:away"}})


async def test_a_failure_over_a_readable_state_takes_nothing_from_the_person(
    worker: Worker, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: what fails for another reason is tried three times over the same state, and the state stays."""
    monkeypatch.setattr("bot.intake.worker.PAUSES", (0.0, 0.0))

    with structlog.testing.capture_logs():
        done = await worker(ALI, message("stumble"), kept(default={"state": "Walk:home"}))

    assert said == ["away", "away", "away", "sorry"]
    assert (done.state, done.error is not None) == (None, True)


async def test_an_unreadable_state_and_a_failure_end_in_a_dead_letter_as_ever(
    worker: Worker, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.intake.worker.PAUSES", (0.0, 0.0))

    with structlog.testing.capture_logs():
        done = await worker(ALI, message("stumble"), b"not json")

    assert said == ["home", "home", "home", "sorry"]
    assert done.error is not None


async def test_an_inline_query_that_nobody_waits_for_any_more_is_dropped_quietly(
    monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    """While the database is away half a minute passes; a message would still wait for it."""
    dispatcher = Dispatcher(disable_fsm=True)
    clock = iter(range(0, 1000, 20))
    tries: list[int] = []

    @dispatcher.inline_query()
    async def answer(_query: InlineQuery) -> None:
        tries.append(1)
        raise ConnectionRefusedError

    async def apologise(_update: Any, number: str) -> None:
        said.append(number)

    monkeypatch.setattr("bot.intake.worker.time.monotonic", lambda: float(next(clock)))
    monkeypatch.setattr("bot.intake.worker.OUTAGE_PAUSE", 0)
    worker = Worker(dispatcher, Bot("42:x"), apologise)
    person = {"id": ALI, "is_bot": False, "first_name": "Ali"}
    raw = orjson.dumps({"update_id": 1, "inline_query": {"id": "7", "from": person, "query": "foiz", "offset": ""}})

    done = await worker(ALI, Waiting(1, raw, 1), None)

    assert done.error is None
    assert 1 <= len(tries) <= 3
    assert said == []
