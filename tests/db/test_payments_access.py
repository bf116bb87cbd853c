"""PAY-8, PAY-10, PAY-12: what money opens is open at once and closes at once, at the price that was agreed, and for
nobody else; and the operator's rule about refunds, which staff overrides."""

import asyncio
import random
from dataclasses import dataclass

import pytest

from db.engine import Pool
from domain.errors import DomainError
from domain.language import Language
from domain.learning.model import LessonId
from domain.learning.service import LearningService
from domain.money import Money
from domain.payments.errors import OrderBusy, OrderFinal, WrongAmount
from domain.payments.merchant import PaymeMerchant
from domain.payments.model import Order, OrderState, Rail, RefundRule, Terms
from domain.payments.payme import CancelRequest, CheckRequest, TransactionState
from domain.payments.stars import StarsCharge
from domain.payments.stars_ports import ChargeId
from domain.payments.upkeep import OrderKeeper
from domain.users.model import UserId
from tests.db.payments_till import PHOTO, Till
from tests.db.payments_world import make_world
from tests.db.test_payments_black_box import TRACES
from tests.domain.payments.fakes import ALI
from tests.scale import scaled


@pytest.fixture
async def till(pool: Pool) -> Till:
    return Till(await make_world(pool))


@pytest.fixture
def learning(till: Till) -> LearningService:
    world = till.world
    return LearningService(begin=world.begin, read=world.read, now=world.clock)


async def paid_lesson(till: Till, user_id: UserId) -> tuple[Order, LessonId, str]:
    order = await till.world.payments.buy(user_id, till.world.lesson)
    name = till.payme_id()
    await till.world.create(name, order.code)
    await till.world.merchant.perform(name)
    return order, LessonId(till.world.lesson.id), name


@dataclass
class Reader:
    """Presses the lesson's button again and again."""

    learning: LearningService
    lesson_id: LessonId
    is_told: bool = False
    """Payme has heard that the money went back."""
    before: int = 0
    after: int = 0

    async def press(self, times: int) -> None:
        for _ in range(times):
            was_told = self.is_told
            if (await self.learning.open_lesson(ALI, self.lesson_id)).lock is None:
                self.after += was_told
                self.before += not was_told


async def test_no_lesson_opens_once_its_payment_was_cancelled(till: Till, learning: LearningService) -> None:
    """PAY-8: five press all the time; whoever presses after Cancel was answered reads nothing."""
    opened = [0, 0]
    for _ in range(scaled(100, 10)):
        order, lesson_id, name = await paid_lesson(till, ALI)
        reader = Reader(learning, lesson_id)
        pressing = asyncio.gather(*(reader.press(12) for _ in range(5)))
        cancelled = await till.world.merchant.cancel(CancelRequest(payme_id=name, reason=5))
        reader.is_told = True
        await pressing
        assert cancelled.state is TransactionState.REFUNDED
        assert (await till.world.payments.order(ALI, order.code)).state is OrderState.REFUNDED
        opened = [opened[0] + reader.before, opened[1] + reader.after]

    assert opened[0] > 0, "they read before"
    assert opened[1] == 0


async def test_the_same_readers_would_see_a_lesson_that_was_left_open(till: Till, learning: LearningService) -> None:
    """The control of PAY-8: a revocation that is forgotten."""
    _, lesson_id, name = await paid_lesson(till, ALI)
    await till.world.merchant.cancel(CancelRequest(payme_id=name, reason=5))
    await till.world.pool.execute("update access_grants set revoked_at = null")
    reader = Reader(learning, lesson_id, is_told=True)

    await reader.press(3)

    assert reader.after == 3


@pytest.mark.parametrize(
    ("rule", "is_opened", "is_asked", "is_refunded"),
    [
        (RefundRule.ALWAYS, True, False, True),
        (RefundRule.UNUSED, False, False, True),
        (RefundRule.UNUSED, True, False, False),
        (RefundRule.UNUSED, True, True, True),
        (RefundRule.NEVER, False, False, False),
        (RefundRule.NEVER, True, True, True),
    ],
)
async def test_the_operators_rule_about_refunds_holds_unless_staff_asks(
    till: Till, learning: LearningService, rule: RefundRule, is_opened: bool, is_asked: bool, is_refunded: bool
) -> None:
    world = till.world
    order, lesson_id, name = await paid_lesson(till, ALI)
    merchant = PaymeMerchant(begin=world.begin, read=world.read, now=world.clock, terms=Terms(refunds=rule))
    world.clock.forward(minutes=1)
    if is_opened:
        await learning.open_lesson(ALI, lesson_id)
    if is_asked:
        await till.ask_refund(order)

    if is_refunded:
        assert (await merchant.cancel(CancelRequest(payme_id=name, reason=5))).state is TransactionState.REFUNDED
    else:
        with pytest.raises(OrderFinal):
            await merchant.cancel(CancelRequest(payme_id=name, reason=5))
    assert await world.count("access_grants", "revoked_at is null") == int(not is_refunded)


