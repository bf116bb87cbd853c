"""What is said about receipts: to admins that one waits, to students that theirs was not accepted."""

from html import escape

from bot.i18n import _, current_language, day_and_time, money
from bot.links import go_button
from bot.outgoing import Outgoing
from bot.payments.proof_words import reason_sentence
from bot.services import Services
from domain.errors import NotAllowed
from domain.notifications.model import Notification
from domain.payments.model import OrderState
from domain.payments.proofs import ProofId
from domain.users.model import User


async def proof_waiting(notification: Notification, user: User, services: Services) -> Outgoing:
    proof_id = ProofId(int(notification.data["proof_id"] or 0))
    try:
        page = await services.proofs.proof(user.id, proof_id)
    except NotAllowed:
        # Not an admin any more by the time it is delivered: whose receipt it is stays with those who are.
        return Outgoing(text=_("🧾 A student has sent a receipt. The admins look after it."))
    text = _("🧾 <b>{name}</b> has sent a receipt: {price} for <b>{title}</b>.").format(
        name=escape(page.student.full_name, quote=False),
        price=money(page.order.price),
        title=escape(page.order.title.read_in(current_language()), quote=False),
    )
    return Outgoing(text=text, buttons=((go_button(_("🔎 Check the receipt"), f"r_{proof_id}"),),))


async def proof_rejected(notification: Notification, user: User, services: Services) -> Outgoing:
    order = await services.payments.order(user.id, str(notification.data["order_code"]))
    sentences = [
        _("❌ Your receipt of {price} for <b>{title}</b> was not accepted: {reason}").format(
            price=money(order.price),
            title=escape(order.title.read_in(current_language()), quote=False),
            reason=escape(reason_sentence(str(notification.data["reason"])), quote=False),
        )
    ]
    buttons = [(go_button(_("🧾 Order"), f"o_{order.code}"),)]
    if order.state is OrderState.OPEN:
        until = day_and_time(order.expires_at, user.timezone)
        sentences.append(
            _("Please look at it again and send another one. The order waits until {until}.").format(until=until)
        )
        buttons.insert(0, (go_button(_("📷 Send another receipt"), f"rt_{order.code}"),))
    return Outgoing(text="\n\n".join(sentences), buttons=tuple(buttons))
