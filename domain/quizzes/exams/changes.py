"""When the settings of an exam may still change: its students can rely on what they were told."""

from datetime import datetime
from enum import StrEnum

from domain.courses.model import LessonId
from domain.errors import InvalidInput
from domain.quizzes.exams.errors import ExamGoesOn, ExamSat, QuizTaken
from domain.quizzes.exams.model import WAKE_BEFORE
from domain.quizzes.settings import QuizSettings


class Hold(StrEnum):
    """Why the settings of an exam stay as they are."""

    GOES_ON = "goes_on"
    SAT = "sat"


def hold_of(settings: QuizSettings, now: datetime, *, is_sat: bool) -> Hold | None:
    """An exam that goes on stays as it is, and so does one that somebody has sat, with what they were promised.

    It counts as begun some seconds early: a change would else meet those who start at the very moment.
    """
    if not settings.is_exam or settings.opens_at is None or settings.closes_at is None:
        return None
    if now < settings.opens_at - WAKE_BEFORE:
        return None
    if now < settings.closes_at:
        return Hold.GOES_ON
    return Hold.SAT if is_sat else None


def require_change(
    lesson_id: LessonId, before: QuizSettings, after: QuizSettings, now: datetime, *, is_taken: bool
) -> None:
    """Whether these settings, which are locked, may be replaced by those.

    `is_taken`: somebody has begun the exam, or the ordinary quiz, that it has been so far. Raises ExamGoesOn and
    ExamSat; InvalidInput("exam", "begun") for an exam whose opening is over, so that none begins by a change of its
    end; and for an ordinary quiz that becomes an exam QuizTaken, because those who took it know its answers and have
    used their one attempt.
    """
    match hold_of(before, now, is_sat=is_taken):
        case Hold.GOES_ON:
            raise ExamGoesOn(lesson_id)
        case Hold.SAT:
            raise ExamSat(lesson_id)
        case None:
            pass
    if after.is_exam and after.opens_at is not None and after.opens_at - WAKE_BEFORE <= now:
        raise InvalidInput("exam", "begun")
    if after.is_exam and not before.is_exam and is_taken:
        raise QuizTaken(lesson_id)
