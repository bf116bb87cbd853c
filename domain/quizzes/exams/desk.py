"""What those who write a lesson's questions, and admins, do with its exam."""

from dataclasses import replace
from datetime import datetime, timedelta

from domain.clock import Clock
from domain.courses.model import LessonId
from domain.errors import InvalidInput
from domain.notifications.model import NoticeKind
from domain.quizzes.exams.errors import ExamGone, ExamNotBegun, ExamNotOver, ExamOver
from domain.quizzes.exams.model import (
    MORE_MINUTES,
    PAGE,
    Board,
    Evidence,
    Exam,
    ExamStage,
    ResultTable,
    Suspicion,
)
from domain.quizzes.exams.ports import EXAM_JOB
from domain.quizzes.model import ClosedBy, QuizId
from domain.quizzes.ports import FINISHED_JOB
from domain.quizzes.settings import TIME_LIMITS
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

AT_ONCE = 100
"""Attempts that one transaction closes."""


class ExamDesk:
    """Role and course are read anew on every call; somebody else's exam does not exist: ExamGone."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def board(self, actor_id: UserId, lesson_id: LessonId) -> Board:
        """How many are ready, write, and have finished. Raises ExamGone."""
        async with self._read() as uow:
            await require_author(uow, actor_id, lesson_id)
            board = await uow.exams.board(lesson_id)
        if board is None:
            raise ExamGone(lesson_id)
        return board

    async def add_minutes(self, actor_id: UserId, lesson_id: LessonId, minutes: int, seen: datetime) -> Exam:
        """Everybody gets so much more: the end moves, and so do the ends of attempts with a time limit of their own.

        `seen`: the end that the actor saw; when it has moved since, nothing happens, so that a second tap adds nothing.
        Raises ExamGone, ExamNotBegun, ExamOver, InvalidInput("minutes", "out_of_range").
        """
        if minutes not in MORE_MINUTES:
            raise InvalidInput("minutes", "out_of_range")
        more = timedelta(minutes=minutes)
        async with self._begin() as uow:
            exam = await self._running(uow, actor_id, lesson_id)
            if exam.closes_at != seen:
                return exam
            limit = exam.settings.time_limit
            if limit is not None:
                limit = min(limit + more, timedelta(minutes=TIME_LIMITS[-1]))
            exam = await change_end(uow, exam, exam.closes_at + more, limit)
            await uow.exams.admit(exam.quiz_id)
            await uow.exams.tell_candidates(
                exam.quiz_id,
                NoticeKind.EXAM_TIME,
                f"exam:{exam.quiz_id}:time:{exam.closes_at.isoformat()}",
                {"lesson_id": lesson_id, "quiz_id": exam.quiz_id, "minutes": minutes},
                self._now(),
                only_writing=True,
            )
            await uow.commit()
        return exam

    async def close_now(self, actor_id: UserId, lesson_id: LessonId) -> Exam:
        """Close it for all, with what was answered. Twice is once. Raises ExamGone, ExamNotBegun."""
        now = self._now()
        async with self._begin() as uow:
            try:
                exam = await self._running(uow, actor_id, lesson_id)
            except ExamOver:
                exam = await uow.exams.of_lesson(lesson_id)
                if exam is None:
                    raise ExamGone(lesson_id) from None
                return exam
            exam = await change_end(uow, exam, now, exam.settings.time_limit)
            await uow.jobs.enqueue(EXAM_JOB, {"quiz_id": exam.quiz_id}, key=f"{EXAM_JOB}:{exam.quiz_id}:closed")
            await uow.commit()
        while await self._close_some(exam.quiz_id, now):
            pass
        return exam

    async def results(self, actor_id: UserId, lesson_id: LessonId, page: int = 0, *, size: int = PAGE) -> ResultTable:
        """The table of a closed exam, the best first; a page beyond the last is the last.

        Raises ExamGone, ExamNotOver.
        """
        page = max(page, 0)
        async with self._read() as uow:
            exam = await self._closed(uow, actor_id, lesson_id)
            results, total = await uow.exams.results(exam.quiz_id, limit=size, offset=page * size)
            if not results and page:
                _none, total = await uow.exams.results(exam.quiz_id, limit=1, offset=0)
                page = max(-(-total // size) - 1, 0)
                results, total = await uow.exams.results(exam.quiz_id, limit=size, offset=page * size)
        return ResultTable(exam=exam, results=results, total=total, page=page, size=size)

    async def lookalikes(self, actor_id: UserId, lesson_id: LessonId) -> tuple[Exam, tuple[Suspicion, ...]]:
        """Pairs to look at, the least likely first. Raises ExamGone, ExamNotOver."""
        async with self._read() as uow:
            exam = await self._closed(uow, actor_id, lesson_id)
            return exam, tuple(await uow.exams.suspicions(exam.quiz_id))

    async def evidence(self, actor_id: UserId, lesson_id: LessonId, first: UserId, second: UserId) -> Evidence:
        """Which mistakes a pair has in common. Raises ExamGone, also for a pair that is none, and ExamNotOver."""
        exam, suspicions = await self.lookalikes(actor_id, lesson_id)
        for suspicion in suspicions:
            if (suspicion.first_id, suspicion.second_id) == (first, second):
                async with self._read() as uow:
                    return Evidence(
                        suspicion=suspicion, questions=tuple(await uow.exams.alike(exam.quiz_id, suspicion))
                    )
        raise ExamGone(lesson_id)

    async def _running(self, uow: UnitOfWork, actor_id: UserId, lesson_id: LessonId) -> Exam:
        """The exam, locked, while it goes on."""
        await require_author(uow, actor_id, lesson_id)
        found = await uow.exams.of_lesson(lesson_id)
        exam = await uow.exams.lock(found.quiz_id) if found else None
        if exam is None or exam.stage is ExamStage.CANCELLED:
            raise ExamGone(lesson_id)
        now = self._now()
        if now < exam.opens_at:
            raise ExamNotBegun(lesson_id)
        if exam.stage is ExamStage.CLOSED or now >= exam.closes_at:
            raise ExamOver(lesson_id)
        return exam

    async def _closed(self, uow: UnitOfWork, actor_id: UserId, lesson_id: LessonId) -> Exam:
        await require_author(uow, actor_id, lesson_id)
        exam = await uow.exams.of_lesson(lesson_id)
        if exam is None:
            raise ExamGone(lesson_id)
        if exam.stage is not ExamStage.CLOSED:
            raise ExamNotOver(lesson_id)
        return exam

    async def _close_some(self, quiz_id: QuizId, now: datetime) -> int:
        async with self._begin() as uow:
            closed = await close_attempts(uow, quiz_id, now, ClosedBy.TEACHER, AT_ONCE)
            await uow.commit()
        return closed


async def change_end(uow: UnitOfWork, exam: Exam, closes_at: datetime, time_limit: timedelta | None) -> Exam:
    """Put the end of the exam, which is locked, and of all its open attempts elsewhere."""
    settings = replace(exam.settings, closes_at=closes_at, time_limit=time_limit)
    await uow.exams.set_end(exam.quiz_id, closes_at, time_limit)
    await uow.exams.align_deadlines(exam.quiz_id, closes_at, time_limit)
    return replace(exam, settings=settings, closes_at=closes_at)


async def close_attempts(uow: UnitOfWork, quiz_id: QuizId, at: datetime, by: ClosedBy, limit: int) -> int:
    """End at most `limit` open attempts with what was answered; how many."""
    closed = 0
    for user_id, attempt_id in await uow.exams.open_attempts(quiz_id, limit):
        if await uow.quizzes.close(user_id, attempt_id, at, by):
            await uow.jobs.enqueue(FINISHED_JOB, {"attempt_id": attempt_id}, key=f"{FINISHED_JOB}:{attempt_id}")
            closed += 1
    return closed


async def require_author(uow: UnitOfWork, actor_id: UserId, lesson_id: LessonId) -> None:
    authorship = await uow.quizzes.authorship(actor_id, lesson_id)
    if authorship is None or not authorship.is_author:
        raise ExamGone(lesson_id)
