"""`make bench-payments`: what a payment through Payme costs, beside payme-pkg and beside a handler without rules.

    make bench-payments ARGS="--rounds 3 --stored 0"

One run, on one machine, in short rounds by turns: the ratios are what counts. The measured server has a core to itself
(`taskset`); the payers, PostgreSQL and Valkey have the others.
"""

import argparse
import asyncio
import gc
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import parse_qs, urlsplit, urlunsplit

import uvloop

from bot.logs import set_up_logs
from db.embedded import Embedded, start_embedded
from tests.bench.payments_client import METHODS, Bill, Desk, Measure, Rounds, closed_loop, new_payme_id, params_of
from tests.bench.payments_peer import PeerUnavailable, migrate_shop, peer_python, shop_command, shop_paths
from tests.bench.payments_races import RaceReport, Races
from tests.bench.payments_report import FEW, FLOOR, MANY, OURS, PEER, Results, aims_of, report
from tests.bench.payments_servers import KEY, Server
from tests.bench.payments_world import World, empty_shop, fill_shop, shop_environment
from tests.bench.statements import Statements
from tests.bench.subjects import SECRET, TOKEN, free_port, python, split_cores
from tests.bench.telegram import Telegram

WARM_UP = 300
CYCLES = {OURS: 400, PEER: 120, FLOOR: 400}
"""In a round."""
SCALE_CYCLES = 250
SCALE_ROUNDS = 8
STORED = 1000
COUNTED = 50


class Subject:
    """A server, its database and the bills that are to be paid there."""

    def __init__(self, server: Server, url: str, bills: Iterator[Bill]) -> None:
        self.server = server
        self.url = url
        self.bills = bills


class Bench:
    def __init__(
        self, options: argparse.Namespace, embedded: Embedded, folder: Path, driver: set[int], core: set[int]
    ) -> None:
        self._options = options
        self._embedded = embedded
        self._world = World(embedded)
        self._folder = folder
        self._driver = driver
        self._core = core
        self._api_port = free_port()

    async def run(self) -> Results:
        note("making the centre")
        await self._world.prepare()
        async with AsyncExitStack() as stack:
            telegram = Telegram()
            await telegram.start(self._api_port)
            stack.push_async_callback(telegram.close)
            speed = await self._speed()
            statements = await self._statements()
            races, kills = await self._races()
            small, large = await self._scale()
        return Results(speed, small, large, self._options.stored, races, kills, statements)

    async def _speed(self) -> dict[int, dict[str, Rounds]]:
        note("starting the servers")
        async with AsyncExitStack() as stack:
            subjects = {OURS: await self._ours(stack, OURS), FLOOR: await self._floor(stack)}
            if not self._options.without_peer:
                subjects[PEER] = await self._peer(stack)
            note("warming up")
            for name, subject in subjects.items():
                await self._round(subject, min(WARM_UP, 2 * CYCLES[name]), MANY)
            speed: dict[int, dict[str, Rounds]] = {}
            for payers in (FEW, MANY):
                note(f"{payers} payers, {self._options.rounds} rounds")
                of_all = speed[payers] = {name: Rounds() for name in subjects}
                for number in range(self._options.rounds):
                    # By turns in both directions: whoever follows the heaviest one is not always the same.
                    for name in list(subjects)[:: 1 if number % 2 else -1]:
                        of_all[name].each.append(await self._round(subjects[name], CYCLES[name], payers))
        return speed

    async def _round(self, subject: Subject, cycles: int, payers: int) -> Measure:
        if subject.server.name == PEER:
            await empty_shop(subject.url)
        subject.server.database_pids = await self._world.backends(subject.url)
        measure = await closed_loop(subject.server, subject.bills, cycles, payers)
        if not measure.whole:
            raise RuntimeError(f"{subject.server.name} does not take payments:\n{subject.server.log()}")
        return measure

    async def _ours(self, stack: AsyncExitStack, name: str, *, stored: int = STORED) -> Subject:
        database = f"bench_{name}"
        url, bills = await self._world.clone(database, stored=stored, waiting=self._options.waiting)
        return Subject(await self._program(stack, name, url), url, bills)

    async def _program(self, stack: AsyncExitStack, name: str, url: str, core: set[int] | None = None) -> Server:
        """The program as it is run, with the role that takes payments; on the measured core, unless told otherwise."""
        folder = self._folder / name

        def environment(port: int) -> Mapping[str, str]:
            return {
                "BOT_TOKEN": TOKEN,
                "BOT_API_URL": f"http://127.0.0.1:{self._api_port}",
                "WEBHOOK_BASE_URL": f"http://127.0.0.1:{port}",
                "WEBHOOK_SECRET": SECRET,
                "HTTP_PORT": str(port),
                "DATA_DIR": str(folder),
                "DATABASE_URL": url,
                "REDIS_URL": self._embedded.redis_url or "",
                "PAYME_MERCHANT_ID": "bench",
                "PAYME_KEY": KEY,
            }

        command = [*self._options.program.split(), "--roles", "web"]
        server = Server(name, lambda _port: command, "/payme", folder, core or self._core, environment)
        stack.push_async_callback(server.stop)
        await server.start()
        return server

    async def _floor(self, stack: AsyncExitStack) -> Subject:
        url, bills = await self._world.clone("bench_floor", stored=STORED, waiting=self._options.waiting)
        await self._world.without_triggers(url)
        command = python("-m", "tests.bench.payments_minimal")
        server = Server(
            FLOOR,
            lambda _port: command,
            "/payme",
            self._folder / "floor",
            self._core,
            lambda port: {"DATABASE_URL": url, "PAYME_KEY": KEY, "HTTP_PORT": str(port)},
        )
        stack.push_async_callback(server.stop)
        await server.start()
        return Subject(server, url, bills)

    async def _peer(self, stack: AsyncExitStack) -> Subject:
        interpreter = await asyncio.to_thread(peer_python)
        url = await self._world.create("bench_shop")
        environment = shop_paths(KEY) | shop_environment(url)
        await asyncio.to_thread(migrate_shop, interpreter, environment)
        bills = await fill_shop(url, self._options.waiting)
        server = Server(
            PEER,
            lambda port: shop_command(interpreter, port),
            "/payme",
            self._folder / "shop",
            self._core,
            lambda _port: environment,
        )
        stack.push_async_callback(server.stop)
        await server.start()
        return Subject(server, url, bills)

    async def _statements(self) -> dict[str, float]:
        """How many statements each method sends, seen by a proxy between the program and PostgreSQL."""
        note("counting SQL statements")
        async with AsyncExitStack() as stack:
            url, bills = await self._world.clone("bench_statements", stored=0, waiting=COUNTED + 1)
            proxy = Statements(Path(parse_qs(urlsplit(url).query)["host"][0]), self._folder / "proxy")
            await proxy.start()
            stack.push_async_callback(proxy.close)
            through = urlunsplit(urlsplit(url)._replace(query=f"host={self._folder / 'proxy'}"))
            server = await self._program(stack, "statements", through)
            desk = Desk(server)
            counts = dict.fromkeys(METHODS, 0)
            texts: dict[str, list[tuple[str, int]]] = {}
            for number, bill in enumerate(bills):
                payme_id = new_payme_id()
                for method in METHODS:
                    proxy.take()
                    await desk.call(method, params_of(method, bill, payme_id))
                    sent = proxy.take()
                    # The first payment also prepares the statements.
                    counts[method] += sent.total() if number else 0
                    texts[method] = list(sent.items())
            desk.close()
        if self._options.sql:
            for method, sent in texts.items():
                print(f"\n{method}:")
                for text, count in sent:
                    print(f"{count:4}  {' '.join(text.split())[:170]}")
        return {method: count / COUNTED for method, count in counts.items()}

    async def _races(self) -> tuple[RaceReport | None, RaceReport | None]:
        count: int = self._options.orders
        if not count:
            return None, None
        async with AsyncExitStack() as stack:
            note(f"races and repeats on {count} orders")
            subject = await self._ours(stack, "races", stored=0)
            races = await Races([subject.server], kill=False).run(subject.bills, count, subject.url)
            note("the same with two processes, one of them killed again and again")
            # Its starts are not to take as long as the other one is busy.
            second = await self._program(stack, "races_second", subject.url, self._driver | self._core)
            kills = await Races([subject.server, second], kill=True).run(subject.bills, count, subject.url)
        return races, kills

    async def _scale(self) -> tuple[Rounds | None, Rounds | None]:
        stored: int = self._options.stored
        if not stored:
            return None, None
        note(f"storing {stored:,} payments")
        async with AsyncExitStack() as stack:
            subjects = (await self._ours(stack, "small"), await self._ours(stack, "large", stored=stored))
            both = (Rounds(), Rounds())
            note(f"with {STORED:,} and with {stored:,} of them, {SCALE_ROUNDS} rounds")
            for subject in subjects:
                await self._round(subject, WARM_UP, FEW)
            for number in range(SCALE_ROUNDS):
                for place in (0, 1) if number % 2 else (1, 0):
                    both[place].each.append(await self._round(subjects[place], SCALE_CYCLES, FEW))
        return both


