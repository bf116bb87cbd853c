"""Telegram Stars: who may pay what, what one charge does, and how what cannot stay goes back."""

import itertools
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import DomainError
from domain.language import Language
from domain.learning.model import ProductKind
from domain.money import Money
from domain.notifications.model import NoticeKind
from domain.payments.errors import OrderBusy, OrderClosed, OrderPaid, RailClosed, StarsRefused
from domain.payments.model import EntryKind, OrderState, Rail, Terms
from domain.payments.payme import CancelRequest, CreateRequest, milliseconds
from domain.payments.rails import InStars, Rails, Refunding
from domain.payments.stars import MAX_STARS, RESERVED_FOR, ChargeFate, StarsCashier, StarsCharge, StarsRail
from domain.payments.stars_ports import ChargeId
from tests.domain.payments.fakes import ALGEBRA, ALI, LESSON, PRICE, VALI, payme_id
from tests.domain.payments.stars_fakes import BOSS, STARS, StarShop


@pytest.fixture
def shop() -> StarShop:
    return StarShop()


def charge(payload: str, **changes: object) -> StarsCharge:
    plain = StarsCharge(user_id=ALI, payload=payload, currency="XTR", stars=STARS, charge_id=ChargeId("c1"))
    return replace(plain, **changes)


@given(soms=st.integers(1, 10**9), rate=st.integers(1, 10**6), own=st.none() | st.integers(1, 10**6))
def test_the_price_in_stars_is_whole_and_never_below_the_rate(soms: int, rate: int, own: int | None) -> None:
    stars = Terms(soms_per_star=rate).stars_for(Money.soms(soms), own)

    assert stars is not None
    if own is not None:
        assert stars == own
    else:
        assert (stars - 1) * rate < soms <= stars * rate


async def test_an_order_keeps_its_price_in_stars_and_is_offered_for_it(shop: StarShop) -> None:
    order = await shop.payments.buy(ALI, ALGEBRA)

    ways = shop.payments.ways_to_pay(order)

    assert [(way.rail, way.quote) for way in ways] == [(Rail.STARS, InStars(STARS))]


async def test_without_a_rate_and_a_price_of_its_own_nothing_is_sold_for_stars(shop: StarShop) -> None:
    order = replace(await shop.payments.buy(ALI, ALGEBRA), stars=None)

    assert StarsRail().quote(order) is None
    with pytest.raises(RailClosed):
        StarsRail().start(order, Language.UZ, "")


async def test_a_payment_opens_the_course_once_however_often_telegram_tells_of_it(shop: StarShop) -> None:
    order = await shop.payments.buy(ALI, ALGEBRA)
    await shop.stars.reserve(await shop.invoice(order))
    paid = await shop.invoice(order, "c1")

    receipts = [await shop.stars.receive(paid) for _ in range(5)]

    assert receipts == [ChargeFate.ACCEPTED] + [ChargeFate.KNOWN] * 4
    assert (shop.order(order).state, shop.order(order).paid_by) == (OrderState.PAID, Rail.STARS)
    assert shop.is_open(order)
    [(_, entry)] = shop.tables.entries
    assert (entry.kind, entry.rail, entry.amount, entry.stars) == (EntryKind.PAYMENT, Rail.STARS, PRICE.tiyin, STARS)
    assert shop.told(ALI) == [NoticeKind.PAYMENT_PERFORMED]
    assert not shop.refunds_waiting


async def test_the_consent_keeps_the_order_for_two_minutes(shop: StarShop) -> None:
    order = await shop.payments.buy(ALI, ALGEBRA)
    await shop.stars.reserve(await shop.invoice(order))

    with pytest.raises(OrderBusy):
        await shop.stars.reserve(await shop.invoice(order))
    with pytest.raises(OrderBusy):
        await shop.payments.cancel_order(ALI, order.code)
    with pytest.raises(OrderBusy):
        await shop.merchant.create(
            CreateRequest(payme_id=payme_id(1), time=milliseconds(shop.clock()), account=order.code, amount=PRICE.tiyin)
        )
    shop.clock.moment += RESERVED_FOR
    assert (await shop.stars.reserve(await shop.invoice(order))).is_reserved(shop.clock())


