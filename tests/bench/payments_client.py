"""Payme, as far as a merchant notices it: payers, each with a connection that is kept, who pay order after order."""

import asyncio
import base64
import itertools
import os
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import orjson
import psutil

from tests.bench.payments_servers import KEY, Server

ANSWER_SECONDS = 20.0
CHECK, CREATE, PERFORM = "CheckPerformTransaction", "CreateTransaction", "PerformTransaction"
METHODS = (CHECK, CREATE, PERFORM)

_numbers = itertools.count(time.time_ns())


def new_payme_id() -> str:
    """24 characters that no other transaction of any run has."""
    return f"{next(_numbers):024x}"


@dataclass(frozen=True, slots=True)
class Bill:
    """What the payer has in their hands: which order, and how much."""

    account: str
    amount: int
    """Tiyin."""


class Line(asyncio.Protocol):
    """One kept connection, one call at a time."""

    def __init__(self, path: str) -> None:
        credentials = base64.b64encode(f"Paycom:{KEY}".encode()).decode()
        self._head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Authorization: Basic {credentials}\r\nContent-Length: "
        ).encode()
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._answer: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionResetError())

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def post(self, body: bytes) -> "asyncio.Future[bytes]":
        if self._transport is None:
            raise ConnectionResetError("the connection is gone")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(b"%b%d\r\n\r\n%b" % (self._head, len(body), body))
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        lowered = self._buffer[:end].lower()
        place = lowered.find(b"content-length:")
        if place < 0:
            self.close()
            return
        length = int(lowered[place + 15 :].split(b"\r\n", 1)[0])
        if len(self._buffer) < end + 4 + length:
            return
        answer, self._buffer = self._buffer[end + 4 : end + 4 + length], self._buffer[end + 4 + length :]
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()


class Desk:
    """Calls of one payer to one server; a connection that the server has closed is opened again."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._line: Line | None = None

    async def call(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """The reply. Raises ConnectionError, TimeoutError, ValueError when there is none."""
        line = self._line
        if line is None or not line.is_open:
            loop = asyncio.get_running_loop()
            _, line = await loop.create_connection(lambda: Line(self.server.path), "127.0.0.1", self.server.port)
            self._line = line
        body = orjson.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return orjson.loads(await line.post(body))
        except TimeoutError:
            line.close()
            raise

    def close(self) -> None:
        if self._line is not None:
            self._line.close()


def params_of(method: str, bill: Bill, payme_id: str) -> dict[str, Any]:
    if method == PERFORM:
        return {"id": payme_id}
    asked: dict[str, Any] = {"amount": bill.amount, "account": {"order_id": bill.account}}
    if method == CREATE:
        asked |= {"id": payme_id, "time": time.time_ns() // 1_000_000}
    return asked


@dataclass(slots=True)
class Measure:
    """What a number of cycles cost."""

    cycles: int = 0
    failed: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    database_seconds: float = 0.0
    """Processor time of PostgreSQL."""
    others: float = 0.0
    """The share of the machine's processor time that programs had which are not measured."""
    latencies: dict[str, list[float]] = field(default_factory=lambda: {method: [] for method in METHODS})
    """Seconds of each answer, by method."""
    whole: list[float] = field(default_factory=list[float])
    """Seconds of each cycle."""

    @property
    def rate(self) -> float:
        return self.cycles / self.seconds

    @property
    def cpu(self) -> float:
        """Milliseconds of the server's processor time for each cycle."""
        return 1e3 * self.cpu_seconds / self.cycles

    @property
    def database_cpu(self) -> float:
        return 1e3 * self.database_seconds / self.cycles

    @property
    def typical(self) -> float:
        """Milliseconds of the median cycle."""
        return quantile(self.whole, 0.5)


def quantile(values: Sequence[float], share: float) -> float:
    """Milliseconds."""
    ordered = sorted(values)
    return 1e3 * ordered[min(int(share * len(ordered)), len(ordered) - 1)]


class Rounds:
    """The same measurement in several rounds, the other servers measured in between."""

    def __init__(self) -> None:
        self.each: list[Measure] = []

    def median(self, name: str) -> float:
        return statistics.median(getattr(each, name) for each in self.each)

    def beside(self, anchor: "Rounds", name: str) -> float:
        """As a multiple of another server's: the median over the rounds, so that a busy moment of the machine counts
        for both or for none."""
        return statistics.median(
            getattr(mine, name) / getattr(other, name) for mine, other in zip(self.each, anchor.each, strict=True)
        )

    def quantile(self, method: str, share: float) -> float:
        """Milliseconds, over all rounds."""
        return quantile([value for each in self.each for value in each.latencies[method]], share)

    @property
    def failed(self) -> int:
        return sum(each.failed for each in self.each)


async def closed_loop(server: Server, bills: Iterator[Bill], count: int, payers: int) -> Measure:
    """So many full cycles by so many payers at once: each begins the next one when theirs has ended."""
    desks = server.desks(payers, Desk)
    measure = Measure()
    left = iter(range(count))

    async def work(desk: Desk) -> None:
        for _number in left:
            await _pay(desk, next(bills), measure)

    cpu, database, own, busy = server.cpu(), server.database_cpu(), time.process_time(), _busy()
    started = time.perf_counter()
    await asyncio.gather(*map(work, desks))
    measure.seconds = time.perf_counter() - started
    measure.cpu_seconds = server.cpu() - cpu
    measure.database_seconds = server.database_cpu() - database
    known = measure.cpu_seconds + measure.database_seconds + time.process_time() - own
    measure.others = max(_busy() - busy - known, 0) / (measure.seconds * (os.cpu_count() or 1))
    return measure


def _busy() -> float:
    """Seconds for which the machine's processors have worked, whoever for."""
    times = psutil.cpu_times()
    return sum(times) - times.idle - getattr(times, "iowait", 0.0)


async def _pay(desk: Desk, bill: Bill, measure: Measure) -> None:
    payme_id = new_payme_id()
    measure.cycles += 1
    began = now = time.perf_counter()
    for method in METHODS:
        try:
            reply = await desk.call(method, params_of(method, bill, payme_id))
        except (OSError, TimeoutError, ValueError):
            reply = {}
        then, now = now, time.perf_counter()
        if "result" not in reply:
            measure.failed += 1
            return
        measure.latencies[method].append(now - then)
    measure.whole.append(now - began)
