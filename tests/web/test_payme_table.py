"""Every method against every state of an order and its transaction: one expected code per cell."""

from dataclasses import replace

import pytest

from bot.web.payme import payme_handler
from domain.payments.payme import TIMEOUT_MS, milliseconds
from tests.domain.payments.fakes import ALGEBRA, ALI, LESSON, PRICE, Shop, payme_id
from tests.web.payme_desk import KEY, Desk, code_of

MINE, OTHER = payme_id(1), payme_id(2)
AMOUNT = PRICE.tiyin


class Stage:
    """An order brought into one state, and the desk that plays Payme."""

    def __init__(self) -> None:
        self.shop = Shop()
        self.desk = Desk(payme_handler(self.shop.merchant, [KEY]))
        self.code = ""
        self.elsewhere = ""

    @property
    def now(self) -> int:
        return milliseconds(self.shop.clock())

    async def bring_to(self, state: str) -> None:
        order = await self.shop.payments.buy(ALI, ALGEBRA)
        self.elsewhere = (await self.shop.payments.buy(ALI, LESSON)).code
        self.code = order.code
        if state == "given up":
            await self.shop.payments.cancel_order(ALI, order.code)
        if state == "expired":
            self.shop.clock.forward(hours=24)
        if state in ("open", "given up", "expired"):
            return
        if state == "final":
            self.shop.tables.orders[order.id] = replace(order, is_final=True)
        assert code_of(await self.desk.create(MINE, self.code, AMOUNT, self.now)) == 0
        if state in ("performed", "refunded", "final"):
            assert code_of(await self.desk.perform(MINE)) == 0
        if state in ("cancelled", "refunded"):
            assert code_of(await self.desk.cancel(MINE)) == 0
        if state == "timed out":
            self.shop.clock.forward(milliseconds=TIMEOUT_MS)

    async def do(self, method: str) -> int:
        match method:
            case "check":
                answer = await self.desk.check(self.code, AMOUNT)
            case "check, wrong amount":
                answer = await self.desk.check(self.code, AMOUNT - 1)
            case "create again":
                answer = await self.desk.create(MINE, self.code, AMOUNT, self.now)
            case "create again, wrong amount":
                answer = await self.desk.create(MINE, self.code, AMOUNT + 1, self.now)
            case "create again, other order":
                answer = await self.desk.create(MINE, self.elsewhere, AMOUNT, self.now)
            case "create another":
                answer = await self.desk.create(OTHER, self.code, AMOUNT, self.now)
            case "create another, late":
                answer = await self.desk.create(OTHER, self.code, AMOUNT, self.now - TIMEOUT_MS)
            case "perform":
                answer = await self.desk.perform(MINE)
            case "cancel":
                answer = await self.desk.cancel(MINE)
            case _:
                answer = await self.desk.state(MINE)
        return code_of(answer)


STATES = ("open", "given up", "expired", "created", "performed", "final", "cancelled", "refunded", "timed out")
TABLE = {
    # method:                     open    given up  expired  created  performed  final  cancelled refunded timed out
    "check": (0, -31053, -31053, -31052, -31051, -31051, 0, -31053, 0),
    "check, wrong amount": (-31001,) * 9,
    "create again": (0, -31053, -31053, 0, -31008, -31008, -31008, -31008, -31008),
    "create again, wrong amount": (-31001,) * 9,
    "create again, other order": (0, 0, -31053, -31008, -31008, -31008, -31008, -31008, -31008),
    "create another": (0, -31053, -31053, -31008, -31051, -31051, 0, -31053, 0),
    "create another, late": (-31008, -31053, -31053, -31008, -31051, -31051, -31008, -31053, -31008),
    "perform": (-31003, -31003, -31003, 0, 0, 0, -31008, -31008, -31008),
    "cancel": (-31003, -31003, -31003, 0, 0, -31007, 0, 0, 0),
    "state": (-31003, -31003, -31003, 0, 0, 0, 0, 0, 0),
}
CELLS = [(method, state, code) for method, codes in TABLE.items() for state, code in zip(STATES, codes, strict=True)]