def note(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


async def _run(options: argparse.Namespace, driver: set[int], core: set[int]) -> Results:
    with tempfile.TemporaryDirectory(prefix="ustoz-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        # The embedded servers run under an account of their own when this one is root.
        folder.chmod(0o755)
        note("starting PostgreSQL and Valkey")
        embedded = await start_embedded(folder / "servers_of_bench", postgres=True, valkey=True)
        try:
            gc.collect()
            gc.freeze()
            gc.disable()
            return await Bench(options, embedded, folder, driver, core).run()
        finally:
            await embedded.stop()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-payments", description=__doc__)
    parser.add_argument("--rounds", type=int, default=6, help="rounds of every server, at 8 and at 32 payers")
    parser.add_argument(
        "--stored", type=int, default=1_000_000, help="stored transactions to compare 1000 with; 0: none"
    )
    parser.add_argument("--orders", type=int, default=500, help="orders in the races; 0: none")
    parser.add_argument("--without-peer", action="store_true", help="without payme-pkg, which PyPI is needed for")
    parser.add_argument(
        "--nice", type=int, default=0, help="priority over other programs, e.g. -15; needs the right to"
    )
    parser.add_argument("--sql", action="store_true", help="print the statements of each method")
    parser.add_argument(
        "--program", default=" ".join(python("-m", "bot")), help="how the program is started, e.g. another checkout's"
    )
    options = parser.parse_args()
    options.waiting = max(
        WARM_UP + 2 * options.rounds * max(CYCLES.values()), SCALE_CYCLES * (SCALE_ROUNDS + 2) + WARM_UP
    )
    options.waiting = max(options.waiting, 2 * options.orders)
    return options


def main() -> None:
    options = _options()
    set_up_logs("WARNING", "console", ())
    driver, core = split_cores()
    os.sched_setaffinity(0, driver)
    if driver == core:
        note("there is only one core: the payers and PostgreSQL share it with what is measured")
    started = time.perf_counter()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            results = runner.run(_run(options, driver, core))
    except PeerUnavailable as reason:
        sys.exit(str(reason))
    print(report(results))
    note(f"{time.perf_counter() - started:.0f} s")
    sys.exit(0 if all(aim.holds for aim in aims_of(results)) else 1)


if __name__ == "__main__":
    main()
