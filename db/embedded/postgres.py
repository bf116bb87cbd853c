"""The embedded PostgreSQL."""

import os
import shutil
import socket
import struct
import subprocess
import tempfile
from pathlib import Path
from signal import SIGINT, SIGQUIT
from urllib.parse import quote

from db.embedded.binaries import postgres_programs
from db.embedded.errors import EmbeddedError
from db.embedded.place import Place
from db.embedded.server import Server

_NAME = "ustoz"
_PORT = 5432
# Above every pid_max: PostgreSQL may take it for a dead predecessor, and for nobody else.
_NO_SUCH_PID = 2**31 - 2
_ANSWER_SECONDS = 2.0
# The C library's side of the locale decides what a letter is for pg_trgm and full-text search; macOS has no C.UTF-8 before 15.
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
        return f"postgresql://{_NAME}@/{_NAME}?host={quote(str(self.place.sockets))}"

    def answers(self) -> bool:
        """Only the reply `R` to a startup packet means "up": the socket exists before, and `E` says "starting up"."""
        if not self.socket.exists() or not self.alive():
            return False
        parameters = b"user\0" + _NAME.encode() + b"\0database\0" + _NAME.encode() + b"\0\0"
        startup = struct.pack("!ii", 8 + len(parameters), 3 << 16) + parameters
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_ANSWER_SECONDS)
            try:
                connection.connect(str(self.socket))
                connection.sendall(startup)
                up = connection.recv(1) == b"R"
                if up:
                    connection.sendall(b"X" + struct.pack("!i", 4))
            except OSError:
                return False
        return up

    def prepare(self) -> None:
        if not (self.directory / "PG_VERSION").exists():
            self._initialise()
        self._disown_stranger()
        self.socket.unlink(missing_ok=True)
        self.socket.with_name(self.socket.name + ".lock").unlink(missing_ok=True)

    def command(self) -> list[str]:
        settings = (
            _SETTINGS
            | (_DURABLE if self._durable else _FORGETFUL)
            | {"unix_socket_directories": str(self.place.sockets)}
        )
        program = postgres_programs(self.place) / "postgres"
        return [str(program), "-D", str(self.directory), *(f"--{name}={value}" for name, value in settings.items())]

    def _initialise(self) -> None:
        """Build the cluster beside its final place and move it there whole: a kill in between leaves no half-made database."""
        for leftover in self.place.home.glob("postgres.new-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        unfinished = self.place.own_directory(Path(tempfile.mkdtemp(prefix="postgres.new-", dir=self.place.home)))
        programs = postgres_programs(self.place)
        for letters in _LETTERS:
            initdb = self._run(
                [
                    str(programs / "initdb"),
                    f"--pgdata={unfinished}",
                    f"--username={_NAME}",
                    "--encoding=UTF8",
                    "--locale=C",
                    f"--lc-ctype={letters}",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--text-search-config=simple",
                    "--auth-local=trust",
                    "--auth-host=reject",
                    "--no-instructions",
                    *([] if self._durable else ["--no-sync"]),
                ]
            )
            if "invalid locale name" not in initdb.stderr:
                break
        if initdb.returncode:
            raise EmbeddedError(f"The database cannot be created: {_last_line(initdb)}")
        createdb = self._run(
            [
                str(programs / "postgres"),
                "--single",
                "-D",
                str(unfinished),
                "--exit_on_error=on",
                "--fsync=off",
                "postgres",
            ],
            f"create database {_NAME};\n",
        )
        if createdb.returncode:
            raise EmbeddedError(f"The database cannot be created: {_last_line(createdb)}")
        if self._durable:
            os.sync()
        if self.directory.exists():
            self.directory.rmdir()
        unfinished.rename(self.directory)

    def _disown_stranger(self) -> None:
        """Make a postmaster.pid that a crash left behind name nobody.

        PostgreSQL refuses to start while the number in it is alive, and after a crash, or in a new container, it may be
        a stranger's or a zombie's. The other lines stay: by them PostgreSQL finds out whether orphaned backends still use the data.
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

    def _run(self, command: list[str], stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, check=False, text=True, input=stdin, capture_output=True, **self.place.run_options()
        )


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    return (done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}").splitlines()[-1]
