"""What a student may do with orders."""

from dataclasses import replace

import pytest

from domain.courses.model import Entitlement, Sale
from domain.learning.model import Product, ProductKind
from domain.money import Money
from domain.payments.errors import AlreadyOwned, NotForSale, OrderBusy, OrderGone, OrderPaid, RailClosed
from domain.payments.model import ORDER_LIFETIME, OrderState, parse_code, random_code
from domain.payments.payme import CreateRequest, milliseconds
from domain.payments.rails import Rails
from domain.payments.service import PaymentService
from domain.payments.stars import StarsRail
from tests.domain.payments.fakes import ALGEBRA, ALI, LESSON, PRICE, VALI, Shop, offer_of, payme_id


async def start_paying(shop: Shop, code: str, number: int = 1) -> None:
    request = CreateRequest(
        payme_id=payme_id(number), time=milliseconds(shop.clock()), account=code, amount=PRICE.tiyin
    )
    await shop.merchant.create(request)


async def test_an_order_takes_the_price_of_the_moment_it_is_made() -> None:
    shop = Shop()

    order = await shop.payments.buy(ALI, ALGEBRA)

    assert order.price == PRICE
    assert order.state is OrderState.OPEN
    assert order.expires_at == shop.clock() + ORDER_LIFETIME


async def test_pressing_buy_again_continues_the_open_order_at_its_old_price() -> None:
    shop = Shop()
    first = await shop.payments.buy(ALI, ALGEBRA)
    shop.tables.offers[ALGEBRA] = offer_of(ALGEBRA, price=Money.soms(999))

    second = await shop.payments.buy(ALI, ALGEBRA)

    assert second == first
    assert len(shop.tables.orders) == 1


async def test_an_expired_order_makes_room_for_one_at_the_new_price() -> None:
    shop = Shop()
    first = await shop.payments.buy(ALI, ALGEBRA)
    shop.tables.offers[ALGEBRA] = offer_of(ALGEBRA, price=Money.soms(999))
    shop.clock.forward(hours=24)

    second = await shop.payments.buy(ALI, ALGEBRA)

    assert second.code != first.code
    assert second.price == Money.soms(999)
    assert (await shop.payments.order(ALI, first.code)).state is OrderState.EXPIRED


async def test_an_order_that_is_being_paid_does_not_expire_under_the_payer() -> None:
    shop = Shop()
    first = await shop.payments.buy(ALI, ALGEBRA)
    shop.clock.forward(hours=23)
    await start_paying(shop, first.code)
    shop.clock.forward(hours=2)

    assert (await shop.payments.buy(ALI, ALGEBRA)).code == first.code
    assert (await shop.payments.order(ALI, first.code)).state is OrderState.OPEN


@pytest.mark.parametrize(
    ("product", "changes"),
    [
        (ALGEBRA, {"sale": Sale.FREE}),
        (ALGEBRA, {"sale": Sale.LESSONS}),
        (ALGEBRA, {"price": None}),
        (ALGEBRA, {"price": Money(0)}),
        (ALGEBRA, {"is_published": False}),
        (LESSON, {"sale": Sale.COURSE}),
        (LESSON, {"sale": Sale.FREE}),
        (LESSON, {"is_preview": True}),
        (LESSON, {"price": None}),
        (LESSON, {"is_published": False}),
    ],
)
async def test_what_is_not_sold_this_way_cannot_be_ordered(product: Product, changes: dict[str, object]) -> None:
    shop = Shop()
    shop.tables.offers[product] = offer_of(product, **changes)

    with pytest.raises(NotForSale):
        await shop.payments.buy(ALI, product)

    assert shop.tables.orders == {}


async def test_an_unknown_product_is_not_for_sale() -> None:
    with pytest.raises(NotForSale):
        await Shop().payments.buy(ALI, Product(ProductKind.LESSON, 999))


@pytest.mark.parametrize(
    "entitlement",
    [Entitlement(is_staff=True), Entitlement(owns_course=True), Entitlement(owns_lesson=True)],
)
async def test_what_is_open_already_is_not_sold(entitlement: Entitlement) -> None:
    shop = Shop()
    shop.tables.offers[LESSON] = offer_of(LESSON, entitlement=entitlement)

    with pytest.raises(AlreadyOwned):
        await shop.payments.buy(ALI, LESSON)


