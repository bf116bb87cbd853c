"""The ledger and the purses on PostgreSQL: nothing is passed, nothing is counted twice."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from db.engine import Pool
from domain.errors import InvalidInput, NotAllowed
from domain.unit_of_work import Begin
from domain.usage.errors import BudgetChanged, BudgetSpent
from domain.usage.meter import LOST_AFTER, Meter
from domain.usage.model import (
    Budgets,
    CallEnd,
    CallId,
    CallOutcome,
    Feature,
    Limit,
    Measure,
    Payer,
    Period,
    Price,
    Unit,
    Whose,
)
from domain.usage.payer import paid_by
from domain.usage.ports import Spent
from domain.usage.service import UsageService
from domain.users.model import UserId
from tests.db.tutor_world import World

NOON = datetime(2026, 11, 30, 7, tzinfo=UTC)
TODAY = date(2026, 11, 30)
PRICES = {"small": Price(tokens_in=Decimal(1), tokens_out=Decimal(2), minute=Decimal("0.006"))}
ASKED = Measure(tokens_in=60, tokens_out=40)
"""A hundred tokens and 140 micro-dollars at most."""


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Till:
    """A meter whose budgets a test sets, and a look behind it."""

    begin: Begin
    read: Begin
    pool: Pool
    clock: Clock = field(default_factory=Clock)

    def meter(self, **limits: Limit) -> Meter:
        return Meter(
            begin=self.begin, now=self.clock, budgets=Budgets(**limits), prices=PRICES, timezone="Asia/Tashkent"
        )

    def service(self, **limits: Limit) -> UsageService:
        return UsageService(
            begin=self.begin, read=self.read, now=self.clock, budgets=Budgets(**limits), timezone="Asia/Tashkent"
        )

    async def spent(self, payer: UserId | None = None, period: Period = Period.DAY) -> Spent:
        async with self.read() as uow:
            return (await uow.usage.spent(payer, TODAY)).get(period, Spent())

    async def calls(self) -> list[tuple[str, str]]:
        rows = await self.pool.fetch("select feature, outcome from model_calls order by id")
        return [(row["feature"], row["outcome"]) for row in rows]


@pytest.fixture
async def till(begin: Begin, read: Begin, pool: Pool) -> Till:
    await pool.execute("truncate model_calls, usage_purses, usage_totals, usage_budgets")
    return Till(begin, read, pool)


@pytest.fixture(scope="module")
def world(pool: Pool) -> World:
    return World(pool)


async def ask(meter: Meter, payer: Payer, used: Measure = ASKED, at_most: Measure = ASKED) -> None:
    with paid_by(payer):
        async with meter.call("small", at_most) as call:
            call.note(used, is_counted=True)


def tutoring(user_id: UserId) -> Payer:
    return Payer(feature=Feature.TUTOR, user_id=user_id)


async def test_what_a_call_may_cost_is_reserved_and_what_it_did_not_use_is_put_back(till: Till, world: World) -> None:
    student = await world.user()
    inside = Spent()
    with paid_by(tutoring(student)):
        async with till.meter().call("small", ASKED) as call:
            inside = await till.spent(student)
            call.note(Measure(tokens_in=10, tokens_out=5), is_counted=True)

    assert inside == Spent(tokens=100, micros=140)
    for payer in (student, None):
        for period in Period:
            assert await till.spent(payer, period) == Spent(tokens=15, micros=20)


async def test_a_call_is_in_the_ledger_with_its_course_and_its_price(till: Till, world: World) -> None:
    student = await world.user()
    course = await world.course()
    lesson = await world.lesson(course, {"en": "One"}, {"en": "Text"})
    await ask(till.meter(), Payer(feature=Feature.TUTOR, user_id=student, lesson_id=lesson))

    row = await till.pool.fetchrow("select * from model_calls")
    assert row is not None
    assert (row["user_id"], row["course_id"], row["model"], row["day"]) == (student, course, "small", TODAY)
    assert (row["tokens_in"], row["tokens_out"], row["micros"], row["outcome"]) == (60, 40, 140, "done")
    assert row["is_counted"]


@pytest.mark.parametrize(
    ("limits", "whose", "period"),
    [
        ({"person_day": Limit(tokens=199)}, Whose.PERSON, Period.DAY),
        ({"person_month": Limit(micros=279)}, Whose.PERSON, Period.MONTH),
        ({"centre_day": Limit(micros=279)}, Whose.CENTRE, Period.DAY),
        ({"centre_month": Limit(tokens=199)}, Whose.CENTRE, Period.MONTH),
    ],
)
async def test_a_call_that_does_not_fit_is_not_made_and_leaves_no_trace(
    till: Till, world: World, limits: dict[str, Limit], whose: Whose, period: Period
) -> None:
    student = await world.user()
    meter = till.meter(**limits)
    await ask(meter, tutoring(student))

    with pytest.raises(BudgetSpent) as refused:
        await ask(meter, tutoring(student))

    assert (refused.value.whose, refused.value.period) == (whose, period)
    # Midnight of the next day, or of the next month, in Tashkent: the same moment on the last day of November.
    assert refused.value.until == datetime(2026, 11, 30, 19, tzinfo=UTC)
    assert await till.spent(student) == Spent(tokens=100, micros=140)
    assert await till.calls() == [("tutor", "done")]


async def test_another_persons_purse_is_another_one_and_the_next_day_is_a_new_one(till: Till, world: World) -> None:
    one, other = await world.user(), await world.user()
    meter = till.meter(person_day=Limit(tokens=100))
    await ask(meter, tutoring(one))
    await ask(meter, tutoring(other))
    till.clock.now += timedelta(days=1)

    await ask(meter, tutoring(one))

    assert len(await till.calls()) == 3


@pytest.mark.parametrize("is_guarded", [True, False])
async def test_a_hundred_calls_at_once_never_pass_the_budget(till: Till, world: World, *, is_guarded: bool) -> None:
    """AI-9. The control looks first and takes then, and overshoots."""
    student = await world.user()
    meter = till.meter(person_day=Limit(tokens=1_000))

    async def guarded() -> None:
        try:
            await ask(meter, tutoring(student))
        except BudgetSpent:
            return

    async def unguarded() -> None:
        used = (await till.spent(student)).tokens
        await asyncio.sleep(0)
        if used + 100 <= 1_000:
            await ask(till.meter(), tutoring(student))

    await asyncio.gather(*((guarded if is_guarded else unguarded)() for _ in range(100)))

    assert ((await till.spent(student)).tokens == 1_000) is is_guarded


async def test_calls_of_many_people_at_once_wait_for_each_other_in_one_direction(till: Till, world: World) -> None:
    people = [await world.user() for _ in range(8)]
    meter = till.meter(centre_month=Limit(tokens=10**6), person_month=Limit(tokens=10**6))

    await asyncio.gather(*(ask(meter, tutoring(person), Measure(tokens_in=1)) for person in people for _ in range(10)))

    assert await till.spent() == Spent(tokens=80, micros=80)


async def test_a_call_is_settled_once(till: Till, world: World) -> None:
    student = await world.user()
    await ask(till.meter(), tutoring(student), Measure(tokens_in=10))
    call_id = CallId(await till.pool.fetchval("select id from model_calls"))
    end = CallEnd(
        outcome=CallOutcome.DONE,
        used=Measure(tokens_in=10),
        micros=10,
        is_counted=True,
        latency_ms=1,
        ended_at=NOON,
    )
    async with till.begin() as uow:
        is_settled = await uow.usage.settle(call_id, end)
        await uow.commit()

    assert not is_settled
    assert await till.spent(student) == Spent(tokens=10, micros=10)
    assert await till.pool.fetchval("select calls from usage_totals") == 1


async def test_a_call_that_broke_or_was_left_is_settled_as_far_as_it_came(till: Till, world: World) -> None:
    student = await world.user()

    async def ends_in(error: BaseException) -> None:
        with paid_by(tutoring(student)):
            async with till.meter().call("small", ASKED) as call:
                call.note(Measure(tokens_in=3), is_counted=False)
                raise error

    for error in (RuntimeError(), asyncio.CancelledError()):
        with pytest.raises(type(error)):
            await ends_in(error)

    assert await till.calls() == [("tutor", "failed"), ("tutor", "stopped")]
    assert await till.spent(student) == Spent(tokens=6, micros=6)


async def test_what_the_server_counted_is_not_replaced_by_a_guess(till: Till, world: World) -> None:
    student = await world.user()
    with paid_by(tutoring(student)):
        async with till.meter().call("small", ASKED) as call:
            call.note(Measure(tokens_in=3), is_counted=True)
            call.note(Measure(tokens_in=50), is_counted=False)

    assert (await till.spent(student)).tokens == 3


async def test_a_call_whose_process_vanished_counts_as_reserved(till: Till, world: World) -> None:
    student = await world.user()
    meter = till.meter()
    with paid_by(tutoring(student)):
        entered = meter.call("small", ASKED)
        await entered.__aenter__()
    assert await meter.sweep() == 0
    till.clock.now += LOST_AFTER + timedelta(seconds=1)

    assert [await meter.sweep(), await meter.sweep()] == [1, 0]
    assert await till.calls() == [("tutor", "lost")]
    assert await till.spent(student) == Spent(tokens=100, micros=140)
    # Its process was only slow: what it settles now changes nothing any more.
    await entered.__aexit__(None, None, None)
    assert await till.spent(student) == Spent(tokens=100, micros=140)
    assert await till.pool.fetchval("select calls from usage_totals") == 1


async def test_a_call_of_nobody_counts_for_the_centre(till: Till) -> None:
    meter = till.meter(centre_day=Limit(tokens=100))
    async with meter.call("small", ASKED) as call:
        call.note(ASKED, is_counted=True)

    assert await till.calls() == [("other", "done")]
    with pytest.raises(BudgetSpent):
        async with meter.call("small", ASKED):
            pass


async def test_an_admin_sees_the_month_by_day_feature_and_person(till: Till, world: World) -> None:
    admin = await world.user(role="admin")
    one, other = await world.user(), await world.user()
    meter, usage = till.meter(), till.service()
    await ask(meter, tutoring(one))
    await ask(meter, Payer(feature=Feature.SPEECH, user_id=other), Measure(seconds=60), Measure(seconds=60))

    overview = await usage.overview(admin)
    page = await usage.spenders(admin, limit=1)
    rest = await usage.spenders(admin, after=page.next, limit=1)

    assert overview.month == Spent(tokens=100, micros=6_140)
    assert [(total.feature, total.micros) for total in overview.totals] == [
        (Feature.SPEECH, 6_000),
        (Feature.TUTOR, 140),
    ]
    assert [spender.user_id for spender in (*page.spenders, *rest.spenders)] == [other, one]
    assert rest.next is None


async def test_a_limit_holds_from_the_next_call_on_and_can_be_taken_back_once(till: Till, world: World) -> None:
    admin, student = await world.user(role="admin"), await world.user()
    meter, usage = till.meter(), till.service()
    changed = await usage.set_limit(admin, Whose.PERSON, Period.DAY, Unit.TOKENS, 50)
    with pytest.raises(BudgetSpent):
        await ask(meter, tutoring(student))

    back = await usage.undo(admin, changed.version)

    await ask(meter, tutoring(student))
    assert back.budgets == Budgets()
    with pytest.raises(BudgetChanged):
        await usage.undo(admin, changed.version)


async def test_two_changes_at_once_are_not_both_the_next_one(till: Till, world: World) -> None:
    admin = await world.user(role="admin")
    usage = till.service()

    async def change(amount: int) -> bool:
        try:
            await usage.set_limit(admin, Whose.CENTRE, Period.DAY, Unit.TOKENS, amount)
        except BudgetChanged:
            return False
        return True

    done = await asyncio.gather(*(change(amount) for amount in range(1, 9)))

    assert await till.pool.fetchval("select count(*) from usage_budgets") == sum(done)
    assert (await usage.budgets(admin)).version == sum(done)


async def test_only_admins_see_or_change_anything(till: Till, world: World) -> None:
    usage = till.service()
    for role in ("student", "teacher"):
        person = await world.user(role=role)
        for call in (
            usage.overview(person),
            usage.spenders(person),
            usage.totals(person, 7),
            usage.budgets(person),
            usage.set_limit(person, Whose.CENTRE, Period.DAY, Unit.TOKENS, 1),
        ):
            with pytest.raises(NotAllowed):
                await call
    assert await till.pool.fetchval("select count(*) from usage_budgets") == 0


async def test_a_limit_beyond_counting_is_refused(till: Till, world: World) -> None:
    admin = await world.user(role="admin")
    for amount in (0, -1, 10**13):
        with pytest.raises(InvalidInput):
            await till.service().set_limit(admin, Whose.CENTRE, Period.DAY, Unit.TOKENS, amount)


async def test_the_month_is_read_by_its_index_however_many_people_there_are(till: Till) -> None:
    await till.pool.execute(
        """
        insert into usage_purses select payer, 'month', make_date(2026, month, 1), payer % 977, payer % 991
        from generate_series(1, 20000) payer, generate_series(1, 2) month;
        """
    )
    await till.pool.execute("analyze usage_purses")
    plan = await till.pool.fetch(
        """
        explain select payer from usage_purses
        where period = 'month' and payer <> 0 and starts_on = '2026-02-01' and (micros, tokens, payer) < (900, 1, 1)
        order by micros desc, tokens desc, payer desc limit 8
        """
    )
    text = "\n".join(row[0] for row in plan)

    assert "ix_usage_purses_spenders" in text
    assert "Seq Scan" not in text
    assert "Sort" not in text
