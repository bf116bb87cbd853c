"""The intake's promises on an inbox in memory: order, one at a time, nothing lost, an orderly end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import orjson
import pytest

from bot.intake import intake as rules
from bot.intake.intake import Intake
from domain.intake.ports import Arrival, Done, InboxLost
from tests.bot.intake.fakes import FakeInbox, Row, Table, Work, arrival, until_ended

ALI, VALI = 1, 2
Opened = tuple[Intake, FakeInbox, Work]
Open = Callable[..., Awaitable[Opened]]


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
async def open_intake(table: Table, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Open]:
    """An intake over the common table, as one of several processes."""
    monkeypatch.setattr(rules, "RECONNECT_SECONDS", 0.01)
    monkeypatch.setattr(rules, "SWEEP_SECONDS", 0.05)
    async with AsyncExitStack() as stack:

        async def open_one(work: Work | None = None, **options: float) -> Opened:
            inbox, doing = FakeInbox(table), work or Work()
            intake = Intake(inbox, doing, **options)
            await intake.start()
            stack.push_async_callback(intake.close, 1.0)
            stack.callback(doing.open.set)
            return intake, inbox, doing

        yield open_one


async def test_updates_of_one_user_run_in_their_order_and_one_at_a_time(open_intake: Open, table: Table) -> None:
    """DEL-8."""
    intake, _inbox, work = await open_intake()

    await asyncio.gather(*(intake.receive([arrival(number, number % 3)]) for number in range(90)))
    await until_ended(table, 90)

    for user in range(3):
        assert [number for number in work.begun if number % 3 == user] == list(range(user, 90, 3))
    assert set(work.most_at_once.values()) == {1}


async def test_the_order_is_lost_when_the_updates_do_not_run_under_their_user(open_intake: Open, table: Table) -> None:
    """DEL-8, the control: the same updates, each under a key of its own, do overlap."""
    intake, _inbox, work = await open_intake()
    work.open.clear()

    await asyncio.gather(*(intake.receive([arrival(number, 1000 + number)]) for number in range(9)))
    await work.until_begun(8)

    assert sum(work.running.values()) == 9
    work.open.set()
    await until_ended(table, 9)


async def test_each_update_sees_the_dialog_state_that_the_one_before_it_left(open_intake: Open, table: Table) -> None:
    intake, _inbox, _work = await open_intake()

    for number in range(5):
        await intake.receive([arrival(number, ALI)])
    await until_ended(table, 5)

    assert orjson.loads(table.states[ALI]) == [0, 1, 2, 3, 4]


async def test_a_repeated_update_runs_once(open_intake: Open, table: Table) -> None:
    """DEL-2: also within one batch, and after it has ended."""
    intake, _inbox, work = await open_intake()

    await intake.receive([arrival(1, ALI), arrival(1, ALI), arrival(2, ALI)])
    await until_ended(table, 2)
    await intake.receive([arrival(1, ALI)])
    await intake.receive([arrival(3, ALI)])
    await until_ended(table, 3)

    assert work.begun == [1, 2, 3]


async def test_what_the_other_process_took_in_for_a_held_user_runs_first(open_intake: Open, table: Table) -> None:
    """DEL-8, DEL-12: the second process cannot claim the user, and the third update comes to the first one."""
    first, _inbox, work = await open_intake()
    second, other, idle = await open_intake()
    work.open.clear()
    await first.receive([arrival(1, ALI)])
    await work.until_begun(1)
    table.listeners.clear()

    await second.receive([arrival(2, ALI)])
    await first.receive([arrival(3, ALI)])
    work.open.set()
    await until_ended(table, 3)

    assert (work.begun, idle.begun) == ([1, 2, 3], [])
    assert other.is_connected


async def test_a_user_who_has_been_quiet_is_given_back(open_intake: Open, table: Table) -> None:
    intake, _inbox, _work = await open_intake(idle_seconds=0.0)

    await intake.receive([arrival(1, ALI)])
    await until_ended(table, 1)
    async with asyncio.timeout(5):
        while table.claims:
            await asyncio.sleep(0.01)


async def test_a_process_without_work_keeps_the_update_and_wakes_the_one_that_works(
    open_intake: Open, table: Table
) -> None:
    _worker, _inbox, work = await open_intake()
    front = Intake(FakeInbox(table), None)
    await front.start()

    await front.receive([arrival(1, ALI)])
    await until_ended(table, 1)

    assert work.begun == [1]
    await front.close(1.0)


async def test_what_a_dead_process_left_is_found_by_the_sweep(open_intake: Open, table: Table) -> None:
    """DEL-1."""
    table.rows = {number: Row(number % 250, b"{}") for number in range(500)}

    _intake, _inbox, work = await open_intake()
    await until_ended(table, 500)

    assert len(work.begun) == 500
    assert set(work.most_at_once.values()) == {1}


async def test_an_update_that_is_acknowledged_before_it_is_kept_is_lost(open_intake: Open, table: Table) -> None:
    """DEL-1, the control: what keeps an update through a death is the wait for `receive`, and nothing else."""
    intake, inbox, _work = await open_intake()

    await intake.receive([arrival(1, ALI)])
    answered_at_once = asyncio.create_task(intake.receive([arrival(2, ALI)]))
    inbox.is_away = True

    with pytest.raises(InboxLost):
        await answered_at_once
    assert list(table.rows) == [1]


async def test_a_lost_connection_loses_nothing_and_runs_nothing_twice_here(open_intake: Open, table: Table) -> None:
    """INF-1: one update is at work, two wait behind it, while the connection goes and comes back."""
    intake, inbox, work = await open_intake()
    work.open.clear()
    await intake.receive([arrival(1, ALI), arrival(2, ALI), arrival(3, ALI)])
    await work.until_begun(1)

    inbox.is_away = True
    with pytest.raises(InboxLost):
        await intake.receive([arrival(4, VALI)])
    assert not intake.is_healthy
    inbox.is_away = False
    async with asyncio.timeout(5):
        while not intake.is_healthy:
            await asyncio.sleep(0.005)
    await intake.receive([arrival(5, ALI)])
    work.open.set()
    await until_ended(table, 4)

    assert work.begun == [1, 2, 3, 5]
    assert orjson.loads(table.states[ALI]) == [1, 2, 3, 5]


async def test_work_that_ended_while_the_connection_was_away_is_noted_afterwards(
    open_intake: Open, table: Table
) -> None:
    intake, inbox, work = await open_intake()
    work.open.clear()
    await intake.receive([arrival(1, ALI)])
    await work.until_begun(1)

    inbox.is_away = True
    work.open.set()
    async with asyncio.timeout(5):
        while intake.is_healthy:
            await asyncio.sleep(0.005)
    inbox.is_away = False
    await until_ended(table, 1)

    assert work.begun == [1]


async def test_the_end_that_comes_too_late_does_not_touch_what_another_process_has_done_since(table: Table) -> None:
    """A lost claim was taken over; the first process' end of the same update changes nothing any more."""
    inbox = FakeInbox(table)
    await inbox.reconnect()
    await inbox.keep([arrival(1, ALI)], [], [], [])
    await inbox.finish([Done(1, ALI, b"theirs")])

    await inbox.finish([Done(1, ALI, b"ours")])

    assert table.states[ALI] == b"theirs"


