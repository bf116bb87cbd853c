"""What is done with certificates, and where that leads."""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button, Select

from bot.certificates.errors import input_sentence
from bot.certificates.getters import trail
from bot.certificates.printing import CertificatePrinter
from bot.certificates.states import (
    CourseCertificates,
    show_certificate,
    show_certificate_rule,
    show_certificates,
)
from bot.courses.states import show_course_desk
from bot.dialogs import given
from bot.i18n import _, current_language
from bot.learning.states import show_catalogue, show_course
from bot.services import current_user, services
from bot.users.states import show_menu
from domain.certificates.model import CertificateCode, FileKind
from domain.certificates.office import clean_reason
from domain.courses.model import CourseId
from domain.errors import InvalidInput
from domain.language import Language

MAX_WORDS = 100


def shown_code(manager: DialogManager) -> CertificateCode:
    return CertificateCode(given(manager, "code"))


def chosen_code(manager: DialogManager) -> CertificateCode:
    return CertificateCode(manager.dialog_data["code"])


async def open_certificate(query: CallbackQuery, _select: Select[str], manager: DialogManager, code: str) -> None:
    await show_certificate(manager, code)


async def open_rule(query: CallbackQuery, _select: Select[int], manager: DialogManager, course_id: int) -> None:
    await show_certificate_rule(manager, CourseId(course_id))


async def next_page(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    older: int | None = manager.dialog_data.get("older")
    if older is not None and older not in trail(manager):
        trail(manager).append(older)


async def previous_page(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    if trail(manager):
        trail(manager).pop()


async def to_menu(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_menu(manager)


async def to_catalogue(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_catalogue(manager)


async def to_list(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_certificates(manager)


async def to_course(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_course(manager, CourseId(given(manager, "course_id")))


async def claim(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """The certificate that is earned, or that is there already."""
    certificate = await services(manager).certificates.claim(
        current_user(manager).id, CourseId(given(manager, "course_id"))
    )
    await show_certificate(manager, certificate.code)


async def open_picture(_start_data: Any, manager: DialogManager) -> None:
    """A certificate that was just opened is seen; one that has ended is not shown as if it were valid."""
    await _send(manager, shown_code(manager), current_language(), FileKind.PNG)


async def send_pdf(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _send(manager, shown_code(manager), _chosen_language(manager), FileKind.PDF)


async def choose_language(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """The same certificate in another language; the PDF follows."""
    language = Language(button.widget_id)
    manager.dialog_data["language"] = language.value
    await _send(manager, shown_code(manager), language, FileKind.PNG)


async def correct_name(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    newer = await services(manager).certificates.correct_name(current_user(manager).id, shown_code(manager))
    await query.answer(_("Here is your new certificate. The old number leads to it."))
    await show_certificate(manager, newer.code)


async def search(message: Message, _input: Any, manager: DialogManager) -> None:
    manager.dialog_data["words"] = (message.text or "")[:MAX_WORDS]
    trail(manager).clear()


async def show_all(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    manager.dialog_data.pop("words", None)
    trail(manager).clear()


async def choose_certificate(query: CallbackQuery, _select: Select[str], manager: DialogManager, code: str) -> None:
    manager.dialog_data["code"] = code
    await manager.switch_to(CourseCertificates.card)


async def show_picture(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _send(manager, chosen_code(manager), current_language(), FileKind.PNG)


async def type_reason(message: Message, _input: Any, manager: DialogManager) -> None:
    try:
        manager.dialog_data["reason"] = clean_reason(message.text or "")
    except InvalidInput as error:
        await message.answer(input_sentence(error))
        return
    await manager.switch_to(CourseCertificates.revoke)


async def revoke(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    reason: str = manager.dialog_data.get("reason", "")
    await services(manager).certificate_office.revoke(current_user(manager).id, chosen_code(manager), reason)
    manager.dialog_data.pop("reason", None)
    await query.answer(_("Revoked. The student is told."))
    await manager.switch_to(CourseCertificates.card)


async def issue_again(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    newer = await services(manager).certificate_office.issue_again(current_user(manager).id, chosen_code(manager))
    manager.dialog_data["code"] = newer.code
    await query.answer(_("A new certificate is issued. The student is told."))


async def correct_for_student(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    newer = await services(manager).certificates.correct_name(current_user(manager).id, chosen_code(manager))
    manager.dialog_data["code"] = newer.code
    await query.answer(_("A new certificate is issued. The student is told."))
    await manager.switch_to(CourseCertificates.card)


async def to_desk(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_course_desk(manager, CourseId(given(manager, "course_id")))


def _chosen_language(manager: DialogManager) -> Language:
    chosen: str | None = manager.dialog_data.get("language")
    return Language(chosen) if chosen else current_language()


async def _send(manager: DialogManager, code: CertificateCode, language: Language, kind: FileKind) -> None:
    user = current_user(manager)
    view = await services(manager).certificates.view(user.id, code)
    if view.certificate.is_valid:
        await CertificatePrinter.of(manager).send(user, view.certificate, language, kind)
        manager.show_mode = ShowMode.DELETE_AND_SEND
