"""Reconciliation as a use case: read day by day, compare, keep what was found, tell who must know."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from domain.clock import Clock
from domain.errors import Gone
from domain.notifications.model import NoticeData, NoticeKind
from domain.payments.days import midnight
from domain.payments.model import OrderCode, OrderId, Rail
from domain.payments.payme import PaymeId, StatementRequest, Transaction, milliseconds
from domain.payments.reconciliation import (
    MAX_KEPT,
    SURPLUS_LIFETIME,
    Books,
    Difference,
    PaymeRecord,
    Reconciliation,
    ReconciliationId,
    Tally,
    compare,
    compare_statement,
    compare_sums,
    stray_surplus,
    tallies,
)
from domain.payments.staff import require_admin
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

RECONCILE_JOB = "reconcile"
"""Payload: `at` (the slot, ISO 8601), or `asked_by` and `everything`."""
TELL_BOOKS_JOB = "tell_books"
"""Payload: `reconciliation_id`."""

DAYS = 35
BATCH = 500
REST = timedelta(minutes=1)
"""What has changed within the last minute may still be changing: the next run looks at it."""
TOLD_CODES = 5

Statement = Callable[[StatementRequest], Awaitable[Sequence[Transaction]]]
"""Payme's view of the transactions: GetStatement."""


@dataclass(slots=True)
class _Findings:
    differences: dict[Difference, None] = field(default_factory=dict[Difference, None])
    """In the order in which they were found, each once."""
    sums: dict[Rail, Tally] = field(default_factory=dict[Rail, Tally])
    seen: list[OrderId] = field(default_factory=list[OrderId])

    def note(self, differences: Iterable[Difference]) -> None:
        self.differences.update(dict.fromkeys(differences))

    def take(self, other: "_Findings") -> None:
        self.differences.update(other.differences)
        for tally in other.sums.values():
            self.add(tally)

    def add(self, tally: Tally) -> None:
        self.sums[tally.rail] = self.sums.get(tally.rail, Tally(rail=tally.rail)).plus(tally)


class _Seen:
    """Which orders were compared, one bit for each id: a day's order may be met again on another day."""

    def __init__(self) -> None:
        self._bits = bytearray()
        self.count = 0

    def __contains__(self, order_id: OrderId) -> bool:
        place = order_id >> 3
        return place < len(self._bits) and bool(self._bits[place] >> (order_id & 7) & 1)

    def add(self, order_id: OrderId) -> None:
        place = order_id >> 3
        if place >= len(self._bits):
            self._bits.extend(bytes(place + 1 - len(self._bits)))
        self._bits[place] |= 1 << (order_id & 7)
        self.count += 1


