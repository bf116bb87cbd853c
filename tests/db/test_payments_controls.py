"""Negative controls: with the guards taken away, the same races do their damage, so the race tests can see it.

All racers read before any of them writes: what luck may do, happens here for certain.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from db.engine import Connection, Pool
from db.payments import SqlOrders
from db.unit_of_work import Database, SqlUnitOfWork
from domain.payments.model import Order, OrderCode, OrderId, OrderState
from domain.payments.payme import CancelRequest, PaymeId, Transaction, TransactionState
from domain.payments.ports import Entry
from domain.unit_of_work import Begin, UnitOfWork
from tests.db.payments_world import World, make_world
from tests.db.test_payments_races import together
from tests.domain.payments.fakes import ALI, payme_id

MINE = payme_id(1)
RACERS = 10


@dataclass
class Gate:
    barrier: asyncio.Barrier | None = None

    async def wait(self) -> None:
        if self.barrier is not None:
            await self.barrier.wait()


class CarelessOrders(SqlOrders):
    """Reads without the row's lock, and writes whatever the row says by then."""

    def __init__(self, connection: Connection, gate: Gate) -> None:
        super().__init__(connection)
        self._gate = gate

    async def lock_code(self, code: OrderCode) -> Order | None:
        found = await self.get(code)
        return None if found is None else found[0]

    async def lock_payme(self, payme_id: PaymeId) -> tuple[Order, Transaction] | None:
        transaction = await super().transaction(payme_id)
        await self._gate.wait()
        order = None if transaction is None else await self.lock_code(transaction.order_code)
        return None if transaction is None or order is None else (order, transaction)

    async def rivals(self, order_id: OrderId, payme_id: PaymeId) -> Sequence[Transaction]:
        rivals = await super().rivals(order_id, payme_id)
        await self._gate.wait()
        return rivals

    async def settle(self, transaction: Transaction, was: TransactionState, order: Order, entry: Entry) -> bool:
        await self._write(transaction)
        return await self.settle_order(order, order.state, entry)

    async def settle_order(self, order: Order, was: OrderState, entry: Entry) -> bool:
        await self._connection.execute(
            "update orders set state = $2, paid_at = $3, closed_at = $4, paid_by = $5, reserved_by = null,"
            " reserved_until = null where id = $1",
            order.id,
            order.state,
            order.paid_at,
            order.closed_at,
            order.paid_by,
        )
        await self._connection.execute(
            "insert into payment_entries (order_id, kind, rail, amount_tiyin, external_id, created_at, stars)"
            " values ($1, $2, $3, $4, $5, now(), $6)",
            order.id,
            entry.kind,
            entry.rail,
            entry.amount,
            entry.external_id,
            entry.stars,
        )
        return True

    async def close_transaction(self, transaction: Transaction) -> bool:
        await self._write(transaction)
        return True

    async def _write(self, transaction: Transaction) -> None:
        await self._connection.execute(
            "update payme_transactions set state = $2, perform_time = $3, cancel_time = $4, reason = $5 where id = $1",
            transaction.id,
            transaction.state,
            transaction.perform_time,
            transaction.cancel_time,
            transaction.reason,
        )


def careless(database: Database, gate: Gate) -> Begin:
    class Unit(SqlUnitOfWork):
        __slots__ = ()

        @property
        def orders(self) -> SqlOrders:
            return CarelessOrders(self._connection, gate)

    @asynccontextmanager
    async def begin() -> AsyncIterator[UnitOfWork]:
        async with database.begin() as uow:
            yield Unit(uow._connection, uow._transaction)

    return begin


async def unguard(pool: Pool) -> None:
    """Take the indexes away that count."""
    await pool.execute("drop index uq_payme_transactions_one_living")
    await pool.execute("alter table payment_entries drop constraint uq_payment_entries_order_id_kind")
    await pool.execute("alter table payment_entries drop constraint uq_payment_entries_rail_external_id_kind")


@pytest.fixture(scope="module")
async def unguarded(pool: Pool) -> Pool:
    await unguard(pool)
    return pool


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
async def world(unguarded: Pool, gate: Gate) -> World:
    return await make_world(unguarded, careless(Database(unguarded), gate))


async def test_without_guards_many_transactions_win_one_order(world: World, gate: Gate) -> None:
    order = await world.payments.buy(ALI, world.course)
    gate.barrier = asyncio.Barrier(RACERS)

    await together([world.create(payme_id(number), order.code) for number in range(RACERS)])

    assert await world.count("payme_transactions", "state = 1") == RACERS


async def test_without_guards_one_payment_is_booked_many_times(world: World, gate: Gate) -> None:
    order = await world.payments.buy(ALI, world.course)
    await world.create(MINE, order.code)
    gate.barrier = asyncio.Barrier(RACERS)

    await together([world.merchant.perform(MINE) for _ in range(RACERS)])

    assert await world.count("payment_entries") == RACERS


async def test_without_guards_perform_and_cancel_are_both_confirmed(world: World, gate: Gate) -> None:
    order = await world.payments.buy(ALI, world.course)
    await world.create(MINE, order.code)
    gate.barrier = asyncio.Barrier(2)

    performed, cancelled = await together(
        [world.merchant.perform(MINE), world.merchant.cancel(CancelRequest(payme_id=MINE, reason=3))]
    )

    assert isinstance(performed, Transaction)
    assert isinstance(cancelled, Transaction)
    assert (performed.state, cancelled.state) == (TransactionState.PERFORMED, TransactionState.CANCELLED)
    assert (await world.payments.account(order.code)).is_open, "cancelled for Payme, open for the student"
