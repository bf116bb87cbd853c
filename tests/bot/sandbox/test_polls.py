import asyncio
from typing import Any

import pytest
from aiogram.exceptions import TelegramBadRequest

from bot.sandbox import SandboxError
from tests.bot.sandbox.conftest import ALI, Rig


async def quiz(rig: Rig, **fields: Any) -> Any:
    fields = {"type": "quiz", "correct_option_ids": [1], "is_anonymous": False, "explanation": "Two pairs.", **fields}
    return await rig.bot.send_poll(ALI, "2+2?", ["3", "4", "5"], **fields)


async def test_a_vote_is_told_with_the_option_and_the_answer_is_then_shown(rig: Rig) -> None:
    await quiz(rig)
    before = (await rig.ali.last_message()).poll
    assert before is not None
    assert "correct_option_ids" not in before
    await rig.ali.vote(1)
    updates = await rig.updates()
    [answer] = [u.poll_answer for u in updates if u.poll_answer]
    assert (answer.option_ids, answer.user and answer.user.id) == ([1], ALI)
    [poll] = [u.poll for u in updates if u.poll]
    assert (poll.total_voter_count, poll.options[1].voter_count) == (1, 1)
    shown = (await rig.ali.last_message()).poll
    assert shown is not None
    assert (shown["correct_option_ids"], shown["chosen_option_ids"]) == ([1], [1])


async def test_a_quiz_takes_one_vote_and_a_regular_poll_lets_it_be_changed_and_retracted(rig: Rig) -> None:
    await quiz(rig)
    await rig.ali.vote(0)
    with pytest.raises(SandboxError, match="change the vote"):
        await rig.ali.vote(1)
    await rig.bot.send_poll(ALI, "Which?", ["a", "b"], is_anonymous=False)
    await rig.updates()
    await rig.ali.vote(0)
    await rig.ali.vote(1)
    await rig.ali.vote()
    answers = [u.poll_answer.option_ids for u in await rig.updates() if u.poll_answer]
    assert answers == [[0], [1], []]


async def test_an_anonymous_poll_tells_no_answers(rig: Rig) -> None:
    await rig.bot.send_poll(ALI, "Which?", ["a", "b"])
    await rig.ali.vote(0)
    assert [u.event_type for u in await rig.updates()] == ["poll"]


async def test_a_stopped_poll_is_closed_once(rig: Rig) -> None:
    sent = await quiz(rig)
    assert (await rig.bot.stop_poll(ALI, sent.message_id)).is_closed
    with pytest.raises(TelegramBadRequest, match="poll has already been closed"):
        await rig.bot.stop_poll(ALI, sent.message_id)
    with pytest.raises(SandboxError, match="closed"):
        await rig.ali.vote(1)
    with pytest.raises(TelegramBadRequest, match="message with poll to stop not found"):
        await rig.bot.stop_poll(ALI, 999)


async def test_a_poll_closes_by_itself(rig: Rig) -> None:
    sent = await quiz(rig, open_period=5)
    assert sent.poll.close_date is not None
    timer = rig.sandbox.core.timers[f"poll:{sent.poll.id}"]
    timer._run()
    timer.cancel()
    closed = await rig.ali.wait_for(lambda m: bool(m.poll and m.poll["is_closed"]))
    assert closed.id == sent.message_id
    polls = [u.poll for u in await rig.updates() if u.poll]
    assert polls[-1].is_closed


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"options": ["x"] * 13}, "poll can't have more than 12 options"),
        ({"options": ["x" * 101]}, "poll options length must not exceed 100"),
        ({"question": "?" * 301}, "Poll question length must not exceed 300"),
        ({"correct_option_ids": [7]}, "wrong correct option ID specified"),
        ({"correct_option_ids": None}, "wrong correct option ID specified"),
        ({"explanation": "x" * 201}, "MESSAGE_TOO_LONG"),
        ({"open_period": 4}, "OPEN_PERIOD_INVALID"),
    ],
)
async def test_the_limits_of_a_poll(rig: Rig, fields: dict[str, Any], reason: str) -> None:
    given: dict[str, Any] = {
        "question": "2+2?", "options": ["3", "4"], "type": "quiz", "correct_option_ids": [1], "explanation": "e",
    }  # fmt: skip
    with pytest.raises(TelegramBadRequest) as refused:
        await rig.bot.send_poll(ALI, **{**given, **fields})
    assert refused.value.message == f"Bad Request: {reason}"


async def test_a_teachers_native_quiz_comes_with_its_right_answer(rig: Rig) -> None:
    await rig.ali.quiz_poll("Capital?", ["Samarkand", "Tashkent"], 1, "Since 1930.", wait=False)
    [update] = [u for u in await rig.updates() if u.message]
    assert update.message is not None
    poll = update.message.poll
    assert poll is not None
    assert (poll.type, poll.correct_option_ids, poll.explanation) == ("quiz", [1], "Since 1930.")


async def test_voting_many_at_once_counts_everyone_once(rig: Rig) -> None:
    people = [await rig.people.add_person(5000 + number, f"P{number}") for number in range(5)]
    for person in people:
        await person.type("/start")
        await rig.bot.send_poll(person.id, "Which?", ["a", "b"], is_anonymous=False)
    await rig.updates()
    await asyncio.gather(*(person.vote(0) for person in people))
    answers = {u.poll_answer.user.id for u in await rig.updates() if u.poll_answer and u.poll_answer.user}
    assert answers == {person.id for person in people}
