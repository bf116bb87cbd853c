"""A student takes a quiz: one question at a time, the answer stored first, then what it was worth."""

from datetime import datetime

from domain.clock import Clock
from domain.courses.model import LessonId
from domain.learning.errors import LessonGone, LessonLocked
from domain.quizzes.draft import MAX_OPTIONS
from domain.quizzes.errors import AttemptGone, QuestionGone, QuizGone
from domain.quizzes.model import (
    Admission,
    AttemptId,
    AttemptView,
    Feedback,
    Intro,
    Opening,
    QuestionId,
    Result,
    ResultPage,
)
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

PAGE = 6
"""Attempts on one page of the history."""


class QuizService:
    """Every method finds things by the student's own id, and asks anew whether the lesson is open to them."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def intro(self, user_id: UserId, lesson_id: LessonId) -> Intro:
        """The quiz before its first question. Raises LessonGone, LessonLocked, QuizGone."""
        async with self._read() as uow:
            opening = await _opening(uow, user_id, lesson_id, self._now())
        is_open = opening.open_attempt_id is not None
        return Intro(
            lesson_id=lesson_id,
            lesson_title=opening.admission.lesson.title,
            question_count=opening.open_total if is_open else opening.question_count,
            best=opening.best,
            finished_count=opening.finished_count,
            answered=opening.open_answered if is_open else None,
        )

    async def start_or_resume(self, user_id: UserId, lesson_id: LessonId) -> AttemptView:
        """The student's open attempt at the lesson's quiz, else a new one: never two, however often it is asked.

        Raises LessonGone, LessonLocked, QuizGone.
        """
        async with self._begin() as uow:
            opening = await _opening(uow, user_id, lesson_id, self._now())
            if opening.quiz_id is None:
                raise QuizGone(lesson_id)
            attempt = None
            if opening.open_attempt_id is None:
                attempt = await uow.quizzes.start(user_id, opening.quiz_id, self._now())
            attempt = attempt or await uow.quizzes.open_attempt(user_id, opening.quiz_id)
            if attempt is None:
                raise QuizGone(lesson_id)
            await uow.commit()
        return attempt

    async def retake(self, user_id: UserId, attempt_id: AttemptId) -> AttemptView:
        """A new attempt at the same quiz, or the one that is open. Raises AttemptGone and what starting raises."""
        async with self._read() as uow:
            lesson_id = await uow.quizzes.lesson_of(user_id, attempt_id)
        if lesson_id is None:
            raise AttemptGone(attempt_id)
        return await self.start_or_resume(user_id, lesson_id)

    async def current(self, user_id: UserId, attempt_id: AttemptId) -> AttemptView:
        """The attempt with the question that waits for an answer. Raises AttemptGone, LessonGone, LessonLocked."""
        async with self._read() as uow:
            found = await uow.quizzes.attempt(user_id, attempt_id)
        if found is None:
            raise AttemptGone(attempt_id)
        admission, attempt = found
        if attempt.question is not None:
            _admit(admission, self._now())
        return attempt

    async def answer(self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId, option: int) -> Feedback:
        """Store the answer, then tell what it was worth; the last one finishes the attempt in the same statement.

        The first answer counts: a repeat gets its feedback and changes nothing. `option` counts from 0. Questions are
        answered in their order, so that none can be answered unseen.
        Raises AttemptGone, QuestionGone, LessonGone, LessonLocked.
        """
        if not 0 <= option < MAX_OPTIONS:
            raise QuestionGone(question_id)
        now = self._now()
        # One statement needs no transaction around it: two round trips less on the hottest path of all.
        async with self._read() as uow:
            answered = await uow.quizzes.answer(user_id, attempt_id, question_id, option, now)
            if answered is None:
                raise AttemptGone(attempt_id)
            _admit(answered.admission, now)
            # A tap that lost a race against its twin does not see the twin's answer until the next statement.
            feedback = answered.feedback or await uow.quizzes.feedback(user_id, attempt_id, question_id)
            if feedback is None:
                raise QuestionGone(question_id)
        return feedback

    async def feedback(self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId) -> Feedback:
        """What the stored answer was worth. Raises QuestionGone while there is none."""
        async with self._read() as uow:
            feedback = await uow.quizzes.feedback(user_id, attempt_id, question_id)
        if feedback is None:
            raise QuestionGone(question_id)
        return feedback

    async def result(self, user_id: UserId, attempt_id: AttemptId) -> Result:
        """A finished attempt with its mistakes. Raises AttemptGone, also while it is not finished."""
        async with self._read() as uow:
            result = await uow.quizzes.result(user_id, attempt_id)
        if result is None:
            raise AttemptGone(attempt_id)
        return result

    async def results(self, user_id: UserId, page: int) -> ResultPage:
        """The student's attempts: open ones first, then the newest first. A page beyond the last is the first one."""
        page = max(page, 0)
        async with self._read() as uow:
            entries, total = await uow.quizzes.results(user_id, limit=PAGE, offset=page * PAGE)
            if not entries and page:
                page = 0
                entries, total = await uow.quizzes.results(user_id, limit=PAGE, offset=0)
        return ResultPage(entries=entries, page=page, page_count=max(-(-total // PAGE), 1))


async def _opening(uow: UnitOfWork, user_id: UserId, lesson_id: LessonId, now: datetime) -> Opening:
    opening = await uow.quizzes.opening(user_id, lesson_id)
    if opening is None:
        raise LessonGone(lesson_id)
    _admit(opening.admission, now)
    if opening.open_attempt_id is None and not opening.question_count:
        raise QuizGone(lesson_id)
    return opening


def _admit(admission: Admission, now: datetime) -> None:
    if not admission.is_visible:
        raise LessonGone(admission.lesson.id)
    lock = admission.lock(now)
    if lock is not None:
        raise LessonLocked(admission.lesson.id, lock)
