"""Calls of models are reserved before they are made, and settled after: however many run, no budget is passed."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.clock import Clock
from domain.unit_of_work import Begin
from domain.usage.errors import BudgetSpent
from domain.usage.model import (
    Budgets,
    CallEnd,
    CallId,
    CallOutcome,
    Full,
    Measure,
    NewCall,
    Period,
    Price,
    centre_day,
)
from domain.usage.payer import current_payer

LOST_AFTER = timedelta(minutes=15)
"""Longer than any call may take."""
_SWEPT = 200
_FREE = Price()


class Call:
    """A call under way: whoever makes it notes here what it came to."""

    def __init__(self) -> None:
        self.used = Measure()
        """What is counted; nothing until it is noted: a call that was never answered costs nothing."""
        self.is_counted = False
        self.outcome: CallOutcome | None = None
        """None: done when it ends by itself, failed by an error."""

    def note(self, used: Measure, *, is_counted: bool) -> None:
        """`is_counted`: by the server; a guess never replaces what was counted."""
        if is_counted or not self.is_counted:
            self.used = used
            self.is_counted = is_counted


class Meter:
    """The door that every call of a model goes through."""

    def __init__(
        self, *, begin: Begin, now: Clock, budgets: Budgets, prices: Mapping[str, Price], timezone: str
    ) -> None:
        """`budgets`: the operator's, until an admin changes them; `prices`: by model, others are free of charge."""
        self._begin = begin
        self._now = now
        self._budgets = budgets
        self._prices = prices
        self._timezone = timezone

    @asynccontextmanager
    async def call(self, model: str, at_most: Measure) -> AsyncGenerator[Call, None]:
        """Reserve the most that the call may cost, and settle what it has cost when the block ends, however it ends.

        No transaction is open inside. Raises BudgetSpent before the block.
        """
        started = self._now()
        call_id = await self._reserve(model, at_most, started)
        call = Call()
        try:
            yield call
        except BaseException as error:
            if call.outcome is None:
                is_left = isinstance(error, GeneratorExit) or not isinstance(error, Exception)
                call.outcome = CallOutcome.STOPPED if is_left else CallOutcome.FAILED
            raise
        finally:
            await self._settle(call_id, call, self._prices.get(model, _FREE), started)

    async def sweep(self) -> int:
        """Close the calls whose process vanished; how many."""
        now = self._now()
        async with self._begin() as uow:
            count = await uow.usage.close_lost(now - LOST_AFTER, now, _SWEPT)
            await uow.commit()
        return count

    async def _reserve(self, model: str, at_most: Measure, now: datetime) -> CallId:
        day = centre_day(now, self._timezone)
        call = NewCall(
            payer=current_payer(),
            model=model,
            day=day,
            at_most=at_most,
            micros=at_most.cost(self._prices.get(model, _FREE)),
            started_at=now,
        )
        async with self._begin() as uow:
            sheet = await uow.usage.budgets()
            reserved = await uow.usage.reserve(call, sheet.budgets if sheet else self._budgets)
            if isinstance(reserved, Full):
                raise BudgetSpent(reserved.whose, reserved.period, self._refill(reserved.period, day))
            await uow.commit()
        return reserved

    async def _settle(self, call_id: CallId, call: Call, price: Price, started: datetime) -> None:
        now = self._now()
        end = CallEnd(
            outcome=call.outcome or CallOutcome.DONE,
            used=call.used,
            micros=call.used.cost(price),
            is_counted=call.is_counted,
            latency_ms=max(round((now - started).total_seconds() * 1000), 0),
            ended_at=now,
        )
        async with self._begin() as uow:
            await uow.usage.settle(call_id, end)
            await uow.commit()

    def _refill(self, period: Period, day: date) -> datetime:
        return datetime.combine(period.end(day), time(), ZoneInfo(self._timezone)).astimezone(UTC)
