"""Which service gets what."""

from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.charts import Charts
from bot.clients.certificates import TypstPress
from bot.clients.charts import TypstCharts
from bot.clients.fsrs_optimiser import RustOptimiser
from bot.clients.openai import OpenAIModel
from bot.clients.photo_tests import OpenAIPhotoReader
from bot.clients.question_writer import StructuredModel
from bot.clients.quiz_sheets import TypstSheets
from bot.clients.storage import FolderStorage, S3Storage
from bot.services import Services
from bot.settings import Settings
from db.unit_of_work import Database
from domain.certificates.office import CertificateOffice
from domain.certificates.ports import Press
from domain.certificates.service import CertificateService
from domain.clock import utc_now
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
from domain.files import Storage
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
from domain.notifications.service import NotificationService
from domain.payments.cash_rail import CashRail
from domain.payments.checkout import Checkout
from domain.payments.desk import CashDesk
from domain.payments.merchant import PaymeMerchant
from domain.payments.model import Rail
from domain.payments.payme_rail import PaymeRail
from domain.payments.proof_service import ProofService
from domain.payments.rails import Rails
from domain.payments.reconciler import Reconciler
from domain.payments.service import PaymentService
from domain.payments.stars import StarsCashier, StarsRail
from domain.quizzes.authoring import QuestionService
from domain.quizzes.banks import BankService
from domain.quizzes.cards import QuizSettingsService
from domain.quizzes.copying import QuestionCopyService
from domain.quizzes.exams.desk import ExamDesk
from domain.quizzes.exams.keeper import ExamKeeper
from domain.quizzes.exams.room import ExamRooms
from domain.quizzes.exams.roster import ExamRoster
from domain.quizzes.exchange import QUIZ_RULES
from domain.quizzes.exporting.service import QuestionExportService
from domain.quizzes.exporting.sheets import SheetPrinter
from domain.quizzes.generation import GenerationService
from domain.quizzes.generation_ports import QuestionWriter
from domain.quizzes.importing.import_service import QuestionImportService
from domain.quizzes.importing.reading import read_test
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
from domain.review.tuning import ReviewTuning
from domain.search.service import SearchService
from domain.tuition.billing import Billing
from domain.tuition.office import TuitionOffice
from domain.tuition.service import TuitionService
from domain.tutor.model import TutorLimits
from domain.tutor.modes import TutorModeService
from domain.tutor.photos import PhotoReader
from domain.tutor.ports import Model
from domain.tutor.service import TutorService
from domain.tutor.teacher_help import TeacherHelp
from domain.users.profile_service import ProfileService
from domain.users.service import UserService

if TYPE_CHECKING:
    from redis.asyncio import Redis


