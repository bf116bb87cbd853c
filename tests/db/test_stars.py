"""Stars on the real database: one charge counts once, however many tell of it at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import asyncpg
import pytest

from db.engine import Connection, Pool, create_pool
from db.payments import SqlOrders
from db.stars import SqlStarPayments
from db.unit_of_work import Database, SqlUnitOfWork
from domain.errors import DomainError
from domain.language import Language
from domain.learning.model import Product
from domain.payments.errors import OrderBusy
from domain.payments.model import Order, OrderCode, OrderState, Rail, Terms
from domain.payments.payme_rail import PaymeRail
from domain.payments.ports import Entry, RefundRequest
from domain.payments.rails import Rails
from domain.payments.service import PaymentService
from domain.payments.stars import ChargeFate, StarsCashier, StarsCharge, StarsRail
from domain.payments.stars_ports import ChargeId, StarPayment
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId
from tests.conftest import Servers
from tests.db.payments_world import ADMIN, World, make_world
from tests.db.test_payments_races import together
from tests.domain.payments.fakes import ALI, VALI, payme_id

AT_ONCE = 30
RAILS = Rails((PaymeRail(), StarsRail()))
PAID = OrderState.PAID


@dataclass
class Desk:
    world: World
    begin: Begin

    def __post_init__(self) -> None:
        doors = {"begin": self.begin, "read": self.world.read, "now": self.world.clock, "rails": RAILS}
        self.stars = StarsCashier(**doors)
        self.world.payments = PaymentService(**doors, terms=Terms(soms_per_star=250))

    async def buy(self, user_id: UserId = ALI, product: Product | None = None) -> Order:
        return await self.world.payments.buy(user_id, product or self.world.course)

    async def paid(self, charge_id: str) -> Order:
        order = await self.buy()
        assert await self.stars.receive(said(order, charge_id)) is ChargeFate.ACCEPTED
        return order

    async def ask_refund(self, order: Order) -> None:
        async with self.begin() as uow:
            held = await uow.orders.lock_code(order.code)
            assert held is not None
            request = RefundRequest(
                order_id=order.id, requested_by=UserId(ADMIN), reason="asked", requested_at=self.world.clock()
            )
            assert await uow.orders.request_refund(request)
            await RAILS.that_took(held).refund(uow, held, self.world.clock())
            await uow.commit()

    async def history(self, order: Order) -> list[str]:
        rows = await self.world.pool.fetch(
            "select event from payment_history where order_id = $1 order by id", order.id
        )
        return [row["event"] for row in rows]

    async def state(self, order: Order) -> OrderState:
        return (await self.world.payments.account(order.code)).order.state

    async def is_open(self, order: Order) -> bool:
        return (await self.world.payments.account(order.code)).is_open

    async def waiting_refunds(self) -> int:
        return await self.world.count("pgqueuer", "entrypoint = 'refund_stars'")


def said(order: Order, charge_id: str) -> StarsCharge:
    start = StarsRail().start(order, Language.UZ, "")
    return StarsCharge(
        user_id=order.user_id,
        payload=start.payload,
        currency="XTR",
        stars=start.stars,
        charge_id=ChargeId(charge_id),
    )


@pytest.fixture
async def desk(pool: Pool) -> Desk:
    world = await make_world(pool)
    return Desk(world, world.begin)


async def test_the_history_tells_the_whole_story_of_a_payment_and_its_return(desk: Desk) -> None:
    order = await desk.buy()
    await desk.stars.reserve(said(order, ""))
    await desk.stars.receive(said(order, "c1"))
    await desk.stars.receive(said(order, "c2"))
    await desk.ask_refund(order)
    assert await desk.stars.finish_refund(ChargeId("c2"))
    due = await desk.stars.refund_due(ChargeId("c1"))
    assert due is not None
    assert (due.order_code, due.user_id, due.stars, due.is_surplus) == (order.code, ALI, order.stars, False)
    assert await desk.stars.finish_refund(ChargeId("c1"))

    assert await desk.history(order) == [
        "ordered",
        "stars_paid",
        "paid",
        "stars_surplus",
        "refund_requested",
        "stars_refunded",
        "stars_refunded",
        "refunded",
        "refund_settled",
    ]
    assert await desk.state(order) is OrderState.REFUNDED
    assert not await desk.is_open(order)
    assert await desk.world.pool.fetchval("select sum(amount_tiyin) from payment_entries") == 0


async def test_a_reservation_is_kept_and_ends(desk: Desk) -> None:
    order = await desk.buy()

    reserved = await desk.stars.reserve(said(order, ""))

    stored = await desk.world.payments.order(ALI, order.code)
    assert (stored.reserved_by, stored.reserved_until) == (Rail.STARS, reserved.reserved_until)
    assert await desk.stars.release(reserved)
    assert (await desk.world.payments.order(ALI, order.code)).reserved_by is None


async def test_strays_are_kept_without_an_order_and_without_a_history(desk: Desk) -> None:
    order = await desk.buy()

    strays = [replace(said(order, "c1"), user_id=VALI), replace(said(order, "c2"), payload="?")]
    assert [await desk.stars.receive(stray) for stray in strays] == [ChargeFate.SURPLUS] * 2
    assert await desk.stars.finish_refund(ChargeId("c1"))

    assert await desk.history(order) == ["ordered"]
    assert await desk.world.count("star_payments", "order_id is null and is_surplus") == 2
    assert await desk.world.count("notifications", f"user_id = {VALI} and kind = 'stars_returned'") == 1
    assert await desk.waiting_refunds() == 2


async def test_the_schema_takes_no_accepted_payment_without_an_order(desk: Desk) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await desk.world.pool.execute(
            "insert into star_payments (charge_id, user_id, stars, is_surplus, paid_at)"
            " values ('c1', $1, 5, false, now())",
            ALI,
        )


async def test_thirty_messages_about_one_charge_open_once(desk: Desk) -> None:
    order = await desk.buy()

    receipts = await together([desk.stars.receive(said(order, "c1")) for _ in range(AT_ONCE)])

    assert sorted(map(str, receipts)) == ["accepted"] + ["known"] * (AT_ONCE - 1)
    assert await desk.world.count("access_grants") == 1
    assert await desk.world.count("payment_entries") == 1
    assert await desk.world.count("notifications") == 1


async def test_of_thirty_charges_for_one_order_one_stays_and_the_others_go_back(desk: Desk) -> None:
    order = await desk.buy()

    receipts = await together([desk.stars.receive(said(order, f"c{number}")) for number in range(AT_ONCE)])

    assert sorted(map(str, receipts)) == ["accepted"] + ["surplus"] * (AT_ONCE - 1)
    assert await desk.waiting_refunds() == AT_ONCE - 1
    assert await desk.world.count("payment_entries") == 1


async def test_thirty_messages_about_a_stray_charge_are_one_refund(desk: Desk) -> None:
    order = await desk.buy()
    stray = replace(said(order, "c1"), payload="nonsense")

    receipts = await together([desk.stars.receive(stray) for _ in range(AT_ONCE)])

    assert sorted(map(str, receipts)) == ["known"] * (AT_ONCE - 1) + ["surplus"]
    assert await desk.waiting_refunds() == 1


async def test_of_thirty_questions_one_is_agreed_to(desk: Desk) -> None:
    order = await desk.buy()

    answers = await together([desk.stars.reserve(said(order, "")) for _ in range(AT_ONCE)])

    assert sum(isinstance(answer, Order) for answer in answers) == 1
    assert sum(isinstance(answer, OrderBusy) for answer in answers) == AT_ONCE - 1


async def test_of_stars_payme_and_giving_up_one_gets_the_order(desk: Desk) -> None:
    for number in range(10):
        order = await desk.buy(product=desk.world.lesson if number % 2 else desk.world.course)

        reserved, created, given_up = await together(
            [
                desk.stars.reserve(said(order, "")),
                desk.world.create(payme_id(number), order.code),
                desk.world.payments.cancel_order(ALI, order.code),
            ]
        )

        assert sum(not isinstance(outcome, DomainError) for outcome in (reserved, created, given_up)) == 1
        desk.world.clock.forward(hours=24)


async def test_stars_and_payme_at_once_pay_once(desk: Desk) -> None:
    buyers = [(user, product) for user in (ALI, VALI) for product in (desk.world.course, desk.world.lesson)]
    for number, (user, product) in enumerate(buyers):
        order = await desk.buy(user, product)
        await desk.world.create(payme_id(number), order.code)

        receipt, performed = await together(
            [desk.stars.receive(said(order, f"c{number}")), desk.world.merchant.perform(payme_id(number))]
        )

        assert (receipt is ChargeFate.ACCEPTED) == isinstance(performed, DomainError)
        assert await desk.world.count("payment_entries", f"order_id = {order.id}") == 1
        assert await desk.world.count("access_grants", f"order_id = {order.id}") == 1


async def test_thirty_answers_about_one_refund_close_once(desk: Desk) -> None:
    order = await desk.paid("c1")
    await desk.ask_refund(order)

    outcomes = await together(
        [desk.stars.finish_refund(ChargeId("c1")) for _ in range(AT_ONCE // 2)]
        + [desk.stars.note_refund(said(order, "c1")) for _ in range(AT_ONCE // 2)]
    )

    assert sum(outcome is True for outcome in outcomes) == 1
    assert await desk.world.pool.fetchval("select array_agg(amount_tiyin > 0 order by id) from payment_entries") == [
        True,
        False,
    ]
    assert await desk.world.count("notifications", "kind = 'payment_cancelled'") == 1
    assert not await desk.is_open(order)


async def test_a_payment_and_its_return_told_at_once_leave_nothing_open(desk: Desk) -> None:
    for number in range(10):
        order = await desk.buy()

        await together(
            [desk.stars.receive(said(order, f"c{number}")), desk.stars.note_refund(said(order, f"c{number}"))]
        )

        assert not await desk.is_open(order)
        assert await desk.world.count("star_payments", f"charge_id = 'c{number}' and refunded_at is not null") == 1


async def test_what_is_asked_for_and_what_is_refused_reaches_the_admin_once(desk: Desk) -> None:
    order = await desk.paid("c1")
    await desk.ask_refund(order)

    await together([desk.stars.refund_refused(ChargeId("c1"), "Bad Request") for _ in range(AT_ONCE)])

    assert await desk.world.count("notifications", f"user_id = {ADMIN} and kind = 'refund_to_make'") == 1
    assert await desk.state(order) is PAID


async def test_a_refund_asked_for_again_while_the_withdrawn_one_is_still_at_work_is_not_lost(desk: Desk) -> None:
    order = await desk.paid("c1")
    await desk.ask_refund(order)
    await desk.world.pool.execute("update pgqueuer set status = 'picked' where entrypoint = 'refund_stars'")
    async with desk.begin() as uow:
        assert await uow.orders.withdraw_refund_request(order.id, UserId(ADMIN), desk.world.clock())
        await uow.commit()
    desk.world.clock.forward(seconds=1)

    await desk.ask_refund(order)

    assert await desk.world.count("pgqueuer", "entrypoint = 'refund_stars' and status = 'queued'") == 1


class CarelessOrders(SqlOrders):
    """Reads without the row's lock, and writes whatever the row says by then."""

    def __init__(self, connection: Connection, gate: asyncio.Barrier) -> None:
        super().__init__(connection)
        self._gate = gate

    async def lock_code(self, code: OrderCode) -> Order | None:
        found = await self.get(code)
        await self._gate.wait()
        return None if found is None else found[0]

    async def reserve(self, order: Order) -> bool:
        return await super().reserve(order) or True

    async def settle_order(self, order: Order, was: OrderState, entry: Entry) -> bool:
        await self._connection.execute(
            "update orders set state = $2, paid_at = $3, paid_by = $4, reserved_by = null,"
            " reserved_until = null where id = $1",
            order.id,
            order.state,
            order.paid_at,
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


class CarelessStarPayments(SqlStarPayments):
    """Believes that every charge is new."""

    async def get(self, charge_id: ChargeId) -> StarPayment | None:
        return None


@pytest.fixture(scope="module")
async def unguarded(servers: Servers) -> AsyncIterator[Pool]:
    """A database of its own without the keys that count."""
    url = await servers.clone()
    pool = await create_pool(url, size=40)
    await pool.execute("alter table star_payments drop constraint pk_star_payments")
    await pool.execute("drop index uq_star_payments_one_accepted")
    await pool.execute("alter table payment_entries drop constraint uq_payment_entries_order_id_kind")
    await pool.execute("alter table payment_entries drop constraint uq_payment_entries_rail_external_id_kind")
    yield pool
    await pool.close()
    await servers.drop(url)


async def careless_desk(pool: Pool) -> Desk:
    database, gate = Database(pool), asyncio.Barrier(AT_ONCE)
    world = await make_world(pool)

    class Unit(SqlUnitOfWork):
        __slots__ = ()

        @property
        def orders(self) -> SqlOrders:
            return CarelessOrders(self._connection, gate)

        @property
        def star_payments(self) -> SqlStarPayments:
            return CarelessStarPayments(self._connection)

    @asynccontextmanager
    async def begin() -> AsyncIterator[UnitOfWork]:
        async with database.begin() as uow:
            yield Unit(uow._connection, uow._transaction)

    return Desk(world, begin)


async def test_without_guards_one_charge_is_booked_many_times(unguarded: Pool) -> None:
    desk = await careless_desk(unguarded)
    order = await desk.buy()

    receipts = await together([desk.stars.receive(said(order, "c1")) for _ in range(AT_ONCE)])

    assert receipts == [ChargeFate.ACCEPTED] * AT_ONCE
    assert await desk.world.count("payment_entries") == AT_ONCE
    assert await desk.world.count("star_payments", "not is_surplus") == AT_ONCE


async def test_without_guards_many_questions_are_agreed_to(unguarded: Pool) -> None:
    desk = await careless_desk(unguarded)
    order = await desk.buy()

    answers = await together([desk.stars.reserve(said(order, "")) for _ in range(AT_ONCE)])

    assert all(isinstance(answer, Order) for answer in answers)
