"""Tests on their way into quizzes and banks, on PostgreSQL: all of it, once, for whom it is theirs, with a way back."""

import itertools
import time
from datetime import timedelta

import pytest

from db.engine import Pool
from domain.courses.model import LessonId
from domain.errors import Gone, InvalidInput, NotAllowed
from domain.language import Language, Text
from domain.quizzes.authoring import QuestionService
from domain.quizzes.bank_model import MAX_BANK_QUESTIONS
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.importing.import_errors import NothingToAdd, NotReadYet, PhotosNotRead, QuestionImportGone
from domain.quizzes.importing.import_intake import LIFETIME
from domain.quizzes.importing.import_service import QuestionImportService
from domain.quizzes.importing.imports import (
    READ_QUESTIONS_JOB,
    ImportRefusal,
    ImportSource,
    QuestionImport,
    QuestionImportId,
    QuestionImportState,
    SentPoll,
    SentTest,
    Target,
)
from domain.quizzes.importing.model import Mistake, ReadQuestion, ReadTest, TestFormat
from domain.quizzes.keys import Single
from domain.quizzes.settings import BankId
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.db.quiz_world import ADMIN, ALI, NOON, TEACHER, World, add_people

OTHER = UserId(11)
CO_TEACHER = UserId(12)
_messages = itertools.count(1)


def question(name: str, correct: int = 0) -> QuestionDraft:
    return QuestionDraft(
        text=Text({Language.UZ: f"{name}?"}),
        options=(Text({Language.UZ: "ha"}), Text({Language.UZ: "yo‘q"})),
        key=Single(correct),
    )


def read_with(*names: str, wrong: int = 0) -> ReadTest:
    """As a file holds it: these questions, and some that are wrong."""
    read = [ReadQuestion(line=number, excerpt=name, draft=question(name)) for number, name in enumerate(names, start=1)]
    read += [
        ReadQuestion(line=1_000 + number, excerpt="xato", draft=None, mistakes=(Mistake(1, "correct", "missing"),))
        for number in range(wrong)
    ]
    return ReadTest(format=TestFormat.SIGNS, questions=tuple(read))


def by_lines(text: str, language: Language) -> ReadTest:
    """A parser for these tests: each line is a question."""
    return read_with(*text.split())


def file(message_id: int | None = None) -> SentTest:
    return SentTest(
        message_id=message_id or next(_messages),
        source=ImportSource.FILE,
        name="test.docx",
        mime="application/x",
        size=10,
        telegram_file_id="F",
        bot_id=1,
        markdown="Izoh",
    )


def poll(name: str, *correct: int) -> SentPoll:
    return SentPoll(message_id=next(_messages), question=f"{name}?", options=("3", "4"), correct=correct)


@pytest.fixture(scope="module", autouse=True)
async def people(pool: Pool) -> None:
    await add_people(pool)
    for user_id in (OTHER, CO_TEACHER):
        await pool.execute(
            "insert into users (id, full_name, language, role, timezone, created_at)"
            " values ($1, 'Other', 'ru', 'teacher', 'Asia/Tashkent', $2)",
            user_id,
            NOON,
        )


@pytest.fixture(scope="module")
def world(pool: Pool, begin: Begin) -> World:
    return World(pool, begin)


@pytest.fixture
def imports(begin: Begin, read: Begin) -> QuestionImportService:
    return QuestionImportService(begin=begin, read=read, now=lambda: NOON, read_text=by_lines, reads_photos=False)


@pytest.fixture
async def lesson_id(world: World) -> LessonId:
    return await world.lesson(questions=0)


@pytest.fixture
def target(lesson_id: LessonId) -> Target:
    return Target(lesson_id=lesson_id)


async def bank_of(pool: Pool, lesson_id: LessonId, title: str = "Bank") -> Target:
    bank_id = await pool.fetchval(
        "insert into question_banks (course_id, title, created_by, created_at)"
        " select course_id, $2, $3, $4 from lessons where id = $1 returning id",
        lesson_id,
        title,
        TEACHER,
        NOON,
    )
    return Target(bank_id=BankId(bank_id))


async def sent(
    imports: QuestionImportService, target: Target, test: ReadTest, actor: UserId = TEACHER
) -> QuestionImportId:
    """An import that was read."""
    imported = await imports.receive(actor, target, file())
    await imports.note_read(imported.id, test)
    return imported.id


