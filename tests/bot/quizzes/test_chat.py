"""A student takes a quiz by tapping and typing, on the sandbox's Telegram."""

import orjson
import pytest

from bot.sandbox import SandboxUser
from domain.language import Language, Text
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.keys import Single
from tests.bot.quizzes.conftest import Classroom
from tests.db.quiz_world import TEACHER


async def press(person: SandboxUser, text: str) -> str:
    """Tap a button; what the bot's last message reads when all is quiet."""
    await person.settle()
    await person.tap(text)
    return await shown(person)


async def shown(person: SandboxUser) -> str:
    await person.settle()
    return (await person.last_message()).text


async def labels(person: SandboxUser) -> list[str]:
    await person.settle()
    return [button.text for button in (await person.last_message()).buttons]


async def test_a_quiz_is_taken_from_its_door_to_its_result(classroom: Classroom) -> None:
    person, _lesson_id = await classroom.at_the_door()
    assert "3 questions" in await shown(person)

    first = await press(person, "Start")
    assert "▱▱▱ 1 / 3" in first
    assert "Question 1" in first
    assert await labels(person) == ["A) a-en", "B) b-en", "C) c-en", "⏸ Continue later"]

    right = await press(person, "B) ")
    assert "✅ Right!" in right
    assert "▰▱▱ 1 / 3" in right
    second = await press(person, "Next")
    assert "Question 2" in second

    wrong = await press(person, "A) ")
    assert "❌ Not quite. The right answer is B." in wrong
    assert "💡" in wrong
    await press(person, "Next")
    last = await press(person, "B) ")
    assert "▰▰▰ 3 / 3" in last

    result = await press(person, "See the result")
    assert "67%" in result
    assert "2 of 3 right" in result
    assert "Attempt 1" in result

    review = await press(person, "Review 1 mistake")
    assert "Mistake 1 of 1 · question 2" in review
    assert "Your answer was A, the right one is B." in review
    assert "67%" in await press(person, "Back to the result")


async def test_the_whole_quiz_happens_in_one_message(classroom: Classroom) -> None:
    person, _lesson_id = await classroom.at_the_door(2)
    before = await person.last_message()

    for button in ("Start", "B) ", "Next", "B) ", "See the result"):
        await press(person, button)

    assert (await person.last_message()).id == before.id


async def test_the_key_is_in_nothing_that_the_bot_sends_before_the_answer(classroom: Classroom) -> None:
    person, _lesson_id = await classroom.at_the_door()
    client = classroom.centre.client

    async def sent_for(button: str) -> str:
        before = (await client.calls())["next"]
        await press(person, button)
        return orjson.dumps((await client.calls(before))["calls"]).decode()

    for quiet in (await sent_for("Start"), await sent_for("A) ") and await sent_for("Next")):
        assert "Question" in quiet
        assert not any(mark in quiet for mark in ("Because", "✅", "correct"))
    told = await sent_for("A) ")
    assert "Because of 2" in told
    assert "✅ B) b-en" in told


async def test_an_interrupted_attempt_goes_on_from_the_lesson_and_from_the_history(classroom: Classroom) -> None:
    person, lesson_id = await classroom.at_the_door()
    await press(person, "Start")
    await press(person, "B) ")
    await person.send("/menu")

    await classroom.open_quiz(person, lesson_id)
    assert "You have answered 1 of them" in await shown(person)
    assert "2 / 3" in await press(person, "Continue")

    await person.send("/results")
    assert any("continue (1 / 3)" in label for label in await labels(person))
    assert "2 / 3" in await press(person, "continue (1")


async def test_leaving_for_the_lesson_loses_nothing(classroom: Classroom) -> None:
    person, _lesson_id = await classroom.at_the_door()
    await press(person, "Start")

    await press(person, "Continue later")

    assert any("Take the quiz" in label for label in await labels(person))
    await press(person, "Take the quiz")
    assert any("Continue" in label for label in await labels(person))


