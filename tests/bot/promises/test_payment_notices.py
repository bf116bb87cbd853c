"""OUT-1, TIM-1: notices of payments wait for those who have blocked the bot; the clock's work about payments runs once
a slot in two processes, also when they were down and are killed."""

import asyncio
from datetime import timedelta

import pytest

from bot.jobs.slots import SLOTS
from db.unit_of_work import Database
from domain.clock import utc_now
from domain.payments.merchant import PaymeMerchant
from domain.payments.payme import CreateRequest, PaymeId
from tests.bot.promises.conftest import Stage
from tests.bot.promises.rig import until
from tests.bot.promises.test_payments import Order, orders_of, told
from tests.scale import IS_FULL, scaled


async def perform(stage: Stage, orders: list[Order]) -> None:
    """Payme's calls as the endpoint makes them."""
    database = Database(stage.pool)
    merchant = PaymeMerchant(begin=database.begin, read=database.read, now=utc_now)
    for order in orders:
        request = CreateRequest(
            payme_id=PaymeId(order.payme_id),
            time=order.time,  # pyright: ignore[reportArgumentType]
            account=order.code,
            amount=order.amount,
        )
        await merchant.create(request)
        await merchant.perform(order.payme_id)


async def calls_to(stage: Stage, people: set[int], after: int) -> dict[int, int]:
    counts = dict.fromkeys(people, 0)
    for call in list(stage.sandbox.calls)[after:]:
        if call.chat_id in counts:
            counts[call.chat_id] += 1
    return counts


@pytest.mark.timeout(400)
async def test_whoever_has_blocked_the_bot_is_told_of_the_payment_when_they_are_back(stage: Stage) -> None:
    """OUT-1: at most one call for each block, nothing more while it lasts, and everybody told once after it."""
    people = await stage.crowd(scaled(1000, 20))
    orders = await orders_of(stage, people)
    await stage.program().start()
    for person in people:
        await person.type("/help")
    await stage.quiet(*people, seconds=scaled(300, 60))
    for person in people:
        await person.block()
    await stage.quiet(*people, seconds=scaled(300, 60))
    before = len(stage.sandbox.calls)

    await perform(stage, orders)
    blocked = "select (select count(*) from notifications where status = 'blocked') = $1"
    await until(stage.pool, blocked, len(people), seconds=scaled(200, 40))
    counts = await calls_to(stage, {person.id for person in people}, before)
    assert max(counts.values()) <= 1
    assert await stage.pool.fetchval("select count(*) from access_grants where revoked_at is null") == len(people)

    for person in people:
        await person.unblock()
    sent = "select (select count(*) from notifications where status = 'sent') = $1"
    await until(stage.pool, sent, len(people), seconds=scaled(200, 40))
    assert {await told(person) for person in people} == {1}


@pytest.mark.timeout(200)
async def test_the_clocks_work_about_payments_runs_once_a_slot_in_two_processes(stage: Stage) -> None:
    """TIM-1: nobody was there when the slots were due; both start at once (and one is killed and starts again)."""
    await stage.pool.execute("delete from schedule_fires")
    programs = [stage.program(webhook=True), stage.program(webhook=True)]
    started = utc_now()
    await asyncio.gather(*(program.start() for program in programs))
    if IS_FULL:
        # What its killed process had begun is taken over after half a minute.
        await programs[0].kill()
        await programs[0].start()
    done = """
        select not exists (
            select from schedule_fires f where not exists (
                select from pgqueuer_log l where l.status = 'successful' and l.entrypoint = f.job
            )
        ) and (select count(distinct job) from schedule_fires) = $1
    """
    await until(stage.pool, done, len(SLOTS), seconds=scaled(150, 60))

    rows = await stage.pool.fetch(
        """
        select f.job, count(*) as fires, min(f.at) as first,
            (select count(*) from pgqueuer_log l where l.entrypoint = f.job and l.status = 'queued') as queued,
            (select count(*) from pgqueuer_log l where l.entrypoint = f.job and l.status = 'successful') as runs
        from schedule_fires f group by f.job
        """
    )
    minutes = (utc_now() - started) / timedelta(minutes=1) + 2
    for row in rows:
        assert row["queued"] == row["fires"], row
        assert row["runs"] <= row["fires"] + 1, "a job whose process was killed may run again"
        is_daily = row["job"] not in ("tutor_sweep", "orders_sweep")
        assert row["fires"] <= (1 if is_daily else minutes), row
        assert row["first"] <= started if is_daily else True
