"""Prices in Stars and codes of fiscal receipts: how they are typed, and who may set them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.courses.errors import TeachersOnly, WorkGone
from domain.courses.model import CourseId, LessonId
from domain.courses.service import AuthoringService
from domain.courses.tariffs import MAX_STARS, parse_fiscal, parse_stars
from domain.errors import DomainError, InvalidInput, NotAllowed
from domain.fiscal import FiscalCodes
from domain.users.model import UserId
from tests.domain.courses.fakes import ADMIN, ALI, MATHS, NOON, OTHER_TEACHER, TEACHER, FakeDatabase

CODES = FiscalCodes(ikpu="10305008002000000", package_code="1514296", vat_percent=12)


@pytest.fixture
def database() -> FakeDatabase:
    return FakeDatabase()


@pytest.fixture
def authoring(database: FakeDatabase) -> AuthoringService:
    return AuthoringService(begin=database.begin, read=database.read, now=lambda: NOON)


@pytest.fixture
async def course_id(authoring: AuthoringService) -> CourseId:
    return (await authoring.new_course(TEACHER, MATHS, "Foizlar")).id


@pytest.fixture
async def lesson_id(authoring: AuthoringService, course_id: CourseId) -> LessonId:
    return (await authoring.add_lesson(TEACHER, course_id, "Foiz nima?")).id


@pytest.mark.parametrize(
    ("typed", "stars"),
    [("596", 596), (" 1 200 ", 1200), ("1.200", 1200), ("596 ⭐", 596), ("50⭐️", 50), ("1 star", 1), ("5 yulduz", 5)],
)
def test_stars_are_read_as_people_type_them(typed: str, stars: int) -> None:
    assert parse_stars(typed) == stars


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "format"),
        ("free", "format"),
        ("-5", "format"),
        ("1.5", "format"),
        ("12 so'm", "format"),
        ("0", "too_small"),
        ("100001", "too_large"),
        ("9" * 400, "too_large"),
    ],
)
def test_what_is_no_price_in_stars_is_named(typed: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_stars(typed)
    assert (refusal.value.field, refusal.value.reason) == ("stars", reason)


@given(st.integers(1, MAX_STARS))
def test_every_price_in_stars_reads_back(stars: int) -> None:
    assert parse_stars(str(stars)) == parse_stars(f"{stars:,}") == stars


@given(st.text(max_size=40))
def test_nothing_but_a_refusal_comes_of_any_text(text: str) -> None:
    with suppress(InvalidInput):
        assert 1 <= parse_stars(text) <= MAX_STARS
    with suppress(InvalidInput):
        assert 0 <= parse_fiscal(text).vat_percent <= 100


@pytest.mark.parametrize(
    "typed",
    ["10305008002000000 1514296 12%", "10305008002000000, 1514296, 12", " 10305008002000000\n1514296\n12 % "],
)
def test_fiscal_codes_are_read_from_one_line(typed: str) -> None:
    assert parse_fiscal(typed) == CODES


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "format"),
        ("10305008002000000 1514296", "format"),
        ("1030500800200000 1514296 12", "ikpu"),
        ("1030500800200000x 1514296 12", "ikpu"),
        ("10305008002000000 p1 12", "package"),
        ("10305008002000000 1514296 101", "vat"),
        ("10305008002000000 1514296 -1", "vat"),
    ],
)
def test_a_wrong_fiscal_code_is_named(typed: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_fiscal(typed)
    assert (refusal.value.field, refusal.value.reason) == ("fiscal", reason)


async def test_a_teacher_sets_a_price_in_stars_and_takes_it_back(
    authoring: AuthoringService, course_id: CourseId, lesson_id: LessonId
) -> None:
    await authoring.set_course_stars(TEACHER, course_id, 600)
    await authoring.set_lesson_stars(TEACHER, lesson_id, 60)

    work = await authoring.lesson_work(TEACHER, lesson_id)
    assert (work.course.stars, work.line.lesson.stars) == (600, 60)

    await authoring.set_course_stars(TEACHER, course_id, None)
    await authoring.set_lesson_stars(TEACHER, lesson_id, None)

    work = await authoring.lesson_work(TEACHER, lesson_id)
    assert (work.course.stars, work.line.lesson.stars) == (None, None)


@pytest.mark.parametrize("stars", [0, -1, MAX_STARS + 1])
async def test_a_price_in_stars_that_cannot_be_is_not_kept(
    authoring: AuthoringService, course_id: CourseId, lesson_id: LessonId, stars: int
) -> None:
    with pytest.raises(InvalidInput):
        await authoring.set_course_stars(TEACHER, course_id, stars)
    with pytest.raises(InvalidInput):
        await authoring.set_lesson_stars(TEACHER, lesson_id, stars)


@pytest.mark.parametrize(("actor", "refusal"), [(ALI, TeachersOnly), (OTHER_TEACHER, WorkGone)])
async def test_nobody_else_sets_a_price_in_stars(
    authoring: AuthoringService, course_id: CourseId, lesson_id: LessonId, actor: UserId, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        await authoring.set_course_stars(actor, course_id, 1)
    with pytest.raises(refusal):
        await authoring.set_lesson_stars(actor, lesson_id, 1)
    assert (await authoring.outline(TEACHER, course_id)).course.stars is None


async def test_an_admin_sets_the_fiscal_codes_of_any_course(authoring: AuthoringService, course_id: CourseId) -> None:
    assert (await authoring.set_fiscal_codes(ADMIN, course_id, CODES)).fiscal == CODES
    assert (await authoring.outline(TEACHER, course_id)).course.fiscal == CODES
    assert (await authoring.set_fiscal_codes(ADMIN, course_id, None)).fiscal is None


@pytest.mark.parametrize(
    ("actor", "refusal"), [(TEACHER, NotAllowed), (OTHER_TEACHER, NotAllowed), (ALI, TeachersOnly)]
)
async def test_fiscal_codes_are_the_admins_business(
    authoring: AuthoringService, course_id: CourseId, actor: UserId, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        await authoring.set_fiscal_codes(actor, course_id, CODES)
    assert (await authoring.outline(TEACHER, course_id)).course.fiscal is None
