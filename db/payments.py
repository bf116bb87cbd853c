"""Orders and payments in PostgreSQL.

A statement that waits for a lock goes on with the snapshot from before the wait, except for the rows that it locks
itself: those it reads anew. So a transaction is locked together with its order, and the living transaction of an order,
which may be a row that did not exist before, is looked for in a statement after the lock.
"""

from collections.abc import Sequence
from datetime import datetime

import orjson

from db.content import dump_fiscal, is_staff, load_fiscal, load_text
from db.engine import Connection
from db.order_rows import (
    ORDER,
    TRANSACTION,
    load_order,
    load_order_and_living,
    load_transaction,
)
from domain.courses.model import CourseStatus, Entitlement, Sale
from domain.language import Language, Text
from domain.learning.model import Product, ProductKind
from domain.money import Money
from domain.payments.model import NewOrder, Offer, Order, OrderCode, OrderId, OrderState
from domain.payments.payme import (
    FiscalReceipt,
    Milliseconds,
    NewTransaction,
    PaymeId,
    Transaction,
    TransactionId,
    TransactionState,
)
from domain.payments.ports import Entry, OrderAccount, OrderSheet, RefundRequest
from domain.users.model import UserId

# Constant texts: asyncpg keeps one prepared statement per text and connection.
_OFFER = {
    ProductKind.COURSE: f"""
        select c.id as course_id, c.title, c.sale, c.status, c.price_tiyin, c.currency, c.price_stars, c.fiscal,
            true as is_published, false as is_preview, false as owns_lesson,
            {is_staff("$1")} as is_staff,
            exists (select 1 from access_grants g where g.user_id = $1 and g.product_kind = 'course'
                and g.product_id = c.id and g.revoked_at is null) as owns_course
        from courses c where c.id = $2
    """,
    ProductKind.LESSON: f"""
        select c.id as course_id, l.title, c.sale, c.status, l.price_tiyin, c.currency, l.price_stars, c.fiscal,
            l.is_published, l.is_preview,
            {is_staff("$1")} as is_staff,
            exists (select 1 from access_grants g where g.user_id = $1 and g.product_kind = 'course'
                and g.product_id = c.id and g.revoked_at is null) as owns_course,
            exists (select 1 from access_grants g where g.user_id = $1 and g.product_kind = 'lesson'
                and g.product_id = l.id and g.revoked_at is null) as owns_lesson
        from lessons l join courses c on c.id = l.course_id where l.id = $2
    """,
}
_ADD = """
    insert into orders as o (code, user_id, product_kind, product_id, course_id, title, price_tiyin, currency, fiscal,
        is_final, is_test, created_at, expires_at, stars)
    values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9::jsonb, $10, $11, $12, $13, $14)
    on conflict (user_id, product_kind, product_id) where state = 'open' and not is_test do nothing
    returning o.id
"""
_ADD_TESTS = f"""
    insert into orders as o (code, user_id, product_kind, product_id, course_id, title, price_tiyin, currency, fiscal,
        is_final, is_test, created_at, expires_at)
    select code, $2, $3, $4, $5, $6::jsonb, $7, $8, $9::jsonb, $10, true, $11, $12 from unnest($1::varchar[]) as code
    returning {ORDER}
"""
_LOCK_OPEN = f"""
    select {ORDER} from orders o
    where o.user_id = $1 and o.product_kind = $2 and o.product_id = $3 and o.state = 'open' and not o.is_test
    for update
"""
_LOCK_CODE = f"select {ORDER} from orders o where o.code = $1 for update"
_LOCK_PAYME = f"""
    select {ORDER}, {TRANSACTION} from payme_transactions t join orders o on o.id = t.order_id
    where t.payme_id = $1 for update of o, t
"""
_GET = f"""
    select {ORDER}, {TRANSACTION} from orders o
    left join payme_transactions t on t.order_id = o.id and t.state in (1, 2)
    where o.code = $1
"""
_SHEET = f"""
    select {ORDER}, {TRANSACTION}, (
        select r.qr_code_url from fiscal_receipts r join payme_transactions p on p.id = r.transaction_id
        where p.order_id = o.id and r.status_code = 0 and r.qr_code_url <> ''
        order by r.transaction_id desc, r.kind limit 1
    ) as receipt_url
    from orders o left join payme_transactions t on t.order_id = o.id and t.state in (1, 2)
    where o.code = $1
"""
_OF_USER = f"""
    select {ORDER}, {TRANSACTION} from orders o
    left join payme_transactions t on t.order_id = o.id and t.state in (1, 2)
    where o.user_id = $1 order by o.id desc limit $2
"""
_TRANSACTION_OF = f"""
    select {TRANSACTION}, o.code from payme_transactions t join orders o on o.id = t.order_id where t.payme_id = $1
"""
_LIVING = f"""
    select {TRANSACTION}, o.code from payme_transactions t join orders o on o.id = t.order_id
    where t.order_id = $1 and t.state in (1, 2)
"""
_RIVALS = f"""
    select {TRANSACTION}, o.code from payme_transactions t join orders o on o.id = t.order_id
    where t.payme_id = $2 or (t.order_id = $1 and t.state in (1, 2))
"""
_ADD_TRANSACTION = """
    insert into payme_transactions (payme_id, order_id, time, amount, create_time)
    values ($1, $2, $3, $4, $5) on conflict do nothing returning id
"""
_CLOSE_TRANSACTION = """
    update payme_transactions set state = $2, cancel_time = $3, reason = $4
    where id = $1 and state = 1 returning true
"""
_SETTLE = """
    with moved as (
        update payme_transactions set state = $3, perform_time = $4, cancel_time = $5, reason = $6
        where id = $1 and state = $2 returning order_id
    ), closed as (
        update orders o set state = $7, paid_at = $8, closed_at = $9, paid_by = 'payme', reserved_by = null,
            reserved_until = null
        from moved where o.id = moved.order_id returning o.id
    )
    insert into payment_entries (order_id, kind, rail, amount_tiyin, external_id, created_at)
    select id, $10, $11, $12, $13, coalesce($9, $8) from closed
    returning true
"""
_SETTLE_ORDER = """
    with moved as (
        update orders set state = $3, paid_at = $4, closed_at = $5, paid_by = $8, reserved_by = null,
            reserved_until = null
        where id = $1 and state = $2 returning id
    )
    insert into payment_entries (order_id, kind, rail, amount_tiyin, external_id, created_at, stars)
    select id, $7, $8, $9, $10, $6, $11 from moved
    returning true
"""
_IS_USED = """
    select exists (
        select from lesson_progress p join lessons l on l.id = p.lesson_id
        where p.user_id = $1 and not l.is_preview
        and case $2 when 'lesson' then l.id when 'course' then l.course_id end = $3
        and p.opened_at >= (
            select min(o.paid_at) from orders o
            where o.user_id = $1 and o.product_kind = $2 and o.product_id = $3
        )
    )
"""
_STATEMENT = f"""
    select {TRANSACTION}, o.code from payme_transactions t join orders o on o.id = t.order_id
    where t.time between $1 and $2 order by t.time, t.id
"""
_SET_RECEIPT = """
    insert into fiscal_receipts (transaction_id, kind, receipt_id, status_code, message, terminal_id, fiscal_sign,
        qr_code_url, date)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict (transaction_id, kind) do update set receipt_id = excluded.receipt_id,
        status_code = excluded.status_code, message = excluded.message, terminal_id = excluded.terminal_id,
        fiscal_sign = excluded.fiscal_sign, qr_code_url = excluded.qr_code_url, date = excluded.date
    where fiscal_receipts is distinct from excluded
"""
_ACCOUNT = f"""
    select {ORDER},
        (select count(*) from access_grants g where g.order_id = o.id) as grant_count,
        exists (select 1 from access_grants g where g.order_id = o.id and g.revoked_at is null) as is_open
    from orders o where o.code = $1
"""

