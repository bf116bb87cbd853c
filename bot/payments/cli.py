"""The small commands for the payment provider's sandbox: `python -m bot payme-orders` and `payme-order`.

They work beside a running bot and answer within a second: nothing of Telegram is imported here, and of the database's
repositories only the orders.
"""

import argparse
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import orjson

from bot.settings import Settings
from domain.clock import utc_now
from domain.payments.errors import OrderGone
from domain.payments.ports import Orders
from domain.payments.service import PaymentService
from domain.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from asyncpg.transaction import Transaction

MAX_COUNT: Final = 10_000


async def make_orders(payments: PaymentService, count: int, *, are_final: bool) -> Sequence[dict[str, Any]]:
    """Payable orders as Payme's sandbox form asks for them; `kind` is told for those that cannot be cancelled."""
    kind = {"kind": "final"} if are_final else {}
    return [
        {"account": {"order_id": order.code}, "amount": order.price.tiyin, **kind}
        for order in await payments.make_test_orders(count, are_final=are_final)
    ]


async def describe_order(payments: PaymentService, code: str) -> dict[str, Any]:
    """The order's state, how many times it opened something, and whether that is open now. Raises OrderGone."""
    account = await payments.account(code)
    return {"state": account.order.state, "grants": account.grant_count, "active": account.is_open}


async def run_command(settings: Settings, arguments: argparse.Namespace) -> int:
    """Answer in JSON on the standard output; the exit code. Problems are one line on the standard error."""
    if arguments.command == "payme-orders" and not 1 <= arguments.count <= MAX_COUNT:
        sys.stderr.write(f"--count must be between 1 and {MAX_COUNT}\n")
        return 2
    import asyncpg

    try:
        async with AsyncExitStack() as stack:
            payments = await _open_payments(settings, stack)
            if arguments.command == "payme-orders":
                _print(await make_orders(payments, arguments.count, are_final=arguments.final))
            else:
                _print(await describe_order(payments, arguments.order_id))
    except OrderGone:
        sys.stderr.write("There is no such order.\n")
        return 1
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        sys.stderr.write(f"The database does not answer: {type(error).__name__}.\n")
        return 1
    return 0


async def _open_payments(settings: Settings, stack: AsyncExitStack) -> PaymentService:
    from db.engine import connect
    from db.migrate import migrate
    from db.payments import SqlOrders

    url = settings.store.database_url
    database_url = url.get_secret_value() if url is not None else await _embedded(settings, stack)
    await migrate(database_url)
    connection = await connect(database_url)
    stack.push_async_callback(connection.close)

    @asynccontextmanager
    async def begin() -> AsyncIterator[UnitOfWork]:
        transaction = connection.transaction()
        await transaction.start()
        unit = _OrdersOnly(SqlOrders(connection), transaction)
        try:
            yield cast("UnitOfWork", unit)
        finally:
            if not unit.is_committed:
                await transaction.rollback()

    return PaymentService(begin=begin, read=begin, now=utc_now, terms=settings.sales.terms)


@dataclass
class _OrdersOnly:
    """As much of a unit of work as these commands use."""

    orders: Orders
    transaction: "Transaction"
    is_committed: bool = False

    async def commit(self) -> None:
        await self.transaction.commit()
        self.is_committed = True


async def _embedded(settings: Settings, stack: AsyncExitStack) -> str:
    """The servers of a bot that runs beside this command, or the same ones started for a moment."""
    import structlog

    from db.embedded import start_embedded

    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger("warning"),
    )
    embedded = await start_embedded(settings.store.data_dir, postgres=True, valkey=False)
    stack.push_async_callback(embedded.stop)
    if embedded.database_url is None:
        raise RuntimeError("the embedded PostgreSQL gave no address")
    return embedded.database_url


def _print(value: Any) -> None:
    sys.stdout.write(orjson.dumps(value).decode() + "\n")
