"""The cash desk, for admins: whose orders there are, what happened to one of them, and giving money back."""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from domain.clock import Clock
from domain.errors import InvalidInput
from domain.payments.days import Days, midnight
from domain.payments.desk_ports import DeskLine, Dossier, ExportLine, HistoryLine, Numbers, Wanted
from domain.payments.errors import ChangedMeanwhile, NotPaid, OrderGone, RefundAsked, RefundNotAsked
from domain.payments.model import Order, OrderId, OrderState, Rail, parse_code
from domain.payments.ports import RefundRequest
from domain.payments.rails import Rails, Refunding
from domain.payments.reconciliation import Reconciliation
from domain.payments.settlement import return_payment
from domain.payments.staff import require_admin
from domain.unit_of_work import Begin
from domain.users.model import UserId
from domain.users.names import tidy

PAGE = 8
HISTORY_PAGE = 10
EXPORT_BATCH = 2000
MIN_REASON, MAX_REASON = 3, 200
MAX_SEARCH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What staff wants to see; None leaves a question open."""

    state: OrderState | None = None
    rail: Rail | None = None
    student: str | None = None
    days: Days | None = None
    """Days on which an order was made, paid or closed."""
    has_refund_under_way: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    lines: Sequence[DeskLine]
    has_more: bool


def seal(order: Order) -> str:
    """What a confirmation of a refund is valid for: this order as it was shown, and no other."""
    moment = order.paid_at.isoformat() if order.paid_at is not None else ""
    return f"{order.code}:{order.state}:{moment}:{order.price.tiyin}:{order.stars or 0}:{order.paid_by or ''}"


def clean_reason(text: str) -> str:
    """One line. Raises InvalidInput("reason", …): "too_short" under 3 characters, "too_long" over 200."""
    reason = tidy(text)
    if len(reason) < MIN_REASON:
        raise InvalidInput("reason", "too_short")
    if len(reason) > MAX_REASON:
        raise InvalidInput("reason", "too_long")
    return reason


def clean_search(text: str) -> str:
    """One line. Raises InvalidInput("search", …): "empty", or "too_long" over 64 characters."""
    words = re.sub(r"\s+", " ", tidy(text))
    if not words:
        raise InvalidInput("search", "empty")
    if len(words) > MAX_SEARCH:
        raise InvalidInput("search", "too_long")
    return words


class CashDesk:
    """Every method asks the database whether the actor is an admin, and raises NotAllowed."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock, rails: Rails, timezone: str) -> None:
        """`timezone`: the centre's, in which its days begin and end."""
        self._begin = begin
        self._read = read
        self._now = now
        self._rails = rails
        self.zone = ZoneInfo(timezone)

    def today(self) -> date:
        """The centre's day."""
        return self._now().astimezone(self.zone).date()

    def midnight(self) -> datetime:
        """When the centre's day began."""
        return midnight(self.today(), self.zone)

    async def numbers(self, actor_id: UserId) -> tuple[Numbers, Reconciliation | None]:
        """Today at the centre, what waits now, and the newest reconciliation."""
        since, until = Days.of(self.today()).moments(self.zone)
        async with self._read() as uow:
            await require_admin(uow, actor_id)
            return await uow.desk.numbers(since, until, self._now()), await uow.books.get(None)

    async def orders(self, actor_id: UserId, wanted: Filter, before: OrderId | None = None) -> Page:
        """Eight orders as they stand now, the newest first, older than `before`."""
        async with self._read() as uow:
            await require_admin(uow, actor_id)
            lines = await uow.desk.lines(self._wanted(wanted), before, PAGE + 1)
        return Page(lines=lines[:PAGE], has_more=len(lines) > PAGE)

    async def dossier(self, actor_id: UserId, code: str) -> Dossier:
        """Everything about one order but its history. Raises OrderGone."""
        async with self._read() as uow:
            await require_admin(uow, actor_id)
            found = await uow.desk.dossier(parse_code(code))
        if found is None:
            raise OrderGone
        return found

    async def history(self, actor_id: UserId, code: str, page: int) -> Sequence[HistoryLine]:
        """Ten lines in the order in which they happened; pages are counted from 0."""
        async with self._read() as uow:
            await require_admin(uow, actor_id)
            return await uow.desk.history(parse_code(code), max(page, 0) * HISTORY_PAGE, HISTORY_PAGE)

    async def export(self, actor_id: UserId, wanted: Filter) -> AsyncIterator[Sequence[ExportLine]]:
        """All orders of the filter in batches, the newest first; between batches no connection is held."""
        question = self._wanted(wanted)
        before: OrderId | None = None
        while True:
            async with self._read() as uow:
                await require_admin(uow, actor_id)
                lines = await uow.desk.export(question, before, EXPORT_BATCH)
            if lines:
                yield lines
            if len(lines) < EXPORT_BATCH:
                return
            before = lines[-1].order.id

    async def refund(self, actor_id: UserId, code: str, reason: str, seen: str) -> Refunding:
        """Give the money of a paid order back the way it came.

        `seen`: the `seal` of the order that the confirmation showed. Raises OrderGone, NotPaid, RefundAsked,
        ChangedMeanwhile where the order is not as it was shown, InvalidInput for the reason, and RailClosed when its
        rail is not set up any more.
        """
        now = self._now()
        reason = clean_reason(reason)
        async with self._begin() as uow:
            await require_admin(uow, actor_id)
            order = await uow.orders.lock_code(parse_code(code))
            if order is None:
                raise OrderGone
            if order.state is not OrderState.PAID:
                raise NotPaid
            if seal(order) != seen:
                raise ChangedMeanwhile
            request = RefundRequest(order_id=order.id, requested_by=actor_id, reason=reason, requested_at=now)
            if not await uow.orders.request_refund(request):
                raise RefundAsked
            course = await self._rails.that_took(order).refund(uow, order, now)
            if course is Refunding.DONE:
                payment_id = await uow.desk.payment_id(order.id)
                if payment_id is None:
                    raise ChangedMeanwhile
                await return_payment(uow, order, payment_id, now)
            await uow.commit()
        return course

    async def withdraw_refund(self, actor_id: UserId, code: str) -> None:
        """The money stays after all. Raises OrderGone, or RefundNotAsked when no refund waits (any more)."""
        async with self._begin() as uow:
            await require_admin(uow, actor_id)
            order = await uow.orders.lock_code(parse_code(code))
            if order is None:
                raise OrderGone
            if not await uow.orders.withdraw_refund_request(order.id, actor_id, self._now()):
                raise RefundNotAsked
            await uow.commit()

    def _wanted(self, wanted: Filter) -> Wanted:
        since: datetime | None = None
        until: datetime | None = None
        if wanted.days is not None:
            since, until = wanted.days.moments(self.zone)
        return Wanted(
            state=wanted.state,
            rail=wanted.rail,
            student=wanted.student,
            since=since,
            until=until,
            has_refund_under_way=wanted.has_refund_under_way,
        )
