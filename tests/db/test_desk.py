"""The staff desk on a real database: what is found, what a refund moves, and whether the books agree."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from db.engine import Pool
from domain.errors import NotAllowed
from domain.learning.model import Product
from domain.payments.cash_rail import CashRail
from domain.payments.days import Days
from domain.payments.desk import PAGE, CashDesk, Filter, seal
from domain.payments.errors import ChangedMeanwhile, NotPaid, OrderGone, RefundAsked, RefundNotAsked
from domain.payments.model import EntryKind, Order, OrderState, Rail, Terms
from domain.payments.payme import CancelRequest, Transaction
from domain.payments.payme_rail import PaymeRail
from domain.payments.proof_service import ProofService
from domain.payments.proofs import Receipt
from domain.payments.rails import Rails, Refunding
from domain.payments.reconciler import Reconciler
from domain.payments.reconciliation import DifferenceKind
from domain.payments.service import PaymentService
from domain.payments.stars import StarsCashier, StarsCharge, StarsRail
from domain.payments.stars_ports import ChargeId
from domain.users.model import UserId
from tests.db.emptying import empty
from tests.db.payments_world import ADMIN as ADMIN_ID
from tests.db.payments_world import OWNER, World, make_world
from tests.domain.payments.fakes import ALI, NOON, VALI, payme_id

ZONE = "Asia/Tashkent"
ADMIN = UserId(ADMIN_ID)
PHOTO = Receipt(file_id="file", file_unique_id="unique", is_photo=True, mime="image/jpeg", size=1000)


@dataclass
class Office:
    """The world, the three rails, and the staff desk."""

    world: World

    def __post_init__(self) -> None:
        world = self.world
        doors = {"begin": world.begin, "read": world.read, "now": world.clock}
        self.rails = Rails((PaymeRail(), StarsRail(), CashRail("8600 1234")))
        self.payments = PaymentService(**doors, terms=Terms(soms_per_star=250), rails=self.rails)
        self.stars = StarsCashier(**doors, rails=self.rails)
        self.proofs = ProofService(**doors, rails=self.rails)
        self.desk = CashDesk(**doors, rails=self.rails, timezone=ZONE)
        self.books = Reconciler(**doors, statement=world.merchant.statement, timezone=ZONE)

    async def order(self, user_id: UserId = ALI, product: Product | None = None) -> Order:
        return await self.payments.buy(user_id, product or self.world.course)

    async def by_payme(self, user_id: UserId = ALI, product: Product | None = None, number: int = 1) -> Order:
        order = await self.order(user_id, product)
        await self.world.create(payme_id(number), order.code)
        await self.world.merchant.perform(payme_id(number))
        return await self.payments.order(user_id, order.code)

    async def by_stars(self, user_id: UserId = ALI, product: Product | None = None, charge: str = "charge-1") -> Order:
        order = await self.order(user_id, product)
        paid = StarsCharge(
            user_id=user_id,
            payload=f"order:{order.code}",
            currency="XTR",
            stars=order.stars or 0,
            charge_id=ChargeId(charge),
        )
        await self.stars.receive(paid)
        return await self.payments.order(user_id, order.code)

    async def by_transfer(self, user_id: UserId = ALI, product: Product | None = None) -> Order:
        order = await self.order(user_id, product)
        proof = await self.proofs.submit(user_id, order.code, PHOTO)
        await self.proofs.confirm(ADMIN, proof.id)
        return await self.payments.order(user_id, order.code)

    async def differences(self) -> list[DifferenceKind]:
        """Looked for two minutes later: what has just changed is left to the next run."""
        self.world.clock.forward(minutes=2)
        result = await self.books.run()
        assert result is not None
        return [one.kind for one in result.differences]


@pytest.fixture
async def office(pool: Pool) -> Office:
    await empty(pool, "reconciliations")
    return Office(await make_world(pool))


async def refund(office: Office, order: Order, reason: str = "Asked by the student") -> Refunding:
    return await office.desk.refund(ADMIN, order.code, reason, seal(order))


async def test_a_transfer_is_refunded_at_once_and_the_course_closes(office: Office) -> None:
    order = await office.by_transfer()

    assert await refund(office, order) is Refunding.DONE

    dossier = await office.desk.dossier(ADMIN, order.code)
    assert dossier.order.state is OrderState.REFUNDED
    assert not dossier.is_open
    assert dossier.refund is None
    assert await office.world.count("payment_entries", "kind = 'refund' and external_id = 'proof:1'") == 1
    assert await office.world.count("notifications", "kind = 'payment_cancelled'") == 1
    events = [line.event for line in await office.desk.history(ADMIN, order.code, 0)]
    assert events[:1] == ["ordered"]
    assert {"proof_sent", "proof_confirmed", "paid", "refund_requested", "refunded", "refund_settled"} <= {*events}


async def test_a_payme_refund_waits_for_the_cabinet_and_overrides_the_rule_about_used_lessons(office: Office) -> None:
    order = await office.by_payme()

    assert await refund(office, order) is Refunding.AT_PROVIDER
    waiting = await office.desk.dossier(ADMIN, order.code)
    assert waiting.refund is not None
    assert waiting.refund.asked_by.full_name == "Anora"
    assert waiting.order.state is OrderState.PAID
    assert waiting.is_open

    await office.world.merchant.cancel(CancelRequest(payme_id=payme_id(1), reason=5))

    closed = await office.desk.dossier(ADMIN, order.code)
    assert closed.order.state is OrderState.REFUNDED
    assert closed.refund is None
    assert [one.is_returned for one in closed.payments] == [True]


async def test_a_refund_in_stars_asks_telegram_by_a_job(office: Office) -> None:
    order = await office.by_stars()

    assert await refund(office, order) is Refunding.UNDER_WAY

    assert await office.world.count("pgqueuer", "entrypoint = 'refund_stars'") == 1
    await office.stars.finish_refund(ChargeId("charge-1"))
    assert (await office.desk.dossier(ADMIN, order.code)).order.state is OrderState.REFUNDED


async def test_two_admins_who_refund_at_once_refund_once(office: Office) -> None:
    order = await office.by_transfer()

    results = await asyncio.gather(*(refund(office, order) for _ in range(8)), return_exceptions=True)

    assert [one for one in results if one is Refunding.DONE] == [Refunding.DONE]
    assert all(isinstance(one, NotPaid | RefundAsked) for one in results if one is not Refunding.DONE)
    assert await office.world.count("payment_entries", "kind = 'refund'") == 1


async def test_a_refund_that_payme_is_faster_with_ends_in_one_refund(office: Office) -> None:
    order = await office.by_payme()

    await asyncio.gather(
        refund(office, order),
        office.world.merchant.cancel(CancelRequest(payme_id=payme_id(1), reason=5)),
        return_exceptions=True,
    )

    assert await office.world.count("payment_entries", "kind = 'refund'") == 1
    assert await office.world.count("refund_requests", "state = 'requested'") == 0


async def test_a_confirmation_of_another_order_or_of_an_older_state_has_no_effect(office: Office) -> None:
    order, other = await office.by_transfer(), await office.by_payme(VALI)

    with pytest.raises(ChangedMeanwhile):
        await office.desk.refund(ADMIN, order.code, "A reason", seal(other))
    with pytest.raises(ChangedMeanwhile):
        await office.desk.refund(ADMIN, order.code, "A reason", "")

    assert await office.world.count("refund_requests") == 0


async def test_only_paid_orders_are_refunded_and_only_once(office: Office) -> None:
    open_order = await office.order(VALI)
    paid = await office.by_payme()
    await refund(office, paid)

    with pytest.raises(NotPaid):
        await refund(office, open_order)
    with pytest.raises(RefundAsked):
        await refund(office, paid)
    with pytest.raises(OrderGone):
        await office.desk.refund(ADMIN, "0" * 12, "A reason", "")


async def test_a_waiting_refund_is_withdrawn_and_may_be_asked_for_again(office: Office) -> None:
    order = await office.by_payme()
    await refund(office, order)

    await office.desk.withdraw_refund(ADMIN, order.code)

    with pytest.raises(RefundNotAsked):
        await office.desk.withdraw_refund(ADMIN, order.code)
    assert (await office.desk.dossier(ADMIN, order.code)).refund is None
    assert await refund(office, order) is Refunding.AT_PROVIDER


@pytest.mark.parametrize("actor", [ALI, OWNER, 12345])
async def test_nobody_but_an_admin_gets_anything_from_the_desk(office: Office, actor: int) -> None:
    order = await office.by_transfer()
    who = UserId(actor)

    async def export() -> None:
        async for _ in office.desk.export(who, Filter()):
            pass

    doors: list[Callable[[], Awaitable[object]]] = [
        lambda: office.desk.numbers(who),
        lambda: office.desk.orders(who, Filter()),
        lambda: office.desk.dossier(who, order.code),
        lambda: office.desk.history(who, order.code, 0),
        lambda: office.desk.refund(who, order.code, "A reason", seal(order)),
        lambda: office.desk.withdraw_refund(who, order.code),
        lambda: office.books.ask(who, everything=True),
        lambda: office.books.result(who),
        export,
    ]
    for door in doors:
        with pytest.raises(NotAllowed):
            await door()

    assert await office.world.count("payment_entries", "kind = 'refund'") == 0
    assert await office.world.count("pgqueuer", "entrypoint = 'reconcile'") == 0


async def found(office: Office, **wanted) -> list[str]:
    page = await office.desk.orders(ADMIN, Filter(**wanted))
    return [line.order.code for line in page.lines]


async def test_orders_are_found_by_state_rail_student_and_day(office: Office) -> None:
    await office.world.pool.execute(
        "update users set full_name = 'Алишер Ғафуров', username = 'AliG', phone = '+998901234567' where id = $1", ALI
    )
    await office.world.pool.execute("update users set full_name = 'Vali Yo‘ldoshev' where id = $1", VALI)
    old = await office.by_payme()
    office.world.clock.forward(days=3)
    new = await office.by_stars(VALI)
    waiting = await office.order(VALI, office.world.lesson)

    assert await found(office) == [waiting.code, new.code, old.code]
    assert await found(office, state=OrderState.OPEN) == [waiting.code]
    assert await found(office, rail=Rail.STARS) == [new.code]
    for words in ("alisher", "G‘afurov Ali", "Алишер", "@alig", "90 123-45-67", str(ALI), old.code.lower()):
        assert await found(office, student=words) == [old.code], words
    assert await found(office, student="yoldosh") == [waiting.code, new.code]
    assert await found(office, student="%") == []
    first_day = Days.of((NOON + timedelta(hours=5)).date())
    assert await found(office, days=first_day) == [old.code]
    assert await found(office, days=Days(date(2026, 3, 4), date(2026, 3, 6)), state=OrderState.PAID) == [new.code]
    await refund(office, old)
    assert await found(office, has_refund_under_way=True) == [old.code]


async def test_an_order_belongs_to_every_day_on_which_something_happened_to_it(office: Office) -> None:
    """The centre's days begin at 19:00 UTC."""
    order = await office.order()
    office.world.clock.moment = NOON.replace(hour=18, minute=59)
    await office.world.create(payme_id(1), order.code)
    office.world.clock.moment = NOON.replace(hour=19, minute=0)
    await office.world.merchant.perform(payme_id(1))

    for day, is_found in ((2, True), (3, True), (1, False), (4, False)):
        assert (await found(office, days=Days.of(date(2026, 3, day))) == [order.code]) is is_found, day


