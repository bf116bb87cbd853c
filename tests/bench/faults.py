"""P19: a Telegram that fails and sends twice. Nobody may be stuck, and no answer may count twice."""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import asyncpg

from tests.bench.loops import Line, Measure, do
from tests.bench.people import Act, say, tap
from tests.bench.subjects import Subject
from tests.bench.telegram import Chat, Faults

SHARE_REFUSED = 0.02
SHARE_RESET = 0.02
SHARE_TWICE = 0.05
SHARE_DOUBLE_TAPS = 0.05
IN_FLIGHT = 40
SETTLE_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class FaultReport:
    updates: int
    faults: int
    repeated: int
    stuck: int
    """People whom no command could bring back to a working screen."""
    counted_twice: int
    dead_letters: int
    lost: int
    """Updates that had no effect in time; the person tried again, as people do."""


async def run_with_faults(
    subject: Subject, chats: Sequence[Chat], step: Callable[[Chat], Act], count: int, database_url: str
) -> FaultReport:
    """Quizzes, taken by everybody, while calls fail and updates come twice."""
    telegram = subject.telegram
    telegram.faults = faults = Faults(SHARE_REFUSED, SHARE_RESET, SHARE_RESET)
    lots = random.Random(11)
    lines = await subject.lines(2 * IN_FLIGHT)
    measure = Measure()
    free = deque(chats)
    left = iter(range(count))
    repeated = 0

    async def work() -> None:
        nonlocal repeated
        line, second = lines.free.popleft(), lines.free.popleft()
        for _number in left:
            chat = free.popleft()
            lost, act = measure.lost, step(chat)
            twice = lots.random()
            if twice < SHARE_TWICE + SHARE_DOUBLE_TAPS and chat.screen is not None:
                repeated += 1
                await _do_twice(line, second, chat, act, measure, is_same=twice < SHARE_TWICE)
            else:
                await do(line, chat, act, measure)
            if measure.lost > lost:
                chat.screen = None
            free.append(chat)
        lines.free += (line, second)

    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
    telegram.faults = None
    stuck = await _count_stuck(subject, chats)
    counted_twice, dead = await _look_behind(database_url)
    return FaultReport(measure.updates, faults.happened, repeated, stuck, counted_twice, dead, measure.lost)


async def _do_twice(line: Line, second: Line, chat: Chat, act: Act, measure: Measure, *, is_same: bool) -> None:
    """The same update comes again, on another connection; or the same button is tapped twice: two updates."""
    bodies: list[bytes] = []

    def once(chat: Chat) -> tuple[bytes, str | None]:
        body, query_id = act(chat)
        bodies.append(body)
        return body, query_id

    again = act(chat)[0] if not is_same else None
    doing = asyncio.ensure_future(do(line, chat, once, measure))
    await asyncio.sleep(0)
    answer = second.post(again or bodies[0])
    measure.updates += 1
    await doing
    await asyncio.wait({answer}, timeout=SETTLE_SECONDS)


async def _count_stuck(subject: Subject, chats: Sequence[Chat]) -> int:
    """Everybody says /start and taps one button of the menu; whoever gets no screen for either is stuck."""
    lines = await subject.lines(IN_FLIGHT)
    free = deque(chats)
    stuck = 0

    async def work(line: Line) -> None:
        nonlocal stuck
        while free:
            chat = free.popleft()
            outcome = Measure()
            await do(line, chat, say("/start"), outcome)
            if not outcome.lost:
                await do(line, chat, tap("catalogue"), outcome)
            stuck += outcome.lost > 0

    await asyncio.gather(*(work(lines.free.popleft()) for _ in range(IN_FLIGHT)))
    return stuck


async def _look_behind(database_url: str) -> tuple[int, int]:
    """Attempts whose counters are not those of their answers; updates that were given up."""
    connection = await asyncpg.connect(database_url)
    try:
        counted_twice = await connection.fetchval(
            """
            select count(*) from attempts a
            left join lateral (
                select count(*) as answered, count(*) filter (where is_correct) as correct
                from answers s where s.attempt_id = a.id
            ) s on true
            where a.answered_count <> s.answered or a.correct_count <> s.correct
            """
        )
        dead = await connection.fetchval("select count(*) from inbox where status = 2")
        waiting = await connection.fetchval("select count(*) from inbox where status = 0")
    finally:
        await connection.close()
    if waiting:
        raise RuntimeError(f"{waiting} updates were never worked on")
    return counted_twice, dead
