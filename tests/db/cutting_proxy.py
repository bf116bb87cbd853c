"""Stands between a program and PostgreSQL, and cuts the connection in the one moment in which nobody can know what
happened: when COMMIT, or a statement that commits by itself, has been sent and no answer has come."""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from typing import Self
from urllib.parse import parse_qs, urlsplit

from db.engine import Pool, create_pool

BEGIN = b"BEGIN"
COMMIT = b"COMMIT"
ROLLBACK = b"ROLLBACK"
"""As asyncpg's transactions spell them."""
EXECUTE = b"E\0\0\0\x09\0"
"""Execute of the unnamed portal, without a limit of rows: how prepared statements are run."""


class CuttingProxy:
    """`chance` of a COMMIT being cut, a third of it of a statement that commits by itself, and a thirtieth of one
    inside a transaction, where nothing is in doubt: with more, a use case of fifteen statements would hardly ever
    get to its COMMIT. Half of these never arrive, of the others only the answer is lost."""

    def __init__(self, database_url: str, *, chance: float = 0.5, seed: int = 1) -> None:
        self.cuts = Counter[str]()
        self.runs = asyncio.Event()
        """Cleared, every byte waits, as on a server whose machine hangs."""
        self.runs.set()
        self._url = urlsplit(database_url)
        self._chance = chance
        self._random = random.Random(seed)
        self._server: asyncio.Server | None = None
        self._ends: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    @property
    def url(self) -> str:
        assert self._server is not None
        host, port = self._server.sockets[0].getsockname()[:2]
        user = f"{self._url.username or parse_qs(self._url.query).get('user', ['postgres'])[0]}@"
        return f"postgresql://{user}{host}:{port}{self._url.path}?sslmode=disable"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.runs.set()
        for end in self._ends.values():
            end.transport.abort()
        await asyncio.gather(*self._ends)
        await self._server.wait_closed()

    async def pool(self, size: int) -> Pool:
        return await create_pool(self.url, size=size)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._ends[task] = writer
        task.add_done_callback(lambda done: self._ends.pop(done))
        query = parse_qs(self._url.query)
        folder = query.get("host", [""])[0]
        if folder.startswith("/"):
            path = f"{folder}/.s.PGSQL.{query.get('port', ['5432'])[0]}"
            upstream, away = await asyncio.open_unix_connection(path)
        else:
            upstream, away = await asyncio.open_connection(self._url.hostname, self._url.port or 5432)
        down = asyncio.create_task(self._pump(upstream, writer))
        try:
            with suppress(OSError):
                await self._forward(reader, away, down)
        finally:
            down.cancel()
            await asyncio.gather(down, return_exceptions=True)
            for side in (away, writer):
                side.close()
                with suppress(OSError):
                    await side.wait_closed()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                await self.runs.wait()
                sink.write(data)
                await sink.drain()
        sink.close()

    async def _forward(
        self, reader: asyncio.StreamReader, away: asyncio.StreamWriter, down: asyncio.Task[None]
    ) -> None:
        in_transaction = False
        while data := await reader.read(65536):
            await self.runs.wait()
            in_transaction = BEGIN in data or (in_transaction and COMMIT not in data and ROLLBACK not in data)
            if self._random.random() < self._chance_of(data, in_transaction=in_transaction):
                if self._random.random() < 0.5:
                    self.cuts["never arrived"] += 1
                    return
                # Nobody hears the answer, but the server has time to do the work.
                down.cancel()
                self.cuts["answer lost"] += 1
                away.write(data)
                await away.drain()
                await asyncio.sleep(0.01)
                return
            away.write(data)
            await away.drain()

    def _chance_of(self, data: bytes, *, in_transaction: bool) -> float:
        if COMMIT in data:
            return self._chance
        if EXECUTE not in data:
            return 0.0
        return self._chance / 30 if in_transaction else self._chance / 3
