"""The measured servers: programs of their own, on a core of their own, killed and stopped by their pid."""

import asyncio
import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import psutil

from tests.bench.subjects import ROOT, START_SECONDS, free_port

KEY = "bench-key-of-the-cash-desk"
DeskT = TypeVar("DeskT")


class Server:
    """One program that answers Payme."""

    def __init__(
        self,
        name: str,
        command: Callable[[int], Sequence[str]],
        path: str,
        folder: Path,
        core: set[int],
        environment: Callable[[int], Mapping[str, str]],
    ) -> None:
        """`command`, `environment`: by the port that it is to listen on."""
        self.name = name
        self.path = path
        self.port = free_port()
        self.database_pids: Sequence[int] = ()
        """PostgreSQL's processes that work for it."""
        self._command = list(command(self.port))
        self._environment = dict(environment(self.port))
        self._folder = folder
        self._core = core
        self._process: subprocess.Popen[bytes] | None = None
        self._desks: list[Any] = []

    async def start(self) -> None:
        """Returns when its port takes connections."""
        self._folder.mkdir(parents=True, exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        with (self._folder / f"{self.name}.log").open("ab") as log:
            self._process = subprocess.Popen(
                ["taskset", "--cpu-list", ",".join(map(str, self._core)), *self._command],
                # A .env of the working directory must not reach the settings.
                cwd=self._folder,
                env=kept | {"PYTHONPATH": str(ROOT)} | self._environment,
                stdout=log,
                stderr=log,
            )
        try:
            await asyncio.wait_for(self._listening(), START_SECONDS)
        except (TimeoutError, RuntimeError):
            await self.stop()
            raise RuntimeError(f"{self.name} did not start:\n{self.log()}") from None

    async def _listening(self) -> None:
        while True:
            if self._process is None or self._process.poll() is not None:
                raise RuntimeError
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return

    def log(self) -> str:
        return (self._folder / f"{self.name}.log").read_text(errors="replace")[-3000:]

    def desks(self, count: int, make: Callable[["Server"], DeskT]) -> list[DeskT]:
        """As many kept connections as asked for, the same ones each time."""
        while len(self._desks) < count:
            self._desks.append(make(self))
        return self._desks[:count]

    def cpu(self) -> float:
        """Seconds of processor time of the program and its workers, user and system, of all threads."""
        if self._process is None:
            raise RuntimeError(f"{self.name} does not run")
        program = psutil.Process(self._process.pid)
        return sum(_cpu_of(process.pid) for process in (program, *program.children(recursive=True)))

    def database_cpu(self) -> float:
        """The same of PostgreSQL's processes that work for it."""
        return sum(map(_cpu_of, self.database_pids))

    def kill(self) -> None:
        """As a machine does that loses its power; the connections break."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    async def stop(self) -> None:
        for desk in self._desks:
            desk.close()
        self._desks.clear()
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                await asyncio.to_thread(process.wait, 8)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _cpu_of(pid: int) -> float:
    """Linux's clock of another process; 0 for one that is gone."""
    try:
        return time.clock_gettime_ns((~pid << 3) | 2) / 1e9
    except OSError:
        return 0.0
