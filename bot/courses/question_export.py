"""Questions of a quiz or a bank as a file: which form, and what it does not hold."""

from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Row

from bot.courses.question_export_words import losses
from bot.courses.question_states import QuestionExport, show_bank
from bot.courses.states import LessonDesk, show_lesson_desk
from bot.dialogs import Dialog, Window, given
from bot.i18n import Label, T, _, current_language
from bot.services import current_user, services
from domain.courses.model import CourseId, LessonId
from domain.quizzes.exporting.service import ExportFormat
from domain.quizzes.importing.imports import Target
from domain.quizzes.settings import BankId


def place_of(manager: DialogManager) -> Target:
    """The quiz or bank that the screen was opened for. Whether its reader may, the service asks."""
    lesson_id, bank_id = given(manager, "lesson_id"), given(manager, "bank_id")
    return Target(
        lesson_id=None if lesson_id is None else LessonId(lesson_id),
        bank_id=None if bank_id is None else BankId(bank_id),
    )


async def offer(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    exports = services(dialog_manager).question_exports
    found = await exports.offer(current_user(dialog_manager).id, place_of(dialog_manager))
    return {
        "title": found.title.read_in(current_language()),
        "question_count": found.contents.count,
        "is_empty": not found.contents.count,
        "is_full": bool(found.contents.count),
        "losses": "\n".join(losses(found, *ExportFormat)),
        "is_asked": bool(dialog_manager.dialog_data.get("is_asked")),
    }


async def ask(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """The widget is the form. Tapped again while it is being made, it is made once."""
    form = ExportFormat(str(button.widget_id))
    await services(manager).question_exports.ask(current_user(manager).id, place_of(manager), form)
    manager.dialog_data["is_asked"] = True
    await query.answer(_("I am making the file. It comes as a message here."))


async def leave(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    course_id, place = CourseId(given(manager, "course_id")), place_of(manager)
    if place.lesson_id is not None:
        await show_lesson_desk(manager, course_id, place.lesson_id, LessonDesk.questions)
    elif place.bank_id is not None:
        await show_bank(manager, course_id, place.bank_id)


question_export_dialog = Dialog(
    Window(
        T("📤 <b>Questions of “{title}”</b>"),
        T("{question_count} question", "{question_count} questions", count="question_count"),
        T("There is nothing to download yet. Add the first question.", when="is_empty"),
        T("\n📊 <b>Excel</b>: to change them and send them back to me, into any quiz or bank.", when="is_full"),
        T("🧩 <b>GIFT</b>: for Moodle.", when="is_full"),
        T("🖨 <b>PDF</b>: to print for the class, with the key in a second file.", when="is_full"),
        T("\n{losses}", when="losses"),
        T("\nAll of them hold the answers: keep them to yourself, but for the first PDF.", when="is_full"),
        T("\n⏳ Your file is being made. It comes as a message here.", when="is_asked"),
        Row(
            Button(Label("📊 Excel"), id="xlsx", on_click=ask),
            Button(Label("🧩 GIFT"), id="gift", on_click=ask),
            Button(Label("🖨 PDF"), id="pdf", on_click=ask),
            when="is_full",
        ),
        Button(Label("⬅️ Back"), id="back", on_click=leave),
        state=QuestionExport.form,
        getter=offer,
        preview_data={
            "title": "Chegirmalar",
            "question_count": 12,
            "is_empty": True,
            "is_full": True,
            "losses": "🖼 …",
            "is_asked": True,
        },
    ),
)
