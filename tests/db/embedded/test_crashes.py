"""Whatever is killed, deleted or left behind, the next start comes up with all data."""

import asyncio
import os
import shutil
import subprocess
from pathlib import Path

import asyncpg
import psutil
import pytest

from db.embedded import start_embedded
from tests.db.embedded.processes import (
    kill_servers,
    postmaster,
    remember,
    remembered,
    servers_of,
    user,
)


async def test_after_a_kill_of_the_program_its_servers_stay_and_the_next_start_uses_them(data_dir: Path) -> None:
    with user(data_dir) as killed:
        await remember(killed.said["database"], killed.said["redis"])
        before = postmaster(data_dir)
        killed.kill()
    embedded = await start_embedded(data_dir, postgres=True, valkey=True)
    assert embedded.database_url
    assert embedded.redis_url
    kept = await remembered(embedded.database_url, embedded.redis_url)
    after = postmaster(data_dir)
    await embedded.stop()

    assert (kept, after) == ((1, 1), before)
    assert servers_of(data_dir) == []


async def test_after_a_kill_of_everything_the_next_start_has_all_data(data_dir: Path) -> None:
    for round_number in range(1, 4):
        with user(data_dir) as killed:
            await remember(killed.said["database"], killed.said["redis"])
            kept = await remembered(killed.said["database"], killed.said["redis"])
            kill_servers(data_dir)
            killed.kill()

        assert kept == (round_number, round_number)


async def test_a_server_that_died_alone_comes_back_for_the_next_process(data_dir: Path) -> None:
    embedded = await start_embedded(data_dir, postgres=True, valkey=True)
    assert embedded.database_url
    assert embedded.redis_url
    await remember(embedded.database_url, embedded.redis_url)
    kill_servers(data_dir)
    with user(data_dir) as other:
        kept = await remembered(other.said["database"], other.said["redis"])
        other.leave()
    await embedded.stop()

    assert kept == (1, 1)


@pytest.mark.parametrize("with_lock", [True, False])
async def test_a_stale_pid_that_a_living_stranger_has_now_is_no_obstacle(data_dir: Path, with_lock: bool) -> None:
    with user(data_dir) as killed:
        await remember(killed.said["database"], killed.said["redis"])
        kill_servers(data_dir)
        killed.kill()
    account = (data_dir / "servers").stat().st_uid
    stranger = subprocess.Popen(["sleep", "60"], user=account if os.geteuid() == 0 else None)
    home = data_dir / "servers"
    for file in (
        home / "postgres" / "postmaster.pid",
        home / "run" / ".s.PGSQL.5432.lock",
        home / "valkey" / "valkey.pid",
    ):
        if file.exists() and (with_lock or file.suffix != ".lock"):
            lines = file.read_text().splitlines()
            file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
    try:
        embedded = await start_embedded(data_dir, postgres=True, valkey=True)
        assert embedded.database_url
        assert embedded.redis_url
        kept = await remembered(embedded.database_url, embedded.redis_url)
        await embedded.stop()
        unharmed = stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()

    assert kept == (1, 1)
    assert unharmed


async def test_a_killed_initialisation_leaves_nothing_half_made(data_dir: Path) -> None:
    leftover = data_dir / "servers" / "postgres.new-killed"
    leftover.mkdir(parents=True)
    (leftover / "PG_VERSION").write_text("18\n")
    embedded = await start_embedded(data_dir, postgres=True, valkey=False, durable=False)
    await embedded.stop()

    assert embedded.database_url
    assert not leftover.exists()


async def test_servers_of_a_deleted_data_directory_do_not_disturb_a_new_one(data_dir: Path) -> None:
    embedded = await start_embedded(data_dir, postgres=True, valkey=True, durable=False)
    strays = servers_of(data_dir)
    shutil.rmtree(data_dir)
    again = await start_embedded(data_dir, postgres=True, valkey=True, durable=False)
    assert again.database_url
    connection = await asyncpg.connect(again.database_url)
    tables = await connection.fetchval("select count(*) from pg_tables where schemaname = 'public'")
    await connection.close()
    await embedded.stop()
    still_up = {process.name() for process in servers_of(data_dir)}
    await again.stop()

    assert tables == 0
    assert not [stray for stray in strays if stray.is_running() and stray.status() != psutil.STATUS_ZOMBIE]
    assert still_up == {"postgres", "valkey-server"}


async def test_a_data_directory_deleted_in_use_leaves_no_process_behind(data_dir: Path) -> None:
    embedded = await start_embedded(data_dir, postgres=True, valkey=True, durable=False)
    started = servers_of(data_dir)
    shutil.rmtree(data_dir / "servers")
    await embedded.stop()

    assert started
    assert not [process for process in started if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


async def test_a_lost_socket_is_noticed(data_dir: Path) -> None:
    embedded = await start_embedded(data_dir, postgres=True, valkey=True)
    assert embedded.database_url
    assert embedded.redis_url
    await remember(embedded.database_url, embedded.redis_url)
    shutil.rmtree(data_dir / "servers" / "run")
    with user(data_dir) as other:
        kept = await remembered(other.said["database"], other.said["redis"])
        other.leave()
    await embedded.stop()

    assert kept == (1, 1)


async def test_a_cancelled_start_leaves_nothing_behind(data_dir: Path) -> None:
    starting = asyncio.create_task(start_embedded(data_dir, postgres=True, valkey=True, durable=False))
    await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting

    assert servers_of(data_dir) == []
