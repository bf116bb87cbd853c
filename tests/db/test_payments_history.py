"""SEC-14, LRN-3: neither the ledger nor the history can be changed, and neither can hold what did not happen.

Each refusal has its control: without the guard, in a transaction that is undone, the same statement goes through.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import orjson
import pytest

from db.engine import Connection, Pool
from domain.payments.model import Order
from domain.payments.payme import CancelRequest, FiscalReceipt, ReceiptKind
from domain.users.model import UserId
from tests.db.payments_till import Till
from tests.db.payments_world import ADMIN, make_world

TABLES = ("payment_history", "payment_entries")
CHANGES = {
    "update": "update {table} set order_id = order_id",
    "update one": "update {table} set order_id = order_id where id = (select min(id) from {table})",
    "delete": "delete from {table}",
    "truncate": "truncate {table}",
    "truncate orders": "truncate orders cascade",
    "merge": "merge into {table} t using (select 1) x on t.id > 0 when matched then delete",
    "upsert": (
        "insert into {table} select * from {table} limit 1 on conflict (id) do update set order_id = excluded.order_id"
    ),
    "cte": "with gone as (delete from {table} returning id) select count(*) from gone",
}


@pytest.fixture(scope="module")
async def till(pool: Pool) -> Till:
    return Till(await make_world(pool))


@pytest.fixture(scope="module")
async def paid(till: Till) -> Order:
    order = await till.order()
    name = till.payme_id()
    await till.world.create(name, order.code)
    await till.world.merchant.perform(name)
    return order


@asynccontextmanager
async def unguarded(pool: Pool) -> AsyncIterator[Connection]:
    """A connection on which no trigger of the ledger or the history fires; what it did is undone."""
    async with pool.acquire() as connection:
        undone = connection.transaction()
        await undone.start()
        for table in TABLES:
            await connection.execute(f"alter table {table} disable trigger user")
        yield connection
        await undone.rollback()


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", CHANGES)
async def test_what_was_written_stays(till: Till, paid: Order, table: str, change: str) -> None:
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await till.world.pool.execute(overriding(CHANGES[change], table))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", CHANGES)
async def test_without_its_trigger_it_would_not(till: Till, paid: Order, table: str, change: str) -> None:
    async with unguarded(till.world.pool) as connection:
        await connection.execute(overriding(CHANGES[change], table))


def overriding(statement: str, table: str) -> str:
    """The history's ids are the database's own: to name one is a statement by itself."""
    named = statement.format(table=table)
    return named.replace(f"insert into {table} select", f"insert into {table} overriding system value select")


REFUND = """
    insert into payment_entries (order_id, kind, rail, amount_tiyin, external_id, created_at, stars)
    values ($1, 'refund', $2, $3, 'x', now(), $4)
