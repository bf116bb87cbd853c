"""Orders past their time, and the screens of orders that tell what is no longer so."""

import asyncio
from typing import Protocol

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError

from bot.i18n import speaking
from bot.intake.state import OpenScreen, open_screen
from bot.payments.getters import SHOWN
from bot.payments.notices import closed_order
from bot.payments.stars import STARS_INVOICE
from bot.services import Services
from domain.jobs import JobPayload
from domain.notifications.model import Notification
from domain.payments.errors import OrderGone
from domain.payments.model import OrderCode, OrderState, Rail
from domain.payments.upkeep import OrderKeeper
from domain.users.model import UserId

log = structlog.get_logger()

GLANCES, PAUSE = 20, 0.25
"""How often, and with how many seconds in between, to look whether a user's taps have been worked on."""


class KeptStates(Protocol):
    async def kept(self, user_id: int) -> tuple[bytes | None, bool]:
        """A user's dialog state, and whether an update of theirs is still on its way."""
        ...


class OrderJobs:
    def __init__(self, services: Services, keeper: OrderKeeper, bot: Bot, states: KeptStates) -> None:
        self._services = services
        self._keeper = keeper
        self._bot = bot
        self._states = states

    async def sweep(self, payload: JobPayload) -> None:
        """Every minute: what nobody can pay any more ends."""
        swept = await self._keeper.sweep()
        if swept.expired or swept.released:
            log.info("orders.swept", expired=swept.expired, released=swept.released)

    async def follow_notice(self, notification: Notification) -> None:
        """The student has been told that an order was paid or refunded: its screen is not to say otherwise.

        A job of its own, so that the notice waits for no edit and an edit that fails is tried again by itself.
        """
        code = OrderCode(str(notification.data["order_code"]))
        await self._keeper.redraw(notification.user_id, code, notification.kind)

    async def redraw(self, payload: JobPayload) -> None:
        """`user_id`, `order_code`: where the pay buttons of a closed order are the student's last screen, say how it
        ended. The dialog behind the message stays as it is; the buttons now on it lead anew to the order."""
        user_id, code = UserId(int(payload["user_id"] or 0)), str(payload["order_code"])
        user = await self._services.users.find(user_id)
        if user is None or not user.is_reachable:
            return
        try:
            order = await self._services.payments.order(user_id, code)
        except OrderGone:
            return
        screen = await self._settled_screen(user_id)
        if screen is None or order.state is OrderState.OPEN or screen.start_data.get("code") != code:
            return
        if screen.dialog_data.get(SHOWN) == order.state:
            return
        invoice = screen.dialog_data.get(STARS_INVOICE)
        if invoice is not None and order.paid_by is not Rail.STARS:
            await self._take_invoice_away(user_id, invoice)
        with speaking(user.language):
            told = closed_order(order, user)
        try:
            await self._bot.edit_message_text(
                chat_id=user_id, message_id=screen.message_id, text=told.text, reply_markup=told.markup
            )
        except (TelegramBadRequest, TelegramForbiddenError) as error:
            # Deleted, edited already, or out of reach: nobody can press a button on it.
            log.info("orders.screen_stays", user_id=user_id, reason=error.message)

    async def _take_invoice_away(self, user_id: UserId, message_id: int) -> None:
        """Telegram would ask before it charges for it, and be refused; better nobody tries."""
        try:
            await self._bot.delete_message(user_id, message_id)
        except (TelegramBadRequest, TelegramForbiddenError) as error:
            log.info("orders.invoice_stays", user_id=user_id, reason=error.message)

    async def _settled_screen(self, user_id: UserId) -> OpenScreen | None:
        """What is before them once their taps of this moment are done: the message may be another screen by then."""
        kept, is_busy = await self._states.kept(user_id)
        for _glance in range(GLANCES):
            if not is_busy:
                break
            await asyncio.sleep(PAUSE)
            kept, is_busy = await self._states.kept(user_id)
        return open_screen(kept)
