"""What the clock alone does to orders."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import pytest

from domain.jobs import JobPayload
from domain.payments.errors import OrderClosed
from domain.payments.model import Order, OrderId, OrderState, Rail
from domain.payments.payme import CreateRequest, Transaction, TransactionState, milliseconds
from domain.payments.upkeep import REDRAW_ORDER_JOB, OrderKeeper, Swept
from domain.unit_of_work import UnitOfWork
from tests.domain.payments.fakes import (
    ALGEBRA,
    ALI,
    LESSON,
    PRICE,
    VALI,
    FakeDatabase,
    FakeUnitOfWork,
    Shop,
    Tables,
    payme_id,
)


class FakeUpkeep:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def take_overdue(self, now: datetime, limit: int) -> Sequence[Order]:
        overdue = [
            order
            for order in self._tables.orders.values()
            if order.state is OrderState.OPEN
            and (order.expires_at <= now or (order.reserved_until is not None and order.reserved_until <= now))
        ]
        return overdue[:limit]

    async def living(self, orders: Sequence[Order]) -> Mapping[OrderId, Transaction]:
        held = {order.id for order in orders}
        return {
            one.order_id: one for one in self._tables.transactions.values() if one.is_living and one.order_id in held
        }

    async def expire(self, orders: Sequence[Order]) -> Sequence[OrderId]:
        self._tables.orders |= {order.id: order for order in orders}
        return [order.id for order in orders]


@dataclass
class FakeJobs:
    asked: list[tuple[str, JobPayload]]

    async def enqueue(self, name: str, payload: JobPayload, **_: Any) -> None:
        self.asked.append((name, payload))


@dataclass
class KeptDatabase(FakeDatabase):
    """With the clock's repository, and the jobs that were committed."""

    jobs: list[tuple[str, JobPayload]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[UnitOfWork]:
        uow = FakeUnitOfWork(self.tables.copy())
        asked = FakeJobs([])
        vars(uow).update(order_upkeep=FakeUpkeep(uow.tables), jobs=asked)
        yield cast("UnitOfWork", uow)
        if uow.is_committed:
            self.tables = uow.tables
            self.jobs += asked.asked


@pytest.fixture
def database() -> KeptDatabase:
    return KeptDatabase()


@pytest.fixture
def shop(database: KeptDatabase) -> Shop:
    return Shop(database)


@pytest.fixture
def keeper(database: KeptDatabase, shop: Shop) -> OrderKeeper:
    return OrderKeeper(begin=database.begin, now=shop.clock, batch=2)


async def begin_with_payme(shop: Shop, order: Order, number: int = 1) -> None:
    time = milliseconds(shop.clock())
    await shop.merchant.create(
        CreateRequest(payme_id=payme_id(number), time=time, account=order.code, amount=PRICE.tiyin)
    )


async def test_an_order_past_its_time_ends_and_its_screen_is_redrawn(
    shop: Shop, database: KeptDatabase, keeper: OrderKeeper
) -> None:
    order = await shop.payments.buy(ALI, ALGEBRA)
    shop.clock.forward(hours=24)

    swept = await keeper.sweep()

    assert swept == Swept(expired=1)
    assert shop.tables.orders[order.id].state is OrderState.EXPIRED
    assert shop.tables.orders[order.id].closed_at == order.expires_at
    assert database.jobs == [(REDRAW_ORDER_JOB, {"user_id": ALI, "order_code": order.code})]


async def test_an_order_within_its_time_is_left_alone(shop: Shop, database: KeptDatabase, keeper: OrderKeeper) -> None:
    order = await shop.payments.buy(ALI, ALGEBRA)
    shop.clock.forward(hours=23, minutes=59)

    assert await keeper.sweep() == Swept()
    assert shop.tables.orders[order.id] == order
    assert database.jobs == []


async def test_an_order_that_is_being_paid_at_payme_waits_for_the_transactions_end(
    shop: Shop, keeper: OrderKeeper
) -> None:
    order = await shop.payments.buy(ALI, ALGEBRA)
    shop.clock.forward(hours=23)
    await begin_with_payme(shop, order)
    shop.clock.forward(hours=11, minutes=59)
    assert await keeper.sweep() == Swept()

    shop.clock.forward(minutes=1)
    assert await keeper.sweep() == Swept(expired=1)

    (transaction,) = shop.tables.transactions.values()
    assert transaction.state is TransactionState.CANCELLED
    assert transaction.cancel_time == transaction.timeout_at
    assert shop.tables.orders[order.id].state is OrderState.EXPIRED


async def test_an_order_under_a_receipt_that_waits_for_staff_does_not_end(shop: Shop, keeper: OrderKeeper) -> None:
    order = await shop.payments.buy(ALI, ALGEBRA)
    shop.tables.orders[order.id] = order.reserve(Rail.CASH, None, shop.clock(), is_busy=False)
    shop.clock.forward(days=30)

    assert await keeper.sweep() == Swept()
    assert shop.tables.orders[order.id].state is OrderState.OPEN


async def test_stars_that_did_not_come_free_the_order_for_other_ways(shop: Shop, keeper: OrderKeeper) -> None:
    order = await shop.payments.buy(ALI, ALGEBRA)
    until = shop.clock.moment.replace(minute=2)
    shop.tables.orders[order.id] = order.reserve(Rail.STARS, until, shop.clock(), is_busy=False)
    shop.clock.forward(minutes=2)

    assert await keeper.sweep() == Swept(released=1)
    assert shop.tables.orders[order.id] == order


async def test_a_sweep_goes_on_until_nothing_is_left(shop: Shop, database: KeptDatabase, keeper: OrderKeeper) -> None:
    for user_id in (ALI, VALI):
        for product in (ALGEBRA, LESSON):
            await shop.payments.buy(user_id, product)
    paid = await shop.payments.buy(ALI, ALGEBRA)
    await begin_with_payme(shop, paid)
    await shop.merchant.perform(payme_id(1))
    shop.clock.forward(hours=24)

    assert await keeper.sweep() == Swept(expired=3)

    states = [order.state for order in shop.tables.orders.values()]
    assert sorted(states) == [OrderState.EXPIRED] * 3 + [OrderState.PAID]
    assert len(database.jobs) == 3


async def test_what_was_swept_takes_no_payment_any_more(shop: Shop, keeper: OrderKeeper) -> None:
    order = await shop.payments.buy(ALI, ALGEBRA)
    shop.clock.forward(hours=24)
    await keeper.sweep()

    with pytest.raises(OrderClosed):
        await begin_with_payme(shop, order)
