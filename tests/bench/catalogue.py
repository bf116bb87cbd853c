"""What screens of a learner and a teacher cost: statements, milliseconds, and whether that stays as the centre grows.

`make bench-catalogue` fills one database with 1,000 categories, 10,000 courses, 300,000 lessons and 1,000,000
enrolments, and one with a hundredth of that, and opens every screen in both, 20 students at once on the program's pool.
`SMALL=1` does the same with little in them, in seconds: it shows that the benchmark itself works.
"""

import argparse
import asyncio
import gc
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import uvloop

from bot.app.program import POOL_SIZE
from bot.logs import set_up_logs
from db.embedded import start_embedded
from db.engine import Pool, create_pool
from db.migrate import migrate
from db.unit_of_work import Database
from domain.users.model import UserId
from tests.bench.aims import Aim, aims_table, table
from tests.bench.catalogue_screens import SCREENS, Services, Visit
from tests.bench.catalogue_world import FIRST_STUDENT, HEAVY, LARGE, Size, build
from tests.bench.plans import GROWING, tables_read_through, watched

STUDENTS = 20
"""At once."""
ROUNDS = 5
EACH = 60
"""Openings of one screen in one round."""
WARM_UP = 8
"""Openings on each connection before it counts: PostgreSQL settles on a plan after five."""
SMALL_PART = 500
MOST_STATEMENTS = 3
P95_MS = 40.0
GROWTH = 1.3
HEAVIEST = 2.0


OF_A_USER = (
    "list of a subject",
    "card",
    "lesson",
    "my courses",
    "my progress",
    "my certificates",
    "menu",
    "search",
)
"""Screens on which it shows how much somebody has."""


@dataclass
class Times:
    """Milliseconds, by screen."""

    of: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    worked: dict[str, float] = field(default_factory=dict[str, float])
    """Of the processors, for all openings together: what others do on the machine is no part of it."""

    def add(self, screen: str, times: Sequence[float], worked: float) -> None:
        self.of.setdefault(screen, []).extend(times)
        self.worked[screen] = self.worked.get(screen, 0.0) + worked

    def cpu(self, screen: str) -> float:
        return self.worked[screen] / len(self.of[screen])

    def median(self, screen: str) -> float:
        return statistics.median(self.of[screen])

    def p95(self, screen: str) -> float:
        ordered = sorted(self.of[screen])
        return ordered[min(int(0.95 * len(ordered)), len(ordered) - 1)]


@dataclass
class Place:
    """One filled database."""

    size: Size
    pool: Pool
    services: Services
    pids: Sequence[int]
    """Of the pool's connections."""
    times: Times = field(default_factory=Times)

    def visits(self, chance: random.Random, count: int, user: UserId | None = None) -> list[Visit]:
        return [
            Visit.by_chance(chance, self.size, user or FIRST_STUDENT + chance.randrange(1, self.size.users))
            for _ in range(count)
        ]


@dataclass
class Results:
    large: Place
    small: Place
    statements: dict[str, int]
    read_through: dict[str, set[str]]
    heavy: Times
    usual: Times


def _worked(pids: Sequence[int]) -> float:
    """Milliseconds that this process and these of PostgreSQL have been at work."""
    ticks = 0
    for pid in pids:
        numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(numbers[11]) + int(numbers[12])
    return 1000 * (time.process_time() + ticks / os.sysconf("SC_CLK_TCK"))


async def timed(place: Place, times: Times, screen: str, visits: Sequence[Visit]) -> None:
    before = _worked(place.pids)
    took = await opened(place, screen, visits, STUDENTS)
    times.add(screen, took, _worked(place.pids) - before)


async def opened(place: Place, screen: str, visits: Sequence[Visit], students: int) -> list[float]:
    """Each of so many students opens the screen again as soon as it is there."""
    waiting = list(visits)
    times: list[float] = []

    async def student() -> None:
        while waiting:
            visit = waiting.pop()
            started = time.perf_counter()
            await SCREENS[screen](place.services, visit)
            times.append(1000 * (time.perf_counter() - started))

    await asyncio.gather(*(student() for _ in range(students)))
    return times


async def measure(large: Place, small: Place, rounds: int, each: int) -> Results:
    chance = random.Random(7)
    statements, read_through = await _statements(large, chance)
    places = (large, small)
    for place in places:
        for screen in SCREENS:
            await opened(place, screen, place.visits(chance, WARM_UP * STUDENTS), STUDENTS)
    for number in range(rounds):
        for screen in SCREENS:
            for place in places if number % 2 else places[::-1]:
                await timed(place, place.times, screen, place.visits(chance, each))
    heavy, usual = Times(), Times()
    for _ in range(rounds):
        for screen in OF_A_USER:
            await timed(large, heavy, screen, large.visits(chance, each, UserId(HEAVY)))
            await timed(large, usual, screen, large.visits(chance, each))
    return Results(large, small, statements, read_through, heavy, usual)


async def _statements(place: Place, chance: random.Random) -> tuple[dict[str, int], dict[str, set[str]]]:
    """How many statements each screen needs at most, and which tables they read from end to end."""
    counts: dict[str, int] = {}
    read_through: dict[str, set[str]] = {}
    async with watched(place.pool) as (read, seen, connection):
        services = Services.on(read)
        for name, screen in SCREENS.items():
            for visit in place.visits(chance, 5):
                seen.statements.clear()
                await screen(services, visit)
                counts[name] = max(counts.get(name, 0), len(seen.statements))
            tables = [await tables_read_through(connection, *statement) for statement in seen.statements]
            read_through[name] = set[str]().union(*tables)
    return counts, read_through


