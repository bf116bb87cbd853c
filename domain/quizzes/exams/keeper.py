"""What the clock does with exams: announce, call, begin, settle, close, judge; each step once, whoever runs it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.clock import Clock
from domain.notifications.model import NoticeData, NoticeKind
from domain.quizzes.exams.desk import AT_ONCE, change_end, close_attempts
from domain.quizzes.exams.judging import Judgement
from domain.quizzes.exams.model import (
    CALL_BEFORE,
    REMIND_BEFORE,
    WAKE_BEFORE,
    Exam,
    ExamStage,
    ExamStep,
)
from domain.quizzes.exams.ports import EXAM_JOB, JUDGE_EXAM_JOB, ExamAnswer
from domain.quizzes.model import ClosedBy, QuizId
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

DUE_AT_ONCE = 50
"""Exams that one sweep looks at; the next minute takes the rest."""


class ExamKeeper:
    """Nothing here is asked for by anybody: the clock and the queue call, and every call may come twice."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def due(self) -> Sequence[QuizId]:
        """Exams of which something may have to be done by now."""
        async with self._read() as uow:
            return await uow.exams.due(self._now(), DUE_AT_ONCE)

    async def advance(self, quiz_id: QuizId) -> datetime | None:
        """Do every step that is due; the moment of the next one, for which a job is enqueued, or None.

        Each step is a transaction of its own with the exam locked, and what it tells is kept in it.
        """
        while True:
            async with self._begin() as uow:
                exam = await uow.exams.lock(quiz_id)
                if exam is None:
                    return None
                now = self._now()
                step = exam.step(now)
                if step is None:
                    due = exam.due_at(now)
                    await uow.exams.wait(quiz_id, due)
                    if due is not None:
                        await uow.jobs.enqueue(
                            EXAM_JOB,
                            {"quiz_id": quiz_id},
                            key=f"{EXAM_JOB}:{quiz_id}:{due.isoformat()}",
                            after=due - WAKE_BEFORE,
                        )
                    await uow.commit()
                    return due
                await self._do(uow, exam, step, now)
                await uow.commit()

    async def ask(self, quiz_id: QuizId) -> None:
        """Let a job look at the exam; one at a time."""
        async with self._begin() as uow:
            await uow.jobs.enqueue(EXAM_JOB, {"quiz_id": quiz_id}, key=f"{EXAM_JOB}:{quiz_id}:sweep")
            await uow.commit()

    async def exam(self, quiz_id: QuizId) -> Exam | None:
        """As it is planned now."""
        async with self._read() as uow:
            return await uow.exams.get(quiz_id)

    async def note_told(self, user_id: UserId, quiz_id: QuizId) -> None:
        """The word that it begins has reached a student."""
        async with self._begin() as uow:
            await uow.exams.note_told(user_id, quiz_id, self._now())
            await uow.commit()

    async def answers(self, quiz_id: QuizId) -> Sequence[ExamAnswer] | None:
        """What is judged; None while the exam is not closed."""
        async with self._read() as uow:
            exam = await uow.exams.get(quiz_id)
            return await uow.exams.answers(quiz_id) if exam and exam.stage is ExamStage.CLOSED else None

    async def keep_judgement(self, quiz_id: QuizId, judgement: Judgement) -> None:
        """Keep it in the place of an earlier one, and tell the teachers, once for each sitting."""
        async with self._begin() as uow:
            exam = await uow.exams.lock(quiz_id)
            if exam is None or exam.stage is not ExamStage.CLOSED:
                return
            await uow.exams.keep_judgement(quiz_id, judgement.abilities, judgement.lookalikes)
            for teacher_id in await uow.exams.teachers(quiz_id):
                await uow.notifications.add(
                    teacher_id, NoticeKind.EXAM_REPORT, _key(exam, "report"), _data(exam), self._now()
                )
            await uow.commit()

    async def _do(self, uow: UnitOfWork, exam: Exam, step: ExamStep, now: datetime) -> None:
        match step:
            case ExamStep.ANNOUNCE:
                await self._announce(uow, exam, now)
            case ExamStep.CALL:
                await uow.exams.admit(exam.quiz_id)
                data = {**_data(exam), "minutes": max(round((exam.opens_at - now) / timedelta(minutes=1)), 1)}
                await uow.exams.tell_candidates(exam.quiz_id, NoticeKind.EXAM_SOON, _key(exam, "call"), data, now)
                await uow.exams.set_stage(exam.quiz_id, ExamStage.CALLED, exam.opens_at)
            case ExamStep.BEGIN:
                await uow.exams.admit(exam.quiz_id)
                key = _key(exam, "begins")
                await uow.exams.tell_candidates(
                    exam.quiz_id, NoticeKind.EXAM_BEGINS, key, _data(exam), now, seed=f"{key}:{exam.opens_at}"
                )
                await uow.exams.set_stage(exam.quiz_id, ExamStage.BEGUN, now)
            case ExamStep.SETTLE:
                skew = exam.measured_skew()
                await uow.exams.set_skew(exam.quiz_id, skew)
                if skew and now < exam.closes_at:
                    exam = await change_end(uow, exam, exam.closes_at + skew, exam.settings.time_limit)
                await uow.exams.set_stage(exam.quiz_id, ExamStage.SETTLED, exam.closes_at)
            case ExamStep.CLOSE:
                if await close_attempts(uow, exam.quiz_id, exam.closes_at, ClosedBy.TIME, AT_ONCE) == AT_ONCE:
                    return
                await uow.exams.set_stage(exam.quiz_id, ExamStage.CLOSED, None, ended_at=now)
                # Whoever came when it had begun sat it too, and is told like everybody.
                await uow.exams.admit(exam.quiz_id)
                await uow.exams.tell_candidates(
                    exam.quiz_id,
                    NoticeKind.EXAM_RESULTS,
                    _key(exam, "results"),
                    _data(exam),
                    now,
                    only_finished=True,
                )
                await uow.jobs.enqueue(
                    JUDGE_EXAM_JOB, {"quiz_id": exam.quiz_id}, key=f"{JUDGE_EXAM_JOB}:{exam.quiz_id}"
                )
            case ExamStep.CALL_OFF:
                await uow.exams.tell_candidates(
                    exam.quiz_id, NoticeKind.EXAM_CANCELLED, _key(exam, "cancelled"), _data(exam), now
                )
                await uow.exams.note_announced(exam.quiz_id, exam.plan, exam.opens_at)

    async def _announce(self, uow: UnitOfWork, exam: Exam, now: datetime) -> None:
        await uow.exams.admit(exam.quiz_id)
        await uow.exams.note_announced(exam.quiz_id, exam.plan, exam.opens_at)
        if now >= exam.opens_at - CALL_BEFORE:
            # The call, or the beginning itself, comes at once: an announcement before it would only be one more.
            return
        data = {**_data(exam), "is_moved": exam.told_plan > 0}
        await uow.exams.tell_candidates(exam.quiz_id, NoticeKind.EXAM_PLANNED, _key(exam, "planned"), data, now)
        if exam.opens_at - now > 2 * REMIND_BEFORE:
            await uow.exams.tell_candidates(
                exam.quiz_id,
                NoticeKind.EXAM_SOON,
                _key(exam, "reminder"),
                {**_data(exam), "minutes": REMIND_BEFORE // timedelta(minutes=1)},
                now,
                not_before=exam.opens_at - REMIND_BEFORE,
            )


def _key(exam: Exam, fact: str) -> str:
    """Names the fact; with the recipient it is told once."""
    return f"exam:{exam.quiz_id}:{exam.plan}:{fact}"


def _data(exam: Exam) -> NoticeData:
    return {"quiz_id": exam.quiz_id, "lesson_id": exam.lesson_id, "plan": exam.plan}