class Reconciler:
    def __init__(
        self, *, begin: Begin, read: Begin, now: Clock, statement: Statement, timezone: str, tells_chat: bool = False
    ) -> None:
        """`tells_chat`: there is a chat of the admins, which is told instead of each of them."""
        self._begin = begin
        self._read = read
        self._now = now
        self._statement = statement
        self._zone = ZoneInfo(timezone)
        self._tells_chat = tells_chat

    async def ask(self, actor_id: UserId, *, everything: bool) -> None:
        """Have the last 35 days, or everything, compared in the background; the actor is told the result.

        Raises NotAllowed.
        """
        async with self._begin() as uow:
            await require_admin(uow, actor_id)
            payload = {"asked_by": actor_id, "everything": everything}
            await uow.jobs.enqueue(RECONCILE_JOB, payload, key=f"reconcile:{actor_id}:{everything}")
            await uow.commit()

    async def result(
        self, actor_id: UserId, reconciliation_id: ReconciliationId | None = None
    ) -> Reconciliation | None:
        """That one (Gone when there is none), or the newest, if there is any. Raises NotAllowed."""
        async with self._read() as uow:
            await require_admin(uow, actor_id)
            found = await uow.books.get(reconciliation_id)
        if found is None and reconciliation_id is not None:
            raise Gone
        return found

    async def told(self, reconciliation_id: ReconciliationId) -> Reconciliation | None:
        """For the message to the admins' chat."""
        async with self._read() as uow:
            return await uow.books.get(reconciliation_id)

    async def tell_each(self, reconciliation_id: ReconciliationId) -> None:
        """The admins' chat cannot be reached: tell every admin."""
        async with self._begin() as uow:
            result = await uow.books.get(reconciliation_id)
            if result is not None:
                await self._tell_admins(uow, result)
                await uow.commit()

    async def run(
        self, *, slot: datetime | None = None, everything: bool = False, asked_by: UserId | None = None
    ) -> Reconciliation | None:
        """Compare and keep the result. None when the slot has one already. The same slot tells once."""
        until = self._now() - REST
        since = midnight(until.astimezone(self._zone).date() - timedelta(days=DAYS), self._zone)
        if everything:
            async with self._read() as uow:
                first = await uow.books.begins_at()
            since = min(since, first or since)
        found, seen = _Findings(), _Seen()
        start = since
        while start < until:
            end = min(midnight(start.astimezone(self._zone).date() + timedelta(days=1), self._zone), until)
            day = await self._compare(start, end, until, seen)
            if day.differences:
                # What was changing just then agrees at the second look.
                again = await self._compare(start, end, until, seen)
                again.differences = {one: None for one in again.differences if one in day.differences}
                day = again
            for order_id in day.seen:
                seen.add(order_id)
            found.take(day)
            start = end
        async with self._read() as uow:
            stray = await uow.books.stray_stars(self._now() - SURPLUS_LIFETIME)
        differences = [*found.differences, *map(stray_surplus, stray), *compare_sums(found.sums.values())]
        result = Reconciliation(
            slot=slot,
            at=self._now(),
            since=since,
            until=until,
            counted=seen.count,
            tallies=tuple(found.sums[rail] for rail in Rail if rail in found.sums),
            differences=tuple(differences[:MAX_KEPT]),
            difference_count=len(differences),
        )
        return await self._keep(result, asked_by)

    async def _compare(self, start: datetime, end: datetime, until: datetime, seen: _Seen) -> _Findings:
        """One day: batches of orders, each read by one statement of its own."""
        found = _Findings()
        first, last = milliseconds(start), milliseconds(end) - 1
        told = await self._statement(StatementRequest(start=first, end=last))
        known: dict[PaymeId, tuple[OrderCode, PaymeRecord]] = {}
        changing: set[OrderCode] = set()
        after = OrderId(0)
        while True:
            async with self._read() as uow:
                ids = await uow.books.touched(start, end, after, BATCH)
                batch = await uow.books.books(ids) if ids else ()
            for books in batch:
                known.update({one.payme_id: (books.code, one) for one in books.payme if first <= one.time <= last})
                if books.changed_at >= until:
                    changing.add(books.code)
                elif books.order_id not in seen:
                    self._look_at(books, found)
            if len(ids) < BATCH:
                break
            after = ids[-1]
        found.note(one for one in compare_statement(told, known) if one.code not in changing)
        return found

    def _look_at(self, books: Books, found: _Findings) -> None:
        found.seen.append(books.order_id)
        found.note(compare(books, self._now()))
        for tally in tallies(books):
            found.add(tally)

    async def _keep(self, result: Reconciliation, asked_by: UserId | None) -> Reconciliation | None:
        async with self._begin() as uow:
            kept = await uow.books.keep(result)
            if kept is None:
                return None
            if kept.difference_count and self._tells_chat:
                await uow.jobs.enqueue(TELL_BOOKS_JOB, {"reconciliation_id": kept.id}, key=f"books:{kept.id}")
            elif kept.difference_count:
                await self._tell_admins(uow, kept)
            if asked_by is not None:
                await self._tell(uow, asked_by, kept)
            await uow.commit()
        return kept

    async def _tell_admins(self, uow: UnitOfWork, result: Reconciliation) -> None:
        for admin in await uow.users.admins():
            await self._tell(uow, admin.id, result)

    async def _tell(self, uow: UnitOfWork, user_id: UserId, result: Reconciliation) -> None:
        await uow.notifications.add(
            user_id, NoticeKind.BOOKS_DIFFER, f"books:{result.id}", notice_data(result), self._now()
        )


def notice_data(result: Reconciliation) -> NoticeData:
    """Codes only: the message may be read by whoever looks over a shoulder."""
    codes = list(dict.fromkeys(one.code for one in result.differences if one.code is not None))
    return {
        "reconciliation_id": result.id,
        "count": result.difference_count,
        "codes": " ".join(codes[:TOLD_CODES]),
        "counted": result.counted,
    }
