from typing import Any

from aiogram import Bot
from aiogram_dialog import DialogManager

from bot.dialogs import given
from bot.i18n import current_language, day_and_time, money, shorten
from bot.services import current_user, services
from domain.learning.model import ProductKind
from domain.payments.model import Order, OrderState, Rail
from domain.payments.rails import PayPage

MARKS = {
    OrderState.OPEN: "⏳",
    OrderState.PAID: "✅",
    OrderState.CANCELLED: "✖️",
    OrderState.EXPIRED: "⌛️",
    OrderState.REFUNDED: "↩️",
}


def order_facts(order: Order) -> dict[str, Any]:
    """What sentences about an order are made of."""
    is_open = order.state is OrderState.OPEN
    return {
        "title": order.title.read_in(current_language()),
        "price": money(order.price),
        "code": order.code,
        "opens_course": is_open and order.product.kind is ProductKind.COURSE,
        "opens_lesson": is_open and order.product.kind is ProductKind.LESSON,
        "is_open": is_open,
        "is_paid": order.state is OrderState.PAID,
        "is_cancelled": order.state is OrderState.CANCELLED,
        "is_expired": order.state is OrderState.EXPIRED,
        "is_refunded": order.state is OrderState.REFUNDED,
        "is_closed": order.state not in (OrderState.OPEN, OrderState.PAID),
    }


async def order_page(dialog_manager: DialogManager, bot: Bot, **_: Any) -> dict[str, Any]:
    user = current_user(dialog_manager)
    payments = services(dialog_manager).payments
    order = await payments.order(user.id, given(dialog_manager, "code"))
    receipt_url = None
    pay_url = ""
    if order.state in (OrderState.PAID, OrderState.REFUNDED):
        receipt_url = await payments.receipt_url(user.id, order.code)
    elif any(way.rail is Rail.PAYME for way in payments.ways_to_pay(order)):
        return_url = f"https://t.me/{(await bot.me()).username}?start=o_{order.code}"
        page = await payments.start(user.id, order.code, Rail.PAYME, current_language(), return_url)
        pay_url = page.url if isinstance(page, PayPage) else ""
    return {
        **order_facts(order),
        "expires": day_and_time(order.expires_at, user.timezone),
        "paid": day_and_time(order.paid_at, user.timezone) if order.paid_at else "",
        "pay_url": pay_url,
        "can_pay": bool(pay_url),
        "receipt_url": receipt_url or "",
        "has_receipt": receipt_url is not None,
    }


async def own_orders(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    found = await services(dialog_manager).payments.orders_of(current_user(dialog_manager).id)
    lines = [(order.code, _line(order)) for order in found]
    return {"orders": lines, "is_empty": not lines}


def _line(order: Order) -> str:
    return f"{MARKS[order.state]} {shorten(order.title.read_in(current_language()), 32)} · {money(order.price)}"


async def contact(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    written = dialog_manager.middleware_data["settings"].centre.centre_contact
    return {"contact": written or "", "has_contact": bool(written), "is_unknown": not written}
