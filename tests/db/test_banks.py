"""Banks, the card of a quiz and marks on the real database."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import orjson
import pytest

import db.marks
from db.engine import Pool, create_pool
from db.unit_of_work import Database
from domain.errors import InvalidInput, NotAllowed
from domain.language import Language, Text
from domain.quizzes import bank_model
from domain.quizzes.bank_model import BankGone, BankTitleTaken, QuestionKnown, Sieve
from domain.quizzes.banks import BankService
from domain.quizzes.card_model import AlreadyMarked, AnswerGone
from domain.quizzes.cards import QuizSettingsService
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.keys import Essay, QuestionKind, Written, one
from domain.quizzes.marks import MarkingService, typed_points
from domain.quizzes.model import AttemptId, QuestionId
from domain.quizzes.service import QuizService
from domain.quizzes.settings import Face, Reveal
from domain.quizzes.settings import Pool as QuestionPool
from domain.unit_of_work import Begin
from tests.db.quiz_world import ADMIN, ALI, NOON, TEACHER, VALI, World, add_people, draft

ROUNDS = 10


@pytest.fixture(scope="module", autouse=True)
async def people(pool: Pool) -> None:
    await add_people(pool)


@pytest.fixture(scope="module")
def world(pool: Pool, begin: Begin) -> World:
    return World(pool, begin)


@pytest.fixture(scope="module")
def banks(begin: Begin) -> BankService:
    return BankService(begin=begin, read=begin, now=lambda: NOON)


@pytest.fixture(scope="module")
def quizzes(begin: Begin, read: Begin) -> QuizService:
    return QuizService(begin=begin, read=read, now=lambda: NOON)


@pytest.fixture(scope="module")
def cards(begin: Begin) -> QuizSettingsService:
    return QuizSettingsService(begin=begin, read=begin, now=lambda: NOON, timezone="Asia/Tashkent")


@pytest.fixture(scope="module")
def marking(begin: Begin) -> MarkingService:
    return MarkingService(begin=begin, read=begin, now=lambda: NOON)


def essay(points: int = 4) -> QuestionDraft:
    return QuestionDraft(text=Text({Language.UZ: "Nega?"}), key=Essay(Text({Language.UZ: "Sabab"})), points=points)


async def test_a_bank_is_made_renamed_archived_and_brought_back(banks: BankService, world: World) -> None:
    course_id = await world.course()
    bank = await banks.add_bank(TEACHER, course_id, "  Foizlar   bazasi ")
    assert bank.title == "Foizlar bazasi"
    with pytest.raises(BankTitleTaken):
        await banks.add_bank(TEACHER, course_id, "Foizlar bazasi")
    await banks.rename_bank(TEACHER, bank.id, "Algebra")

    await banks.archive_bank(TEACHER, bank.id)
    await banks.archive_bank(TEACHER, bank.id)
    assert await banks.banks(TEACHER, course_id) == []
    with pytest.raises(BankGone):
        await banks.page(TEACHER, bank.id, Sieve())
    await banks.restore_bank(TEACHER, bank.id)

    assert [kept.title for kept in await banks.banks(ADMIN, course_id)] == ["Algebra"]


async def test_a_question_is_kept_once_whatever_its_case_and_the_order_of_its_options(
    banks: BankService, world: World
) -> None:
    bank = await banks.add_bank(TEACHER, await world.course(), "Bir")
    question = await banks.add_question(TEACHER, bank.id, draft("x"))

    with pytest.raises(QuestionKnown):
        await banks.add_question(TEACHER, bank.id, draft("X"))
    other = await banks.add_question(TEACHER, bank.id, draft("y"))
    with pytest.raises(QuestionKnown):
        await banks.change_question(TEACHER, other.id, draft("x"))
    assert (await banks.question(TEACHER, other.id)).version == 1

    changed = await banks.change_question(TEACHER, question.id, draft("x", correct=2))
    assert changed.version == 2
    await banks.retire_question(TEACHER, changed.id)
    await banks.put_back(TEACHER, changed.id)
    page = await banks.page(TEACHER, bank.id, Sieve())
    assert {found.id for found in page.questions} == {changed.id, other.id}


async def test_a_page_is_sieved_and_goes_on_behind_its_last_question(banks: BankService, world: World) -> None:
    bank = await banks.add_bank(TEACHER, await world.course(), "Ko‘p")
    kept = [
        await banks.add_question(
            TEACHER, bank.id, replace(draft(f"s{n}"), topic="Foiz" if n % 2 else "Kasr", difficulty=1 + n % 3)
        )
        for n in range(bank_model.PAGE + 2)
    ]
    spoken = await banks.add_question(
        TEACHER, bank.id, replace(draft("z"), text=Text(dict.fromkeys(draft("z").text.variants, "O‘quvchi so‘zi")))
    )

    first = await banks.page(TEACHER, bank.id, Sieve())
    second = await banks.page(TEACHER, bank.id, Sieve(), first.questions[-1].id)

    assert first.has_more
    assert not second.has_more
    assert [q.id for q in (*first.questions, *second.questions)] == [spoken.id, *(q.id for q in reversed(kept))]
    assert dict(first.topics) == {"Foiz": 5, "Kasr": 5}
    found = await banks.page(TEACHER, bank.id, Sieve(words="ЎҚУВЧИ"))
    assert [q.id for q in found.questions] == [spoken.id]
    sieved = await banks.page(TEACHER, bank.id, Sieve(topic="Foiz", difficulty=2, kind=QuestionKind.SINGLE))
    assert {(q.topic, q.difficulty) for q in sieved.questions} == {("Foiz", 2)}
    assert (await banks.page(TEACHER, bank.id, Sieve(kind=QuestionKind.ESSAY))).questions == []


async def test_nobody_else_sees_or_touches_a_bank(banks: BankService, world: World) -> None:
    course_id = await world.course()
    bank = await banks.add_bank(TEACHER, course_id, "Mening")
    question = await banks.add_question(TEACHER, bank.id, draft("k"))
    calls = (
        lambda bank_id, question_id: banks.page(ALI, bank_id, Sieve()),
        lambda bank_id, question_id: banks.rename_bank(ALI, bank_id, "X"),
        lambda bank_id, question_id: banks.archive_bank(ALI, bank_id),
        lambda bank_id, question_id: banks.restore_bank(ALI, bank_id),
        lambda bank_id, question_id: banks.add_question(ALI, bank_id, draft("l")),
        lambda bank_id, question_id: banks.question(ALI, question_id),
        lambda bank_id, question_id: banks.change_question(ALI, question_id, draft("l")),
        lambda bank_id, question_id: banks.retire_question(ALI, question_id),
        lambda bank_id, question_id: banks.relabel(ALI, bank_id, [question_id], topic="T"),
    )
    for call in calls:
        for ids in ((bank.id, question.id), (987_654, 987_654)):
            with pytest.raises(NotAllowed):
                await call(*ids)
    with pytest.raises(NotAllowed):
        await banks.banks(ALI, course_id)


async def test_each_line_of_the_card_is_kept_and_pools_say_what_they_have(
    banks: BankService, cards: QuizSettingsService, world: World
) -> None:
    course_id = await world.course()
    lesson_id = await world.lesson(course_id, questions=0)
    bank = await banks.add_bank(TEACHER, course_id, "Bank")
    await banks.add_question(TEACHER, bank.id, replace(draft("1"), topic="Foiz"))
    foreign = await banks.add_bank(TEACHER, await world.course(), "Boshqa")

    await cards.add_pool(TEACHER, lesson_id, QuestionPool(bank_id=bank.id, count=5, topic="Foiz"))
    await cards.shuffle(TEACHER, lesson_id, questions=True)
    await cards.limit_time(TEACHER, lesson_id, 40)
    await cards.set_face(TEACHER, lesson_id, Face.POLLS)
    with pytest.raises(BankGone):
        await cards.add_pool(TEACHER, lesson_id, QuestionPool(bank_id=foreign.id, count=1))
    with pytest.raises(InvalidInput):
        await cards.set_exam(TEACHER, lesson_id, is_exam=True)
    await cards.open_at(TEACHER, lesson_id, "5.4 09:00")
    await cards.close_at(TEACHER, lesson_id, "5.4 11:00")
    settings = await cards.set_exam(TEACHER, lesson_id, is_exam=True, versions=2)

    card = await cards.card(TEACHER, lesson_id)
    assert card.facts.settings == settings
    assert (settings.face, settings.reveal, settings.max_attempts) == (Face.BUTTONS, Reveal.AFTER_CLOSE, 1)
    assert [(line.available, line.is_short) for line in card.pools] == [(1, True)]
    assert card.drawn == 1
    await cards.remove_pool(TEACHER, lesson_id, QuestionPool(bank_id=bank.id, count=1, topic="Foiz"))
    assert (await cards.card(TEACHER, lesson_id)).pools == ()
    with pytest.raises(NotAllowed):
        await cards.card(ALI, lesson_id)
    with pytest.raises(NotAllowed):
        await cards.limit_time(VALI, lesson_id, 1)


async def test_two_teachers_who_change_two_lines_at_once_lose_nothing(cards: QuizSettingsService, world: World) -> None:
    for _round in range(ROUNDS):
        lesson_id = await world.lesson(questions=0)

        await asyncio.gather(
            cards.limit_time(TEACHER, lesson_id, 30),
            cards.limit_attempts(ADMIN, lesson_id, 2),
            cards.shuffle(TEACHER, lesson_id, options=True),
        )

        settings = (await cards.card(TEACHER, lesson_id)).facts.settings
        assert settings.time_limit is not None
        assert (settings.max_attempts, settings.shuffles_options) == (2, True)


async def written_attempt(
    world: World, begin: Begin, quizzes: QuizService, *, points: int = 4
) -> tuple[AttemptId, QuestionId]:
    """A finished attempt of ALI's with one right choice and one essay that waits."""
    lesson_id = await world.lesson(questions=1)
    async with begin() as uow:
        asked = await uow.quizzes.add_question(TEACHER, lesson_id, essay(points), NOON, limit=100)
        await uow.commit()
    assert asked is not None
    attempt = await quizzes.start_or_resume(ALI, lesson_id)
    own = [question.id for question in await world.questions(lesson_id) if question.id != asked.id]
    await quizzes.answer(ALI, attempt.id, own[0], one(1))
    await quizzes.answer(ALI, attempt.id, asked.id, Written("Chunki shunday"))
    return attempt.id, asked.id