async def test_the_history_leads_to_results_and_back(classroom: Classroom) -> None:
    person, _lesson_id = await classroom.at_the_door(1)
    for button in ("Start", "B) ", "See the result", "Try again", "A) ", "See the result"):
        await press(person, button)

    await person.send("/results")
    entries = [label for label in await labels(person) if "%" in label]
    assert [label.split()[1] for label in entries] == ["0%", "100%"]
    assert "Everything right" in await press(person, "100%")
    assert "My quiz results" in await press(person, "My results")


async def test_a_newcomer_to_the_history_is_told_where_quizzes_are(classroom: Classroom) -> None:
    person = await classroom.student()

    await person.send("/results")

    assert "No results yet" in await shown(person)


@pytest.mark.parametrize("typed", ["b", "B)", "2"])
async def test_a_typed_letter_or_number_is_an_answer(classroom: Classroom, typed: str) -> None:
    person, _lesson_id = await classroom.at_the_door()
    await press(person, "Start")

    await person.send(typed)

    assert "✅ Right!" in await shown(person)


async def test_a_text_that_is_no_answer_gets_a_sentence_and_the_question_again(classroom: Classroom) -> None:
    person, _lesson_id = await classroom.at_the_door()
    await press(person, "Start")

    for nonsense in ("I do not know", "x" * 4000, "<b>", "99999999999999999999"):
        await person.send(nonsense)
        await person.settle()
        said = [message.text for message in await person.messages() if not message.from_me][-2:]
        assert "type its letter" in said[0]
        assert "1 / 3" in said[1]
    await person.send_sticker()
    assert "1 / 3" in await shown(person)
    assert "✅ Right!" in await press(person, "B) ")


async def test_a_text_under_an_answered_question_leads_on(classroom: Classroom) -> None:
    person, _lesson_id = await classroom.at_the_door()
    await press(person, "Start")
    await press(person, "A) ")

    await person.send("why?")
    await person.settle()

    said = [message.text for message in await person.messages() if not message.from_me][-2:]
    assert "This question is answered" in said[0]
    assert "❌ Not quite. The right answer is B." in said[1]
    assert "2 / 3" in await press(person, "Next")


async def test_ten_taps_on_start_and_on_an_answer_have_one_effect(classroom: Classroom) -> None:
    person, lesson_id = await classroom.at_the_door()
    start = (await person.last_message()).buttons[0]
    for _tap in range(10):
        await person.forge(start.message_id or 0, start.data or "")
    await person.settle()
    answer = (await person.last_message()).buttons[1]
    for _tap in range(10):
        await person.forge(answer.message_id or 0, answer.data or "")

    assert "✅ Right!" in await shown(person)
    rows = await classroom.pool.fetch(
        "select a.number, a.answered_count from attempts a join quizzes z on z.id = a.quiz_id where z.lesson_id = $1",
        lesson_id,
    )
    assert [tuple(row) for row in rows] == [(1, 1)]


async def test_an_answered_question_keeps_its_first_answer_whatever_is_tapped_later(classroom: Classroom) -> None:
    person, lesson_id = await classroom.at_the_door()
    await press(person, "Start")
    await person.settle()
    first, second = (await person.last_message()).buttons[:2]

    for button in (first, first, second, second, first):
        await person.forge(button.message_id or 0, button.data or "")

    assert "❌ Not quite" in await shown(person)
    stored = await classroom.pool.fetch(
        "select x.response from answers x join attempts a on a.id = x.attempt_id join quizzes z on z.id = a.quiz_id"
        " where z.lesson_id = $1",
        lesson_id,
    )
    assert [orjson.loads(row["response"]) for row in stored] == [{"options": [0]}]


@pytest.mark.parametrize("item", ["1-9", "2-1", "x", "-1-0", "1-0-0", "99999-1", "1-٣", ""])
async def test_forged_button_data_gets_a_sentence_and_the_question_stays(classroom: Classroom, item: str) -> None:
    person, lesson_id = await classroom.at_the_door()
    await press(person, "Start")
    await person.settle()
    message = await person.last_message()
    context = (message.buttons[0].data or "").rpartition("\x1d")[0]

    await person.forge(message.id, f"{context}\x1dshort:{item}")

    assert "1 / 3" in await shown(person)
    assert any("out of date" in toast.text for toast in await person.toasts())
    answers = await classroom.pool.fetchval(
        "select a.answered_count from attempts a join quizzes z on z.id = a.quiz_id where z.lesson_id = $1", lesson_id
    )
    assert answers == 0


