"""The card of a quiz and the exam that follows from it: what may change when, and what the clock hears."""

from datetime import datetime, timedelta
from typing import Any

import pytest

import domain.quizzes.cards
from db.engine import Pool
from domain.courses.model import LessonId
from domain.errors import DomainError, InvalidInput
from domain.quizzes.bank_model import Bank
from domain.quizzes.banks import BankService
from domain.quizzes.cards import QuizSettingsService
from domain.quizzes.exams.changes import Hold
from domain.quizzes.exams.errors import ExamGoesOn, ExamSat, QuizTaken
from domain.quizzes.exams.keeper import ExamKeeper
from domain.quizzes.exams.model import WAKE_BEFORE
from domain.quizzes.model import QuizId
from domain.quizzes.service import QuizService
from domain.quizzes.settings import Pool as QuestionPool
from domain.unit_of_work import Begin
from tests.db.quiz_world import ADMIN, ALI, NOON, TEACHER, World, add_people
from tests.domain.quizzes.fakes import Watch

# The centre's clock is five hours ahead of UTC.
OPENS = datetime(2026, 4, 5, 4, tzinfo=NOON.tzinfo)
CLOSES = OPENS + timedelta(hours=2)


@pytest.fixture(scope="module", autouse=True)
async def people(pool: Pool) -> None:
    await add_people(pool)


@pytest.fixture(scope="module")
def world(pool: Pool, begin: Begin) -> World:
    return World(pool, begin)


class Desk:
    def __init__(self, pool: Pool, begin: Begin, lesson_id: LessonId, bank: Bank) -> None:
        self.pool = pool
        self.watch = Watch(NOON)
        self.lesson_id = lesson_id
        self.bank = bank
        self.cards = QuizSettingsService(begin=begin, read=begin, now=self.watch, timezone="Asia/Tashkent")
        self.keeper = ExamKeeper(begin=begin, read=begin, now=self.watch)
        self.quizzes = QuizService(begin=begin, read=begin, now=self.watch)

    async def plan(self) -> None:
        await self.cards.open_at(TEACHER, self.lesson_id, "5.4 09:00")
        await self.cards.close_at(TEACHER, self.lesson_id, "5.4 11:00")
        await self.cards.set_exam(TEACHER, self.lesson_id, is_exam=True)

    async def quiz_id(self) -> QuizId:
        return await self.pool.fetchval("select id from quizzes where lesson_id = $1", self.lesson_id)

    async def jobs(self) -> int:
        return await self.pool.fetchval(
            "select count(*) from pgqueuer where entrypoint = 'exam'"
            " and (convert_from(payload, 'utf8')::jsonb ->> 'quiz_id')::bigint = $1",
            await self.quiz_id(),
        )

    def changes(self) -> dict[str, Any]:
        """Each line of the card, changed."""
        cards, where = self.cards, (TEACHER, self.lesson_id)
        pool = QuestionPool(bank_id=self.bank.id, count=1)
        return {
            "opens": lambda: cards.open_at(*where, "6.4 09:00"),
            "closes": lambda: cards.close_at(*where, "7.4 11:00"),
            "no exam": lambda: cards.set_exam(*where, is_exam=False),
            "versions": lambda: cards.set_versions(*where, 3),
            "pool": lambda: cards.add_pool(*where, pool),
            "time": lambda: cards.limit_time(*where, 20),
            "question": lambda: cards.limit_question(*where, 30),
            "penalty": lambda: cards.set_penalty(*where, 25),
        }


@pytest.fixture
async def desk(pool: Pool, begin: Begin, world: World) -> Desk:
    course_id = await world.course()
    lesson_id = await world.lesson(course_id, questions=2)
    banks = BankService(begin=begin, read=begin, now=lambda: NOON)
    desk = Desk(pool, begin, lesson_id, await banks.add_bank(TEACHER, course_id, "Bank"))
    await desk.plan()
    return desk


@pytest.mark.parametrize("line", ["opens", "closes", "no exam", "versions", "pool", "time", "question", "penalty"])
async def test_before_it_begins_each_line_changes_and_the_clock_hears_of_it(desk: Desk, line: str) -> None:
    before = await desk.jobs()
    desk.watch.time += timedelta(minutes=1)

    await desk.changes()[line]()
    await desk.changes()[line]()

    assert await desk.jobs() == before + 1, "the same again is no change"


async def test_settings_of_an_ordinary_quiz_wake_no_exam(desk: Desk, world: World, begin: Begin, pool: Pool) -> None:
    plain = Desk(pool, begin, await world.lesson(), desk.bank)

    await plain.cards.open_at(TEACHER, plain.lesson_id, "5.4 09:00")
    await plain.cards.limit_time(TEACHER, plain.lesson_id, 20)

    assert await plain.jobs() == 0


