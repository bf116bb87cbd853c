"""Orders and payments on the real schema."""

import asyncpg
import pytest

from db.engine import Pool
from db.payments import TEST_STUDENT
from domain.learning.model import Product, ProductKind
from domain.money import Money
from domain.payments.errors import AlreadyOwned, ForeignTransaction, NotForSale, OrderGone, TransactionClosed
from domain.payments.model import FiscalCodes, OrderState, Terms, random_code
from domain.payments.payme import (
    TIMEOUT_MS,
    CancelRequest,
    CheckRequest,
    FiscalReceipt,
    ReceiptKind,
    StatementRequest,
    TransactionState,
    milliseconds,
)
from domain.payments.service import PaymentService
from domain.users.model import UserId
from tests.db.emptying import empty
from tests.db.payments_world import ADMIN, OWNER, PRICE, World, make_world
from tests.domain.payments.fakes import ALI, NOON, VALI, payme_id

MINE = payme_id(1)


@pytest.fixture
async def world(pool: Pool) -> World:
    return await make_world(pool)


async def test_an_order_comes_back_as_it_was_made(world: World) -> None:
    world.payments = PaymentService(
        begin=world.begin,
        read=world.read,
        now=world.clock,
        terms=Terms(fiscal=FiscalCodes(ikpu="10305008003000000", package_code="1514296", vat_percent=0)),
    )

    made = await world.payments.buy(ALI, world.course)

    assert await world.payments.order(ALI, made.code) == made
    assert made.price == PRICE
    assert made.fiscal is not None
    assert made.fiscal.vat_percent == 0


async def test_a_lesson_is_ordered_together_with_its_course(world: World) -> None:
    order = await world.payments.buy(ALI, world.lesson)
    await world.create(MINE, order.code)
    await world.merchant.perform(MINE)

    async with world.read() as uow:
        assert await uow.access.has(ALI, world.lesson)
        assert not await uow.access.has(ALI, world.course)
        assert order.course_id is not None
        assert await uow.enrolments.get(ALI, order.course_id) is not None


async def test_the_price_that_the_teacher_changes_later_is_not_the_orders(world: World) -> None:
    order = await world.payments.buy(ALI, world.course)
    await world.pool.execute("update courses set price_tiyin = 1 where id = $1", world.course.id)

    assert (await world.payments.buy(ALI, world.course)).price == PRICE
    assert (await world.merchant.check_perform(CheckRequest(account=order.code, amount=PRICE.tiyin))).price == PRICE
    assert (await world.payments.buy(VALI, world.course)).price == Money(1)


@pytest.mark.parametrize("user_id", [OWNER, ADMIN])
async def test_staff_have_nothing_to_buy(world: World, user_id: int) -> None:
    with pytest.raises(AlreadyOwned):
        await world.payments.buy(UserId(user_id), world.lesson)


async def test_what_is_owned_is_not_sold_again_until_it_was_refunded(world: World) -> None:
    order = await world.payments.buy(ALI, world.course)
    await world.create(MINE, order.code)
    await world.merchant.perform(MINE)
    with pytest.raises(AlreadyOwned):
        await world.payments.buy(ALI, world.course)

    await world.merchant.cancel(CancelRequest(payme_id=MINE, reason=5))

    assert (await world.payments.buy(ALI, world.course)).code != order.code
    assert (await world.payments.order(ALI, order.code)).state is OrderState.REFUNDED


@pytest.mark.parametrize(
    "change",
    [
        "update courses set status = 'draft'",
        "update courses set status = 'archived'",
        "update courses set sale = 'free', price_tiyin = null",
        "update lessons set is_published = false",
        "update lessons set is_preview = true",
        "update lessons set price_tiyin = null",
    ],
)
async def test_a_lesson_that_is_not_sold_is_not_ordered(world: World, change: str) -> None:
    await world.pool.execute(change)

    with pytest.raises(NotForSale):
        await world.payments.buy(ALI, world.lesson)


@pytest.mark.parametrize("kind", list(ProductKind))
async def test_an_unknown_product_is_not_for_sale(world: World, kind: ProductKind) -> None:
    with pytest.raises(NotForSale):
        await world.payments.buy(ALI, Product(kind, 10**15))


async def test_a_payment_opens_tells_and_is_booked_once_however_often_it_is_repeated(world: World) -> None:
    order = await world.payments.buy(ALI, world.course)
    first_created = await world.create(MINE, order.code)
    world.clock.forward(seconds=1)
    second_created = await world.create(MINE, order.code)
    first = await world.merchant.perform(MINE)
    world.clock.forward(seconds=1)
    second = await world.merchant.perform(MINE)

    assert first_created == second_created
    assert first == second == await world.merchant.check(MINE)
    assert await world.count("access_grants", "revoked_at is null") == 1
    assert await world.count("payment_entries") == 1
    assert await world.count("notifications", "kind = 'payment_performed'") == 1
    assert await world.count("pgqueuer") == 1
    assert (await world.payments.order(ALI, order.code)).state is OrderState.PAID