def revealed(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value is not None else None


def make_storage(settings: Settings) -> Storage:
    if settings.files.s3_bucket is not None:
        return S3Storage(settings.files.s3_bucket, settings.files.s3_endpoint_url)
    return FolderStorage(settings.store.data_dir / "files")


def make_press() -> Press:
    return TypstPress()


def make_charts() -> Charts:
    return TypstCharts()


def make_sheet_printer() -> SheetPrinter:
    return TypstSheets()


def make_review_tuning(database: Database) -> ReviewTuning:
    return ReviewTuning(begin=database.begin, read=database.read, now=utc_now, optimiser=RustOptimiser())


def make_redis(url: str) -> "Redis":
    """Waits for a free connection instead of failing when all are busy, and never for longer than two seconds."""
    from redis.asyncio import BlockingConnectionPool, Redis

    pool = BlockingConnectionPool.from_url(
        url, max_connections=20, timeout=2, socket_timeout=2, socket_connect_timeout=2
    )
    return Redis.from_pool(pool)


def make_rails(settings: Settings, checkout: Checkout | None, transfer_details: str | None) -> Rails:
    """`checkout`: None while Payme is not offered; `transfer_details`: None while transfers are not.

    What is not offered still ends what was begun, but sells nothing.
    """
    closed = {
        rail
        for rail, is_offered in ((Rail.PAYME, checkout is not None), (Rail.CASH, transfer_details is not None))
        if not is_offered
    }
    sells = {
        kind: [rail for rail in rails if rail not in closed] for kind, rails in settings.sales.rails_by_kind.items()
    }
    return Rails((PaymeRail(checkout), StarsRail(), CashRail(transfer_details)), sells)


def make_services(settings: Settings, database: Database, model: Model | None, rails: Rails) -> Services:
    centre = settings.centre
    begin, read = database.begin, database.read
    learning = LearningService(begin=begin, read=read, now=utc_now)
    return Services(
        users=UserService(
            begin=begin,
            read=read,
            now=utc_now,
            admin_ids=centre.admin_ids,
            default_language=centre.default_language,
            timezone=centre.timezone,
            phone_required=centre.phone_required,
        ),
        study=StudyService(begin=begin, read=read, now=utc_now),
        shelf=ShelfService(read=read, now=utc_now),
        bookmarks=BookmarkService(begin=begin, read=read, now=utc_now),
        profiles=ProfileService(begin=begin, read=read),
        learning=learning,
        catalogue=CatalogueService(read=read, now=utc_now),
        search=SearchService(read=read, now=utc_now),
        authoring=AuthoringService(begin=begin, read=read, now=utc_now),
        structure=StructureService(begin=begin, read=read, now=utc_now),
        part_editing=PartEditing(begin=begin, read=read, now=utc_now),
        lesson_rules=LessonRules(begin=begin, read=read, now=utc_now, timezone=centre.timezone),
        resources=ResourceService(begin=begin, read=read, now=utc_now),
        lesson_files=LessonFiles(read=read, now=utc_now),
        categories=CategoryService(begin=begin, read=read, now=utc_now),
        course_settings=CourseSettings(begin=begin, read=read, now=utc_now),
        co_teaching=CoTeaching(begin=begin, read=read, now=utc_now),
        translations=TranslationService(begin=begin, read=read, now=utc_now),
        publication=PublicationSchedule(begin=begin, read=read, now=utc_now),
        exchange=CourseExchange(begin=begin, read=read, now=utc_now, rules=QUIZ_RULES),
        questions=QuestionService(begin=begin, read=read, now=utc_now),
        question_imports=QuestionImportService(
            begin=begin, read=read, now=utc_now, read_text=read_test, reads_photos=settings.model.is_connected
        ),
        question_exports=QuestionExportService(begin=begin, read=read),
        question_copies=QuestionCopyService(begin=begin, now=utc_now),
        generations=GenerationService(begin=begin, read=read, now=utc_now, is_connected=model is not None),
        practice=PracticeService(
            begin=begin,
            read=read,
            now=utc_now,
            is_connected=model is not None,
            sets_a_day=centre.practice_sets_a_day,
        ),
        banks=BankService(begin=begin, read=read, now=utc_now),
        quiz_settings=QuizSettingsService(begin=begin, read=read, now=utc_now, timezone=centre.timezone),
        marking=MarkingService(begin=begin, read=read, now=utc_now),
        payments=PaymentService(begin=begin, read=read, now=utc_now, terms=settings.sales.terms, rails=rails),
        proofs=ProofService(begin=begin, read=read, now=utc_now, rails=rails),
        desk=CashDesk(begin=begin, read=read, now=utc_now, rails=rails, timezone=centre.timezone),
        books=Reconciler(
            begin=begin,
            read=read,
            now=utc_now,
            statement=PaymeMerchant(begin=begin, read=read, now=utc_now).statement,
            timezone=centre.timezone,
            tells_chat=settings.sales.admin_chat_id is not None,
        ),
        stars=StarsCashier(begin=begin, read=read, now=utc_now, rails=rails),
        tuition=TuitionService(
            begin=begin, read=read, now=utc_now, timezone=centre.timezone, terms=settings.sales.terms
        ),
        tuition_office=TuitionOffice(
            begin=begin, read=read, now=utc_now, timezone=centre.timezone, terms=settings.sales.terms
        ),
        billing=Billing(begin=begin, now=utc_now, timezone=centre.timezone),
        exam_rooms=ExamRooms(begin=begin, read=read, now=utc_now),
        exam_roster=ExamRoster(read=read, now=utc_now),
        exam_desk=ExamDesk(begin=begin, read=read, now=utc_now),
        exam_keeper=ExamKeeper(begin=begin, read=read, now=utc_now),
        quizzes=QuizService(begin=begin, read=read, now=utc_now),
        quiz_statistics=QuizStatisticsService(begin=begin, read=read, now=utc_now),
        polls=PollService(begin=begin, read=read, now=utc_now),
        insights=InsightService(read=read, now=utc_now),
        review=ReviewService(begin=begin, read=read, now=utc_now),
        review_plans=ReviewPlans(begin=begin, read=read, now=utc_now),
        review_reminders=ReviewReminders(begin=begin, read=read, now=utc_now),
        home=HomeService(read=read, now=utc_now),
        pins=PinService(begin=begin, now=utc_now),
        mistakes=MistakeCollector(begin=begin, now=utc_now),
        tutor=TutorService(
            begin=begin,
            read=read,
            now=utc_now,
            model=model,
            limits=TutorLimits(questions_a_day=centre.tutor_questions_a_day),
        ),
        tutor_modes=TutorModeService(begin=begin, read=read),
        photo_reader=PhotoReader(
            read=read,
            now=utc_now,
            model=model,
            limits=TutorLimits(questions_a_day=centre.tutor_questions_a_day),
        ),
        teacher_help=TeacherHelp(begin=begin, read=read, now=utc_now),
        notes=NoteService(begin=begin, read=read, now=utc_now, reading=learning),
        notifications=NotificationService(begin=begin, read=read, now=utc_now),
        certificates=CertificateService(begin=begin, read=read, now=utc_now),
        certificate_office=CertificateOffice(begin=begin, read=read, now=utc_now),
        ratings=RatingService(begin=begin, read=read, now=utc_now),
        teachers=TeacherService(read=read, profiles=OpenProfiles(read=read)),
    )


def make_model(settings: Settings) -> OpenAIModel | None:
    if not settings.model.is_connected:
        return None
    return OpenAIModel(
        model=settings.model.openai_model,
        api_key=revealed(settings.model.openai_api_key),
        base_url=settings.model.openai_base_url,
    )


def make_photo_reader(settings: Settings) -> OpenAIPhotoReader | None:
    if not settings.model.is_connected:
        return None
    return OpenAIPhotoReader(
        model=settings.model.openai_model,
        api_key=revealed(settings.model.openai_api_key),
        base_url=settings.model.openai_base_url,
    )


def make_writer(model: OpenAIModel | None) -> QuestionWriter | None:
    return StructuredModel(model) if model is not None else None
