"""Every job of the queue, by its name."""

from aiogram import Bot

from bot.app.parts import make_photo_reader, make_review_tuning, make_sheet_printer
from bot.app.routes import make_notices
from bot.certificates.jobs import CertificateJobs
from bot.clients.parsing.course_reader import ChildCourseFiles
from bot.clients.parsing.inspector import ChildInspector
from bot.clients.parsing.test_reader import ChildTestReader
from bot.courses.downloads import download_limit
from bot.courses.export_jobs import ExportJobs
from bot.courses.import_jobs import ImportJobs
from bot.courses.originals import KeepOriginals
from bot.courses.progress import UploadProgress
from bot.courses.question_export_jobs import QuestionExportJobs
from bot.courses.question_import_jobs import QuestionImportJobs
from bot.jobs.slots import (
    EXAMS_SWEEP_JOB,
    ORDERS_SWEEP_JOB,
    PUBLICATION_JOB,
    QUIZZES_SWEEP_JOB,
    TIDY_JOB,
    TUITION_JOB,
    TUTOR_SWEEP_JOB,
)
from bot.jobs.worker import RunJob
from bot.notes.voices import Recordings
from bot.notifications.jobs import Delivery, Follow
from bot.payments.desk_jobs import DeskJobs
from bot.payments.jobs import OrderJobs
from bot.payments.originals import Originals
from bot.payments.stars_refunds import StarsRefunds
from bot.quizzes.exam_jobs import ExamJobs
from bot.quizzes.finished_jobs import FinishedJobs
from bot.quizzes.generation_jobs import GenerationJobs
from bot.quizzes.poll_answers import PollJobs
from bot.review.jobs import ReviewJobs
from bot.sender import Sender
from bot.services import Services
from bot.settings import Settings
from bot.tuition.jobs import TuitionJobs
from bot.tutor.jobs import TutorJobs
from db.clock import SqlClock
from db.dialog_states import SqlDialogStates
from db.engine import Pool
from db.unit_of_work import Database
from domain.clock import utc_now
from domain.courses.exchange.ports import EXPORT_JOB, PARSE_IMPORT_JOB
from domain.courses.originals import OriginalService
from domain.courses.ports import INDEX_JOB
from domain.courses.sweep import LOOK_OVER_FILES_JOB, SWEEP_FILES_JOB, StorageSweeper
from domain.courses.uploads import KEEP_MEDIA_JOB, UPLOAD_PROGRESS_JOB
from domain.files import Storage
from domain.jobs import JobPayload
from domain.learning.ports import CERTIFY_JOB
from domain.notes.ports import KEEP_VOICE_JOB
from domain.notifications.model import NoticeKind
from domain.notifications.ports import DELIVER_JOB
from domain.payments.proof_ports import KEEP_PROOF_JOB
from domain.payments.reconciler import RECONCILE_JOB, TELL_BOOKS_JOB
from domain.payments.stars_ports import REFUND_STARS_JOB
from domain.payments.upkeep import REDRAW_ORDER_JOB, OrderKeeper
from domain.quizzes.exams.ports import EXAM_JOB, JUDGE_EXAM_JOB
from domain.quizzes.exporting.service import EXPORT_QUESTIONS_JOB
from domain.quizzes.generating import Generator
from domain.quizzes.generation_ports import GENERATE_JOB, QuestionWriter
from domain.quizzes.importing.imports import READ_QUESTIONS_JOB, TELL_POLLS_JOB
from domain.quizzes.polling import ASK_JOB
from domain.quizzes.ports import FINISHED_JOB
from domain.quizzes.practice import PracticeMaker
from domain.quizzes.practice_ports import PRACTICE_JOB
from domain.quizzes.statistics_ports import CALIBRATE_JOB
from domain.quizzes.writing import TokenCaps
from domain.review.ports import REMIND_JOB, TUNE_JOB, TUNE_STUDENT_JOB
from domain.tuition.ports import BILL_SCHEDULE_JOB
from domain.tutor.ports import INTERRUPTED_JOB, REDELIVER_JOB
from domain.tutor.safety import ALERT_JOB


