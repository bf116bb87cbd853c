"""Databases for the payments' benchmark: orders that wait to be paid, and as many that have been as are asked for."""

import itertools
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit, urlunsplit

import asyncpg

from db.embedded import Embedded
from db.migrate import migrate
from tests.bench.payments_client import Bill

TEMPLATE = "bench_payments_template"
STUDENTS = 20_000
COURSES = 50
"""That are bought already where an order is stored; as many again are still to be bought."""
FIRST_STUDENT = 5_000_000
TEACHER = 4_000_000
PRICE = 49_000_000
FIRST_OPEN = 500_000_000

_PEOPLE = """
    insert into users (id, full_name, language, role, step, timezone, created_at)
    select $1, 'Dilnoza Rahimova', 'uz', 'teacher', 'done', 'Asia/Tashkent', now()
    union all
    select $2 + n, 'Ali Karimov', 'uz', 'student', 'done', 'Asia/Tashkent', now() from generate_series(0, $3 - 1) n
"""
_CATEGORY = "insert into categories (slug, emoji, title, position) values ('math', '📐', '{\"uz\": \"Matematika\"}', 1)"
_COURSES = """
    insert into courses (code, category_id, owner_id, language, title, sale, price_tiyin, status, search, created_at)
    select 'course' || n, (select min(id) from categories), $1, 'uz', '{"uz": "Foizlar", "ru": "Проценты"}', 'course',
        $2, 'published', '', now()
    from generate_series(1, $3) n
"""
_STORED = """
    insert into orders (id, code, user_id, product_kind, product_id, course_id, title, price_tiyin, state, created_at,
        expires_at, paid_at, paid_by)
    select n, lpad(n::text, 12, '0'), $1::bigint + n % $2, 'course', 1 + n / $2 % $3, 1 + n / $2 % $3,
        '{"uz": "Foizlar", "ru": "Проценты"}', $4, 'paid', at, at + interval '1 day', at + interval '1 minute', 'payme'
    from (select n, now() - ($5 - n) * interval '20 seconds' as at from generate_series(1, $5::int) n) as stored
"""
_FOLLOWING = (
    """
    insert into payme_transactions (id, payme_id, order_id, time, amount, state, create_time, perform_time)
    select id, 'stored' || lpad(id::text, 18, '0'), id, ms, price_tiyin, 2, ms + 20, ms + 60000
    from (select id, price_tiyin, (extract(epoch from created_at) * 1000)::bigint as ms from orders
        where state = 'paid') as paid
    """,
    """
    insert into payment_entries (order_id, kind, rail, amount_tiyin, external_id, created_at)
    select o.id, 'payment', 'payme', o.price_tiyin, t.payme_id, o.paid_at
    from orders o join payme_transactions t on t.order_id = o.id where o.state = 'paid'
    """,
    """
    insert into payment_history (order_id, at, event, actor_id, data)
    select id, created_at, 'ordered', user_id, jsonb_build_object('price', price_tiyin)
    from orders where state = 'paid' union all
    select order_id, to_timestamp(create_time / 1000.0), 'payme_created', null,
        jsonb_build_object('payme_id', payme_id) from payme_transactions union all
    select order_id, to_timestamp(perform_time / 1000.0), 'payme_performed', null,
        jsonb_build_object('payme_id', payme_id, 'reason', null) from payme_transactions union all
    select id, paid_at, 'paid', null, '{"rail": "payme"}' from orders where state = 'paid'
    """,
    """
    insert into access_grants (user_id, product_kind, product_id, order_id, granted_at)
    select user_id, product_kind, product_id, id, paid_at from orders where state = 'paid'
    """,
    """
    insert into enrolments (user_id, course_id, status, enrolled_at)
    select user_id, course_id, 'active', paid_at from orders where state = 'paid' on conflict do nothing
    """,
    """
    insert into notifications (user_id, kind, key, data, status, created_at, updated_at)
    select user_id, 'payment_performed', 'order:' || id, jsonb_build_object('order_code', code), 'sent', paid_at,
        paid_at
    from orders where state = 'paid'
    """,
)
_OPEN = """
    insert into orders (code, user_id, product_kind, product_id, course_id, title, price_tiyin, created_at, expires_at)
    select lpad(($5 + n)::text, 12, '0'), $1::bigint + n % $2, 'course', $3 + 1 + n / $2, $3 + 1 + n / $2,
        '{"uz": "Foizlar", "ru": "Проценты"}', $4, now(), now() + interval '1 day'
    from generate_series(0::int, $6 - 1) n
"""


