"""Runs the migrations on the connection that `db.migrate` gives, or on DATABASE_URL from the command line."""

import asyncio
import importlib
import os
import pkgutil

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

import db.rows
from db.migrate import sqlalchemy_url
from db.rows.base import Row

for module in pkgutil.iter_modules(db.rows.__path__):
    importlib.import_module(f"db.rows.{module.name}")


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """PgQueuer's tables are made by its own SQL and described nowhere else."""
    return not (kind == "table" and name is not None and name.startswith("pgqueuer"))


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Row.metadata,
        include_name=is_ours,
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def migrate_from_command_line() -> None:
    engine = create_async_engine(sqlalchemy_url(os.environ["DATABASE_URL"]))
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
        await connection.commit()
    await engine.dispose()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    asyncio.run(migrate_from_command_line())
