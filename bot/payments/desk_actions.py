"""What staff does at the desk."""

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button

from bot.dialogs import given
from bot.errors import sentence_for
from bot.i18n import _
from bot.payments.desk_export import FileKind, begin_export
from bot.payments.desk_filter import show_only, shown_filter
from bot.payments.errors import input_sentence
from bot.payments.states import (
    Desk,
    DeskOrder,
    open_desk_order,
    show_books,
    show_desk,
    show_orders,
    show_waiting_proofs,
)
from bot.services import current_user, services
from bot.tuition.states import show_schedules
from bot.users.states import show_menu
from domain.errors import InvalidInput
from domain.payments.days import Days, parse_days
from domain.payments.desk import HISTORY_PAGE, Filter, clean_reason, clean_search, seal
from domain.payments.errors import ChangedMeanwhile, NotPaid, RefundAsked
from domain.payments.model import OrderCode, OrderId, OrderState, Rail
from domain.payments.rails import Refunding


async def to_orders(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _list(manager, Filter())


async def to_open_orders(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _list(manager, Filter(state=OrderState.OPEN))


async def to_refunds(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _list(manager, Filter(has_refund_under_way=True))


async def _list(manager: DialogManager, wanted: Filter) -> None:
    show_only(manager, wanted)
    await manager.switch_to(Desk.orders)


async def to_proofs(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_waiting_proofs(manager)


async def to_own(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_orders(manager)


async def to_books(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_books(manager)


async def to_desk(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_desk(manager)


async def to_tuition(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_schedules(manager)


async def to_menu(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_menu(manager)


async def ask_state(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """A chip that is set is taken away; one that is not asks."""
    wanted = shown_filter(manager)
    if wanted.state is None:
        await manager.switch_to(Desk.state)
    else:
        show_only(manager, replace(wanted, state=None))


async def ask_rail(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    wanted = shown_filter(manager)
    if wanted.rail is None:
        await manager.switch_to(Desk.rail)
    else:
        show_only(manager, replace(wanted, rail=None))


async def ask_student(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    wanted = shown_filter(manager)
    if wanted.student is None:
        await manager.switch_to(Desk.student)
    else:
        show_only(manager, replace(wanted, student=None))


async def ask_days(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    wanted = shown_filter(manager)
    if wanted.days is None:
        await manager.switch_to(Desk.days)
    else:
        show_only(manager, replace(wanted, days=None))


async def drop_refunds(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    show_only(manager, replace(shown_filter(manager), has_refund_under_way=False))


async def drop_all(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    show_only(manager, Filter())


async def choose_state(query: CallbackQuery, _select: Any, manager: DialogManager, state: OrderState) -> None:
    await _list(manager, replace(shown_filter(manager), state=state))


async def choose_rail(query: CallbackQuery, _select: Any, manager: DialogManager, rail: Rail) -> None:
    await _list(manager, replace(shown_filter(manager), rail=rail))


async def choose_today(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _list(manager, replace(shown_filter(manager), days=Days.of(services(manager).desk.today())))


async def choose_yesterday(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    yesterday = services(manager).desk.today() - timedelta(days=1)
    await _list(manager, replace(shown_filter(manager), days=Days.of(yesterday)))


async def choose_month(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _list(manager, replace(shown_filter(manager), days=Days.month_of(services(manager).desk.today())))


async def type_student(message: Message, _widget: Any, manager: DialogManager) -> None:
    manager.show_mode = ShowMode.DELETE_AND_SEND
    try:
        words = clean_search(message.text or "")
    except InvalidInput as error:
        await message.answer(input_sentence(error))
        return
    await _list(manager, replace(shown_filter(manager), student=words))


async def type_days(message: Message, _widget: Any, manager: DialogManager) -> None:
    manager.show_mode = ShowMode.DELETE_AND_SEND
    try:
        days = parse_days(message.text or "", services(manager).desk.today())
    except InvalidInput as error:
        await message.answer(input_sentence(error))
        return
    await _list(manager, replace(shown_filter(manager), days=days))


async def older(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    pages: list[int] = manager.dialog_data.setdefault("pages", [])
    page = await services(manager).desk.orders(
        current_user(manager).id, shown_filter(manager), OrderId(pages[-1]) if pages else None
    )
    if page.has_more:
        pages.append(page.lines[-1].order.id)


async def newer(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    pages: list[int] = manager.dialog_data.get("pages", [])
    if pages:
        pages.pop()


async def open_order(query: CallbackQuery, _select: Any, manager: DialogManager, code: str) -> None:
    await open_desk_order(manager, OrderCode(code))


async def back_from_order(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """To the list or the differences that it was opened from; from a link to the desk."""
    if given(manager, "is_within"):
        await manager.done()
    else:
        await show_desk(manager)


async def export_xlsx(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await begin_export(query, manager, shown_filter(manager), FileKind.XLSX)


async def export_csv(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await begin_export(query, manager, shown_filter(manager), FileKind.CSV)


async def earlier_history(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _turn_history(manager, -1)


async def later_history(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _turn_history(manager, 1)


async def _turn_history(manager: DialogManager, step: int) -> None:
    code = given(manager, "code")
    dossier = await services(manager).desk.dossier(current_user(manager).id, code)
    last = max(-(-dossier.history_length // HISTORY_PAGE), 1) - 1
    page = manager.dialog_data.get("history", last) + step
    manager.dialog_data["history"] = min(max(page, 0), last)


async def choose_reason(query: CallbackQuery, _select: Any, manager: DialogManager, reason: str) -> None:
    await _confirm(manager, reason)


async def type_reason(message: Message, _widget: Any, manager: DialogManager) -> None:
    manager.show_mode = ShowMode.DELETE_AND_SEND
    try:
        reason = clean_reason(message.text or "")
    except InvalidInput as error:
        await message.answer(input_sentence(error))
        return
    await _confirm(manager, reason)


async def _confirm(manager: DialogManager, reason: str) -> None:
    """Each confirmation has a number of its own and is good for the order as it is now, once."""
    dossier = await services(manager).desk.dossier(current_user(manager).id, given(manager, "code"))
    manager.dialog_data.update(reason=reason, nonce=secrets.token_hex(8), seal=seal(dossier.order))
    await manager.switch_to(DeskOrder.confirm)


async def refund(query: CallbackQuery, _select: Any, manager: DialogManager, nonce: str) -> None:
    kept: str | None = manager.dialog_data.pop("nonce", None)
    await manager.switch_to(DeskOrder.order)
    manager.dialog_data.pop("history", None)
    if kept is None or not secrets.compare_digest(kept, nonce):
        await query.answer(_("This question is out of date, and nothing was done. Please ask again."), show_alert=True)
        return
    reason, sealed = manager.dialog_data["reason"], manager.dialog_data["seal"]
    try:
        course = await services(manager).desk.refund(current_user(manager).id, given(manager, "code"), reason, sealed)
    except (NotPaid, RefundAsked, ChangedMeanwhile) as error:
        # The order's screen shows how it stands now.
        await query.answer(sentence_for(error, manager.middleware_data["sentences"]), show_alert=True)
        return
    match course:
        case Refunding.DONE:
            await query.answer(_("Refunded. The student is being told."))
        case Refunding.UNDER_WAY:
            await query.answer(_("Telegram is being asked to return the Stars. It takes a moment."))
        case Refunding.AT_PROVIDER:
            await query.answer(_("Now cancel the payment in Payme's cabinet: the order shows how."), show_alert=True)


async def withdraw_refund(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).desk.withdraw_refund(current_user(manager).id, given(manager, "code"))
    manager.dialog_data.pop("history", None)
    await query.answer(_("The refund is withdrawn. The money stays."))


async def compare_recent(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _compare(query, manager, everything=False)


async def compare_everything(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _compare(query, manager, everything=True)


async def _compare(query: CallbackQuery, manager: DialogManager, *, everything: bool) -> None:
    await services(manager).books.ask(current_user(manager).id, everything=everything)
    await query.answer(_("The books are being compared. I will write to you when it is done."), show_alert=True)


async def next_differences(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data["page"] = manager.dialog_data.get("page", 0) + 1


async def previous_differences(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data["page"] = max(manager.dialog_data.get("page", 0) - 1, 0)
