"""The pool of database connections.

Repositories run SQL on asyncpg directly: a statement costs a quarter of what it costs through the ORM, and
every screen of a chat is at least one. SQLAlchemy describes the schema (`db/rows`) for the migrations.
"""

from typing import TYPE_CHECKING

import asyncpg
from asyncpg.pool import PoolConnectionProxy

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    Connection = asyncpg.Connection | PoolConnectionProxy
    Pool = asyncpg.Pool

COMMAND_TIMEOUT = 20.0
"""Seconds after which a statement is given up; no screen needs more than milliseconds."""


class _LeanConnection(asyncpg.Connection):
    """Goes back to the pool without asyncpg's reset query: no code here changes session state on a pooled
    connection, and the query would cost one more round trip for every unit of work."""

    def get_reset_query(self) -> str:
        return ""


async def connect(database_url: str) -> "asyncpg.Connection[asyncpg.Record]":
    """One connection of its own, outside the pool: for listening and for session locks."""
    return await asyncpg.connect(database_url, command_timeout=COMMAND_TIMEOUT, server_settings=_SETTINGS)


async def create_pool(database_url: str, *, size: int = 10) -> Pool:
    """A pool of up to `size` connections; `database_url` is a libpq URL, Unix sockets included."""
    return await asyncpg.create_pool(
        database_url,
        min_size=1,
        max_size=size,
        command_timeout=COMMAND_TIMEOUT,
        connection_class=_LeanConnection,
        max_inactive_connection_lifetime=300,
        server_settings=_SETTINGS,
    )


_SETTINGS = {
    "application_name": "ustoz",
    "timezone": "UTC",
    "jit": "off",
    # A backend whose client vanished gives its locks back within a minute, also across a dead network.
    "tcp_keepalives_idle": "20",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
    "idle_in_transaction_session_timeout": "30000",
    # A search by meaning among what one reader may open goes on until enough is found (`db/passage_sql.py`).
    "hnsw.iterative_scan": "relaxed_order",
    "hnsw.ef_search": "100",
}
