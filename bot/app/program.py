"""The parts start in order and stop in reverse."""

import asyncio
import errno
import os
import secrets
import tempfile
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramUnauthorizedError
from pydantic import SecretStr

from bot.app.jobs import make_jobs
from bot.app.parts import (
    make_ears,
    make_embedder,
    make_fuse,
    make_model,
    make_rails,
    make_redis,
    make_services,
    make_storage,
    make_writer,
    revealed,
)
from bot.app.routes import make_dispatcher
from bot.background import Background
from bot.clients.gate import RedisGate
from bot.intake.apology import Apology
from bot.intake.intake import Intake
from bot.intake.polling import Polling
from bot.intake.worker import Worker
from bot.jobs.scheduler import Clockwork
from bot.jobs.slots import SLOTS
from bot.jobs.worker import JobWorker
from bot.logs import set_up_logs
from bot.monitoring import sentry_reporter
from bot.presentation import present_bot
from bot.sender import Pace, Sender
from bot.services import Services
from bot.settings import Settings
from bot.telegram import make_bot
from bot.web.app import WebServer, health_routes, remembered
from bot.web.payme import payme_handler
from bot.web.telegram import telegram_handler
from db.clock import SqlClock
from db.engine import Pool, create_pool
from db.express import express_tills
from db.inbox import SqlInbox
from db.jobs import open_queue
from db.migrate import migrate
from db.unit_of_work import Database
from domain.clock import utc_now
from domain.files import Storage
from domain.payments.checkout import Checkout
from domain.payments.express import ExpressLane
from domain.payments.merchant import PaymeMerchant
from domain.payments.rails import Rails
from domain.quizzes.generation_ports import QuestionWriter
from domain.tutor.metered import Fuse, MeteredModel

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from bot.app.demo import Demo

log = structlog.get_logger()

ALLOWED_UPDATES = [
    "message",
    "callback_query",
    "pre_checkout_query",
    "my_chat_member",
    "stopped_message_generation",
    "inline_query",
    "poll_answer",
]
STOP_GRACE = 3.0
RETRY_SECONDS = 3.0
POOL_SIZE = 20


class StartFailed(Exception):
    """The program cannot start; the message is one line for the operator."""


