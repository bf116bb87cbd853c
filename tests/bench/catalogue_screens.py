"""The screens of a learner, as the services see them: what is opened, and by whom."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from domain.clock import utc_now
from domain.courses.model import CategoryId, CourseId, LessonId, Level
from domain.learning.browsing import CourseFilter, Key, Order, OutlineKey, OutlineTurn, Price, Turn
from domain.learning.catalogue_service import CatalogueService
from domain.learning.model import EnrolmentStatus
from domain.learning.service import LearningService
from domain.learning.shelf import ShelfService
from domain.search.model import Shelf
from domain.search.service import SearchService
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.bench.catalogue_world import Size, word


@dataclass(frozen=True)
class Services:
    learning: LearningService
    catalogue: CatalogueService
    search: SearchService
    shelf: ShelfService

    @classmethod
    def on(cls, read: Begin) -> "Services":
        return cls(
            LearningService(begin=read, read=read, now=utc_now),
            CatalogueService(read=read, now=utc_now),
            SearchService(read=read, now=utc_now),
            ShelfService(read=read, now=utc_now),
        )


@dataclass(frozen=True)
class Visit:
    """One opening of a screen by somebody, with everything that was chosen by chance."""

    size: Size
    user: UserId
    course: CourseId
    lesson: LessonId
    number: int

    @classmethod
    def by_chance(cls, chance: random.Random, size: Size, user: int) -> "Visit":
        return cls(
            size,
            UserId(user),
            CourseId(chance.randint(1, size.courses)),
            LessonId(chance.randint(1, size.lessons - size.courses)),
            chance.randrange(1_000_000),
        )


Open = Callable[[Services, Visit], Awaitable[object]]


def _subject(visit: Visit) -> CategoryId:
    return CategoryId(visit.number % min(10, visit.size.categories) + 1)


def _leaf(visit: Visit) -> CategoryId:
    return CategoryId(visit.size.categories - visit.number % max(visit.size.categories * 8 // 10, 1))


_TYPED = ("algebra", "алгебра", "tarixdan", "химии", "chess", "grammatika testlari", "физика упражнения", "dizayn")
_MISTYPED = ("algbera", "химея", "shaxmta", "grammatka testlri", "програмирование", "geometry exercies")
_MIDDLE = Turn(after=Key(1_750_000_000_000_000, 0))

SCREENS: dict[str, Open] = {
    "catalogue": lambda s, v: s.catalogue.branch(None),
    "branch": lambda s, v: s.catalogue.branch(_subject(v)),
    "list of a subject": lambda s, v: s.catalogue.courses(v.user, _subject(v), CourseFilter()),
    "all courses, filtered": lambda s, v: s.catalogue.courses(
        v.user, None, CourseFilter(level=Level.ADVANCED, price=Price.PAID, order=Order.NEWEST)
    ),
    "list of a leaf": lambda s, v: s.catalogue.courses(v.user, _leaf(v), CourseFilter(order=Order.NEWEST)),
    "all courses, far behind": lambda s, v: s.catalogue.courses(
        v.user, None, CourseFilter(order=Order.NEWEST), _MIDDLE
    ),
    "card": lambda s, v: s.catalogue.card(v.user, v.course),
    "card, lesson 150 of 300": lambda s, v: s.catalogue.card(
        v.user, CourseId(1), OutlineTurn(after=OutlineKey(2, 50, 150))
    ),
    "lesson": lambda s, v: s.learning.lesson(v.user, v.lesson),
    "lesson 150 of 300": lambda s, v: s.learning.lesson(v.user, LessonId(150)),
    "my courses": lambda s, v: s.shelf.courses(v.user, EnrolmentStatus.ACTIVE),
    "menu": lambda s, v: s.learning.lesson_to_continue(v.user),
    "first lesson": lambda s, v: s.learning.first_lesson(v.user),
    "search": lambda s, v: s.search.search(v.user, _TYPED[v.number % len(_TYPED)]),
    "search, a rare word": lambda s, v: s.search.search(v.user, word(v.lesson)),
    "search, misspelt": lambda s, v: s.search.search(v.user, _MISTYPED[v.number % len(_MISTYPED)]),
    "more of a search": lambda s, v: s.search.shelf(v.user, _TYPED[v.number % len(_TYPED)], Shelf.LESSONS, None),
    "inline, nothing typed": lambda s, v: s.catalogue.popular(None, 20),
    "inline": lambda s, v: s.search.public(_TYPED[v.number % len(_TYPED)], None, 20),
}
