"""The clock ends what is over, exams and plain attempts alike, in the minute after, or when the program is back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest

import bot.quizzes.finished_jobs
import domain.quizzes.service
from bot.quizzes.exam_jobs import ExamJobs
from bot.quizzes.finished_jobs import FinishedJobs
from bot.services import Services
from db.engine import Pool
from domain.courses.model import LessonId
from domain.quizzes.cards import QuizSettingsService
from domain.quizzes.exams.keeper import ExamKeeper
from domain.quizzes.keys import one
from domain.quizzes.model import GRACE
from domain.quizzes.service import QuizService
from domain.quizzes.statistics import QuizStatisticsService
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.db.quiz_world import ALI, NOON, TEACHER, VALI, World, add_people
from tests.domain.quizzes.fakes import Watch

# "tomorrow 9:00" by the centre's clock, which is five hours ahead of UTC.
OPENS = datetime(2026, 3, 3, 4, tzinfo=NOON.tzinfo)
CLOSES = OPENS + timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass
class Night:
    """An exam and a plain quiz with attempts that nobody ends."""

    pool: Pool
    watch: Watch
    exam: LessonId
    plain: LessonId
    quizzes: QuizService
    finished: FinishedJobs
    exams: ExamJobs

    async def sweep(self, moment: datetime) -> None:
        """What the clock starts in one minute, and the jobs of exams that it finds due."""
        self.watch.time = moment
        await self.finished.sweep({})
        await self.exams.sweep({})
        quiz_id = await self.pool.fetchval("select id from quizzes where lesson_id = $1", self.exam)
        await self.exams.run({"quiz_id": quiz_id})

    async def ends(self, lesson_id: LessonId) -> list[tuple[datetime | None, str | None, int]]:
        rows = await self.pool.fetch(
            "select a.finished_at, a.closed_by, a.answered_count from attempts a join quizzes z on z.id = a.quiz_id"
            " where z.lesson_id = $1 order by a.id",
            lesson_id,
        )
        return [tuple(row) for row in rows]


@pytest.fixture
async def night(pool: Pool, begin: Begin, read: Begin) -> Night:
    await add_people(pool)
    world, watch = World(pool, begin), Watch(NOON)
    exam, plain = await world.lesson(questions=2), await world.lesson(questions=2)
    cards = QuizSettingsService(begin=begin, read=read, now=watch, timezone="Asia/Tashkent")
    await cards.open_at(TEACHER, exam, "tomorrow 9:00")
    await cards.close_at(TEACHER, exam, "tomorrow 10:00")
    await cards.set_exam(TEACHER, exam, is_exam=True)
    await cards.limit_time(TEACHER, plain, 30)
    services = SimpleNamespace(
        quizzes=QuizService(begin=begin, read=read, now=watch),
        quiz_statistics=QuizStatisticsService(begin=begin, read=read, now=watch),
        exam_keeper=ExamKeeper(begin=begin, read=read, now=watch),
    )

    async def no_sleep(_seconds: float) -> None:
        watch.time += timedelta(seconds=_seconds)

    found = cast("Services", services)
    night = Night(
        pool,
        watch,
        exam,
        plain,
        services.quizzes,
        FinishedJobs(found),
        ExamJobs(found, now=watch, sleep=no_sleep),
    )
    for moment in (NOON, OPENS - 5 * MINUTE, OPENS + timedelta(seconds=1)):
        await night.sweep(moment)
    for lesson_id, student in ((exam, ALI), (plain, VALI)):
        attempt = await night.quizzes.start_or_resume(student, lesson_id)
        assert attempt.question
        await night.quizzes.answer(student, attempt.id, attempt.question.id, one(0))
    return night


async def test_both_are_ended_in_the_minute_after_their_time(night: Night) -> None:
    plain_ends = OPENS + timedelta(seconds=1) + 30 * MINUTE
    await night.sweep(plain_ends)
    assert [end[0] for end in await night.ends(night.plain)] == [None], "late answers have a moment more"
    await night.sweep(plain_ends + GRACE + timedelta(seconds=1))
    assert await night.ends(night.plain) == [(plain_ends, "time", 1)]
    assert [end[0] for end in await night.ends(night.exam)] == [None]

    await night.sweep(CLOSES + MINUTE)

    assert await night.ends(night.exam) == [(CLOSES, "time", 1)]


async def test_after_hours_away_both_end_at_their_own_moment_in_the_first_minute(night: Night) -> None:
    await night.sweep(CLOSES + timedelta(hours=9))

    assert await night.ends(night.plain) == [(OPENS + timedelta(seconds=1) + 30 * MINUTE, "time", 1)]
    assert await night.ends(night.exam) == [(CLOSES, "time", 1)]
    stage = await night.pool.fetchval(
        "select e.stage from exams e join quizzes z on z.id = e.quiz_id where z.lesson_id = $1", night.exam
    )
    assert stage == "closed"
    told = await night.pool.fetch(
        "select user_id from notifications where kind = 'exam_results' and (data ->> 'lesson_id')::bigint = $1",
        night.exam,
    )
    assert [row["user_id"] for row in told] == [ALI]
    counted = await night.pool.fetchval(
        "select count(*) from attempts a join quizzes z on z.id = a.quiz_id"
        " where z.lesson_id = any ($1) and a.folded_at is not null",
        [night.exam, night.plain],
    )
    assert counted == 2, "and are counted in the same minute"


async def test_without_the_sweep_of_quizzes_a_plain_attempt_stays_open(night: Night) -> None:
    """The control: the sweep of exams does not end it as well; one of them is enough."""
    night.watch.time = CLOSES + timedelta(hours=9)

    await night.exams.sweep({})

    assert [end[0] for end in await night.ends(night.plain)] == [None]


async def test_more_than_one_transaction_takes_are_ended_in_the_same_minute(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain.quizzes.service, "OVERDUE_AT_ONCE", 2)
    monkeypatch.setattr(bot.quizzes.finished_jobs, "OVERDUE_AT_ONCE", 2)
    students = [UserId(880_000 + number) for number in range(5)]
    await night.pool.executemany(
        "insert into users (id, full_name, language, step, timezone, created_at)"
        " values ($1::bigint, 'Student ' || $1::bigint, 'uz', 'done', 'Asia/Tashkent', $2) on conflict do nothing",
        [(student, NOON) for student in students],
    )
    for student in students:
        await night.quizzes.start_or_resume(student, night.plain)

    await night.sweep(CLOSES + timedelta(hours=9))

    assert all(closed_by == "time" for _at, closed_by, _answers in await night.ends(night.plain))
    assert len(await night.ends(night.plain)) == 6
