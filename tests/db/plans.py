"""What a service asks the database: how many statements, and whether one of them reads a whole table."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import orjson
from asyncpg.connection import LoggedQuery

from db.engine import Pool
from db.unit_of_work import Database

_VERBS = ("select", "with", "insert", "update", "delete")


@dataclass
class Watched:
    """A database whose statements are written down; those that begin and end transactions are not."""

    pool: Pool
    database: Database
    asked: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list[tuple[str, tuple[Any, ...]]])

    def note(self, query: LoggedQuery) -> None:
        if query.query.lstrip().lower().startswith(_VERBS) and "pg_advisory_unlock_all" not in query.query:
            self.asked.append((query.query, tuple(query.args or ())))

    async def full_scans(self, tables: frozenset[str]) -> list[str]:
        """The tables of those that a statement since the last `clear` would read from end to end."""
        found: list[str] = []
        for text, values in self.asked[:]:
            async with self.pool.acquire() as connection:
                transaction = connection.transaction()
                await transaction.start()
                try:
                    plan = orjson.loads(await connection.fetchval(f"explain (format json) {text}", *values))
                finally:
                    await transaction.rollback()
            found += [table for table in _scanned(plan[0]["Plan"]) if table in tables]
        return found

    def clear(self) -> None:
        self.asked.clear()


@asynccontextmanager
async def watched(database_url: str) -> AsyncIterator[Watched]:
    seen: list[Watched] = []

    async def listen(connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]") -> None:
        connection.add_query_logger(seen[0].note)

    pool = await asyncpg.create_pool(database_url, min_size=1, max_size=2, setup=listen)
    seen.append(Watched(pool, Database(pool)))
    try:
        yield seen[0]
    finally:
        await pool.close()


def _scanned(plan: dict[str, Any]) -> Iterator[str]:
    if plan["Node Type"] in ("Seq Scan", "Parallel Seq Scan"):
        yield plan["Relation Name"]
    for child in plan.get("Plans", ()):
        yield from _scanned(child)
