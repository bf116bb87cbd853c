"""The screens of a learner and of a teacher, as the services see them: what is opened, and by whom."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from domain.certificates.office import CertificateOffice
from domain.certificates.service import CertificateService
from domain.clock import utc_now
from domain.courses.categories import CategoryService
from domain.courses.model import CategoryId, CourseId, LessonId, Level
from domain.courses.own_courses import OwnKey, Shelving
from domain.courses.service import AuthoringService
from domain.courses.structure import StructureService
from domain.learning.browsing import CourseFilter, Key, Order, OutlineKey, OutlineTurn, Price, Turn
from domain.learning.catalogue_service import CatalogueService
from domain.learning.model import EnrolmentStatus
from domain.learning.service import LearningService
from domain.learning.shelf import ShelfService
from domain.review.home import HomeService
from domain.search.model import Shelf
from domain.search.service import SearchService
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.bench.catalogue_world import ADMIN, TEACHER, Size, word


@dataclass(frozen=True)
class Services:
    learning: LearningService
    catalogue: CatalogueService
    search: SearchService
    shelf: ShelfService
    certificates: CertificateService
    office: CertificateOffice
    authoring: AuthoringService
    structure: StructureService
    categories: CategoryService
    home: HomeService

    @classmethod
    def on(cls, read: Begin) -> "Services":
        return cls(
            LearningService(begin=read, read=read, now=utc_now),
            CatalogueService(read=read, now=utc_now),
            SearchService(read=read, now=utc_now),
            ShelfService(read=read, now=utc_now),
            CertificateService(begin=read, read=read, now=utc_now),
            CertificateOffice(begin=read, read=read, now=utc_now),
            AuthoringService(begin=read, read=read, now=utc_now),
            StructureService(begin=read, read=read, now=utc_now),
            CategoryService(begin=read, read=read, now=utc_now),
            HomeService(read=read, now=utc_now),
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


def _certified(visit: Visit) -> CourseId:
    """Every other course gives a certificate; the popular ones have given many."""
    return CourseId(2 * (visit.number % max(min(visit.size.courses, 100) // 2, 1)) + 2)


_TYPED = ("algebra", "алгебра", "tarixdan", "химии", "chess", "grammatika testlari", "физика упражнения", "dizayn")
_MISTYPED = ("algbera", "химея", "shaxmta", "grammatka testlri", "програмирование", "geometry exercies")
_OF_ALL = UserId(ADMIN)
_OF_MANY = UserId(TEACHER)
"""Whose are all the courses."""
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
    "my progress": lambda s, v: s.shelf.progress(v.user),
    "my certificates": lambda s, v: s.certificates.mine(v.user),
    "menu": lambda s, v: s.home.home(v.user),
    "first lesson": lambda s, v: s.learning.first_lesson(v.user),
    "search": lambda s, v: s.search.search(v.user, _TYPED[v.number % len(_TYPED)]),
    "search, a rare word": lambda s, v: s.search.search(v.user, word(v.lesson)),
    "search, misspelt": lambda s, v: s.search.search(v.user, _MISTYPED[v.number % len(_MISTYPED)]),
    "more of a search": lambda s, v: s.search.shelf(v.user, _TYPED[v.number % len(_TYPED)], Shelf.LESSONS, None),
    "inline, nothing typed": lambda s, v: s.catalogue.popular(None, 20),
    "inline": lambda s, v: s.search.public(_TYPED[v.number % len(_TYPED)], None, 20),
    "own courses": lambda s, v: s.authoring.my_courses(_OF_MANY),
    "own courses, far behind": lambda s, v: s.authoring.my_courses(
        _OF_MANY, OwnKey(shelving=Shelving.OWN, course_id=v.course)
    ),
    "own courses of an admin": lambda s, v: s.authoring.my_courses(_OF_ALL),
    "an admin's, far behind": lambda s, v: s.authoring.my_courses(
        _OF_ALL, OwnKey(shelving=Shelving.OTHERS, course_id=v.course)
    ),
    "own courses, a word": lambda s, v: s.authoring.my_courses(_OF_ALL, typed=_TYPED[v.number % len(_TYPED)]),
    "own courses, a rare word": lambda s, v: s.authoring.my_courses(_OF_ALL, typed=word(v.course)),
    "course of 300 lessons": lambda s, v: s.authoring.outline(_OF_MANY, CourseId(1)),
    "archive of a course": lambda s, v: s.structure.archived_lessons(_OF_MANY, CourseId(1)),
    "categories": lambda s, v: s.categories.page(_OF_ALL, _subject(v)),
    "categories, top": lambda s, v: s.categories.page(_OF_ALL),
    "certificates of a course": lambda s, v: s.office.of_course(_OF_MANY, _certified(v)),
    "certificates, a name": lambda s, v: s.office.of_course(_OF_MANY, _certified(v), "ali kar"),
}
