"""The schema: every step up and down works, and the rows' picture of it is true."""

import asyncio

import asyncpg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from db.migrate import alembic_config, migrate, newest_revision, sqlalchemy_url
from db.rows.base import Row
from tests.conftest import Servers


async def _run(url: str, *steps: tuple[str, str]) -> None:
    config = alembic_config()
    engine = create_async_engine(sqlalchemy_url(url))

    def go(connection: Connection) -> None:
        config.attributes["connection"] = connection
        for direction, target in steps:
            (command.upgrade if direction == "up" else command.downgrade)(config, target)

    async with engine.connect() as connection:
        await connection.run_sync(go)
        await connection.commit()
    await engine.dispose()


@pytest.fixture
async def empty(servers: Servers):
    admin = await asyncpg.connect(servers.database_url)
    await admin.execute("create database stairs")
    await admin.close()
    url = servers.database("stairs")
    yield url
    await servers.drop(url)


def _revisions(config: Config) -> list[str]:
    return [script.revision for script in reversed(list(ScriptDirectory.from_config(config).walk_revisions()))]


def test_the_newest_revision_is_the_last_file_by_name() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_heads() == [newest_revision()]


async def test_each_migration_goes_up_down_and_up_again(empty: str) -> None:
    for revision in _revisions(alembic_config()):
        await _run(empty, ("up", revision), ("down", "-1"), ("up", revision))

    await _run(empty, ("down", "base"))

    connection = await asyncpg.connect(empty)
    left = await connection.fetch(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'S')"
        " and relname <> 'alembic_version'"
    )
    await connection.close()
    assert left == []


async def test_the_rows_describe_the_migrated_schema(database_url: str) -> None:
    engine = create_async_engine(sqlalchemy_url(database_url))

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_name": lambda name, kind, _: not (kind == "table" and name.startswith("pgqueuer")),
            },
        )
        return list(compare_metadata(context, Row.metadata))

    async with engine.connect() as connection:
        await connection.execute(text("select 1"))
        found = await connection.run_sync(differences)
    await engine.dispose()

    assert found == []


async def test_three_programs_that_start_at_once_migrate_once(empty: str) -> None:
    assert sorted(await asyncio.gather(*(migrate(empty) for _ in range(3)))) == [False, False, True]


async def test_what_was_sold_in_new_ways_does_not_stand_in_the_way_down(empty: str) -> None:
    await _run(empty, ("up", "0009_rails"))
    connection = await asyncpg.connect(empty)
    await connection.execute(
        """
        insert into users (id, full_name, language, step, timezone, created_at)
        values (1, 'Ali', 'uz', 'done', 'Asia/Tashkent', now());
        insert into orders (id, code, user_id, product_kind, product_id, title, price_tiyin, state, created_at,
            expires_at, paid_at, paid_by)
        values (1, 'AAAAAAAAAAAA', 1, 'tuition', 1, '{}', 100, 'paid', now(), now(), now(), 'payme');
        insert into payme_transactions (id, payme_id, order_id, time, amount, state, create_time, perform_time)
        values (1, repeat('a', 24), 1, 1, 100, 2, 1, 1);
        insert into fiscal_receipts (transaction_id, kind, receipt_id, status_code, message, terminal_id, fiscal_sign,
            qr_code_url, date)
        values (1, 'PERFORM', '', 0, '', '', '', '', '');
        insert into payment_entries (order_id, kind, rail, amount_tiyin, external_id, created_at)
        values (1, 'payment', 'payme', 100, repeat('a', 24), now());
        """
    )
    await connection.close()

    await _run(empty, ("down", "-1"))

    connection = await asyncpg.connect(empty)
    left = await connection.fetchval("select count(*) from orders")
    await connection.close()
    assert left == 0
