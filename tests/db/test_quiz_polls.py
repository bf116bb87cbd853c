"""Polls of an attempt and comparisons of results, on PostgreSQL: whose they are, and what they may tell."""

from datetime import timedelta

import orjson
import pytest

from db.engine import Pool
from domain.courses.model import LessonId
from domain.language import Language
from domain.quizzes.errors import QuestionGone
from domain.quizzes.insights import ENOUGH_STUDENTS, InsightService
from domain.quizzes.keys import one
from domain.quizzes.model import AttemptId, QuestionId
from domain.quizzes.polling import ASK_JOB, PollService
from domain.quizzes.service import QuizService
from domain.quizzes.settings import Face, QuizSettings, Reveal, settings_to_data
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.db.quiz_world import ALI, NOON, VALI, World, add_people

POLLS = QuizSettings(face=Face.POLLS)


class Hall:
    def __init__(self, pool: Pool, begin: Begin, read: Begin) -> None:
        self.pool = pool
        self.world = World(pool, begin)
        self.now = NOON
        self.quizzes = QuizService(begin=begin, read=read, now=lambda: self.now)
        self.polls = PollService(begin=begin, read=read, now=lambda: self.now)
        self.insights = InsightService(read=read, now=lambda: self.now)

    async def lesson(self, settings: QuizSettings, questions: int = 2) -> LessonId:
        lesson_id = await self.world.lesson(questions=questions)
        await self.pool.execute(
            "update quizzes set settings = $2::jsonb where lesson_id = $1",
            lesson_id,
            orjson.dumps(settings_to_data(settings)).decode(),
        )
        return lesson_id

    async def attempt(self, lesson_id: LessonId, user_id: UserId = ALI) -> tuple[AttemptId, QuestionId]:
        view = await self.quizzes.start_or_resume(user_id, lesson_id)
        assert view.question is not None
        return view.id, view.question.id

    async def finished(self, lesson_id: LessonId, user_id: UserId, *, right: int) -> AttemptId:
        view = await self.quizzes.start_or_resume(user_id, lesson_id)
        for number in range(view.total):
            assert view.question is not None
            await self.quizzes.answer(user_id, view.id, view.question.id, one(1 if number < right else 0))
            view = await self.quizzes.current(user_id, view.id)
        return view.id


@pytest.fixture
async def hall(pool: Pool, begin: Begin, read: Begin) -> Hall:
    await add_people(pool)
    return Hall(pool, begin, read)


async def test_a_poll_carries_the_key_only_where_answers_are_told_at_once(hall: Hall) -> None:
    attempt_id, question_id = await hall.attempt(await hall.lesson(POLLS))

    poll = await hall.polls.waiting(ALI, attempt_id, Language.EN)

    assert poll is not None
    assert (poll.question_id, poll.correct, poll.options) == (question_id, (1,), ("a-en", "b-en", "c-en"))


@pytest.mark.parametrize(
    "settings",
    [
        QuizSettings(face=Face.BUTTONS),
        QuizSettings(face=Face.POLLS, reveal=Reveal.AT_END),
        QuizSettings(face=Face.POLLS, reveal=Reveal.AFTER_CLOSE, closes_at=NOON + timedelta(days=1)),
        # Not what the rules of settings let through, but the key must not leave even then.
        QuizSettings(
            face=Face.POLLS, is_exam=True, opens_at=NOON - timedelta(hours=1), closes_at=NOON + timedelta(hours=1)
        ),
    ],
)
async def test_where_answers_are_held_back_there_is_no_poll(hall: Hall, settings: QuizSettings) -> None:
    attempt_id, _question = await hall.attempt(await hall.lesson(settings))

    assert await hall.polls.waiting(ALI, attempt_id, Language.EN) is None


async def test_somebody_elses_attempt_has_no_polls_and_takes_none(hall: Hall) -> None:
    attempt_id, question_id = await hall.attempt(await hall.lesson(POLLS))

    for stranger, attempt in ((VALI, attempt_id), (ALI, AttemptId(10**9))):
        assert await hall.polls.waiting(stranger, attempt, Language.EN) is None
        assert not await hall.polls.is_passed(stranger, attempt, question_id)
        with pytest.raises(QuestionGone):
            await hall.polls.note(stranger, attempt, question_id, "p", 1)
    assert await hall.pool.fetchval("select count(*) from askings where poll_id is not null") == 0


