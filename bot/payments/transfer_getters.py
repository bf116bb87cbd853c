import re
from html import escape
from typing import Any

from aiogram_dialog import DialogManager

from bot.dialogs import given
from bot.i18n import Safe, current_language, day_and_time, money
from bot.payments.proof_words import reason_sentence
from bot.services import current_user, services
from domain.learning.model import ProductKind
from domain.payments.model import OrderState

_CARD = re.compile(r"(?<!\d)\d{4}(?:[ -]?\d{4}){3}(?!\d)")


async def transfer_page(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    user = current_user(dialog_manager)
    page = await services(dialog_manager).proofs.transfer(user.id, given(dialog_manager, "code"))
    order, proof = page.order, page.proof
    is_open = order.state is OrderState.OPEN
    is_closed = order.state not in (OrderState.OPEN, OrderState.PAID)
    may_send = page.details is not None and not page.is_waiting and not page.is_busy
    details = page.details or ""
    card = _CARD.search(details)
    return {
        "title": order.title.read_in(current_language()),
        "price": money(order.price),
        "code": order.code,
        "details": marked(details),
        "card": re.sub(r"\D", "", card.group()) if card and may_send else None,
        "may_send": may_send,
        "is_waiting": page.is_waiting,
        "is_overtime": page.is_overtime,
        "is_rejected": page.is_rejected and may_send,
        "reason": reason_sentence(proof.reason) if proof is not None and proof.reason else "",
        "is_busy": page.is_busy and is_open,
        "is_impossible": is_open and not (may_send or page.is_waiting or page.is_busy),
        "is_paid": order.state is OrderState.PAID,
        "paid": day_and_time(order.paid_at, user.timezone) if order.paid_at else "",
        "is_closed": is_closed,
        "is_expired": order.state is OrderState.EXPIRED,
        "can_reorder": is_closed and order.product.kind is not ProductKind.TUITION,
    }


def marked(details: str) -> Safe:
    """The operator's words, a card's number in them ready to be copied by a tap."""
    return Safe(_CARD.sub(r"<code>\g<0></code>", escape(details, quote=False)))
