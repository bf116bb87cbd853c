"""📌 The question that is looked at joins the cards that its student reviews."""

from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager

from bot.i18n import _
from bot.quizzes.place import attempt_shown, reviewed_shown
from bot.services import current_user, services


async def pin(query: CallbackQuery, _button: Any, manager: DialogManager) -> None:
    """Mistakes are there by themselves; twice is once."""
    question_id = reviewed_shown(manager)
    if question_id is None:
        return
    await services(manager).pins.pin_question(current_user(manager).id, attempt_shown(manager), question_id)
    await query.answer(_("📌 You will be asked about it from tomorrow on: /review"), show_alert=True)
