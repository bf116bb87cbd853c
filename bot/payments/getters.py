from typing import Any

from aiogram import Bot
from aiogram_dialog import DialogManager

from bot.dialogs import given
from bot.i18n import current_language, day_and_time, money, money_sum, shorten
from bot.services import current_user, services
from domain.learning.model import ProductKind
from domain.payments.model import Order, OrderState, Rail
from domain.payments.rails import InStars, PayPage

MARKS = {
    OrderState.OPEN: "⏳",
    OrderState.PAID: "✅",
    OrderState.CANCELLED: "✖️",
    OrderState.EXPIRED: "⌛️",
    OrderState.REFUNDED: "↩️",
}


SHOWN = "shown"
"""Where the order's screen notes the state of the order that it tells."""


def order_facts(order: Order) -> dict[str, Any]:
    """What sentences about an order are made of."""
    is_open = order.state is OrderState.OPEN
    return {
        "title": order.title.read_in(current_language()),
        "price": money(order.price),
        "code": order.code,
        "opens_course": is_open and order.product.kind is ProductKind.COURSE,
        "opens_lesson": is_open and order.product.kind is ProductKind.LESSON,
        "pays_tuition": is_open and order.product.kind is ProductKind.TUITION,
        "is_open": is_open,
        "is_paid": order.state is OrderState.PAID,
        "is_cancelled": order.state is OrderState.CANCELLED,
        "is_expired": order.state is OrderState.EXPIRED,
        "is_refunded": order.state is OrderState.REFUNDED,
    }


async def order_page(dialog_manager: DialogManager, bot: Bot, **_: Any) -> dict[str, Any]:
    user = current_user(dialog_manager)
    page = await services(dialog_manager).payments.page(user.id, given(dialog_manager, "code"))
    order = page.order
    dialog_manager.dialog_data[SHOWN] = order.state
    is_open = order.state is OrderState.OPEN
    is_tuition = order.product.kind is ProductKind.TUITION
    quotes = {way.rail: way.quote for way in page.ways}
    stars = quotes.get(Rail.STARS)
    return {
        **order_facts(order),
        "expires": day_and_time(order.expires_at, user.timezone),
        "paid": day_and_time(order.paid_at, user.timezone) if order.paid_at else "",
        "is_waiting": is_open and page.under_way is None and bool(quotes),
        "is_stuck": is_open and page.under_way is None and not quotes,
        "at_payme": page.under_way is Rail.PAYME,
        "at_stars": page.under_way is Rail.STARS,
        "at_staff": page.under_way is Rail.CASH,
        "may_check": is_open and page.under_way is not Rail.CASH,
        "may_cancel": is_open and page.under_way is None,
        "by_payme": Rail.PAYME in quotes,
        "pay_url": await _pay_url(dialog_manager, bot, order) if Rail.PAYME in quotes else "",
        "by_stars": isinstance(stars, InStars),
        "stars": stars.count if isinstance(stars, InStars) else 0,
        "by_transfer": Rail.CASH in quotes,
        "opens_product": order.state is OrderState.PAID and not is_tuition,
        "may_repeat": not is_open and order.state is not OrderState.PAID and not is_tuition,
        "is_tuition": is_tuition,
        "is_product": not is_tuition,
        "receipt_url": page.receipt_url or "",
        "has_receipt": page.receipt_url is not None,
    }


async def _pay_url(manager: DialogManager, bot: Bot, order: Order) -> str:
    """Payme's page for the order; afterwards it leads back to the order's screen."""
    back = f"https://t.me/{(await bot.me()).username}?start=o_{order.code}"
    step = services(manager).payments.next_step(order, Rail.PAYME, current_language(), back)
    return step.url if isinstance(step, PayPage) else ""


async def own_orders(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    user = current_user(dialog_manager)
    found = await services(dialog_manager).payments.orders_of(user.id)
    tuition = await services(dialog_manager).tuition.standing(user.id)
    lines = [(order.code, _line(order)) for order in found]
    return {
        "orders": lines,
        "is_empty": not lines,
        "debt": money_sum(tuition.debt),
        "owes_tuition": tuition.debt > 0,
        "has_tuition": tuition.count > 0 and not tuition.debt,
    }


def _line(order: Order) -> str:
    return f"{MARKS[order.state]} {shorten(order.title.read_in(current_language()), 32)} · {money(order.price)}"


async def contact(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    written = dialog_manager.middleware_data["settings"].centre.centre_contact
    return {"contact": written or "", "has_contact": bool(written), "is_unknown": not written}
