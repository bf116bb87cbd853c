"""Every kind of question, answered by tapping and typing, right and wrong."""

import struct
import zlib
from dataclasses import replace
from decimal import Decimal

import orjson
import pytest

from bot.sandbox import SandboxUser
from domain.courses.model import LessonId
from domain.language import Language, Text
from domain.quizzes.draft import Picture, QuestionDraft
from domain.quizzes.keys import Essay, Key, Matching, Multiple, Number, Ordering, Short, Single, TrueFalse
from domain.quizzes.settings import QuizSettings, Reveal, settings_to_data
from tests.bot.quizzes.conftest import Classroom
from tests.bot.quizzes.test_chat import labels, press, shown
from tests.db.quiz_world import TEACHER


def en(text: str) -> Text:
    return Text({Language.EN: text})


def question(key: Key, *options: str, text: str = "Tell me") -> QuestionDraft:
    return QuestionDraft(text=en(text), options=tuple(map(en, options)), key=key, explanation=en("Because."))


def png() -> bytes:
    """A small grey picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    lines = b"".join(b"\0" + b"\x80" * 64 for _line in range(64))
    header = struct.pack(">IIBBBBB", 64, 64, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


async def asked(
    classroom: Classroom, *drafts: QuestionDraft, settings: QuizSettings | None = None
) -> tuple[SandboxUser, LessonId]:
    """A student before the first of these questions."""
    lesson_id = await classroom.world.lesson(questions=0)
    for draft in drafts:
        await classroom.authoring.add_question(TEACHER, lesson_id, draft)
    if settings is not None:
        await classroom.pool.execute(
            "update quizzes set settings = $2::jsonb where lesson_id = $1",
            lesson_id,
            orjson.dumps(settings_to_data(settings)).decode(),
        )
    person = await classroom.student()
    await classroom.open_quiz(person, lesson_id)
    await press(person, "Start")
    return person, lesson_id


async def stored(classroom: Classroom, person: SandboxUser) -> list[tuple[bool | None, int]]:
    """Whether each stored answer was right, and its hundredths of points."""
    rows = await classroom.pool.fetch(
        "select x.is_correct, x.points from answers x join attempts a on a.id = x.attempt_id where a.user_id = $1"
        " order by x.answered_at",
        person.id,
    )
    return [(row["is_correct"], row["points"]) for row in rows]


async def test_several_right_options_are_toggled_and_then_checked(classroom: Classroom) -> None:
    person, _lesson = await asked(classroom, question(Multiple(frozenset({0, 2})), "two", "four", "three"))
    assert "Choose all that are right" in await shown(person)
    assert not any("Check" in label for label in await labels(person))

    await press(person, "A) ")
    await press(person, "B) ")
    assert (await labels(person))[:3] == ["☑️ A) two", "☑️ B) four", "⬜ C) three"]
    assert await stored(classroom, person) == []
    await press(person, "B) ")
    await press(person, "C) ")
    told = await press(person, "Check the answer")

    assert "✅ Right!" in told
    assert await stored(classroom, person) == [(True, 100)]


async def test_a_part_of_the_right_options_earns_its_share(classroom: Classroom) -> None:
    person, _lesson = await asked(classroom, question(Multiple(frozenset({0, 2})), "two", "four", "three"))

    await press(person, "A) ")
    told = await press(person, "Check the answer")

    assert "Partly right: 0.5 of 1 points" in told
    assert await stored(classroom, person) == [(False, 50)]


async def test_true_or_false_are_two_buttons(classroom: Classroom) -> None:
    person, _lesson = await asked(classroom, question(TrueFalse(is_true=False), text="7 is even"))
    assert (await labels(person))[:2] == ["A) True", "B) False"]

    assert "✅ Right!" in await press(person, "B) ")


@pytest.mark.parametrize(("typed", "is_right"), [("toshkent", True), ("Тошкент", True), ("Buxoro", False)])
async def test_a_short_answer_is_typed(classroom: Classroom, typed: str, is_right: bool) -> None:
    person, _lesson = await asked(classroom, question(Short(("Toshkent",))))
    assert "Type the answer" in await shown(person)

    await person.send(typed)
    told = await shown(person)

    assert ("✅ Right!" in told) is is_right
    assert f"Your answer: {typed}" in told
    assert ("Right answer: Toshkent" in told) is not is_right


async def test_a_number_is_taken_as_people_write_it_and_a_word_is_not_stored(classroom: Classroom) -> None:
    person, _lesson = await asked(classroom, question(Number(Decimal("3.5"), Decimal("0.1"))))

    await person.send("three")
    await person.settle()
    said = [message.text for message in await person.messages() if not message.from_me][-2:]
    assert "Please type one number" in said[0]
    assert await stored(classroom, person) == []
    await person.send("3,45")

    assert "✅ Right!" in await shown(person)


async def test_pairs_are_tapped_one_after_another_and_the_last_can_be_taken_back(classroom: Classroom) -> None:
    rights = (en("one"), en("two"), en("three"))
    person, _lesson = await asked(classroom, question(Matching(rights), "1", "2", "3"))
    assert "Tap what belongs to number 1." in await shown(person)

    await press(person, ") two")
    board = await press(person, "Take the last one back")
    assert "Tap what belongs to number 1." in board
    for word in (") one", ") two"):
        await press(person, word)
    whole = await press(person, ") three")
    assert "1. 1 → one" in whole
    assert await stored(classroom, person) == []
    told = await press(person, "Check the answer")

    assert "✅ Right!" in told
    assert await stored(classroom, person) == [(True, 100)]


async def test_items_are_tapped_in_their_order(classroom: Classroom) -> None:
    person, _lesson = await asked(classroom, question(Ordering(), "first", "second", "third"))
    kept = ["first", "second", "third"]
    assert [label[3:] for label in (await labels(person))[:3]] != kept

    for word in (") second", ") first", ") third"):
        await press(person, word)
    told = await press(person, "Check the answer")

    assert "Partly right: 0.33 of 1 points" in told
    assert "❌ 1. second ✅ first" in told
    assert "✅ 3. third" in told


async def test_an_essay_is_shown_once_more_before_it_is_sent_and_waits_for_a_mark(classroom: Classroom) -> None:
    person, _lesson = await asked(classroom, question(Essay()))

    await person.send("A first try")
    assert "Send it to your teacher?" in await shown(person)
    await press(person, "Write it again")
    await person.send("My <b>essay</b> & more")
    assert "My <b>essay</b> & more" in await shown(person)
    assert await stored(classroom, person) == []
    told = await press(person, "Send it")

    assert "Your teacher will read and mark" in told
    assert await stored(classroom, person) == [(None, 0)]
    assert "1 answer waits for your teacher" in await press(person, "See the result")


async def test_a_half_built_answer_survives_a_break_only_on_its_own_question(classroom: Classroom) -> None:
    person, lesson_id = await asked(
        classroom,
        question(Multiple(frozenset({0})), "a1", "b1"),
        question(Multiple(frozenset({1})), "a2", "b2"),
    )
    await press(person, "A) ")
    await press(person, "Check the answer")
    await press(person, "Next")

    assert (await labels(person))[:2] == ["⬜ A) a2", "⬜ B) b2"]
    await person.send("/menu")
    await classroom.open_quiz(person, lesson_id)
    assert "2 / 2" in await press(person, "Continue")


@pytest.mark.parametrize(
    "item", ["1-check", "1-send", "1-undo", "1-rewrite", "1-picture", "1-99", "2-check", "x", "1-", "1-delete"]
)
@pytest.mark.parametrize("widget", ["deed", "line"])
async def test_forged_buttons_store_nothing_and_get_a_sentence(classroom: Classroom, item: str, widget: str) -> None:
    person, _lesson = await asked(
        classroom, question(Matching((en("one"), en("two"))), "a long left side of it", "another left side of it")
    )
    message = await person.last_message()
    context = (message.buttons[0].data or "").rpartition("\x1d")[0]

    await person.forge(message.id, f"{context}\x1d{widget}:{item}")

    assert "1 / 1" in await shown(person)
    assert await stored(classroom, person) == []


async def test_code_is_shown_as_code_and_a_picture_above_its_question(classroom: Classroom) -> None:
    draft = question(Single(0), "yes", "no", text="What does it print?\n```python\nprint(1 < 2)\n```")
    upload = await classroom.student()
    await upload.upload(png(), name="a.png", kind="photo", wait=False)
    photo = [message for message in await upload.messages() if message.from_me][-1].raw["photo"][-1]["file_id"]
    person, _lesson = await asked(
        classroom, draft, replace(question(Single(0), "yes", "no"), picture=Picture(file_id=photo))
    )

    code = await person.last_message()
    assert any(entity["type"] == "pre" for entity in code.raw["entities"])
    assert "print(1 < 2)" in code.text
    await press(person, "A) ")
    await press(person, "Next")

    assert (await person.last_message()).kind == "photo"


async def test_without_feedback_the_next_question_follows_and_no_mark_is_in_anything_sent(
    classroom: Classroom,
) -> None:
    person, _lesson = await asked(
        classroom,
        question(Single(1), "a", "b", text="First"),
        question(Single(1), "a", "b", text="Second"),
        settings=QuizSettings(reveal=Reveal.AT_END),
    )
    client = classroom.centre.client
    before = (await client.calls())["next"]

    assert "Second" in await press(person, "A) ")
    sent = orjson.dumps((await client.calls(before))["calls"]).decode()

    assert not _marks(sent)
    result = await press(person, "B) ")
    assert "1 of 2 right" in result
    assert "the right one is B" in await press(person, "Review 1 mistake")


async def test_the_scan_for_marks_finds_one_that_is_there(classroom: Classroom) -> None:
    """The control of the test above: with answers told at once, the same scan has to find them."""
    person, _lesson = await asked(classroom, question(Single(1), "a", "b"), question(Single(1), "a", "b"))
    client = classroom.centre.client
    before = (await client.calls())["next"]

    await press(person, "A) ")

    assert _marks(orjson.dumps((await client.calls(before))["calls"]).decode())


def _marks(sent: str) -> list[str]:
    return [mark for mark in ("✅", "❌", "Because", "right answer", "correct_option") if mark in sent]


async def test_a_second_tap_on_an_answered_question_changes_nothing_and_says_so(classroom: Classroom) -> None:
    person, _lesson = await asked(
        classroom,
        question(Single(1), "a", "b"),
        question(Single(1), "a", "b"),
        settings=QuizSettings(reveal=Reveal.AT_END),
    )
    button = (await person.last_message()).buttons[0]

    for _tap in range(10):
        await person.forge(button.message_id or 0, button.data or "")

    assert "2 / 2" in await shown(person)
    assert len(await stored(classroom, person)) == 1
    assert any("out of date" in toast.text for toast in await person.toasts())


async def test_when_time_is_over_the_screen_says_so_and_the_result_is_there(classroom: Classroom) -> None:
    person, lesson_id = await asked(classroom, question(Single(1), "a", "b"), question(Single(1), "a", "b"))
    await press(person, "B) ")
    await press(person, "Next")
    await classroom.pool.execute(
        "update attempts a set started_at = now() - interval '2 hours', deadline_at = now() - interval '1 hour'"
        " from quizzes z where z.id = a.quiz_id and z.lesson_id = $1",
        lesson_id,
    )

    await press(person, "B) ")

    assert len(await stored(classroom, person)) == 1
    result = await shown(person)
    assert "Time was over" in result
    assert "1 of 2 right" in result


async def test_somebody_without_attempts_left_is_told_at_the_door(classroom: Classroom) -> None:
    person, lesson_id = await asked(classroom, question(Single(1), "a", "b"), settings=QuizSettings(max_attempts=1))
    await press(person, "B) ")
    assert "That was your last attempt." in await press(person, "See the result")
    assert not any("Try again" in label for label in await labels(person))

    await classroom.open_quiz(person, lesson_id)

    assert "You have used all your attempts" in await shown(person)
    assert not any("Start" in label for label in await labels(person))


async def test_everything_can_be_reviewed_mistakes_first(classroom: Classroom) -> None:
    person, _lesson = await asked(
        classroom, question(Single(1), "a", "b", text="Easy"), question(Single(1), "a", "b", text="Hard")
    )
    for button in ("B) ", "Next", "A) ", "See the result"):
        await press(person, button)

    first = await press(person, "Review all questions")
    assert "1 of 2 · question 2" in first
    assert "Hard" in first
    assert "✅ Right!" in await press(person, "Next")
