"""The database goes away in the middle of a payment: Payme is told in time, and its repeat succeeds later."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from bot.web.payme import payme_handler
from db.engine import Pool, create_pool
from db.unit_of_work import Database
from domain.payments.merchant import PaymeMerchant
from domain.payments.payme import milliseconds
from tests.db.payments_world import PRICE, World, make_world
from tests.domain.payments.fakes import ALI, payme_id
from tests.web.payme_desk import KEY, Desk, code_of

MINE = payme_id(1)


@pytest.fixture
async def world(pool: Pool) -> World:
    return await make_world(pool)


@pytest.fixture
async def till(database_url: str) -> AsyncIterator[Pool]:
    """The connections of the Payme endpoint; the world's own stay as they are."""
    opened = await create_pool(database_url, size=2)
    yield opened
    await opened.close()


def desk_on(till: Pool, world: World, answer_timeout: float = 4.0) -> Desk:
    database = Database(till)
    merchant = PaymeMerchant(begin=database.begin, read=database.read, now=world.clock)
    return Desk(payme_handler(merchant, [KEY], answer_timeout=answer_timeout))


async def test_a_killed_connection_is_replaced_without_payme_noticing(world: World, till: Pool) -> None:
    desk = desk_on(till, world)
    order = await world.payments.buy(ALI, world.course)
    assert code_of(await desk.create(MINE, order.code, PRICE.tiyin, milliseconds(world.clock()))) == 0
    backend = await till.fetchval("select pg_backend_pid()")
    assert await world.pool.fetchval("select pg_terminate_backend($1, 5000)", backend)

    assert code_of(await desk.perform(MINE)) == 0

    assert await world.count("access_grants") == 1
    assert await world.count("payment_entries") == 1


async def test_an_order_that_somebody_holds_too_long_is_a_system_error_and_nothing_is_changed(
    world: World, till: Pool
) -> None:
    desk = desk_on(till, world, answer_timeout=0.3)
    order = await world.payments.buy(ALI, world.course)
    time_of_payme = milliseconds(world.clock())
    assert code_of(await desk.create(MINE, order.code, PRICE.tiyin, time_of_payme)) == 0
    started = time.monotonic()

    async with world.pool.acquire() as holder, holder.transaction():
        await holder.execute("select 1 from orders where id = $1 for update", order.id)
        answers = await asyncio.gather(*(desk.perform(MINE) for _ in range(5)))
        assert time.monotonic() - started < 5

    assert [code_of(answer) for answer in answers] == [-32400] * 5
    assert await world.count("access_grants") == 0
    assert await world.count("payme_transactions", "state = 1") == 1

    assert code_of(await desk_on(till, world).perform(MINE)) == 0
    assert await world.count("access_grants") == 1


async def test_a_database_that_is_not_there_is_a_system_error_until_it_is_back(
    world: World, till: Pool, database_url: str
) -> None:
    order = await world.payments.buy(ALI, world.course)
    closed = await create_pool(database_url, size=1)
    await closed.close()

    assert code_of(await desk_on(closed, world).check(order.code, PRICE.tiyin)) == -32400

    assert code_of(await desk_on(till, world).check(order.code, PRICE.tiyin)) == 0
