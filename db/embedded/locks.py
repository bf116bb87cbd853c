"""Kernel file locks: shared or exclusive, released by the kernel even when their holder is killed."""

import fcntl
import os
import time
from pathlib import Path

from db.embedded.errors import EmbeddedError

_POLL_SECONDS = 0.01


class FileLock:
    """One `flock` on one file. Two objects of one process count as two holders, as two processes would."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    def share(self) -> None:
        """Become one of any number of holders, after the exclusive one, if there is one, has let go."""
        fcntl.flock(self._open(), fcntl.LOCK_SH)

    def take(self) -> bool:
        """Try to become the only holder; a shared hold of the same object is turned into an exclusive one."""
        try:
            fcntl.flock(self._open(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def take_within(self, seconds: float) -> None:
        """Become the only holder, waiting for the present one.

        Raises EmbeddedError when it does not let go in time. A file that was deleted while this process waited is
        opened again: its lock would exclude nobody.
        """
        deadline = time.monotonic() + seconds
        while True:
            if self.take():
                if self.still_there():
                    return
                self.release()
            if time.monotonic() > deadline:
                raise EmbeddedError(f"Another process has held {self.path} for {seconds:.0f} s; end it first.")
            time.sleep(_POLL_SECONDS)

    def still_there(self) -> bool:
        """Whether the path still leads to the file that this object has open."""
        try:
            return os.path.samestat(os.fstat(self._open()), self.path.stat())
        except FileNotFoundError:
            return False

    def read(self) -> str:
        return os.pread(self._open(), 200, 0).decode("utf-8", "replace").strip()

    def write(self, text: str) -> None:
        os.ftruncate(self._open(), 0)
        os.pwrite(self._open(), text.encode(), 0)

    def release(self) -> None:
        """Let go; harmless when repeated."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _open(self) -> int:
        if self._fd is None:
            # No symbolic links: as root this file lies in a directory of the servers' unprivileged account.
            self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        return self._fd