@pytest.mark.parametrize("item", ["1", "x", "99999999999999999999", "-5"])
async def test_somebody_elses_result_cannot_be_opened_with_forged_data(classroom: Classroom, item: str) -> None:
    owner, _lesson_id = await classroom.at_the_door(1)
    for button in ("Start", "B) ", "See the result"):
        await press(owner, button)
    person, _other = await classroom.at_the_door(1)
    for button in ("Start", "B) "):
        await press(person, button)
    await person.send("/results")
    await person.settle()
    message = await person.last_message()
    context = (message.buttons[0].data or "").rpartition("\x1d")[0]

    await person.forge(message.id, f"{context}\x1dattempt:{item}")
    await person.settle()

    assert any("no longer there" in toast.text for toast in await person.toasts())


async def test_formulas_come_as_a_rich_message_with_letters_to_tap(classroom: Classroom) -> None:
    lesson_id = await classroom.world.lesson(questions=0)
    await classroom.authoring.add_question(
        TEACHER,
        lesson_id,
        QuestionDraft(
            text=Text({Language.EN: "Solve $x^2 = 4$ for *all* x"}),
            options=(Text({Language.EN: "$x = 2$"}), Text({Language.EN: "$x = \\pm 2$"})),
            key=Single(1),
            explanation=Text({Language.EN: "Both $2^2$ and $(-2)^2$ are 4_4."}),
        ),
    )
    person = await classroom.student()
    await classroom.open_quiz(person, lesson_id)

    await press(person, "Start")
    question = await person.last_message()
    assert question.kind == "rich_message"
    assert "*all*" in question.text
    assert (await labels(person))[:2] == ["A", "B"]

    await press(person, "B")
    feedback = await person.last_message()
    assert feedback.kind == "rich_message"
    assert "✅ Right!" in feedback.text
    assert "4_4" in feedback.text
    result = await press(person, "See the result")
    assert "100%" in result


async def test_long_options_are_listed_in_full_above_letters(classroom: Classroom) -> None:
    lesson_id = await classroom.world.lesson(questions=0)
    await classroom.authoring.add_question(
        TEACHER,
        lesson_id,
        QuestionDraft(
            text=Text({Language.EN: "Is 1 < 2 & 2 < 3?"}),
            options=(Text({Language.EN: "Yes, " + "because it is so " * 5}), Text({Language.EN: "No </b>"})),
            key=Single(0),
        ),
    )
    person = await classroom.student()
    await classroom.open_quiz(person, lesson_id)

    question = await press(person, "Start")

    assert "Is 1 < 2 & 2 < 3?" in question
    assert "B) No </b>" in question
    assert (await labels(person))[:2] == ["A", "B"]


async def test_a_quiz_that_has_lost_its_questions_says_so(classroom: Classroom) -> None:
    lesson_id = await classroom.world.lesson(questions=1)
    person = await classroom.student()
    await person.start(f"l_{lesson_id}")
    await person.settle()
    await classroom.authoring.delete_question(TEACHER, (await classroom.world.questions(lesson_id))[0].id)

    await press(person, "Take the quiz")

    assert any("This lesson has no quiz yet." in toast.text for toast in await person.toasts())


async def test_access_that_was_taken_back_stops_the_next_tap(classroom: Classroom) -> None:
    person, lesson_id = await classroom.at_the_door()
    await press(person, "Start")
    await classroom.pool.execute("update lessons set is_published = false where id = $1", lesson_id)

    await press(person, "B) ")

    stored = await classroom.pool.fetchval(
        "select count(*) from answers x join attempts a on a.id = x.attempt_id where a.user_id = $1", person.id
    )
    assert stored == 0
