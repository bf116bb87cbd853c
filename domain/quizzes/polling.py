"""The face of native quiz polls: which question a poll asks, and what happens when it could not be sent.

Telegram keeps the right options of a quiz poll itself, so they leave the server with the question. That is allowed
only where every answer is told at once anyway, and never in an exam.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.clock import Clock
from domain.language import Language, Text
from domain.quizzes.draft import fits_poll
from domain.quizzes.drawing import places, solution_of
from domain.quizzes.errors import QuestionGone
from domain.quizzes.keys import Choice, Matching, QuestionKind
from domain.quizzes.marking import is_late, is_over, until
from domain.quizzes.model import GRACE, AttemptId, QuestionId
from domain.quizzes.ports import AttemptState
from domain.quizzes.settings import QUESTION_LIMITS, Face, Reveal
from domain.unit_of_work import Begin
from domain.users.model import UserId

ASK_JOB = "ask_quiz_poll"
"""Payload: `user_id`, `attempt_id`, `question_id`. Sends the poll that could not be sent, or moves on when a
question's own time is over."""

_IN_POLLS = frozenset({QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.TRUE_FALSE})
_RETRY = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class NativePoll:
    """A question as Telegram's quiz poll asks it, in one language; options in the order that the attempt shows."""

    question_id: QuestionId
    number: int
    total: int
    text: str
    options: tuple[str, ...]
    """Empty for true or false, which are words of the interface."""
    correct: tuple[int, ...]
    several: bool
    explanation: str | None
    seconds: int | None
    """How long Telegram lets it be answered."""
    is_shown: bool
    """A poll asks it already."""


class PollService:
    """Every method finds the attempt by its student's id; a foreign one looks like none."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def waiting(self, user_id: UserId, attempt_id: AttemptId, language: Language) -> NativePoll | None:
        """The poll for the question that waits; None when there is none, or it has to come with buttons."""
        now = self._now()
        async with self._read() as uow:
            found = await uow.quizzes.attempt(user_id, attempt_id, now)
            if found is None or not found[0].is_visible or found[0].lock(now) is not None:
                return None
            state = found[1]
            if state.waiting is None or is_over(state, now) or is_late(state.waiting, state.settings, now):
                return None
            shown = await uow.quizzes.poll_of(user_id, attempt_id, state.waiting.question.id)
        return _poll(state, language, now, is_shown=shown is not None)

    async def note(
        self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId, poll_id: str, message_id: int
    ) -> bool:
        """Remember the poll that asks the question; False when another one does already.

        A question with a time of its own is looked at again when that is over. Raises QuestionGone when it does not
        wait any more.
        """
        now = self._now()
        async with self._begin() as uow:
            found = await uow.quizzes.attempt(user_id, attempt_id, now)
            waiting = found[1].waiting if found is not None else None
            if found is None or waiting is None or waiting.question.id != question_id:
                raise QuestionGone(question_id)
            is_noted = await uow.quizzes.note_poll(user_id, attempt_id, question_id, poll_id, message_id)
            end = until(waiting, found[1].settings)
            if is_noted and end is not None:
                await uow.jobs.enqueue(
                    ASK_JOB,
                    {"user_id": user_id, "attempt_id": attempt_id, "question_id": question_id},
                    key=f"{ASK_JOB}:over:{attempt_id}:{question_id}",
                    after=end + GRACE,
                )
            await uow.commit()
        return is_noted

    async def is_passed(self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId) -> bool:
        """Whether the question has its answer, or its time is over; False for what is not the student's own."""
        async with self._read() as uow:
            door = await uow.quizzes.answer_door(user_id, attempt_id, question_id, self._now())
        return door is not None and (door.given is not None or door.state.finished_at is not None)

    async def ask_later(self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId) -> None:
        """Telegram could not be reached: a job sends the question, however long that takes."""
        async with self._begin() as uow:
            await uow.jobs.enqueue(
                ASK_JOB,
                {"user_id": user_id, "attempt_id": attempt_id, "question_id": question_id},
                key=f"{ASK_JOB}:again:{attempt_id}:{question_id}",
                after=self._now() + _RETRY,
            )
            await uow.commit()


def _poll(state: AttemptState, language: Language, now: datetime, *, is_shown: bool) -> NativePoll | None:
    settings, waiting = state.settings, state.waiting
    if waiting is None or state.face is not Face.POLLS or settings.is_exam or settings.reveal is not Reveal.AT_ONCE:
        return None
    question = waiting.question
    if question.kind not in _IN_POLLS or question.picture is not None or isinstance(question.key, Matching):
        return None
    texts = [question.text, *question.options]
    if not fits_poll(question.text, question.options, None, language) or any(map(_has_markup, texts)):
        return None
    end = until(waiting, settings)
    seconds = round((end - now).total_seconds()) if end else None
    if seconds is not None:
        # The shortest time that Telegram knows; what it is longer by than what is left, the grace bears.
        least = QUESTION_LIMITS.start
        seconds = least if least - GRACE.total_seconds() <= seconds < least else seconds
        if seconds not in QUESTION_LIMITS:
            return None
    order = places(state.seed, question.id, question.key, len(question.options))
    solution = solution_of(question.key, len(question.options))
    right = order.shown(solution) if solution is not None else None
    if not isinstance(right, Choice):
        return None
    return NativePoll(
        question_id=question.id,
        number=waiting.number,
        total=state.total,
        text=question.text.read_in(language),
        options=tuple(question.options[index].read_in(language) for index in order.options) if question.options else (),
        correct=tuple(sorted(right.options)),
        several=question.kind is QuestionKind.MULTIPLE,
        explanation=question.explanation.read_in(language) if question.explanation else None,
        seconds=seconds,
        is_shown=is_shown,
    )


def _has_markup(text: Text) -> bool:
    """Formulas and code blocks, which a poll shows as they are typed. Prices in dollars count too: better a button
    too many than a formula in pieces."""
    return any(variant.count("$") > 1 or "```" in variant for variant in text.variants.values())
