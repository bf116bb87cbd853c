"""A second Payme merchant, written from the protocol's text alone: it shares no code with the product."""

from dataclasses import dataclass, field
from typing import Any

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
        if self.orders[account].status == "waiting" and any(
            slip.order == account and slip.state == 1 for slip in self.slips.values()
        ):
            return "busy"
        if self.orders[account].status != "waiting":
            return self.orders[account].status
        return "over" if now - self.orders[account].made >= DAY else None

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
            slip.state, slip.performed = 2, max(now, slip.created)
            self.orders[slip.order].status = "paid"
            self.opened.add(slip.order)
            self.balance += self.orders[slip.order].price
            self.told += 1
        return {"transaction": payme_id, "perform_time": slip.performed, "state": 2}

    def cancel(self, payme_id: str, reason: int, now: int) -> Answer:
        self._sweep(now)
        slip = self.slips.get(payme_id)
        if slip is None:
            return -31003
        if slip.state == 2:
            if self.orders[slip.order].final:
                return -31007
            slip.state, slip.reason, slip.cancelled = -2, reason, max(now, slip.performed)
            self.orders[slip.order].status = "returned"
            self.opened.remove(slip.order)
            self.balance -= self.orders[slip.order].price
            self.told += 1
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
