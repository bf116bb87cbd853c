"""Telegram Stars in the chat: the invoice, Telegram's question before it charges, its messages about the money."""

import asyncio
from dataclasses import dataclass
from typing import Any

import structlog
from aiogram import Bot, Router
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.filters import Command, Filter
from aiogram.types import CallbackQuery, LabeledPrice, Message, PreCheckoutQuery, RefundedPayment, SuccessfulPayment
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button

from bot.dialogs import given
from bot.i18n import _, current_language, shorten
from bot.services import current_user, services
from domain.learning.model import ProductKind
from domain.payments.errors import ChangedMeanwhile, RailClosed
from domain.payments.model import Order, Rail
from domain.payments.rails import StarsInvoice
from domain.payments.stars import CURRENCY, ChargeFate, StarsCharge
from domain.payments.stars_ports import ChargeId
from domain.users.model import UserId

log = structlog.get_logger()

TITLE_LENGTH, DESCRIPTION_LENGTH = 32, 255
PATIENCE = 6.0
"""Seconds for looking the order up, of the ten after which Telegram charges nothing and says that we are silent."""
STARS_INVOICE = "stars_invoice"
"""Where the order's screen notes the message with its invoice."""

router = Router(name="stars")


class Paid(Filter):
    async def __call__(self, message: Message) -> bool:
        return message.successful_payment is not None


class Refunded(Filter):
    async def __call__(self, message: Message) -> bool:
        return message.refunded_payment is not None


async def pay_with_stars(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Send the invoice of the shown order; an earlier one of it goes, so that nobody pays twice by mistake."""
    user_id, code = current_user(manager).id, given(manager, "code")
    payments = services(manager).payments
    order = await payments.order(user_id, code)
    start = await payments.start(user_id, code, Rail.STARS, current_language(), "")
    if not isinstance(start, StarsInvoice):
        raise RailClosed(Rail.STARS)
    await take_invoice_back(manager)
    words = invoice_words(order)
    bot: Bot = manager.middleware_data["bot"]
    try:
        invoice = await bot.send_invoice(
            user_id,
            title=words.title,
            description=words.description,
            payload=start.payload,
            currency=CURRENCY,
            provider_token="",
            prices=[LabeledPrice(label=words.title, amount=start.stars)],
            # A forwarded copy leads into the bot instead of letting somebody else pay.
            start_parameter=f"o_{order.code}",
        )
    except TelegramBadRequest as error:
        log.error("stars.invoice_refused", order=order.code, stars=start.stars, reason=error.message)
        raise RailClosed(Rail.STARS) from error
    manager.dialog_data[STARS_INVOICE] = invoice.message_id


async def take_invoice_back(manager: DialogManager) -> None:
    """The invoice that was sent from this order's screen, if there is one, can be paid no more."""
    message_id = manager.dialog_data.pop(STARS_INVOICE, None)
    if message_id is None:
        return
    bot: Bot = manager.middleware_data["bot"]
    try:
        await bot.delete_message(current_user(manager).id, message_id)
    except TelegramBadRequest as error:
        # Older than two days, or deleted by the student: a payment of it is refused or comes back.
        log.info("stars.invoice_stays", reason=error.message)


def cut(text: str, limit: int) -> str:
    """At most so many characters, cut between words where that leaves most of the text."""
    if len(text) <= limit:
        return text
    words = text[:limit].rpartition(" ")[0].rstrip()
    return words + "…" if len(words) > limit // 2 else shorten(text, limit)


@dataclass(frozen=True, slots=True)
class InvoiceWords:
    title: str
    description: str


def invoice_words(order: Order) -> InvoiceWords:
    """What is bought, within Telegram's limits: a title that is cut short is told in full below."""
    match order.product.kind:
        case ProductKind.COURSE:
            text = _("\nThe payment opens every lesson of the course, for good.")
        case ProductKind.LESSON:
            text = _("\nThe payment opens this lesson, for good.")
        case ProductKind.TUITION:
            text = _("\nThe payment goes to your monthly tuition.")
    title = order.title.read_in(current_language())
    description = text.strip() + _("\nOrder {code}").format(code=order.code)
    if len(title) > TITLE_LENGTH:
        description = f"{cut(title, DESCRIPTION_LENGTH - len(description) - 1)}\n{description}"
    return InvoiceWords(cut(title, TITLE_LENGTH), description)


@router.pre_checkout_query()
async def agree(query: PreCheckoutQuery, **data: Any) -> None:
    """May Telegram charge? A refusal is an error, which is answered like every other: see `bot.errors`."""
    stars = services(data).stars
    charge = StarsCharge(
        user_id=UserId(query.from_user.id),
        payload=query.invoice_payload,
        currency=query.currency,
        stars=query.total_amount,
    )
    async with asyncio.timeout(PATIENCE):
        order = await stars.reserve(charge)
    try:
        await query.answer(ok=True)
    except TelegramAPIError as error:
        # Nothing is charged without our word, so the order is free for another try.
        await stars.release(order)
        if not isinstance(error, TelegramBadRequest):
            raise
        log.warning("stars.answer_too_late", order=order.code, reason=error.message)


@router.message(Paid())
async def receive(message: Message, **data: Any) -> None:
    """The student is told by the notice of the paid order, and of what goes back by the notice of its return."""
    if message.successful_payment is None:
        return
    charge = _charge(message, message.successful_payment)
    try:
        fate = await services(data).stars.receive(charge)
    except ChangedMeanwhile as error:
        # Money has come, so this must not end as a sentence to the student: it is tried again, then kept for staff.
        raise RuntimeError("a payment in Stars could not be kept") from error
    note = log.warning if fate is ChargeFate.SURPLUS else log.info
    note("stars.received", fate=fate.value, order=charge.code, stars=charge.stars, charge_id=charge.charge_id)


@router.message(Refunded())
async def note_refund(message: Message, **data: Any) -> None:
    if message.refunded_payment is None:
        return
    charge = _charge(message, message.refunded_payment)
    is_news = await services(data).stars.note_refund(charge)
    log.info("stars.returned", order=charge.code, charge_id=charge.charge_id, is_news=is_news)


def _charge(message: Message, payment: SuccessfulPayment | RefundedPayment) -> StarsCharge:
    return StarsCharge(
        user_id=UserId(message.chat.id),
        payload=payment.invoice_payload,
        currency=payment.currency,
        stars=payment.total_amount,
        charge_id=ChargeId(payment.telegram_payment_charge_id),
    )


@router.message(Command("paysupport", ignore_case=True))
async def say_who_helps(message: Message, **data: Any) -> None:
    """Telegram asks of every bot that takes Stars to answer this command."""
    contact = data["settings"].centre.centre_contact
    if contact:
        text = _("Is something wrong with a payment? Please write to {contact} and name your order: /payments")
        await message.answer(text.format(contact=contact))
    else:
        await message.answer(
            _("Is something wrong with a payment? Please tell your teacher the number of your order: /payments")
        )
