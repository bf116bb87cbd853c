"""One embedded PostgreSQL for each worker's run; each test module gets a database cloned from a migrated template."""

import itertools
import os
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from hypothesis import settings

from db.embedded import start_embedded
from db.engine import Pool, create_pool

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadFileScheduling

    from tests.centre import Centre

TEMPLATE = "ustoz_template"
PROMISES = "tests/bot/promises/"

# A shared machine stalls now and then, so no example has a deadline. At home every run looks at new examples; a build
# looks at the same ones each time, so that it fails for its own change only.
settings.register_profile("home", deadline=None)
settings.register_profile("build", deadline=None, derandomize=True)
settings.load_profile("build" if os.environ.get("CI") else "home")
_numbers = itertools.count()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Several workers begin with what takes longest, so that none is left alone with it at the end."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not item.nodeid.startswith(PROMISES))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> "LoadFileScheduling":
    """Each file's tests stay in one worker, because of their database; and all that measure time and kill processes
    stay in one, so that there is a core for each process of the two that they start."""
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return PROMISES if nodeid.startswith(PROMISES) else super()._split_scope(nodeid)

    config.option.loadscopereorder = False
    return ByFile(config, log)


@dataclass(frozen=True)
class Servers:
    """Where the run's servers are."""

    database_url: str
    redis_url: str

    def database(self, name: str) -> str:
        return urlunsplit(urlsplit(self.database_url)._replace(path=f"/{name}"))

    async def clone(self) -> str:
        """A new database with the newest schema and nothing in it; its URL."""
        name = f"ustoz_{os.getpid()}_{next(_numbers)}"
        admin = await asyncpg.connect(self.database_url)
        try:
            await admin.execute(f"create database {name} template {TEMPLATE}")
        finally:
            await admin.close()
        return self.database(name)

    async def drop(self, url: str) -> None:
        admin = await asyncpg.connect(self.database_url)
        try:
            await admin.execute(f"drop database {urlsplit(url).path.lstrip('/')} with (force)")
        finally:
            await admin.close()


@pytest.fixture(scope="session")
async def servers() -> AsyncIterator[Servers]:
    """Not under pytest's own folder: as root that is closed to the account that the servers run under."""
    from db.migrate import migrate

    with tempfile.TemporaryDirectory(prefix="ustoz-tests-", ignore_cleanup_errors=True) as name:
        async for started in _servers(Path(name), migrate):
            yield started


async def _servers(folder: Path, migrate: Callable[[str], Awaitable[bool]]) -> AsyncGenerator[Servers, None]:
    embedded = await start_embedded(folder, postgres=True, valkey=True, durable=False)
    assert embedded.database_url is not None
    assert embedded.redis_url is not None
    started = Servers(embedded.database_url, embedded.redis_url)
    admin = await asyncpg.connect(started.database_url)
    await admin.execute(f"create database {TEMPLATE}")
    await admin.close()
    await migrate(started.database(TEMPLATE))
    yield started
    await embedded.stop()


@pytest.fixture(scope="module")
async def database_url(servers: Servers) -> AsyncIterator[str]:
    url = await servers.clone()
    yield url
    await servers.drop(url)


@pytest.fixture(scope="module")
async def pool(database_url: str) -> AsyncIterator[Pool]:
    opened = await create_pool(database_url, size=60)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
async def centre(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator["Centre"]:
    """The whole program; imported here because Telegram's library takes seconds, and most tests do without it."""
    from tests.centre import running_centre

    async with running_centre(servers, tmp_path_factory.mktemp("centre")) as running:
        yield running
