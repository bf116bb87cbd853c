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
from pathlib import Path
from urllib.parse import parse_qs, urlsplit, urlunsplit

import uvloop

from bot.logs import set_up_logs
from db.embedded import start_embedded
from tests.bench.centre import PEOPLE, Centre, make_centre
from tests.bench.faults import FaultReport, run_with_faults
from tests.bench.loops import Measure, Series, closed_loop, open_loop
from tests.bench.people import ANSWER, FIRST_ID, Act, Student, is_asked, look_around, say, tap, wander
from tests.bench.report import AIOGRAM, IN_FLIGHT, OPEN_RATE, PTB, QUIZ, START, TAP, Results, aims_of, report
from tests.bench.statements import Statements, of_inbox, of_the_clock
from tests.bench.subjects import Subject, python, split_cores
from tests.bench.telegram import Chat

ROUND = 600
PTB_ROUND = 200
ALONE = 200
BATCHES = 3
"""Of quiz answers in a round, each from every student."""
ORDER_ROUND = 300
ORDER_ROUNDS = 8
OPEN_SECONDS = 10.0
COUNTED = 200
FAULTY = 4000


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
                await closed_loop(subject, people(subject), greet, PEOPLE, IN_FLIGHT)
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
        visitors, students = apart(program)
        alone[START] = await closed_loop(program, visitors, greet, ALONE, 1)
        alone[TAP] = await closed_loop(program, visitors, look_around, ALONE, 1)
        await self._to_questions(program, students)
        alone[QUIZ] = await closed_loop(program, students, answer, len(students), 1)
        return alone

    async def _busy(self, program: Subject, echoes: dict[str, Subject]) -> dict[str, Series]:
        busy = {name: Series() for name in (AIOGRAM, PTB, START, TAP, QUIZ)}
        visitors, students = apart(program)
        note(f"{IN_FLIGHT} updates in flight, {self._options.rounds} rounds")
        for _round in range(self._options.rounds):
            for name, echo in echoes.items():
                count = PTB_ROUND if name == PTB else ROUND
                busy[name].rounds.append(await closed_loop(echo, people(echo), greet, count, IN_FLIGHT))
            busy[START].rounds.append(await closed_loop(program, visitors, greet, ROUND, IN_FLIGHT))
            busy[TAP].rounds.append(await closed_loop(program, visitors, look_around, ROUND, IN_FLIGHT))
            answers = Measure()
            for _batch in range(BATCHES):
                await self._to_questions(program, students)
                answers.add(await closed_loop(program, students, answer, len(students), IN_FLIGHT))
            busy[QUIZ].rounds.append(answers)
        return busy

    async def _to_questions(self, subject: Subject, students: Sequence[Chat]) -> None:
        """Every student has a question of the quiz before them."""
        for _step in range(8):
            others = [chat for chat in students if not is_asked(chat)]
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
            await closed_loop(subject, people(subject), greet, PEOPLE, IN_FLIGHT)
        for _round in range(ORDER_ROUNDS):
            for subject, each in zip(subjects, series, strict=True):
                each.rounds.append(await closed_loop(subject, people(subject), look_around, ORDER_ROUND, IN_FLIGHT))
        for subject in subjects:
            await subject.stop()
        return series

    async def _statements(self, stack: AsyncExitStack) -> dict[str, tuple[float, float, float]]:
        note("counting SQL statements")
        url = await self._centre.clone("bench_statements")
        proxy = Statements(Path(parse_qs(urlsplit(url).query)["host"][0]), self._folder / "proxy")
        await proxy.start()
        stack.push_async_callback(proxy.close)
        through = urlunsplit(urlsplit(url)._replace(query=f"host={self._folder / 'proxy'}"))
        program = await self._program(stack, "statements", database_url=through)
        chats = people(program)[:COUNTED]
        await closed_loop(program, people(program), greet, PEOPLE, IN_FLIGHT)
        counted: dict[str, tuple[float, float, float]] = {}
        for name, act in ((START, greet), (TAP, look_around), (QUIZ, answer)):
            shares: list[tuple[float, float]] = []
            for in_flight in (1, IN_FLIGHT):
                if name == QUIZ:
                    await self._to_questions(program, chats)
                    await asyncio.sleep(0.3)
                proxy.take()
                await closed_loop(program, chats, act, COUNTED, in_flight)
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
    return own / COUNTED, inbox / COUNTED


def _print_statements(name: str, counts: Counter[str]) -> None:
    print(f"\n{name}:")
    for text, count in counts.most_common():
        if count >= COUNTED // 20:
            print(f"{count / COUNTED:6.2f}  {' '.join(text.split())[:150]}")


def people(subject: Subject) -> list[Chat]:
    return [subject.telegram.chat(FIRST_ID + number) for number in range(PEOPLE)]


def apart(subject: Subject) -> tuple[list[Chat], list[Chat]]:
    """Those who look around, and those who take the quiz."""
    everybody = people(subject)
    return everybody[: PEOPLE // 2], everybody[PEOPLE // 2 :]


def greet(_chat: Chat) -> Act:
    return _GREETING


def answer(_chat: Chat) -> Act:
    return _ANSWER


_GREETING = say("/start")
_ANSWER = tap(*ANSWER)


def note(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


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
    parser.add_argument("--rounds", type=int, default=6, help="rounds at 40 in flight")
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
