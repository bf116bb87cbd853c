"""A Telegram, a database with a centre in it, and as many processes of the program as a test wants to kill."""

import asyncio
import itertools
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from bot.sandbox import Sandbox, SandboxClient, SandboxUser, served
from db.engine import Pool, create_pool
from domain.payments.rails import Rails
from tests.bot.promises.rig import Balancer, MovedClock, PaymeClient, Program, telegram_environment
from tests.conftest import Servers

DEMO_TEMPLATE = "ustoz_demo_template"
_people = itertools.count(810_000)
_numbers = itertools.count()


@pytest.fixture(scope="session")
async def demo_files(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo centre in a database that is copied for each test; the folder with its files."""
    from bot.app.demo import Demo
    from bot.app.parts import make_services, make_storage
    from bot.settings import load_settings
    from db.unit_of_work import Database

    folder = tmp_path_factory.mktemp("demo")
    url = await servers.clone()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, value in {"DATA_DIR": str(folder), "DATABASE_URL": url, "DEFAULT_LANGUAGE": "en"}.items():
            patch.setenv(name, value)
        settings = load_settings()
    pool = await create_pool(url, size=2)
    database = Database(pool)
    await Demo(settings, "http://127.0.0.1:1").fill(
        make_services(settings, database, None, Rails()), database, make_storage(settings)
    )
    await pool.execute("delete from pgqueuer")
    await pool.close()
    admin = await asyncpg.connect(servers.database_url)
    await admin.execute(f"alter database {urlsplit(url).path.lstrip('/')} rename to {DEMO_TEMPLATE}")
    await admin.close()
    return folder / "files"


@dataclass
class Stage:
    """Everything around the program's processes, which the test starts itself."""

    sandbox: Sandbox
    people: SandboxClient
    pool: Pool
    """The program's database, to look behind the screens."""
    database_url: str
    redis_url: str
    api_url: str
    balancer: Balancer
    payme: PaymeClient
    folder: Path
    files: Path
    programs: list[Program] = field(default_factory=list)

    def clock(self) -> MovedClock:
        """One for programs to run on; the machine's time until it is moved."""
        return MovedClock(self.folder / f"clock{next(_numbers)}")

    def program(
        self,
        clock: MovedClock | None = None,
        /,
        *,
        webhook: bool = False,
        roles: str = "web,updates,jobs,clock",
        health_port: int | None = None,
        **environment: str,
    ) -> Program:
        """A process that has not been started. With a webhook it is one of the balancer's replicas."""
        base = telegram_environment(
            self.api_url, self.database_url, self.redis_url, self.balancer.url if webhook else None
        )
        folder = self.folder / f"data{len(self.programs)}"
        module = "bot"
        if clock is not None:
            module = "tests.bot.promises.moved_bot"
            environment["CLOCK_FILE"] = str(clock.file)
        program = Program(folder, base | environment, roles=roles, health_port=health_port, module=module)
        (folder / "files").symlink_to(self.files)
        self.programs.append(program)
        if "web" in roles:
            self.balancer.replicas.append(program)
        return program

    async def crowd(self, count: int, pool: Pool | None = None) -> list[SandboxUser]:
        """People who are registered, without having said a word; in this stage's database or another."""
        first = [next(_people) for _ in range(count)]
        await (pool or self.pool).executemany(
            "insert into users (id, full_name, language, step, timezone, created_at)"
            " values ($1, 'Ali Karimov', 'en', 'done', 'Asia/Tashkent', now())",
            [(number,) for number in first],
        )
        return [await self.people.add_person(number, "Ali", language_code="en") for number in first]

    async def quiet(self, *people: SandboxUser, seconds: float = 60.0) -> None:
        """Wait until everything that was said to the bot is delivered and worked on."""
        await self.people.settle(*people, timeout=seconds)
        async with asyncio.timeout(seconds):
            while await self.pool.fetchval("select count(*) from inbox where status = 0"):
                await asyncio.sleep(0.05)


@pytest.fixture
async def stage(servers: Servers, demo_files: Path, tmp_path: Path) -> AsyncIterator[Stage]:
    name = f"ustoz_promise_{os.getpid()}_{next(_numbers)}"
    admin = await asyncpg.connect(servers.database_url)
    await admin.execute(f"create database {name} template {DEMO_TEMPLATE}")
    await admin.close()
    database_url = servers.database(name)
    sandbox = Sandbox()
    sandbox.change_faults(webhook_retry=0.2)
    async with AsyncExitStack() as stack:
        balancer = await stack.enter_async_context(Balancer())
        api_url = await stack.enter_async_context(served(sandbox))
        people = await stack.enter_async_context(SandboxClient(api_url, timeout=30))
        pool = await create_pool(database_url, size=4)
        started = Stage(
            sandbox=sandbox,
            people=people,
            pool=pool,
            database_url=database_url,
            redis_url=servers.redis_url,
            api_url=api_url,
            balancer=balancer,
            payme=PaymeClient(balancer.url),
            folder=tmp_path,
            files=demo_files,
        )
        yield started
        for program in started.programs:
            await program.kill()
        await pool.close()
    await servers.drop(database_url)
