"""What is called how on the screens about receipts."""

from bot.i18n import N_, _
from domain.payments.proofs import RejectReason

REASONS: dict[RejectReason, str] = {
    RejectReason.UNREADABLE: N_("It cannot be read."),
    RejectReason.OTHER_AMOUNT: N_("It shows another amount."),
    RejectReason.NOT_FOUND: N_("This transfer has not arrived."),
}


def reason_sentence(reason: str) -> str:
    """A usual reason in the reader's language; one that staff typed as it was typed."""
    return _(REASONS[RejectReason(reason)]) if reason in set(RejectReason) else reason
