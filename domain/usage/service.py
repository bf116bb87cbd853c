"""What the centre's models cost, for admins, and the budgets that they change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.clock import Clock
from domain.errors import InvalidInput, NotAllowed
from domain.unit_of_work import Begin, UnitOfWork
from domain.usage.errors import BudgetChanged
from domain.usage.model import Budgets, BudgetSheet, BudgetVersion, Period, Unit, Whose, centre_day
from domain.usage.ports import Place, Spender, Spent, Total
from domain.users.model import UserId

PAGE = 8
"""Spenders on one page."""
DAYS_SHOWN = 7
LONGEST_EXPORT = 366
EXPORT_BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """This month so far."""

    today: date
    day: Spent
    month: Spent
    sheet: BudgetSheet
    totals: Sequence[Total]
    """Of the month, and of the days shown if they began before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpenderPage:
    month: date
    spenders: Sequence[Spender]
    next: Place | None
    """Where the next page begins; None on the last one."""


class UsageService:
    """Every method asks the database whether the actor is an admin, and raises NotAllowed."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock, budgets: Budgets, timezone: str) -> None:
        """`budgets`: the operator's, until an admin changes them."""
        self._begin = begin
        self._read = read
        self._now = now
        self._budgets = budgets
        self._timezone = timezone

    def today(self) -> date:
        return centre_day(self._now(), self._timezone)

    async def overview(self, actor_id: UserId) -> Overview:
        today = self.today()
        since = min(Period.MONTH.start(today), today - timedelta(days=DAYS_SHOWN - 1))
        async with self._read() as uow:
            await _require_admin(uow, actor_id)
            spent = await uow.usage.spent(None, today)
            totals = await uow.usage.totals(since, today)
            sheet = await self._sheet(uow)
        return Overview(
            today=today,
            day=spent.get(Period.DAY, Spent()),
            month=spent.get(Period.MONTH, Spent()),
            sheet=sheet,
            totals=totals,
        )

    async def spenders(self, actor_id: UserId, *, after: Place | None = None, limit: int = PAGE) -> SpenderPage:
        month = Period.MONTH.start(self.today())
        async with self._read() as uow:
            await _require_admin(uow, actor_id)
            found = list(await uow.usage.spenders(month, limit=limit + 1, after=after))
        return SpenderPage(
            month=month, spenders=found[:limit], next=found[limit - 1].place if len(found) > limit else None
        )

    async def totals(self, actor_id: UserId, days: int) -> Sequence[Total]:
        """By day and feature, of so many days up to today. Raises InvalidInput beyond a year."""
        if not 0 < days <= LONGEST_EXPORT:
            raise InvalidInput("days", "range")
        today = self.today()
        async with self._read() as uow:
            await _require_admin(uow, actor_id)
            return await uow.usage.totals(today - timedelta(days=days - 1), today)

    async def budgets(self, actor_id: UserId) -> BudgetSheet:
        async with self._read() as uow:
            await _require_admin(uow, actor_id)
            return await self._sheet(uow)

    async def set_limit(
        self, actor_id: UserId, whose: Whose, period: Period, unit: Unit, amount: int | None
    ) -> BudgetSheet:
        """Change one limit; None takes it away. It holds from the next call on. Raises InvalidInput, BudgetChanged."""
        async with self._begin() as uow:
            await _require_admin(uow, actor_id)
            sheet = await self._sheet(uow)
            changed = sheet.budgets.with_limit(whose, period, unit, amount)
            if changed == sheet.budgets:
                return sheet
            return await self._replaced(uow, sheet.version, changed, actor_id)

    async def undo(self, actor_id: UserId, version: BudgetVersion) -> BudgetSheet:
        """Take back the change that made this version. Raises BudgetChanged when it is not the last one any more."""
        async with self._begin() as uow:
            await _require_admin(uow, actor_id)
            sheet = await self._sheet(uow)
            if sheet.version != version or version == 0:
                raise BudgetChanged(version)
            before = await uow.usage.version(BudgetVersion(version - 1)) or self._budgets
            return await self._replaced(uow, version, before, actor_id)

    async def _replaced(
        self, uow: UnitOfWork, version: BudgetVersion, budgets: Budgets, actor_id: UserId
    ) -> BudgetSheet:
        if not await uow.usage.set_budgets(budgets, version, actor_id, self._now()):
            raise BudgetChanged(version)
        await uow.commit()
        return BudgetSheet(version=BudgetVersion(version + 1), budgets=budgets)

    async def _sheet(self, uow: UnitOfWork) -> BudgetSheet:
        return await uow.usage.budgets() or BudgetSheet(version=BudgetVersion(0), budgets=self._budgets)


async def _require_admin(uow: UnitOfWork, actor_id: UserId) -> None:
    actor = await uow.users.get(actor_id)
    if actor is None or not actor.is_admin:
        raise NotAllowed(actor_id)
