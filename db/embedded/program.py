"""One web server per port, and one default start per data directory."""

import os
from collections.abc import Collection
from pathlib import Path

from db.embedded.errors import EmbeddedError, ProgramAlreadyRuns
from db.embedded.locks import FileLock

ROLES = frozenset({"web", "updates", "jobs", "clock"})


class ProgramLock:
    """What `hold_program_lock` holds, until `release()` or the end of the process, however it ends."""

    def __init__(self) -> None:
        self._locks: list[FileLock] = []

    def take(self, path: Path) -> str | None:
        """Hold one more file; None, or what its holder wrote into it when it is held already."""
        lock = FileLock(path)
        if not lock.take():
            holder = lock.read()
            lock.release()
            return holder
        self._locks.append(lock)
        lock.write(f"{os.getpid()}\n")
        return None

    def release(self) -> None:
        for lock in self._locks:
            lock.release()


def hold_program_lock(data_dir: Path, *, roles: Collection[str] = ROLES, http_port: int = 8080) -> ProgramLock:
    """Claim this data directory for this process, before any server is started.

    - A default start (all four roles) excludes every other default start in the same directory: `program.lock`.
    - The role `web` excludes every other web server on the same port: `web-<port>.lock`.
    - The roles `updates`, `jobs` and `clock` may run in any number of processes: they claim work by rows.

    The locks are the kernel's, so they end with the process, also by `kill -9`; the files mean nothing by themselves.
    Raises ProgramAlreadyRuns, an EmbeddedError, when another process is there, and EmbeddedError when the directory
    cannot be used; both with a one-line text.
    """
    held = ProgramLock()
    data = data_dir.absolute()
    try:
        data.mkdir(parents=True, exist_ok=True)
        if set(roles) >= ROLES and (pid := held.take(data / "program.lock")) is not None:
            raise ProgramAlreadyRuns(
                f"Ustoz already runs (process {pid}) with the data of {data}: "
                "stop it, or set another DATA_DIR and HTTP_PORT."
            )
        if "web" in roles and (pid := held.take(data / f"web-{http_port}.lock")) is not None:
            raise ProgramAlreadyRuns(
                f"Ustoz already serves port {http_port} (process {pid}) with the data of {data}: "
                "stop it, or set another HTTP_PORT."
            )
    except ProgramAlreadyRuns:
        held.release()
        raise
    except OSError as error:
        held.release()
        raise EmbeddedError(f"DATA_DIR {data} cannot be used: {error.strerror} ({error.filename}).") from error
    return held