async def test_a_refund_closes_and_is_booked_as_a_reversal(world: World) -> None:
    order = await world.payments.buy(ALI, world.course)
    await world.create(MINE, order.code)
    await world.merchant.perform(MINE)
    world.clock.forward(seconds=1)
    first = await world.merchant.cancel(CancelRequest(payme_id=MINE, reason=5))
    world.clock.forward(seconds=1)
    second = await world.merchant.cancel(CancelRequest(payme_id=MINE, reason=3))

    assert first == second
    assert (first.state, first.reason) == (TransactionState.REFUNDED, 5)
    assert await world.count("access_grants", "revoked_at is null") == 0
    assert await world.pool.fetchval("select sum(amount_tiyin) from payment_entries") == 0
    assert await world.count("notifications", "kind = 'payment_cancelled'") == 1
    account = await world.payments.account(order.code)
    assert (account.order.state, account.grant_count, account.is_open) == (OrderState.REFUNDED, 1, False)


async def test_a_timeout_that_is_noticed_is_kept_although_the_answer_is_a_refusal(world: World) -> None:
    order = await world.payments.buy(ALI, world.course)
    await world.create(MINE, order.code)
    world.clock.forward(milliseconds=TIMEOUT_MS)

    with pytest.raises(TransactionClosed):
        await world.merchant.perform(MINE)

    row = await world.pool.fetchrow("select state, reason from payme_transactions where payme_id = $1", MINE)
    assert row is not None
    assert (row["state"], row["reason"]) == (-1, 4)
    assert (await world.create(payme_id(2), order.code)).state is TransactionState.CREATED


async def test_an_id_that_belongs_to_another_order_is_refused(world: World) -> None:
    first = await world.payments.buy(ALI, world.course)
    second = await world.payments.buy(VALI, world.course)
    await world.create(MINE, first.code)

    with pytest.raises(ForeignTransaction):
        await world.create(MINE, second.code)

    assert await world.count("payme_transactions") == 1


async def test_the_statement_equals_the_table(world: World) -> None:
    orders = await world.payments.make_test_orders(3)
    for number, order in enumerate(orders):
        await world.create(payme_id(number), order.code, order.price.tiyin)
        world.clock.forward(seconds=1)
    start = milliseconds(NOON)

    listed = await world.merchant.statement(StatementRequest(start=start + 1000, end=start + 2000))

    assert [line.payme_id for line in listed] == [payme_id(1), payme_id(2)]
    assert [line.order_code for line in listed] == [orders[1].code, orders[2].code]
    assert len(await world.merchant.statement(StatementRequest(start=-(2**80), end=2**80))) == 3


async def test_receipts_are_kept_by_kind_and_the_newest_registered_one_is_shown(world: World) -> None:
    order = await world.payments.buy(ALI, world.course)
    await world.create(MINE, order.code)
    receipt = FiscalReceipt(
        kind=ReceiptKind.PERFORM,
        status_code=0,
        receipt_id="121",
        message="accepted",
        terminal_id="EP1",
        fiscal_sign="8000",
        qr_code_url="https://ofd.example/1",
        date="20260302120000",
    )

    assert (await world.payments.page(ALI, order.code)).receipt_url is None
    await world.merchant.set_fiscal_data(MINE, receipt)
    await world.merchant.set_fiscal_data(MINE, receipt)

    assert (await world.payments.page(ALI, order.code)).receipt_url == "https://ofd.example/1"
    assert await world.count("fiscal_receipts") == 1


async def test_test_orders_need_no_content_and_reach_nobody(world: World) -> None:
    await empty(world.pool, "users, categories")

    orders = await world.payments.make_test_orders(20)
    more = await world.payments.make_test_orders(2, are_final=True)

    assert len({order.code for order in (*orders, *more)}) == 22
    assert {order.user_id for order in orders} == {TEST_STUDENT}
    assert await world.count("courses", "status = 'published'") == 0
    await world.create(MINE, orders[0].code, orders[0].price.tiyin)
    await world.merchant.perform(MINE)
    assert (await world.payments.account(orders[0].code)).is_open


async def test_an_unknown_order_is_gone(world: World) -> None:
    with pytest.raises(OrderGone):
        await world.payments.account(random_code())


@pytest.mark.parametrize("statement", ["update payment_entries set amount_tiyin = 1", "delete from payment_entries"])
async def test_the_ledger_cannot_be_changed(world: World, statement: str) -> None:
    order = await world.payments.buy(ALI, world.course)
    await world.create(MINE, order.code)
    await world.merchant.perform(MINE)

    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await world.pool.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "update orders set price_tiyin = 0",
        "update orders set currency = 'USD'",
        "update orders set state = 'paid'",
        "update payme_transactions set state = 2",
        "update payme_transactions set state = -1, cancel_time = 5",
        "update payme_transactions set state = 3",
        (
            "insert into payme_transactions (payme_id, order_id, time, amount, create_time)"
            " select lpad('', 24, 'f'), order_id, time, amount, create_time from payme_transactions"
        ),
    ],
)
async def test_the_schema_itself_refuses_what_cannot_be(world: World, statement: str) -> None:
    order = await world.payments.buy(ALI, world.course)
    await world.create(MINE, order.code)

    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await world.pool.execute(statement)
