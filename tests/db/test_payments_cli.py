"""The small commands, as processes of their own beside a running database."""

import asyncio
import json
import os
import resource
import sys
from pathlib import Path

import pytest

from db.engine import Pool
from db.unit_of_work import Database
from domain.payments.payme import CancelRequest
from tests.db.payments_world import World
from tests.domain.payments.fakes import ALGEBRA, payme_id

ROOT = Path(__file__).parents[2]


async def run(database_url: str, *arguments: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


@pytest.fixture
async def world(pool: Pool) -> World:
    database = Database(pool)
    return World(pool=pool, begin=database.begin, read=database.read, course=ALGEBRA, lesson=ALGEBRA)


async def test_test_orders_are_made_paid_and_described(database_url: str, world: World) -> None:
    code, out, err = await run(database_url, "payme-orders", "--count", "3")
    orders = json.loads(out)

    assert (code, err) == (0, "")
    assert len({order["account"]["order_id"] for order in orders}) == 3
    assert all(set(order) == {"account", "amount"} for order in orders)

    order_id = orders[0]["account"]["order_id"]
    assert json.loads((await run(database_url, "payme-order", order_id))[1]) == {
        "state": "open",
        "grants": 0,
        "active": False,
    }
    world.clock.moment = (await world.payments.account(order_id)).order.created_at
    await world.create(payme_id(1), order_id, orders[0]["amount"])
    await world.merchant.perform(payme_id(1))
    assert json.loads((await run(database_url, "payme-order", order_id))[1]) == {
        "state": "paid",
        "grants": 1,
        "active": True,
    }
    await world.merchant.cancel(CancelRequest(payme_id=payme_id(1), reason=5))
    assert json.loads((await run(database_url, "payme-order", order_id))[1]) == {
        "state": "refunded",
        "grants": 1,
        "active": False,
    }


async def test_final_orders_say_so(database_url: str) -> None:
    _, out, _ = await run(database_url, "payme-orders", "--final")

    assert [order["kind"] for order in json.loads(out)] == ["final"]


@pytest.mark.parametrize(
    "arguments",
    [("payme-order", "nothing"), ("payme-order", "0123456789AB"), ("payme-orders", "--count", "0")],
)
async def test_a_mistake_is_one_line_and_no_json(database_url: str, arguments: tuple[str, ...]) -> None:
    code, out, err = await run(database_url, *arguments)

    assert code != 0
    assert out == ""
    assert err.count("\n") == 1


async def test_the_commands_do_without_telegram_and_without_sqlalchemy() -> None:
    check = (
        "import sys, bot.payments.cli, db.payments, db.migrate;"
        "print(sorted({'aiogram', 'sqlalchemy'} & set(sys.modules)))"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", check, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()

    assert out == b"[]\n"


async def test_the_commands_take_less_than_a_second_of_work(database_url: str, world: World) -> None:
    """Measured as processor time, because the machine may be busy with something else; a thousand orders at once."""
    await run(database_url, "payme-orders")
    took: list[float] = []
    for arguments in (("payme-orders", "--count", "1000"), ("payme-order", "0123456789AB")):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        await run(database_url, *arguments)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

    assert max(took) < 1, took


async def test_a_database_that_is_away_is_one_line(tmp_path: Path) -> None:
    code, out, err = await run(f"postgresql://ustoz@/ustoz?host={tmp_path}", "payme-order", "0123456789AB")

    assert (code, out) == (1, "")
    assert err == "The database does not answer: FileNotFoundError.\n"
