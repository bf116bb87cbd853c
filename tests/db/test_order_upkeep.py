"""The sweep of orders on PostgreSQL, alone and against a payment that begins at the same moment."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import orjson
import pytest

from db.engine import Connection, Pool
from db.order_rows import ORDER, load_order
from db.order_upkeep import SqlOrderUpkeep
from db.unit_of_work import Database, SqlUnitOfWork
from domain.errors import DomainError
from domain.learning.model import Product
from domain.payments.errors import OrderClosed
from domain.payments.model import Order, OrderId, OrderState
from domain.payments.payme import Transaction, TransactionState
from domain.payments.upkeep import REDRAW_ORDER_JOB, OrderKeeper, Swept
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId
from tests.db.payments_world import World, make_world
from tests.domain.payments.fakes import ALI, VALI, payme_id

MINE = payme_id(1)


@pytest.fixture
async def world(pool: Pool) -> World:
    return await make_world(pool)


def keeper_of(world: World, begin: Begin | None = None, batch: int = 100) -> OrderKeeper:
    return OrderKeeper(begin=begin or world.begin, now=world.clock, batch=batch)


async def state_of(world: World, order: Order) -> str:
    return await world.pool.fetchval("select state from orders where id = $1", order.id)


async def redrawn(world: World) -> list[tuple[int, str]]:
    rows = await world.pool.fetch("select payload from pgqueuer where entrypoint = $1 order by id", REDRAW_ORDER_JOB)
    payloads = [orjson.loads(row["payload"]) for row in rows]
    return [(payload["user_id"], payload["order_code"]) for payload in payloads]


async def buy(world: World, user_id: UserId = ALI, product: Product | None = None) -> Order:
    return await world.payments.buy(user_id, product or world.course)


async def test_overdue_orders_end_with_their_history_and_their_screens_are_redrawn_once(world: World) -> None:
    first, second = await buy(world, ALI), await buy(world, VALI, world.lesson)
    world.clock.forward(hours=24)
    fresh = await buy(world, ALI, world.lesson)

    swept = [await keeper_of(world).sweep() for _ in range(2)]

    assert swept == [Swept(expired=2), Swept()]
    assert [await state_of(world, order) for order in (first, second, fresh)] == ["expired", "expired", "open"]
    assert await redrawn(world) == [(ALI, first.code), (VALI, second.code)]
    assert await world.count("payment_history", "event = 'expired'") == 2


async def test_more_than_one_batch_is_swept(world: World) -> None:
    await world.payments.make_test_orders(8)
    world.clock.forward(days=31)

    assert await keeper_of(world, batch=3).sweep() == Swept(expired=8)


async def test_an_order_with_a_living_transaction_is_spared_until_that_times_out(world: World) -> None:
    order = await buy(world)
    world.clock.forward(hours=23)
    await world.create(MINE, order.code)
    world.clock.forward(hours=11, minutes=59)
    assert await keeper_of(world).sweep() == Swept()

    world.clock.forward(minutes=1)
    assert await keeper_of(world).sweep() == Swept(expired=1)

    assert await world.pool.fetchval("select state from payme_transactions") == TransactionState.CANCELLED
    assert (await world.payments.order(ALI, order.code)).state is OrderState.EXPIRED


async def test_orders_that_wait_for_their_transactions_do_not_fill_the_batches(world: World) -> None:
    for number, order in enumerate(await world.payments.make_test_orders(3)):
        await world.pool.execute("update orders set expires_at = $2 where id = $1", order.id, world.clock.moment)
        world.clock.forward(seconds=-1)
        await world.create(payme_id(number), order.code, order.price.tiyin)
        world.clock.forward(seconds=1)
    await buy(world)
    world.clock.forward(hours=11)
    await world.pool.execute("update orders set expires_at = $1 where not is_test", world.clock.moment)

    assert await keeper_of(world, batch=2).sweep() == Swept(expired=1)


async def test_reservations_that_ran_out_are_released_and_those_of_staff_stay(world: World) -> None:
    by_stars, by_cash = await buy(world, ALI), await buy(world, VALI)
    reserve = "update orders set reserved_by = $2, reserved_until = $3 where id = $1"
    await world.pool.execute(reserve, by_stars.id, "stars", world.clock.moment)
    await world.pool.execute(reserve, by_cash.id, "cash", None)

    assert await keeper_of(world).sweep() == Swept(released=1)
    world.clock.forward(days=7)
    assert await keeper_of(world).sweep() == Swept(expired=1)

    assert [await state_of(world, order) for order in (by_stars, by_cash)] == ["expired", "open"]


async def test_an_order_that_somebody_holds_is_passed_over_and_not_waited_for(world: World) -> None:
    order = await buy(world)
    world.clock.forward(hours=24)

    async with world.pool.acquire() as connection, connection.transaction():
        await connection.execute("select from orders where id = $1 for update", order.id)
        async with asyncio.timeout(5):
            assert await keeper_of(world).sweep() == Swept()

    assert await keeper_of(world).sweep() == Swept(expired=1)


async def test_two_sweeps_at_once_end_every_order_once(world: World) -> None:
    await world.payments.make_test_orders(40)
    world.clock.forward(days=31)

    swept = await asyncio.gather(*(keeper_of(world, batch=5).sweep() for _ in range(4)))

    assert sum(one.expired for one in swept) == 40
    assert await world.count("payment_history", "event = 'expired'") == 40


class Meeting:
    """Lets Payme begin a payment after the sweep has taken its orders and before it ends them."""

    def __init__(self, world: World, order: Order) -> None:
        self._world = world
        self._order = order
        self.payment: asyncio.Task[Transaction] | None = None

    async def take_place(self) -> None:
        if self.payment is None:
            self.payment = asyncio.create_task(self._world.create(MINE, self._order.code))
            # A payment that has to wait for the sweep is not done by then; one that has not, is.
            await asyncio.wait({self.payment}, timeout=0.5)

    async def outcome(self) -> Transaction | DomainError:
        assert self.payment is not None
        try:
            return await self.payment
        except DomainError as refusal:
            return refusal


class MetUpkeep(SqlOrderUpkeep):
    def __init__(self, connection: Connection, meeting: Meeting) -> None:
        super().__init__(connection)
        self.connection = connection
        self.meeting = meeting

    async def living(self, orders: Sequence[Order]) -> Mapping[OrderId, Transaction]:
        found = await super().living(orders)
        await self.meeting.take_place()
        return found


class CarelessUpkeep(MetUpkeep):
    """Holds no row."""

    async def take_overdue(self, now: datetime, limit: int) -> Sequence[Order]:
        rows = await self.connection.fetch(
            f"select {ORDER} from orders o where o.state = 'open' and o.expires_at <= $1 limit $2", now, limit
        )
        return [load_order(row) for row in rows]


def sweeping_with(world: World, upkeep: type[MetUpkeep], meeting: Meeting) -> Begin:
    class Unit(SqlUnitOfWork):
        @property
        def order_upkeep(self) -> SqlOrderUpkeep:
            return upkeep(self._connection, meeting)

    @asynccontextmanager
    async def begin() -> AsyncIterator[UnitOfWork]:
        async with world.pool.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            unit = Unit(connection, transaction)
            yield unit
            if not unit.is_committed:
                await transaction.rollback()

    return begin


async def overdue_for_the_sweep_only(world: World) -> tuple[Order, World]:
    """An order whose last second has begun: by the sweep's clock it is over, by the payment's not yet."""
    order = await buy(world)
    world.clock.forward(hours=23, minutes=59, seconds=59)
    payers = World(world.pool, Database(world.pool).begin, Database(world.pool).read, world.course, world.lesson)
    payers.clock.moment = world.clock.moment
    world.clock.forward(seconds=1)
    return order, payers


async def test_a_payment_that_begins_during_the_sweep_waits_and_finds_the_order_closed(world: World) -> None:
    order, payers = await overdue_for_the_sweep_only(world)
    meeting = Meeting(payers, order)

    swept = await keeper_of(world, sweeping_with(world, MetUpkeep, meeting)).sweep()

    assert swept == Swept(expired=1)
    assert isinstance(await meeting.outcome(), OrderClosed)
    assert await world.count("payme_transactions") == 0


async def test_without_the_lock_an_order_would_end_under_its_payer(world: World) -> None:
    """The negative control of the test before."""
    order, payers = await overdue_for_the_sweep_only(world)
    meeting = Meeting(payers, order)

    await keeper_of(world, sweeping_with(world, CarelessUpkeep, meeting)).sweep()

    assert isinstance(await meeting.outcome(), Transaction)
    assert await state_of(world, order) == "expired"