"""


@pytest.mark.parametrize(
    ("rail", "more"), [("payme", -1), ("payme", 1), ("cash", 0), ("stars", 0)], ids=["more", "less", "cash", "stars"]
)
async def test_a_refund_returns_what_was_paid_the_way_it_came(till: Till, paid: Order, rail: str, more: int) -> None:
    values = (paid.id, rail, -paid.price.tiyin + more, 5 if rail == "stars" else None)
    with pytest.raises(asyncpg.CheckViolationError):
        await till.world.pool.execute(REFUND, *values)

    async with unguarded(till.world.pool) as connection:
        await connection.execute(REFUND, *values)


async def test_no_refund_without_a_payment(till: Till) -> None:
    order = await till.order()
    with pytest.raises(asyncpg.CheckViolationError):
        await till.world.pool.execute(REFUND, order.id, "payme", -order.price.tiyin, None)

    async with unguarded(till.world.pool) as connection:
        await connection.execute(REFUND, order.id, "payme", -order.price.tiyin, None)


@pytest.mark.parametrize("kind", ["payment", "refund"])
async def test_an_order_is_paid_and_refunded_once(till: Till, kind: str) -> None:
    """LRN-3: by any rail; a reversal is a line of its own."""
    order, name = await till.order(), till.payme_id()
    await till.world.create(name, order.code)
    await till.world.merchant.perform(name)
    if kind == "refund":
        await till.world.merchant.cancel(CancelRequest(payme_id=name, reason=5))
    again = """
        insert into payment_entries (order_id, kind, rail, amount_tiyin, external_id, created_at)
        select order_id, kind, rail, amount_tiyin, 'another', now() from payment_entries
        where order_id = $1 and kind = $2
    """

    with pytest.raises(asyncpg.UniqueViolationError):
        await till.world.pool.execute(again, order.id, kind)

    async with unguarded(till.world.pool) as connection:
        await connection.execute("alter table payment_entries drop constraint uq_payment_entries_order_id_kind")
        await connection.execute(again, order.id, kind)


async def test_every_event_three_times_is_booked_once(till: Till) -> None:
    """LRN-3: each messenger of each rail repeats itself."""
    world = till.world
    by_payme, by_stars, by_cash = [await till.order() for _ in range(3)]
    name = till.payme_id()
    charge = till.charge(by_stars)
    for _ in range(3):
        await world.create(name, by_payme.code)
    for _ in range(3):
        await world.merchant.perform(name)
    for _ in range(3):
        await till.stars.receive(charge)
    proof = await till.proof(by_cash)
    await till.proofs.confirm(UserId(ADMIN), proof.id)
    for _ in range(3):
        await world.merchant.cancel(CancelRequest(payme_id=name, reason=5))
        await till.stars.note_refund(charge)

    booked = await world.pool.fetch(
        "select order_id, array_agg(amount_tiyin order by id) as amounts from payment_entries"
        " where order_id = any($1) group by order_id order by order_id",
        [by_payme.id, by_stars.id, by_cash.id],
    )
    price = by_cash.price.tiyin
    assert [row["amounts"] for row in booked] == [[price, -price], [price, -price], [price]]
    for order in (by_payme, by_stars, by_cash):
        assert await world.count("access_grants", f"order_id = {order.id}") == 1


async def events(till: Till, order: Order) -> list[str]:
    rows = await till.world.pool.fetch("select event from payment_history where order_id = $1 order by id", order.id)
    return [row["event"] for row in rows]


async def test_the_whole_story_of_an_order_can_be_read(till: Till) -> None:
    world = till.world
    order = await till.order()
    first, second = till.payme_id(), till.payme_id()
    await world.create(first, order.code)
    await world.merchant.cancel(CancelRequest(payme_id=first, reason=3))
    proof = await till.proof(order)
    await till.proofs.reject(UserId(ADMIN), proof.id, "unreadable")
    await world.create(second, order.code)
    await world.merchant.perform(second)
    receipt = FiscalReceipt(
        kind=ReceiptKind.PERFORM,
        status_code=0,
        receipt_id="1",
        message="",
        terminal_id="",
        fiscal_sign="",
        qr_code_url="https://ofd.example.uz/1",
        date="",
    )
    for _ in range(2):
        await world.merchant.set_fiscal_data(second, receipt)
    await till.ask_refund(order)
    await world.merchant.cancel(CancelRequest(payme_id=second, reason=5))

    assert sorted(await events(till, order)) == sorted(
        [
            *("ordered", "payme_created", "payme_cancelled", "proof_sent", "proof_rejected"),
            *("payme_created", "payme_performed", "paid", "fiscal_receipt"),
            *("refund_requested", "payme_refunded", "refunded", "refund_settled"),
        ]
    )
    rejected = await world.pool.fetchrow(
        "select actor_id, data from payment_history where order_id = $1 and event = 'proof_rejected'", order.id
    )
    assert rejected is not None
    assert (rejected["actor_id"], orjson.loads(rejected["data"])["reason"]) == (ADMIN, "unreadable")


async def test_what_was_undone_is_not_told(till: Till) -> None:
    """The history is written by the tables, in the transaction of the change: no more and no less than happened."""
    order = await till.order()
    before = await events(till, order)
    async with till.world.pool.acquire() as connection:
        undone = connection.transaction()
        await undone.start()
        await connection.execute("update orders set state = 'cancelled', closed_at = now() where id = $1", order.id)
        assert await connection.fetchval("select count(*) from payment_history where order_id = $1", order.id) == 2
        await undone.rollback()

    assert await events(till, order) == before == ["ordered"]
