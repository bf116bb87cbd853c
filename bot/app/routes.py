"""Every screen, command, link, notice and sentence of the product, in the order in which they are asked."""

from aiogram import Dispatcher
from aiogram.fsm.storage.memory import DisabledEventIsolation
from aiogram_dialog import setup_dialogs

from bot import errors, links
from bot.app.parts import make_charts, make_press
from bot.background import Background
from bot.certificates import commands as certificates_commands
from bot.certificates.dialog import certificate_dialog, certificates_dialog
from bot.certificates.errors import SENTENCES as CERTIFICATES_SENTENCES
from bot.certificates.notices import certificate_issued, certificate_revoked
from bot.certificates.staff_dialog import staff_dialog
from bot.certificates.verifying import PUBLIC_LINKS
from bot.clients.parsing.course_reader import ChildCourseFiles
from bot.courses import commands as courses_commands
from bot.courses import settings_commands as course_settings_commands
from bot.courses.dialogs import dialogs as courses_dialogs
from bot.courses.downloads import download_limit
from bot.courses.errors import SENTENCES as COURSES_SENTENCES
from bot.courses.import_links import LINKS as IMPORT_LINKS
from bot.courses.import_saving import ImportSaver
from bot.courses.notices import attempt_marked, co_teacher_joined, course_published, publication_held
from bot.courses.question_import_links import LINKS as QUESTION_IMPORT_LINKS
from bot.dialogs import in_place_of_the_last_screen
from bot.hidden_data import HiddenData
from bot.intake.state import TravellingStorage
from bot.learning import commands as learning_commands
from bot.learning import replies as learning_replies
from bot.learning.bookmarks_dialog import bookmarks_dialog
from bot.learning.catalogue_dialog import catalogue_dialog
from bot.learning.course_dialog import course_dialog
from bot.learning.errors import SENTENCES as LEARNING_SENTENCES
from bot.learning.lesson_dialog import lesson_dialog
from bot.learning.notices import course_completed
from bot.learning.ratings_dialog import rating_dialog, reviews_dialog
from bot.learning.shelf_dialog import my_courses_dialog, progress_dialog
from bot.learning.teachers_dialog import teachers_dialog
from bot.links import Links
from bot.menu import Menu
from bot.messages import Messages
from bot.middlewares import Acquaintance, Throttle, in_their_language
from bot.notes import commands as notes_commands
from bot.notes.dialog import dialog as notes_dialog
from bot.notes.errors import SENTENCES as NOTES_SENTENCES
from bot.notifications.jobs import Compose
from bot.payments import commands as payments_commands
from bot.payments import stars
from bot.payments.desk_dialog import books_dialog, desk_dialog
from bot.payments.desk_notices import books_differ, refund_to_make
from bot.payments.desk_order_dialog import desk_order_dialog
from bot.payments.dialog import dialog as payments_dialog
from bot.payments.errors import SENTENCES as PAYMENTS_SENTENCES
from bot.payments.notices import fiscal_receipt, payment_cancelled, payment_performed
from bot.payments.stars_refunds import stars_returned
from bot.payments.transfer_dialog import proof_dialog, transfer_dialog
from bot.payments.transfer_notices import proof_rejected, proof_waiting
from bot.quizzes import commands as quizzes_commands
from bot.quizzes import exam_commands, poll_answers
from bot.quizzes.desk_dialog import quiz_desk_dialog
from bot.quizzes.dialog import dialog as quizzes_dialog
from bot.quizzes.errors import SENTENCES as QUIZZES_SENTENCES
from bot.quizzes.exam_dialog import exam_dialogs
from bot.quizzes.exam_errors import SENTENCES as EXAM_SENTENCES
from bot.quizzes.exam_notices import EXAM_NOTICES
from bot.quizzes.generation_dialog import generating_dialog
from bot.quizzes.generation_links import LINKS as GENERATION_LINKS
from bot.quizzes.generation_words import SENTENCES as GENERATION_SENTENCES
from bot.quizzes.practice_dialog import practising_dialog
from bot.review import commands as review_commands
from bot.review.dialog import dialog as review_dialog
from bot.review.errors import SENTENCES as REVIEW_SENTENCES
from bot.review.notices import review_due
from bot.review.settings_dialog import settings_dialog as review_settings_dialog
from bot.routing import Routes
from bot.search import commands as search_commands
from bot.search import inline as search_inline
from bot.search.dialog import dialog as search_dialog
from bot.services import Services
from bot.settings import Settings
from bot.tuition import commands as tuition_commands
from bot.tuition.dialogs import dialogs as tuition_dialogs
from bot.tuition.errors import SENTENCES as TUITION_SENTENCES
from bot.tuition.notices import bill, bill_covered
from bot.tutor import commands as tutor_commands
from bot.tutor.dialog import dialog as tutor_dialog
from bot.tutor.errors import SENTENCES as TUTOR_SENTENCES
from bot.tutor.notices import doubt_answered, doubt_asked
from bot.tutor.teaching_dialog import teaching_dialog
from bot.users import commands as users_commands
from bot.users import fallback, teachers
from bot.users.dialog import dialog as registration_dialog
from bot.users.errors import SENTENCES as USERS_SENTENCES
from bot.users.menu import dialog as menu_dialog
from bot.users.notices import teacher_joined
from bot.users.profile import leaving_dialog, profile_dialog
from bot.users.public_card_dialog import public_card_dialog
from bot.users.public_profile_dialog import public_profile_dialog
from domain.errors import DomainError
from domain.files import Storage
from domain.notifications.model import NoticeKind

