"""The job that asks Telegram to return Stars, and what the student is told when they are back."""

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest

from bot.i18n import _, ngettext
from bot.links import go_button
from bot.outgoing import Outgoing
from bot.services import Services
from domain.jobs import JobPayload
from domain.notifications.model import Notification
from domain.payments.stars_ports import ChargeId
from domain.users.model import User

log = structlog.get_logger()

_DONE_BEFORE = "CHARGE_ALREADY_REFUNDED"


class StarsRefunds:
    def __init__(self, services: Services, bot: Bot) -> None:
        self._stars = services.stars
        self._bot = bot

    async def refund(self, payload: JobPayload) -> None:
        """`charge_id`: return this payment. What fails in passing raises and is tried again; twice is once."""
        charge_id = ChargeId(str(payload["charge_id"]))
        payment = await self._stars.refund_due(charge_id)
        if payment is None:
            return
        try:
            await self._bot.refund_star_payment(payment.user_id, charge_id)
        except TelegramBadRequest as error:
            if _DONE_BEFORE not in error.message:
                log.error("stars.refund_refused", charge_id=charge_id, reason=error.message)
                await self._stars.refund_refused(charge_id, error.message)
                return
        is_news = await self._stars.finish_refund(charge_id)
        log.info("stars.refunded", charge_id=charge_id, stars=payment.stars, is_news=is_news)


async def stars_returned(notification: Notification, user: User, services: Services) -> Outgoing:
    stars, code = int(notification.data["stars"] or 0), notification.data["order_code"]
    text = ngettext(
        "↩️ You have your {stars} Star back: the order that it came for could not take it.",
        "↩️ You have your {stars} Stars back: the order that they came for could not take them.",
        stars,
    )
    buttons = ((go_button(_("🧾 Order"), f"o_{code}"),),) if code else ()
    return Outgoing(text=text.format(stars=stars), buttons=buttons)
