"""The express lane: it writes what the way that holds the order writes, and steps aside for everything unusual."""

import asyncio
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from db import express
from db.engine import Pool
from db.express import SqlExpressTill, express_tills
from db.job_bell import JobBell
from domain.payments.express import ExpressLane
from domain.payments.model import EntryKind, Order, Rail
from domain.payments.payme import TIMEOUT_MS, CancelRequest, CreateRequest, NewTransaction, Transaction, milliseconds
from domain.payments.ports import Entry
from domain.payments.settlement import opening_of
from domain.users.model import UserId
from tests.db.payments_world import PRICE, World, make_world
from tests.domain.payments.fakes import ALI, VALI, payme_id

MINE, OTHER = payme_id(1), payme_id(2)
CHANNEL = "ch_pgqueuer"


@pytest.fixture
async def world(pool: Pool) -> World:
    return await make_world(pool)


@pytest.fixture
def lane(world: World) -> ExpressLane:
    return ExpressLane(express_tills(world.pool), world.clock)


def request_of(world: World, order: Order, **changes: Any) -> CreateRequest:
    time = milliseconds(world.clock())
    return replace(CreateRequest(payme_id=MINE, time=time, account=order.code, amount=PRICE.tiyin), **changes)


async def written(world: World, user_id: UserId) -> dict[str, list[tuple[Any, ...]]]:
    """What one person's payment has left in every table, without ids."""
    texts = {
        "order": "select state, paid_at, closed_at, paid_by, reserved_by, reserved_until from orders"
        " where user_id = $1",
        "transaction": "select t.state, t.time, t.amount, t.create_time, t.perform_time, t.cancel_time, t.reason"
        " from payme_transactions t join orders o on o.id = t.order_id where o.user_id = $1",
        "ledger": "select e.kind, e.rail, e.amount_tiyin, e.created_at, e.stars, e.external_id = t.payme_id"
        " from payment_entries e join orders o on o.id = e.order_id join payme_transactions t on t.order_id = o.id"
        " where o.user_id = $1",
        "grant": "select product_kind, product_id, granted_at, revoked_at from access_grants where user_id = $1",
        "enrolment": "select course_id, status, enrolled_at from enrolments where user_id = $1",
        "notice": "select n.kind, n.key = 'order:' || o.id, n.data = jsonb_build_object('order_code', o.code),"
        " n.status, n.created_at, n.updated_at from notifications n join orders o on o.user_id = n.user_id"
        " where n.user_id = $1",
        "job": "select j.priority, j.entrypoint, j.dedupe_key, j.headers, j.status, j.attempts, j.slot,"
        " j.execute_after <= now(), encode(j.payload, 'escape') = '{\"notification_id\":' || n.id || '}',"
        " l.status, l.priority, l.entrypoint"
        " from pgqueuer j join notifications n on encode(j.payload, 'escape') like '%:' || n.id || '}'"
        " join pgqueuer_log l on l.job_id = j.id where n.user_id = $1",
        "history": "select h.event, h.at, h.actor_id = o.user_id, h.data ->> 'rail' from payment_history h"
        " join orders o on o.id = h.order_id where o.user_id = $1 order by h.id",
    }
    return {name: [tuple(row) for row in await world.pool.fetch(text, user_id)] for name, text in texts.items()}


async def test_both_ways_write_the_same(world: World, lane: ExpressLane) -> None:
    held = replace(world, is_express=False)
    quick, slow = [await world.payments.buy(user, world.course) for user in (ALI, VALI)]

    assert await lane.create(quick.code, request_of(world, quick)) is not None
    world.clock.forward(seconds=3)
    assert await lane.perform(MINE) is not None
    world.clock.forward(seconds=-3)
    await held.create(OTHER, slow.code)
    world.clock.forward(seconds=3)
    await held.merchant.perform(OTHER)

    by_express, by_holding = await written(world, ALI), await written(world, VALI)
    assert by_express == by_holding
    assert all(len(rows) == 1 for name, rows in by_express.items() if name != "history")
    assert len(by_express["history"]) == 4


async def test_what_cannot_begin_steps_aside(world: World, lane: ExpressLane) -> None:
    order = await world.payments.buy(ALI, world.course)
    late = milliseconds(world.clock()) - TIMEOUT_MS

    assert await lane.create(payme_code(order, "X"), request_of(world, order)) is None
    assert await lane.create(order.code, request_of(world, order, amount=PRICE.tiyin - 1)) is None
    assert await lane.create(order.code, request_of(world, order, time=late)) is None
    world.clock.forward(days=2)
    assert await lane.create(order.code, request_of(world, order)) is None

    assert await world.count("payme_transactions") == 0


def payme_code(order: Order, first: str) -> Any:
    """A code that no order has."""
    return first + order.code[1:]


async def test_a_repeat_another_payer_and_a_taken_id_step_aside(world: World, lane: ExpressLane) -> None:
    order, of_another = [await world.payments.buy(user, world.course) for user in (ALI, VALI)]
    assert await lane.create(order.code, request_of(world, order)) is not None

    assert await lane.create(order.code, request_of(world, order)) is None
    assert await lane.create(order.code, request_of(world, order, payme_id=OTHER)) is None
    assert await lane.create(of_another.code, request_of(world, of_another)) is None

    assert await world.count("payme_transactions") == 1


