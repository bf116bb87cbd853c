"""What closes a lesson, in which order, and what the student is told about it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.courses.model import (
    Course,
    Entitlement,
    Lesson,
    LockReason,
    Named,
    Sale,
    barrier_of,
    is_visible,
    lock_of,
)
from domain.language import Language, Text
from tests.domain.learning.test_service import FREE, LESSON, PAID_LESSON, PIECEWISE, WHOLE

NOON = datetime(2026, 12, 1, 7, tzinfo=UTC)
DAY = timedelta(days=1)
GATE = Named(id=8, title=Text({Language.UZ: "Birinchi"}))
COURSE = Named(id=3, title=Text({Language.UZ: "Sonlar"}))
DATED = replace(LESSON, opens_at=NOON + DAY)
LATER = replace(LESSON, opens_after_days=7)
ALL_CLOSED = replace(PAID_LESSON, opens_at=NOON + DAY)


@pytest.mark.parametrize(
    ("course", "lesson", "entitlement", "lock"),
    [
        (FREE, DATED, Entitlement(), LockReason.NOT_YET),
        (FREE, replace(DATED, opens_at=NOON), Entitlement(), None),
        (FREE, LATER, Entitlement(), LockReason.NOT_YET),
        (FREE, LATER, Entitlement(enrolled_at=NOON - 7 * DAY + timedelta(seconds=1)), LockReason.NOT_YET),
        (FREE, LATER, Entitlement(enrolled_at=NOON - 7 * DAY), None),
        (FREE, LESSON, Entitlement(gate=GATE), LockReason.GATE),
        (FREE, LESSON, Entitlement(missing=(COURSE,)), LockReason.PREREQUISITE),
        # Who has paid waits as all others do.
        (WHOLE, DATED, Entitlement(owns_course=True), LockReason.NOT_YET),
        (WHOLE, LESSON, Entitlement(owns_course=True, gate=GATE), LockReason.GATE),
        # Money is told first, then courses, dates and gates.
        (PIECEWISE, ALL_CLOSED, Entitlement(gate=GATE, missing=(COURSE,)), LockReason.LESSON_UNPAID),
        (PIECEWISE, ALL_CLOSED, Entitlement(owns_lesson=True, gate=GATE, missing=(COURSE,)), LockReason.PREREQUISITE),
        (PIECEWISE, ALL_CLOSED, Entitlement(owns_lesson=True, gate=GATE), LockReason.NOT_YET),
        # What was open once stays so, unless its payment was taken back.
        (FREE, DATED, Entitlement(has_begun=True, gate=GATE, missing=(COURSE,)), None),
        (WHOLE, LESSON, Entitlement(has_begun=True), LockReason.COURSE_UNPAID),
        # Previews and staff know no rules.
        (WHOLE, replace(DATED, is_preview=True), Entitlement(gate=GATE, missing=(COURSE,)), None),
        (WHOLE, DATED, Entitlement(is_staff=True, gate=GATE, missing=(COURSE,)), None),
    ],
)
def test_what_closes_a_lesson(
    course: Course, lesson: Lesson, entitlement: Entitlement, lock: LockReason | None
) -> None:
    assert lock_of(course, lesson, entitlement, NOON) is lock


def test_a_barrier_says_all_that_the_student_has_to_hear() -> None:
    dated = barrier_of(FREE, DATED, Entitlement(), NOON)
    joined = barrier_of(FREE, LATER, Entitlement(enrolled_at=NOON), NOON)
    stranger = barrier_of(FREE, LATER, Entitlement(), NOON)
    gated = barrier_of(FREE, LESSON, Entitlement(gate=GATE), NOON)
    required = barrier_of(FREE, LESSON, Entitlement(missing=(COURSE,)), NOON)
    unpaid = barrier_of(WHOLE, DATED, Entitlement(), NOON)

    assert dated is not None
    assert dated.opens_at == NOON + DAY
    assert joined is not None
    assert joined.opens_at == NOON + 7 * DAY
    assert stranger is not None
    assert (stranger.opens_at, stranger.opens_after_days) == (None, 7)
    assert gated is not None
    assert gated.gate == GATE
    assert required is not None
    assert required.courses == (COURSE,)
    assert unpaid is not None
    assert (unpaid.reason, unpaid.opens_at) == (LockReason.COURSE_UNPAID, NOON + DAY)


@pytest.mark.parametrize("sale", Sale)
@pytest.mark.parametrize(
    ("entitlement", "seen"),
    [
        (Entitlement(), False),
        (Entitlement(owns_course=True), False),
        (Entitlement(has_begun=True), False),
        (Entitlement(keeps_lesson=True), True),
        (Entitlement(is_staff=True), True),
    ],
)
def test_an_archived_lesson_is_seen_by_who_ordered_it_before(sale: Sale, entitlement: Entitlement, seen: bool) -> None:
    course = replace(FREE, sale=sale)
    archived = replace(LESSON, is_published=False, archived_at=NOON)

    assert is_visible(course, archived, entitlement) is seen
