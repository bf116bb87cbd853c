"""What a line of the table is, and the rules in it: written from the promises, not from the code that keeps them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from domain.certificates.office import CertificateOffice
from domain.certificates.service import CertificateService
from domain.courses.categories import CategoryService
from domain.courses.coteaching import CoTeaching, digest
from domain.courses.exchange.ports import Arrival
from domain.courses.exchange.service import CourseExchange
from domain.courses.lesson_rules import LessonRules
from domain.courses.model import CategoryId, CourseId, LessonId, PartId
from domain.courses.parts import PartEditing
from domain.courses.publishing import PublicationSchedule
from domain.courses.resources import ResourceService
from domain.courses.service import AuthoringService
from domain.courses.settings import CourseSettings
from domain.courses.structure import StructureService
from domain.courses.translations import TranslationService
from domain.errors import DomainError
from domain.learning.bookmarks import BookmarkService
from domain.learning.catalogue_service import CatalogueService
from domain.learning.files import LessonFiles
from domain.learning.ratings import RatingService
from domain.learning.service import LearningService
from domain.learning.shelf import ShelfService
from domain.learning.study import StudyService
from domain.learning.teacher_profiles import OpenProfiles
from domain.learning.teachers import TeacherService
from domain.notes.service import NoteService
from domain.quizzes.authoring import QuestionService
from domain.quizzes.banks import BankService
from domain.quizzes.cards import QuizSettingsService
from domain.quizzes.copying import QuestionCopyService
from domain.quizzes.exams.desk import ExamDesk
from domain.quizzes.exams.room import ExamRooms
from domain.quizzes.exams.roster import ExamRoster
from domain.quizzes.exchange import QUIZ_RULES
from domain.quizzes.exporting.service import QuestionExportService
from domain.quizzes.generation import GenerationService
from domain.quizzes.importing.import_service import QuestionImportService
from domain.quizzes.importing.reading import read_test
from domain.quizzes.marks import MarkingService
from domain.quizzes.practice import PracticeService
from domain.quizzes.statistics import QuizStatisticsService
from domain.review.home import HomeService
from domain.review.pins import PinService
from domain.review.plans import ReviewPlans
from domain.review.service import ReviewService
from domain.search.service import SearchService
from domain.tutor.modes import TutorModeService
from domain.tutor.teacher_help import TeacherHelp
from domain.unit_of_work import Begin
from domain.users.model import UserId
from domain.users.profile_service import ProfileService
from tests.db.authorisation_world import GRADUATES, MISSING, NOON, PEOPLE, Belongings, Kit


def _noon() -> datetime:
    return NOON


class Desk:
    """The services of issue 4 under the names that they have in `Services`."""

    digest = staticmethod(digest)
    arrival = Arrival(message_id=1, name="kurs.zip", size=1, telegram_file_id="F")

    def __init__(self, begin: Begin, read: Begin, kits: Mapping[str, Kit]) -> None:
        self.public_course: CourseId = kits["other's"].course_id
        self.category: CategoryId = kits["free"].category
        self.authoring = AuthoringService(begin=begin, read=read, now=_noon)
        self.structure = StructureService(begin=begin, read=read, now=_noon)
        self.part_editing = PartEditing(begin=begin, read=read, now=_noon)
        self.lesson_rules = LessonRules(begin=begin, read=read, now=_noon, timezone="Asia/Tashkent")
        self.resources = ResourceService(begin=begin, read=read, now=_noon)
        self.lesson_files = LessonFiles(read=read, now=_noon)
        self.categories = CategoryService(begin=begin, read=read, now=_noon)
        self.course_settings = CourseSettings(begin=begin, read=read, now=_noon)
        self.co_teaching = CoTeaching(begin=begin, read=read, now=_noon)
        self.translations = TranslationService(begin=begin, read=read, now=_noon)
        self.publication = PublicationSchedule(begin=begin, read=read, now=_noon)
        self.exchange = CourseExchange(begin=begin, read=read, now=_noon, rules=QUIZ_RULES)
        self.learning = LearningService(begin=begin, read=read, now=_noon)
        self.catalogue = CatalogueService(read=read, now=_noon)
        self.search = SearchService(read=read, now=_noon)
        self.study = StudyService(begin=begin, read=read, now=_noon)
        self.shelf = ShelfService(read=read, now=_noon)
        self.bookmarks = BookmarkService(begin=begin, read=read, now=_noon)
        self.notes = NoteService(begin=begin, read=read, now=_noon, reading=self.learning)
        self.profiles = ProfileService(begin=begin, read=read)
        self.certificates = CertificateService(begin=begin, read=read, now=_noon)
        self.certificate_office = CertificateOffice(begin=begin, read=read, now=_noon)
        self.ratings = RatingService(begin=begin, read=read, now=_noon)
        self.teachers = TeacherService(read=read, profiles=OpenProfiles(read=read))
        self.review = ReviewService(begin=begin, read=read, now=_noon)
        self.review_plans = ReviewPlans(begin=begin, read=read, now=_noon)
        self.home = HomeService(read=read, now=_noon)
        self.pins = PinService(begin=begin, now=_noon)
        self.questions = QuestionService(begin=begin, read=read, now=_noon)
        self.question_imports = QuestionImportService(
            begin=begin, read=read, now=_noon, read_text=read_test, reads_photos=False
        )
        self.question_exports = QuestionExportService(begin=begin, read=read)
        self.question_copies = QuestionCopyService(begin=begin, now=_noon)
        self.exam_rooms = ExamRooms(begin=begin, read=read, now=_noon)
        self.exam_roster = ExamRoster(read=read, now=_noon)
        self.exam_desk = ExamDesk(begin=begin, read=read, now=_noon)
        self.generations = GenerationService(begin=begin, read=read, now=_noon, is_connected=True)
        self.practice = PracticeService(begin=begin, read=read, now=_noon, is_connected=True, sets_a_day=3)
        self.quiz_statistics = QuizStatisticsService(begin=begin, read=read, now=_noon)
        self.banks = BankService(begin=begin, read=read, now=_noon)
        self.quiz_settings = QuizSettingsService(begin=begin, read=read, now=_noon, timezone="Asia/Tashkent")
        self.marking = MarkingService(begin=begin, read=read, now=_noon)
        self.tutor_modes = TutorModeService(begin=begin, read=read)
        self.teacher_help = TeacherHelp(begin=begin, read=read, now=_noon)


class Outcome(Enum):
    DONE = "done"
    GONE = "refused, as if it were not there"
    CLOSED = "refused; that it is there they may know"
    SILENT = "nothing happens"


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a call is about."""

    kit: Kit
    lesson: str = "first"
    own: Belongings = field(default_factory=lambda: Belongings(owner=""))

    @property
    def course_id(self) -> CourseId:
        return self.kit.course_id

    @property
    def lesson_id(self) -> LessonId:
        return self.kit.lessons[self.lesson]

    @property
    def video(self) -> PartId:
        return self.kit.videos[self.lesson]


