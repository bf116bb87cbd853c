"""INF-1, PAY-13: the database's connections are cut under load, it hangs, it is gone. Payme hears −32400 in time, and
its repeats succeed later: 0 lost, 0 doubled, nobody waits for longer than ten seconds."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bot.web.payme import payme_handler
from db.embedded import start_embedded
from db.engine import Pool, create_pool
from db.migrate import migrate
from domain.payments.model import Order
from domain.payments.payme import PaymeId, milliseconds
from tests.conftest import Servers
from tests.db.cutting_proxy import CuttingProxy
from tests.db.payments_till import Till
from tests.db.payments_world import World, make_world, on
from tests.db.test_payments_mixture import LEDGER, flaws
from tests.db.test_payments_unknown_commit import LOST
from tests.scale import scaled
from tests.web.payme_desk import KEY, Desk, code_of

CUT = """
    select count(pg_terminate_backend(pid)) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
"""


@dataclass
class Payme:
    """Its server: pays each order, repeats what had no answer, and notes what it heard and how long it waited."""

    desk: Desk
    now: int
    codes: Counter[int] = field(default_factory=Counter[int])
    slowest: float = 0.0

    async def pay(self, order: Order, name: PaymeId) -> None:
        await self.until_answered(lambda: self.desk.create(name, order.code, order.price.tiyin, self.now))
        await self.until_answered(lambda: self.desk.perform(name))

    async def until_answered(self, call: Callable[[], Awaitable[dict[str, Any]]]) -> None:
        async with asyncio.timeout(scaled(150, 60)):
            while True:
                started = time.monotonic()
                code = code_of(await call())
                self.slowest = max(self.slowest, time.monotonic() - started)
                self.codes[code] += 1
                if code != -32400:
                    assert code == 0
                    return
                await asyncio.sleep(0.05)


def payme_on(pool: Pool, world: World) -> Payme:
    return Payme(Desk(payme_handler(on(pool, world).merchant, [KEY])), milliseconds(world.clock()))


@pytest.fixture
async def till(servers: Servers) -> AsyncIterator[Till]:
    url = await servers.clone()
    pool = await create_pool(url, size=10)
    yield Till(await make_world(pool))
    await pool.close()
    await servers.drop(url)


async def everything_is_paid_once(pool: Pool, count: int) -> None:
    rows = await pool.fetch(LEDGER)
    assert [flaw for row in rows for flaw in flaws(row)] == []
    assert [(row["state"], row["paid_by"]) for row in rows] == [("paid", "payme")] * count


async def cut_connections(url: str, times: int, pause: float) -> int:
    """As an administrator or a failing-over cluster does; how many connections it hit."""
    admin = await asyncpg.connect(url)
    hit = 0
    for _ in range(times):
        await asyncio.sleep(pause)
        hit += await admin.fetchval(CUT)
    await admin.close()
    return hit


async def url_of(pool: Pool, servers: Servers) -> str:
    return servers.database(await pool.fetchval("select current_database()"))


@pytest.mark.timeout(400)
async def test_payments_go_through_while_their_connections_are_cut(till: Till, servers: Servers) -> None:
    """INF-1: pg_terminate_backend on all of them, again and again, until the last payment is through."""
    url = await url_of(till.world.pool, servers)
    orders = [await till.order() for _ in range(scaled(1000, 60))]
    names = {order.id: till.payme_id() for order in orders}
    pool = await create_pool(url, size=10)
    payme = payme_on(pool, till.world)
    turns = asyncio.Semaphore(8)

    async def pay(order: Order) -> None:
        async with turns:
            await payme.pay(order, names[order.id])

    cutting = asyncio.create_task(cut_connections(url, scaled(100, 10), 0.02))
    await asyncio.gather(*map(pay, orders))
    hit = await cutting
    await pool.close()

    assert hit > 0
    assert payme.slowest < 10
    await everything_is_paid_once(till.world.pool, len(orders))


async def test_whoever_does_not_try_again_loses_payments_to_the_same_cuts(till: Till, servers: Servers) -> None:
    """The control: the use cases alone, without the endpoint's second try and Payme's repeats."""
    url = await url_of(till.world.pool, servers)
    orders = [await till.order() for _ in range(60)]
    pool = await create_pool(url, size=10)
    world = on(pool, till.world)
    lost = 0
    cutting = asyncio.create_task(cut_connections(url, 10, 0.01))

    async def pay(order: Order, name: PaymeId) -> None:
        nonlocal lost
        try:
            await world.create(name, order.code)
            await world.merchant.perform(name)
        except LOST:
            lost += 1

    while not cutting.done():
        await asyncio.gather(*(pay(order, till.payme_id()) for order in orders[:8]))
        del orders[:8]
        if not orders:
            # The cuts meet this one too.
            with suppress(*LOST):
                orders = [await Till(till.world, till.numbers).order() for _ in range(8)]
    await cutting
    await pool.close()

    assert lost > 0


async def test_a_database_that_hangs_is_a_system_error_within_five_seconds_and_works_when_it_is_back(
    till: Till, servers: Servers
) -> None:
    """PAY-13: not a byte comes back, as from a machine that has frozen; the calls are not held by it."""
    async with CuttingProxy(await url_of(till.world.pool, servers), chance=0) as proxy:
        pool = await proxy.pool(4)
        payme = payme_on(pool, till.world)
        orders = [await till.order() for _ in range(6)]
        names = [till.payme_id() for _ in orders]
        await payme.pay(orders[0], names[0])
        for order, name in list(zip(orders, names, strict=True))[1:4]:
            assert code_of(await payme.desk.create(name, order.code, order.price.tiyin, payme.now)) == 0

        proxy.runs.clear()
        started = time.monotonic()
        answers = await asyncio.gather(
            *(payme.desk.perform(name) for name in names[:4]),
            payme.desk.check(orders[4].code, orders[4].price.tiyin),
            payme.desk.statement(0, 10**13),
        )
        took = time.monotonic() - started
        proxy.runs.set()

        assert {code_of(answer) for answer in answers} == {-32400}
        assert took < 5
        await asyncio.gather(
            *(payme.until_answered(lambda name=name: payme.desk.perform(name)) for name in names[:4]),
            *(payme.pay(order, name) for order, name in list(zip(orders, names, strict=True))[4:]),
        )
        await asyncio.wait_for(pool.close(), 20)
    await everything_is_paid_once(till.world.pool, len(orders))


@pytest.mark.timeout(300)
async def test_a_stopped_database_is_a_system_error_at_once_and_loses_nothing(tmp_path: Path) -> None:
    """PAY-13: PostgreSQL is stopped for a minute (in a build for two seconds) in the middle of a payment run."""
    folder = tmp_path / "own"
    folder.mkdir()
    started = await start_embedded(folder, postgres=True, valkey=False, durable=False)
    url = started.database_url
    assert url is not None
    await migrate(url)
    pool = await create_pool(url, size=10)
    till = Till(await make_world(pool))
    payme = payme_on(pool, till.world)
    orders = [await till.order() for _ in range(40)]
    names = {order.id: till.payme_id() for order in orders}
    paid = 0

    async def pay_slowly(part: list[Order]) -> None:
        nonlocal paid
        for order in part:
            await payme.pay(order, names[order.id])
            paid += 1
            await asyncio.sleep(0.05)

    run = asyncio.gather(*(pay_slowly(orders[number::4]) for number in range(4)))
    try:
        while paid < 8:
            await asyncio.sleep(0.01)
        await started.stop()
        await asyncio.sleep(scaled(60, 2))
        before = paid
        assert payme.codes[-32400] > 0
        started = await start_embedded(folder, postgres=True, valkey=False, durable=False)
        back = time.monotonic()
        await run
        assert time.monotonic() - back < 10

        assert before < len(orders), "the run was in the middle"
        assert payme.slowest < 5
        await everything_is_paid_once(pool, len(orders))
        await pool.close()
    finally:
        run.cancel()
        await started.stop()