async def test_a_consent_that_telegram_did_not_take_frees_the_order_at_once(shop: StarShop) -> None:
    order = await shop.payments.buy(ALI, ALGEBRA)
    first = await shop.stars.reserve(await shop.invoice(order))

    assert await shop.stars.release(first)
    shop.clock.forward(seconds=1)
    second = await shop.stars.reserve(await shop.invoice(order))

    assert not await shop.stars.release(first), "the reservation is another one by now"
    assert shop.order(order).reserved_until == second.reserved_until


async def test_an_order_that_payme_is_taking_is_refused(shop: StarShop) -> None:
    order = await shop.payments.buy(ALI, ALGEBRA)
    time = milliseconds(shop.clock())
    await shop.merchant.create(CreateRequest(payme_id=payme_id(1), time=time, account=order.code, amount=PRICE.tiyin))

    with pytest.raises(OrderBusy):
        await shop.stars.reserve(await shop.invoice(order))
    await shop.merchant.cancel(CancelRequest(payme_id=payme_id(1), reason=3))
    await shop.stars.reserve(await shop.invoice(order))


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"user_id": VALI}, StarsRefused),
        ({"stars": STARS - 1}, StarsRefused),
        ({"stars": STARS + 1}, StarsRefused),
        ({"stars": 0}, StarsRefused),
        ({"currency": "UZS"}, StarsRefused),
        ({"currency": "xtr"}, StarsRefused),
        ({"payload": ""}, StarsRefused),
        ({"payload": "order:"}, StarsRefused),
        ({"payload": "order:0123456789AB"}, StarsRefused),
    ],
)
async def test_a_forged_question_is_refused_and_reserves_nothing(
    shop: StarShop, changes: dict[str, object], cause: type[DomainError]
) -> None:
    order = await shop.payments.buy(ALI, ALGEBRA)

    with pytest.raises(cause):
        await shop.stars.reserve(replace(await shop.invoice(order), **changes))

    assert shop.order(order) == order


async def test_of_twenty_thousand_forged_questions_none_is_agreed_to(shop: StarShop) -> None:
    """PAY-12."""
    order = await shop.payments.buy(ALI, ALGEBRA)
    right = await shop.invoice(order)
    forged = itertools.cycle(
        [
            replace(right, user_id=VALI),
            replace(right, stars=1),
            replace(right, payload=right.payload[:-1]),
            replace(right, payload=right.payload.swapcase()),
            replace(right, currency="UZS"),
        ]
    )

    agreed = 0
    for question in itertools.islice(forged, 20_000):
        with suppress(StarsRefused):
            await shop.stars.reserve(question)
            agreed += 1

    assert agreed == 0
    assert (await shop.stars.reserve(right)).reserved_by is Rail.STARS, "the right question is agreed to"


@given(st.text(max_size=40))
def test_only_a_payload_that_this_program_wrote_names_an_order(text: str) -> None:
    assert charge(text).code is None or text == f"order:{charge(text).code}"


@pytest.mark.parametrize("payload", ["{}", " order:{}", "order:{} ", "Order:{}", "order:order:{}", "order:{}\n"])
async def test_a_payload_is_read_strictly(shop: StarShop, payload: str) -> None:
    order = await shop.payments.buy(ALI, ALGEBRA)

    with pytest.raises(StarsRefused):
        await shop.stars.reserve(charge(payload.format(order.code)))


async def test_an_invoice_of_a_rail_that_was_closed_since_is_refused(shop: StarShop) -> None:
    order = await shop.payments.buy(ALI, ALGEBRA)
    closed = Rails((StarsRail(),), {ProductKind.COURSE: ()})
    cashier = StarsCashier(begin=shop.database.begin, read=shop.database.read, now=shop.clock, rails=closed)

    with pytest.raises(RailClosed):
        await cashier.reserve(await shop.invoice(order))


async def test_questions_about_closed_orders_say_why_not(shop: StarShop) -> None:
    paid = await shop.paid(ALI, ALGEBRA, "c1")
    given_up = await shop.payments.buy(ALI, LESSON)
    await shop.payments.cancel_order(ALI, given_up.code)
    expired = await shop.payments.buy(VALI, LESSON)
    shop.clock.forward(hours=24)

    for order, cause in ((paid, OrderPaid), (given_up, OrderClosed), (expired, OrderClosed)):
        with pytest.raises(cause):
            await shop.stars.reserve(await shop.invoice(order))


