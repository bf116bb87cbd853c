"""`make bench-updates`: what an update costs through the whole program, beside bare echoes of other libraries.

    make bench-updates ARGS="--soak 100000"

One run, on one machine, interleaved: the ratios are what counts. Each measured program has a core to itself
(`taskset`), the driver, PostgreSQL and Valkey have the others.
"""

import argparse
import asyncio
import gc
import os
import shlex
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit, urlunsplit

import uvloop

from bot.logs import set_up_logs
from db.embedded import start_embedded
from tests.bench.aims import Aim, aims_table, table
from tests.bench.centre import PEOPLE, Centre, make_centre
from tests.bench.faults import FaultReport, run_with_faults
from tests.bench.loops import Measure, Series, closed_loop, open_loop
from tests.bench.people import ANSWER, FIRST_ID, Act, Student, is_asked, look_around, say, tap, wander
from tests.bench.statements import Statements, of_inbox, of_the_clock
from tests.bench.subjects import Subject, python, split_cores
from tests.bench.telegram import Chat

IN_FLIGHT = 40
"""Telegram's default `max_connections`."""
ROUND = 1200
ALONE = 300
OPEN_RATE = 50.0
OPEN_SECONDS = 10.0
FAULTY = 4000
MIB = 1024 * 1024

START, TAP, QUIZ = "/start of a known user", "menu tap", "quiz answer"
AIOGRAM, PTB = "aiogram echo", "python-telegram-bot echo"


@dataclass(slots=True)
class Results:
    """Everything that the tables are made of."""

    alone: dict[str, Measure]
    busy: dict[str, Series]
    start_seconds: float
    memory: int
    open: Measure
    soak: Measure
    growth: float
    first: Series
    last: Series
    faults: FaultReport
    statements: dict[str, tuple[float, float, float]]
    """By kind of update: own ones, the intake's at 1 in flight, the intake's at 40."""


