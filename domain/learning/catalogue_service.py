"""Looking through the catalogue: each screen is two statements, however long its lists are."""

from domain.clock import Clock
from domain.courses.model import CategoryId, CourseEntry, CourseId
from domain.learning.browsing import (
    BRANCHES,
    COURSES,
    FIRST,
    LESSONS,
    Branch,
    BranchScreen,
    CardScreen,
    CourseFilter,
    CourseScreen,
    Key,
    Order,
    OutlineTurn,
    Page,
    Turn,
    outline_of,
    page_of,
)
from domain.learning.errors import CourseGone
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

_ROOT = Branch()


class CatalogueService:
    """Every method checks what the reader may see: ids come from buttons and links, and prove nothing."""

    def __init__(self, *, read: Begin, now: Clock) -> None:
        self._read = read
        self._now = now

    async def branch(self, category_id: CategoryId | None, turn: Turn = FIRST) -> BranchScreen:
        """The branches below; None is the root. Raises CourseGone when there is no such branch."""
        async with self._read() as uow:
            branch = await _branch(uow, category_id)
            found = await uow.shelves.below(category_id, turn, BRANCHES + 1)
        return BranchScreen(branch=branch, below=page_of(found, turn, BRANCHES))

    async def courses(
        self, user_id: UserId, category_id: CategoryId | None, wanted: CourseFilter, turn: Turn = FIRST
    ) -> CourseScreen:
        """The courses of a whole branch, or of the whole catalogue."""
        async with self._read() as uow:
            branch = await _branch(uow, category_id)
            found = await uow.shelves.courses(branch, user_id, wanted, turn, COURSES + 1)
        return CourseScreen(branch=branch, courses=page_of(found, turn, COURSES))

    async def popular(self, after: Key | None, size: int) -> Page[CourseEntry]:
        """What everybody sees: the most popular courses."""
        turn = Turn(after=after)
        async with self._read() as uow:
            found = await uow.shelves.courses(_ROOT, UserId(0), CourseFilter(order=Order.POPULAR), turn, size + 1)
        return page_of(found, turn, size)

    async def card(self, user_id: UserId, course_id: CourseId, turn: OutlineTurn | None = None) -> CardScreen:
        """The course and one page of its lessons. Drafts are for their authors; who has it keeps an archived one."""
        turn = turn or OutlineTurn()
        async with self._read() as uow:
            card = await uow.shelves.card(course_id, user_id)
            if card is None:
                raise CourseGone(course_id)
            owned = card.entitlement
            if not (card.course.is_published or owned.is_staff or owned.owns_course or card.is_enrolled):
                raise CourseGone(course_id)
            found = await uow.shelves.outline(card.course, owned, user_id, turn, LESSONS + 1, self._now())
        return CardScreen(card=card, outline=outline_of(found, turn))


async def _branch(uow: UnitOfWork, category_id: CategoryId | None) -> Branch:
    if category_id is None:
        return _ROOT
    branch = await uow.shelves.branch(category_id)
    if branch is None:
        raise CourseGone(f"category {category_id}")
    return branch
