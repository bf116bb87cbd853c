"""How a lesson's files reach their readers, whatever became of Telegram's ids and of the storage."""

import asyncio
from pathlib import Path

import pytest

from bot.limits import units
from domain.files import sha256_of
from tests.bot.conftest import Centre
from tests.bot.files.lessons import all_kept, filled_course, media_of, open_lesson, until
from tests.bot.files.made import pdf
from tests.bot.users.people import texts

LATER = "cannot be sent right now"


async def test_a_file_goes_by_its_id(centre: Centre) -> None:
    code = await filled_course(centre, await centre.teacher(), (pdf(2), "by id.pdf", "document"))
    student = await centre.student()

    await open_lesson(student, code)

    assert any(message.kind == "document" for message in await student.messages())
    sent = [call for call in centre.sandbox.calls if call.chat_id == student.id and call.method == "sendDocument"]
    assert [call.params["document"] for call in sent] == [(await media_of(centre, code))[0]["telegram_file_id"]]


@pytest.mark.parametrize("what", ["another bot", "dead"])
async def test_an_id_that_is_worth_nothing_is_replaced_once(centre: Centre, what: str) -> None:
    code = await filled_course(centre, await centre.teacher(), (pdf(3, words=what), f"{what}.pdf", "document"))
    await until(lambda: all_kept(centre, code))
    media = (await media_of(centre, code))[0]
    values = ("Elsewhere", 1) if what == "another bot" else ("BQACAgIAAxkBdead", media["bot_id"])
    await centre.pool.execute("update media set telegram_file_id = $2, bot_id = $3 where id = $1", media["id"], *values)
    first, second = await centre.student(), await centre.student()

    for student in (first, second):
        await open_lesson(student, code)
        assert any(message.kind == "document" for message in await student.messages())

    changed = (await media_of(centre, code))[0]
    assert changed["telegram_file_id"] != values[0]
    assert changed["bot_id"] == media["bot_id"]
    by_id = [call.params["document"] for call in centre.sandbox.calls
             if call.chat_id == second.id and call.method == "sendDocument"]  # fmt: skip
    assert by_id == [changed["telegram_file_id"]]


async def test_two_readers_at_once_end_with_one_id(centre: Centre) -> None:
    code = await filled_course(centre, await centre.teacher(), (pdf(4), "both.pdf", "document"))
    await until(lambda: all_kept(centre, code))
    media = (await media_of(centre, code))[0]
    await centre.pool.execute("update media set telegram_file_id = 'Elsewhere', bot_id = 1 where id = $1", media["id"])
    students = [await centre.student() for _student in range(2)]

    await asyncio.gather(*(open_lesson(student, code) for student in students))

    for student in students:
        assert any(message.kind == "document" for message in await student.messages())
    assert (await media_of(centre, code))[0]["bot_id"] == media["bot_id"]


async def test_without_the_storage_the_words_still_arrive(centre: Centre) -> None:
    files = [(pdf(1, words=f"away {number}"), f"{number}.pdf", "document") for number in range(2)]
    code = await filled_course(centre, await centre.teacher(), *files, words="The words of this lesson")
    await until(lambda: all_kept(centre, code))
    ids = [media["id"] for media in await media_of(centre, code)]
    await centre.pool.execute(
        "update media set telegram_file_id = 'Elsewhere', bot_id = 1, sha256 = $2 where id = any($1)", ids, "0" * 64
    )
    student = await centre.student()

    await open_lesson(student, code)

    told = await texts(student)
    assert any("The words of this lesson" in text for text in told)
    assert sum(LATER in text for text in told) == 1, "once for all files"