async def test_pages_go_on_where_the_last_one_ended(office: Office) -> None:
    codes = []
    for _ in range(PAGE * 2 + 1):
        order = await office.order()
        await office.payments.cancel_order(ALI, order.code)
        codes.append(order.code)

    first = await office.desk.orders(ADMIN, Filter())
    second = await office.desk.orders(ADMIN, Filter(), first.lines[-1].order.id)
    third = await office.desk.orders(ADMIN, Filter(), second.lines[-1].order.id)

    assert [line.order.code for page in (first, second, third) for line in page.lines] == codes[::-1]
    assert [page.has_more for page in (first, second, third)] == [True, True, False]


async def test_the_day_is_counted_by_rail_without_orders_of_the_providers_sandbox(office: Office) -> None:
    await office.by_payme()
    refunded = await office.by_stars(VALI)
    await refund(office, refunded)
    await office.stars.finish_refund(ChargeId("charge-1"))
    await office.order(VALI, office.world.lesson)
    (test,) = await office.payments.make_test_orders(1)
    await office.world.create(payme_id(9), test.code, test.price.tiyin)
    await office.world.merchant.perform(payme_id(9))

    numbers, last = await office.desk.numbers(ADMIN)

    moved = {(one.rail, one.kind): (one.count, one.amount, one.stars) for one in numbers.movements}
    assert moved == {
        (Rail.PAYME, EntryKind.PAYMENT): (1, 15_000_000, 0),
        (Rail.STARS, EntryKind.PAYMENT): (1, 15_000_000, 600),
        (Rail.STARS, EntryKind.REFUND): (1, 15_000_000, 600),
    }
    assert (numbers.open_orders, numbers.refunds_under_way, numbers.waiting_proofs, last) == (1, 0, 0, None)
    assert test.code not in await found(office)