def aims_of(results: Results) -> list[Aim]:
    times, small = results.large.times, results.small.times
    scanned = sum(len(tables & GROWING) for tables in results.read_through.values())
    # A search is as dear as what it finds, and in a hundred times as many lessons it finds more: the table shows it.
    growth = {screen: times.median(screen) / small.median(screen) for screen in SCREENS if "search" not in screen}
    for found_more in ("inline", *(screen for screen in growth if screen.startswith("own courses, a "))):
        del growth[found_more]
    heaviest = {screen: results.heavy.median(screen) / results.usual.median(screen) for screen in OF_A_USER}
    slowest, grown = max(SCREENS, key=times.p95), max(growth, key=lambda screen: growth[screen])
    heavy = max(heaviest, key=lambda screen: heaviest[screen])
    return [
        Aim("", "statements of a screen", max(results.statements.values()), MOST_STATEMENTS, 2, ""),
        Aim("", "tables that grow with users, read through", scanned, 0, 0, ""),
        Aim("", f"p95 at {STUDENTS} students: {slowest}", times.p95(slowest), P95_MS, P95_MS / 2, "ms"),
        Aim("P12", f"large / small, median: {grown}", growth[grown], GROWTH, 1.1),
        Aim("P13", f"heaviest / usual student, median: {heavy}", heaviest[heavy], HEAVIEST, 1.2),
    ]


def report(results: Results) -> str:
    large, small = results.large.times, results.small.times
    rows = [
        (
            screen,
            str(results.statements[screen]),
            f"{large.cpu(screen):.2f}",
            f"{large.median(screen):.1f}",
            f"{large.p95(screen):.1f}",
            f"{small.median(screen):.1f}",
            f"{large.median(screen) / small.median(screen):.2f} ×",
            f"{results.heavy.median(screen) / results.usual.median(screen):.2f} ×" if screen in OF_A_USER else "–",
            ", ".join(sorted(results.read_through[screen])) or "–",
        )
        for screen in SCREENS
    ]
    head = ("screen", "SQL", "CPU ms", "p50 ms", "p95 ms", "p50 small", "large/small", "heaviest/usual", "read through")
    size = results.large.size
    return f"""{table(head, rows)}

{size.categories:,} categories, {size.courses:,} courses, {size.lessons:,} lessons, {size.enrolments:,} enrolments of \
{size.users:,} students; small: {results.small.size.lessons:,} lessons. {STUDENTS} students at once, each opening the \
next screen at once, on {POOL_SIZE} connections. CPU: of the program and of PostgreSQL together.

{aims_table(aims_of(results))}"""


def note(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


async def run(size: Size, smaller: Size, rounds: int = ROUNDS, each: int = EACH) -> Results:
    with tempfile.TemporaryDirectory(prefix="ustoz-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        # The embedded servers run under an account of their own when this one is root.
        folder.chmod(0o755)
        embedded = await start_embedded(folder / "servers_of_bench", postgres=True, valkey=False)
        if embedded.database_url is None:
            raise RuntimeError("there is no database")
        pools: list[Pool] = []
        try:
            places: dict[str, Place] = {}
            for title, wanted in (("large", size), ("small", smaller)):
                note(f"filling the {title} one: {wanted.lessons:,} lessons, {wanted.enrolments:,} enrolments")
                url = await _filled(embedded.database_url, title, wanted)
                pool = await create_pool(url, size=POOL_SIZE)
                pools.append(pool)
                places[title] = Place(wanted, pool, Services.on(Database(pool).read), await _pids(pool))
            note("opening the screens")
            gc.collect()
            gc.freeze()
            return await measure(places["large"], places["small"], rounds, each)
        finally:
            for pool in pools:
                await pool.close()
            await embedded.stop()


async def _pids(pool: Pool) -> list[int]:
    """All connections are opened for it, so that none is while the screens are."""
    connections = [await pool.acquire() for _ in range(POOL_SIZE)]
    pids = [connection.get_server_pid() for connection in connections]
    for connection in connections:
        await pool.release(connection)
    return pids


async def _filled(server: str, name: str, size: Size) -> str:
    admin = await asyncpg.connect(server)
    try:
        await admin.execute(f"create database catalogue_{name}")
    finally:
        await admin.close()
    url = urlunsplit(urlsplit(server)._replace(path=f"/catalogue_{name}"))
    await migrate(url)
    connection = await asyncpg.connect(url, timeout=60, command_timeout=600)
    try:
        await build(connection, size)
    finally:
        await connection.close()
    return url


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-catalogue", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"rounds of {EACH} openings of every screen")
    parser.add_argument("--part", type=int, default=1, help="a so much smaller large centre, to try something out")
    options = parser.parse_args()
    set_up_logs("WARNING", "console", ())
    started = time.perf_counter()
    is_small = bool(os.environ.get("SMALL"))
    part = SMALL_PART if is_small else options.part
    rounds, each = (1, STUDENTS) if is_small else (options.rounds, EACH)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        results = runner.run(run(LARGE.smaller(part), LARGE.smaller(100 * part), rounds, each))
    print(report(results))
    note(f"{time.perf_counter() - started:.0f} s")
    if not is_small:
        sys.exit(0 if all(aim.holds for aim in aims_of(results)) else 1)


if __name__ == "__main__":
    main()
