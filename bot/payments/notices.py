"""What a student is told about a payment that was not made by a tap in the chat."""

from html import escape

from aiogram.types import InlineKeyboardButton

from bot.i18n import _, day_and_time, money_sum
from bot.links import go_button
from bot.outgoing import Outgoing
from bot.payments.getters import order_facts
from bot.services import Services
from domain.courses.model import CourseId
from domain.learning.model import ProductKind
from domain.notifications.model import Notification
from domain.payments.model import Order, OrderState, Rail
from domain.payments.payme import ReceiptKind
from domain.tuition.model import ScheduleId
from domain.users.model import User


async def payment_performed(notification: Notification, user: User, services: Services) -> Outgoing | None:
    """None for what was refunded before it could be told: the refund's own notice says so."""
    order = await services.payments.order(user.id, str(notification.data["order_code"]))
    if order.product.kind is ProductKind.TUITION:
        text = _("✅ Your payment of {price} for <b>{title}</b> has arrived. Thank you!")
        return await _about_tuition(text, order, user, services)
    if order.state is not OrderState.PAID:
        return None
    if order.product.kind is ProductKind.LESSON:
        button = go_button(_("▶️ Open the lesson"), f"l_{order.product.id}")
    else:
        page = await services.learning.course(user.id, CourseId(order.product.id))
        button = go_button(_("▶️ Open the course"), f"c_{page.course.code}")
    text = _("✅ Your payment of {price} has arrived. <b>{title}</b> is open. Enjoy learning!")
    return Outgoing(text=_filled(text, order), buttons=((button,),))


async def payment_cancelled(notification: Notification, user: User, services: Services) -> Outgoing:
    order = await services.payments.order(user.id, str(notification.data["order_code"]))
    if order.product.kind is ProductKind.TUITION:
        text = _("↩️ The payment of {price} for <b>{title}</b> was cancelled: the money goes back to you.")
        return await _about_tuition(text, order, user, services)
    text = _("↩️ The payment of {price} for <b>{title}</b> was cancelled: the money goes back to you, and it is closed.")
    return Outgoing(text=_filled(text, order), buttons=((go_button(_("🧾 Order"), f"o_{order.code}"),),))


async def _about_tuition(text: str, order: Order, user: User, services: Services) -> Outgoing:
    """Then how the student stands now, with what was paid before and is billed since."""
    schedule_id = ScheduleId(order.product.id)
    account = await services.tuition.account(user.id, schedule_id)
    if account.debt:
        standing = _("Left to pay: {left}").format(left=money_sum(account.debt))
    elif account.prepaid:
        standing = _("Paid ahead: {prepaid}").format(prepaid=money_sum(account.prepaid))
    else:
        standing = _("Nothing is left to pay.")
    button = go_button(_("🎓 Open my tuition"), f"b_{schedule_id}")
    return Outgoing(text=f"{_filled(text, order)}\n{standing}", buttons=((button,),))


async def fiscal_receipt(notification: Notification, user: User, services: Services) -> Outgoing:
    order = await services.payments.order(user.id, str(notification.data["order_code"]))
    is_refund = notification.data["kind"] == ReceiptKind.CANCEL
    payment = _("🧾 The fiscal receipt of your payment of {price} for <b>{title}</b> is here.")
    refund = _("🧾 The fiscal receipt of the refund of {price} for <b>{title}</b> is here.")
    button = InlineKeyboardButton(text=_("🧾 Open the receipt"), url=str(notification.data["url"]))
    return Outgoing(text=_filled(refund if is_refund else payment, order), buttons=((button,),))


def closed_order(order: Order, user: User) -> Outgoing:
    """What takes the place of pay buttons that nobody may press any more."""
    match order.state:
        case OrderState.PAID:
            ending = _("✅ Paid on {paid}").format(paid=day_and_time(order.paid_at or order.created_at, user.timezone))
        case OrderState.REFUNDED:
            ending = _("↩️ The payment was cancelled and the money goes back to you.")
        case OrderState.EXPIRED:
            ending = _("⌛️ The time for paying this order is over.")
        case OrderState.CANCELLED:
            ending = _("✖️ You have cancelled this order.")
        case OrderState.OPEN:
            raise ValueError("the order is open")
    is_tuition = order.product.kind is ProductKind.TUITION
    price = _("Amount: <b>{price}</b>") if is_tuition else _("Price: <b>{price}</b>")
    lines = (_("🧾 <b>{title}</b>"), price, ending, _("\nOrder {code}"))
    button = go_button(_("🧾 Open the order"), f"o_{order.code}")
    return Outgoing(text="\n".join(_filled(line, order) for line in lines), buttons=((button,),))


def _filled(text: str, order: Order) -> str:
    facts = order_facts(order)
    price = f"{order.stars} ⭐" if order.paid_by is Rail.STARS else facts["price"]
    return text.format(price=price, title=escape(facts["title"], quote=False), code=order.code)
