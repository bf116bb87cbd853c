"""Fifty at once on the real database: one winner, one effect, one story."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest

from db.engine import Pool
from db.payments import SqlOrders
from db.unit_of_work import Database, SqlUnitOfWork
from domain.errors import DomainError
from domain.learning.model import Product
from domain.payments.errors import AlreadyOwned, ForeignTransaction, OrderBusy, OrderGone, TransactionClosed
from domain.payments.model import Offer, OrderState
from domain.payments.payme import TIMEOUT_MS, CancelRequest, Transaction, TransactionState
from domain.payments.service import PaymentService
from domain.unit_of_work import UnitOfWork
from domain.users.model import UserId
from tests.db.payments_world import World, make_world
from tests.domain.payments.fakes import ALI, VALI, payme_id

T = TypeVar("T")
MINE = payme_id(1)
AT_ONCE = 50


@pytest.fixture
async def world(pool: Pool) -> World:
    return await make_world(pool)


async def together(calls: Sequence[Awaitable[T]]) -> list[T | DomainError]:
    """Every outcome; whatever is not a rule's refusal is raised."""
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    kept: list[T | DomainError] = []
    for outcome in outcomes:
        if isinstance(outcome, BaseException) and not isinstance(outcome, DomainError):
            raise outcome
        kept.append(outcome)
    return kept


async def test_of_fifty_taps_on_buy_one_order_comes(world: World) -> None:
    orders = await together([world.payments.buy(ALI, world.course) for _ in range(AT_ONCE)])

    assert len({order.code for order in orders if not isinstance(order, DomainError)}) == 1
    assert not any(isinstance(order, DomainError) for order in orders)
    assert await world.count("orders") == 1


async def test_of_fifty_transactions_of_one_order_one_wins(world: World) -> None:
    order = await world.payments.buy(ALI, world.course)

    outcomes = await together([world.create(payme_id(number), order.code) for number in range(AT_ONCE)])

    assert sum(isinstance(outcome, Transaction) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, OrderBusy) for outcome in outcomes) == AT_ONCE - 1
    assert await world.count("payme_transactions") == 1


async def test_fifty_repeats_of_one_create_get_one_answer(world: World) -> None:
    order = await world.payments.buy(ALI, world.course)

    outcomes = await together([world.create(MINE, order.code) for _ in range(AT_ONCE)])

    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert isinstance(outcomes[0], Transaction)


async def test_one_id_for_two_orders_at_once_belongs_to_one_of_them(world: World) -> None:
    orders = [await world.payments.buy(user, world.course) for user in (ALI, VALI)]

    outcomes = await together([world.create(MINE, orders[number % 2].code) for number in range(AT_ONCE)])

    won = {outcome.order_code for outcome in outcomes if isinstance(outcome, Transaction)}
    assert len(won) == 1
    assert sum(isinstance(outcome, ForeignTransaction) for outcome in outcomes) == AT_ONCE // 2
    assert await world.count("payme_transactions") == 1


async def test_fifty_performs_open_once_and_tell_once(world: World) -> None:
    order = await world.payments.buy(ALI, world.course)
    await world.create(MINE, order.code)

    outcomes = await together([world.merchant.perform(MINE) for _ in range(AT_ONCE)])

    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert isinstance(outcomes[0], Transaction)
    assert await world.count("access_grants") == 1
    assert await world.count("payment_entries") == 1
    assert await world.count("notifications") == 1
    assert await world.count("pgqueuer") == 1


async def test_perform_against_cancel_tells_everybody_the_same_story(world: World) -> None:
    for number in range(20):
        order = (await world.payments.make_test_orders(1))[0]
        name = payme_id(number)
        await world.create(name, order.code, order.price.tiyin)

        performs = [world.merchant.perform(name) for _ in range(5)]
        cancels = [world.merchant.cancel(CancelRequest(payme_id=name, reason=5)) for _ in range(5)]
        mixed = [call for pair in zip(performs, cancels, strict=True) for call in pair]
        outcomes = await together(mixed[::-1] if number % 2 else mixed)

        end = await world.merchant.check(name)
        performed = [one for one in outcomes[number % 2 :: 2] if isinstance(one, Transaction)]
        cancelled = [one for one in outcomes[1 - number % 2 :: 2] if isinstance(one, Transaction)]
        account = await world.payments.account(order.code)
        entries = await world.count("payment_entries", f"order_id = {order.id}")
        assert len({one.cancel_time for one in cancelled}) == 1
        assert not account.is_open
        if performed:
            assert end.state is TransactionState.REFUNDED
            assert (account.order.state, account.grant_count, entries) == (OrderState.REFUNDED, 1, 2)
        else:
            assert end.state is TransactionState.CANCELLED
            assert (account.order.state, account.grant_count, entries) == (OrderState.OPEN, 0, 0)


async def test_giving_up_against_create_leaves_one_of_the_two(world: World) -> None:
    for number in range(20):
        order = await world.payments.buy(ALI, world.course)

        given_up, created = await together(
            [world.payments.cancel_order(ALI, order.code), world.create(payme_id(number), order.code)]
        )

        assert isinstance(given_up, DomainError) != isinstance(created, DomainError)
        if isinstance(created, Transaction):
            await world.merchant.cancel(CancelRequest(payme_id=created.payme_id, reason=3))


async def test_a_timeout_noticed_by_many_at_once_happens_once(world: World) -> None:
    order = await world.payments.buy(ALI, world.course)
    await world.create(MINE, order.code)
    world.clock.forward(milliseconds=TIMEOUT_MS)

    outcomes = await together(
        [world.merchant.check(MINE) for _ in range(20)]
        + [world.merchant.perform(MINE) for _ in range(20)]
        + [world.create(payme_id(number), order.code) for number in range(2, 12)]
    )

    assert {outcome.cancel_time for outcome in outcomes[:20] if isinstance(outcome, Transaction)} == {
        (await world.merchant.check(MINE)).cancel_time
    }
    assert all(isinstance(outcome, TransactionClosed) for outcome in outcomes[20:40])
    assert sum(isinstance(outcome, Transaction) for outcome in outcomes[40:]) == 1


async def test_strangers_orders_stay_closed_in_a_crowd(world: World) -> None:
    order = await world.payments.buy(ALI, world.course)

    outcomes = await together([world.payments.order(VALI, order.code) for _ in range(AT_ONCE)])

    assert all(isinstance(outcome, OrderGone) for outcome in outcomes)


async def test_a_payment_that_comes_while_one_presses_buy_leaves_no_second_order_of_the_same_thing(
    world: World, pool: Pool
) -> None:
    first = await world.payments.buy(ALI, world.course)
    await world.create(MINE, first.code)

    class PaidInBetween(SqlOrders):
        async def offer(self, user_id: UserId, product: Product) -> Offer | None:
            offer = await super().offer(user_id, product)
            await world.merchant.perform(MINE)
            return offer

    class Unit(SqlUnitOfWork):
        __slots__ = ()

        @property
        def orders(self) -> SqlOrders:
            return PaidInBetween(self._connection)

    @asynccontextmanager
    async def begin() -> AsyncIterator[UnitOfWork]:
        async with Database(pool).begin() as uow:
            yield Unit(uow._connection, uow._transaction)

    with pytest.raises(AlreadyOwned):
        await PaymentService(begin=begin, read=world.read, now=world.clock).buy(ALI, world.course)

    assert await world.count("orders") == 1
