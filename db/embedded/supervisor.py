"""Who uses the embedded servers: the first user starts them, every other one attaches, the last one stops them.

Every user holds a shared kernel lock on `servers/users` as long as it lives, and starting and stopping happen under an exclusive lock on
`servers/lock`. The kernel lets both go when a process dies, however it dies. So after `kill -9` of the program its servers stay, and the
next start attaches to them and is their user again; after `kill -9` of everything the next start finds the data and starts anew.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from db.embedded.errors import EmbeddedError
from db.embedded.locks import FileLock
from db.embedded.place import Place, settle

if TYPE_CHECKING:
    from db.embedded.server import Server

# Longer than the first start of a slow machine.
_WAIT_FOR_OTHERS_SECONDS = 120.0


@dataclass(slots=True)
class Embedded:
    """The embedded servers in use by this process.

    `database_url` and `redis_url` are None for a server that was not asked for.
    """

    database_url: str | None
    redis_url: str | None
    _place: Place
    _servers: "Sequence[Server]"
    _users: FileLock
    _stopped: bool = False

    async def stop(self) -> None:
        """Stop using the servers, and stop them if nobody else uses them; harmless when repeated."""
        if not self._stopped:
            self._stopped = True
            await asyncio.to_thread(self._leave)

    def _leave(self) -> None:
        lock = FileLock(self._place.home / "lock")
        try:
            if not self._users.still_there():
                # The data directory was deleted. A new one in its place has its own users; if there is none, only our servers are left.
                if not self._place.home.exists():
                    _together(self._servers, "stop")
                return
            lock.take_within(_WAIT_FOR_OTHERS_SECONDS)
            if self._users.take():
                _together(self._servers, "stop")
        finally:
            self._users.release()
            lock.release()


async def start_embedded(data_dir: Path, *, postgres: bool, valkey: bool, durable: bool = True) -> Embedded:
    """Start the embedded servers of this data directory, or attach to those that already run.

    Returns when they answer: about a second after the first call for a directory, milliseconds if they run already. The
    caller owns the result and must await its `stop()`. `durable=False` is for tests only: faster, and a power cut may destroy the data.

    Raises EmbeddedError, one line that says what to do, when a server cannot be had.
    """
    starting = asyncio.ensure_future(asyncio.to_thread(_start, data_dir, postgres, valkey, durable))
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        # The thread goes on; what it started must not be left without a user.
        await (await starting).stop()
        raise


def _start(data_dir: Path, postgres: bool, valkey: bool, durable: bool) -> Embedded:
    place = settle(data_dir)
    everything = _servers(place, durable)
    database, cache = everything
    wanted = [server for server, needed in ((database, postgres), (cache, valkey)) if needed]
    lock, users = FileLock(place.home / "lock"), FileLock(place.home / "users")
    try:
        lock.take_within(_WAIT_FOR_OTHERS_SECONDS)
        users.share()
        try:
            _together(wanted, "ensure")
        except BaseException:
            if users.take():
                _together(everything, "stop")
            raise
    except OSError as error:
        users.release()
        raise EmbeddedError(f"The embedded servers in {place.home} cannot be started: {error}.") from error
    except BaseException:
        users.release()
        raise
    finally:
        lock.release()
    return Embedded(database.url if postgres else None, cache.url if valkey else None, place, everything, users)


def _servers(place: Place, durable: bool):
    try:
        from db.embedded.postgres import Postgres
        from db.embedded.valkey import Valkey
    except ModuleNotFoundError as error:
        raise EmbeddedError(
            f"The embedded servers are not installed ({error.name} is missing): run `make install`, or set DATABASE_URL and REDIS_URL."
        ) from error
    return Postgres(place, durable=durable), Valkey(place, durable=durable)


def _together(servers: "Sequence[Server]", action: str) -> None:
    if not servers:
        return
    with ThreadPoolExecutor(len(servers)) as pool:
        for done in [pool.submit(getattr(server, action)) for server in servers]:
            done.result()
