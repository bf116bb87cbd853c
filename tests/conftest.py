"""One embedded PostgreSQL for the whole run; each test module gets a database cloned from a migrated template."""

import itertools
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from db.embedded import start_embedded
from db.engine import Pool, create_pool

TEMPLATE = "ustoz_template"
_numbers = itertools.count()


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
async def servers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Servers]:
    from db.migrate import migrate

    folder: Path = tmp_path_factory.mktemp("servers")
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
