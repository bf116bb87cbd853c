"""What a student is told about bills, without having asked."""

from html import escape

from bot.i18n import _, calendar_day, money, money_sum, month_and_year
from bot.links import go_button
from bot.outgoing import Outgoing
from bot.services import Services
from domain.notifications.model import Notification
from domain.tuition.account import Account, BillLine
from domain.tuition.model import BillId, Stage
from domain.users.model import User


async def bill(notification: Notification, user: User, services: Services) -> Outgoing | None:
    """One of a bill's reminders; None when it was paid meanwhile, or a newer reminder is due."""
    stage = Stage(str(notification.data["stage"]))
    found = await services.tuition.reminder(user.id, _bill_id(notification), stage)
    if found is None:
        return None
    account, line = found
    match stage:
        case Stage.ISSUED:
            text = _("🎓 <b>{name}</b>\nThe bill for {month}: <b>{left}</b>, to be paid by {due}.")
        case Stage.DUE:
            text = _("🎓 <b>{name}</b>\nThe bill for {month} is due on {due}: <b>{left}</b>.")
        case Stage.LATE:
            text = _(
                "🎓 <b>{name}</b>\nThe bill for {month} was due on {due}, and <b>{left}</b> is still open."
                " If you have paid at the desk, please tell us."
            )
    button = go_button(_("💳 Open and pay"), f"b_{account.schedule.id}")
    return Outgoing(text=_filled(text, account, line), buttons=((button,),))


async def bill_covered(notification: Notification, user: User, services: Services) -> Outgoing | None:
    """None when the balance is gone again, by a refund."""
    account, line = await services.tuition.bill(user.id, _bill_id(notification))
    if line.left or line.bill.is_void:
        return None
    text = _("✅ <b>{name}</b>\nThe bill for {month}, {amount}, is paid from what you paid ahead.")
    if account.prepaid:
        text += "\n" + _("Paid ahead: {prepaid}")
    button = go_button(_("🎓 Open my tuition"), f"b_{account.schedule.id}")
    return Outgoing(text=_filled(text, account, line), buttons=((button,),))


def _bill_id(notification: Notification) -> BillId:
    return BillId(int(notification.data["bill_id"] or 0))


def _filled(text: str, account: Account, line: BillLine) -> str:
    return text.format(
        name=escape(account.schedule.name, quote=False),
        month=month_and_year(line.bill.month),
        amount=money(line.bill.amount),
        left=money_sum(line.left),
        due=calendar_day(line.bill.due_on),
        prepaid=money_sum(account.prepaid),
    )