async def test_the_export_has_every_order_of_the_filter_once(office: Office) -> None:
    paid = await office.by_transfer()
    await refund(office, paid)
    plain = await office.order(VALI)

    lines = [line async for batch in office.desk.export(ADMIN, Filter()) for line in batch]

    assert [(line.order.code, line.refunded, line.external_id) for line in lines] == [
        (plain.code, 0, ""),
        (paid.code, 15_000_000, "proof:1"),
    ]


async def test_honest_books_have_no_differences(office: Office) -> None:
    await office.by_payme()
    await office.by_stars(VALI)
    await office.by_transfer(ALI, office.world.lesson)
    third = await office.by_payme(VALI, office.world.lesson, number=2)
    await refund(office, third)
    await office.world.merchant.cancel(CancelRequest(payme_id=payme_id(2), reason=5))

    assert await office.differences() == []
    kept = await office.books.result(ADMIN)
    assert kept is not None
    assert kept.counted == 4
    assert {(one.rail, one.recorded) for one in kept.tallies} == {
        (Rail.PAYME, 15_000_000),
        (Rail.STARS, 600),
        (Rail.CASH, 15_000_000),
    }
    assert all(one.recorded == one.entered for one in kept.tallies)
    assert await office.world.count("notifications", "kind = 'books_differ'") == 0


