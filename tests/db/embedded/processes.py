"""Processes that use the embedded servers, and what can be seen and done from outside."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import asyncpg
import psutil
from redis.asyncio import Redis

ROOT = Path(__file__).parent.parent.parent.parent
Seen = TypeVar("Seen")


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
            [sys.executable, "-m", "tests.db.embedded.user", str(data_dir), *options],
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


def looked_at(data_dir: Path, look: Callable[[psutil.Process], Seen]) -> list[Seen]:
    """What there is to see of each of them; a worker of the servers may end while one looks."""
    seen: list[Seen] = []
    for process in servers_of(data_dir):
        with suppress(psutil.NoSuchProcess):
            seen.append(look(process))
    return seen


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
