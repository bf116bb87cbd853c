"""What an answer earns, and what its student may see of it."""

from datetime import datetime

from domain.quizzes.drawing import Places, places, solution_of
from domain.quizzes.keys import Matching, Response, fits, share_of
from domain.quizzes.model import (
    GRACE,
    HUNDREDTHS,
    AttemptView,
    Feedback,
    Question,
    QuestionView,
    Result,
    Reviewed,
    time_spent,
)
from domain.quizzes.ports import AskedQuestion, AttemptState, FinishedAttempt, GivenAnswer, Marked
from domain.quizzes.settings import QuizSettings


def points_for(question: Question, share: float, settings: QuizSettings) -> int:
    """Hundredths of a point; a wrong answer costs the quiz's penalty, one that is partly right never does."""
    if share <= 0:
        return -round(question.points * HUNDREDTHS * settings.penalty_percent / 100)
    return round(question.points * HUNDREDTHS * share)


def mark(
    asked: AskedQuestion, response: Response | None, settings: QuizSettings, now: datetime, *, seed: int
) -> Marked | None:
    """The answer as it is stored; None for one that the question cannot get at all.

    `response` goes by places on the screen; None means that it was not answered. One that comes after the question's
    own time counts as not given: it earns nothing and costs nothing.
    """
    question = asked.question
    seconds = round((now - asked.asked_at).total_seconds()) if asked.asked_at else None
    if response is not None:
        try:
            response = places(seed, question.id, question.key, len(question.options)).kept(response)
        except IndexError:
            return None
        if not fits(question.key, len(question.options), response):
            return None
    if response is None or is_late(asked, settings, now):
        return Marked(response=None, is_correct=False, points=0, seconds=_at_least_0(seconds), answered_at=now)
    share = share_of(question.key, response)
    return Marked(
        response=response,
        is_correct=None if share is None else share == 1,
        points=0 if share is None else points_for(question, share, settings),
        seconds=_at_least_0(seconds),
        answered_at=now,
    )


def until(asked: AskedQuestion, settings: QuizSettings) -> datetime | None:
    """When the question's own time is over."""
    if settings.question_limit is None or asked.asked_at is None:
        return None
    return asked.asked_at + settings.question_limit


def is_late(asked: AskedQuestion, settings: QuizSettings, now: datetime) -> bool:
    end = until(asked, settings)
    return end is not None and now > end + GRACE


def is_over(state: AttemptState, now: datetime) -> bool:
    """Whether the time of the whole attempt is over, the time on the way included."""
    return state.deadline_at is not None and now > state.deadline_at + GRACE


def view(state: AttemptState) -> AttemptView:
    waiting = state.waiting
    return AttemptView(
        id=state.id,
        number=state.number,
        lesson_id=state.lesson_id,
        lesson_title=state.lesson_title,
        total=state.total,
        answered=state.answered,
        question=question_view(waiting.question, waiting.number, state.seed, until(waiting, state.settings))
        if waiting
        else None,
        face=state.face,
        reveal=state.settings.reveal,
        deadline_at=state.deadline_at,
        is_exam=state.settings.is_exam,
    )


def question_view(question: Question, number: int, seed: int, until: datetime | None = None) -> QuestionView:
    """The question without its key, in the attempt's order."""
    order = _places(question, seed)
    rights = question.key.rights if isinstance(question.key, Matching) else ()
    return QuestionView(
        id=question.id,
        number=number,
        kind=question.kind,
        text=question.text,
        options=tuple(question.options[index] for index in order.options) if question.options else (),
        rights=tuple(rights[index] for index in order.rights),
        picture=question.picture,
        topic=question.topic,
        points=question.points,
        until=until,
    )


def feedback(state: AttemptState, asked: AskedQuestion, given: GivenAnswer, answered: int, now: datetime) -> Feedback:
    is_revealed = state.settings.is_revealed(now, is_finished=answered >= state.total or state.finished_at is not None)
    question, order = asked.question, _places(asked.question, state.seed)
    solution = solution_of(question.key, len(question.options)) if is_revealed else None
    return Feedback(
        attempt_id=state.id,
        lesson_id=state.lesson_id,
        lesson_title=state.lesson_title,
        question=question_view(question, asked.number, state.seed),
        response=order.shown(given.response) if given.response is not None else None,
        is_revealed=is_revealed,
        is_correct=given.is_correct if is_revealed else None,
        solution=order.shown(solution) if solution is not None else None,
        explanation=question.explanation if is_revealed else None,
        points=given.points if is_revealed and given.is_correct is not None else None,
        total=state.total,
        answered=answered,
        reveal=state.settings.reveal,
        deadline_at=state.deadline_at,
    )


def result_of(attempt: FinishedAttempt, now: datetime) -> Result:
    """The result as its student may see it now."""
    settings = attempt.settings
    is_revealed = settings.is_revealed(now, is_finished=True)
    is_held = settings.is_exam and not is_revealed
    moments = [given.answered_at for _question, _number, given in attempt.answers if given is not None]
    return Result(
        attempt_id=attempt.id,
        number=attempt.number,
        quiz_id=attempt.quiz_id,
        lesson_id=attempt.lesson_id,
        lesson_title=attempt.lesson_title,
        course_title=attempt.course_title,
        score=None if is_held else attempt.score,
        pass_percent=attempt.pass_percent,
        started_at=attempt.started_at,
        finished_at=attempt.finished_at,
        closed_by=attempt.closed_by,
        spent=time_spent(attempt.started_at, moments),
        waiting=attempt.waiting,
        reviewed=tuple(
            _reviewed(question, number, given, attempt.seed, is_revealed=is_revealed)
            for question, number, given in attempt.answers
        ),
        is_revealed=is_revealed,
        reveals_at=None if is_revealed else settings.closes_at,
        attempts_left=_left(attempt),
        next_lesson_id=attempt.next_lesson_id,
    )


def _reviewed(question: Question, number: int, given: GivenAnswer | None, seed: int, *, is_revealed: bool) -> Reviewed:
    order = _places(question, seed)
    solution = solution_of(question.key, len(question.options)) if is_revealed else None
    response = given.response if given else None
    is_correct = given.is_correct if given else False
    return Reviewed(
        question=question_view(question, number, seed),
        response=order.shown(response) if response is not None else None,
        is_correct=is_correct if is_revealed else None,
        points=(given.points if given else 0) if is_revealed and is_correct is not None else None,
        solution=order.shown(solution) if solution is not None else None,
        explanation=question.explanation if is_revealed else None,
        comment=given.comment if given and is_revealed else None,
    )


def _left(attempt: FinishedAttempt) -> int | None:
    most = attempt.settings.max_attempts
    return None if most is None else max(most - attempt.finished_count - attempt.has_open_attempt, 0)


def _places(question: Question, seed: int) -> Places:
    return places(seed, question.id, question.key, len(question.options))


def _at_least_0(seconds: int | None) -> int | None:
    """A clock that was set back is no time at all."""
    return None if seconds is None else max(seconds, 0)
