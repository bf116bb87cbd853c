"""A large centre's whole list as a file: complete, in bounded memory, in a bearable time."""

import csv
import time
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bot.i18n import speaking
from bot.payments.desk_export import FileKind, write_orders
from db.engine import Pool
from domain.language import Language
from domain.payments.days import Days
from domain.payments.desk import PAGE, CashDesk, Filter
from domain.payments.model import OrderState, Rail
from domain.payments.rails import Rails
from domain.users.model import UserId
from tests.db.payments_world import ADMIN, PRICE, make_world

COUNT = 100_000
ADMIN_ID = UserId(ADMIN)
TWO_MONTHS = Days(date(2025, 1, 2), date(2025, 3, 2))
"""An order every five minutes makes 288 a day."""


@pytest.fixture(scope="module")
async def desk(pool: Pool) -> CashDesk:
    world = await make_world(pool)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("set local session_replication_role = replica")
        await connection.execute(
            """
            insert into orders (code, user_id, product_kind, product_id, course_id, title, price_tiyin, state,
                created_at, expires_at, closed_at, paid_at, paid_by)
            select upper(lpad(to_hex(n), 12, '0')), 101, 'course', $2, $2, '{"uz": "Algebra"}', $3,
                case when n % 2 = 0 then 'paid' else 'expired' end,
                timestamptz '2025-01-01' + n * interval '5 minutes', timestamptz '2030-01-01',
                case when n % 2 = 1 then timestamptz '2030-01-01' end,
                case when n % 2 = 0 then timestamptz '2025-01-01' + n * interval '5 minutes' end,
                case when n % 2 = 0 then 'payme' end
            from generate_series(1, $1) n
            """,
            COUNT,
            world.course.id,
            PRICE.tiyin,
        )
        await connection.execute(
            """
            insert into payment_entries (order_id, kind, rail, amount_tiyin, external_id, created_at)
            select id, 'payment', 'payme', price_tiyin, lpad(id::text, 24, '0'), paid_at from orders
            where state = 'paid'
            """
        )
    await pool.execute("analyze orders, payment_entries")
    return CashDesk(begin=world.begin, read=world.read, now=world.clock, rails=Rails(), timezone="Asia/Tashkent")


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("kind", "wanted", "expected"),
    [(FileKind.CSV, Filter(), COUNT), (FileKind.XLSX, Filter(days=TWO_MONTHS), 60 * 288)],
)
async def test_a_large_list_becomes_a_file(
    desk: CashDesk, tmp_path: Path, kind: FileKind, wanted: Filter, expected: int
) -> None:
    told: list[int] = []

    async def tell(count: int) -> None:
        told.append(count)

    path, began = tmp_path / f"payments.{kind}", time.monotonic()
    with speaking(Language.EN):
        count = await write_orders(path, ADMIN_ID, desk, wanted, kind, tell)

    assert time.monotonic() - began < 120
    assert count == expected == told[-1]
    assert told == sorted(told)
    assert len(told) >= expected // 2000
    assert path.stat().st_size < 49_000_000
    if kind is FileKind.CSV:
        with path.open(encoding="utf-8-sig", newline="") as file:
            codes = [row[0] for row in csv.reader(file)][1:]
        assert codes == sorted(codes, reverse=True)
        assert len({*codes}) == COUNT
    else:
        book = load_workbook(path, read_only=True)
        sums = list(book.worksheets[1].values)
        assert sums[1][:4] == ("Payme", "Course", expected // 2, expected // 2 * 150_000)
        book.close()


@pytest.mark.parametrize(
    "wanted",
    [
        Filter(),
        Filter(state=OrderState.PAID),
        Filter(rail=Rail.PAYME),
        Filter(rail=Rail.STARS),
        Filter(student="ali"),
        Filter(student="nobody at all"),
        Filter(has_refund_under_way=True),
    ],
)
async def test_a_page_of_a_large_list_comes_at_once(desk: CashDesk, wanted: Filter) -> None:
    began = time.monotonic()

    page = await desk.orders(ADMIN_ID, wanted)

    assert time.monotonic() - began < 2
    assert len(page.lines) in (0, PAGE)