TEST_STUDENT = UserId(-1)
"""Telegram gives no user a negative id, so nobody is ever written to."""
TEST_COURSE_CODE = "payme-test"
_TEST_TITLE = Text({Language.UZ: "Payme sinovi", Language.RU: "Проверка Payme", Language.EN: "Payme test"})
_TEST_PRICE = Money.soms(5000)


class SqlOrders:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def offer(self, user_id: UserId, product: Product) -> Offer | None:
        statement = _OFFER.get(product.kind)
        row = await self._connection.fetchrow(statement, user_id, product.id) if statement is not None else None
        if row is None:
            return None
        price: int | None = row["price_tiyin"]
        return Offer(
            product=product,
            course_id=row["course_id"],
            title=load_text(row["title"]),
            sale=Sale(row["sale"]),
            price=None if price is None else Money(price, row["currency"]),
            is_published=row["status"] == CourseStatus.PUBLISHED and row["is_published"],
            is_preview=row["is_preview"],
            entitlement=Entitlement(
                is_staff=row["is_staff"], owns_course=row["owns_course"], owns_lesson=row["owns_lesson"]
            ),
            stars=row["price_stars"],
            fiscal=load_fiscal(row["fiscal"]),
        )

    async def add(self, order: NewOrder) -> Order | None:
        order_id = await self._connection.fetchval(
            _ADD,
            order.code,
            order.user_id,
            order.product.kind,
            order.product.id,
            order.course_id,
            _dump_title(order.title),
            order.price.tiyin,
            order.price.currency,
            dump_fiscal(order.fiscal),
            order.is_final,
            order.is_test,
            order.created_at,
            order.expires_at,
            order.stars,
        )
        if order_id is None:
            return None
        return Order(
            id=order_id,
            code=order.code,
            user_id=order.user_id,
            product=order.product,
            course_id=order.course_id,
            title=order.title,
            price=order.price,
            fiscal=order.fiscal,
            is_final=order.is_final,
            is_test=order.is_test,
            created_at=order.created_at,
            expires_at=order.expires_at,
            stars=order.stars,
        )

    async def add_tests(self, orders: Sequence[NewOrder]) -> Sequence[Order]:
        one = orders[0]
        rows = await self._connection.fetch(
            _ADD_TESTS,
            [order.code for order in orders],
            one.user_id,
            one.product.kind,
            one.product.id,
            one.course_id,
            _dump_title(one.title),
            one.price.tiyin,
            one.price.currency,
            dump_fiscal(one.fiscal),
            one.is_final,
            one.created_at,
            one.expires_at,
        )
        return [load_order(row) for row in rows]

    async def lock_open(self, user_id: UserId, product: Product) -> Order | None:
        row = await self._connection.fetchrow(_LOCK_OPEN, user_id, product.kind, product.id)
        return None if row is None else load_order(row)

    async def lock_code(self, code: OrderCode) -> Order | None:
        row = await self._connection.fetchrow(_LOCK_CODE, code)
        return None if row is None else load_order(row)

    async def lock_payme(self, payme_id: PaymeId) -> tuple[Order, Transaction] | None:
        row = await self._connection.fetchrow(_LOCK_PAYME, payme_id)
        return None if row is None else (load_order(row), load_transaction(row))

    async def get(self, code: OrderCode) -> tuple[Order, Transaction | None] | None:
        row = await self._connection.fetchrow(_GET, code)
        return None if row is None else load_order_and_living(row)

    async def sheet(self, code: OrderCode) -> OrderSheet | None:
        row = await self._connection.fetchrow(_SHEET, code)
        if row is None:
            return None
        order, living = load_order_and_living(row)
        return OrderSheet(order=order, living=living, receipt_url=row["receipt_url"])

    async def of_user(self, user_id: UserId, limit: int) -> Sequence[tuple[Order, Transaction | None]]:
        return [load_order_and_living(row) for row in await self._connection.fetch(_OF_USER, user_id, limit)]

    async def close(self, order: Order) -> bool:
        closed = await self._connection.fetchval(
            "update orders set state = $2, closed_at = $3, reserved_by = null, reserved_until = null"
            " where id = $1 and state = 'open' returning true",
            order.id,
            order.state,
            order.closed_at,
        )
        return closed is not None

    async def reserve(self, order: Order) -> bool:
        kept = await self._connection.fetchval(
            "update orders set reserved_by = $2, reserved_until = $3, expires_at = $4"
            " where id = $1 and state = 'open' returning true",
            order.id,
            order.reserved_by,
            order.reserved_until,
            order.expires_at,
        )
        return kept is not None

    async def settle_order(self, order: Order, was: OrderState, entry: Entry) -> bool:
        settled = await self._connection.fetchval(
            _SETTLE_ORDER,
            order.id,
            was,
            order.state,
            order.paid_at,
            order.closed_at,
            order.closed_at or order.paid_at,
            entry.kind,
            entry.rail,
            entry.amount,
            entry.external_id,
            entry.stars,
        )
        return settled is not None

    async def is_used(self, order: Order) -> bool:
        return bool(await self._connection.fetchval(_IS_USED, order.user_id, order.product.kind, order.product.id))

    async def refund_request(self, order_id: OrderId) -> RefundRequest | None:
        row = await self._connection.fetchrow(
            "select requested_by, reason, requested_at from refund_requests"
            " where order_id = $1 and state = 'requested'",
            order_id,
        )
        if row is None:
            return None
        return RefundRequest(
            order_id=order_id,
            requested_by=row["requested_by"],
            reason=row["reason"],
            requested_at=row["requested_at"],
        )

    async def request_refund(self, request: RefundRequest) -> bool:
        asked = await self._connection.fetchval(
            "insert into refund_requests (order_id, requested_by, reason, requested_at) values ($1, $2, $3, $4)"
            " on conflict do nothing returning true",
            request.order_id,
            request.requested_by,
            request.reason,
            request.requested_at,
        )
        return asked is not None

    async def withdraw_refund_request(self, order_id: OrderId, actor_id: UserId, now: datetime) -> bool:
        withdrawn = await self._connection.fetchval(
            "update refund_requests set state = 'withdrawn', closed_by = $2, closed_at = $3"
            " where order_id = $1 and state = 'requested' returning true",
            order_id,
            actor_id,
            now,
        )
        return withdrawn is not None

    async def settle_refund_request(self, order_id: OrderId, now: datetime) -> None:
        await self._connection.execute(
            "update refund_requests set state = 'settled', closed_at = $2 where order_id = $1 and state = 'requested'",
            order_id,
            now,
        )

    async def transaction(self, payme_id: PaymeId) -> Transaction | None:
        row = await self._connection.fetchrow(_TRANSACTION_OF, payme_id)
        return None if row is None else load_transaction(row)

    async def living(self, order_id: OrderId) -> Transaction | None:
        row = await self._connection.fetchrow(_LIVING, order_id)
        return None if row is None else load_transaction(row)

    async def rivals(self, order_id: OrderId, payme_id: PaymeId) -> Sequence[Transaction]:
        return [load_transaction(row) for row in await self._connection.fetch(_RIVALS, order_id, payme_id)]

    async def add_transaction(self, transaction: NewTransaction) -> Transaction | None:
        transaction_id = await self._connection.fetchval(
            _ADD_TRANSACTION,
            transaction.payme_id,
            transaction.order_id,
            transaction.time,
            transaction.amount,
            transaction.create_time,
        )
        if transaction_id is None:
            return None
        return Transaction(
            id=transaction_id,
            payme_id=transaction.payme_id,
            order_id=transaction.order_id,
            order_code=transaction.order_code,
            time=transaction.time,
            amount=transaction.amount,
            create_time=transaction.create_time,
        )

    async def close_transaction(self, transaction: Transaction) -> bool:
        closed = await self._connection.fetchval(
            _CLOSE_TRANSACTION, transaction.id, transaction.state, transaction.cancel_time, transaction.reason
        )
        return closed is not None

    async def settle(self, transaction: Transaction, was: TransactionState, order: Order, entry: Entry) -> bool:
        settled = await self._connection.fetchval(
            _SETTLE,
            transaction.id,
            was,
            transaction.state,
            transaction.perform_time,
            transaction.cancel_time,
            transaction.reason,
            order.state,
            order.paid_at,
            order.closed_at,
            entry.kind,
            entry.rail,
            entry.amount,
            entry.external_id,
        )
        return settled is not None

    async def statement(self, start: Milliseconds, end: Milliseconds) -> Sequence[Transaction]:
        return [load_transaction(row) for row in await self._connection.fetch(_STATEMENT, start, end)]

    async def set_receipt(self, transaction_id: TransactionId, receipt: FiscalReceipt) -> None:
        await self._connection.execute(
            _SET_RECEIPT,
            transaction_id,
            receipt.kind,
            receipt.receipt_id,
            receipt.status_code,
            receipt.message,
            receipt.terminal_id,
            receipt.fiscal_sign,
            receipt.qr_code_url,
            receipt.date,
        )

    async def account(self, code: OrderCode) -> OrderAccount | None:
        row = await self._connection.fetchrow(_ACCOUNT, code)
        if row is None:
            return None
        return OrderAccount(order=load_order(row), grant_count=row["grant_count"], is_open=row["is_open"])

    async def test_offer(self, now: datetime) -> tuple[UserId, Offer]:
        await self._connection.execute(
            """
            insert into users (id, full_name, language, step, timezone, is_muted, is_reachable, created_at)
            values ($1, 'Payme', 'uz', 'done', 'Asia/Tashkent', true, false, $2)
            on conflict (id) do nothing
            """,
            TEST_STUDENT,
            now,
        )
        await self._connection.execute(
            """
            insert into categories (slug, emoji, title, position)
            select $1, '🧪', $2::jsonb, 32767 where not exists (select 1 from categories)
            on conflict (slug) do nothing
            """,
            TEST_COURSE_CODE,
            _dump_title(_TEST_TITLE),
        )
        await self._connection.execute(
            """
            insert into courses (code, category_id, owner_id, language, title, sale, price_tiyin, status, search,
                created_at)
            select $1, min(k.id), $2, 'uz', $3::jsonb, 'course', $4, 'archived', '', $5 from categories k
            on conflict (code) do nothing
            """,
            TEST_COURSE_CODE,
            TEST_STUDENT,
            _dump_title(_TEST_TITLE),
            _TEST_PRICE.tiyin,
            now,
        )
        course_id = await self._connection.fetchval("select id from courses where code = $1", TEST_COURSE_CODE)
        offer = await self.offer(TEST_STUDENT, Product(ProductKind.COURSE, course_id))
        if offer is None:
            raise LookupError(TEST_COURSE_CODE)
        return TEST_STUDENT, offer


def _dump_title(title: Text) -> str:
    return orjson.dumps({language.value: words for language, words in title.variants.items()}).decode()
