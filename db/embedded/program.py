"""One web server per port, and one default start per data directory."""

import os
from collections.abc import Collection
from pathlib import Path

from db.embedded.errors import EmbeddedError, ProgramAlreadyRuns
from db.embedded.locks import FileLock

ROLES = frozenset({"web", "updates", "jobs", "clock"})


class ProgramLock:
    """What `hold_program_lock` holds, until `release()` or the end of the process, however it ends."""

    def __init__(self, locks: Collection[FileLock]) -> None:
        self._locks = locks

    def release(self) -> None:
        for lock in self._locks:
            lock.release()


def hold_program_lock(data_dir: Path, *, roles: Collection[str] = ROLES, http_port: int = 8080) -> ProgramLock:
    """Claim this data directory for this process, before any server is started.

    - A default start (all four roles) excludes every other default start in the same directory: `program.lock`.
    - The role `web` excludes every other web server on the same port: `web-<port>.lock`.
    - The roles `updates`, `jobs` and `clock` may run in any number of processes: they claim work by rows, so they need no lock.

    The locks are the kernel's, so they end with the process, also by `kill -9`; the files stay and mean nothing by themselves.
    Raises ProgramAlreadyRuns when another process is there, and EmbeddedError when the directory cannot be used; both with a one-line text.
    """
    claims: list[str] = []
    if set(roles) >= ROLES:
        claims.append("program.lock")
    if "web" in roles:
        claims.append(f"web-{http_port}.lock")
    held = ProgramLock(locks := [])
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        for name in claims:
            lock = FileLock(data_dir / name)
            locks.append(lock)
            if not lock.take():
                raise ProgramAlreadyRuns(_already(data_dir, name, lock.read(), http_port))
            lock.write(f"{os.getpid()}\n")
    except OSError as error:
        held.release()
        raise EmbeddedError(f"DATA_DIR {data_dir.absolute()} cannot be used: {error.strerror}.") from error
    except ProgramAlreadyRuns:
        held.release()
        raise
    return held


def _already(data_dir: Path, name: str, pid: str, http_port: int) -> str:
    who = f"Ustoz already runs (process {pid})" if pid else "Ustoz already runs"
    if name == "program.lock":
        return f"{who} on the data of {data_dir.absolute()}; stop it first, or set another DATA_DIR and HTTP_PORT."
    return f"{who} as the web server of port {http_port} on the data of {data_dir.absolute()}; stop it first, or set another HTTP_PORT."
