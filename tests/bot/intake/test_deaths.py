"""DEL-7: an update that kills its process is given up after three deaths, and no other is, whoever kills besides."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.intake import intake as rules
from bot.intake import turns
from bot.intake.intake import Intake
from bot.intake.turns import Turns
from domain.intake.ports import LAST_TRY, SUSPICION, Done, Waiting
from tests.bot.intake.fakes import FakeInbox, Row, Table

LOOPS = asyncio.new_event_loop


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "RECONNECT_SECONDS", 0.001)
        patch.setattr(rules, "SWEEP_SECONDS", 0.002)
        patch.setattr(turns, "CALM_SECONDS", 0.05)
        yield


@dataclass
class Machine:
    """Runs process after process on one table until all updates have an end; some kill the process they begin in."""

    table: Table
    killers: Collection[int]
    kills: list[float] = field(default_factory=list)
    """Seconds after which a process is killed from outside; the first such processes, in turn."""
    deaths: int = 0
    tries: Counter[int] = field(default_factory=Counter)
    most_at_once: int = 0

    def run(self) -> None:
        """Each process has an event loop of its own, and dies with it: nothing is tidied up."""
        while len(self.table.ends()) < len(self.table.rows):
            assert self.deaths < 200, "it goes on for ever"
            with asyncio.Runner(loop_factory=LOOPS) as process:
                process.run(self._live())

    async def _live(self) -> None:
        inbox, dead, at_work = FakeInbox(self.table), asyncio.Event(), set[int]()

        async def work(user_id: int, waiting: Waiting, state: bytes | None) -> Done:
            if waiting.attempts > LAST_TRY + 1:
                return Done(waiting.update_id, user_id, None, error="the process died of it")
            self.tries[waiting.update_id] += 1
            at_work.add(waiting.update_id)
            self.most_at_once = max(self.most_at_once, len(at_work))
            await asyncio.sleep(0)
            if waiting.update_id in self.killers:
                dead.set()
                await asyncio.Event().wait()
            await asyncio.sleep(0.001)
            at_work.discard(waiting.update_id)
            return Done(waiting.update_id, user_id, None)

        intake = Intake(inbox, work)
        await intake.start()
        ended = asyncio.create_task(self._until_ended())
        died = asyncio.create_task(dead.wait())
        limit = self.kills.pop() if self.kills else 10.0
        await asyncio.wait([ended, died], timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        self.deaths += not ended.done()
        inbox.is_away = True
        await inbox.close()

    async def _until_ended(self) -> None:
        while len(self.table.ends()) < len(self.table.rows):
            await asyncio.sleep(0.001)

    def given_up(self) -> list[int]:
        return sorted(number for number, row in self.table.rows.items() if row.end and row.end.error)


def rows(count: int, users: int) -> Table:
    """Waiting as they were left by a receiver: nobody has taken them up yet."""
    table = Table()
    table.rows = {number: Row(number % users, b"{}") for number in range(count)}
    return table


@pytest.mark.parametrize("place", [0, 1, 57, 99], ids="in place {}".format)
def test_three_deaths_and_it_is_given_up_among_a_hundred_users(place: int) -> None:
    machine = Machine(rows(200, 100), [place])

    machine.run()

    assert machine.given_up() == [place]
    assert (machine.deaths, machine.tries[place]) == (3, 3)


def test_who_has_several_that_kill_loses_only_those() -> None:
    machine = Machine(rows(12, 3), [3, 4, 6])

    machine.run()

    assert machine.given_up() == [3, 4, 6]
    assert machine.deaths <= 9


@settings(max_examples=40)
@given(
    st.integers(1, 40).flatmap(
        lambda users: st.tuples(st.just(users), st.integers(users, 80), st.sets(st.integers(0, 79), max_size=3))
    ),
    st.lists(st.sampled_from([0.0, 0.001, 0.002, 0.004, 0.008]), max_size=8),
)
def test_no_other_is_given_up_however_the_processes_die(crowd: tuple[int, int, set[int]], kills: list[float]) -> None:
    """Killed from outside, too, each time before it was calm."""
    users, count, found = crowd
    killers = {number for number in found if number < count}
    machine = Machine(rows(count, users), killers, kills)
    outside = len(kills)

    machine.run()

    assert machine.given_up() == sorted(killers)
    assert machine.deaths <= 3 * len(killers) + outside
    assert all(machine.tries[number] <= 3 for number in killers)


def test_nobody_suspected_means_nobody_waits() -> None:
    """The control: with nothing to find, a hundred are at work at once."""
    machine = Machine(rows(100, 100), [])

    machine.run()

    assert (machine.deaths, machine.most_at_once) == (0, 100)


def test_suspects_are_few_at_once() -> None:
    table = rows(100, 100)
    for row in table.rows.values():
        row.attempts = SUSPICION - 1
    machine = Machine(table, [])

    machine.run()

    assert (machine.deaths, machine.most_at_once) == (0, turns.FEW)


def test_a_last_try_is_alone() -> None:
    table = rows(20, 20)
    for row in table.rows.values():
        row.attempts = LAST_TRY
    machine = Machine(table, [])

    machine.run()

    assert (machine.deaths, machine.most_at_once) == (0, 1)


async def test_a_last_try_waits_for_the_calm_and_the_calm_begins_anew_with_each_loss() -> None:
    order, turn = list[str](), Turns(2)
    turn.excite()

    async def last() -> None:
        async with turn.of(LAST_TRY):
            order.append("last")

    waiting = asyncio.create_task(last())
    for number in range(3):
        await asyncio.sleep(0.005)
        turn.excite()
        order.append(f"excited {number}")
    await waiting

    assert order == ["excited 0", "excited 1", "excited 2", "last"]


async def test_a_handler_that_waits_for_long_keeps_no_last_try_from_beginning_and_is_kept_from_nothing_by_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "ALONE_SECONDS", 0.01)
    turn, long, begun, others = Turns(2), asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work(attempts: int, sign: asyncio.Event | None, until: asyncio.Event) -> None:
        async with turn.of(attempts):
            if sign is not None:
                sign.set()
            await until.wait()

    async with asyncio.timeout(5):
        first = asyncio.create_task(work(1, None, long))
        await asyncio.sleep(0)
        last = asyncio.create_task(work(LAST_TRY, begun, long))
        await begun.wait()
        other = asyncio.create_task(work(1, others, long))
        await others.wait()
        long.set()
        await asyncio.gather(first, last, other)