def make_jobs(
    settings: Settings,
    services: Services,
    pool: Pool,
    bot: Bot,
    sender: Sender,
    storage: Storage,
    writer: QuestionWriter | None = None,
) -> dict[str, RunJob]:
    keeper = OrderKeeper(begin=Database(pool).begin, now=utc_now)
    orders = OrderJobs(services, keeper, bot, SqlDialogStates(pool))
    follow: dict[NoticeKind, Follow] = {
        NoticeKind.PAYMENT_PERFORMED: orders.follow_notice,
        NoticeKind.PAYMENT_CANCELLED: orders.follow_notice,
    }
    exams = ExamJobs(services)
    follow[NoticeKind.EXAM_BEGINS] = exams.follow_beginning
    delivery = Delivery(services, sender, make_notices(), follow)
    desk = DeskJobs(
        services.books,
        bot,
        sender,
        admin_chat_id=settings.sales.admin_chat_id,
        language=settings.centre.default_language,
    )
    tuition = TuitionJobs(services.billing)
    tutor = TutorJobs(
        services,
        bot,
        sender,
        contact=settings.centre.centre_contact,
        alert_chat_id=settings.sales.admin_chat_id if settings.centre.tutor_alerts else None,
        language=settings.centre.default_language,
    )
    finished = FinishedJobs(services, [services.mistakes.collect])
    limit = download_limit(settings.telegram.bot_api_url)
    imports = ImportJobs(services, bot, storage, ChildCourseFiles(), limit=limit)
    question_imports = QuestionImportJobs(
        services, bot, ChildTestReader().read, make_photo_reader(settings), limit=limit
    )
    question_exports = QuestionExportJobs(services, bot, make_sheet_printer(), centre=settings.centre.centre_name)
    exports = ExportJobs(services, bot, storage, limit=limit)
    review = ReviewJobs(services, make_review_tuning(Database(pool)))
    clock = SqlClock(pool)
    uploads, progress = make_uploads(settings, services, pool, bot, storage)
    sweeper = StorageSweeper(begin=Database(pool).begin, read=Database(pool).read, now=utc_now, storage=storage)

    generation = make_generation(settings, Database(pool), bot, writer)

    async def sweep_files(_payload: JobPayload) -> None:
        await sweeper.sweep()

    async def look_over_files(_payload: JobPayload) -> None:
        await sweeper.look_over()
        await uploads.clear_leftovers()

    async def tidy(_payload: JobPayload) -> None:
        await clock.tidy()
        await services.exchange.tidy()
        await services.question_imports.tidy()

    async def publish_due(_payload: JobPayload) -> None:
        await services.publication.publish_due()

    return {
        DELIVER_JOB: delivery.deliver,
        REDRAW_ORDER_JOB: orders.redraw,
        ORDERS_SWEEP_JOB: orders.sweep,
        REFUND_STARS_JOB: StarsRefunds(services, bot).refund,
        KEEP_VOICE_JOB: Recordings(services, bot, storage).keep,
        KEEP_PROOF_JOB: Originals(services, bot, storage).keep,
        TUITION_JOB: tuition.start_day,
        BILL_SCHEDULE_JOB: tuition.bill_schedule,
        RECONCILE_JOB: desk.reconcile,
        TELL_BOOKS_JOB: desk.tell_chat,
        CERTIFY_JOB: CertificateJobs(services).certify,
        INDEX_JOB: tutor.index_lesson,
        INTERRUPTED_JOB: tutor.tell_interrupted,
        REDELIVER_JOB: tutor.redeliver,
        TUTOR_SWEEP_JOB: tutor.sweep,
        ALERT_JOB: tutor.alert,
        PARSE_IMPORT_JOB: imports.parse,
        EXPORT_JOB: exports.export,
        EXPORT_QUESTIONS_JOB: question_exports.export,
        READ_QUESTIONS_JOB: question_imports.read,
        TELL_POLLS_JOB: question_imports.tell_polls,
        PUBLICATION_JOB: publish_due,
        REMIND_JOB: review.remind,
        TUNE_JOB: review.tune,
        TUNE_STUDENT_JOB: review.tune_student,
        KEEP_MEDIA_JOB: uploads.keep,
        UPLOAD_PROGRESS_JOB: progress.tell,
        SWEEP_FILES_JOB: sweep_files,
        LOOK_OVER_FILES_JOB: look_over_files,
        EXAM_JOB: exams.run,
        EXAMS_SWEEP_JOB: exams.sweep,
        JUDGE_EXAM_JOB: exams.judge,
        FINISHED_JOB: finished.finished,
        CALIBRATE_JOB: finished.calibrate,
        QUIZZES_SWEEP_JOB: finished.sweep,
        TIDY_JOB: tidy,
        GENERATE_JOB: generation.generate,
        PRACTICE_JOB: generation.practise,
        ASK_JOB: PollJobs(services, bot).ask,
    }


def make_generation(settings: Settings, database: Database, bot: Bot, writer: QuestionWriter | None) -> GenerationJobs:
    centre = settings.centre
    caps = TokenCaps(own=centre.generation_tokens_a_day, centre=centre.centre_tokens_a_day)
    return GenerationJobs(
        database.read,
        Generator(
            begin=database.begin, read=database.read, now=utc_now, writer=writer, caps=caps, timezone=centre.timezone
        ),
        PracticeMaker(
            begin=database.begin, read=database.read, now=utc_now, writer=writer, caps=caps, timezone=centre.timezone
        ),
        database.begin,
        bot,
    )


def make_uploads(
    settings: Settings, services: Services, pool: Pool, bot: Bot, storage: Storage
) -> tuple[KeepOriginals, UploadProgress]:
    database = Database(pool)
    originals = OriginalService(begin=database.begin, read=database.read, now=utc_now)
    limit = download_limit(settings.telegram.bot_api_url)
    progress = UploadProgress(services, originals, bot, limit=limit)
    keep = KeepOriginals(
        originals,
        progress,
        bot,
        storage,
        ChildInspector(),
        folder=settings.store.data_dir / "incoming",
        limit=limit,
    )
    return keep, progress
