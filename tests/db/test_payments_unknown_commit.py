"""INF-2: the connection dies in COMMIT, a thousand times. What happened is found out by key, not guessed: nothing is
lost, nothing is doubled, on any rail. The control guesses, both ways."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

import asyncpg
import pytest

from bot.web.payme import payme_handler
from db.engine import Pool
from domain.payments.errors import ProofDecided
from domain.payments.model import Order
from domain.payments.payme import milliseconds
from domain.payments.service import PaymentService
from domain.users.model import UserId
from tests.db.cutting_proxy import CuttingProxy
from tests.db.payments_till import Till
from tests.db.payments_world import ADMIN, make_world, on
from tests.db.test_payments_mixture import LEDGER, flaws
from tests.scale import scaled
from tests.web.payme_desk import KEY, Desk, code_of

T = TypeVar("T")
ORDERS = scaled(300, 12)
AT_ONCE = 6
LOST = (
    *(asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError),
    *(asyncpg.InterfaceError, asyncpg.InternalClientError, OSError),
)


@pytest.fixture
async def till(pool: Pool) -> Till:
    return Till(await make_world(pool))


@pytest.fixture
async def proxy(database_url: str) -> AsyncIterator[CuttingProxy]:
    async with CuttingProxy(database_url) as started:
        yield started


@pytest.fixture
async def shaky(till: Till, proxy: CuttingProxy) -> AsyncIterator[Till]:
    """The same services over connections that are cut in half of their COMMITs."""
    pool = await proxy.pool(AT_ONCE)
    yield Till(on(pool, till.world), till.numbers)
    await pool.close()


PAUSE = 0.05
"""Seconds between two tries: the server sees after a moment that a connection is gone, and gives its locks back."""


async def until_answered(call: Callable[[], Awaitable[dict[str, object]]]) -> int:
    """Payme repeats a call that had no answer."""
    for _ in range(50):
        answer = await call()
        if code_of(answer) != -32400:
            return code_of(answer)
        await asyncio.sleep(PAUSE)
    raise AssertionError("no answer in fifty tries")


async def until_done(work: Callable[[], Awaitable[T]]) -> T:
    """As Telegram's update is worked on again after a lost connection."""
    causes: list[str] = []
    for _ in range(50):
        try:
            return await work()
        except LOST as error:
            causes.append(repr(error))
            await asyncio.sleep(PAUSE)
    raise AssertionError(f"not done in fifty tries: {causes[-1]}")


async def every(orders: list[Order], pay: Callable[[Order], Awaitable[None]]) -> None:
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(order: Order) -> None:
        async with turns:
            await pay(order)

    await asyncio.gather(*map(one, orders))


async def test_payme_loses_and_doubles_nothing(till: Till, shaky: Till, proxy: CuttingProxy) -> None:
    """Create, Perform, and for every third order Cancel; what was answered is what is stored."""
    desk = Desk(payme_handler(shaky.world.merchant, [KEY]))
    orders = [await till.order() for _ in range(ORDERS)]
    names = {order.id: till.payme_id() for order in orders}
    time = milliseconds(till.world.clock())

    async def pay(order: Order) -> None:
        name = names[order.id]
        assert await until_answered(lambda: desk.create(name, order.code, order.price.tiyin, time)) == 0
        assert await until_answered(lambda: desk.perform(name)) == 0
        if order.id % 3 == 0:
            assert await until_answered(lambda: desk.cancel(name)) == 0

    await every(orders, pay)

    assert min(proxy.cuts["never arrived"], proxy.cuts["answer lost"]) > 0
    assert proxy.cuts.total() > ORDERS // 3
    rows = await till.world.pool.fetch(LEDGER)
    assert [flaw for row in rows for flaw in flaws(row)] == []
    assert {row["id"]: row["state"] for row in rows} == {
        order.id: "refunded" if order.id % 3 == 0 else "paid" for order in orders
    }
    assert await till.world.count("payme_transactions") == ORDERS


async def test_stars_and_receipts_lose_and_double_nothing(till: Till, shaky: Till, proxy: CuttingProxy) -> None:
    """Telegram's message is worked on until it is done; an admin presses Confirm until the screen says so."""
    orders = [await till.order() for _ in range(ORDERS)]

    async def pay(order: Order) -> None:
        if order.id % 2:
            charge = till.charge(order)
            await until_done(lambda: shaky.stars.receive(charge))
            return
        proof = await until_done(lambda: shaky.proof(order))
        try:
            await until_done(lambda: shaky.proofs.confirm(UserId(ADMIN), proof.id))
        except ProofDecided:
            # The first press had gone through; the second one learns it.
            return

    await every(orders, pay)

    assert min(proxy.cuts["never arrived"], proxy.cuts["answer lost"]) > 0
    assert proxy.cuts.total() > ORDERS // 4
    rows = await till.world.pool.fetch(LEDGER)
    assert [flaw for row in rows for flaw in flaws(row)] == []
    assert {row["id"]: (row["state"], row["paid_by"]) for row in rows} == {
        order.id: ("paid", "stars" if order.id % 2 else "cash") for order in orders
    }
    assert await till.world.count("star_payments", "is_surplus") == 0


async def test_a_tap_on_buy_whose_answer_was_lost_makes_one_order(till: Till, shaky: Till) -> None:
    buyers = [(await till.order()).user_id for _ in range(ORDERS)]
    payments = PaymentService(begin=shaky.world.begin, read=shaky.world.read, now=till.world.clock)

    for buyer in buyers:
        await until_done(lambda buyer=buyer: payments.buy(buyer, till.world.course))

    assert await till.world.count("orders") == ORDERS


async def test_guessing_loses_or_doubles(till: Till, proxy: CuttingProxy) -> None:
    """The control: the same cuts, a booking without a key. “Once more” doubles, “it worked” loses; a key helps."""
    pool = await proxy.pool(1)
    await till.world.pool.execute("create table if not exists bookings (way text, number int)")
    await till.world.pool.execute("create unique index if not exists once on bookings (number) where way = 'key'")

    async def book(way: str, number: int) -> None:
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("insert into bookings values ($1, $2) on conflict do nothing", way, number)

    for number in range(30):
        for way in ("again", "key"):
            await until_done(lambda way=way, number=number: book(way, number))
        try:
            await book("worked", number)
        except LOST:
            continue
    await pool.close()

    rows = await till.world.pool.fetch("select way, count(*) as count from bookings group by way")
    counts = {row["way"]: row["count"] for row in rows}
    distinct = await till.world.pool.fetchval("select count(distinct number) from bookings where way = 'worked'")
    await till.world.pool.execute("drop table bookings")
    assert counts["key"] == 30
    assert counts["again"] > 30
    assert distinct < 30
