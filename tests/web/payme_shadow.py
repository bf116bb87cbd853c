"""A second merchant, written from the protocols' texts alone: it shares no code with the product.

Besides Payme's calls it keeps the books of what Telegram, staff and the clock do to the same orders.
"""

from dataclasses import dataclass, field
from typing import Any

TWO_MINUTES = 120_000
HALF_DAY = 12 * 60 * 60 * 1000
DAY = 2 * HALF_DAY

Answer = dict[str, Any] | int
"""A result, or an error code. Transactions are named by Payme's id here."""


@dataclass
class Paper:
    """One order as a bookkeeper writes it down."""

    price: int
    made: int
    final: bool = False
    status: str = "waiting"
    paid_by: str | None = None
    kept_for: str | None = None
    """Another way to pay that is under way: Telegram asked, or a receipt lies on the desk."""
    kept_until: int | None = None
    receipt: bool = False
    """One lies on the desk, also when the order was paid otherwise meanwhile."""
    asked_back: bool = False
    """Staff wants the money to go back."""

    def is_kept(self, now: int) -> bool:
        return self.kept_for is not None and (self.kept_until is None or now < self.kept_until)

    def free(self) -> None:
        self.kept_for = self.kept_until = None


@dataclass
class Slip:
    order: str
    time: int
    created: int
    performed: int = 0
    cancelled: int = 0
    state: int = 1
    reason: int | None = None


