"""PAY-1, PAY-2, PAY-3: money that arrived opens its lesson and is told, whatever happens to the processes."""

import asyncio
import itertools
import random
import time
from datetime import timedelta
from typing import Any

import aiohttp
import orjson
import pytest

from bot.sandbox import SandboxUser
from db.unit_of_work import Database
from domain.clock import utc_now
from domain.learning.model import Product, ProductKind
from domain.payments.merchant import PaymeMerchant
from domain.payments.reconciler import Reconciler
from domain.payments.reconciliation import Reconciliation
from domain.payments.service import PaymentService
from domain.users.model import UserId
from tests.bot.promises.conftest import Stage
from tests.bot.promises.rig import until
from tests.scale import scaled

_payme_ids = itertools.count(1)
PAID = "select count(*) from notifications where kind = 'payment_performed' and status = 'sent'"


class Order:
    def __init__(self, buyer: SandboxUser, code: str, amount: int) -> None:
        self.buyer = buyer
        self.code = code
        self.amount = amount
        self.number = next(_payme_ids)
        self.payme_id = f"{self.number:024x}"
        self.time = round(time.time() * 1000)


async def orders_of(stage: Stage, people: list[SandboxUser]) -> list[Order]:
    """Each of these people has pressed Buy on the centre's paid course."""
    database = Database(stage.pool)
    payments = PaymentService(begin=database.begin, read=database.read, now=utc_now)
    course = await stage.pool.fetchval("select id from courses where price_tiyin > 0 and status = 'published' limit 1")
    orders: list[Order] = []
    for person in people:
        order = await payments.buy(UserId(person.id), Product(ProductKind.COURSE, course))
        orders.append(Order(person, order.code, order.price.tiyin))
    return orders


async def pay(stage: Stage, session: aiohttp.ClientSession, order: Order) -> None:
    """Payme's sequence, every call sent twice at once and repeated until it is answered."""
    account, first = {"order_id": order.code}, order.number * 10

    async def twice(step: int, method: str, **params: Any) -> dict[str, Any]:
        calls = (stage.payme.call(session, first + step, method, **params) for _ in range(2))
        answer, again = await asyncio.gather(*calls)
        assert answer == again
        return answer

    await twice(0, "CheckPerformTransaction", amount=order.amount, account=account)
    created = await twice(
        1, "CreateTransaction", id=order.payme_id, time=order.time, amount=order.amount, account=account
    )
    assert created["result"]["state"] == 1, created
    performed = await twice(2, "PerformTransaction", id=order.payme_id)
    assert performed["result"]["state"] == 2, performed


async def told(person: SandboxUser) -> int:
    """How often this person was told that the course is open."""
    messages = [message for message in await person.messages() if not message.from_me]
    return sum(any((button.data or "").startswith("go:") for button in message.buttons) for message in messages)


async def compared(stage: Stage) -> Reconciliation:
    """The books, as the nightly comparison finds them two minutes from now, when nothing is on its way any more."""
    database = Database(stage.pool)
    doors: dict[str, Any] = {"begin": database.begin, "read": database.read}
    merchant = PaymeMerchant(**doors, now=utc_now)
    reconciler = Reconciler(
        **doors, now=lambda: utc_now() + timedelta(minutes=2), statement=merchant.statement, timezone="Asia/Tashkent"
    )
    result = await reconciler.run(everything=True)
    assert result is not None
    return result


async def write_first(people: list[SandboxUser]) -> None:
    """Telegram lets a bot write only to those who have written to it."""
    for person in people:
        await person.type("/help")