async def test_a_statement_that_breaks_in_an_unforeseen_way_does_not_end_the_rounds(
    open_intake: Open, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake, inbox, _work = await open_intake()
    finish = inbox.finish
    broken = [True]

    async def fail_once(done: list[Done]) -> None:
        if broken:
            broken.clear()
            raise ValueError("unforeseen")
        await finish(done)

    monkeypatch.setattr(inbox, "finish", fail_once)
    await intake.receive([arrival(1, ALI)])
    await until_ended(table, 1)


async def test_closing_takes_nothing_new_ends_what_runs_and_leaves_the_rest(open_intake: Open, table: Table) -> None:
    """DEL-11."""
    intake, _inbox, work = await open_intake()
    work.open.clear()
    await intake.receive([arrival(1, ALI), arrival(2, ALI)])
    await work.until_begun(1)

    closing = asyncio.create_task(intake.close(2.0))
    await asyncio.sleep(0)
    with pytest.raises(InboxLost):
        await intake.receive([arrival(3, VALI)])
    work.open.set()
    await closing

    assert (work.begun, table.ends(), table.claims) == ([1], [1], {})


async def test_work_that_does_not_end_in_time_is_done_again_by_the_next_process(
    open_intake: Open, table: Table
) -> None:
    """DEL-11: closing is bounded, and what it cuts off is not taken for done."""
    intake, _inbox, work = await open_intake()
    work.open.clear()
    await intake.receive([arrival(1, ALI)])
    await work.until_begun(1)

    async with asyncio.timeout(3):
        await intake.close(0.05)
    assert table.ends() == []

    _next, _its_inbox, its_work = await open_intake()
    await until_ended(table, 1)
    assert its_work.begun == [1]


async def test_what_a_living_process_had_before_it_lost_its_claims_is_no_suspect(
    open_intake: Open, table: Table
) -> None:
    """INF-1: the database was away, and nobody died."""
    intake, inbox, work = await open_intake()
    work.open.clear()
    await intake.receive([arrival(1, ALI), arrival(2, ALI)])
    await work.until_begun(1)

    inbox.is_away = True
    with pytest.raises(InboxLost):
        await intake.receive([arrival(3, VALI)])
    inbox.is_away = False
    work.open.set()
    await until_ended(table, 2)

    assert work.attempts == {1: [1], 2: [1]}


async def test_a_claim_is_not_given_back_before_its_last_state_is_kept(
    open_intake: Open, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever claims the user next must not start from the state before."""
    monkeypatch.setattr(rules, "MAX_IDLE_CLAIMS", 0)
    released: list[bytes | None] = []
    intake, inbox, _work = await open_intake(idle_seconds=0.0)
    release = inbox.release

    async def look(users: set[int]) -> None:
        released.extend(table.states.get(user) for user in users)
        await release(users)

    monkeypatch.setattr(inbox, "release", look)
    for number in range(40):
        await intake.receive([arrival(number, number)])
    await until_ended(table, 40)
    async with asyncio.timeout(5):
        while table.claims:
            await asyncio.sleep(0.01)

    assert len(released) == 40
    assert None not in released


async def test_statements_for_many_users_travel_together(open_intake: Open, table: Table) -> None:
    intake, inbox, _work = await open_intake()
    await intake.receive([arrival(0, 0)])
    await until_ended(table, 1)
    before = inbox.statements

    await asyncio.gather(*(intake.receive([Arrival(number, number, b"{}")]) for number in range(1, 101)))
    await until_ended(table, 101)

    assert inbox.statements - before < 50


async def test_work_gets_the_attempt_that_it_is(open_intake: Open, table: Table) -> None:
    intake, _inbox, work = await open_intake()

    await intake.receive([arrival(1, ALI)])
    await until_ended(table, 1)

    assert work.attempts == {1: [1]}
