"""What admins do with tuition."""

import secrets
from datetime import timedelta

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button, Select

from bot.dialogs import given
from bot.i18n import _, money
from bot.services import current_user, services
from bot.tuition.inputs import row_id
from bot.tuition.states import (
    NewTuition,
    TuitionAccount,
    TuitionBook,
    begin_schedule,
    show_schedule,
    show_schedules,
    show_tuition_account,
)
from bot.users.states import show_menu
from domain.courses.pricing import parse_price
from domain.money import Money
from domain.tuition.model import (
    BillId,
    ScheduleId,
    checked_monthly,
    clean_name,
    month_of,
    parse_date,
    parse_day,
)
from domain.tuition.office import TuitionOffice
from domain.users.model import UserId


def _office(manager: DialogManager) -> TuitionOffice:
    return services(manager).tuition_office


def _me(manager: DialogManager) -> UserId:
    return current_user(manager).id


def _schedule(manager: DialogManager) -> ScheduleId:
    return ScheduleId(given(manager, "schedule_id"))


def _student(manager: DialogManager) -> UserId:
    return UserId(given(manager, "user_id"))


async def to_menu(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_menu(manager)


async def to_schedules(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_schedules(manager)


async def open_schedule(query: CallbackQuery, select: Select[int], manager: DialogManager, schedule_id: int) -> None:
    await show_schedule(manager, ScheduleId(schedule_id))


async def to_schedule(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_schedule(manager, _schedule(manager))


async def open_debtor(query: CallbackQuery, select: Select[str], manager: DialogManager, key: str) -> None:
    schedule_id, _separator, user_id = key.partition(":")
    await show_tuition_account(manager, ScheduleId(row_id(schedule_id)), UserId(row_id(user_id)))


async def open_member(query: CallbackQuery, select: Select[int], manager: DialogManager, user_id: int) -> None:
    await show_tuition_account(manager, _schedule(manager), UserId(user_id))


async def new_schedule(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await begin_schedule(manager)


async def type_new_name(text: str, manager: DialogManager) -> None:
    manager.dialog_data["name"] = clean_name(text)
    await manager.switch_to(NewTuition.amount)


async def type_new_amount(text: str, manager: DialogManager) -> None:
    manager.dialog_data["amount"] = checked_monthly(parse_price(text)).tiyin
    await manager.switch_to(NewTuition.day)


async def type_new_day(text: str, manager: DialogManager) -> None:
    manager.dialog_data["day"] = parse_day(text)
    await manager.switch_to(NewTuition.start)


async def type_new_start(text: str, manager: DialogManager) -> None:
    start = parse_date(text)
    data = manager.dialog_data
    schedule = await _office(manager).open(
        _me(manager), name=data["name"], amount=Money(data["amount"]), day_of_month=data["day"], starts_on=start
    )
    await show_schedule(manager, schedule.id, show_mode=ShowMode.SEND)


async def start_today(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await type_new_start(_office(manager).today.isoformat(), manager)


async def start_next_month(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    following = month_of(month_of(_office(manager).today) + timedelta(days=31))
    await type_new_start(following.isoformat(), manager)


async def type_words(text: str, manager: DialogManager) -> None:
    manager.dialog_data["words"] = text[:64]


async def take_in(query: CallbackQuery, select: Select[int], manager: DialogManager, user_id: int) -> None:
    is_new = await _office(manager).take_in(_me(manager), _schedule(manager), UserId(user_id))
    await query.answer(_("Added.") if is_new else _("They are on the list already."))


async def renew_link(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _office(manager).renew_link(_me(manager), _schedule(manager))
    await query.answer(_("Here is the new link. The old one does not work any more."), show_alert=True)
    await manager.switch_to(TuitionBook.link)


async def type_name(text: str, manager: DialogManager) -> None:
    await _office(manager).rename(_me(manager), _schedule(manager), text)
    await manager.switch_to(TuitionBook.book)


async def type_monthly(text: str, manager: DialogManager) -> None:
    await _office(manager).change_amount(_me(manager), _schedule(manager), parse_price(text))
    await manager.switch_to(TuitionBook.book)


async def type_day(text: str, manager: DialogManager) -> None:
    await _office(manager).change_day(_me(manager), _schedule(manager), parse_day(text))
    await manager.switch_to(TuitionBook.book)


async def type_end(text: str, manager: DialogManager) -> None:
    await _office(manager).end(_me(manager), _schedule(manager), parse_date(text))
    await manager.switch_to(TuitionBook.book)


async def end_today(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    office = _office(manager)
    await office.end(_me(manager), _schedule(manager), office.today)
    await manager.switch_to(TuitionBook.book)


async def never_end(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _office(manager).end(_me(manager), _schedule(manager), None)
    await manager.switch_to(TuitionBook.book)


async def type_cash(text: str, manager: DialogManager) -> None:
    """The key is made here and kept with the screen: however often Confirm is pressed, the money is taken once."""
    page = await _office(manager).page(_me(manager), _schedule(manager), _student(manager))
    amount = page.account.payable(parse_price(text), _office(manager).today)
    manager.dialog_data.update(cash=amount.tiyin, key=secrets.token_hex(8))
    await manager.switch_to(TuitionAccount.confirm_cash)


async def cash_debt(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    page = await _office(manager).page(_me(manager), _schedule(manager), _student(manager))
    manager.dialog_data.update(cash=page.account.debt, key=secrets.token_hex(8))
    await manager.switch_to(TuitionAccount.confirm_cash)


async def confirm_cash(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    data = manager.dialog_data
    order = await _office(manager).take_cash(
        _me(manager), _schedule(manager), _student(manager), Money(data["cash"]), data["key"]
    )
    await query.answer(_("{amount} received. The student has been told.").format(amount=money(order.price)))
    await manager.switch_to(TuitionAccount.page)


async def choose_bill(query: CallbackQuery, select: Select[int], manager: DialogManager, bill_id: int) -> None:
    manager.dialog_data["bill_id"] = bill_id
    await manager.switch_to(TuitionAccount.reason)


async def type_reason(text: str, manager: DialogManager) -> None:
    await _office(manager).void(_me(manager), BillId(manager.dialog_data["bill_id"]), text)
    await manager.switch_to(TuitionAccount.page)


async def remove(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _office(manager).let_go(_me(manager), _schedule(manager), _student(manager))
    await query.answer(_("Removed. A debt stays."))
    await show_schedule(manager, _schedule(manager))