DAMAGE = {
    "delete from payment_entries": {DifferenceKind.NOT_ENTERED, DifferenceKind.SUMS},
    "update payment_entries set amount_tiyin = amount_tiyin + 1": {DifferenceKind.WRONG_AMOUNT, DifferenceKind.SUMS},
    "update payment_entries set external_id = repeat('f', 24)": {DifferenceKind.NO_RECORD},
    "update orders set state = 'open', paid_at = null, paid_by = null": {
        DifferenceKind.UNPAID,
        DifferenceKind.STILL_OPEN,
    },
    "update orders set state = 'refunded', closed_at = paid_at": {
        DifferenceKind.NOT_RETURNED,
        DifferenceKind.STILL_OPEN,
    },
    "update access_grants set revoked_at = granted_at": {DifferenceKind.NOT_OPENED},
    "delete from access_grants": {DifferenceKind.NOT_OPENED},
    "update access_grants set user_id = 102": {DifferenceKind.NOT_OPENED},
    "delete from payme_transactions": {DifferenceKind.NO_MONEY, DifferenceKind.NO_RECORD, DifferenceKind.SUMS},
    "update payme_transactions set amount = amount + 100": {DifferenceKind.WRONG_AMOUNT, DifferenceKind.SUMS},
    "update payme_transactions set state = -2, cancel_time = perform_time, reason = 5": {
        DifferenceKind.NOT_REFUNDED,
        DifferenceKind.REFUND_NOT_ENTERED,
        DifferenceKind.SUMS,
    },
    "insert into star_payments select 'x', id, user_id, 600, false, paid_at from orders": {
        DifferenceKind.PAID_TWICE,
        DifferenceKind.SUMS,
    },
    "insert into star_payments values ('y', null, 101, 5, true, '2026-03-01')": {DifferenceKind.SURPLUS_KEPT},
}


