"""Questions leave a quiz or a bank as files and come back as the same questions: by tapping, in the running program."""

from decimal import Decimal
from typing import Any

import orjson
import pypdfium2
import pytest

from bot.sandbox import SandboxUser
from domain.language import Language, Text
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.exporting.gift import to_gift
from domain.quizzes.keys import Essay, Matching, Multiple, Number, Ordering, Short, Single, TrueFalse
from tests.bot.conftest import Centre
from tests.bot.courses.test_exchange import content_of, document
from tests.bot.courses.test_question_desk import open_bank
from tests.bot.courses.test_question_import import follow, send, to_questions
from tests.bot.courses.test_studio import toast
from tests.bot.users.people import buttons, say, tap, texts


def said(text: str) -> Text:
    return Text({Language.EN: text})


DRAFTS = [
    QuestionDraft(
        text=said("=2 + {2}? <b>~x</b> \\frac"),
        options=(said("-3"), said("4: #1")),
        key=Single(1),
        explanation=said("Two pairs\nmake four."),
        topic="Sums",
        difficulty=2,
        points=3,
        source="DTM 2024",
    ),
    QuestionDraft(text=said("Even?"), options=(said("2"), said("3"), said("4")), key=Multiple(frozenset({0, 2}))),
    QuestionDraft(text=said("Water boils at 100 °C"), key=TrueFalse(is_true=True), topic="Physics"),
    QuestionDraft(text=said("The capital?"), key=Short(("Tashkent", "Toshkent"))),
    QuestionDraft(text=said("π?"), key=Number(Decimal("3.14"), Decimal("0.01"))),
    QuestionDraft(text=said("Match"), options=(said("apple"), said("pear")), key=Matching((said("olma"), said("nok")))),
    QuestionDraft(text=said("Put in order"), options=(said("one"), said("two"), said("three")), key=Ordering()),
    QuestionDraft(text=said("Why?"), key=Essay(said("Two reasons"))),
]


async def questions_of(centre: Centre, title: str) -> list[tuple[Any, ...]]:
    """Everything that the questions of the course's quiz consist of."""
    rows = await centre.pool.fetch(
        """
        select q.kind, q.text, q.options, q.key, q.explanation, q.topic, q.difficulty, q.points, q.source, q.fingerprint
        from questions q join quizzes z on z.id = q.quiz_id join lessons l on l.id = z.lesson_id
        join courses c on c.id = l.course_id
        where c.title ->> 'en' = $1 and q.retired_at is null order by q.position
        """,
        title,
    )
    return [tuple(orjson.loads(each) if index in (1, 2, 3) else each for index, each in enumerate(row)) for row in rows]


async def fill(centre: Centre, teacher: SandboxUser, title: str, content: bytes, name: str) -> None:
    """A course whose quiz is what the file holds; the list of its questions is open."""
    await to_questions(teacher, title)
    await send(teacher, content, name)
    await follow(centre, teacher)
    await tap(teacher, "add")


async def downloaded(centre: Centre, teacher: SandboxUser, form: str) -> tuple[str, bytes]:
    await tap(teacher, "export")
    assert "making the file" in await toast(teacher, form)
    return await document(centre, teacher)


@pytest.fixture
async def teacher(centre: Centre) -> SandboxUser:
    return await centre.teacher()


async def test_what_is_downloaded_comes_back_as_the_same_questions(centre: Centre, teacher: SandboxUser) -> None:
    await fill(centre, teacher, "Taken: away?", to_gift(DRAFTS, Language.EN).encode(), "all.gift")
    first = await questions_of(centre, "Taken: away?")
    assert len(first) == len(DRAFTS)

    name, book = await downloaded(centre, teacher, "xlsx")
    assert name == "First lesson.xlsx"
    assert any("📤 First lesson: 8 questions" in text for text in await texts(teacher))
    await fill(centre, teacher, "From Excel", book, name)
    name, gift = await downloaded(centre, teacher, "gift")
    assert name == "First lesson.gift"
    await fill(centre, teacher, "From GIFT", gift, name)

    assert await questions_of(centre, "From Excel") == first
    assert await questions_of(centre, "From GIFT") == first


async def test_a_bank_is_printed_for_the_class_with_the_key_apart(centre: Centre, teacher: SandboxUser) -> None:
    await open_bank(teacher, "Printed")
    empty = await tap(teacher, "export")
    assert "There is nothing to download yet" in empty.text
    assert "pdf" not in await buttons(teacher)
    await tap(teacher, "back")
    await tap(teacher, "add")
    await say(teacher, "What is <i>secret</i>?\n= Samarkand")
    await tap(teacher, "save")
    await centre.pool.execute(
        """update questions set picture = '{"file_id": "F"}' where id = (select max(id) from questions)"""
    )

    screen = await tap(teacher, "export")
    assert "🖼 1 picture is not in the file" in screen.text
    await tap(teacher, "pdf")
    key = await teacher.wait_for("🔑 The key, for you alone.", 30)
    files = [message for message in await teacher.messages() if message.kind == "document"]

    assert [file.raw["document"]["file_name"] for file in files[-2:]] == ["Fractions.pdf", "Fractions - key.pdf"]
    assert "1 picture is not in the file" in files[-2].text
    assert key.id == files[-1].id
    assert "Your file is being made" in "\n".join(await texts(teacher))
    sheet, keys = [await words_of(centre, message.raw["document"]["file_id"]) for message in files[-2:]]
    assert "What is <i>secret</i>?" in sheet
    assert "Samarkand" not in sheet
    assert "Samarkand" in keys


async def test_whoever_no_longer_teaches_gets_no_file(centre: Centre, teacher: SandboxUser) -> None:
    await to_questions(teacher, "Lost")
    await say(teacher, "1 + 1?\n+ 2\n- 3")
    await tap(teacher, "desk")
    await tap(teacher, "questions")
    await tap(teacher, "export")
    await centre.pool.execute("update users set role = 'student' where id = $1", teacher.id)

    told = await toast(teacher, "gift")

    assert "making the file" not in told
    assert not any(message.kind == "document" for message in await teacher.messages())


async def words_of(centre: Centre, file_id: str) -> str:
    content = await content_of(centre, file_id)
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)).split())
