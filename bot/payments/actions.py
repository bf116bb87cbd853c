"""What a student does with an order."""

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from bot.dialogs import given
from bot.i18n import _
from bot.learning.states import show_catalogue, show_course, show_lesson
from bot.payments.stars import take_invoice_back
from bot.payments.states import show_known_order, show_order, show_orders, show_transfer
from bot.services import current_user, services
from bot.tuition.states import show_my_tuition, show_tuition_page
from bot.users.states import show_menu
from domain.courses.model import CourseId, LessonId
from domain.learning.model import ProductKind
from domain.payments.model import Order, OrderCode, OrderState
from domain.tuition.model import ScheduleId


async def shown_order(manager: DialogManager) -> Order:
    return await services(manager).payments.order(current_user(manager).id, given(manager, "code"))


async def check(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    order = await shown_order(manager)
    if order.state is OrderState.OPEN:
        await query.answer(
            _("The payment has not arrived yet. It takes up to a minute; I will write to you as soon as it is here."),
            show_alert=True,
        )
    elif order.state is OrderState.PAID:
        await query.answer(_("Paid. Thank you!"))


async def give_up(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await services(manager).payments.cancel_order(current_user(manager).id, given(manager, "code"))
    await take_invoice_back(manager)


async def buy_again(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_order(manager, (await shown_order(manager)).product)


async def to_product(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    product = (await shown_order(manager)).product
    match product.kind:
        case ProductKind.LESSON:
            await show_lesson(manager, LessonId(product.id))
        case ProductKind.COURSE:
            await show_course(manager, CourseId(product.id))
        case ProductKind.TUITION:
            await show_tuition_page(manager, ScheduleId(product.id))


async def to_tuition(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_my_tuition(manager)


async def to_transfer(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_transfer(manager, OrderCode(given(manager, "code")))


async def open_order(query: CallbackQuery, _select: Select[str], manager: DialogManager, code: str) -> None:
    order = await services(manager).payments.order(current_user(manager).id, code)
    await show_known_order(manager, OrderCode(order.code))


async def to_orders(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_orders(manager)


async def to_catalogue(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_catalogue(manager)


async def to_menu(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_menu(manager)
