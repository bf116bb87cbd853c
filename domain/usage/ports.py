"""What has to be kept of calls of models: a ledger, purses, totals and budgets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from domain.usage.model import (
    Budgets,
    BudgetSheet,
    BudgetVersion,
    CallEnd,
    CallId,
    Feature,
    Full,
    NewCall,
    Period,
    Whose,
)
from domain.users.model import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What went out of a purse, reservations included."""

    tokens: int = 0
    micros: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """Calls of one feature on one day that have ended."""

    day: date
    feature: Feature
    calls: int
    failures: int
    tokens_in: int
    tokens_out: int
    seconds: int
    micros: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spender:
    """A person and what their calls cost in a month."""

    user_id: UserId
    name: str
    spent: Spent

    @property
    def place(self) -> "Place":
        return self.spent.micros, self.spent.tokens, self.user_id


Place = tuple[int, int, UserId]
"""Micro-dollars, tokens and id: where a page of spenders, the greatest first, goes on."""


class UsageBook(Protocol):
    """Every call is reserved before it is made and settled once after it."""

    async def budgets(self) -> BudgetSheet | None:
        """The newest ones; None while nobody has changed the operator's."""
        ...

    async def set_budgets(self, budgets: Budgets, replaces: BudgetVersion, actor: UserId, now: datetime) -> bool:
        """Become the version after `replaces`; False when another one is the newest. Unique in the schema."""
        ...

    async def version(self, version: BudgetVersion) -> Budgets | None: ...
    async def reserve(self, call: NewCall, budgets: Budgets) -> CallId | Full:
        """Enter the call and take the most that it may cost out of each purse.

        When it does not fit into one of them, that one is returned, and nothing may be committed.
        """
        ...

    async def settle(self, call_id: CallId, end: CallEnd) -> bool:
        """Put back what was not used and add the call to the day's total; False when it was settled before."""
        ...

    async def close_lost(self, before: datetime, now: datetime, limit: int) -> int:
        """End the calls that have been open since then as lost: what they reserved stays spent. How many."""
        ...

    async def spent(self, payer: UserId | None, day: date) -> dict[Period, Spent]:
        """Of a person, or of the centre for None: on this day and in its month."""
        ...

    async def totals(self, since: date, until: date) -> Sequence[Total]:
        """By day and feature, the newest day first; both days included."""
        ...

    async def spenders(self, month: date, *, limit: int, after: Place | None) -> Sequence[Spender]:
        """Who has spent most in this month (its first day)."""
        ...


PURSES = tuple((whose, period) for whose in Whose for period in Period)
"""In the order in which they are reserved: everybody waits for the others in one direction."""
