"""What the clock does with an exam, and when: every order of moments leads through the same steps."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.courses.model import CourseId, LessonId
from domain.language import Language, Text
from domain.quizzes.exams.model import (
    CALL_BEFORE,
    LONGEST_SKEW,
    Exam,
    ExamStage,
    ExamStep,
    version_of_number,
)
from domain.quizzes.model import QuizId
from domain.quizzes.settings import QuizSettings

OPENS = datetime(2026, 3, 2, 10, tzinfo=UTC)
CLOSES = OPENS + timedelta(hours=1)
PLANNED = Exam(
    quiz_id=QuizId(1),
    lesson_id=LessonId(1),
    lesson_title=Text({Language.UZ: "Dars"}),
    course_id=CourseId(1),
    settings=QuizSettings(is_exam=True, opens_at=OPENS, closes_at=CLOSES),
    opens_at=OPENS,
    closes_at=CLOSES,
    stage=ExamStage.PLANNED,
    plan=1,
    told_plan=0,
)
AFTER = {
    ExamStep.CALL: ExamStage.CALLED,
    ExamStep.BEGIN: ExamStage.BEGUN,
    ExamStep.SETTLE: ExamStage.SETTLED,
    ExamStep.CLOSE: ExamStage.CLOSED,
}


def done(exam: Exam, step: ExamStep) -> Exam:
    """The exam after a step, as the keeper leaves it."""
    if step in (ExamStep.ANNOUNCE, ExamStep.CALL_OFF):
        return replace(exam, told_plan=exam.plan)
    return replace(exam, stage=AFTER[step])


@given(st.lists(st.integers(-600, 4_500), min_size=1, max_size=30), st.integers(0, 3))
def test_whenever_the_clock_looks_the_steps_come_in_their_order_and_each_once(seconds: list[int], untold: int) -> None:
    exam, steps = replace(PLANNED, untold=untold), list[ExamStep]()
    for second in sorted(seconds):
        now = OPENS + timedelta(seconds=second)
        while (step := exam.step(now)) is not None:
            steps.append(step)
            exam = done(exam, step)
        due = exam.due_at(now)
        assert due is None or due > now, "else the job would run in circles"

    every = [ExamStep.ANNOUNCE, ExamStep.CALL, ExamStep.BEGIN, ExamStep.SETTLE, ExamStep.CLOSE]
    assert steps == every[: len(steps)]
    last = OPENS + timedelta(seconds=max(seconds))
    assert (ExamStep.CALL in steps) == (last >= OPENS - CALL_BEFORE)
    assert (ExamStep.BEGIN in steps) == (last >= OPENS)
    assert (ExamStep.CLOSE in steps) == (last >= CLOSES + timedelta(seconds=4))


def test_whoever_cannot_be_told_is_not_waited_for_without_end() -> None:
    begun = replace(PLANNED, stage=ExamStage.BEGUN, untold=1)

    assert begun.step(OPENS + LONGEST_SKEW - timedelta(seconds=1)) is None
    assert begun.step(OPENS + LONGEST_SKEW) is ExamStep.SETTLE


def test_a_cancelled_exam_is_called_off_only_where_it_was_known() -> None:
    cancelled = replace(PLANNED, stage=ExamStage.CANCELLED, plan=2)

    assert cancelled.step(OPENS) is None
    assert replace(cancelled, told_plan=1).step(OPENS) is ExamStep.CALL_OFF
    assert replace(cancelled, told_plan=2).step(OPENS) is None


@pytest.mark.parametrize(("late", "skew"), [(0, 0), (0.2, 1), (41, 41), (41.001, 42), (-3, 0), (4_000, 300)])
def test_the_skew_is_whole_seconds_rounded_up_and_has_a_limit(late: float, skew: int) -> None:
    told = replace(PLANNED, last_told_at=OPENS + timedelta(seconds=late))

    assert told.measured_skew() == timedelta(seconds=skew)
    assert PLANNED.measured_skew() == timedelta()


@given(st.integers(0, 10_000), st.integers(2, 10))
def test_neighbours_never_have_the_same_version(number: int, versions: int) -> None:
    assert version_of_number(number, versions) != version_of_number(number + 1, versions)