async def kept(pool: Pool, lesson_id: LessonId | None) -> list[str]:
    """The questions that are in use, in their order."""
    rows = await pool.fetch(
        "select q.text ->> 'uz' as text, q.position from questions q join quizzes z on z.id = q.quiz_id"
        " where z.lesson_id = $1 and q.retired_at is null order by q.position",
        lesson_id,
    )
    assert [row["position"] for row in rows] == sorted({row["position"] for row in rows})
    return [row["text"] for row in rows]


async def state_of(imports: QuestionImportService, import_id: QuestionImportId) -> QuestionImport:
    return (await imports.preview(TEACHER, import_id)).imported


async def test_a_test_is_read_looked_at_and_added_in_its_order(
    imports: QuestionImportService, world: World, pool: Pool
) -> None:
    lesson_id = await world.lesson(questions=2)
    names = [f"S{number}" for number in range(28)]

    import_id = await sent(imports, Target(lesson_id=lesson_id), read_with(*names, wrong=2))
    preview = await imports.preview(TEACHER, import_id)

    assert (preview.count, len(preview.heaps.wrong)) == (28, 2)
    assert len(await kept(pool, lesson_id)) == 2
    added = await imports.save(TEACHER, import_id)
    assert added.added_count == 28
    assert (await kept(pool, lesson_id))[2:] == [f"{name}?" for name in names]
    row = await pool.fetchrow(
        "select kind, points, created_by, fingerprint, version from questions where text ->> 'uz' = 'S27?'"
        " and retired_at is null"
    )
    assert row is not None
    assert (row["kind"], row["points"], row["created_by"], row["version"]) == ("single", 1, TEACHER, 1)
    assert row["fingerprint"] == question("S27").fingerprint


async def test_confirmed_again_it_is_what_came_of_it(
    imports: QuestionImportService, target: Target, pool: Pool
) -> None:
    import_id = await sent(imports, target, read_with("A", "B"))

    first, second = await imports.save(TEACHER, import_id), await imports.save(TEACHER, import_id)

    assert (first.added_count, second.added_count) == (2, 2)
    assert await kept(pool, target.lesson_id) == ["A?", "B?"]


async def test_the_same_message_is_one_import_and_is_read_once(
    imports: QuestionImportService, target: Target, pool: Pool
) -> None:
    message = next(_messages)

    first = await imports.receive(TEACHER, target, file(message))
    second = await imports.receive(TEACHER, target, file(message))

    assert first.id == second.id
    jobs = "select count(*) from pgqueuer where entrypoint = $1 and dedupe_key = $2"
    assert await pool.fetchval(jobs, READ_QUESTIONS_JOB, f"{READ_QUESTIONS_JOB}:{first.id}") == 1
    await imports.note_read(first.id, read_with("A"))
    await imports.note_read(first.id, read_with("B", "C"))
    assert (await imports.preview(TEACHER, first.id)).count == 1


async def test_nothing_is_added_before_it_is_read_or_when_nothing_is_new(
    imports: QuestionImportService, target: Target, pool: Pool
) -> None:
    imported = await imports.receive(TEACHER, target, file())
    with pytest.raises(NotReadYet):
        await imports.save(TEACHER, imported.id)

    await imports.note_read(imported.id, read_with(wrong=3))
    with pytest.raises(NothingToAdd):
        await imports.save(TEACHER, imported.id)

    assert await kept(pool, target.lesson_id) == []
    assert (await state_of(imports, imported.id)).state is QuestionImportState.READY


async def test_a_read_without_questions_and_a_refused_one_say_why(
    imports: QuestionImportService, target: Target
) -> None:
    empty, broken = [await imports.receive(TEACHER, target, file()) for _ in range(2)]
    await imports.note_read(empty.id, read_with())
    await imports.refuse(broken.id, ImportRefusal.BROKEN)

    assert (await state_of(imports, empty.id)).refusal is ImportRefusal.NO_QUESTIONS
    assert (await state_of(imports, broken.id)).refusal is ImportRefusal.BROKEN
    with pytest.raises(NothingToAdd):
        await imports.save(TEACHER, broken.id)


async def test_a_corrected_test_adds_only_what_is_new(
    imports: QuestionImportService, target: Target, pool: Pool
) -> None:
    await imports.save(TEACHER, await sent(imports, target, read_with("A", "B", wrong=1)))

    again = await sent(imports, target, read_with("a", "C", "B", "C"))
    preview = await imports.preview(TEACHER, again)
    await imports.save(TEACHER, again)

    assert (preview.count, len(preview.heaps.repeated)) == (1, 3)
    assert await kept(pool, target.lesson_id) == ["A?", "B?", "C?"]


