"""The measured programs: processes of their own, on a core of their own, stopped by their pid."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from tests.bench.loops import Lines
from tests.bench.telegram import Telegram

ROOT = Path(__file__).parent.parent.parent
TOKEN = "42:bench-bench-bench-bench"
SECRET = "bench-secret-of-the-webhook"
START_SECONDS = 40.0


def split_cores() -> tuple[set[int], set[int]]:
    """The cores of the driver and its servers, and the one of what is measured; the same one if there is only one."""
    cores = sorted(os.sched_getaffinity(0))
    return (set(cores[:-1]), {cores[-1]}) if len(cores) > 1 else (set(cores), set(cores))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Subject:
    """A bot that takes its updates by webhook, and the Telegram that it talks to."""

    def __init__(self, name: str, command: Sequence[str], folder: Path, core: set[int]) -> None:
        self.name = name
        self.telegram = Telegram()
        self.port = free_port()
        self.api_port = free_port()
        self.webhook = "/telegram"
        self._command = list(command)
        self._folder = folder
        self._core = core
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: Lines | None = None
        self._scheduling: int | None = None
        self.started = 0.0

    async def start(self, environment: Mapping[str, str] | None = None) -> None:
        """Returns when the bot has told its Telegram where it takes updates, or listens."""
        self._folder.mkdir(parents=True, exist_ok=True)
        await self.telegram.start(self.api_port)
        kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        log = (self._folder / f"{self.name}.log").open("ab")
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            ["taskset", "--cpu-list", ",".join(map(str, self._core)), *self._command],
            # A .env of the working directory must not reach the settings.
            cwd=self._folder,
            env=kept
            | {
                "PYTHONPATH": str(ROOT),
                "BOT_TOKEN": TOKEN,
                "BOT_API_URL": f"http://127.0.0.1:{self.api_port}",
                "WEBHOOK_BASE_URL": f"http://127.0.0.1:{self.port}",
                "WEBHOOK_SECRET": SECRET,
                "HTTP_PORT": str(self.port),
                "DATA_DIR": str(self._folder),
            }
            | dict(environment or {}),
            stdout=log,
            stderr=log,
        )
        log.close()
        try:
            await asyncio.wait_for(self._announced(), START_SECONDS)
        except (TimeoutError, RuntimeError):
            await self.stop()
            raise RuntimeError(f"{self.name} did not start:\n{self.log()}") from None

    async def _announced(self) -> None:
        while not self.telegram.is_known_webhook.is_set():
            if self._process is None or self._process.poll() is not None:
                raise RuntimeError
            await asyncio.sleep(0.01)

    def log(self) -> str:
        return (self._folder / f"{self.name}.log").read_text(errors="replace")[-3000:]

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError(f"{self.name} does not run")
        return self._process.pid

    def cpu(self) -> float:
        """Seconds of processor time, user and system, of all threads: Linux's clock of another process."""
        return time.clock_gettime_ns((~self.pid << 3) | 2) / 1e9

    def waited(self) -> float:
        """Seconds for which its main thread was ready to run while others had the core, by Linux's scheduler."""
        if self._scheduling is None:
            self._scheduling = os.open(f"/proc/{self.pid}/schedstat", os.O_RDONLY)
        return int(os.pread(self._scheduling, 64, 0).split()[1]) / 1e9

    def memory(self) -> int:
        """Resident bytes."""
        return psutil.Process(self.pid).memory_info().rss

    async def lines(self, count: int) -> "Lines":
        """At least so many connections to the webhook, kept open as Telegram keeps them."""
        if self._lines is None:
            self._lines = Lines(self.port, self.webhook, SECRET)
        await self._lines.open(count)
        return self._lines

    async def stop(self) -> None:
        if self._lines is not None:
            self._lines.close()
        if self._scheduling is not None:
            os.close(self._scheduling)
            self._scheduling = None
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                await asyncio.to_thread(process.wait, 8)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        await self.telegram.close()


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]