SENTENCES: dict[type[DomainError], str] = {
    **errors.BASIC_SENTENCES,
    **USERS_SENTENCES,
    **LEARNING_SENTENCES,
    **COURSES_SENTENCES,
    **PAYMENTS_SENTENCES,
    **TUITION_SENTENCES,
    **QUIZZES_SENTENCES,
    **EXAM_SENTENCES,
    **GENERATION_SENTENCES,
    **REVIEW_SENTENCES,
    **TUTOR_SENTENCES,
    **NOTES_SENTENCES,
    **CERTIFICATES_SENTENCES,
}

LINKS: Links = {
    **users_commands.LINKS,
    **learning_commands.LINKS,
    **course_settings_commands.LINKS,
    **IMPORT_LINKS,
    **QUESTION_IMPORT_LINKS,
    **tutor_commands.LINKS,
    **search_commands.LINKS,
    **payments_commands.LINKS,
    **tuition_commands.LINKS,
    **quizzes_commands.LINKS,
    **exam_commands.LINKS,
    **GENERATION_LINKS,
    **review_commands.LINKS,
    **notes_commands.LINKS,
    **certificates_commands.LINKS,
}

DIALOGS = (
    menu_dialog,
    lesson_dialog,
    quizzes_dialog,
    *exam_dialogs,
    generating_dialog,
    practising_dialog,
    quiz_desk_dialog,
    review_dialog,
    review_settings_dialog,
    course_dialog,
    catalogue_dialog,
    my_courses_dialog,
    progress_dialog,
    bookmarks_dialog,
    search_dialog,
    registration_dialog,
    profile_dialog,
    leaving_dialog,
    public_profile_dialog,
    public_card_dialog,
    payments_dialog,
    transfer_dialog,
    proof_dialog,
    desk_dialog,
    desk_order_dialog,
    books_dialog,
    *tuition_dialogs,
    tutor_dialog,
    teaching_dialog,
    notes_dialog,
    *courses_dialogs,
    certificates_dialog,
    certificate_dialog,
    staff_dialog,
    rating_dialog,
    reviews_dialog,
    teachers_dialog,
)


