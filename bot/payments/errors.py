from bot.i18n import N_, _
from domain.errors import DomainError, InvalidInput
from domain.payments.errors import (
    AlreadyOwned,
    ChangedMeanwhile,
    NotForSale,
    NotPaid,
    OrderBusy,
    OrderClosed,
    OrderGone,
    OrderPaid,
    ProofDecided,
    ProofGone,
    RailClosed,
    RefundAsked,
    RefundNotAsked,
    StarsRefused,
)

SENTENCES: dict[type[DomainError], str] = {
    OrderGone: N_("You have no such order. /payments shows yours."),
    NotForSale: N_("This is not sold right now. /learn shows what there is."),
    AlreadyOwned: N_("It is open to you already: there is nothing to pay."),
    OrderPaid: N_("This order is paid already. Thank you!"),
    OrderBusy: N_("This order is being paid right now. Please wait a minute and check again."),
    OrderClosed: N_("This order is closed. Please make a new one."),
    RailClosed: N_("This order cannot be paid that way right now. Please choose another way in /payments."),
    StarsRefused: N_("This invoice does not fit your order. Please open the order in /payments and pay from there."),
    ProofGone: N_("There is no such receipt."),
    ProofDecided: N_("There is already a decision on this receipt."),
    NotPaid: N_("Only a paid order can be refunded."),
    RefundAsked: N_("The refund of this order is under way already."),
    RefundNotAsked: N_("No refund of this order is under way."),
    ChangedMeanwhile: N_("Something changed just now. Please try once more."),
}

_INPUT: dict[tuple[str, str], str] = {
    ("receipt", "not_a_receipt"): N_("I cannot show this file. Please send a photo, a screenshot or a PDF."),
    ("receipt", "too_large"): N_("That file is too large: 20 MB at most. A screenshot will do."),
    ("receipt", "too_many"): N_("You have sent many receipts today. Please try again tomorrow."),
    ("reason", "empty"): N_("I see no reason there. Please type it."),
    ("reason", "too_short"): N_("That is too short: 3 characters at least."),
    ("search", "empty"): N_("I see no letter or digit there. Please type it again."),
    ("search", "too_long"): N_("That is too long: 64 characters at most."),
    ("days", "not_a_day"): N_("I do not know that day. Type it like 21.11.2026, or two days: 1.11.2026 - 15.11.2026"),
    ("days", "backwards"): N_("The first day must come before the last one."),
    ("reason", "too_long"): N_("That is too long: 200 characters at most."),
}


def input_sentence(error: InvalidInput) -> str:
    """What is wrong with what was sent, in the current language."""
    return _(_INPUT.get((error.field, error.reason), N_("That does not fit here. Please try again.")))