@pytest.mark.parametrize(("method", "state", "code"), CELLS)
async def test_each_cell_answers_its_code(method: str, state: str, code: int) -> None:
    stage = Stage()
    await stage.bring_to(state)

    assert await stage.do(method) == code


@pytest.mark.parametrize(("method", "state"), [(method, state) for method, state, code in CELLS if code != 0])
async def test_a_refusal_changes_nothing_but_a_timeout_that_is_due(method: str, state: str) -> None:
    stage = Stage()
    await stage.bring_to(state)
    now = stage.shop.clock()
    due = {key: one.seen_at(milliseconds(now)) for key, one in stage.shop.tables.transactions.items()}
    before = stage.shop.tables.copy()

    await stage.do(method)

    after = stage.shop.tables
    assert after.transactions in (before.transactions, due)
    assert (after.orders, after.entries, after.granted, after.revoked, after.notices) == (
        before.orders,
        before.entries,
        before.granted,
        before.revoked,
        before.notices,
    )


@pytest.mark.parametrize(("late", "code"), [(-1, 0), (0, -31008), (1, -31008)])
async def test_the_timeout_is_exact_to_the_millisecond(late: int, code: int) -> None:
    stage = Stage()
    await stage.bring_to("created")
    stage.shop.clock.forward(milliseconds=TIMEOUT_MS + late)

    assert code_of(await stage.desk.perform(MINE)) == code


async def test_whoever_notices_the_timeout_tells_the_same_and_the_order_is_free_again() -> None:
    stage = Stage()
    await stage.bring_to("created")
    created = stage.now
    stage.shop.clock.forward(hours=13)

    listed = (await stage.desk.statement(0, 10**13))["result"]["transactions"][0]
    state = (await stage.desk.state(MINE))["result"]
    stage.shop.clock.forward(hours=1)
    again = (await stage.desk.state(MINE))["result"]
    cancelled = (await stage.desk.cancel(MINE, 3))["result"]

    assert state == again
    assert (state["state"], state["reason"], state["cancel_time"]) == (-1, 4, created + TIMEOUT_MS)
    assert {key: listed[key] for key in state} == state
    assert cancelled == {key: state[key] for key in ("transaction", "cancel_time", "state")}
    assert code_of(await stage.desk.perform(MINE)) == -31008
    assert code_of(await stage.desk.create(OTHER, stage.code, AMOUNT, stage.now)) == 0


async def test_a_clock_of_payme_that_runs_ahead_does_not_hold_the_order_longer() -> None:
    stage = Stage()
    await stage.bring_to("open")
    await stage.desk.create(MINE, stage.code, AMOUNT, stage.now + 30 * 24 * 3_600_000)
    stage.shop.clock.forward(milliseconds=TIMEOUT_MS)

    assert code_of(await stage.desk.perform(MINE)) == -31008


async def test_a_clock_that_was_set_back_ends_nothing_before_it_began() -> None:
    stage = Stage()
    await stage.bring_to("created")
    stage.shop.clock.forward(hours=-1)

    performed = (await stage.desk.perform(MINE))["result"]["perform_time"]
    stage.shop.clock.forward(hours=-1)
    cancelled = (await stage.desk.cancel(MINE))["result"]["cancel_time"]
    state = (await stage.desk.state(MINE))["result"]

    assert state["create_time"] <= performed <= cancelled


async def test_a_performed_payment_opens_and_a_refund_closes_in_the_same_commit() -> None:
    stage = Stage()
    await stage.bring_to("performed")
    assert stage.shop.tables.is_open(ALI, ALGEBRA)

    await stage.desk.cancel(MINE)

    assert not stage.shop.tables.is_open(ALI, ALGEBRA)
    assert [entry.amount for _, entry in stage.shop.tables.entries] == [AMOUNT, -AMOUNT]
    assert [kind.value for _, kind, _ in stage.shop.tables.notices] == ["payment_performed", "payment_cancelled"]
