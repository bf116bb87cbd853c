from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button

from bot.background import Background
from bot.i18n import _
from bot.services import current_user, services
from bot.usage.export import begin_export
from bot.usage.states import Usage
from bot.usage.words import limit_of
from bot.users.states import show_menu
from domain.errors import InvalidInput
from domain.usage.errors import BudgetChanged
from domain.usage.model import BudgetVersion, read_limit


async def to_menu(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_menu(manager)


async def to_people(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data["place"] = None
    await manager.switch_to(Usage.people)


async def to_budgets(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data["changed"] = None
    await manager.switch_to(Usage.budgets)


async def next_people(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data["place"] = manager.dialog_data.get("next")


async def first_people(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data["place"] = None


async def choose_limit(query: CallbackQuery, widget: Any, manager: DialogManager, key: str) -> None:
    if limit_of(key) is None:
        return
    manager.dialog_data["limit"] = key
    await manager.switch_to(Usage.limit)


async def type_limit(message: Message, _widget: Any, manager: DialogManager) -> None:
    """A number; 0 takes the limit away."""
    chosen = limit_of(manager.dialog_data.get("limit"))
    if chosen is None:
        await manager.switch_to(Usage.budgets)
        return
    whose, period, unit = chosen
    usage, user_id = services(manager).usage, current_user(manager).id
    try:
        sheet = await usage.set_limit(user_id, whose, period, unit, read_limit(message.text or "", unit))
    except InvalidInput:
        await message.answer(_("I need one number, for example 200000, or 2.50 for money. 0 takes the limit away."))
        return
    manager.dialog_data["changed"] = sheet.version
    await manager.switch_to(Usage.budgets)


async def undo(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """The change that was just made here, once; another admin's is left alone."""
    changed = manager.dialog_data.get("changed")
    manager.dialog_data["changed"] = None
    if not isinstance(changed, int):
        return
    try:
        await services(manager).usage.undo(current_user(manager).id, BudgetVersion(changed))
    except BudgetChanged:
        await query.answer(_("The budgets have been changed in the meantime. Here they are as they are now."))
    else:
        await query.answer(_("Taken back."))


async def export(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    background: Background = manager.middleware_data["background"]
    await begin_export(
        query, manager.middleware_data["bot"], background, services(manager).usage, current_user(manager)
    )