def make_menu() -> Menu:
    return Menu(
        (
            *users_commands.COMMANDS[:1],
            *learning_commands.COMMANDS,
            *search_commands.COMMANDS,
            *quizzes_commands.COMMANDS,
            *exam_commands.COMMANDS,
            *review_commands.COMMANDS,
            *certificates_commands.COMMANDS,
            *tutor_commands.COMMANDS,
            *notes_commands.COMMANDS,
            *payments_commands.COMMANDS,
            *courses_commands.COMMANDS,
            *course_settings_commands.COMMANDS,
            *tuition_commands.COMMANDS,
            *teachers.COMMANDS,
            *users_commands.COMMANDS[1:],
        )
    )


def make_notices() -> dict[NoticeKind, Compose]:
    return {
        NoticeKind.PAYMENT_PERFORMED: payment_performed,
        NoticeKind.PAYMENT_CANCELLED: payment_cancelled,
        NoticeKind.FISCAL_RECEIPT: fiscal_receipt,
        NoticeKind.STARS_RETURNED: stars_returned,
        NoticeKind.PROOF_WAITING: proof_waiting,
        NoticeKind.PROOF_REJECTED: proof_rejected,
        NoticeKind.REFUND_TO_MAKE: refund_to_make,
        NoticeKind.BOOKS_DIFFER: books_differ,
        NoticeKind.BILL: bill,
        NoticeKind.BILL_COVERED: bill_covered,
        NoticeKind.TEACHER_JOINED: teacher_joined,
        NoticeKind.COURSE_COMPLETED: course_completed,
        NoticeKind.CERTIFICATE_ISSUED: certificate_issued,
        NoticeKind.CERTIFICATE_REVOKED: certificate_revoked,
        NoticeKind.CO_TEACHER_JOINED: co_teacher_joined,
        NoticeKind.COURSE_PUBLISHED: course_published,
        NoticeKind.PUBLICATION_HELD: publication_held,
        **EXAM_NOTICES,
        NoticeKind.ATTEMPT_MARKED: attempt_marked,
        NoticeKind.REVIEW_DUE: review_due,
        NoticeKind.DOUBT_ASKED: doubt_asked,
        NoticeKind.DOUBT_ANSWERED: doubt_answered,
    }


def make_dispatcher(settings: Settings, services: Services, storage: Storage, background: Background) -> Dispatcher:
    """The dispatcher with everything that handlers may ask for by name."""
    dispatcher = Routes(
        storage=TravellingStorage(),
        events_isolation=DisabledEventIsolation(),
        services=services,
        storage_of_files=storage,
        background=background,
        settings=settings,
        menu=make_menu(),
        links=LINKS,
        public_links=PUBLIC_LINKS,
        certificate_press=make_press(),
        charts=make_charts(),
        import_saver=ImportSaver(services.exchange, storage, ChildCourseFiles()),
        largest_download=download_limit(settings.telegram.bot_api_url),
        sentences=SENTENCES,
    )
    dispatcher.update.outer_middleware(HiddenData())
    dispatcher.update.outer_middleware(Acquaintance(services, Throttle()))
    dispatcher.errors.outer_middleware(in_their_language)
    dispatcher.include_routers(
        fallback.gate,
        errors.router,
        users_commands.router,
        search_inline.router,
        learning_commands.router,
        search_commands.router,
        quizzes_commands.router,
        exam_commands.router,
        poll_answers.router,
        review_commands.router,
        certificates_commands.router,
        tutor_commands.router,
        # A reply that begins with a time or 🔖 is a bookmark, every other one a note.
        learning_replies.router,
        notes_commands.router,
        payments_commands.router,
        stars.router,
        tuition_commands.router,
        courses_commands.router,
        course_settings_commands.router,
        teachers.router,
        links.router,
        fallback.unknown_commands,
        *DIALOGS,
        fallback.router,
    )
    setup_dialogs(dispatcher, message_manager=Messages(), events_isolation=DisabledEventIsolation())
    dispatcher.message.middleware(in_place_of_the_last_screen)
    return dispatcher