BEHIND_A_GATE = ("behind the gate", "put away")
"""Lessons that a gate closes to whoever has not passed it; graduates have."""
Call = Callable[[Desk, UserId, Target], Awaitable[object]]
Rule = Callable[[str, Target], Outcome]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One use case: how it is called, and what comes of it for whom."""

    name: str
    """`service.method`, and behind a space what distinguishes two calls of one method."""
    call: Call
    rule: Rule
    courses: tuple[str, ...] = ("draft", "free", "archived", "other's", "orphan", MISSING)
    lessons: tuple[str, ...] = ("first",)
    people: tuple[str, ...] = ()
    """Whose belongings it is about; then it is about no course."""
    meets: tuple[type[DomainError], ...] = ()
    """What also those who may are told, of some objects."""
    shows_title: bool = False
    """The call proves by a secret, such as an invitation, that its caller may see the course's name."""

    @property
    def method(self) -> str:
        return self.name.split(" ")[0]


def case(name: str, rule: Rule, call: Call, **more: Any) -> Case:
    """One line of the table."""
    return Case(name=name, rule=rule, call=call, **more)


ONE = ("free", MISSING)
"""Courses, where it makes no difference which one it is."""


# Who may.


def is_teacher(person: str) -> bool:
    return PEOPLE[person] in ("teacher", "admin")