class Bench:
    def __init__(self, options: argparse.Namespace, centre: Centre, folder: Path, core: set[int]) -> None:
        self._options = options
        self._centre = centre
        self._folder = folder
        self._core = core
        self._student = Student(centre.lesson_id)

    async def run(self) -> Results:
        async with AsyncExitStack() as stack:
            program, start_seconds = await self._first_answer(stack)
            echoes = {AIOGRAM: await self._echo(stack, "aiogram"), PTB: await self._echo(stack, "ptb")}
            note("warming up")
            for subject in (program, *echoes.values()):
                await closed_loop(subject, people(subject), greet, 2 * PEOPLE, IN_FLIGHT)
            alone = await self._alone(program, echoes)
            busy = await self._busy(program, echoes)
            for echo in echoes.values():
                await echo.stop()
            memory = program.memory()
            note(f"an update every {1000 / OPEN_RATE:.0f} ms")
            opened = await open_loop(program, people(program), wander, OPEN_RATE, OPEN_SECONDS)
            soak, growth = await self._soak(program)
            await program.stop()
            first, last = await self._order(stack)
            statements = await self._statements(stack)
            faults = await self._faults(stack)
        return Results(alone, busy, start_seconds, memory, opened, soak, growth, first, last, faults, statements)

    async def _first_answer(self, stack: AsyncExitStack) -> tuple[Subject, float]:
        note("starting the program")
        program = await self._program(stack, "program")
        measure = await closed_loop(program, people(program)[:1], greet, 1, 1)
        if measure.lost:
            raise RuntimeError(f"the program does not answer:\n{program.log()}")
        return program, time.perf_counter() - program.started

    async def _program(
        self, stack: AsyncExitStack, name: str, command: Sequence[str] = (), database_url: str = ""
    ) -> Subject:
        subject = Subject(name, command or shlex.split(self._options.program), self._folder / name, self._core)
        subject.telegram.needs_keyboard = True
        stack.push_async_callback(subject.stop)
        await subject.start(
            {
                "DATABASE_URL": database_url or await self._centre.clone(f"bench_{name}"),
                "REDIS_URL": self._centre.redis_url,
            }
        )
        return subject

    async def _echo(self, stack: AsyncExitStack, library: str) -> Subject:
        subject = Subject(library, python("-m", f"tests.bench.echo_{library}"), self._folder / library, self._core)
        stack.push_async_callback(subject.stop)
        await subject.start()
        return subject

    async def _alone(self, program: Subject, echoes: dict[str, Subject]) -> dict[str, Measure]:
        note("one update in flight")
        alone = {name: await closed_loop(echo, people(echo), greet, ALONE, 1) for name, echo in echoes.items()}
        chats = people(program)
        alone[START] = await closed_loop(program, chats, greet, ALONE, 1)
        alone[TAP] = await closed_loop(program, chats, look_around, ALONE, 1)
        await self._to_questions(program)
        alone[QUIZ] = await closed_loop(program, chats, answer, min(ALONE, PEOPLE), 1)
        return alone

    async def _busy(self, program: Subject, echoes: dict[str, Subject]) -> dict[str, Series]:
        busy = {name: Series() for name in (AIOGRAM, PTB, START, TAP, QUIZ)}
        chats = people(program)
        for number in range(1, self._options.rounds + 1):
            note(f"{IN_FLIGHT} updates in flight, round {number} of {self._options.rounds}")
            for name, echo in echoes.items():
                busy[name].rounds.append(await closed_loop(echo, people(echo), greet, ROUND, IN_FLIGHT))
            busy[START].rounds.append(await closed_loop(program, chats, greet, ROUND, IN_FLIGHT))
            busy[TAP].rounds.append(await closed_loop(program, chats, look_around, ROUND, IN_FLIGHT))
            answers = Measure()
            for _batch in range(ROUND // PEOPLE):
                await self._to_questions(program)
                answers.add(await closed_loop(program, chats, answer, PEOPLE, IN_FLIGHT))
            busy[QUIZ].rounds.append(answers)
        return busy

    async def _to_questions(self, subject: Subject) -> None:
        """Everybody has a question of the quiz before them."""
        for _step in range(8):
            others = [chat for chat in people(subject) if not is_asked(chat)]
            if not others:
                return
            await closed_loop(subject, others, self._student, len(others), min(IN_FLIGHT, len(others)))
        raise RuntimeError(f"the quiz cannot be reached:\n{subject.log()}")

    async def _soak(self, program: Subject) -> tuple[Measure, float]:
        count: int = self._options.soak
        note(f"{count} updates on end")
        chats = people(program)
        await closed_loop(program, chats, wander, count // 10, IN_FLIGHT)
        before = program.memory()
        soak = await closed_loop(program, chats, wander, count - count // 10, IN_FLIGHT)
        return soak, 100 * (program.memory() / before - 1)

    async def _order(self, stack: AsyncExitStack) -> tuple[Series, Series]:
        note("the menu's handlers first and last of all")
        command = python("-m", "tests.bench.reordered")
        subjects = [await self._program(stack, f"menu_{place}", [*command, place]) for place in ("first", "last")]
        series = (Series(), Series())
        for subject in subjects:
            await closed_loop(subject, people(subject), greet, 2 * PEOPLE, IN_FLIGHT)
        for _round in range(2 * self._options.rounds):
            for subject, each in zip(subjects, series, strict=True):
                each.rounds.append(await closed_loop(subject, people(subject), look_around, ROUND // 2, IN_FLIGHT))
        for subject in subjects:
            await subject.stop()
        return series

    async def _statements(self, stack: AsyncExitStack) -> dict[str, tuple[float, float, float]]:
        note("counting statements")
        url = await self._centre.clone("bench_statements")
        proxy = Statements(Path(parse_qs(urlsplit(url).query)["host"][0]), self._folder / "proxy")
        await proxy.start()
        stack.push_async_callback(proxy.close)
        through = urlunsplit(urlsplit(url)._replace(query=f"host={self._folder / 'proxy'}"))
        program = await self._program(stack, "statements", database_url=through)
        chats = people(program)
        await closed_loop(program, chats, greet, PEOPLE, IN_FLIGHT)
        counted: dict[str, tuple[float, float, float]] = {}
        for name, act in ((START, greet), (TAP, look_around), (QUIZ, answer)):
            shares: list[tuple[float, float]] = []
            for in_flight in (1, IN_FLIGHT):
                if name == QUIZ:
                    await self._to_questions(program)
                    await asyncio.sleep(0.3)
                proxy.take()
                await closed_loop(program, chats, act, PEOPLE, in_flight)
                await asyncio.sleep(0.3)
                counts = proxy.take()
                shares.append(_shares(counts))
                if self._options.sql and in_flight == 1:
                    _print_statements(name, counts)
            counted[name] = (shares[0][0], shares[0][1], shares[1][1])
        await program.stop()
        return counted

    async def _faults(self, stack: AsyncExitStack) -> FaultReport:
        note("a Telegram that fails")
        url = await self._centre.clone("bench_faults")
        program = await self._program(stack, "faults", database_url=url)
        report = await run_with_faults(program, people(program), self._student, FAULTY, url)
        await program.stop()
        return report


def _shares(counts: Counter[str]) -> tuple[float, float]:
    own = sum(count for text, count in counts.items() if not of_inbox(text) and not of_the_clock(text))
    inbox = sum(count for text, count in counts.items() if of_inbox(text) and not of_the_clock(text))
    return own / PEOPLE, inbox / PEOPLE


def _print_statements(name: str, counts: Counter[str]) -> None:
    print(f"\n{name}:")
    for text, count in counts.most_common():
        if count >= PEOPLE // 20:
            print(f"{count / PEOPLE:6.2f}  {' '.join(text.split())[:150]}")


def people(subject: Subject) -> list[Chat]:
    return [subject.telegram.chat(FIRST_ID + number) for number in range(PEOPLE)]


def greet(_chat: Chat) -> Act:
    return _GREETING


def answer(_chat: Chat) -> Act:
    return _ANSWER


_GREETING = say("/start")
_ANSWER = tap(*ANSWER)


def note(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def aims_of(results: Results) -> list[Aim]:
    busy, faults = results.busy, results.faults
    aiogram, ptb = busy[AIOGRAM], busy[PTB]
    beside = "CPU of an aiogram echo"
    return [
        Aim("P1", f"/start / {beside}", busy[START].cpu / aiogram.cpu, 2.5, 1.5),
        Aim("P2", "/start / CPU of a python-telegram-bot echo", busy[START].cpu / ptb.cpu, 1.0, 0.6),
        Aim("P3", f"menu tap / {beside}", busy[TAP].cpu / aiogram.cpu, 3.0, 2.0),
        Aim("P3", f"quiz answer / {beside}", busy[QUIZ].cpu / aiogram.cpu, 3.0, 2.0),
        Aim("P4", "p99 of /start / of an aiogram echo", busy[START].quantile(0.99) / aiogram.quantile(0.99), 0.7, 0.3),
        Aim("P5", "tap: handlers asked last / first", results.last.cpu / results.first.cpu, 1.25, 1.1),
        Aim("P6", f"p50 at {OPEN_RATE:.0f} updates/s", results.open.quantile(0.5), 15, 8, "ms"),
        Aim("P6", f"p99 at {OPEN_RATE:.0f} updates/s", results.open.quantile(0.99), 100, 40, "ms"),
        Aim("P6", "lost", results.open.lost + results.open.refused, 0, 0, ""),
        Aim("P7", "longest stall in the soak", 1e3 * results.soak.stall, 100, 30, "ms"),
        Aim("P7", "growth of memory in the soak", results.growth, 10, 2, "%"),
        Aim("P8", "start to first answer", results.start_seconds, 5, 3, "s"),
        Aim("P8", "memory of the process", results.memory / MIB, 260, 200, "MiB"),
        Aim("P19", "people stuck after faults", faults.stuck, 0, 0, ""),
        Aim("P19", "answers counted twice", faults.counted_twice, 0, 0, ""),
        Aim("P19", "updates given up", faults.dead_letters, 0, 0, ""),
    ]


def report(results: Results) -> str:
    anchor = results.busy[AIOGRAM]
    rows = [
        (
            name,
            f"{series.cpu:,.0f}",
            f"{series.cpu / anchor.cpu:.2f} ×",
            f"{series.rate:,.0f}",
            *(f"{results.alone[name].quantile(share):.2f}" for share in (0.5, 0.99)),
            *(f"{series.quantile(share):.1f}" for share in (0.5, 0.99)),
            *(f"{value:.2f}" for value in results.statements.get(name, ())),
            *("–" * (0 if name in results.statements else 3)),
            str(series.lost + results.alone[name].lost),
        )
        for name, series in results.busy.items()
    ]
    head = (
        "update",
        "CPU µs",
        "× aiogram",
        "updates/s",
        "p50 C=1",
        "p99 C=1",
        f"p50 C={IN_FLIGHT}",
        f"p99 C={IN_FLIGHT}",
        "SQL",
        "+ inbox C=1",
        f"+ inbox C={IN_FLIGHT}",
        "lost",
    )
    soak, faults = results.soak, results.faults
    return f"""{table(head, rows)}

Milliseconds from the webhook call to the last effect. Statements for each update, without those that the clock causes;
the inbox's are shared by the updates of a moment.
Soak: {soak.updates:,} updates, {soak.rate:,.0f}/s, {soak.cpu:,.0f} µs, p99 {soak.quantile(0.99):.1f} ms, \
lost {soak.lost + soak.refused}.
Faults: {faults.updates:,} updates, {faults.faults} calls failed, {faults.repeated} updates came twice or were tapped \
twice, {faults.lost} had to be tried again by the user.

{aims_table(aims_of(results))}"""


async def _run(options: argparse.Namespace, driver: set[int], core: set[int]) -> Results:
    with tempfile.TemporaryDirectory(prefix="ustoz-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        # The embedded servers run under an account of their own when this one is root.
        folder.chmod(0o755)
        note("starting PostgreSQL and Valkey, making the centre")
        embedded = await start_embedded(folder / "servers_of_bench", postgres=True, valkey=True)
        try:
            centre = await make_centre(embedded)
            gc.collect()
            gc.freeze()
            gc.disable()
            return await Bench(options, centre, folder, core).run()
        finally:
            await embedded.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-updates", description=__doc__)
    parser.add_argument("--soak", type=int, default=20_000, help="updates in the soak")
    parser.add_argument("--rounds", type=int, default=3, help="rounds at 40 in flight")
    parser.add_argument("--sql", action="store_true", help="print the statements of each kind of update")
    parser.add_argument(
        "--program", default=shlex.join(python("-m", "bot")), help="how the program is started, e.g. another checkout's"
    )
    options = parser.parse_args()
    set_up_logs("WARNING", "console", ())
    driver, core = split_cores()
    os.sched_setaffinity(0, driver)
    if driver == core:
        note("there is only one core: the driver and its servers share it with what is measured")
    started = time.perf_counter()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        results = runner.run(_run(options, driver, core))
    print(report(results))
    note(f"{time.perf_counter() - started:.0f} s")
    sys.exit(0 if all(aim.holds for aim in aims_of(results)) else 1)


if __name__ == "__main__":
    main()
