"""The rule of certificates and their numbers, on their own."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.certificates.issuing import new_code
from domain.certificates.model import (
    ALPHABET,
    CertificateCode,
    LessonStanding,
    Score,
    Shortfall,
    Standing,
    grouped,
    parse_code,
)
from domain.certificates.office import clean_reason
from domain.courses.model import CategoryId, Course, CourseId, CourseStatus, Sale
from domain.errors import InvalidInput
from domain.identity import UserId
from domain.language import Language, Text
from domain.learning.ratings import short_name

ALI, TEACHER = UserId(1), UserId(2)
COURSE = Course(
    id=CourseId(1),
    code="C",
    category_id=CategoryId(1),
    owner_id=TEACHER,
    language=Language.UZ,
    title=Text({Language.UZ: "Kurs"}),
    description=None,
    level=None,
    sale=Sale.FREE,
    price=None,
    status=CourseStatus.PUBLISHED,
    has_certificate=True,
)
DONE = LessonStanding(is_paid=True, is_finished=True, has_quiz=False, best=None)

codes = st.text(ALPHABET, min_size=16, max_size=16).map(CertificateCode)
scores = st.integers(1, 30).flatmap(lambda total: st.builds(Score, st.integers(0, total), st.just(total)))
lessons = st.builds(
    LessonStanding, is_paid=st.booleans(), is_finished=st.booleans(), has_quiz=st.booleans(), best=st.none() | scores
)


def standing(*found: LessonStanding, course: Course = COURSE) -> Standing:
    return Standing(course=course, teacher_name="T", lessons=found)


@given(codes)
def test_a_number_is_read_back_however_it_is_written(code: CertificateCode) -> None:
    assert parse_code(code) == code
    assert parse_code(grouped(code)) == code
    assert parse_code(f"  {grouped(code).lower().replace('-', ' ')}\n") == code
    assert parse_code(code.replace("0", "O").replace("1", "l")) == code


@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_number_or_none(text: str) -> None:
    code = parse_code(text)

    assert code is None or (len(code) == 16 and set(code) <= set(ALPHABET))


def test_new_numbers_do_not_repeat_and_fit_a_link() -> None:
    made = {new_code() for _ in range(2000)}

    assert len(made) == 2000
    assert all(parse_code(code) == code and len(f"v_{code}") <= 64 for code in made)


@given(st.lists(lessons, min_size=1, max_size=8), st.none() | st.integers(1, 100))
def test_a_certificate_is_earned_exactly_when_nothing_is_missing(
    found: list[LessonStanding], needed: int | None
) -> None:
    shortfalls = standing(*found, course=replace(COURSE, certificate_percent=needed)).shortfalls(ALI)

    quizzes = [lesson for lesson in found if lesson.has_quiz]
    reached = sum((lesson.best.share if lesson.best else Fraction(0) for lesson in quizzes), Fraction(0))
    assert (Shortfall.LESSONS in shortfalls) is any(not lesson.is_finished for lesson in found)
    assert (Shortfall.UNPAID in shortfalls) is any(not lesson.is_paid for lesson in found)
    enough = needed is None or not quizzes or reached * 100 >= needed * len(quizzes)
    assert (Shortfall.SCORE in shortfalls) is not enough


@given(st.lists(lessons, min_size=1, max_size=8))
def test_the_shown_percent_never_claims_what_was_not_reached(found: list[LessonStanding]) -> None:
    there = standing(*found)

    if there.average is None:
        assert there.percent is None
    else:
        assert there.percent is not None
        assert there.percent <= there.average * 100 < there.percent + 1


@pytest.mark.parametrize(
    "course",
    [
        replace(COURSE, has_certificate=False),
        replace(COURSE, status=CourseStatus.DRAFT),
    ],
)
def test_a_course_that_gives_none_gives_none(course: Course) -> None:
    assert standing(DONE, course=course).shortfalls(ALI) == (Shortfall.NOT_OFFERED,)


def test_an_empty_course_certifies_nobody() -> None:
    assert standing().shortfalls(ALI) == (Shortfall.NOT_OFFERED,)


def test_a_demand_for_scores_asks_nothing_where_there_is_no_quiz() -> None:
    assert standing(DONE, course=replace(COURSE, certificate_percent=100)).shortfalls(ALI) == ()


def test_neither_owner_nor_co_teacher_is_certified() -> None:
    course = replace(COURSE, teacher_ids=frozenset({ALI}))

    assert standing(DONE, course=course).shortfalls(ALI) == (Shortfall.TEACHES,)
    assert standing(DONE, course=course).shortfalls(TEACHER) == (Shortfall.TEACHES,)


@pytest.mark.parametrize(("reason", "problem"), [("", "too_short"), ("a\u200b ", "too_short"), ("x" * 201, "too_long")])
def test_a_reason_says_something(reason: str, problem: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        clean_reason(reason)

    assert refusal.value.reason == problem


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Ali Karimov", "Ali K."),
        ("Ali", "Ali"),
        ("Ўткир ғаниев Олимович", "Ўткир Ғ."),
        ("A" * 99, "A" * 23 + "…"),
        ("<b> x", "<b> X."),
    ],
)
def test_a_reviewer_is_a_first_name_and_an_initial(name: str, short: str) -> None:
    assert short_name(name) == short