@pytest.mark.parametrize("damage", DAMAGE)
async def test_each_kind_of_damage_to_the_tables_is_found(office: Office, damage: str) -> None:
    await office.by_payme()
    async with office.world.pool.acquire() as connection, connection.transaction():
        await connection.execute("set local session_replication_role = replica")
        await connection.execute(damage)

    assert {*await office.differences()} == DAMAGE[damage]

    told = await office.world.pool.fetch("select user_id, data from notifications where kind = 'books_differ'")
    assert [row["user_id"] for row in told] == [ADMIN]
    assert "Ali" not in told[0]["data"]


async def test_a_statement_that_lacks_a_transaction_is_found(office: Office) -> None:
    await office.by_payme()

    async def nothing(_request: object) -> list[Transaction]:
        return []

    world = office.world
    deaf = Reconciler(begin=world.begin, read=world.read, now=world.clock, statement=nothing, timezone=ZONE)
    world.clock.forward(minutes=2)
    result = await deaf.run()

    assert result is not None
    assert [one.kind for one in result.differences] == [DifferenceKind.STATEMENT]


async def test_a_slot_is_compared_and_told_once(office: Office) -> None:
    await office.by_payme()
    await office.world.pool.execute("delete from access_grants")
    office.world.clock.forward(minutes=2)

    first = await office.books.run(slot=NOON)
    second = await office.books.run(slot=NOON)

    assert first is not None
    assert second is None
    assert await office.world.count("reconciliations") == 1
    assert await office.world.count("notifications", "kind = 'books_differ'") == 1


async def test_a_payment_of_long_ago_is_compared_when_everything_is(office: Office) -> None:
    await office.by_payme()
    await office.world.pool.execute("delete from access_grants")
    office.world.clock.forward(days=60)

    recent = await office.books.run()
    everything = await office.books.run(everything=True, asked_by=ADMIN)

    assert recent is not None
    assert everything is not None
    assert (recent.counted, recent.difference_count) == (0, 0)
    assert (everything.counted, everything.difference_count) == (1, 1)


async def test_with_a_chat_of_the_admins_the_chat_is_told_by_a_job(office: Office) -> None:
    await office.by_payme()
    await office.world.pool.execute("delete from access_grants")
    world = office.world
    world.clock.forward(minutes=2)
    books = Reconciler(
        begin=world.begin,
        read=world.read,
        now=world.clock,
        statement=world.merchant.statement,
        timezone=ZONE,
        tells_chat=True,
    )

    await books.run(slot=NOON)

    assert await world.count("pgqueuer", "entrypoint = 'tell_books'") == 1
    assert await world.count("notifications", "kind = 'books_differ'") == 0


async def test_what_is_changing_while_the_books_are_compared_is_no_difference(office: Office) -> None:
    """Payments go on while the comparison runs again and again."""

    async def pay() -> None:
        for number in range(1, 16):
            order = await office.by_payme(ALI, office.world.lesson, number)
            await office.world.merchant.cancel(CancelRequest(payme_id=payme_id(number), reason=5))
            assert order.state is OrderState.PAID

    async def compare() -> int:
        count = 0
        while not paying.done():
            result = await office.books.run()
            count += result.difference_count if result else 0
        return count

    paying = asyncio.create_task(pay())
    assert await compare() == 0
    await paying
    assert await office.differences() == []