async def test_one_poll_asks_a_question_and_its_vote_is_the_owners(hall: Hall) -> None:
    attempt_id, question_id = await hall.attempt(await hall.lesson(POLLS))

    assert await hall.polls.note(ALI, attempt_id, question_id, "first", 10)
    assert not await hall.polls.note(ALI, attempt_id, question_id, "second", 11)

    poll = await hall.polls.waiting(ALI, attempt_id, Language.EN)
    assert poll is not None
    assert poll.is_shown
    assert await hall.quizzes.asked_by_poll(ALI, "first") == (attempt_id, question_id)
    assert await hall.quizzes.asked_by_poll(VALI, "first") is None
    assert await hall.quizzes.asked_by_poll(ALI, "second") is None


async def test_a_question_with_a_time_of_its_own_is_looked_at_again(hall: Hall) -> None:
    settings = QuizSettings(face=Face.POLLS, question_limit=timedelta(seconds=30))
    attempt_id, question_id = await hall.attempt(await hall.lesson(settings))

    await hall.polls.note(ALI, attempt_id, question_id, f"timed-{attempt_id}", 10)
    await hall.polls.ask_later(ALI, attempt_id, question_id)
    await hall.polls.ask_later(ALI, attempt_id, question_id)

    payloads = await hall.pool.fetch("select payload from pgqueuer where entrypoint = $1", ASK_JOB)
    mine = [orjson.loads(row["payload"]) for row in payloads if str(attempt_id).encode() in row["payload"]]
    assert len(mine) == 2
    hall.now = NOON + timedelta(seconds=40)
    assert await hall.polls.waiting(ALI, attempt_id, Language.EN) is None


async def test_a_percentile_needs_ten_students_and_counts_those_who_did_worse(hall: Hall) -> None:
    lesson_id = await hall.lesson(QuizSettings(), questions=2)
    mine = await hall.finished(lesson_id, ALI, right=1)
    for number in range(ENOUGH_STUDENTS - 1):
        assert await hall.insights.percentile(ALI, mine) is None
        student = UserId(5_000 + number)
        await hall.pool.execute(
            "insert into users (id, full_name, language, role, timezone, created_at)"
            " values ($1, 'S', 'uz', 'student', 'Asia/Tashkent', $2) on conflict do nothing",
            student,
            NOON,
        )
        await hall.finished(lesson_id, student, right=number % 3)

    assert await hall.insights.percentile(ALI, mine) == 33
    assert await hall.insights.percentile(VALI, mine) is None


async def test_the_trend_is_ones_own_oldest_first_and_without_held_results(hall: Hall) -> None:
    person = VALI
    open_lesson = await hall.lesson(QuizSettings(), questions=2)
    for right in (0, 1, 2):
        hall.now += timedelta(minutes=1)
        await hall.finished(open_lesson, person, right=right)
    exam = QuizSettings(
        is_exam=True,
        opens_at=NOON - timedelta(hours=1),
        closes_at=NOON + timedelta(hours=1),
    ).checked()
    await hall.finished(await hall.lesson(exam, questions=1), person, right=1)

    trend = await hall.insights.trend(person)

    assert [result.score.percent for result in trend] == [0, 50, 100]


@pytest.mark.parametrize(("late", "seconds"), [(0.0, 5), (1.4, 5), (2.0, 5), (2.6, None)])
async def test_a_question_of_five_seconds_is_still_a_poll_when_it_comes_a_moment_late(
    hall: Hall, late: float, seconds: int | None
) -> None:
    """Telegram knows no shorter time; the server takes answers for as long as the poll is open."""
    settings = QuizSettings(face=Face.POLLS, question_limit=timedelta(seconds=5))
    attempt_id, _question = await hall.attempt(await hall.lesson(settings))
    hall.now = NOON + timedelta(seconds=late)

    poll = await hall.polls.waiting(ALI, attempt_id, Language.EN)

    assert (poll.seconds if poll else None) == seconds