async def test_a_payment_that_began_in_time_counts_when_it_comes_after_the_orders_time(shop: StarShop) -> None:
    order = await shop.payments.buy(ALI, ALGEBRA)
    shop.clock.moment = order.expires_at - timedelta(seconds=1)
    await shop.stars.reserve(await shop.invoice(order))
    shop.clock.forward(minutes=5)

    assert await shop.stars.receive(await shop.invoice(order, "c1")) is ChargeFate.ACCEPTED


async def test_a_second_payment_of_an_order_goes_back_and_the_course_stays_open(shop: StarShop) -> None:
    order = await shop.paid(ALI, ALGEBRA, "c1")

    assert await shop.stars.receive(await shop.invoice(order, "c2")) is ChargeFate.SURPLUS
    assert shop.refunds_waiting == {"c2"}
    await shop.work_off()

    assert shop.payment("c2").refunded_at is not None
    assert shop.order(order).state is OrderState.PAID
    assert shop.is_open(order)
    assert shop.told(ALI) == [NoticeKind.PAYMENT_PERFORMED, NoticeKind.STARS_RETURNED]


async def test_a_payment_of_an_order_that_was_given_up_goes_back(shop: StarShop) -> None:
    order = await shop.payments.buy(ALI, ALGEBRA)
    await shop.payments.cancel_order(ALI, order.code)

    assert await shop.stars.receive(await shop.invoice(order, "c1")) is ChargeFate.SURPLUS

    assert not shop.is_open(order)
    assert shop.refunds_waiting == {"c1"}


@pytest.mark.parametrize(
    "changes",
    [{"user_id": VALI}, {"payload": "nonsense"}, {"payload": "order:0123456789AB"}],
    ids=["a stranger’s order", "no order of ours", "an unknown order"],
)
async def test_money_without_an_order_of_the_payers_opens_nothing_and_goes_back(
    shop: StarShop, changes: dict[str, object]
) -> None:
    order = await shop.payments.buy(ALI, ALGEBRA)
    strange = replace(await shop.invoice(order, "c1"), **changes)

    assert [await shop.stars.receive(strange) for _ in range(2)] == [ChargeFate.SURPLUS, ChargeFate.KNOWN]

    assert shop.payment("c1").order_id is None
    assert not shop.is_open(order)
    assert shop.order(order) == order
    await shop.work_off()
    assert shop.told(strange.user_id) == [NoticeKind.STARS_RETURNED]


@pytest.mark.parametrize("stars", [1, STARS - 1, STARS + 1])
async def test_another_amount_opens_nothing_and_goes_back(shop: StarShop, stars: int) -> None:
    order = await shop.payments.buy(ALI, ALGEBRA)

    assert await shop.stars.receive(replace(await shop.invoice(order, "c1"), stars=stars)) is ChargeFate.SURPLUS

    assert (shop.payment("c1").order_id, shop.payment("c1").stars) == (order.id, stars)
    assert not shop.is_open(order)


@pytest.mark.parametrize("changes", [{"currency": "UZS"}, {"stars": 0}, {"stars": MAX_STARS + 1}, {"charge_id": ""}])
async def test_what_are_no_stars_is_not_kept(shop: StarShop, changes: dict[str, object]) -> None:
    order = await shop.payments.buy(ALI, ALGEBRA)
    strange = replace(await shop.invoice(order, "c1"), **changes)

    with pytest.raises(StarsRefused):
        await shop.stars.receive(strange)
    with pytest.raises(StarsRefused):
        await shop.stars.note_refund(strange)

    assert not shop.star_database.stars.payments
    assert shop.order(order) == order


async def test_a_refund_that_staff_asked_for_closes_the_course_when_telegram_has_paid_back(shop: StarShop) -> None:
    order = await shop.paid(ALI, ALGEBRA, "c1")

    assert await shop.ask_refund(order) is Refunding.UNDER_WAY
    assert shop.is_open(order), "the money is still here"
    assert await shop.stars.refund_due(ChargeId("c1"))
    outcomes = [await shop.stars.finish_refund(ChargeId("c1")) for _ in range(3)]

    assert outcomes == [True, False, False]
    assert not shop.is_open(order)
    assert shop.order(order).state is OrderState.REFUNDED
    assert sum(entry.amount for _, entry in shop.tables.entries) == 0
    assert not shop.tables.refund_requests, "settled"
    assert shop.told(ALI) == [NoticeKind.PAYMENT_PERFORMED, NoticeKind.PAYMENT_CANCELLED]
    assert await shop.stars.refund_due(ChargeId("c1")) is None


