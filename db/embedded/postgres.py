"""The embedded PostgreSQL."""

import os
import shutil
import socket
import struct
import subprocess
import tempfile
from pathlib import Path
from signal import SIGINT, SIGQUIT

from db.embedded.binaries import postgres_programs
from db.embedded.errors import EmbeddedError
from db.embedded.place import Place
from db.embedded.server import Server

_NAME = "ustoz"
_PORT = 5432
# Above every pid_max: PostgreSQL takes it for a dead predecessor, and never for a living stranger.
_NO_SUCH_PID = 2**31 - 2
_ANSWER_SECONDS = 2.0
# The C library's locale decides what a letter is for pg_trgm and full-text search; older macOS has no C.UTF-8.
_LETTERS = ("C.UTF-8", "en_US.UTF-8", "UTF-8")

_SETTINGS = {
    "listen_addresses": "",
    "port": str(_PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "effective_cache_size": "512MB",
    "max_wal_size": "256MB",
    "max_parallel_workers_per_gather": "0",
    "max_logical_replication_workers": "0",
    "io_method": "sync",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "cluster_name": _NAME,
}
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_FORGETFUL = dict.fromkeys(_DURABLE, "off")


class Postgres(Server):
    """PostgreSQL on a Unix socket, with one database and one superuser named `ustoz`.

    Access is a matter of file permissions: only the servers' account (and root) can enter the socket's directory.
    """

    title = "PostgreSQL"
    program = "postgres"
    stop_signals = ((SIGINT, 3.0), (SIGQUIT, 1.0))

    def __init__(self, place: Place, *, durable: bool) -> None:
        directory = place.home / "postgres"
        super().__init__(place, directory, directory / "postmaster.pid", place.sockets / f".s.PGSQL.{_PORT}")
        self._durable = durable

    @property
    def url(self) -> str:
        return f"postgresql://{_NAME}@/{_NAME}?host={self.place.sockets}"

    def answers(self) -> bool:
        """Only the reply `R` to a startup packet means "up": the socket is there before, and `E` means "not yet".

        The packet is sent when the pid file says "ready", since every earlier one is a line in the server's log.
        """
        if self.running() is None:
            return False
        parameters = b"user\0" + _NAME.encode() + b"\0database\0" + _NAME.encode() + b"\0\0"
        startup = struct.pack("!ii", 8 + len(parameters), 3 << 16) + parameters
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_ANSWER_SECONDS)
            try:
                if not self.pid_file.read_text().rstrip().endswith("ready"):
                    return False
                connection.connect(str(self.socket))
                connection.sendall(startup)
                if connection.recv(1) != b"R":
                    return False
                connection.sendall(b"X" + struct.pack("!i", 4))
            except OSError:
                return False
        return True

    def prepare(self) -> None:
        if not (self.directory / "PG_VERSION").exists():
            self._initialise()
        self._disown_stranger()
        self.socket.unlink(missing_ok=True)
        self.socket.with_name(f"{self.socket.name}.lock").unlink(missing_ok=True)

    def command(self) -> list[str]:
        settings = _SETTINGS | {"unix_socket_directories": str(self.place.sockets)}
        settings |= _DURABLE if self._durable else _FORGETFUL
        program = postgres_programs(self.place) / "postgres"
        return [str(program), "-D", str(self.directory), *(f"--{name}={value}" for name, value in settings.items())]

    def _initialise(self) -> None:
        """Build the cluster beside its final place and move it there whole: a kill leaves no half-made database."""
        for leftover in self.place.home.glob("postgres.new-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        unfinished = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=self.place.home))
        self.place.own_directory(unfinished)
        self._check(self._initdb(unfinished))
        # Stand-alone mode makes the database part of the initialisation: there is never a cluster without it.
        program = postgres_programs(self.place) / "postgres"
        options = ["--exit_on_error=on", *([] if self._durable else ["--fsync=off"])]
        command = [str(program), "--single", "-D", str(unfinished), *options, "postgres"]
        self._check(self.place.run(command, stdin=f"create database {_NAME};\n"))
        if self.directory.exists():
            self.directory.rmdir()
        unfinished.rename(self.directory)

    def _initdb(self, directory: Path) -> subprocess.CompletedProcess[str]:
        command = [
            str(postgres_programs(self.place) / "initdb"),
            f"--pgdata={directory}",
            f"--username={_NAME}",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--text-search-config=simple",
            "--auth-local=trust",
            "--auth-host=reject",
            "--no-instructions",
            *([] if self._durable else ["--no-sync"]),
        ]
        first, *others = _LETTERS
        done = self.place.run([*command, f"--lc-ctype={first}"])
        for letters in others:
            if "invalid locale name" in done.stderr:
                done = self.place.run([*command, f"--lc-ctype={letters}"])
        return done

    def _check(self, done: subprocess.CompletedProcess[str]) -> None:
        if done.returncode:
            words = (done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}").splitlines()
            raise EmbeddedError(f"The database in {self.directory} cannot be created: {words[-1]}")

    def _disown_stranger(self) -> None:
        """Make a postmaster.pid that a crash left behind name nobody.

        PostgreSQL refuses to start while the number in it is alive, and after a crash, or in a new container, it may be
        a stranger's or a zombie's. The other lines stay: by them PostgreSQL sees whether orphaned backends still use
        the data.
        """
        try:
            lines = self.pid_file.read_text().splitlines(keepends=True)
        except FileNotFoundError:
            return
        if len(lines) < 2:
            self.pid_file.unlink()
            return
        handle, name = tempfile.mkstemp(prefix="postmaster.", dir=self.directory)
        with os.fdopen(handle, "w") as copy:
            copy.writelines([f"{_NO_SUCH_PID}\n", *lines[1:]])
        if self.place.account:
            os.chown(name, self.place.account.uid, self.place.account.gid)
        Path(name).replace(self.pid_file)