class World:
    """Databases on one server."""

    def __init__(self, embedded: Embedded) -> None:
        self._embedded = embedded

    async def prepare(self) -> None:
        """Templates with the newest schema, students and courses."""
        await self._execute(f"create database {TEMPLATE}")
        url = self.url(TEMPLATE)
        await migrate(url)
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(_PEOPLE, TEACHER, FIRST_STUDENT, STUDENTS)
            await connection.execute(_CATEGORY)
            await connection.execute(_COURSES, TEACHER, PRICE, 2 * COURSES)
            await connection.execute("vacuum analyze")
        finally:
            await connection.close()

    async def clone(self, name: str, *, stored: int, waiting: int) -> tuple[str, Iterator[Bill]]:
        """A database with so many paid orders and so many that wait; its URL, and the waiting orders' bills.

        What is stored is written as the program leaves it, in bulk: without the triggers, whose lines are written too.
        """
        await self._execute(f"create database {name} template {TEMPLATE}")
        connection = await asyncpg.connect(self.url(name), timeout=60, command_timeout=600)
        try:
            await connection.execute("set session_replication_role = replica")
            await connection.execute(_STORED, FIRST_STUDENT, STUDENTS, COURSES, PRICE, stored)
            for statement in _FOLLOWING:
                await connection.execute(statement)
            await connection.execute("set session_replication_role = origin")
            for table in ("orders", "payme_transactions"):
                await connection.execute(
                    f"select setval(pg_get_serial_sequence('{table}', 'id'), greatest(max(id), 1)) from {table}"
                )
            await connection.execute(_OPEN, FIRST_STUDENT, STUDENTS, COURSES, PRICE, FIRST_OPEN, waiting)
            await connection.execute("vacuum analyze")
            await connection.execute("checkpoint")
        finally:
            await connection.close()
        return self.url(name), (Bill(f"{FIRST_OPEN + number:012d}", PRICE) for number in range(waiting))

    async def without_triggers(self, url: str) -> None:
        """Tables of the same shape that write nothing by themselves."""
        connection = await asyncpg.connect(url)
        try:
            for table in ("orders", "payme_transactions", "payment_entries", "payment_history"):
                await connection.execute(f"alter table {table} disable trigger user")
        finally:
            await connection.close()

    async def create(self, name: str) -> str:
        await self._execute(f"create database {name}")
        return self.url(name)

    async def drop(self, name: str) -> None:
        await self._execute(f"drop database {name} with (force)")

    async def backends(self, url: str) -> list[int]:
        """The pids of the server's processes that work for this database."""
        admin = await asyncpg.connect(self._embedded.database_url)
        try:
            rows = await admin.fetch(
                "select pid from pg_stat_activity where datname = $1", urlsplit(url).path.lstrip("/")
            )
        finally:
            await admin.close()
        return [row["pid"] for row in rows]

    def url(self, name: str) -> str:
        return urlunsplit(urlsplit(self._embedded.database_url or "")._replace(path=f"/{name}"))

    async def _execute(self, statement: str) -> None:
        admin = await asyncpg.connect(self._embedded.database_url)
        try:
            await admin.execute(statement)
        finally:
            await admin.close()


def shop_environment(url: str) -> dict[str, str]:
    """The same address in the words of the shop's settings."""
    parts = urlsplit(url)
    return {
        "SHOP_DATABASE_HOST": parse_qs(parts.query)["host"][0],
        "SHOP_DATABASE_USER": parts.username or "",
        "SHOP_DATABASE_NAME": parts.path.lstrip("/"),
    }


async def fill_shop(url: str, waiting: int) -> Iterator[Bill]:
    """Orders of the shop; in so'm, which payme-pkg multiplies by a hundred."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "insert into payments_shop_order (total_amount, grants) select $1, 0 from generate_series(1::int, $2)",
            PRICE // 100,
            waiting,
        )
        await connection.execute("vacuum analyze")
    finally:
        await connection.close()
    return (Bill(str(number), PRICE) for number in itertools.islice(itertools.count(1), waiting))


async def empty_shop(url: str) -> None:
    """payme-pkg keeps no index of the ids that it looks for: its table starts every round empty, to its advantage."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("truncate payme_transactions")
    finally:
        await connection.close()
