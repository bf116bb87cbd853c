"""The statements of a screen, and how PostgreSQL goes about them."""

from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from db.engine import Connection, Pool
from db.unit_of_work import SqlUnitOfWork

GROWING = frozenset(
    {"users", "enrolments", "lesson_progress", "access_grants", "sent_parts", "course_teachers", "certificates"}
)
"""Tables that grow with the people who come: none of them is ever read through."""


@dataclass
class Seen:
    """What was asked of the database, in order."""

    statements: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list[tuple[str, tuple[Any, ...]]])


@asynccontextmanager
async def watched(pool: Pool) -> AsyncGenerator[tuple[Callable[[], AbstractAsyncContextManager[Any]], Seen, Any], None]:
    """A `read` for services on one connection, what goes over it, and the connection to ask for plans."""
    seen = Seen()
    async with pool.acquire() as connection:

        def note(query: Any) -> None:
            # What asyncpg asks about types for itself, once for each connection, is no part of a screen.
            if "pg_catalog" not in query.query:
                seen.statements.append((query.query, tuple(query.args or ())))

        @asynccontextmanager
        async def read() -> AsyncGenerator[SqlUnitOfWork, None]:
            connection.add_query_logger(note)
            try:
                yield SqlUnitOfWork(connection, None)
            finally:
                connection.remove_query_logger(note)

        yield read, seen, connection


async def tables_read_through(connection: Connection, statement: str, arguments: tuple[Any, ...]) -> set[str]:
    """The tables that the statement reads from end to end."""
    raw = await connection.fetchval(f"explain (format json) {statement}", *arguments)
    return {node["Relation Name"] for node in _nodes(orjson.loads(raw)[0]["Plan"]) if node["Node Type"] == "Seq Scan"}


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)