def teaches_it(person: str, kit: Kit) -> bool:
    if not kit.exists or not is_teacher(person):
        return False
    return person in ("admin", kit.owner) or (person == "co-teacher" and kit.owner == "owner")


def has_bought(person: str, kit: Kit) -> bool:
    return kit.sale == "course" and person in ("buyer", *GRADUATES)


def is_member(person: str, kit: Kit) -> bool:
    if kit.status == "draft" or not kit.exists:
        return False
    return person in ("buyer", "refunded", *GRADUATES) or (person == "enrolled" and kit.sale == "free")


def everybody(_person: str, _target: Target) -> Outcome:
    return Outcome.DONE


def teachers(person: str, _target: Target) -> Outcome:
    return Outcome.DONE if is_teacher(person) else Outcome.GONE


def teachers_with_something(person: str, target: Target) -> Outcome:
    return Outcome.DONE if is_teacher(person) and target.kit.exists else Outcome.GONE


def admins(person: str, target: Target) -> Outcome:
    return Outcome.DONE if person == "admin" and target.kit.exists else Outcome.GONE


def staff(person: str, target: Target) -> Outcome:
    """The owner, co-teachers, admins; for everybody else it does not exist."""
    return Outcome.DONE if teaches_it(person, target.kit) else Outcome.GONE


def commanders(person: str, target: Target) -> Outcome:
    """The owner and admins; co-teachers see the course, and may not."""
    if not teaches_it(person, target.kit):
        return Outcome.GONE
    return Outcome.CLOSED if person == "co-teacher" else Outcome.DONE


def co_teachers(person: str, target: Target) -> Outcome:
    if not teaches_it(person, target.kit):
        return Outcome.GONE
    return Outcome.DONE if person == "co-teacher" else Outcome.CLOSED


def senders(person: str, target: Target) -> Outcome:
    """An import is its sender's alone, not even an admin's."""
    return Outcome.DONE if target.kit.exists and person == target.kit.owner and is_teacher(person) else Outcome.GONE


def readers(person: str, target: Target) -> Outcome:
    """The course's page: what is published, what one teaches, what one takes or has bought."""
    kit = target.kit
    if not kit.exists:
        return Outcome.GONE
    if kit.status == "published" or teaches_it(person, kit) or is_member(person, kit):
        return Outcome.DONE
    return Outcome.GONE


def openers(person: str, target: Target) -> Outcome:
    """The inside of a lesson."""
    kit, lesson = target.kit, target.lesson
    if not kit.exists:
        return Outcome.GONE
    if teaches_it(person, kit):
        return Outcome.DONE
    if lesson == "hidden" or kit.status == "draft":
        return Outcome.GONE
    if (lesson == "put away" or kit.status == "archived") and not has_bought(person, kit):
        return Outcome.GONE
    if lesson == "preview" or person in GRADUATES:
        return Outcome.DONE
    if (kit.sale == "course" and not has_bought(person, kit)) or lesson in ("dated", *BEHIND_A_GATE):
        return Outcome.CLOSED
    return Outcome.DONE


def owners(person: str, target: Target) -> Outcome:
    """One's own notes, bookmarks and skills: nobody else's, whatever the role."""
    return Outcome.DONE if person == target.own.owner else Outcome.GONE


def sees_title(person: str, kit: Kit) -> bool:
    return readers(person, Target(kit=kit)) is Outcome.DONE


def sees_inside(person: str, kit: Kit, lesson: str) -> bool:
    return openers(person, Target(kit=kit, lesson=lesson)) is Outcome.DONE


def knows_of(person: str, kit: Kit, lesson: str) -> bool:
    """They see its title, even where it is closed to them."""
    return openers(person, Target(kit=kit, lesson=lesson)) is not Outcome.GONE
