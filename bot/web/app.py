"""The web server: Telegram, Payme, and what an operator watches."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping

import structlog
from aiohttp import HttpVersion11, web
from aiohttp.typedefs import Handler
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.metrics import OUTBOX_HELD, OUTBOX_LAG, OUTBOX_PENDING

log = structlog.get_logger()

MAX_BODY = 256 * 1024
"""An update is at most 64 KiB of JSON, a call of Payme far less."""
PROBE_SECONDS = 3.0

Probe = Callable[[], Awaitable[bool]]
Outbox = Callable[[], Awaitable[tuple[int, float, int]]]
"""How many jobs are due, for how many seconds the oldest has been, and how many were given up."""


def health_routes(probes: Mapping[str, Probe], needed: Collection[str], outbox: Outbox) -> web.RouteTableDef:
    """`/healthz`: the process lives. `/readyz`: what it needs answers. `/metrics`: Prometheus.

    `needed`: the probes without which this process is not ready. Others are only told: without Redis every screen
    works, and without Telegram payments are still taken.
    """
    routes = web.RouteTableDef()

    @routes.get("/healthz")
    async def alive(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    @routes.get("/readyz")
    async def ready(_request: web.Request) -> web.Response:
        results = dict(zip(probes, await asyncio.gather(*map(_ask, probes.values())), strict=True))
        is_ready = all(results[name] for name in needed)
        words = {name: "ok" if is_up else "down" for name, is_up in results.items()}
        return web.json_response({"status": "ok" if is_ready else "down", **words}, status=200 if is_ready else 503)

    @routes.get("/metrics")
    async def metrics(_request: web.Request) -> web.Response:
        try:
            waiting, lag, held = await asyncio.wait_for(outbox(), PROBE_SECONDS)
        except Exception as error:
            log.warning("metrics.outbox", cause=type(error).__name__)
        else:
            OUTBOX_PENDING.set(waiting)
            OUTBOX_LAG.set(lag)
            OUTBOX_HELD.set(held)
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return routes


def remembered(probe: Probe, seconds: float = 10.0) -> Probe:
    """The probe's last answer for so long: a watchful load balancer must not become a load."""
    asked_at = float("-inf")
    answer = False

    async def ask() -> bool:
        nonlocal asked_at, answer
        if time.monotonic() - asked_at > seconds:
            asked_at = time.monotonic()
            answer = await _ask(probe)
        return answer

    return ask


async def _ask(probe: Probe) -> bool:
    try:
        return await asyncio.wait_for(probe(), PROBE_SECONDS)
    except Exception as error:
        log.info("probe.down", cause=type(error).__name__)
        return False


async def _go_on(request: web.Request) -> None:
    """Whatever the caller expects, they get an answer; aiohttp's own would be 417."""
    if request.version >= HttpVersion11 and request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0


class WebServer:
    """The application on its address; it answers as soon as `start` returns."""

    def __init__(self, host: str, port: int) -> None:
        self.app = web.Application(client_max_size=MAX_BODY)
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None

    def post(self, path: str, handler: Handler) -> None:
        self.app.router.add_post(path, handler)

    def any(self, path: str, handler: Handler) -> None:
        self.app.router.add_route("*", path, handler, expect_handler=_go_on)

    async def start(self) -> None:
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=2.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port, backlog=512).start()

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