@pytest.mark.timeout(scaled(1800, 200))
async def test_every_performed_payment_opens_once_and_is_told_although_the_processes_are_killed(stage: Stage) -> None:
    """PAY-1, PAY-3, PAY-9: two replicas, killed in turn while payments run; Payme repeats what was not answered."""
    people = await stage.crowd(scaled(1000, 30))
    orders = await orders_of(stage, people)
    programs = [stage.program(webhook=True), stage.program(webhook=True)]
    await asyncio.gather(*(program.start() for program in programs))
    await write_first(people)
    chance = random.Random(4)

    async def pay_later(order: Order) -> None:
        await asyncio.sleep(chance.uniform(0, scaled(500, 9)))
        await pay(stage, session, order)

    async def kill_in_turn() -> None:
        for number in range(scaled(100, 3)):
            await asyncio.sleep(chance.uniform(0.2, 0.8))
            await programs[number % 2].kill()
            await programs[number % 2].start()

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(kill_in_turn(), *map(pay_later, orders))
        listed = await stage.payme.call(session, 1, "GetStatement", **{"from": orders[0].time - 10, "to": 10**13 - 1})
    await until(stage.pool, f"select ({PAID}) = $1", len(orders), seconds=scaled(300, 60))
    lines = listed["result"]["transactions"]
    assert {(line["id"], line["account"]["order_id"], line["state"]) for line in lines} == {
        (order.payme_id, order.code, 2) for order in orders
    }

    books = await compared(stage)
    assert (books.counted, books.differences) == (len(orders), ())
    assert await stage.pool.fetchval("select count(*) from access_grants where revoked_at is null") == len(orders)
    assert await stage.pool.fetchval("select count(distinct order_id) from access_grants") == len(orders)
    booked = await stage.pool.fetch(
        "select count(*) as entries, sum(amount_tiyin) as total from payment_entries group by order_id"
    )
    assert [(row["entries"], row["total"]) for row in booked] == [(1, orders[0].amount)] * len(orders)
    assert all([await told(person) >= 1 for person in people])
    repeated = [answers for answers in stage.payme.answers.values() if len(answers) > 1]
    assert repeated
    assert all(len(set(answers)) == 1 for answers in repeated), "the first answer, byte for byte"


@pytest.mark.timeout(200)
async def test_a_payment_is_told_after_the_restart_when_the_process_dies_right_after_performs_commit(
    stage: Stage,
) -> None:
    """PAY-2: the process that performs runs no jobs, so the notice is owed for certain when it is killed."""
    people = await stage.crowd(3)
    orders = await orders_of(stage, people)
    await write_first(people)
    cash_desk = await stage.program(webhook=True, roles="web").start()
    async with aiohttp.ClientSession() as session:
        for order in orders:
            await pay(stage, session, order)
    await cash_desk.kill()
    assert await stage.pool.fetchval(PAID) == 0

    stage.balancer.replicas.clear()
    await stage.program(webhook=True).start()
    await until(stage.pool, f"select ({PAID}) = 3")

    assert [await told(person) for person in people] == [1, 1, 1]


@pytest.mark.timeout(scaled(1200, 200))
async def test_whoever_paid_in_the_moment_of_the_kill_is_told_once_or_at_most_twice(stage: Stage) -> None:
    """PAY-2: killed as soon as the database shows the payment, with the notice perhaps on its way, each time anew."""
    people = await stage.crowd(scaled(60, 3))
    orders = await orders_of(stage, people)
    program = await stage.program(webhook=True).start()
    await write_first(people)
    await stage.quiet(*people)

    async with aiohttp.ClientSession() as session:
        for order in orders:
            payment = asyncio.create_task(pay(stage, session, order))
            await until(stage.pool, "select true from access_grants where user_id = $1", order.buyer.id)
            await program.kill()
            await program.start()
            await payment
    await until(stage.pool, f"select ({PAID}) = $1", len(people), seconds=40)

    assert {await told(person) for person in people} <= {1, 2}


async def test_a_repeated_call_gets_the_first_answer_byte_for_byte(stage: Stage) -> None:
    """PAY-3: Check, Create, Perform and Cancel, ten times at once and once more later."""
    [person] = await stage.crowd(1)
    [order] = await orders_of(stage, [person])
    await stage.program(webhook=True, roles="web").start()
    account, call = {"order_id": order.code}, stage.payme.call
    calls = [
        ("CreateTransaction", {"id": order.payme_id, "time": order.time, "amount": order.amount,
                               "account": account}),
        ("PerformTransaction", {"id": order.payme_id}),
        ("CancelTransaction", {"id": order.payme_id, "reason": 5}),
    ]  # fmt: skip

    async with aiohttp.ClientSession() as session:
        for number, (method, params) in enumerate(calls):
            await asyncio.gather(*(call(session, number, method, **params) for _ in range(10)))
            await asyncio.sleep(0.01)
            await call(session, number, method, **params)

    assert [len(answers) for answers in stage.payme.answers.values()] == [11, 11, 11]
    assert all(len(set(answers)) == 1 for answers in stage.payme.answers.values())
    assert all("result" in orjson.loads(answers[0]) for answers in stage.payme.answers.values())
