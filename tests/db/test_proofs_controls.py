"""Negative control: with the guards taken away, two admins who confirm one receipt book its money twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from db.engine import Connection, Pool
from db.payments import SqlOrders
from db.proofs import SqlProofs
from db.unit_of_work import Database, SqlUnitOfWork
from domain.payments.model import Order, OrderCode, OrderState
from domain.payments.ports import Entry
from domain.payments.proofs import PaymentProof, ProofId
from domain.unit_of_work import Begin, UnitOfWork
from tests.db.payments_world import make_world
from tests.db.test_payments_controls import Gate
from tests.db.test_payments_races import together
from tests.db.test_proofs import ANORA, RUSTAM, add_admin, proof_service
from tests.domain.payments.fakes import ALI
from tests.domain.payments.proof_fakes import photo


class CarelessOrders(SqlOrders):
    """Reads without the row's lock, and books whatever the row says by then."""

    async def lock_code(self, code: OrderCode) -> Order | None:
        found = await self.get(code)
        return None if found is None else found[0]

    async def settle_order(self, order: Order, was: OrderState, entry: Entry) -> bool:
        await self._connection.execute(
            "update orders set state = $2, paid_at = $3, paid_by = $4, reserved_by = null, reserved_until = null"
            " where id = $1",
            order.id,
            order.state,
            order.paid_at,
            order.paid_by,
        )
        await self._connection.execute(
            "insert into payment_entries (order_id, kind, rail, amount_tiyin, external_id, created_at)"
            " values ($1, $2, $3, $4, $5, now())",
            order.id,
            entry.kind,
            entry.rail,
            entry.amount,
            entry.external_id,
        )
        return True


class CarelessProofs(SqlProofs):
    """Everybody has read the receipt before anybody decides; a decision replaces what was decided."""

    def __init__(self, connection: Connection, gate: Gate) -> None:
        super().__init__(connection)
        self._gate = gate

    async def decide(self, proof: PaymentProof) -> bool:
        await self._gate.wait()
        await self._connection.execute(
            "update payment_proofs set state = $2, decided_by = $3, decided_at = $4 where id = $1",
            proof.id,
            proof.state,
            proof.decided_by,
            proof.decided_at,
        )
        return True


def careless(database: Database, gate: Gate) -> Begin:
    class Unit(SqlUnitOfWork):
        __slots__ = ()

        @property
        def orders(self) -> SqlOrders:
            return CarelessOrders(self._connection)

        @property
        def proofs(self) -> SqlProofs:
            return CarelessProofs(self._connection, gate)

    @asynccontextmanager
    async def begin() -> AsyncIterator[UnitOfWork]:
        async with database.begin() as uow:
            yield Unit(uow._connection, uow._transaction)

    return begin


@pytest.fixture(scope="module")
async def unguarded(pool: Pool) -> Pool:
    """The schema without the indexes that count."""
    await pool.execute("alter table payment_entries drop constraint uq_payment_entries_order_id_kind")
    await pool.execute("alter table payment_entries drop constraint uq_payment_entries_rail_external_id_kind")
    return pool


async def test_without_guards_one_receipt_is_booked_by_everybody_who_confirms_it(unguarded: Pool) -> None:
    gate = Gate()
    world = await make_world(unguarded, careless(Database(unguarded), gate))
    await add_admin(unguarded, RUSTAM, "Rustam")
    proofs = proof_service(world)
    order = await world.payments.buy(ALI, world.course)
    proof = await proofs.submit(ALI, order.code, photo())
    gate.barrier = asyncio.Barrier(2)

    outcomes = await together([proofs.confirm(admin, ProofId(proof.id)) for admin in (ANORA, RUSTAM)])

    assert all(isinstance(outcome, Order) for outcome in outcomes), "both heard that it was theirs"
    assert await world.count("payment_entries") == 2
