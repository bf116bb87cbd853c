"""DEL-1, DEL-2, DEL-7, DEL-8, DEL-11, DEL-12: what was acknowledged is worked on, in order, whatever processes die."""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping, Sequence

import pytest

from bot.sandbox import SandboxUser
from tests.bot.promises.conftest import Stage
from tests.bot.promises.rig import Program, until


def asked(user: SandboxUser, number: int) -> str:
    return f"/n{number}x{user.id}"


async def answers_of(people: Sequence[SandboxUser]) -> Mapping[int, list[int]]:
    """The numbers that the bot has answered, in the order in which it did."""
    found: dict[int, list[int]] = {}
    for user in people:
        said = [message.text for message in await user.messages() if not message.from_me]
        marks = [text.partition("/n")[2].partition("x")[0] for text in said if f"x{user.id}." in text]
        found[user.id] = [int(mark) for mark in marks]
    return found


async def say_everything(people: Sequence[SandboxUser], count: int, pause: float) -> None:
    async def say(user: SandboxUser) -> None:
        for number in range(count):
            await user.type(asked(user, number))
            await asyncio.sleep(pause)

    await asyncio.gather(*map(say, people))


async def kill_and_start(programs: Sequence[Program], kills: int, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(kills):
        program = programs[number % len(programs)]
        await asyncio.sleep(chance.uniform(0.05, 0.65))
        await program.kill()
        await program.start()


@pytest.mark.parametrize(("webhook", "kills"), [(True, 3), (False, 2)], ids=["webhook", "polling"])
@pytest.mark.timeout(300)
async def test_no_update_is_lost_doubled_or_reordered_when_the_process_is_killed_again_and_again(
    stage: Stage, webhook: bool, kills: int
) -> None:
    """DEL-1, DEL-2, DEL-8: kill -9 again and again in the middle of 1,000 updates, every fifth delivered twice."""
    people, count = await stage.crowd(40), 25
    stage.sandbox.change_faults(duplicate_updates=0.2, seed=5)
    program = await stage.program(webhook=webhook).start()

    await asyncio.gather(say_everything(people, count, 0.4), kill_and_start([program], kills, seed=7))
    await stage.quiet(*people)

    heard = await answers_of(people)
    assert {user: sorted(set(numbers)) for user, numbers in heard.items()} == {
        user.id: list(range(count)) for user in people
    }
    assert all(numbers == sorted(numbers) for numbers in heard.values())
    repeated = sum(len(numbers) - count for numbers in heard.values())
    assert repeated <= kills * len(people), "an answer is said twice only if the process died while it was given"
    assert await stage.pool.fetchval("select count(*) from inbox where status = 2") == 0
    assert await stage.pool.fetchval("select count(*) from inbox") == len(people) * count


async def test_a_redelivered_update_is_answered_once(stage: Stage) -> None:
    """DEL-2: every second update comes twice; without a crash nothing is said twice."""
    people = await stage.crowd(10)
    stage.sandbox.change_faults(duplicate_updates=0.5, seed=3)
    await stage.program(webhook=True).start()

    await say_everything(people, 20, 0.0)
    await stage.quiet(*people)

    assert await answers_of(people) == {user.id: list(range(20)) for user in people}


async def test_a_burst_is_answered_in_its_order_by_two_processes(stage: Stage) -> None:
    """DEL-8, DEL-12: 50 messages of each user at once, taken in by two replicas in turn."""
    people = await stage.crowd(12)
    await asyncio.gather(stage.program(webhook=True).start(), stage.program(webhook=True).start())

    await say_everything(people, 50, 0.0)
    await stage.quiet(*people)

    assert await answers_of(people) == {user.id: list(range(50)) for user in people}


@pytest.mark.timeout(300)
async def test_two_processes_work_as_one_while_one_after_the_other_is_killed(stage: Stage) -> None:
    """DEL-12: DEL-1 and DEL-8 hold; the survivor answers what the dead one had taken on."""
    kills, people, count = 2, await stage.crowd(30), 15
    programs = [stage.program(webhook=True), stage.program(webhook=True)]
    await asyncio.gather(*(program.start() for program in programs))

    await asyncio.gather(say_everything(people, count, 0.4), kill_and_start(programs, kills, seed=11))
    await stage.quiet(*people)

    heard = await answers_of(people)
    assert {user: sorted(set(numbers)) for user, numbers in heard.items()} == {
        user.id: list(range(count)) for user in people
    }
    assert await stage.pool.fetchval("select count(*) from inbox where status = 2") == 0


@pytest.mark.timeout(300)
async def test_rolling_restarts_lose_nothing_and_end_within_ten_seconds(stage: Stage) -> None:
    """DEL-11: SIGTERM takes nothing new, lets the work end, and the next process goes on; twice under load."""
    people, count = await stage.crowd(30), 15
    program = await stage.program(webhook=True).start()
    talk = asyncio.create_task(say_everything(people, count, 0.5))

    for _ in range(2):
        await asyncio.sleep(0.3)
        assert await program.terminate() < 10
        await program.start()
    await talk
    await stage.quiet(*people)

    heard = await answers_of(people)
    counted = Counter({user: len(numbers) for user, numbers in heard.items()})
    assert counted == {user.id: count for user in people}, "an orderly end answers nothing twice"
    assert all(numbers == sorted(numbers) for numbers in heard.values())


@pytest.mark.timeout(300)
async def test_an_update_that_kills_its_process_is_given_up_after_three_deaths_and_its_neighbours_are_answered(
    stage: Stage,
) -> None:
    """DEL-7: whenever the victim's update is at work, with the others', its process dies."""
    [victim, *others] = await stage.crowd(4)
    stage.sandbox.change_faults(latency=1.0, only=frozenset({"sendMessage"}))
    program = await stage.program(webhook=True).start()

    await asyncio.gather(*(person.type(asked(person, 0)) for person in (victim, *others)))
    for taken_up in (1, 3, 4):
        await until(stage.pool, f"select attempts >= {taken_up} from inbox where user_id = $1", victim.id)
        await asyncio.sleep(0.1)
        await program.kill()
        await program.start()
    await until(stage.pool, "select status = 2 from inbox where user_id = $1", victim.id)
    await stage.quiet(*others)

    heard = await answers_of(others)
    assert {user: set(numbers) for user, numbers in heard.items()} == {user.id: {0} for user in others}
    assert await stage.pool.fetchval("select count(*) from inbox where status = 2") == 1
    said = [message.text for message in await victim.messages() if not message.from_me]
    assert ["went wrong" in text for text in said][-1:] == [True]
