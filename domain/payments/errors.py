"""Facts about orders and payments that stop a use case."""

from domain.errors import DomainError, Gone


class OrderGone(Gone):
    """There is no such order, or it is not this person's."""


class NotForSale(DomainError):
    """Free, unpublished, unknown, or not sold this way (a lesson of a course that is sold as a whole, …)."""


class AlreadyOwned(DomainError):
    """Whoever wants to buy it can open it already."""


class OrderPaid(DomainError):
    """The order has its money; it takes no second payment and cannot be given up."""


class OrderBusy(DomainError):
    """A payment of this order is under way; it accepts one living transaction."""


class OrderClosed(DomainError):
    """Cancelled, expired or refunded: it takes no payment any more."""


class OrderFinal(DomainError):
    """What was bought is delivered and cannot be returned."""


class WrongAmount(DomainError):
    """The amount is not the order's price."""


class TransactionGone(Gone):
    """The provider's transaction id is not known here."""


class TransactionClosed(DomainError):
    """The transaction's state, or its age, does not permit the operation."""


class ForeignTransaction(DomainError):
    """The transaction id belongs to another order."""


class ReceiptGone(Gone):
    """No transaction for this fiscal receipt."""


class ChangedMeanwhile(DomainError):
    """Somebody else changed the row between reading and writing it; nothing was written."""


class RailClosed(DomainError):
    """This order is not sold, or cannot be refunded, on that rail."""


class StarsRefused(DomainError):
    """A payment in Stars that does not fit its order: somebody else's, another amount, an unknown payload."""


class ProofGone(Gone):
    """There is no such proof of a transfer."""


class ProofDecided(DomainError):
    """The proof was confirmed, rejected or withdrawn already."""


class NotPaid(DomainError):
    """Only a paid order can be refunded."""


class RefundAsked(DomainError):
    """The refund of this order is under way already."""


class RefundNotAsked(DomainError):
    """There is no refund of this order that waits."""
