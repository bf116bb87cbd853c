"""The polls' face: a vote counts once and for its own attempt only, and the next question follows by itself."""

from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox import SandboxUser
from bot.sandbox.client import Message
from domain.quizzes.keys import Multiple, Ordering, Single, TrueFalse
from domain.quizzes.settings import Face, QuizSettings, Reveal
from tests.bot.quizzes.conftest import Classroom
from tests.bot.quizzes.test_chat import press, shown
from tests.bot.quizzes.test_kinds import asked, question, stored

POLLS = QuizSettings(face=Face.POLLS)


async def polls(person: SandboxUser) -> list[Message]:
    await person.settle()
    return [message for message in await person.messages() if message.poll is not None and not message.from_me]


async def vote(person: SandboxUser, *options: int, message_id: int | None = None) -> None:
    await person.vote(*options, message_id=message_id)
    await person.settle()


async def test_votes_lead_from_poll_to_poll_and_to_the_result(classroom: Classroom) -> None:
    person, _lesson = await asked(
        classroom,
        question(Single(1), "a", "b", text="First <b>?"),
        question(Multiple(frozenset({0, 1})), "a", "b", "c", text="Second"),
        question(TrueFalse(is_true=True), text="Third"),
        settings=POLLS,
    )
    (first,) = await polls(person)
    assert first.text == "First <b>?"
    assert first.poll is not None
    assert first.poll["type"] == "quiz"
    assert not first.poll["is_anonymous"]

    await vote(person, 1)
    second = (await polls(person))[-1]
    assert second.poll is not None
    assert second.poll["allows_multiple_answers"]
    await vote(person, 0)
    await vote(person, 0)

    assert await stored(classroom, person) == [(True, 100), (False, 50), (True, 100)]
    assert "2 of 3 right" in await shown(person)
    assert len(await polls(person)) == 3


async def test_a_question_that_is_no_poll_comes_with_buttons_in_the_same_attempt(classroom: Classroom) -> None:
    person, _lesson = await asked(
        classroom,
        question(Single(1), "a", "b"),
        question(Ordering(), "one", "two"),
        question(Single(1), "a", "b", text="Costs $x$?"),
        question(Single(1), "a", "b", text="Last"),
        settings=POLLS,
    )

    await vote(person, 1)
    assert "Tap them in their order" in await shown(person)
    await press(person, ") one")
    await press(person, ") two")
    await press(person, "Check the answer")
    assert "3 / 4" in await press(person, "Next")
    await press(person, "B")
    await press(person, "Next")

    assert [poll.text for poll in await polls(person)] == ["Tell me", "Last"]
    await vote(person, 1)
    assert "4 of 4 right" in await shown(person)


async def test_a_second_vote_a_retraction_and_a_forwarded_copy_change_nothing(classroom: Classroom) -> None:
    person, _lesson = await asked(
        classroom, question(Single(1), "a", "b"), question(Single(1), "a", "b"), settings=POLLS
    )
    (first,) = await polls(person)
    await person.forward(first.id, wait=False)
    await person.settle()
    answer = {"poll_id": (first.poll or {})["id"], "user": {"id": person.id, "is_bot": False, "first_name": "A"}}

    await vote(person, 0, message_id=first.id)
    for options in ([], [1], [1], [0]):
        await push(classroom, {**answer, "option_ids": options})
        await person.settle()

    assert await stored(classroom, person) == [(False, 0)]
    assert len([poll for poll in await polls(person) if poll.text == "Tell me"]) == 2


async def test_a_vote_counts_only_for_the_owner_and_only_for_options_that_are_there(classroom: Classroom) -> None:
    owner, _lesson = await asked(classroom, question(Single(1), "a", "b"), settings=POLLS)
    other = await classroom.student()
    (poll,) = await polls(owner)
    poll_id = (poll.poll or {})["id"]

    for user_id, options in ((other.id, [1]), (owner.id, [99]), (owner.id, [0, 1]), (owner.id, [])):
        await push(
            classroom,
            {
                "poll_id": poll_id,
                "user": {"id": user_id, "is_bot": False, "first_name": "A"},
                "option_ids": options,
            },
        )
        await owner.settle()
        await other.settle()

    assert await stored(classroom, owner) == []
    assert await stored(classroom, other) == []
    # The control: the owner's own vote is taken.
    await vote(owner, 1)
    assert await stored(classroom, owner) == [(True, 100)]


@pytest.mark.parametrize("settings", [QuizSettings(face=Face.POLLS, reveal=Reveal.AT_END), QuizSettings()])
async def test_where_answers_are_held_back_no_key_goes_to_telegram(
    classroom: Classroom, settings: QuizSettings
) -> None:
    person, _lesson = await asked(classroom, question(Single(1), "a", "b"), settings=settings)

    assert await polls(person) == []
    assert "1 / 1" in await shown(person)


async def test_a_poll_whose_time_is_over_leads_on_by_a_job(classroom: Classroom) -> None:
    person, _lesson = await asked(
        classroom,
        question(Single(1), "a", "b", text="First"),
        question(Single(1), "a", "b", text="Second"),
        settings=QuizSettings(face=Face.POLLS, question_limit=timedelta(seconds=5)),
    )
    (first,) = await polls(person)
    assert (first.poll or {})["open_period"] == 5

    await person.wait_for("Second", timeout=18)

    await vote(person, 1)
    assert await stored(classroom, person) == [(False, 0), (True, 100)]


async def test_a_poll_that_telegram_refuses_for_now_is_sent_by_a_job(classroom: Classroom) -> None:
    person, _lesson = await asked(
        classroom,
        question(Single(1), "a", "b", text="First"),
        question(Single(1), "a", "b", text="Second"),
        settings=POLLS,
    )
    client = classroom.centre.client
    await client.faults(reset_before=1.0, only=["sendPoll"])
    try:
        await vote(person, 1)
        assert [poll.text for poll in await polls(person)] == ["First"]
    finally:
        await client.faults(reset_before=0.0, only=[])

    await person.wait_for("Second", timeout=18)

    await vote(person, 1)
    assert await stored(classroom, person) == [(True, 100), (True, 100)]


async def test_the_same_question_can_be_answered_with_buttons(classroom: Classroom) -> None:
    person, _lesson = await asked(classroom, question(Single(1), "a", "b"), settings=POLLS)
    (poll,) = await polls(person)

    screen = next(m for m in reversed(await person.messages()) if m.buttons)
    button = next(b for b in screen.buttons if "buttons" in b.text)
    await person.forge(screen.id, button.data or "")
    await person.settle()
    assert "✅ Right!" in await press(person, "B) ")
    await vote(person, 0, message_id=poll.id)

    assert await stored(classroom, person) == [(True, 100)]


async def push(classroom: Classroom, answer: dict[str, Any]) -> None:
    """An update as Telegram could send it, whatever the sandbox's own polls allow; it is worked on, not put aside."""
    core, user = classroom.centre.sandbox.core, answer["user"]
    whole = {"option_persistent_ids": [str(place) for place in answer["option_ids"]], **answer}
    dead = "select count(*) from inbox where user_id = $1 and error is not null"
    before = await classroom.pool.fetchval(dead, user["id"])
    core.push("poll_answer", whole, core.state.chat(user["id"]))
    await SandboxUser(classroom.centre.client, user["id"]).settle()
    assert await classroom.pool.fetchval(dead, user["id"]) == before
