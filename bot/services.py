"""Everything that the screens may call, in one typed object."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from aiogram_dialog import DialogManager

from domain.certificates.office import CertificateOffice
from domain.certificates.service import CertificateService
from domain.courses.categories import CategoryService
from domain.courses.coteaching import CoTeaching
from domain.courses.exchange.service import CourseExchange
from domain.courses.lesson_rules import LessonRules
from domain.courses.parts import PartEditing
from domain.courses.publishing import PublicationSchedule
from domain.courses.resources import ResourceService
from domain.courses.service import AuthoringService
from domain.courses.settings import CourseSettings
from domain.courses.structure import StructureService
from domain.courses.translations import TranslationService
from domain.learning.bookmarks import BookmarkService
from domain.learning.catalogue_service import CatalogueService
from domain.learning.files import LessonFiles
from domain.learning.ratings import RatingService
from domain.learning.service import LearningService
from domain.learning.shelf import ShelfService
from domain.learning.study import StudyService
from domain.learning.teachers import TeacherService
from domain.notes.service import NoteService
from domain.notifications.service import NotificationService
from domain.payments.desk import CashDesk
from domain.payments.proof_service import ProofService
from domain.payments.reconciler import Reconciler
from domain.payments.service import PaymentService
from domain.payments.stars import StarsCashier
from domain.quizzes.authoring import QuestionService
from domain.quizzes.banks import BankService
from domain.quizzes.cards import QuizSettingsService
from domain.quizzes.copying import QuestionCopyService
from domain.quizzes.exams.desk import ExamDesk
from domain.quizzes.exams.keeper import ExamKeeper
from domain.quizzes.exams.room import ExamRooms
from domain.quizzes.exams.roster import ExamRoster
from domain.quizzes.exporting.service import QuestionExportService
from domain.quizzes.generation import GenerationService
from domain.quizzes.importing.import_service import QuestionImportService
from domain.quizzes.insights import InsightService
from domain.quizzes.marks import MarkingService
from domain.quizzes.polling import PollService
from domain.quizzes.practice import PracticeService
from domain.quizzes.service import QuizService
from domain.quizzes.statistics import QuizStatisticsService
from domain.review.home import HomeService
from domain.review.mistakes import MistakeCollector
from domain.review.pins import PinService
from domain.review.plans import ReviewPlans
from domain.review.reminding import ReviewReminders
from domain.review.service import ReviewService
from domain.search.service import SearchService
from domain.tuition.billing import Billing
from domain.tuition.office import TuitionOffice
from domain.tuition.service import TuitionService
from domain.tutor.modes import TutorModeService
from domain.tutor.photos import PhotoReader
from domain.tutor.service import TutorService
from domain.tutor.teacher_help import TeacherHelp
from domain.users.model import User
from domain.users.profile_service import ProfileService
from domain.users.service import UserService


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """One service a feature; stateless, each opens its own units of work."""

    users: UserService
    profiles: ProfileService
    learning: LearningService
    study: StudyService
    shelf: ShelfService
    bookmarks: BookmarkService
    catalogue: CatalogueService
    search: SearchService
    authoring: AuthoringService
    structure: StructureService
    part_editing: PartEditing
    lesson_rules: LessonRules
    resources: ResourceService
    lesson_files: LessonFiles
    categories: CategoryService
    course_settings: CourseSettings
    co_teaching: CoTeaching
    translations: TranslationService
    publication: PublicationSchedule
    exchange: CourseExchange
    payments: PaymentService
    proofs: ProofService
    desk: CashDesk
    books: Reconciler
    stars: StarsCashier
    tuition: TuitionService
    tuition_office: TuitionOffice
    billing: Billing
    quizzes: QuizService
    exam_rooms: ExamRooms
    exam_roster: ExamRoster
    exam_desk: ExamDesk
    exam_keeper: ExamKeeper
    quiz_statistics: QuizStatisticsService
    polls: PollService
    insights: InsightService
    questions: QuestionService
    question_imports: QuestionImportService
    question_exports: QuestionExportService
    question_copies: QuestionCopyService
    generations: GenerationService
    practice: PracticeService
    banks: BankService
    quiz_settings: QuizSettingsService
    marking: MarkingService
    review: ReviewService
    review_plans: ReviewPlans
    review_reminders: ReviewReminders
    home: HomeService
    pins: PinService
    mistakes: MistakeCollector
    tutor: TutorService
    tutor_modes: TutorModeService
    teacher_help: TeacherHelp
    photo_reader: PhotoReader
    notes: NoteService
    notifications: NotificationService
    certificates: CertificateService
    certificate_office: CertificateOffice
    ratings: RatingService
    teachers: TeacherService


def services(source: DialogManager | Mapping[str, Any]) -> Services:
    """The services of a dialog manager, or of a handler's or getter's keyword arguments."""
    return cast("Services", _data(source)["services"])


def current_user(source: DialogManager | Mapping[str, Any]) -> User:
    """Whoever caused the update, as the database knew them when it arrived."""
    return cast("User", _data(source)["user"])


def _data(source: DialogManager | Mapping[str, Any]) -> Mapping[str, Any]:
    return source if isinstance(source, Mapping) else source.middleware_data