async def test_telegrams_own_message_of_the_refund_may_come_before_or_after_the_jobs_answer(shop: StarShop) -> None:
    first, second = await shop.paid(ALI, ALGEBRA, "c1"), await shop.paid(ALI, LESSON, "c2")
    await shop.ask_refund(first)
    await shop.ask_refund(second)

    assert await shop.stars.note_refund(await shop.invoice(first, "c1"))
    assert not await shop.stars.finish_refund(ChargeId("c1"))
    assert await shop.stars.finish_refund(ChargeId("c2"))
    assert not await shop.stars.note_refund(await shop.invoice(second, "c2"))

    assert sorted(entry.amount for _, entry in shop.tables.entries) == [-PRICE.tiyin] * 2 + [PRICE.tiyin] * 2


async def test_a_refund_that_nobody_here_asked_for_closes_the_course_too(shop: StarShop) -> None:
    order = await shop.paid(ALI, ALGEBRA, "c1")

    assert await shop.stars.note_refund(await shop.invoice(order, "c1"))

    assert not shop.is_open(order)
    assert NoticeKind.PAYMENT_CANCELLED in shop.told(ALI)


async def test_news_of_a_payment_that_was_returned_before_opens_nothing(shop: StarShop) -> None:
    order = await shop.payments.buy(ALI, ALGEBRA)

    assert await shop.stars.note_refund(await shop.invoice(order, "c1"))
    assert await shop.stars.receive(await shop.invoice(order, "c1")) is ChargeFate.KNOWN

    assert not shop.is_open(order)
    assert not shop.refunds_waiting
    assert shop.payment("c1").refunded_at is not None


async def test_a_request_that_was_withdrawn_in_time_is_not_sent(shop: StarShop) -> None:
    order = await shop.paid(ALI, ALGEBRA, "c1")
    await shop.ask_refund(order)
    async with shop.database.begin() as uow:
        await uow.orders.withdraw_refund_request(order.id, BOSS, shop.clock())
        await uow.commit()

    assert await shop.stars.refund_due(ChargeId("c1")) is None
    assert await shop.stars.refund_due(ChargeId("unknown")) is None


async def test_whoever_asked_hears_that_telegram_will_not_return_it_and_the_request_stays(shop: StarShop) -> None:
    order = await shop.paid(ALI, ALGEBRA, "c1")
    await shop.ask_refund(order)

    for _ in range(2):
        await shop.stars.refund_refused(ChargeId("c1"), "Bad Request: CHARGE_ID_EMPTY" + "!" * 500)

    assert shop.told(BOSS) == [NoticeKind.REFUND_TO_MAKE]
    [told] = [data for (who, _, _), data in shop.star_database.stars.notices.items() if who == BOSS]
    assert told["order_code"] == order.code
    assert len(str(told["problem"])) <= 200
    assert shop.tables.refund_requests
    assert shop.is_open(order)


async def test_admins_hear_of_a_surplus_that_cannot_be_returned(shop: StarShop) -> None:
    await shop.stars.receive(charge("nonsense"))

    await shop.stars.refund_refused(ChargeId("c1"), "Bad Request")
    await shop.stars.refund_refused(ChargeId("unknown"), "Bad Request")

    assert shop.told(BOSS) == [NoticeKind.REFUND_TO_MAKE]


async def test_an_order_that_payme_has_paid_since_returns_the_stars_and_stays_open(shop: StarShop) -> None:
    order = await shop.payments.buy(ALI, ALGEBRA)
    await shop.stars.reserve(await shop.invoice(order))
    shop.clock.moment += RESERVED_FOR
    time = milliseconds(shop.clock())
    await shop.merchant.create(CreateRequest(payme_id=payme_id(1), time=time, account=order.code, amount=PRICE.tiyin))
    await shop.merchant.perform(payme_id(1))

    assert await shop.stars.receive(await shop.invoice(order, "c1")) is ChargeFate.SURPLUS
    await shop.work_off()

    assert (shop.order(order).state, shop.order(order).paid_by) == (OrderState.PAID, Rail.PAYME)
    assert shop.is_open(order)