async def test_what_was_used_and_given_back_is_used_when_it_is_bought_again(
    till: Till, learning: LearningService
) -> None:
    world = till.world
    order, lesson_id, name = await paid_lesson(till, ALI)
    unused = PaymeMerchant(begin=world.begin, read=world.read, now=world.clock, terms=Terms(refunds=RefundRule.UNUSED))
    await learning.open_lesson(ALI, lesson_id)
    await till.ask_refund(order)
    await unused.cancel(CancelRequest(payme_id=name, reason=5))
    world.clock.forward(days=1)
    _, _, again = await paid_lesson(till, ALI)

    with pytest.raises(OrderFinal):
        await unused.cancel(CancelRequest(payme_id=again, reason=5))


async def test_the_price_that_was_agreed_is_the_price(till: Till) -> None:
    """PAY-10: a thousand changes of the price between Create and Perform; 0 wrong totals."""
    world, chance = till.world, random.Random(10)
    total = 0
    for _ in range(scaled(1000, 30)):
        await world.pool.execute(
            "update courses set price_tiyin = $2 where id = $1", world.course.id, chance.randrange(1, 10**9)
        )
        order, name = await till.order(), till.payme_id()
        agreed = order.price
        await world.pool.execute("update courses set price_tiyin = price_tiyin + 1 where id = $1", world.course.id)
        with pytest.raises(WrongAmount):
            await world.merchant.check_perform(CheckRequest(account=order.code, amount=agreed.tiyin + 1))
        assert (
            await world.merchant.check_perform(CheckRequest(account=order.code, amount=agreed.tiyin))
        ).id == order.id
        await world.create(name, order.code, agreed.tiyin)
        await world.pool.execute("update courses set price_tiyin = 1 where id = $1", world.course.id)
        assert (await world.merchant.perform(name)).amount == agreed.tiyin
        total += agreed.tiyin

    assert await world.pool.fetchval("select sum(amount_tiyin)::bigint from payment_entries") == total
    assert Money(total).tiyin == total


async def test_a_strangers_hands_leave_no_trace_on_an_order(till: Till) -> None:
    """PAY-12: whoever knows or guesses a code; 20 000 tries (a part in every build), 0 unlocks."""
    orders = [await till.order() for _ in range(5)]
    stranger = (await till.order()).user_id
    chance = random.Random(12)
    payments, proofs = till.world.payments, till.proofs
    before = await till.world.pool.fetchval(TRACES)
    refused = 0

    tries = scaled(20_000, 400)
    for _ in range(tries):
        code = chance.choice(orders).code
        if chance.random() < 0.3:
            spot = chance.randrange(len(code))
            code = type(code)(code[:spot] + chance.choice("0A-_ ٣ÿ\0") + code[spot + 1 :])
        work = chance.choice(
            [
                lambda code=code: payments.order(stranger, code),
                lambda code=code: payments.cancel_order(stranger, code),
                lambda code=code: payments.start(stranger, code, Rail.PAYME, Language.UZ, "https://t.me/x"),
                lambda code=code: proofs.transfer(stranger, code),
                lambda code=code: proofs.submit(stranger, code, PHOTO),
                lambda code=code: proofs.withdraw(stranger, code),
                lambda code=code: till.stars.reserve(forged(till, stranger, code)),
            ]
        )
        try:
            await work()
        except DomainError:
            refused += 1

    assert refused == tries
    assert await till.world.pool.fetchval(TRACES) == before


def forged(till: Till, stranger: UserId, code: str) -> StarsCharge:
    """A question of Telegram's before it charges the stranger for somebody else's order."""
    return StarsCharge(
        user_id=stranger,
        payload=f"order:{code}",
        currency="XTR",
        stars=250,
        charge_id=ChargeId(f"forged-{next(till.numbers)}"),
    )


async def test_while_payme_is_at_an_order_nobody_else_begins_to_pay_it(till: Till) -> None:
    """Its transaction holds the order: against Telegram, receipts, giving up and the sweep; afterwards it is free."""
    order, name = await till.order(), till.payme_id()
    till.world.clock.forward(hours=23)
    await till.world.create(name, order.code)
    till.world.clock.forward(hours=2)

    for work in (
        till.stars.reserve(till.charge(order)),
        till.proof(order),
        till.world.payments.cancel_order(order.user_id, order.code),
    ):
        with pytest.raises(OrderBusy):
            await work
    await OrderKeeper(begin=till.world.begin, now=till.world.clock).sweep()
    assert (await till.world.payments.account(order.code)).order.state is OrderState.OPEN

    await till.world.merchant.cancel(CancelRequest(payme_id=name, reason=3))
    await OrderKeeper(begin=till.world.begin, now=till.world.clock).sweep()
    assert (await till.world.payments.account(order.code)).order.state is OrderState.EXPIRED