async def test_questions_from_before_fingerprints_were_kept_are_known_too(
    imports: QuestionImportService, target: Target, pool: Pool
) -> None:
    await imports.save(TEACHER, await sent(imports, target, read_with("A")))
    await pool.execute("update questions set fingerprint = null where text ->> 'uz' = 'A?'")

    again = await sent(imports, target, read_with("A"))

    assert (await imports.preview(TEACHER, again)).count == 0


async def test_a_quiz_takes_a_hundred_and_the_rest_is_told(
    imports: QuestionImportService, world: World, pool: Pool
) -> None:
    lesson_id = await world.lesson(questions=60)
    import_id = await sent(imports, Target(lesson_id=lesson_id), read_with(*(f"T{n}" for n in range(50))))

    preview = await imports.preview(TEACHER, import_id)
    added = await imports.save(TEACHER, import_id)

    assert (preview.count, preview.left_out, added.added_count) == (40, 10, 40)
    assert len(await kept(pool, lesson_id)) == 100
    with pytest.raises(NothingToAdd):
        await imports.save(TEACHER, await sent(imports, Target(lesson_id=lesson_id), read_with("Yana")))


async def test_ten_thousand_questions_go_into_a_bank_at_once(
    imports: QuestionImportService, lesson_id: LessonId, pool: Pool
) -> None:
    bank = await bank_of(pool, lesson_id)
    names = [f"K{number}" for number in range(MAX_BANK_QUESTIONS)]
    began = time.perf_counter()

    import_id = await sent(imports, bank, read_with(*names))
    added = await imports.save(TEACHER, import_id)

    print(f"10,000 questions in a bank: {time.perf_counter() - began:.2f} s")
    assert added.added_count == MAX_BANK_QUESTIONS
    in_use = "select count(*) from questions where bank_id = $1 and retired_at is null"
    assert await pool.fetchval(in_use, bank.bank_id) == MAX_BANK_QUESTIONS
    one_more = await sent(imports, bank, read_with("K5", "Yangi"))
    preview = await imports.preview(TEACHER, one_more)
    assert (preview.count, preview.left_out, len(preview.heaps.repeated)) == (0, 1, 1)
    assert await imports.undo(TEACHER, import_id) == MAX_BANK_QUESTIONS
    assert await pool.fetchval(in_use, bank.bank_id) == 0
    assert (await imports.save(TEACHER, one_more)).added_count == 2


async def test_undo_takes_back_exactly_what_was_added(
    imports: QuestionImportService, begin: Begin, read: Begin, world: World, pool: Pool
) -> None:
    lesson_id = await world.lesson(questions=1)
    target = Target(lesson_id=lesson_id)
    first = await sent(imports, target, read_with("A", "B"))
    await imports.save(TEACHER, first)
    await imports.save(TEACHER, await sent(imports, target, read_with("C")))
    questions = QuestionService(begin=begin, read=read, now=lambda: NOON)
    changed = next(
        each for each in await questions.questions(TEACHER, lesson_id) if "B?" in each.text.variants.values()
    )
    await questions.change_question(TEACHER, changed.id, question("B2"))

    assert await imports.undo(TEACHER, first) == 1
    assert await imports.undo(TEACHER, first) == 0

    assert (await kept(pool, lesson_id))[1:] == ["B2?", "C?"]
    assert (await state_of(imports, first)).state is QuestionImportState.UNDONE
    with pytest.raises(NothingToAdd):
        await imports.save(TEACHER, first)


async def test_a_typed_test_is_read_at_once(imports: QuestionImportService, target: Target, pool: Pool) -> None:
    typed = SentTest(message_id=next(_messages), source=ImportSource.TEXT, text="A B C", markdown="A B C", bot_id=1)

    imported = await imports.receive(TEACHER, target, typed, asks=True)

    assert imported.state is QuestionImportState.READY
    assert imported.looks_like_a_test
    assert await imports.looks_like_a_test(TEACHER, target, "A B")
    assert not await imports.looks_like_a_test(TEACHER, target, "A")
    await imports.save(TEACHER, imported.id)
    assert await kept(pool, target.lesson_id) == ["A?", "B?", "C?"]


