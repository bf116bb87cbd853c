"""One embedded server process: is it running, does it answer, start it, stop it, clean up after a crash.

The methods are called by one process at a time, under the lock of the supervisor.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL, Signals

import psutil
import structlog

from db.embedded.errors import EmbeddedError
from db.embedded.place import Place

_log = structlog.get_logger(__name__)

_START_SECONDS = 60.0
# Both servers open their socket right after they have written their pid, and long before they have read their data.
_SOCKET_SECONDS = 1.0
_POLL_SECONDS = 0.005
_LARGEST_LOG = 10_000_000


class Server(ABC):
    """What PostgreSQL and Valkey have in common.

    Both work in their data directory, and write their pid to a file in it. A pid alone proves nothing: after a crash
    the number may belong to a stranger or to a zombie. A server is running when the process of that number has the
    server's name and works in that very directory; it is up when it answers the first bytes of its protocol.
    """

    title: str
    program: str
    stop_signals: tuple[tuple[Signals, float], ...]
    """Signals from polite to firm, each with the seconds to wait for its effect; SIGKILL comes after them."""

    def __init__(self, place: Place, directory: Path, pid_file: Path, socket: Path) -> None:
        self.place = place
        self.directory = directory
        self.pid_file = pid_file
        self.socket = socket
        self._log_file = place.home / f"{self.program}.log"
        self._log_start = 0

    @property
    @abstractmethod
    def url(self) -> str:
        """Where clients connect."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether the server takes requests now."""

    @abstractmethod
    def prepare(self) -> None:
        """Make the data directory if there is none, and clear what a crash left behind."""

    @abstractmethod
    def command(self) -> list[str]:
        """The command line that starts the server in the foreground."""

    def ensure(self) -> None:
        """Bring the server up, or find it up. Raises EmbeddedError with the place of the log when it does not come."""
        process = self.running()
        if process and self._comes_up(process, _SOCKET_SECONDS):
            return
        self._end(self._strays())
        self.place.own_directory(self.place.sockets)
        self.prepare()
        process = self._launch()
        if process is None or not self._comes_up(process, _START_SECONDS):
            raise EmbeddedError(f"{self.title} did not start: {self._last_words()} (log: {self._log_file}).")

    def stop(self) -> None:
        """Stop the server and whatever else still works in its directory, also when that was deleted meanwhile."""
        process = self.running()
        self._end([process] if process else [])
        self._end(self._strays())

    def running(self) -> psutil.Process | None:
        """The process that the pid file names, if it is this server."""
        try:
            process = psutil.Process(int(self.pid_file.read_text().split(maxsplit=1)[0]))
        except (FileNotFoundError, ValueError, IndexError, OverflowError, psutil.NoSuchProcess):
            return None
        return process if self._is_ours(process) else None

    def _strays(self) -> list[psutil.Process]:
        """Servers of this directory that no pid file names: it was deleted under them, or their parent was killed."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return (
                process.name().startswith(self.program)
                and process.status() != psutil.STATUS_ZOMBIE
                and (Path(process.cwd()) == self.directory or str(self.directory) in process.cmdline())
            )
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False

    def _launch(self) -> psutil.Process | None:
        if self._log_file.exists() and self._log_file.stat().st_size > _LARGEST_LOG:
            self._log_file.replace(self._log_file.with_suffix(".log.1"))
        self._log_start = self._log_file.stat().st_size if self._log_file.exists() else 0
        # The shell leaves at once, so the server is nobody's child: it outlives this process, takes no Ctrl-C from the
        # terminal, and never stays behind as our zombie.
        script = 'log=$1; shift; "$@" </dev/null >>"$log" 2>&1 & echo $!'
        launched = self.place.run(["/bin/sh", "-c", script, "sh", str(self._log_file), *self.command()])
        _log.debug("embedded.started", server=self.title)
        try:
            return psutil.Process(int(launched.stdout))
        except psutil.NoSuchProcess:
            return None

    def _comes_up(self, process: psutil.Process, socket_seconds: float) -> bool:
        """Wait until it answers; False when it ends, or has no socket because a cleaner of temporary files took it."""
        if not _within(socket_seconds, lambda: self.socket.exists() or not _lives(process)):
            return False
        if not _within(_START_SECONDS, lambda: self.answers() or not _lives(process)):
            raise EmbeddedError(f"{self.title} does not answer in {_START_SECONDS:.0f} s (log: {self._log_file}).")
        return _lives(process)

    def _end(self, processes: Iterable[psutil.Process]) -> None:
        left = list(processes)
        for signal, seconds in (*self.stop_signals, (SIGKILL, 5.0)):
            for process in filter(_lives, left):
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(signal)
            if _within(seconds, lambda: not any(map(_lives, left))):
                return
        raise EmbeddedError(f"{self.title} (process {left[0].pid}) cannot be stopped.")

    def _last_words(self) -> str:
        try:
            with self._log_file.open(errors="replace") as log:
                log.seek(self._log_start)
                lines = log.read().strip().splitlines()
        except FileNotFoundError:
            lines = []
        telling = [line for line in lines if "FATAL" in line or "PANIC" in line]
        return (telling or lines or ["it left no word"])[-1]


def _lives(process: psutil.Process) -> bool:
    """Zombies are dead: their parent, or process 1, will take note in its own time."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _within(seconds: float, happens: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True
