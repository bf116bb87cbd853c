"""Counts the statements that a program sends to PostgreSQL: a proxy that reads the frames of the protocol.

https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

import asyncio
from collections import Counter
from pathlib import Path

SOCKET = ".s.PGSQL.5432"


class Statements:
    """What has been executed since the last `take`, by its text."""

    def __init__(self, server: Path, folder: Path) -> None:
        """`server`: the directory of PostgreSQL's socket; `folder`: where a socket of the same name is offered."""
        self._server = server / SOCKET
        self._folder = folder
        self._counts: Counter[str] = Counter()
        self._listener: asyncio.Server | None = None

    async def start(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._listener = await asyncio.start_unix_server(self._serve, self._folder / SOCKET)

    async def close(self) -> None:
        if self._listener is not None:
            self._listener.close()

    def take(self) -> Counter[str]:
        counts, self._counts = self._counts, Counter()
        return counts

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(self._server)
        answers = asyncio.create_task(_copy(there, writer))
        try:
            await self._read_requests(reader, back)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            answers.cancel()
            await asyncio.gather(answers, return_exceptions=True)
            back.close()
            writer.close()

    async def _read_requests(self, reader: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        length = await reader.readexactly(4)
        back.write(length + await reader.readexactly(int.from_bytes(length) - 4))
        texts: dict[bytes, str] = {}
        bound = ""
        while True:
            head = await reader.readexactly(5)
            body = await reader.readexactly(int.from_bytes(head[1:]) - 4)
            back.write(head + body)
            match head[:1]:
                case b"P":
                    name, text, _rest = body.split(b"\0", 2)
                    texts[name] = text.decode()
                case b"B":
                    _portal, name, _rest = body.split(b"\0", 2)
                    bound = texts.get(name, "")
                case b"E":
                    self._counts[bound] += 1
                case b"Q":
                    self._counts[body.rstrip(b"\0").decode()] += 1
                case _:
                    pass


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()


def of_inbox(text: str) -> bool:
    """The intake's own: shared by all updates of a moment."""
    return "inbox" in text or "pg_try_advisory_lock" in text or "pg_advisory_unlock" in text


def of_the_clock(text: str) -> bool:
    """Done at intervals, however many updates there are: the job queue, the scheduler, the search for leftovers."""
    return "pgqueuer" in text or "schedule_fires" in text or "make_interval" in text or "pg_catalog" in text
