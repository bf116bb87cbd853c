"""The embedded servers are started by the first process that uses them and stopped by the last."""

from pathlib import Path

import asyncpg
import pytest

from db.embedded import EmbeddedError, start_embedded
from tests.db.embedded.processes import (
    User,
    remember,
    remembered,
    servers_of,
    user,
)


async def test_a_first_start_makes_a_database_that_knows_vectors_and_letters_of_every_language(data_dir: Path) -> None:
    embedded = await start_embedded(data_dir, postgres=True, valkey=True)
    assert embedded.database_url
    connection = await asyncpg.connect(embedded.database_url)
    try:
        await connection.execute("create extension vector")
        await connection.execute("create extension pg_trgm")
        nearest = await connection.fetchval("select '[1,2]'::vector <-> '[1,4]'::vector")
        alike = await connection.fetchval("select similarity('математика', 'математике')")
        upper = await connection.fetchval("select upper('ўқувчи')")
        settings = await connection.fetchrow(
            "select current_setting('fsync') as fsync, current_setting('TimeZone') as zone, "
            "current_setting('server_encoding') as encoding"
        )
    finally:
        await connection.close()
        await embedded.stop()

    assert (nearest, upper) == (2, "ЎҚУВЧИ")
    assert alike > 0.5
    assert settings == ("on", "UTC", "UTF8")


async def test_only_what_is_asked_for_is_started(data_dir: Path) -> None:
    embedded = await start_embedded(data_dir, postgres=False, valkey=True, durable=False)
    names = {process.name() for process in servers_of(data_dir)}
    await embedded.stop()

    assert embedded.database_url is None
    assert names == {"valkey-server"}


async def test_a_second_process_attaches_and_the_last_one_to_leave_stops_the_servers(data_dir: Path) -> None:
    embedded = await start_embedded(data_dir, postgres=True, valkey=True)
    assert embedded.database_url
    assert embedded.redis_url
    await remember(embedded.database_url, embedded.redis_url)
    with user(data_dir) as other:
        await embedded.stop()
        kept = await remembered(other.said["database"], other.said["redis"])
        other.leave()

    assert kept == (1, 1)
    assert servers_of(data_dir) == []


async def test_processes_that_start_at_the_same_moment_share_one_database(data_dir: Path) -> None:
    first, second = User(data_dir), User(data_dir)
    try:
        first.wait_until_up()
        second.wait_until_up()
        running = [process for process in servers_of(data_dir) if "-D" in process.cmdline()]
        first.leave()
        second.leave()
    finally:
        first.kill()
        second.kill()

    assert first.said["database"] == second.said["database"]
    assert len(running) == 1
    assert servers_of(data_dir) == []


async def test_a_server_that_cannot_start_says_why_in_one_line(data_dir: Path) -> None:
    embedded = await start_embedded(data_dir, postgres=True, valkey=True, durable=False)
    await embedded.stop()
    (data_dir / "servers" / "postgres" / "PG_VERSION").write_text("9\n")

    with pytest.raises(EmbeddedError, match=r"^PostgreSQL did not start: .*incompatible.*postgres\.log\)\.$"):
        await start_embedded(data_dir, postgres=True, valkey=True)

    assert servers_of(data_dir) == []
