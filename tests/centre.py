"""The whole program in this process: its web server, sandbox, intake, jobs and clock, on a database of its own.

One for the whole run: aiogram's routers belong to one dispatcher. Tests do not meet: each brings its own people.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from bot.__main__ import ROLES
from bot.app import App
from bot.sandbox.client import SandboxClient, SandboxUser
from bot.sandbox.server import Sandbox
from bot.settings import load_settings
from db.engine import Pool, create_pool
from tests.conftest import Servers
from tests.ports import free_port

_people = itertools.count(700_000)
ADMIN_ID = 690_000


@dataclass(frozen=True)
class Centre:
    """The running program, and people to talk to it."""

    url: str
    client: SandboxClient
    sandbox: Sandbox
    pool: Pool
    """The program's database, to look behind the screens."""

    async def person(
        self, language: str = "en", *, name: str = "Ali Karimov", user_id: int | None = None
    ) -> SandboxUser:
        """Somebody who has never written to the bot."""
        first, _, last = name.partition(" ")
        number = user_id or next(_people)
        return await self.client.add_person(number, first, last_name=last, language_code=language)

    async def settle(self, person: SandboxUser) -> None:
        """Wait until everything that they wrote and pressed has been worked on, to the last message."""
        await person.settle()

    async def lessons_are_indexed(self) -> None:
        """Wait until the jobs that make the demo's lessons findable are done."""
        missing = (
            "select exists (select from lessons l join courses c on c.id = l.course_id"
            " where l.is_published and c.status = 'published'"
            " and not exists (select from passages p where p.lesson_id = l.id))"
        )
        async with asyncio.timeout(60):
            while await self.pool.fetchval(missing):
                await asyncio.sleep(0.05)

    async def student(self, language: str = "en", *, name: str = "Ali Karimov") -> SandboxUser:
        """Somebody who is registered and looks at the main menu."""
        student = await self.person(language, name=name)
        await student.send("/start")
        await self.settle(student)
        await self.pool.execute(
            "update users set step = 'done', language = $2, full_name = $3 where id = $1", student.id, language, name
        )
        await student.send("/menu")
        await self.settle(student)
        return student

    async def teacher(self, language: str = "en", *, name: str = "Dilnoza Rahimova") -> SandboxUser:
        teacher = await self.student(language, name=name)
        await self.pool.execute("update users set role = 'teacher' where id = $1", teacher.id)
        await teacher.send("/menu")
        await self.settle(teacher)
        return teacher


async def _inbox_is_empty(pool: Pool, user_id: int) -> None:
    waiting = "select exists (select 1 from inbox where user_id = $1 and status = 0)"
    while await pool.fetchval(waiting, user_id):
        await asyncio.sleep(0.01)


@asynccontextmanager
async def running_centre(servers: Servers, folder: Path) -> AsyncIterator[Centre]:
    port, database_url = free_port(), await servers.clone()
    environment = {
        "DATA_DIR": str(folder),
        "HTTP_PORT": str(port),
        "DATABASE_URL": database_url,
        "REDIS_URL": servers.redis_url,
        "ADMIN_IDS": str(ADMIN_ID),
        "LOG_LEVEL": "WARNING",
        "BOT_TOKEN": "",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        app = App(load_settings(), frozenset(ROLES))
    await app.start(asyncio.Event())
    if app.demo is None:
        raise RuntimeError("without a token there is a demo")
    pool = await create_pool(database_url, size=4)
    async with SandboxClient(f"http://127.0.0.1:{port}") as client:
        client.until_worked_on = partial(_inbox_is_empty, pool)
        yield Centre(url=f"http://127.0.0.1:{port}", client=client, sandbox=app.demo.sandbox, pool=pool)
    await pool.close()
    await app.close()
    await servers.drop(database_url)
