"""Bring the database's schema to this program's version, one process at a time."""

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg

from db.engine import connect

MIGRATIONS = Path(__file__).parent.parent / "migrations"
LOCK = 0x5573746F7A  # "Ustoz": every process that migrates this database waits for the same advisory lock.


def newest_revision() -> str:
    """The last revision: their files are named by number, in order."""
    return max(path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


async def migrate(database_url: str) -> bool:
    """Upgrade under an advisory lock; True when something had to be done.

    Alembic and SQLAlchemy are imported only then: on an up-to-date database the start does not pay for them.
    """
    connection = await connect(database_url)
    try:
        await connection.execute("select pg_advisory_lock($1)", LOCK, timeout=600)
        if await _current_revision(connection) == newest_revision():
            return False
        await _upgrade(database_url)
        return True
    finally:
        await connection.close()


async def _current_revision(connection: "asyncpg.Connection[asyncpg.Record]") -> str | None:
    if await connection.fetchval("select to_regclass('alembic_version')") is None:
        return None
    return await connection.fetchval("select version_num from alembic_version")


async def _upgrade(database_url: str) -> None:
    from alembic import command
    from sqlalchemy.ext.asyncio import create_async_engine

    config = alembic_config()
    engine = create_async_engine(sqlalchemy_url(database_url))
    async with engine.connect() as connection:

        def upgrade(sync_connection: object) -> None:
            config.attributes["connection"] = sync_connection
            command.upgrade(config, "head")

        await connection.run_sync(upgrade)
        await connection.commit()
    await engine.dispose()


def alembic_config():
    from alembic.config import Config

    config = Config(toml_file=MIGRATIONS.parent / "pyproject.toml")
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def sqlalchemy_url(database_url: str):
    """The same database as SQLAlchemy spells it; sockets of libpq URLs included."""
    from sqlalchemy import URL

    parts = urlsplit(database_url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    host = query.pop("host", None) or parts.hostname
    return URL.create(
        "postgresql+asyncpg",
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        host=host,
        port=parts.port or (int(query.pop("port")) if "port" in query else None),
        database=unquote(parts.path.lstrip("/")) or None,
        query=query,
    )
