"""Closed and open loops over raw connections.

An update is in flight until its last effect has reached Telegram and its webhook call is answered; a chat has
one in flight at most, as with Telegram. The driver works in one event loop and does as little as it can.
"""

import asyncio
import statistics
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from tests.bench.people import Act
from tests.bench.telegram import Chat, Silence, Wait

if TYPE_CHECKING:
    from tests.bench.subjects import Subject

LOST_AFTER = 15.0
"""Seconds without the effect after which an update counts as lost."""

LISTENS_AFTER = 5.0


class Line(asyncio.Protocol):
    """One connection to the webhook, one call at a time."""

    def __init__(self, head: bytes) -> None:
        self._head = head
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._answer: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionResetError())

    @property
    def is_open(self) -> bool:
        return self._transport is not None

    def post(self, body: bytes) -> "asyncio.Future[int]":
        """Send now; the future is the status."""
        if self._transport is None or (self._answer is not None and not self._answer.done()):
            raise ConnectionResetError("the connection is gone, or waits for an answer")
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
        length = int(lowered[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
        if len(self._buffer) >= end + 4 + length:
            status = int(self._buffer[9:12])
            self._buffer = self._buffer[end + 4 + length :]
            if self._answer is not None and not self._answer.done():
                self._answer.set_result(status)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()


class Lines:
    """The connections to one webhook."""

    def __init__(self, port: int, path: str, secret: str) -> None:
        self._port = port
        self._head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\nContent-Length: "
        ).encode()
        self.free: deque[Line] = deque()

    async def open(self, count: int) -> None:
        loop = asyncio.get_running_loop()
        self.free = deque(line for line in self.free if line.is_open)
        until = loop.time() + LISTENS_AFTER
        while len(self.free) < count:
            try:
                _, line = await loop.create_connection(lambda: Line(self._head), "127.0.0.1", self._port)
            except ConnectionRefusedError:
                # aiogram names its webhook to Telegram before it listens.
                if loop.time() > until:
                    raise
                await asyncio.sleep(0.02)
            else:
                self.free.append(line)

    def close(self) -> None:
        for line in self.free:
            line.close()


@dataclass(slots=True)
class Measure:
    """What a number of updates cost, from the webhook call to the last effect."""

    updates: int = 0
    lost: int = 0
    refused: int = 0
    """Webhook calls that were not answered with 200."""
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    stall: float = 0.0
    """The longest time for which nothing came from the bot while updates were in flight."""
    own_stall: float = 0.0
    """The same without the time for which other programs had its core."""
    latencies: list[float] = field(default_factory=list[float])

    @property
    def cpu(self) -> float:
        """Microseconds of processor time for each update."""
        return 1e6 * self.cpu_seconds / max(self.updates, 1)

    @property
    def rate(self) -> float:
        return self.updates / self.seconds if self.seconds else 0.0

    def quantile(self, share: float) -> float:
        """Milliseconds."""
        if not self.latencies:
            return float("nan")
        ordered = sorted(self.latencies)
        return 1e3 * ordered[min(int(share * len(ordered)), len(ordered) - 1)]

    def add(self, other: "Measure") -> None:
        self.updates += other.updates
        self.lost += other.lost
        self.refused += other.refused
        self.seconds += other.seconds
        self.cpu_seconds += other.cpu_seconds
        self.latencies += other.latencies


class Series:
    """The same measurement in several rounds, other programs measured in between."""

    def __init__(self) -> None:
        self.rounds: list[Measure] = []

    @property
    def cpu(self) -> float:
        return statistics.median(each.cpu for each in self.rounds)

    @property
    def rate(self) -> float:
        return statistics.median(each.rate for each in self.rounds)

    def beside(self, anchor: "Series") -> float:
        """CPU as a multiple of another program's: the median over the rounds, so that a busy moment of the machine
        counts for both or for none."""
        return statistics.median(mine.cpu / other.cpu for mine, other in zip(self.rounds, anchor.rounds, strict=True))

    def quantile(self, share: float) -> float:
        """Milliseconds, over all rounds."""
        return Measure(latencies=[latency for each in self.rounds for latency in each.latencies]).quantile(share)

    @property
    def lost(self) -> int:
        return sum(each.lost + each.refused for each in self.rounds)


async def closed_loop(
    subject: "Subject", chats: Sequence[Chat], act_of: Callable[[Chat], Act], count: int, in_flight: int
) -> Measure:
    """So many updates, so many at once: each follows the end of one before it; the chats take turns."""
    lines = await subject.lines(in_flight)
    measure = Measure()
    free = deque(chats)
    left = iter(range(count))

    async def work(line: Line) -> None:
        for _number in left:
            chat = free.popleft()
            await do(line, chat, act_of(chat), measure)
            free.append(chat)

    workers = [lines.free.popleft() for _ in range(in_flight)]
    silence = subject.telegram.silence = Silence(subject.waited)
    cpu, started = subject.cpu(), time.perf_counter()
    await asyncio.gather(*map(work, workers))
    measure.seconds = time.perf_counter() - started
    measure.cpu_seconds = subject.cpu() - cpu
    measure.stall, measure.own_stall = silence.longest, silence.longest_own
    lines.free.extend(workers)
    return measure


async def open_loop(
    subject: "Subject", chats: Sequence[Chat], act_of: Callable[[Chat], Act], per_second: float, seconds: float
) -> Measure:
    """An update every 1/`per_second` s whatever the bot does; the chats take turns."""
    lines = await subject.lines(40)
    measure = Measure()
    free = deque(chats)
    loop = asyncio.get_running_loop()
    running: set[asyncio.Task[None]] = set()

    async def one() -> None:
        if not free:
            measure.updates += 1
            measure.lost += 1
            return
        chat = free.popleft()
        if not lines.free:
            await lines.open(1)
        line = lines.free.popleft()
        await do(line, chat, act_of(chat), measure)
        lines.free.append(line)
        free.append(chat)

    cpu, started = subject.cpu(), loop.time()
    for number in range(int(per_second * seconds)):
        await asyncio.sleep(max(started + number / per_second - loop.time(), 0))
        task = asyncio.create_task(one())
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    measure.seconds = loop.time() - started
    measure.cpu_seconds = subject.cpu() - cpu
    return measure


async def do(line: Line, chat: Chat, act: Act, measure: Measure) -> None:
    """One update from its webhook call to its last effect."""
    body, query_id = act(chat)
    wait = Wait(asyncio.get_running_loop().create_future(), time.perf_counter(), True, query_id)
    chat.wait = wait
    measure.updates += 1
    try:
        answer = line.post(body)
        async with asyncio.timeout(LOST_AFTER):
            measure.latencies.append(await wait.done)
            if await answer != 200:
                measure.refused += 1
    except (TimeoutError, ConnectionError):
        chat.wait = None
        measure.lost += 1
