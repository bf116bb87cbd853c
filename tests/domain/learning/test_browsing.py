"""Pages of lists that are read by keys, and who sees a course's card."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.courses.model import (
    Category,
    CategoryId,
    Course,
    CourseId,
    CourseStatus,
    Entitlement,
    Lesson,
    LessonEntry,
    LessonId,
    Sale,
    Section,
    SectionId,
)
from domain.language import Language, Text
from domain.learning.browsing import (
    CourseCard,
    CourseFilter,
    Key,
    OutlineTurn,
    Turn,
    outline_of,
    page_of,
)
from domain.learning.catalogue_service import CatalogueService
from domain.learning.errors import CourseGone
from domain.unit_of_work import UnitOfWork
from domain.users.model import UserId
from tests.domain.learning.test_service import NOON

ALI = UserId(7)
TITLE = Text({Language.UZ: "Foizlar"})


def lines_around(count: int, turn: Turn, size: int) -> list[tuple[Key, int]]:
    """What a repository answers from a list of `count` numbers: up to one more than fits, in reading order."""
    keys = [Key(number, number) for number in range(count)]
    if turn.before:
        found = [key for key in keys if key.value < turn.before.value][-(size + 1) :]
    else:
        found = [key for key in keys if turn.after is None or key.value > turn.after.value][: size + 1]
    return [(key, key.value) for key in found]


@given(count=st.integers(0, 60), size=st.integers(1, 9))
def test_leafing_to_the_end_and_back_shows_every_line_once_each_way(count: int, size: int) -> None:
    turn, pages = Turn(), []
    while True:
        page = page_of(lines_around(count, turn, size), turn, size)
        pages.append(list(page.lines))
        if not page.has_next:
            break
        turn = Turn(after=page.last)
    assert [line for lines in pages for line in lines] == list(range(count))

    back = [pages[-1]]
    while page.has_previous and page.first is not None:
        turn = Turn(before=page.first)
        page = page_of(lines_around(count, turn, size), turn, size)
        back.append(list(page.lines))
    assert back == pages[::-1]
    assert not page.has_previous


@given(count=st.integers(1, 60), size=st.integers(1, 9))
def test_lessons_keep_their_numbers_whichever_way_one_leafs(count: int, size: int) -> None:
    turn = OutlineTurn()
    outline = outline_of(_lessons(count, turn, size), turn, size)
    while outline.has_next:
        turn = OutlineTurn(after=outline.last)
        outline = outline_of(_lessons(count, turn, size), turn, size)
    assert outline.lines[-1].number == count

    while outline.has_previous:
        turn = OutlineTurn(before=outline.first)
        outline = outline_of(_lessons(count, turn, size), turn, size)
    assert outline.lines[0].number == 1
    assert [line.number for line in outline.lines] == [line.entry.lesson.id for line in outline.lines]


def _lessons(count: int, turn: OutlineTurn, size: int) -> list[tuple[tuple[int, int], Section, LessonEntry]]:
    """Lesson `n` has the id `n` and lies in the section `n // 4`."""
    places = [(number // 4, number) for number in range(1, count + 1)]
    if turn.before:
        edge = (turn.before.section, turn.before.lesson)
        found = [place for place in places if place < edge][-(size + 1) :]
    else:
        edge = (turn.after.section, turn.after.lesson) if turn.after else (-1, -1)
        found = [place for place in places if place > edge][: size + 1]
    return [(place, _section(place[0]), _entry(place[1])) for place in found]


def _section(number: int) -> Section:
    return Section(id=SectionId(number), course_id=CourseId(1), position=number, title=TITLE)


def _entry(number: int) -> LessonEntry:
    lesson = Lesson(
        id=LessonId(number), course_id=CourseId(1), section_id=SectionId(1), position=number, title=TITLE,
        is_preview=False, price=None, is_published=True,
    )  # fmt: skip
    return LessonEntry(lesson=lesson, lock=None, is_done=False)


@dataclass
class FakeShelves:
    shown: CourseCard | None = None

    async def card(self, course_id: CourseId, user_id: UserId) -> CourseCard | None:
        return self.shown

    async def outline(self, *_anything: Any) -> list[Any]:
        return []

    async def branch(self, category_id: CategoryId) -> None:
        return None


@dataclass
class FakeUnitOfWork:
    shelves: FakeShelves


def catalogue(card: CourseCard | None = None) -> CatalogueService:
    @asynccontextmanager
    async def read() -> AsyncGenerator[UnitOfWork, None]:
        yield cast("UnitOfWork", FakeUnitOfWork(FakeShelves(card)))

    return CatalogueService(read=read, now=lambda: NOON)


def card(status: CourseStatus, *, is_enrolled: bool = False, **entitlement: bool) -> CourseCard:
    course = Course(
        id=CourseId(1), code="C", category_id=CategoryId(1), owner_id=1, language=Language.UZ, title=TITLE,
        description=None, level=None, sale=Sale.FREE, price=None, status=status,
    )  # fmt: skip
    return CourseCard(
        course=course,
        category=Category(id=CategoryId(1), slug="c", emoji="📐", title=TITLE),
        teachers=("Dilnoza",),
        required=(),
        previews=(),
        cover=None,
        entitlement=Entitlement(
            is_staff=entitlement.get("is_staff", False), owns_course=entitlement.get("owns_course", False)
        ),
        is_enrolled=is_enrolled,
        done_count=0,
    )


@pytest.mark.parametrize(
    ("shown", "is_seen"),
    [
        (None, False),
        (card(CourseStatus.DRAFT), False),
        (card(CourseStatus.ARCHIVED), False),
        (card(CourseStatus.PUBLISHED), True),
        (card(CourseStatus.DRAFT, is_staff=True), True),
        (card(CourseStatus.ARCHIVED, owns_course=True), True),
        (card(CourseStatus.ARCHIVED, is_enrolled=True), True),
    ],
)
async def test_what_is_not_public_has_a_card_for_its_authors_and_owners_only(
    shown: CourseCard | None, is_seen: bool
) -> None:
    service = catalogue(shown)

    if is_seen:
        assert (await service.card(ALI, CourseId(1))).card == shown
    else:
        with pytest.raises(CourseGone):
            await service.card(ALI, CourseId(1))


async def test_a_branch_that_is_not_there_is_reported() -> None:
    with pytest.raises(CourseGone):
        await catalogue().branch(CategoryId(404))
    with pytest.raises(CourseGone):
        await catalogue().courses(ALI, CategoryId(404), CourseFilter())
