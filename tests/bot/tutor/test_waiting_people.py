"""P17: sixty people wait for the model, and nobody else notices."""

import asyncio
import time
from statistics import quantiles

from bot.sandbox import SandboxUser
from domain.users.model import UserId
from tests.bot.tutor.conftest import Classroom
from tests.bot.tutor.fake_openai import is_silent

WAITING = 60
TAPS = 20
NOTICED = 2.0
"""Times the idle p95; and what is below the floor is not noticed by anybody, however idle the machine was before."""
FLOOR = 0.25
"""Seconds."""


async def p95_of_others(student: SandboxUser) -> float:
    """Seconds from a message to its answer."""
    await student.send("/doubts")
    times: list[float] = []
    for _ in range(TAPS):
        began = time.perf_counter()
        await student.send("/doubts")
        times.append(time.perf_counter() - began)
    return quantiles(times, n=20)[-1]


async def test_others_are_served_while_sixty_wait_for_the_model(classroom: Classroom) -> None:
    classroom.model.will(is_silent())
    other = await classroom.student()
    idle = await p95_of_others(other)
    people = [await classroom.student() for _ in range(WAITING)]
    already = len(classroom.model.asks)
    for person in people:
        await person.type("/ask Why?")
    async with asyncio.timeout(15):
        while len(classroom.model.asks) < already + WAITING:
            await other.settle()

    busy = await p95_of_others(other)
    # Nothing is held while they wait, but for a heartbeat's moment: there is one at which every connection is free.
    async with asyncio.timeout(5):
        while classroom.pool.get_idle_size() < classroom.pool.get_size():
            await asyncio.sleep(0)
    calls = await classroom.pool.fetchval("select count(*) from model_calls where outcome = 'open'")
    for person in people:
        await classroom.tutor.stop(UserId(person.id))
    async with asyncio.timeout(15):
        while await classroom.pool.fetchval("select count(*) from doubt_runs"):
            await other.settle()

    print(f"P17: p95 {idle * 1000:.0f} ms idle, {busy * 1000:.0f} ms with {WAITING} waiting, {busy / idle:.2f}x")
    assert calls == WAITING
    assert busy <= max(NOTICED * idle, FLOOR)
