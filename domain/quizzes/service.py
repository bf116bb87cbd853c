"""A student takes a quiz: one question at a time, the answer stored first, then what it was worth."""

from collections.abc import Callable
from datetime import datetime

from domain.clock import Clock
from domain.courses.model import LessonId
from domain.learning.errors import LessonGone, LessonLocked
from domain.quizzes.drawing import draw_seed, drawn, new_chance, new_seed
from domain.quizzes.errors import AttemptGone, NoAttemptsLeft, QuestionGone, QuizClosed, QuizGone, QuizNotOpen, TimeOver
from domain.quizzes.keys import Response
from domain.quizzes.marking import feedback, is_late, is_over, mark, result_of, view
from domain.quizzes.model import (
    GRACE,
    Admission,
    AttemptId,
    AttemptView,
    ClosedBy,
    Feedback,
    Hindrance,
    Intro,
    Opening,
    QuestionId,
    Result,
    ResultPage,
)
from domain.quizzes.ports import FINISHED_JOB, AttemptState, GivenAnswer, Marked
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

PAGE = 6
"""Attempts on one page of the history."""
OVERDUE_AT_ONCE = 200
"""Attempts that one sweep closes before it lets others have the connection."""


class QuizService:
    """Every method finds things by the student's own id, and asks anew whether the lesson is open to them."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock, chance: Callable[[], int] = new_chance) -> None:
        """`chance`: a random number from 0 on for each new attempt."""
        self._begin = begin
        self._read = read
        self._now = now
        self._chance = chance

    async def intro(self, user_id: UserId, lesson_id: LessonId) -> Intro:
        """The quiz before its first question. Raises LessonGone, LessonLocked, QuizGone."""
        now = self._now()
        async with self._read() as uow:
            opening = await _opening(uow, user_id, lesson_id, now)
        is_open = opening.open_attempt_id is not None
        return Intro(
            lesson_id=lesson_id,
            lesson_title=opening.admission.lesson.title,
            question_count=opening.open_total if is_open else opening.question_count,
            best=None if _holds_results(opening, now) else opening.best,
            finished_count=opening.finished_count,
            answered=opening.open_answered if is_open else None,
            settings=opening.settings,
            pass_percent=opening.admission.lesson.pass_percent,
            attempts_left=opening.attempts_left,
            deadline_at=opening.open_deadline_at,
            hindrance=opening.hindrance(now),
        )

    async def start_or_resume(self, user_id: UserId, lesson_id: LessonId) -> AttemptView:
        """The student's open attempt at the lesson's quiz, else a new one: never two, however often it is asked.

        An open attempt whose time is over ends first. Raises LessonGone, LessonLocked, QuizGone, QuizNotOpen,
        QuizClosed, NoAttemptsLeft.
        """
        now = self._now()
        async with self._read() as uow:
            opening = await _opening(uow, user_id, lesson_id, now)
        if opening.quiz_id is None:
            raise QuizGone(lesson_id)
        if opening.open_attempt_id is not None:
            attempt = await self.current(user_id, opening.open_attempt_id)
            if attempt.question is not None:
                return attempt
            async with self._read() as uow:
                opening = await _opening(uow, user_id, lesson_id, now)
        _allow(opening, now)
        return await self._start(user_id, opening, now)

    async def retake(self, user_id: UserId, attempt_id: AttemptId) -> AttemptView:
        """A new attempt at the same quiz, or the one that is open. Raises AttemptGone and what starting raises."""
        async with self._read() as uow:
            lesson_id = await uow.quizzes.lesson_of(user_id, attempt_id)
        if lesson_id is None:
            raise AttemptGone(attempt_id)
        return await self.start_or_resume(user_id, lesson_id)

    async def current(self, user_id: UserId, attempt_id: AttemptId) -> AttemptView:
        """The attempt with the question that waits for an answer, which counts as asked from now on.

        A question whose own time is over is passed by, an attempt whose time is over ends: `question` is None then.
        Raises AttemptGone, LessonGone, LessonLocked.
        """
        while True:
            now = self._now()
            async with self._read() as uow:
                found = await uow.quizzes.attempt(user_id, attempt_id, now)
            if found is None:
                raise AttemptGone(attempt_id)
            admission, state = found
            waiting = state.waiting
            if waiting is None:
                return view(state)
            if is_over(state, now):
                await self._close(user_id, state)
                continue
            _admit(admission, now)
            if not is_late(waiting, state.settings, now):
                return view(state)
            passed_by = mark(waiting, None, state.settings, now, seed=state.seed)
            if passed_by is not None:
                await self._store(user_id, state, waiting.question.id, passed_by)

    async def answer(
        self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId, response: Response
    ) -> Feedback:
        """Store the answer, then tell what it was worth; the last one finishes the attempt in the same statement.

        `response` goes by places on the screen, counting from 0. The first answer counts: a repeat gets its feedback
        and changes nothing. Questions are answered in their order, so that none can be answered unseen. The server's
        clock decides what is in time. Raises AttemptGone, QuestionGone, TimeOver, LessonGone, LessonLocked.
        """
        now = self._now()
        async with self._read() as uow:
            door = await uow.quizzes.answer_door(user_id, attempt_id, question_id, now)
        if door is None:
            raise AttemptGone(attempt_id)
        state, asked = door.state, door.asked
        _admit(door.admission, now)
        if asked is None:
            raise QuestionGone(question_id)
        if door.given is not None:
            return feedback(state, asked, door.given, state.answered, now)
        if state.finished_at is not None or is_over(state, now):
            await self._close(user_id, state)
            raise TimeOver(attempt_id)
        if state.waiting is None or state.waiting.question.id != question_id:
            raise QuestionGone(question_id)
        marked = mark(asked, response, state.settings, now, seed=state.seed)
        if marked is None:
            raise QuestionGone(question_id)
        if not await self._store(user_id, state, question_id, marked):
            return await self.feedback(user_id, attempt_id, question_id)
        return feedback(state, asked, _given(marked), state.answered + 1, now)

    async def feedback(self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId) -> Feedback:
        """What the stored answer was worth. Raises QuestionGone while there is none."""
        now = self._now()
        async with self._read() as uow:
            door = await uow.quizzes.answer_door(user_id, attempt_id, question_id, now)
        if door is None or door.asked is None or door.given is None:
            raise QuestionGone(question_id)
        return feedback(door.state, door.asked, door.given, door.state.answered, now)

    async def finish(self, user_id: UserId, attempt_id: AttemptId) -> None:
        """End an attempt before its last question, with what was answered; an ended one stays as it is.

        Raises AttemptGone.
        """
        now = self._now()
        async with self._begin() as uow:
            if await uow.quizzes.close(user_id, attempt_id, now, ClosedBy.STUDENT):
                await _announce(uow, attempt_id)
            elif await uow.quizzes.lesson_of(user_id, attempt_id) is None:
                raise AttemptGone(attempt_id)
            await uow.commit()

    async def close_overdue(self) -> int:
        """End attempts whose time is over, with what was answered; how many. Harmless when it runs twice."""
        now = self._now()
        closed = 0
        async with self._begin() as uow:
            for user_id, attempt_id, deadline in await uow.quizzes.overdue(now - GRACE, OVERDUE_AT_ONCE):
                if await uow.quizzes.close(user_id, attempt_id, deadline, ClosedBy.TIME):
                    await _announce(uow, attempt_id)
                    closed += 1
            await uow.commit()
        return closed

    async def result(self, user_id: UserId, attempt_id: AttemptId) -> Result:
        """A finished attempt, as far as it may be seen. Raises AttemptGone, also while it is not finished."""
        async with self._read() as uow:
            attempt = await uow.quizzes.finished(user_id, attempt_id)
        if attempt is None:
            raise AttemptGone(attempt_id)
        return result_of(attempt, self._now())

    async def results(self, user_id: UserId, page: int) -> ResultPage:
        """The student's attempts: open ones first, then the newest first. A page beyond the last is the first one."""
        page = max(page, 0)
        async with self._read() as uow:
            entries, total = await uow.quizzes.results(user_id, limit=PAGE, offset=page * PAGE)
            if not entries and page:
                page = 0
                entries, total = await uow.quizzes.results(user_id, limit=PAGE, offset=0)
        now = self._now()
        return ResultPage(
            entries=[entry.seen_at(now) for entry in entries], page=page, page_count=max(-(-total // PAGE), 1)
        )

    async def note_poll(
        self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId, poll_id: str, message_id: int
    ) -> bool:
        """Remember the native poll that asks the question; False when another one does already."""
        async with self._begin() as uow:
            is_noted = await uow.quizzes.note_poll(user_id, attempt_id, question_id, poll_id, message_id)
            await uow.commit()
        return is_noted

    async def poll_shown(
        self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId
    ) -> tuple[str, int] | None:
        """The poll and the message that ask the question, if one does."""
        async with self._read() as uow:
            return await uow.quizzes.poll_of(user_id, attempt_id, question_id)

    async def asked_by_poll(self, user_id: UserId, poll_id: str) -> tuple[AttemptId, QuestionId] | None:
        """What a poll is about, for the student whose attempt it is; None for everybody else."""
        async with self._read() as uow:
            asked = await uow.quizzes.asked_by_poll(poll_id)
        return (asked[1], asked[2]) if asked is not None and asked[0] == user_id else None

    async def _start(self, user_id: UserId, opening: Opening, now: datetime) -> AttemptView:
        settings, quiz_id = opening.settings, opening.quiz_id
        if quiz_id is None:
            raise QuizGone(opening.admission.lesson.id)
        seed = new_seed(self._chance(), settings)
        async with self._read() as uow:
            candidates = await uow.quizzes.candidates(
                quiz_id, settings.pools, draw_seed(seed, quiz_id, user_id, settings, opening.exam_number)
            )
        questions = drawn(candidates, settings, seed)
        if not questions:
            raise QuizGone(opening.admission.lesson.id)
        async with self._begin() as uow:
            attempt_id = await uow.quizzes.start(
                user_id,
                quiz_id,
                questions,
                now,
                seed=seed,
                face=settings.face,
                deadline_at=settings.deadline(now),
                max_attempts=settings.max_attempts,
            )
            attempt_id = attempt_id or await uow.quizzes.open_attempt(user_id, quiz_id)
            await uow.commit()
        if attempt_id is None:
            raise NoAttemptsLeft(opening.admission.lesson.id)
        return await self.current(user_id, attempt_id)

    async def _store(self, user_id: UserId, state: AttemptState, question_id: QuestionId, marked: Marked) -> bool:
        finishes = state.answered + 1 == state.total
        # One statement needs no transaction around it: two round trips less on the hottest path of all. The last
        # answer takes its consequences along.
        async with (self._begin if finishes else self._read)() as uow:
            is_stored = await uow.quizzes.store(
                user_id, state.id, question_id, marked, answered_before=state.answered, finishes=finishes
            )
            if finishes:
                if is_stored:
                    await _announce(uow, state.id)
                await uow.commit()
        return is_stored

    async def _close(self, user_id: UserId, state: AttemptState) -> None:
        if state.finished_at is not None or state.deadline_at is None:
            return
        async with self._begin() as uow:
            if await uow.quizzes.close(user_id, state.id, state.deadline_at, ClosedBy.TIME):
                await _announce(uow, state.id)
            await uow.commit()


async def _opening(uow: UnitOfWork, user_id: UserId, lesson_id: LessonId, now: datetime) -> Opening:
    opening = await uow.quizzes.opening(user_id, lesson_id)
    if opening is None:
        raise LessonGone(lesson_id)
    _admit(opening.admission, now)
    if opening.open_attempt_id is None and not opening.question_count:
        raise QuizGone(lesson_id)
    return opening


async def _announce(uow: UnitOfWork, attempt_id: AttemptId) -> None:
    await uow.jobs.enqueue(FINISHED_JOB, {"attempt_id": attempt_id}, key=f"{FINISHED_JOB}:{attempt_id}")


def _allow(opening: Opening, now: datetime) -> None:
    lesson_id = opening.admission.lesson.id
    match opening.hindrance(now):
        case Hindrance.NOT_YET:
            raise QuizNotOpen(lesson_id, opening.settings.opens_at)
        case Hindrance.CLOSED:
            raise QuizClosed(lesson_id)
        case Hindrance.NO_ATTEMPTS_LEFT:
            raise NoAttemptsLeft(lesson_id)
        case None:
            return


def _admit(admission: Admission, now: datetime) -> None:
    if not admission.is_visible:
        raise LessonGone(admission.lesson.id)
    lock = admission.lock(now)
    if lock is not None:
        raise LessonLocked(admission.lesson.id, lock)


def _holds_results(opening: Opening, now: datetime) -> bool:
    return opening.settings.is_exam and not opening.settings.is_revealed(now, is_finished=True)


def _given(marked: Marked) -> GivenAnswer:
    return GivenAnswer(
        response=marked.response,
        is_correct=marked.is_correct,
        points=marked.points,
        answered_at=marked.answered_at,
    )
