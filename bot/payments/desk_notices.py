"""What staff is told about the books and about refunds that only they can finish."""

from collections.abc import Sequence
from html import escape

from aiogram.types import InlineKeyboardButton

from bot.i18n import _, ngettext
from bot.links import go_button
from bot.outgoing import Outgoing
from bot.services import Services
from domain.notifications.model import NoticeData, Notification
from domain.payments.reconciler import notice_data
from domain.payments.reconciliation import Reconciliation
from domain.users.model import User


async def books_differ(notification: Notification, user: User, services: Services) -> Outgoing:
    data = notification.data
    buttons = [(go_button(_("⚖️ Show"), f"books_{data['reconciliation_id']}"),)]
    buttons += [(go_button(_("Open order {code}").format(code=code), f"d_{code}"),) for code in _codes(data)]
    return Outgoing(text=_sentence(data), buttons=tuple(buttons))


def books_differ_in_chat(result: Reconciliation, bot_name: str) -> Outgoing:
    """For the admins' chat, where only links open anything."""
    data = notice_data(result)

    def link(text: str, payload: str) -> tuple[InlineKeyboardButton, ...]:
        return (InlineKeyboardButton(text=text, url=f"https://t.me/{bot_name}?start={payload}"),)

    buttons = [link(_("⚖️ Show"), f"books_{result.id}")]
    buttons += [link(_("Open order {code}").format(code=code), f"d_{code}") for code in _codes(data)]
    return Outgoing(text=_sentence(data), buttons=tuple(buttons))


def _codes(data: NoticeData) -> Sequence[str]:
    return str(data["codes"]).split()


def _sentence(data: NoticeData) -> str:
    count, counted = int(data["count"] or 0), int(data["counted"] or 0)
    if count == 0:
        return ngettext(
            "✅ The books agree: {n} order looked at.", "✅ The books agree: {n} orders looked at.", counted
        ).format(n=counted)
    return ngettext(
        "⚠️ <b>{n} difference in the books.</b> It says what to do when you open it.",
        "⚠️ <b>{n} differences in the books.</b> Each says what to do when you open it.",
        count,
    ).format(n=count)


async def refund_to_make(notification: Notification, user: User, services: Services) -> Outgoing:
    """Telegram does not return a payment in Stars."""
    data = notification.data
    code = str(data["order_code"] or "")
    stars = int(data["stars"] or 0)
    lines = [
        ngettext("⚠️ Telegram does not return {n} Star.", "⚠️ Telegram does not return {n} Stars.", stars).format(
            n=stars
        ),
        _("Its answer: {problem}").format(problem=escape(str(data["problem"] or "?"), quote=False)),
        _("Payment <code>{id}</code>").format(id=escape(str(data["charge_id"] or "?"), quote=False)),
        _("Settle it with the student yourself, or ask Telegram's support. The refund stays under way until then."),
    ]
    buttons = ((go_button(_("Open order {code}").format(code=code), f"d_{code}"),),) if code else ()
    return Outgoing(text="\n".join(lines), buttons=buttons)