async def test_an_order_is_shown_to_nobody_else() -> None:
    shop = Shop()
    order = await shop.payments.buy(ALI, ALGEBRA)

    with pytest.raises(OrderGone):
        await shop.payments.order(VALI, order.code)
    with pytest.raises(OrderGone):
        await shop.payments.cancel_order(VALI, order.code)
    with pytest.raises(OrderGone):
        await shop.payments.page(VALI, order.code)
    assert (await shop.payments.order(ALI, order.code)).state is OrderState.OPEN


async def test_an_unpaid_order_can_be_given_up_twice_with_one_effect() -> None:
    shop = Shop()
    order = await shop.payments.buy(ALI, ALGEBRA)

    first = await shop.payments.cancel_order(ALI, order.code)
    shop.clock.forward(minutes=1)
    second = await shop.payments.cancel_order(ALI, order.code)

    assert first == second
    assert first.state is OrderState.CANCELLED


async def test_an_order_is_not_given_up_while_it_is_being_paid() -> None:
    shop = Shop()
    order = await shop.payments.buy(ALI, ALGEBRA)
    await start_paying(shop, order.code)

    with pytest.raises(OrderBusy):
        await shop.payments.cancel_order(ALI, order.code)


async def test_a_paid_order_is_not_given_up() -> None:
    shop = Shop()
    order = await shop.payments.buy(ALI, ALGEBRA)
    await start_paying(shop, order.code)
    await shop.merchant.perform(payme_id(1))

    with pytest.raises(OrderPaid):
        await shop.payments.cancel_order(ALI, order.code)


async def test_orders_are_listed_newest_first_as_they_stand_now() -> None:
    shop = Shop()
    old = await shop.payments.buy(ALI, ALGEBRA)
    shop.clock.forward(hours=25)
    new = await shop.payments.buy(ALI, LESSON)
    await shop.payments.buy(VALI, LESSON)

    listed = await shop.payments.orders_of(ALI)

    assert [(order.code, order.state) for order in listed] == [
        (new.code, OrderState.OPEN),
        (old.code, OrderState.EXPIRED),
    ]


async def test_test_orders_of_one_product_may_be_open_side_by_side() -> None:
    shop = Shop()

    orders = await shop.payments.make_test_orders(3, are_final=True)

    assert len({order.code for order in orders}) == 3
    assert all(order.is_final and order.is_test for order in orders)
    account = await shop.payments.account(orders[0].code)
    assert (account.order, account.grant_count, account.is_open) == (orders[0], 0, False)


def test_codes_are_random_and_read_back_exactly() -> None:
    codes = {random_code() for _ in range(1000)}

    assert len(codes) == 1000
    assert all(parse_code(code) == code for code in codes)


@pytest.mark.parametrize("spelling", ["lower", "space", "arabic", "short", "long", "newline", "nul", "empty"])
def test_another_spelling_of_a_code_names_no_order(spelling: str) -> None:
    code = "0123456789AB"
    spellings = {
        "lower": code.lower(),
        "space": f" {code}",
        "arabic": "٠" + code[1:],
        "short": code[:-1],
        "long": code + "0",
        "newline": code + "\n",
        "nul": code[:-1] + "\0",
        "empty": "",
    }

    with pytest.raises(OrderGone):
        parse_code(spellings[spelling])


def test_a_product_keeps_its_frozen_facts_in_the_order() -> None:
    offer = offer_of(ALGEBRA)

    assert replace(offer, price=Money.soms(1)).sellable_price() == Money.soms(1)


async def test_what_no_rail_can_take_is_not_ordered() -> None:
    shop = Shop()
    shop.payments = PaymentService(
        begin=shop.database.begin, read=shop.database.read, now=shop.clock, rails=Rails((StarsRail(),))
    )

    with pytest.raises(RailClosed):
        await shop.payments.buy(ALI, ALGEBRA)

    assert shop.tables.orders == {}
