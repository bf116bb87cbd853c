"""The program as real processes that can be killed, and what stands around them: Telegram, a balancer, Payme."""

import asyncio
import itertools
import os
import signal
import sys
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
import asyncpg
import orjson
from aiohttp import web

from bot.sandbox import DEFAULT_TOKEN
from tests.ports import free_port

ROOT = Path(__file__).parents[3]
PAYME_KEY = "cash-desk-key-of-36-characters-000000"
MERCHANT_ID = "5e730e8e0b852a417aa49ceb"
SECRET = "a-secret-of-the-webhook-in-tests"
START_SECONDS = 90.0
PATIENCE = 6.0
"""Seconds for which a request waits for a replica that answers; then Telegram's own, slower retries begin."""


class Program:
    """One `python -m bot`, started and killed as often as a test likes; its log is read line by line."""

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str],
        *,
        roles: str = "web,updates,jobs,clock",
        health_port: int | None = None,
        module: str = "bot",
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log: list[str] = []
        self.roles = roles
        self.health_url = f"http://127.0.0.1:{health_port}"
        self._arguments = [] if health_port is None else ["--health-port", str(health_port)]
        self._module = module
        self._folder = folder
        self._environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "DATA_DIR": str(folder),
            "HTTP_PORT": str(self.port),
            "LOG_FORMAT": "json",
            "LOG_LEVEL": "INFO",
            "DEFAULT_LANGUAGE": "en",
            **environment,
        }
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._is_ready = asyncio.Event()

    async def start(self) -> Self:
        """Return when it says that it has started."""
        await self.launch()
        async with asyncio.timeout(START_SECONDS):
            await self._is_ready.wait()
        assert self.is_running, "\n".join(self.log[-20:])
        return self

    async def launch(self) -> None:
        self._is_ready.clear()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", self._module, "--roles", self.roles, *self._arguments,
            cwd=self._folder, env=self._environment, stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        self._reader = asyncio.create_task(self._read(self._process))

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr
        async for line in process.stderr:
            self.log.append(line.decode("utf-8", "replace").rstrip())
            if '"event": "started"' in self.log[-1]:
                self._is_ready.set()
        await process.wait()
        self._is_ready.set()

    async def has_ended(self) -> None:
        """Wait until it is gone by itself, and its log is read."""
        assert self._reader
        async with asyncio.timeout(START_SECONDS):
            await self._reader

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def kill(self) -> None:
        """SIGKILL: nothing is tidied up."""
        await self._end(signal.SIGKILL)

    async def terminate(self) -> float:
        """SIGTERM; the seconds until it was gone."""
        started = time.monotonic()
        await self._end(signal.SIGTERM)
        return time.monotonic() - started

    async def _end(self, number: signal.Signals) -> None:
        if self._process is None or self._reader is None:
            return
        if self._process.returncode is None:
            self._process.send_signal(number)
        try:
            async with asyncio.timeout(20):
                await self._reader
        finally:
            if self._process.returncode is None:
                self._process.kill()
                await self._process.wait()


class Balancer:
    """One address before several processes, as a load balancer is: in turn, and past those that do not answer."""

    def __init__(self) -> None:
        self.replicas: list[Program] = []
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._turn = itertools.count()
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/{path:.*}", self._pass_on)
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._runner
        assert self._session
        await self._runner.cleanup()
        await self._session.close()

    async def _pass_on(self, request: web.Request) -> web.Response:
        assert self._session
        body = await request.read()
        first, deadline = next(self._turn), time.monotonic() + PATIENCE
        for number in itertools.count():
            replica = self.replicas[(first + number) % len(self.replicas)]
            if time.monotonic() > deadline:
                break
            try:
                async with self._session.post(replica.url + request.path, data=body, headers=request.headers) as answer:
                    headers = {key: answer.headers[key] for key in ("Retry-After",) if key in answer.headers}
                    return web.Response(status=answer.status, body=await answer.read(), headers=headers)
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)
        return web.Response(status=502)


@dataclass
class PaymeClient:
    """Payme's server: it repeats a call until it has an answer."""

    url: str
    answers: dict[bytes, list[bytes]] = field(default_factory=dict)
    """Every answer that each call got, as it came."""

    async def call(self, session: aiohttp.ClientSession, number: int, method: str, **params: Any) -> dict[str, Any]:
        body = orjson.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        credentials = b64encode(f"Paycom:{PAYME_KEY}".encode()).decode()
        headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/json"}
        async with asyncio.timeout(60):
            while True:
                try:
                    async with session.post(f"{self.url}/payme", data=body, headers=headers) as response:
                        raw = await response.read()
                except aiohttp.ClientError:
                    await asyncio.sleep(0.1)
                    continue
                if response.status == 200 and orjson.loads(raw).get("error", {}).get("code") != -32400:
                    self.answers.setdefault(body, []).append(raw)
                    return orjson.loads(raw)
                await asyncio.sleep(0.1)


async def until(pool: "asyncpg.Pool[asyncpg.Record]", question: str, *values: object, seconds: float = 30.0) -> Any:
    """Ask the database until the answer is true; it is what another process does, so there is no event to await."""
    async with asyncio.timeout(seconds):
        while True:
            if answer := await pool.fetchval(question, *values):
                return answer
            await asyncio.sleep(0.005)


def telegram_environment(api_url: str, database_url: str, redis_url: str, webhook: str | None = None) -> dict[str, str]:
    environment = {
        "BOT_TOKEN": DEFAULT_TOKEN,
        "BOT_API_URL": api_url,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "PAYME_MERCHANT_ID": MERCHANT_ID,
        "PAYME_KEY": PAYME_KEY,
    }
    if webhook is not None:
        environment |= {"WEBHOOK_BASE_URL": webhook, "WEBHOOK_SECRET": SECRET}
    return environment


class MovedClock:
    """The clock of programs that run as `tests.bot.promises.moved_bot`."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._ahead = timedelta()
        self.set(self._ahead)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def set(self, ahead: timedelta) -> None:
        """How far it is ahead of the machine's."""
        self._ahead = ahead
        fresh = self.file.with_suffix(".new")
        fresh.write_text(str(ahead.total_seconds()))
        fresh.replace(self.file)

    def jump(self, by: timedelta) -> None:
        self.set(self._ahead + by)

    def jump_to(self, moment: datetime) -> None:
        self.set(moment - datetime.now(UTC))