async def test_what_is_not_waiting_to_be_performed_steps_aside(world: World, lane: ExpressLane) -> None:
    assert await lane.perform(MINE) is None
    order = await world.payments.buy(ALI, world.course)
    await world.create(MINE, order.code)

    world.clock.forward(milliseconds=TIMEOUT_MS)
    assert await lane.perform(MINE) is None
    world.clock.forward(milliseconds=-TIMEOUT_MS)
    await world.merchant.cancel(CancelRequest(payme_id=MINE, reason=3))
    assert await lane.perform(MINE) is None
    await world.create(OTHER, order.code)
    assert await lane.perform(OTHER) is not None
    assert await lane.perform(OTHER) is None

    assert await world.count("payment_entries") == 1


async def test_an_order_that_was_taken_after_it_was_read_is_left_alone(world: World) -> None:
    order = await world.payments.buy(ALI, world.course)
    await world.pool.execute("update orders set reserved_by = 'stars' where id = $1", order.id)

    async with express_tills(world.pool)() as till:
        assert await till.claim(draft_of(world, order)) is None

    assert await world.count("payme_transactions") == 0


@pytest.mark.parametrize(
    "meanwhile",
    [
        "update payme_transactions set state = -1, cancel_time = 1, reason = 3",
        "update orders set state = 'cancelled', closed_at = now()",
        "update orders set state = 'paid', paid_at = now(), paid_by = 'cash'",
    ],
)
async def test_of_a_payment_that_was_decided_after_it_was_read_nothing_is_kept(world: World, meanwhile: str) -> None:
    order = await world.payments.buy(ALI, world.course)
    created = await world.create(MINE, order.code)
    await world.pool.execute(meanwhile)
    before = await written(world, ALI)

    async with express_tills(world.pool)() as till:
        assert not await till.settle(*payment_of(world, order, created))

    assert await written(world, ALI) == before
    assert await world.count("pgqueuer") == 0


async def take_while_held(world: World) -> tuple[Transaction | None, int]:
    """A claim that arrives while another rail holds the order and is about to reserve it; and living transactions."""
    order = await world.payments.buy(ALI, world.course)
    async with world.pool.acquire() as holder, world.pool.acquire() as connection:
        till = SqlExpressTill(connection, JobBell(world.pool))
        async with holder.transaction():
            await holder.execute("select 1 from orders where id = $1 for update", order.id)
            claim = asyncio.create_task(till.claim(draft_of(world, order)))
            # Until it waits for the lock, or is done if it does not.
            while not claim.done() and not await holder.fetchval(
                "select exists (select from pg_locks where not granted and pid <> pg_backend_pid())"
            ):
                await asyncio.sleep(0.01)
            await holder.execute("update orders set reserved_by = 'stars' where id = $1", order.id)
        claimed = await claim
    return claimed, await world.count("payme_transactions")


async def test_a_claim_waits_for_whoever_holds_the_order_and_reads_it_anew(world: World) -> None:
    assert await take_while_held(world) == (None, 0)


async def test_without_its_lock_a_claim_takes_a_reserved_order(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(express, "_CLAIM", express._CLAIM.replace("for no key update of o", ""))

    claimed, count = await take_while_held(world)

    assert claimed is not None
    assert count == 1


async def test_the_queue_is_woken_once_for_the_payments_of_a_moment(world: World, database_url: str) -> None:
    orders = [await world.payments.buy(user, world.course) for user in (ALI, VALI)]
    for number, order in enumerate(orders):
        await world.create(payme_id(number), order.code)
    heard = await listening(database_url)

    for number in range(len(orders)):
        await world.merchant.perform(payme_id(number))

    assert await heard.next() is not None
    assert await heard.stop() == 0


async def test_a_payment_that_holds_its_order_wakes_the_queue_by_itself(world: World, database_url: str) -> None:
    held = replace(world, is_express=False)
    orders = [await world.payments.buy(user, world.course) for user in (ALI, VALI)]
    for number, order in enumerate(orders):
        await world.create(payme_id(number), order.code)
    heard = await listening(database_url)

    for number in range(len(orders)):
        await held.merchant.perform(payme_id(number))

    assert [await heard.next(), await heard.next()] == [CHANNEL, CHANNEL]
    assert await heard.stop() == 0


class Heard:
    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection
        self._channels: asyncio.Queue[str] = asyncio.Queue()

    async def start(self) -> None:
        await self._connection.add_listener(CHANNEL, self._hear)

    def _hear(self, _connection: object, _pid: int, channel: str, _payload: object) -> None:
        self._channels.put_nowait(channel)

    async def next(self) -> str:
        return await asyncio.wait_for(self._channels.get(), 10)

    async def stop(self) -> int:
        """How many more came, until one of the test's own."""
        await self._connection.execute(f"notify {CHANNEL}, 'last'")
        await self._connection.close()
        return self._channels.qsize() - 1


async def listening(database_url: str) -> Heard:
    heard = Heard(await asyncpg.connect(database_url))
    await heard.start()
    return heard


def draft_of(world: World, order: Order) -> NewTransaction:
    now = milliseconds(world.clock())
    return NewTransaction(
        payme_id=MINE, order_id=order.id, order_code=order.code, time=now, amount=PRICE.tiyin, create_time=now
    )


def payment_of(world: World, order: Order, created: Transaction) -> tuple[Transaction, Order, Entry, Any]:
    entry = Entry(kind=EntryKind.PAYMENT, rail=Rail.PAYME, amount=PRICE.tiyin, external_id=MINE)
    now = world.clock()
    return created.perform(milliseconds(now)), order.pay(now, Rail.PAYME), entry, opening_of(order)