async def test_a_long_text_in_several_messages_is_one_test(
    imports: QuestionImportService, target: Target, pool: Pool
) -> None:
    def piece(text: str, size: int) -> SentTest:
        return SentTest(
            message_id=next(_messages), source=ImportSource.TEXT, text=text, markdown=text, size=size, bot_id=1
        )

    first, second, last = piece("A B", 4_000), piece("C", 4_000), piece("D", 10)
    another = piece("E F", 10)

    received = [await imports.receive(TEACHER, target, each) for each in (first, second, second, last, another)]
    again = await imports.receive(TEACHER, target, last)

    assert len({each.id for each in (*received[:4], again)}) == 1
    assert [each.found for each in received] == [2, 3, 3, 4, 2]
    assert received[4].id != received[0].id
    await imports.save(TEACHER, again.id)
    assert await kept(pool, target.lesson_id) == ["A?", "B?", "C?", "D?"]
    assert (await imports.receive(TEACHER, target, last)).state is QuestionImportState.ADDED


async def test_polls_in_a_row_are_one_import_and_wait_for_their_keys(
    imports: QuestionImportService, target: Target, pool: Pool
) -> None:
    polls = [poll("Bir"), poll("Ikki", 1), poll("Uch"), poll("To‘rt")]
    collected = [await imports.collect(TEACHER, target, each) for each in (*polls, polls[0])]
    import_id = collected[0].id

    assert {each.id for each in collected} == {import_id}
    preview = await imports.preview(TEACHER, import_id)
    assert (preview.count, [each.text for each in preview.open_questions]) == (1, ["Bir?", "Uch?", "To‘rt?"])
    first, second, third = (each.place for each in preview.open_questions)
    await imports.name_right_answer(TEACHER, import_id, first, 1)
    await imports.name_right_answer(TEACHER, import_id, first, 0)
    await imports.name_right_answer(TEACHER, import_id, second, None)
    with pytest.raises(InvalidInput):
        await imports.name_right_answer(TEACHER, import_id, third, 2)

    added = await imports.save(TEACHER, import_id)

    assert added.added_count == 2
    assert await kept(pool, target.lesson_id) == ["Bir?", "Ikki?"]
    assert await pool.fetchval("select key ->> 'correct' from questions where text ->> 'uz' = 'Bir?'") == "1"
    again = await imports.collect(TEACHER, target, polls[1])
    assert again.id == import_id
    assert (await imports.collect(TEACHER, target, poll("Besh", 0))).id != import_id


async def test_a_question_whose_key_was_not_on_the_photo_is_asked_for(
    imports: QuestionImportService, target: Target, pool: Pool
) -> None:
    keyless = ReadQuestion(line=2, excerpt="", draft=None, keyless=question("Kalitsiz"))
    skipped = ReadQuestion(line=3, excerpt="", draft=None, keyless=question("Tashlangan"))
    whole = read_with("A").questions
    import_id = await sent(imports, target, ReadTest(format=TestFormat.PHOTO, questions=(*whole, keyless, skipped)))

    preview = await imports.preview(TEACHER, import_id)
    assert (preview.count, len(preview.open_questions), len(preview.heaps.wrong)) == (1, 2, 0)
    await imports.name_right_answer(TEACHER, import_id, "q1", 1)
    await imports.name_right_answer(TEACHER, import_id, "q1", 0)
    await imports.name_right_answer(TEACHER, import_id, "q2", None)
    for place in ("q0", "q77", "p1", "", "x"):
        await imports.name_right_answer(TEACHER, import_id, place, 0)
    preview = await imports.preview(TEACHER, import_id)
    assert (preview.count, len(preview.heaps.wrong)) == (2, 1)
    await imports.save(TEACHER, import_id)

    assert await pool.fetchval("select key ->> 'correct' from questions where text ->> 'uz' = 'Kalitsiz?'") == "1"


async def test_what_is_no_test_becomes_a_part_once(imports: QuestionImportService, target: Target, pool: Pool) -> None:
    imported = await imports.receive(TEACHER, target, file(), asks=True)

    part = await imports.keep_as_file(TEACHER, imported.id)

    assert part is not None
    assert await imports.keep_as_file(TEACHER, imported.id) is None
    assert await pool.fetchval("select count(*) from parts where lesson_id = $1", target.lesson_id) == 1
    with pytest.raises(NothingToAdd):
        await imports.save(TEACHER, imported.id)


