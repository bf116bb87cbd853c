"""What a course's card leads to besides its lessons: its certificate, its ratings, its teachers."""

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button

from bot.certificates.states import show_certificate, show_certificate_rule, show_certificates
from bot.learning.actions import shown_course
from bot.learning.states import show_rating, show_reviews, show_teacher, show_teachers, show_teachers_of
from bot.services import current_user, services
from domain.certificates.errors import CertificateWithdrawn, NotEarned


async def open_certificate(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """The certificate, issued now if it is earned; else what is missing for it."""
    course_id = shown_course(manager)
    try:
        certificate = await services(manager).certificates.claim(current_user(manager).id, course_id)
    except (NotEarned, CertificateWithdrawn):
        await show_certificate_rule(manager, course_id)
    else:
        await show_certificate(manager, certificate.code)


async def open_rating(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_rating(manager, shown_course(manager))


async def open_reviews(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_reviews(manager, shown_course(manager))


async def open_teachers(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """The teacher's card; where several teach together, first who they are."""
    course_id = shown_course(manager)
    teachers = await services(manager).teachers.of_course(course_id)
    if len(teachers) == 1:
        await show_teacher(manager, teachers[0].id, course_id)
    else:
        await show_teachers_of(manager, course_id)


async def open_all_teachers(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_teachers(manager)


async def open_own_certificates(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_certificates(manager)
