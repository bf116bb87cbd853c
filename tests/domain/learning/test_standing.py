"""How far somebody is in a lesson, what is missing, and what is sent next."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.courses.model import LessonId, Part, PartId, PartKind
from domain.learning.study_model import STEP, Lacks, LessonStanding, PartStanding, next_step

NOON = datetime(2026, 11, 21, 7, tzinfo=UTC)


def standing(number: int, kind: PartKind = PartKind.TEXT, **facts: object) -> PartStanding:
    part = PartStanding(
        part_id=PartId(number),
        kind=kind,
        caption=None,
        duration_seconds=0,
        shortest_seconds=None,
        longest_seconds=None,
        has_question=False,
    )
    return replace(part, **facts)


def video(number: int, **facts: object) -> PartStanding:
    return standing(
        number, PartKind.VIDEO, **{"duration_seconds": 600, "shortest_seconds": 600, "longest_seconds": 600, **facts}
    )


def parts(count: int) -> list[Part]:
    return [
        Part(id=PartId(number), lesson_id=LessonId(1), position=number, kind=PartKind.TEXT, text=None)
        for number in range(1, count + 1)
    ]


def ids(sent: Sequence[Part]) -> list[int]:
    return [part.id for part in sent]


def stands(count: int, opened: int) -> LessonStanding:
    return LessonStanding(
        parts=tuple(standing(n, opened_at=NOON if n <= opened else None) for n in range(1, count + 1))
    )


@pytest.mark.parametrize(
    ("part", "is_done"),
    [
        (standing(1), False),
        (standing(1, opened_at=NOON), True),
        (standing(1, opened_at=NOON, has_question=True), False),
        (standing(1, opened_at=NOON, has_question=True, done_at=NOON), True),
        (video(1, opened_at=NOON), False),
        (video(1, opened_at=NOON, done_at=NOON), True),
        (standing(1, PartKind.VIDEO, opened_at=NOON), True),
        (standing(1, PartKind.LINK, opened_at=NOON, position_seconds=70), False),
        (standing(1, PartKind.LINK, opened_at=NOON, position_seconds=70, done_at=NOON), True),
    ],
)
def test_when_a_part_is_done(part: PartStanding, is_done: bool) -> None:
    assert part.is_done is is_done


@pytest.mark.parametrize(("position", "is_seen"), [(0, False), (569, False), (570, True), (600, True)])
def test_ninety_five_percent_of_a_recording_count_as_its_end(position: int, is_seen: bool) -> None:
    assert video(1).is_seen_at(position) is is_seen
    assert not standing(1, PartKind.LINK).is_seen_at(position), "without a length nothing is known of an end"


def test_the_time_left_is_that_of_what_is_not_done_behind_where_one_stopped() -> None:
    lesson = LessonStanding(
        parts=(
            video(1, opened_at=NOON, done_at=NOON),
            video(2, opened_at=NOON, position_seconds=200, stopped_at=NOON),
            standing(3, duration_seconds=90),
        )
    )

    assert lesson.seconds_left == 400 + 90
    assert lesson.done_count == 1


def test_the_last_word_about_where_one_stopped_counts_unless_the_part_was_seen() -> None:
    earlier = video(1, opened_at=NOON, position_seconds=10, stopped_at=NOON)
    later = video(2, opened_at=NOON, position_seconds=20, stopped_at=NOON + timedelta(minutes=1))

    assert LessonStanding(parts=(earlier, later)).stopped == later
    assert LessonStanding(parts=(earlier, replace(later, done_at=NOON))).stopped is None
    assert LessonStanding(parts=(standing(3),)).stopped is None


def test_everything_that_is_missing_is_named_at_once() -> None:
    lesson = LessonStanding(
        parts=(standing(1), standing(2, opened_at=NOON, has_question=True), standing(3, opened_at=NOON)),
        best_points=1,
        best_max=2,
    )

    lacks = lesson.lacks(80, has_quiz=True)

    assert lacks == Lacks(unopened=1, unanswered=(PartId(2),), pass_percent=80, best_percent=50)
    assert not lacks.is_nothing


@pytest.mark.parametrize(("correct", "total", "is_passed"), [(4, 5, True), (159, 200, True), (158, 200, False)])
def test_a_result_passes_when_the_percent_that_is_shown_does(correct: int, total: int, is_passed: bool) -> None:
    """159 of 200 is shown as 80%."""
    lesson = LessonStanding(parts=(), best_points=correct, best_max=total)

    assert lesson.lacks(80, has_quiz=True).is_nothing is is_passed


def test_a_short_lesson_is_sent_as_a_whole_every_time() -> None:
    for opened in range(STEP + 1):
        assert ids(next_step(parts(STEP), stands(STEP, opened))) == list(range(1, STEP + 1))


def test_a_long_lesson_comes_in_steps_and_goes_on_where_one_stopped() -> None:
    lesson = parts(12)

    assert ids(next_step(lesson, stands(12, 0))) == [1, 2, 3, 4, 5]
    assert ids(next_step(lesson, stands(12, 5))) == [6, 7, 8, 9, 10]
    assert ids(next_step(lesson, stands(12, 5), PartId(5))) == [6, 7, 8, 9, 10]
    assert ids(next_step(lesson, stands(12, 10), PartId(10))) == [11, 12]
    assert ids(next_step(lesson, stands(12, 12), PartId(12))) == []
    assert ids(next_step(lesson, stands(12, 12))) == [1, 2, 3, 4, 5], "all done: from the beginning"


def test_a_part_that_was_put_in_front_later_is_not_forgotten() -> None:
    lesson = LessonStanding(parts=(standing(1), standing(2, opened_at=NOON)))

    assert ids(next_step(parts(2), lesson, PartId(2))) == [1, 2]


def test_somebody_who_stopped_in_a_video_gets_it_first() -> None:
    lesson = LessonStanding(
        parts=(
            *(standing(n, opened_at=NOON) for n in (1, 2)),
            video(3, opened_at=NOON, position_seconds=70, stopped_at=NOON),
            *(standing(n, opened_at=NOON) for n in (4, 5)),
            *(standing(n) for n in (6, 7)),
        )
    )

    assert ids(next_step(parts(7), lesson)) == [3, 4, 5, 6, 7]


@given(st.integers(0, 40))
def test_walking_through_a_lesson_shows_every_part_once(count: int) -> None:
    lesson, seen, after = parts(count), list[int](), None
    while len(seen) < count:
        step = next_step(lesson, stands(count, len(seen)), after)
        assert 0 < len(step) <= STEP
        seen += ids(step)
        after = step[-1].id

    assert seen == list(range(1, count + 1))
