"""Tests share a module's database, and what is only ever added to would never go: here it does."""

from db.engine import Pool


async def empty(pool: Pool, tables: str) -> None:
    """Empty these tables, separated by commas, and all that refer to them; the ledger's guards look away meanwhile."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("set local session_replication_role = replica")
        await connection.execute(f"truncate {tables} restart identity cascade")