async def test_a_part_whose_questions_became_a_quiz_leaves_the_lesson(
    imports: QuestionImportService, target: Target, pool: Pool
) -> None:
    """Students would read the key in it."""
    first = await imports.receive(TEACHER, target, file(), asks=True)
    part = await imports.keep_as_file(TEACHER, first.id)
    assert part is not None
    imported = await imports.receive(TEACHER, target, file(), asks=True, part_id=part.id)
    await imports.note_read(imported.id, read_with("A", "B"))

    await imports.save(TEACHER, imported.id)

    assert await pool.fetchval("select count(*) from parts where lesson_id = $1", target.lesson_id) == 0
    assert await kept(pool, target.lesson_id) == ["A?", "B?"]


async def test_a_photo_is_not_taken_where_nobody_reads_it(imports: QuestionImportService, target: Target) -> None:
    photo = SentTest(message_id=next(_messages), source=ImportSource.PHOTO, telegram_file_id="P", bot_id=1)

    with pytest.raises(PhotosNotRead):
        await imports.receive(TEACHER, target, photo)


async def test_nobody_else_finds_an_import_and_it_dies_with_the_right_to_teach(
    imports: QuestionImportService, lesson_id: LessonId, target: Target, pool: Pool
) -> None:
    await pool.execute(
        "insert into course_teachers (course_id, user_id, added_at)"
        " select course_id, $2, $3 from lessons where id = $1",
        lesson_id,
        CO_TEACHER,
        NOON,
    )
    import_id = await sent(imports, target, read_with("A"), CO_TEACHER)
    bank = await bank_of(pool, lesson_id, "Boshqaniki")

    for stranger in (ALI, OTHER, UserId(999)):
        for place in (target, bank, Target(lesson_id=LessonId(10**9)), Target(bank_id=BankId(10**9))):
            with pytest.raises(NotAllowed):
                await imports.receive(stranger, place, file())
            with pytest.raises(NotAllowed):
                await imports.collect(stranger, place, poll("Begona", 0))
    for stranger in (ALI, OTHER, TEACHER, ADMIN):
        for call in (
            imports.preview(stranger, import_id),
            imports.save(stranger, import_id),
            imports.undo(stranger, import_id),
            imports.put_away(stranger, import_id),
            imports.keep_as_file(stranger, import_id),
            imports.name_right_answer(stranger, import_id, "q0", 0),
        ):
            with pytest.raises(QuestionImportGone):
                await call
    await pool.execute("delete from course_teachers where user_id = $1", CO_TEACHER)
    with pytest.raises(Gone):
        await imports.save(CO_TEACHER, import_id)
    assert await imports.waiting(import_id) is None
    assert await kept(pool, lesson_id) == []


async def test_a_bank_that_is_put_away_takes_nothing(
    imports: QuestionImportService, lesson_id: LessonId, pool: Pool
) -> None:
    bank = await bank_of(pool, lesson_id, "Eski")
    import_id = await sent(imports, bank, read_with("A"))
    await pool.execute("update question_banks set archived_at = $2 where id = $1", bank.bank_id, NOON)

    with pytest.raises(QuestionImportGone):
        await imports.save(TEACHER, import_id)


async def test_what_nobody_confirms_is_forgotten_after_a_week(
    begin: Begin, read: Begin, imports: QuestionImportService, target: Target, pool: Pool
) -> None:
    forgotten, done = [await sent(imports, target, read_with(name)) for name in ("A", "B")]
    await imports.save(TEACHER, done)
    later = QuestionImportService(
        begin=begin,
        read=read,
        now=lambda: NOON + LIFETIME + timedelta(seconds=1),
        read_text=by_lines,
        reads_photos=False,
    )

    assert await later.tidy() >= 1

    with pytest.raises(QuestionImportGone):
        await later.preview(TEACHER, forgotten)
    assert (await later.preview(TEACHER, done)).imported.state is QuestionImportState.ADDED
    assert await pool.fetchval("select test from question_imports where id = $1", forgotten) is None


async def test_a_cancelled_import_adds_nothing_any_more(imports: QuestionImportService, target: Target) -> None:
    import_id = await sent(imports, target, read_with("A"))

    await imports.put_away(TEACHER, import_id)

    with pytest.raises(QuestionImportGone):
        await imports.save(TEACHER, import_id)
