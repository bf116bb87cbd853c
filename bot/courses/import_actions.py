"""What a teacher does with a course that comes as a file."""

import asyncio
import tempfile
from pathlib import Path

from aiogram import Bot
from aiogram.types import CallbackQuery, FSInputFile, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button, Select

from bot.courses.at_hand import shown_course
from bot.courses.errors import quota_sentence
from bot.courses.import_saving import ImportSaver
from bot.courses.import_template import template_sheets
from bot.courses.import_words import REFUSALS
from bot.courses.states import (
    ImportDesk,
    ask_for_import,
    show_course_desk,
    show_import,
    show_reading,
    show_studio,
)
from bot.dialogs import given
from bot.i18n import _, current_language
from bot.links import number_in
from bot.services import current_user, services
from domain.courses.errors import QuotaExceeded
from domain.courses.exchange.errors import ImportGone
from domain.courses.exchange.issues import Refusal
from domain.courses.exchange.ports import Arrival, ImportId
from domain.courses.model import CategoryId, CourseId
from domain.courses.originals import ContentGoing

_SUFFIXES = (".xlsx", ".zip", ".docx")


def shown_import(manager: DialogManager) -> ImportId:
    return ImportId(given(manager, "import_id"))


def target_course(manager: DialogManager) -> CourseId | None:
    """The course that a syllabus goes into; None: a new one."""
    course_id = given(manager, "course_id")
    return None if course_id is None else CourseId(course_id)


async def begin_import(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).exchange.admit(current_user(manager).id)
    await ask_for_import(manager)


async def begin_import_here(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Into the course whose desk is open."""
    course_id = shown_course(manager)
    await services(manager).exchange.admit(current_user(manager).id, course_id)
    await ask_for_import(manager, course_id)


async def another_file(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await ask_for_import(manager, target_course(manager))


async def leave_import(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    course_id = target_course(manager)
    if course_id is None:
        await show_studio(manager)
    else:
        await show_course_desk(manager, course_id)


async def send_course_file(message: Message, manager: DialogManager) -> bool:
    """Any document: what it is, its content says."""
    return await _receive(message, manager, target_course(manager))


async def send_to_studio(message: Message, manager: DialogManager) -> bool:
    """A document that looks like a course, sent straight to the list of courses."""
    document = message.document
    if document is None or not (document.file_name or "").casefold().endswith(_SUFFIXES):
        return False
    return await _receive(message, manager, None)


async def _receive(message: Message, manager: DialogManager, course_id: CourseId | None) -> bool:
    document = message.document
    if document is None or message.animation is not None:
        return False
    arrival = Arrival(
        message_id=message.message_id,
        name=document.file_name or "",
        size=document.file_size or 0,
        telegram_file_id=document.file_id,
    )
    imported = await services(manager).exchange.receive(current_user(manager).id, arrival, course_id)
    await show_reading(manager, imported.id, course_id)
    return True


async def send_template(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """A workbook that is filled in, in the teacher's language."""
    # The library of spreadsheets is loaded by the first export, not by every start.
    from bot.courses.export_workbook import write_workbook

    bot: Bot = manager.middleware_data["bot"]
    await services(manager).exchange.admit(current_user(manager).id)
    sheets = template_sheets(current_language())
    with tempfile.TemporaryDirectory(prefix="ustoz-template-") as folder:
        path = Path(folder) / "course.xlsx"
        await asyncio.to_thread(write_workbook, path, sheets)
        caption = _("📄 A small course as an example. Change it to yours and send it back to me.")
        await bot.send_document(query.from_user.id, FSInputFile(path, filename="course.xlsx"), caption=caption)
    manager.show_mode = ShowMode.DELETE_AND_SEND


async def send_mistakes(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Every mistake beside the row that it is in."""
    from bot.courses.export_workbook import write_workbook
    from bot.courses.import_mistakes import mistake_sheets

    bot: Bot = manager.middleware_data["bot"]
    preview = await services(manager).exchange.preview(current_user(manager).id, shown_import(manager))
    if preview.imported.parsed is None:
        await query.answer(_("There is nothing to show any more."), show_alert=True)
        return
    sheets = mistake_sheets(preview.imported.parsed, preview.issues)
    with tempfile.TemporaryDirectory(prefix="ustoz-mistakes-") as folder:
        path = Path(folder) / "mistakes.xlsx"
        await asyncio.to_thread(write_workbook, path, sheets)
        caption = _("📋 Your rows, with what is wrong in the column “error”. Correct them and send the file again.")
        await bot.send_document(query.from_user.id, FSInputFile(path, filename="mistakes.xlsx"), caption=caption)
    manager.show_mode = ShowMode.DELETE_AND_SEND


async def choose_category(query: CallbackQuery, select: Select[int], manager: DialogManager, category_id: int) -> None:
    await services(manager).exchange.choose_category(
        current_user(manager).id, shown_import(manager), CategoryId(category_id)
    )
    await manager.switch_to(ImportDesk.preview)


async def confirm(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Once, however often it is tapped; the course's desk opens."""
    saver: ImportSaver = manager.middleware_data["import_saver"]
    try:
        course_id = await saver.confirm(current_user(manager).id, shown_import(manager))
    except QuotaExceeded as error:
        await query.answer(quota_sentence(error)[:200], show_alert=True)
        return
    except ContentGoing:
        await query.answer(_("The storage is busy at this moment. Please tap once more."), show_alert=True)
        return
    if course_id is None:
        await query.answer(_(REFUSALS[Refusal.GONE]), show_alert=True)
        await ask_for_import(manager, target_course(manager))
        return
    await query.answer(_("✅ Saved as a draft: only you see it."))
    await show_course_desk(manager, course_id)


async def put_away(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).exchange.put_away(current_user(manager).id, shown_import(manager))
    await query.answer(_("Put away. Nothing was saved."))
    await leave_import(query, button, manager)


async def export_course(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).exchange.ask_export(current_user(manager).id, shown_course(manager))
    await query.answer(_("I am making the file. It comes as a message here."))


async def open_import(manager: DialogManager, rest: str) -> bool:
    """The link `im_<import>`; its owner alone finds something there."""
    import_id = number_in(rest)
    if import_id is None:
        return False
    try:
        preview = await services(manager).exchange.preview(current_user(manager).id, ImportId(import_id))
    except ImportGone:
        return False
    await show_import(manager, import_id, preview.imported.course_id)
    return True