async def test_a_file_of_another_bot_without_an_original_is_excused(centre: Centre) -> None:
    code = await filled_course(centre, await centre.teacher(), (pdf(1, words="lost"), "lost.pdf", "document"))
    await until(lambda: all_kept(centre, code))
    media = (await media_of(centre, code))[0]
    await centre.pool.execute(
        "update media set telegram_file_id = 'Elsewhere', bot_id = 1, sha256 = null where id = $1", media["id"]
    )
    student = await centre.student()

    await open_lesson(student, code)

    assert any(LATER in text for text in await texts(student))


async def test_only_what_was_paid_for_is_protected(centre: Centre) -> None:
    teacher = await centre.teacher()
    free = await filled_course(centre, teacher, (pdf(1, words="free"), "free.pdf", "document"))
    paid = await filled_course(centre, teacher, (pdf(1, words="paid"), "paid.pdf", "document"), price="150 ming")
    student = await centre.student()

    for reader, code, is_protected in ((student, free, False), (teacher, paid, True)):
        before = len(centre.sandbox.calls)
        await open_lesson(reader, code)
        sent = [call for call in list(centre.sandbox.calls)[before:] if call.chat_id == reader.id
                and call.method in ("sendDocument", "sendRichMessage")]  # fmt: skip
        assert sent
        assert {bool(call.params.get("protect_content")) for call in sent if "document" in call.params} == {
            is_protected
        }


@pytest.mark.parametrize("words", ["é" * 1024, "😀" * 600, "<b>" * 400, "o‘zbek " * 200, "*" * 1100])
async def test_a_caption_of_any_length_and_kind_reaches_the_reader(centre: Centre, words: str) -> None:
    code = await filled_course(centre, await centre.teacher(), (pdf(1, words="caption"), "c.pdf", "document"))
    await centre.pool.execute(
        """update parts set text = jsonb_build_object('en', $2::text) where id in (
            select p.id from parts p join lessons l on l.id = p.lesson_id join courses c on c.id = l.course_id
            where c.code = $1 and p.kind <> 'text')""",
        code,
        words,
    )
    student = await centre.student()

    await open_lesson(student, code)

    # What an author's own tags break arrives in the plain form that follows.
    refused = [
        call.method
        for call in centre.sandbox.calls
        if call.chat_id == student.id and call.error_code == 400 and call.method != "sendRichMessage"
    ]
    assert refused == []
    document = next(message for message in await student.messages() if message.kind == "document")
    assert units(document.text) <= 1024


WORDS = {
    "so‘z ": "so‘z",
    "**qalin** *qiya* ": "qiya",
    "😀 ": "😀",
    "слово & ": "слово",
    "слово <b> & ": "слово",
    "`kod` [havola](https://a.uz) ": "havola",
}


@pytest.mark.parametrize("word", WORDS)
async def test_a_text_of_any_length_and_kind_reaches_the_reader(centre: Centre, word: str) -> None:
    """Whole, whatever Telegram says to its first form: one that it cannot read is sent again in a plainer one."""
    count = 9000 // len(word)
    code = await filled_course(centre, await centre.teacher(), words="Short")
    await centre.pool.execute(
        """update parts set text = jsonb_build_object('en', $2::text) where kind = 'text' and lesson_id in (
            select l.id from lessons l join courses c on c.id = l.course_id where c.code = $1)""",
        code,
        word * count,
    )
    student = await centre.student()

    await open_lesson(student, code)

    refused = [call for call in centre.sandbox.calls if call.chat_id == student.id and call.error_code == 400]
    assert len(refused) <= ("<" in word)
    assert "".join(await texts(student)).count(WORDS[word]) == count


async def test_the_object_is_kept_under_its_hash_only(centre: Centre) -> None:
    content = pdf(1, words="own name")
    code = await filled_course(centre, await centre.teacher(), (content, "../../\u202eevil.pdf", "document"))
    await until(lambda: all_kept(centre, code))

    media = (await media_of(centre, code))[0]

    assert media["sha256"] == sha256_of(content)
    assert not {"/", "\\", "\u202e", "\r", "\n"} & set(media["name"])
    assert Path(media["name"]).name == media["name"]
