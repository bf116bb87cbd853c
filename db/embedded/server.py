"""One embedded server process: is it running, does it answer, start it, stop it, clean up after a crash.

The methods are called by one process at a time, under the lock of the supervisor.
"""

import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path
from signal import SIGKILL, Signals

import psutil
import structlog

from db.embedded.errors import EmbeddedError
from db.embedded.place import Place

_log = structlog.get_logger(__name__)

_START_SECONDS = 60.0
_POLL_SECONDS = 0.005
_LARGEST_LOG = 10_000_000
_GONE = (psutil.NoSuchProcess, psutil.ZombieProcess)


class Server(ABC):
    """What PostgreSQL and Valkey have in common.

    Both work in their data directory, and write their pid to a file in it. A pid alone proves nothing: after a crash the number may
    belong to a stranger or to a zombie. A server is running when the process of that number has the server's name and works
    in that very directory; it is up when it answers the first bytes of its protocol.
    """

    title: str
    program: str
    stop_signals: tuple[tuple[Signals, float], ...]
    """Signals from polite to final, each with the seconds to wait for its effect."""

    def __init__(self, place: Place, directory: Path, pid_file: Path, socket: Path) -> None:
        self.place = place
        self.directory = directory
        self.pid_file = pid_file
        self.socket = socket
        self.log_file = place.home / f"{self.program}.log"

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
        process = self._running()
        if process is not None and not self.socket.exists() and not self._appears(process):
            # A cleaner of temporary files took the socket: nobody can reach this server any more.
            self._end([process])
            process = None
        if process is None:
            self._end(self._strays())
            self.prepare()
            process = self._launch()
        self._wait_until_up(process)

    def stop(self) -> None:
        """Stop the server and whatever else still works in its directory, also when that directory was deleted meanwhile."""
        process = self._running()
        self._end([process] if process else [])
        self._end(self._strays())

    def alive(self) -> bool:
        """Whether the process that the pid file names is this server."""
        return self._running() is not None

    def _running(self) -> psutil.Process | None:
        try:
            process = psutil.Process(int(self.pid_file.read_text().split(maxsplit=1)[0]))
        except (FileNotFoundError, ValueError, IndexError, *_GONE):
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
        except (*_GONE, psutil.AccessDenied):
            return False

    def _launch(self) -> psutil.Process | None:
        if self.log_file.exists() and self.log_file.stat().st_size > _LARGEST_LOG:
            self.log_file.replace(self.log_file.with_suffix(".log.1"))
        # The shell leaves at once, so the server is nobody's child: it outlives this process, takes no Ctrl-C from the
        # terminal, and never stays behind as our zombie.
        done = subprocess.run(
            [
                "/bin/sh",
                "-c",
                'log=$1; shift; "$@" </dev/null >>"$log" 2>&1 & echo $!',
                "sh",
                str(self.log_file),
                *self.command(),
            ],
            check=True,
            stdout=subprocess.PIPE,
            **self.place.run_options(),
        )
        _log.debug("embedded.started", server=self.title)
        try:
            return psutil.Process(int(done.stdout))
        except _GONE:
            return None

    def _wait_until_up(self, process: psutil.Process | None) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not self.answers():
            if process is None or not _lives(process):
                raise EmbeddedError(f"{self.title} did not start: {self._last_words()} (log: {self.log_file}).")
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"{self.title} does not answer after {_START_SECONDS:.0f} s (log: {self.log_file})."
                )
            time.sleep(_POLL_SECONDS)

    def _appears(self, process: psutil.Process) -> bool:
        """Give a server that is just starting a moment to open its socket."""
        deadline = time.monotonic() + _START_SECONDS
        while _lives(process) and time.time() - process.create_time() < _START_SECONDS and time.monotonic() < deadline:
            if self.socket.exists():
                return True
            time.sleep(_POLL_SECONDS)
        return False

    def _end(self, processes: list[psutil.Process]) -> None:
        for signal, seconds in (*self.stop_signals, (SIGKILL, 5.0)):
            for process in processes:
                try:
                    process.send_signal(signal)
                except _GONE:
                    continue
            processes = _survivors(processes, seconds)
            if not processes:
                return
        raise EmbeddedError(f"{self.title} (process {processes[0].pid}) cannot be stopped.")

    def _last_words(self) -> str:
        try:
            lines = self.log_file.read_text(errors="replace").strip().splitlines()
        except FileNotFoundError:
            return "it wrote no log"
        telling = [line for line in lines if "FATAL" in line or "PANIC" in line]
        return (telling or lines or ["its log is empty"])[-1]


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _survivors(processes: Iterable[psutil.Process], seconds: float) -> list[psutil.Process]:
    deadline = time.monotonic() + seconds
    left = [process for process in processes if _lives(process)]
    while left and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
        left = [process for process in left if _lives(process)]
    return left