async def counters(pool: Pool, attempt_id: AttemptId) -> tuple[int, int, int]:
    row = await pool.fetchrow("select points, correct_count, waiting_count from attempts where id = $1", attempt_id)
    assert row is not None
    return tuple(row)


async def test_marks_move_the_attempts_counters_with_them(
    marking: MarkingService, world: World, begin: Begin, quizzes: QuizService, pool: Pool
) -> None:
    attempt_id, question_id = await written_attempt(world, begin, quizzes)
    assert await counters(pool, attempt_id) == (100, 1, 1)
    waiting, _more = await marking.waiting(TEACHER)
    assert (attempt_id, question_id) in {(entry.attempt_id, entry.question_id) for entry in waiting}

    sheet = await marking.mark(TEACHER, attempt_id, question_id, typed_points("1,5", 4), comment=" Yaxshi ")
    assert (sheet.points, sheet.comment) == (150, "Yaxshi")
    assert await counters(pool, attempt_id) == (250, 1, 0)
    assert await pool.fetchval("select count(*) from notifications where kind = 'attempt_marked'") == 1

    with pytest.raises(AlreadyMarked):
        await marking.mark(ADMIN, attempt_id, question_id, 400)
    await marking.mark(ADMIN, attempt_id, question_id, 400, seen=sheet.marked_at)
    assert await counters(pool, attempt_id) == (500, 2, 0)
    await marking.take_back(ADMIN, attempt_id, question_id, NOON)
    assert await counters(pool, attempt_id) == (100, 1, 1)
    with pytest.raises(InvalidInput):
        await marking.mark(TEACHER, attempt_id, question_id, 401)
    for person in (ALI, VALI):
        with pytest.raises(AnswerGone):
            await marking.sheet(person, attempt_id, question_id)
        with pytest.raises(NotAllowed):
            await marking.waiting(person)


