"""Races and repeats: what Payme does to a merchant on a bad day, and whether each order is still granted once.

Per order: two payers create at once, three calls each; the winner performs by three calls at once; then everything is
repeated in turn. With `kill`, one of the processes is killed and started again all the while, and a call without an
answer is repeated, as Payme does.
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from tests.bench.payments_client import CHECK, CREATE, PERFORM, Bill, Desk, new_payme_id, params_of
from tests.bench.payments_servers import Server

AT_ONCE = 12
CALLS = 3
TRIES = 200
PAUSE = 0.02
KILL_EVERY = 1.0
PAID, IMPOSSIBLE, UNKNOWN, SYSTEM = -31051, -31008, -31003, -32400


@dataclass(slots=True)
class RaceReport:
    orders: int = 0
    calls: int = 0
    repeated: int = 0
    """Calls that were made again because a killed process did not answer them."""
    kills: int = 0
    faults: int = 0
    """Replies that are not what the protocol says."""
    granted_otherwise: int = 0
    """Orders with any other number than one of grants, ledger entries, announcements, enrolments or performed
    transactions."""


class Races:
    def __init__(self, servers: Sequence[Server], *, kill: bool) -> None:
        self._servers = servers
        self._kill = kill
        self._desks = {server: deque(Desk(server) for _ in range(AT_ONCE * 2 * CALLS)) for server in servers}
        self._turn = 0
        self.report = RaceReport()

    async def run(self, bills: Iterator[Bill], count: int, database_url: str) -> RaceReport:
        chosen = [next(bills) for _ in range(count)]
        left = iter(chosen)

        async def work() -> None:
            for bill in left:
                await self._race(bill)

        killer = asyncio.create_task(self._keep_killing()) if self._kill else None
        try:
            await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        finally:
            if killer is not None:
                killer.cancel()
                await asyncio.gather(killer, return_exceptions=True)
            for desk in (desk for desks in self._desks.values() for desk in desks):
                desk.close()
        self.report.orders = count
        self.report.granted_otherwise = await _granted_otherwise(database_url, [bill.account for bill in chosen])
        return self.report

    async def _race(self, bill: Bill) -> None:
        ids = (new_payme_id(), new_payme_id())
        replies = await asyncio.gather(*(self._call(CREATE, bill, each) for each in ids for _ in range(CALLS)))
        both = replies[:CALLS], replies[CALLS:]
        accepted = [payme_id for payme_id, of_one in zip(ids, both, strict=True) if "result" in of_one[0]]
        for of_one in both:
            self._expect(all(reply == of_one[0] for reply in of_one))
            self._expect("result" in of_one[0] or _code(of_one[0]) == IMPOSSIBLE)
        self._expect(len(accepted) == 1)
        if not accepted:
            return
        winner, loser = accepted[0], ids[accepted[0] == ids[0]]
        performed = await asyncio.gather(*(self._call(PERFORM, bill, winner) for _ in range(CALLS)))
        self._expect("result" in performed[0])
        self._expect(all(reply == performed[0] for reply in performed))
        self._expect(await self._call(PERFORM, bill, winner) == performed[0])
        self._expect(_code(await self._call(CREATE, bill, winner)) == IMPOSSIBLE)
        self._expect(_code(await self._call(PERFORM, bill, loser)) == UNKNOWN)
        self._expect(_code(await self._call(CHECK, bill, loser)) == PAID)

    def _expect(self, is_so: bool) -> None:
        self.report.faults += not is_so

    async def _call(self, method: str, bill: Bill, payme_id: str) -> dict[str, Any]:
        """By turns to every process; without an answer, again to the next one, if processes are being killed."""
        self.report.calls += 1
        params = params_of(method, bill, payme_id)
        reply: dict[str, Any] = {}
        for _try in range(TRIES if self._kill else 1):
            self._turn += 1
            server = self._servers[self._turn % len(self._servers)]
            desk = self._desks[server].popleft()
            try:
                reply = await desk.call(method, params)
                if _code(reply) != SYSTEM:
                    break
            except (OSError, TimeoutError, ValueError):
                reply = {}
            finally:
                self._desks[server].append(desk)
            self.report.repeated += 1
            await asyncio.sleep(PAUSE)
        return reply

    async def _keep_killing(self) -> None:
        """The last process only: a centre that runs two of them goes on with the other."""
        while True:
            await asyncio.sleep(KILL_EVERY)
            self._servers[-1].kill()
            self.report.kills += 1
            await self._servers[-1].start()


def _code(reply: dict[str, Any]) -> int | None:
    error = reply.get("error")
    return error["code"] if isinstance(error, dict) else None


async def _granted_otherwise(database_url: str, codes: Sequence[str]) -> int:
    connection = await asyncpg.connect(database_url)
    try:
        return await connection.fetchval(
            """
            select count(*) from orders o where o.code = any($1) and not (
                o.state = 'paid'
                and (select count(*) from access_grants g where g.order_id = o.id and g.revoked_at is null) = 1
                and (select count(*) from payment_entries e where e.order_id = o.id) = 1
                and (select count(*) from notifications n
                    where n.user_id = o.user_id and n.key = 'order:' || o.id) = 1
                and (select count(*) from pgqueuer j join notifications n
                    on n.id = (convert_from(j.payload, 'UTF8')::jsonb ->> 'notification_id')::bigint
                    where n.user_id = o.user_id and n.key = 'order:' || o.id) = 1
                and (select count(*) from enrolments c where c.user_id = o.user_id and c.course_id = o.course_id) = 1
                and (select count(*) from payme_transactions t where t.order_id = o.id and t.state = 2) = 1
                and (select count(*) from payment_history h where h.order_id = o.id and h.event = 'paid') = 1
            )
            """,
            list(codes),
        )
    finally:
        await connection.close()
