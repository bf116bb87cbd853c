"""The embedded Valkey (speaks the Redis protocol)."""

import socket
from signal import SIGTERM

from db.embedded.binaries import valkey_program
from db.embedded.place import Place
from db.embedded.server import Server

_ANSWER_SECONDS = 2.0


class Valkey(Server):
    """Valkey on a Unix socket, with an append-only file written every second.

    It holds only what can be rebuilt, so a full memory forgets what was used least instead of refusing to work.
    """

    title = "Valkey"
    program = "valkey-server"
    stop_signals = ((SIGTERM, 3.0),)

    def __init__(self, place: Place, *, durable: bool) -> None:
        directory = place.home / "valkey"
        super().__init__(place, directory, directory / "valkey.pid", place.sockets / "valkey.sock")
        self._durable = durable

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def answers(self) -> bool:
        """`PONG`; while the append-only file is read the answer is `LOADING`."""
        if self.running() is None:
            return False
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_ANSWER_SECONDS)
            try:
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(5) == b"+PONG"
            except OSError:
                return False

    def prepare(self) -> None:
        self.place.own_directory(self.directory)
        self.socket.unlink(missing_ok=True)
        self.pid_file.unlink(missing_ok=True)

    def command(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.directory),
            "pidfile": str(self.pid_file),
            "daemonize": "no",
            "save": "",
            "appendonly": "yes" if self._durable else "no",
            "appendfsync": "everysec",
            "maxmemory": "128mb",
            "maxmemory-policy": "allkeys-lru",
        }
        options = (part for name, value in settings.items() for part in (f"--{name}", value))
        return [str(valkey_program(self.place)), *options]