@pytest.fixture(scope="module")
async def second(database_url: str) -> AsyncIterator[MarkingService]:
    pool = await create_pool(database_url, size=4)
    database = Database(pool)
    yield MarkingService(begin=database.begin, read=database.read, now=lambda: NOON)
    await pool.close()


async def both_mark(one_of: MarkingService, other: MarkingService, ids: tuple[AttemptId, QuestionId]) -> int:
    """How many of two teachers believe that theirs is the mark."""
    done = await asyncio.gather(one_of.mark(TEACHER, *ids, 100), other.mark(ADMIN, *ids, 300), return_exceptions=True)
    assert all(not isinstance(result, BaseException) or isinstance(result, AlreadyMarked) for result in done), done
    return sum(not isinstance(result, BaseException) for result in done)


async def test_of_two_teachers_who_mark_at_once_one_is_told(
    marking: MarkingService, second: MarkingService, world: World, begin: Begin, quizzes: QuizService, pool: Pool
) -> None:
    for _round in range(ROUNDS):
        ids = await written_attempt(world, begin, quizzes)

        assert await both_mark(marking, second, ids) == 1
        assert (await counters(pool, ids[0]))[0] in (200, 400)


async def test_without_the_condition_the_second_mark_overwrites_the_first(
    marking: MarkingService,
    second: MarkingService,
    world: World,
    begin: Begin,
    quizzes: QuizService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(db.marks, "AS_SEEN", "($3::timestamptz is null or true)")

    assert [await both_mark(marking, second, await written_attempt(world, begin, quizzes)) for _ in range(3)] == [
        2,
        2,
        2,
    ]


async def test_settings_are_kept_without_what_is_usual(cards: QuizSettingsService, world: World, pool: Pool) -> None:
    lesson_id = await world.lesson(questions=0)
    await cards.limit_attempts(TEACHER, lesson_id, 3)
    await cards.limit_attempts(TEACHER, lesson_id, None)

    kept = await pool.fetchval("select settings from quizzes where lesson_id = $1", lesson_id)
    assert orjson.loads(kept) == {}