class App:
    def __init__(self, settings: Settings, roles: frozenset[str], health_port: int | None = None) -> None:
        """`health_port`: where a process without the role `web` tells how it is."""
        self._settings = settings
        self._roles = roles
        self._health_port = health_port
        self._stack = AsyncExitStack()
        self._background = Background()
        self._is_known_to_telegram = False
        self._writer: QuestionWriter | None = None
        self._fuse: Fuse | None = None
        self.demo: Demo | None = None
        """The sandbox and its demo centre, while there is no token."""

    async def start(self, stop: asyncio.Event) -> None:
        if self._settings.is_sandbox:
            from bot.app.demo import with_demo_values

            self._settings = with_demo_values(self._settings, self._own_address())
        settings = self._settings
        dsn = revealed(settings.logs.sentry_dsn)
        report = sentry_reporter(dsn, settings.secrets) if dsn is not None else None
        set_up_logs(settings.logs.log_level, settings.logs.log_format, settings.secrets, report)
        if settings.is_sandbox and "web" not in self._roles:
            raise StartFailed("Without BOT_TOKEN the sandbox is opened, and that needs the role web.")
        database_url, redis_url = await self._servers()
        await migrate(database_url)
        pool = await create_pool(database_url, size=POOL_SIZE)
        self._stack.push_async_callback(pool.close)
        redis = make_redis(redis_url)
        self._stack.push_async_callback(redis.aclose)
        database, storage = Database(pool, settings.files.quotas), make_storage(settings)
        model = make_model(settings)
        fuse = self._fuse = make_fuse(settings, database)
        metered = MeteredModel(model, fuse) if model is not None else None
        self._writer = make_writer(metered)
        if model is not None:
            self._stack.push_async_callback(model.close)
        embedder = make_embedder(settings)
        if embedder is not None:
            self._stack.push_async_callback(embedder.close)
        demo = self.demo = self._demo() if settings.is_sandbox else None
        services = make_services(settings, database, metered, self._rails(demo), make_ears(settings, fuse), embedder)
        if demo is not None:
            await demo.fill(services, database, storage)
        bot = make_bot(demo.token if demo else _given(settings.telegram.bot_token), self._api_url())
        self._stack.push_async_callback(bot.session.close)
        self._stack.push_async_callback(self._background.close, STOP_GRACE)
        intake = await self._intake(database_url, bot, services, storage)
        if "web" in self._roles:
            await self._web(pool, redis, bot, database, intake, demo)
        elif self._health_port is not None:
            await self._open(
                self._web_server(self._health_port, pool, redis, bot), f"--health-port {self._health_port}"
            )
        await self._meet_telegram(bot, stop)
        if not stop.is_set():
            await self._jobs(database_url, pool, redis, bot, services, storage)
            await self._let_updates_in(bot, intake)
            self._say_where(demo)

    async def close(self) -> None:
        """Stop taking, let running work end, give everything back: within seconds."""
        await self._stack.aclose()

    async def _servers(self) -> tuple[str, str]:
        store = self._settings.store
        database_url, redis_url = revealed(store.database_url), revealed(store.redis_url)
        if database_url is None or redis_url is None:
            from db.embedded import start_embedded

            embedded = await start_embedded(store.data_dir, postgres=database_url is None, valkey=redis_url is None)
            self._stack.push_async_callback(embedded.stop)
            database_url, redis_url = database_url or embedded.database_url, redis_url or embedded.redis_url
        if database_url is None or redis_url is None:
            raise StartFailed("The embedded servers gave no address.")
        return database_url, redis_url

    def _api_url(self) -> str:
        if not self._settings.is_sandbox:
            return self._settings.telegram.bot_api_url
        return self._own_address()

    def _own_address(self) -> str:
        web = self._settings.web
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(web.http_host, web.http_host)  # noqa: S104
        return f"http://[{host}]:{web.http_port}" if ":" in host else f"http://{host}:{web.http_port}"

    def _demo(self) -> "Demo":
        from bot.app.demo import Demo

        return Demo(self._settings, self._own_address())

    def _checkout(self, demo: "Demo | None") -> Checkout | None:
        """None: Payme is not offered."""
        if demo is not None:
            return Checkout(demo.merchant_id, demo.checkout_url)
        payme = self._settings.payme
        if payme.payme_merchant_id is None or payme.payme_key is None:
            return None
        return Checkout(payme.payme_merchant_id, payme.payme_checkout_url)

    def _rails(self, demo: "Demo | None") -> Rails:
        details = demo.transfer_details if demo is not None else self._settings.sales.transfer_details
        return make_rails(self._settings, self._checkout(demo), details)

    async def _intake(self, database_url: str, bot: Bot, services: Services, storage: Storage) -> Intake | None:
        """Every process that takes or works on updates has an intake; one without the role `updates` only takes."""
        if not self._roles & {"web", "updates"}:
            return None
        work = None
        if "updates" in self._roles:
            dispatcher = make_dispatcher(self._settings, services, storage, self._background)
            await dispatcher.emit_startup(bot=bot)
            work = Worker(dispatcher, bot, Apology(bot, services.users, self._settings.centre.default_language))
        intake = Intake(SqlInbox(database_url), work)
        await intake.start()
        self._stack.push_async_callback(intake.close, STOP_GRACE)
        return intake

    def _web_server(self, port: int, pool: Pool, redis: "Redis", bot: Bot) -> WebServer:
        """It tells how this process is; nothing else yet."""
        web = WebServer(self._settings.web.http_host, port)
        clock = SqlClock(pool)

        async def is_started() -> bool:
            return self._is_known_to_telegram

        async def redis_is_up() -> bool:
            return bool(await redis.execute_command("PING"))

        async def telegram_is_up() -> bool:
            await bot.get_me(request_timeout=2)
            return True

        probes = {
            "started": is_started,
            "database": clock.is_up,
            "redis": redis_is_up,
            "telegram": remembered(telegram_is_up),
        }
        web.app.router.add_routes(health_routes(probes, {"started", "database"}, clock.outbox))
        return web

    async def _open(self, web: WebServer, name: str) -> None:
        try:
            await web.start()
        except OSError as error:
            reason = "it is in use" if error.errno == errno.EADDRINUSE else error.strerror
            raise StartFailed(f"{name} cannot be used: {reason}.") from None
        self._stack.push_async_callback(web.close)

    async def _web(
        self,
        pool: Pool,
        redis: "Redis",
        bot: Bot,
        database: Database,
        intake: Intake | None,
        demo: "Demo | None",
    ) -> None:
        port = self._settings.web.http_port
        web = self._web_server(port, pool, redis, bot)
        keys = demo.payme_keys if demo else [key for key in (revealed(self._settings.payme.payme_key),) if key]
        merchant = PaymeMerchant(
            begin=database.begin,
            read=database.read,
            now=utc_now,
            terms=self._settings.sales.terms,
            express=ExpressLane(express_tills(pool), utc_now),
        )
        web.any("/payme", payme_handler(merchant, keys))
        if intake is not None and self._settings.telegram.webhook_base_url is not None:
            language = self._settings.centre.default_language
            web.post("/telegram", telegram_handler(intake, self._webhook_secret(), default_language=language))
        if demo is not None:
            demo.mount(web.app)
        await self._open(web, f"HTTP_PORT {port}")
        if demo is not None:
            await demo.start()
            self._stack.push_async_callback(demo.close)

    def _webhook_secret(self) -> SecretStr:
        """The operator's, else one that was generated once and is kept beside the data."""
        if self._settings.telegram.webhook_secret is not None:
            return self._settings.telegram.webhook_secret
        path = self._settings.store.data_dir / "webhook_secret"
        if not path.exists():
            # Written aside and linked: a second process sees the whole secret or none.
            handle, name = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(32))
            with suppress(FileExistsError):
                os.link(name, path)
            Path(name).unlink()
        return SecretStr(path.read_text().strip())

    async def _meet_telegram(self, bot: Bot, stop: asyncio.Event) -> None:
        """Nothing can be sent or fetched before Telegram knows the token; payments are taken all the same."""
        while not stop.is_set():
            try:
                await bot.me()
            except TelegramUnauthorizedError:
                raise StartFailed("BOT_TOKEN is not accepted by Telegram.") from None
            except TelegramAPIError as error:
                log.warning("telegram.away", cause=type(error).__name__)
                try:
                    await asyncio.wait_for(stop.wait(), RETRY_SECONDS)
                except TimeoutError:
                    continue
            else:
                self._is_known_to_telegram = True
                return

    async def _jobs(
        self, database_url: str, pool: Pool, redis: "Redis", bot: Bot, services: Services, storage: Storage
    ) -> None:
        clock = SqlClock(pool)
        if "jobs" in self._roles:
            sender = Sender(bot, Pace(), RedisGate(redis))
            jobs = make_jobs(self._settings, services, pool, bot, sender, storage, self._writer, self._fuse)
            worker = JobWorker(lambda: open_queue(database_url), jobs)
            worker.start()
            self._stack.push_async_callback(worker.close, STOP_GRACE)
        if "clock" in self._roles:
            clockwork = Clockwork(SLOTS, clock.fire, self._settings.centre.timezone, utc_now)
            await clockwork.start()
            self._stack.callback(clockwork.close)

    async def _let_updates_in(self, bot: Bot, intake: Intake | None) -> None:
        telegram = self._settings.telegram
        if telegram.webhook_base_url is not None:
            if "web" in self._roles:
                await bot.set_webhook(
                    f"{telegram.webhook_base_url}/telegram",
                    secret_token=self._webhook_secret().get_secret_value(),
                    allowed_updates=ALLOWED_UPDATES,
                    max_connections=100,
                )
        elif intake is not None and "updates" in self._roles:
            await bot.delete_webhook()
            polling = Polling(
                intake,
                self._api_url(),
                SecretStr(bot.token),
                ALLOWED_UPDATES,
                default_language=self._settings.centre.default_language,
            )
            polling.start()
            self._stack.push_async_callback(polling.close)
        if "updates" in self._roles:
            self._background.spawn(present_bot(bot), name="present_bot")

    def _say_where(self, demo: "Demo | None") -> None:
        log.info("started", roles=",".join(sorted(self._roles)))
        if demo is not None:
            print(f"\n  Ustoz is ready. Open the sandbox: {self._own_address()}/\n", flush=True)  # noqa: T201


def _given(token: SecretStr | None) -> SecretStr:
    if token is None:
        raise StartFailed("BOT_TOKEN is missing.")
    return token