async def test_what_the_card_says_is_what_the_clock_does(desk: Desk) -> None:
    quiz_id = await desk.quiz_id()
    assert await desk.keeper.advance(quiz_id) == OPENS - timedelta(minutes=5)

    await desk.cards.open_at(TEACHER, desk.lesson_id, "6.4 09:00")
    assert await desk.keeper.advance(quiz_id) == OPENS + timedelta(days=1) - timedelta(minutes=5)

    await desk.cards.set_exam(ADMIN, desk.lesson_id, is_exam=False)
    assert await desk.keeper.advance(quiz_id) is None


@pytest.mark.parametrize("line", ["opens", "closes", "no exam", "versions", "pool", "time", "question", "penalty"])
@pytest.mark.parametrize(
    ("moment", "refusal", "hold"),
    [
        (OPENS - WAKE_BEFORE, ExamGoesOn, Hold.GOES_ON),
        (OPENS + timedelta(minutes=9), ExamGoesOn, Hold.GOES_ON),
        (CLOSES + timedelta(hours=1), ExamSat, Hold.SAT),
    ],
    ids=["at the very moment", "while it goes on", "after it was sat"],
)
async def test_an_exam_that_goes_on_or_was_sat_stays_as_it_is(
    desk: Desk, line: str, moment: datetime, refusal: type[DomainError], hold: Hold
) -> None:
    desk.watch.time = OPENS + timedelta(minutes=1)
    if refusal is ExamSat:
        await desk.quizzes.start_or_resume(ALI, desk.lesson_id)
    desk.watch.time = moment
    before = (await desk.cards.card(TEACHER, desk.lesson_id)).facts.settings

    with pytest.raises(refusal):
        await desk.changes()[line]()

    card = await desk.cards.card(TEACHER, desk.lesson_id)
    assert card.facts.settings == before
    assert card.hold is hold


async def test_an_exam_that_nobody_sat_is_planned_again(desk: Desk) -> None:
    desk.watch.time = CLOSES + timedelta(hours=1)
    assert (await desk.cards.card(TEACHER, desk.lesson_id)).hold is None

    with pytest.raises(InvalidInput, match="begun"):
        await desk.cards.close_at(TEACHER, desk.lesson_id, "7.4 11:00")
    settings = await desk.cards.open_at(TEACHER, desk.lesson_id, "7.4 09:00")

    assert settings.opens_at == OPENS + timedelta(days=2)
    assert settings.closes_at == CLOSES + timedelta(days=2), "it is as long as before"


async def test_a_quiz_that_somebody_took_becomes_no_exam(desk: Desk, world: World, begin: Begin, pool: Pool) -> None:
    taken = Desk(pool, begin, await world.lesson(), desk.bank)
    await taken.quizzes.start_or_resume(ALI, taken.lesson_id)

    with pytest.raises(QuizTaken):
        await taken.plan()

    assert not (await taken.cards.card(TEACHER, taken.lesson_id)).facts.settings.is_exam


async def test_a_quiz_that_is_open_already_becomes_no_exam(desk: Desk, world: World, begin: Begin, pool: Pool) -> None:
    opened = Desk(pool, begin, await world.lesson(), desk.bank)
    await opened.cards.open_at(TEACHER, opened.lesson_id, "5.4 09:00")
    await opened.cards.close_at(TEACHER, opened.lesson_id, "5.4 11:00")
    opened.watch.time = OPENS + timedelta(minutes=1)

    with pytest.raises(InvalidInput, match="begun"):
        await opened.cards.set_exam(TEACHER, opened.lesson_id, is_exam=True)


async def test_versions_belong_to_an_exam_and_stay_when_another_line_changes(desk: Desk) -> None:
    await desk.cards.set_versions(TEACHER, desk.lesson_id, 4)
    settings = await desk.cards.set_exam(TEACHER, desk.lesson_id, is_exam=True)
    assert settings.versions == 4

    for count in (0, 11, -1):
        with pytest.raises(InvalidInput):
            await desk.cards.set_versions(TEACHER, desk.lesson_id, count)
    assert (await desk.cards.set_exam(TEACHER, desk.lesson_id, is_exam=False)).versions == 1
    with pytest.raises(InvalidInput, match="no_exam"):
        await desk.cards.set_versions(TEACHER, desk.lesson_id, 2)


async def test_without_the_rule_students_lose_an_exam_that_they_sit(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: it moves while somebody writes, and what they write is of no exam any more."""
    monkeypatch.setattr(domain.quizzes.cards, "require_change", lambda *_facts, **_more: None)
    desk.watch.time = OPENS + timedelta(minutes=1)
    await desk.quizzes.start_or_resume(ALI, desk.lesson_id)

    await desk.cards.open_at(TEACHER, desk.lesson_id, "7.4 09:00")

    sitting = await desk.pool.fetchval(
        "select count(*) from attempts a join exams e on e.quiz_id = a.quiz_id and a.started_at >= e.opens_at"
        " where a.quiz_id = $1",
        await desk.quiz_id(),
    )
    assert sitting == 0
