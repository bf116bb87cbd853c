"""How the staff desk calls things: states, rails, kinds, what happened to an order, and what differences mean."""

from bot.i18n import N_, _, money_sum
from bot.payments.proof_words import reason_sentence
from domain.learning.model import ProductKind
from domain.payments.desk_ports import HistoryLine
from domain.payments.model import OrderState, Rail
from domain.payments.reconciliation import Difference, DifferenceKind

STATES: dict[OrderState, str] = {
    OrderState.OPEN: N_("Not paid yet"),
    OrderState.PAID: N_("Paid"),
    OrderState.CANCELLED: N_("Cancelled"),
    OrderState.EXPIRED: N_("Expired"),
    OrderState.REFUNDED: N_("Refunded"),
}
RAILS: dict[Rail, str] = {
    Rail.PAYME: "Payme",
    Rail.STARS: "Telegram Stars",
    Rail.CASH: N_("Cash or transfer"),
}
KINDS: dict[ProductKind, str] = {
    ProductKind.COURSE: N_("Course"),
    ProductKind.LESSON: N_("Lesson"),
    ProductKind.TUITION: N_("Tuition"),
}
REASONS: dict[str, str] = {
    "asked": N_("The student asked for it"),
    "mistake": N_("Bought by mistake"),
    "twice": N_("Paid twice"),
    "not_held": N_("The lessons could not be held"),
}
"""The reasons of a refund that are kept by a short word; any other is kept as staff typed it."""

_EVENTS: dict[str, str] = {
    "ordered": N_("Ordered for {price}"),
    "paid": N_("Paid: {rail}"),
    "cancelled": N_("Cancelled by the student"),
    "expired": N_("Expired unpaid"),
    "refunded": N_("Refunded: {rail}"),
    "payme_created": N_("Payme began payment {id}"),
    "payme_performed": N_("Payme took payment {id}"),
    "payme_cancelled": N_("Payme cancelled payment {id}, reason {reason}"),
    "payme_refunded": N_("Payme returned payment {id}, reason {reason}"),
    "stars_paid": N_("Telegram took {stars} Stars, payment {id}"),
    "stars_surplus": N_("Telegram took {stars} extra Stars, payment {id}"),
    "stars_refunded": N_("Telegram returned {stars} Stars, payment {id}"),
    "proof_sent": N_("Receipt of a transfer sent"),
    "proof_confirmed": N_("Receipt of a transfer confirmed"),
    "proof_rejected": N_("Receipt of a transfer rejected: {reason}"),
    "proof_withdrawn": N_("Receipt of a transfer taken back"),
    "refund_requested": N_("Refund asked for: {reason}"),
    "refund_withdrawn": N_("Refund withdrawn"),
    "refund_settled": N_("Refund finished"),
    "fiscal_receipt": N_("Fiscal receipt received"),
}
_UNKNOWN_EVENT = N_("Something happened: {event}")

_MEANINGS: dict[DifferenceKind, str] = {
    DifferenceKind.UNPAID: N_(
        "{rail} took the money, but the order is not paid. Check it with the provider, and return the money there."
    ),
    DifferenceKind.NO_MONEY: N_(
        "The order is marked as paid, but there is no such payment ({rail}). Check who opened it, and how."
    ),
    DifferenceKind.PAID_TWICE: N_("More than one payment came, the other by {rail}. Return the one that is too much."),
    DifferenceKind.WRONG_AMOUNT: N_(
        "Amounts differ: {expected} expected, {found} found. Check the payment with the provider."
    ),
    DifferenceKind.NOT_ENTERED: N_("The payment by {rail} is missing in the ledger. Tell the developers the order."),
    DifferenceKind.REFUND_NOT_ENTERED: N_(
        "The refund by {rail} is missing in the ledger. Tell the developers the order."
    ),
    DifferenceKind.NO_RECORD: N_(
        "The ledger says {found}, but there is no such payment ({rail}). Check it with the provider."
    ),
    DifferenceKind.ENTERED_TWICE: N_("The ledger has the same movement twice. Tell the developers the order."),
    DifferenceKind.NOT_REFUNDED: N_(
        "{rail} gave the money back, but the order is not refunded and may still be open. Refund the order here too."
    ),
    DifferenceKind.NOT_RETURNED: N_(
        "The order is refunded, but {rail} still has the money. Return it in the provider's cabinet."
    ),
    DifferenceKind.NOT_OPENED: N_(
        "The order is paid, but what was bought is not open to the student. Write to them, and refund if they wish."
    ),
    DifferenceKind.STILL_OPEN: N_("The order is not paid, but what it was for is open. Find out who opened it."),
    DifferenceKind.SURPLUS_KEPT: N_("{found} came without an order to pay, and did not go back. Return them."),
    DifferenceKind.STATEMENT: N_(
        "Payme's statement tells another story about a payment of this order. Compare it in Payme's cabinet."
    ),
    DifferenceKind.SUMS: N_("{rail}: payments make {expected}, the ledger makes {found}. The lines above say why."),
}


def state_word(state: OrderState) -> str:
    return _(STATES[state])


def rail_word(rail: Rail | None) -> str:
    return _(RAILS[rail]) if rail is not None else "?"


def reason_word(reason: str) -> str:
    return _(REASONS[reason]) if reason in REASONS else reason


def history_sentence(line: HistoryLine) -> str:
    """What happened, in the current language, unescaped."""
    data = line.data
    price = data.get("price")
    rail = data.get("rail")
    reason = str(data.get("reason") or "?")
    return _(_EVENTS.get(line.event, _UNKNOWN_EVENT)).format(
        event=line.event,
        price=money_sum(price) if isinstance(price, int) else "",
        rail=rail_word(Rail(rail)) if isinstance(rail, str) else "",
        id=data.get("payme_id") or data.get("charge_id") or "",
        stars=data.get("stars") or 0,
        reason=reason_sentence(reason) if line.event == "proof_rejected" else reason_word(reason),
    )


def difference_sentence(difference: Difference) -> str:
    """What it means and what to do, in the current language, unescaped."""
    return _(_MEANINGS[difference.kind]).format(
        rail=rail_word(difference.rail),
        expected=amount(difference.expected, difference.rail),
        found=amount(difference.found, difference.rail),
    )


def amount(value: int | None, rail: Rail | None) -> str:
    """So'm, on the rail of Stars whole Stars."""
    if value is None:
        return "?"
    if rail is Rail.STARS:
        return f"{value} ⭐"
    return f"−{money_sum(-value)}" if value < 0 else money_sum(value)
