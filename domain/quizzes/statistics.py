"""What those who teach a course see of its quizzes: results, questions, and the scale that both lie on."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.clock import Clock
from domain.courses.model import LessonId
from domain.errors import NotAllowed
from domain.language import Text
from domain.quizzes.exams.errors import ExamNotOver
from domain.quizzes.items import Finding, Item, look_at
from domain.quizzes.model import AttemptId, QuestionId, QuizId
from domain.quizzes.rasch import FEWEST_PEOPLE, Estimate, ability, calibrate
from domain.quizzes.statistics_ports import CALIBRATE_JOB, AttemptLine, QuizFacts, RawAnswer
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

PAGE = 10
FOLD_AT_ONCE = 500
"""Attempts that one transaction counts."""
MOST_PEOPLE = 3_000
"""Of the latest first attempts, for a calibration: its errors are small long before that."""
GROWTH = 20
"""The scale is calibrated anew when the answers have grown by one part of so many."""
EXPORT_AT_ONCE = 200
"""Attempts."""
BATCHES = 200
"""Of one run: the next one goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultLine:
    attempt: AttemptLine
    ability: Estimate | None
    """Logits; None while there is no scale."""
    scaled: Estimate | None
    """0 to 100, see `Calibration.scaled`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultTable:
    quiz_id: QuizId | None
    title: Text
    lines: Sequence[ResultLine]
    next_before: AttemptId | None
    """Where the next page begins; None on the last one."""
    people: int
    """Students whose answers the scale was calibrated with; 0: there is none yet."""
    is_exam: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTable:
    title: Text
    items: Sequence[Item]
    findings: Sequence[Finding]
    people: int
    """First attempts that are counted."""


class QuizStatisticsService:
    """For those who teach the course, and admins; everybody else gets NotAllowed, whether the quiz exists or not.

    Until an exam closes they get ExamNotOver: its results are held back from all.
    """

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def results(self, actor_id: UserId, lesson_id: LessonId, before: AttemptId | None = None) -> ResultTable:
        """Finished attempts, the newest first. Raises NotAllowed."""
        async with self._read() as uow:
            facts = await _facts(uow, actor_id, lesson_id, self._now())
            found: list[AttemptLine] = []
            if facts.quiz_id is not None:
                found = list(await uow.quiz_statistics.attempts(facts.quiz_id, before, PAGE + 1))
        lines = found[:PAGE]
        return ResultTable(
            quiz_id=facts.quiz_id,
            title=facts.lesson_title,
            lines=[_line(attempt, facts) for attempt in lines],
            next_before=lines[-1].id if len(found) > PAGE else None,
            people=facts.calibration.people if facts.calibration else 0,
            is_exam=facts.settings.is_exam,
        )

    async def items(self, actor_id: UserId, lesson_id: LessonId) -> ItemTable:
        """The questions that were asked, those in use first, and which of them to look at. Raises NotAllowed."""
        async with self._read() as uow:
            facts = await _facts(uow, actor_id, lesson_id, self._now())
            items: Sequence[Item] = ()
            if facts.quiz_id is not None:
                items = await uow.quiz_statistics.items(facts.quiz_id)
        return ItemTable(title=facts.lesson_title, items=items, findings=look_at(items), people=facts.folded)

    async def item(self, actor_id: UserId, lesson_id: LessonId, question_id: QuestionId) -> Item | None:
        """One question of this quiz; None when it was not asked in it. Raises NotAllowed."""
        table = await self.items(actor_id, lesson_id)
        return next((item for item in table.items if item.question.id == question_id), None)

    async def export(self, actor_id: UserId, lesson_id: LessonId) -> AsyncIterator[Sequence[RawAnswer]]:
        """Every answer of finished attempts, in batches. Raises NotAllowed, also when that ends in the middle."""
        after = AttemptId(0)
        while True:
            async with self._read() as uow:
                facts = await _facts(uow, actor_id, lesson_id, self._now())
                if facts.quiz_id is None:
                    return
                batch = await uow.quiz_statistics.raw_answers(facts.quiz_id, after, EXPORT_AT_ONCE)
            if not batch:
                return
            after = batch[-1].attempt_id
            yield batch

    async def fold(self) -> int:
        """Count the finished attempts that are not counted yet; how many there were. For the clock.

        An attempt is counted once: its row is locked, and marked in the statement that adds it up.
        """
        folded = 0
        for _batch in range(BATCHES):
            async with self._begin() as uow:
                attempt_ids = await uow.quiz_statistics.claim(FOLD_AT_ONCE)
                for quiz_id in await uow.quiz_statistics.fold(attempt_ids, self._now()) if attempt_ids else ():
                    await uow.jobs.enqueue(CALIBRATE_JOB, {"quiz_id": quiz_id}, key=f"{CALIBRATE_JOB}:{quiz_id}")
                await uow.commit()
            folded += len(attempt_ids)
            if len(attempt_ids) < FOLD_AT_ONCE:
                break
        return folded

    async def calibrate(self, quiz_id: QuizId) -> bool:
        """Work the quiz's scale out anew if its answers have grown enough; False when they have not. For the clock."""
        async with self._read() as uow:
            people, before = await uow.quiz_statistics.facts_of(quiz_id)
            if people < FEWEST_PEOPLE or people < before + max(before // GROWTH, 1):
                return False
            marks = await uow.quiz_statistics.marks(quiz_id, MOST_PEOPLE)
        # Seconds for thousands of students: in a thread, and with no connection held.
        found = await asyncio.to_thread(calibrate, marks)
        if found is None:
            return False
        async with self._begin() as uow:
            await uow.quiz_statistics.keep_scale(quiz_id, found, people, self._now())
            await uow.commit()
        return True


async def _facts(uow: UnitOfWork, actor_id: UserId, lesson_id: LessonId, now: datetime) -> QuizFacts:
    authorship = await uow.quizzes.authorship(actor_id, lesson_id)
    if authorship is None or not authorship.is_author:
        raise NotAllowed
    facts = await uow.quiz_statistics.facts(lesson_id)
    if facts is None:
        raise NotAllowed
    settings = facts.settings
    if settings.is_exam and settings.closes_at is not None and now < settings.closes_at:
        raise ExamNotOver(lesson_id)
    return facts


def _line(attempt: AttemptLine, facts: QuizFacts) -> ResultLine:
    calibration = facts.calibration
    found = ability(attempt.marks, calibration.difficulties) if calibration and not attempt.waiting else None
    return ResultLine(
        attempt=attempt, ability=found, scaled=calibration.scaled(found) if calibration and found else None
    )