@dataclass
class Shadow:
    orders: dict[str, Paper] = field(default_factory=dict)
    slips: dict[str, Slip] = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)
    balance: int = 0
    told: int = 0

    def _sweep(self, now: int) -> None:
        for slip in self.slips.values():
            deadline = min(slip.time, slip.created) + HALF_DAY
            if slip.state == 1 and now >= deadline:
                slip.state, slip.reason, slip.cancelled = -1, 4, deadline

    def _trouble(self, account: str, now: int) -> str | None:
        paper = self.orders[account]
        if paper.status != "waiting":
            return paper.status
        if paper.is_kept(now) or any(slip.order == account and slip.state == 1 for slip in self.slips.values()):
            return "busy"
        return "over" if now - paper.made >= DAY else None

    def _pay(self, account: str, rail: str) -> None:
        paper = self.orders[account]
        paper.status, paper.paid_by = "paid", rail
        paper.free()
        self.opened.add(account)
        self.balance += paper.price
        self.told += 1

    def _pay_back(self, account: str) -> None:
        paper = self.orders[account]
        paper.status, paper.asked_back = "returned", False
        self.opened.remove(account)
        self.balance -= paper.price
        self.told += 1

    def telegram_asks(self, account: str, now: int) -> bool:
        """Before it charges Stars; a yes keeps the order for two minutes."""
        self._sweep(now)
        if self._trouble(account, now) is not None:
            return False
        self.orders[account].kept_for, self.orders[account].kept_until = "stars", now + TWO_MINUTES
        return True

    def telegram_charged(self, account: str, now: int) -> bool:
        """Money that has come counts while the order waits, whoever else is at it; else it goes back."""
        if self.orders[account].status != "waiting":
            return False
        self._pay(account, "stars")
        return True

    def receipt_comes(self, account: str, now: int) -> bool:
        """The same receipt again is no other one; it keeps the order until somebody decides."""
        self._sweep(now)
        paper = self.orders[account]
        if paper.kept_for == "cash":
            return True
        if self._trouble(account, now) is not None:
            return False
        paper.kept_for, paper.kept_until, paper.receipt = "cash", None, True
        return True

    def receipt_is_decided(self, account: str, decision: str, now: int) -> bool:
        paper = self.orders[account]
        if not paper.receipt or (decision == "confirm" and paper.status != "waiting"):
            return False
        paper.receipt = False
        if paper.status != "waiting":
            return True
        if decision == "confirm":
            self._pay(account, "cash")
            return True
        paper.free()
        if decision == "reject":
            # Whoever was refused has a day to send a better one.
            paper.made = max(paper.made, now)
        return True

    def staff_asks_back(self, account: str) -> bool:
        paper = self.orders[account]
        if paper.status != "paid" or paper.paid_by != "payme" or paper.asked_back:
            return False
        paper.asked_back = True
        return True

    def staff_gave_back(self, account: str) -> bool:
        """Stars and cash; what Payme took goes back by Payme's own call."""
        if self.orders[account].status != "paid" or self.orders[account].paid_by == "payme":
            return False
        self._pay_back(account)
        return True

    def broom(self, now: int) -> None:
        """The sweep of what is over: nothing can be paid by it that could not before."""
        self._sweep(now)
        for account, paper in self.orders.items():
            if paper.status != "waiting":
                continue
            if not paper.is_kept(now):
                paper.free()
            if self._trouble(account, now) == "over":
                paper.status = "over"

    def check(self, account: str, amount: int, now: int) -> Answer:
        self._sweep(now)
        if account not in self.orders:
            return -31050
        if amount != self.orders[account].price:
            return -31001
        trouble = self._trouble(account, now)
        if trouble is None:
            return {"allow": True}
        return {"busy": -31052, "paid": -31051}.get(trouble, -31053)

    def create(self, payme_id: str, account: str, amount: int, time: int, now: int) -> Answer:
        self._sweep(now)
        if account not in self.orders:
            return -31050
        if amount != self.orders[account].price:
            return -31001
        if payme_id in self.slips:
            slip = self.slips[payme_id]
            if slip.order != account or slip.state != 1:
                return -31008
            return {"transaction": payme_id, "create_time": slip.created, "state": 1, "receivers": None}
        trouble = self._trouble(account, now)
        if trouble is not None:
            return {"busy": -31008, "paid": -31051}.get(trouble, -31053)
        if now - time >= HALF_DAY:
            return -31008
        self.slips[payme_id] = Slip(account, time, now)
        return {"transaction": payme_id, "create_time": now, "state": 1, "receivers": None}

    def perform(self, payme_id: str, now: int) -> Answer:
        self._sweep(now)
        slip = self.slips.get(payme_id)
        if slip is None:
            return -31003
        if slip.state < 0:
            return -31008
        if slip.state == 1:
            if self.orders[slip.order].status != "waiting":
                return -31008
            slip.state, slip.performed = 2, max(now, slip.created)
            self._pay(slip.order, "payme")
        return {"transaction": payme_id, "perform_time": slip.performed, "state": 2}

    def cancel(self, payme_id: str, reason: int, now: int) -> Answer:
        self._sweep(now)
        slip = self.slips.get(payme_id)
        if slip is None:
            return -31003
        if slip.state == 2:
            if self.orders[slip.order].final and not self.orders[slip.order].asked_back:
                return -31007
            slip.state, slip.reason, slip.cancelled = -2, reason, max(now, slip.performed)
            self._pay_back(slip.order)
        elif slip.state == 1:
            slip.state, slip.reason, slip.cancelled = -1, reason, max(now, slip.created)
        return {"transaction": payme_id, "cancel_time": slip.cancelled, "state": slip.state}

    def state(self, payme_id: str, now: int) -> Answer:
        self._sweep(now)
        slip = self.slips.get(payme_id)
        return -31003 if slip is None else self._line(payme_id, slip)

    def _line(self, payme_id: str, slip: Slip) -> dict[str, Any]:
        return {
            "transaction": payme_id,
            "create_time": slip.created,
            "perform_time": slip.performed,
            "cancel_time": slip.cancelled,
            "state": slip.state,
            "reason": slip.reason,
        }

    def statement(self, start: int, end: int, now: int) -> Answer:
        """In the order of Payme's time; slips of one moment in the order in which they were created."""
        self._sweep(now)
        inside = [(slip.time, number, payme_id) for number, (payme_id, slip) in enumerate(self.slips.items())]
        return {
            "transactions": [
                {
                    "id": payme_id,
                    "time": time,
                    "amount": self.orders[self.slips[payme_id].order].price,
                    "account": {"order_id": self.slips[payme_id].order},
                    "receivers": None,
                    **self._line(payme_id, self.slips[payme_id]),
                }
                for time, _, payme_id in sorted(inside)
                if start <= time <= end
            ]
        }
