"""What a student does with their tuition."""

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button, Select

from bot.dialogs import given
from bot.i18n import _
from bot.payments.states import show_known_order, show_orders
from bot.services import current_user, services
from bot.tuition.states import show_my_tuition, show_tuition_page
from bot.users.states import show_menu
from domain.courses.pricing import parse_price
from domain.money import Money
from domain.tuition.model import ScheduleId


async def open_account(query: CallbackQuery, select: Select[int], manager: DialogManager, schedule_id: int) -> None:
    await show_tuition_page(manager, ScheduleId(schedule_id))


async def pay_debt(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    account = await services(manager).tuition.account(current_user(manager).id, given(manager, "schedule_id"))
    if not account.debt:
        await query.answer(_("Nothing is left to pay. Thank you!"), show_alert=True)
        return
    await _order(manager, Money(account.debt))


async def pay_ahead(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """What is owed, and one month more."""
    account = await services(manager).tuition.account(current_user(manager).id, given(manager, "schedule_id"))
    await _order(manager, Money(account.debt + account.schedule.amount.tiyin))


async def type_amount(text: str, manager: DialogManager) -> None:
    manager.show_mode = ShowMode.DELETE_AND_SEND
    await _order(manager, parse_price(text))


async def _order(manager: DialogManager, amount: Money) -> None:
    order = await services(manager).tuition.pay(current_user(manager).id, given(manager, "schedule_id"), amount)
    await show_known_order(manager, order.code)


async def join(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    schedule = await services(manager).tuition.join(current_user(manager).id, given(manager, "code"))
    await query.answer(_("You are in. Bills come here, three days before they are due."), show_alert=True)
    await show_tuition_page(manager, schedule.id)


async def to_joined(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    found = await services(manager).tuition.look_at(current_user(manager).id, given(manager, "code"))
    await show_tuition_page(manager, found.schedule.id)


async def to_my_tuition(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_my_tuition(manager)


async def to_orders(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_orders(manager)


async def to_menu(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_menu(manager)
