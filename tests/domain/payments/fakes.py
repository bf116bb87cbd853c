"""A database of dictionaries: keeps the schema's promises, commits explicitly, rolls back by default."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from domain.courses.model import CourseId, Entitlement, Sale
from domain.language import Language, Text
from domain.learning.model import Product, ProductKind
from domain.money import Money
from domain.notifications.model import NoticeKind
from domain.payments.merchant import PaymeMerchant
from domain.payments.model import NewOrder, Offer, Order, OrderCode, OrderId, OrderState
from domain.payments.payme import (
    FiscalReceipt,
    Milliseconds,
    NewTransaction,
    PaymeId,
    ReceiptKind,
    Transaction,
    TransactionId,
    TransactionState,
)
from domain.payments.ports import Entry, OrderAccount, OrderSheet, RefundRequest
from domain.payments.service import PaymentService
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

NOON = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
ALI, VALI = UserId(101), UserId(102)
ALGEBRA = Product(ProductKind.COURSE, 1)
LESSON = Product(ProductKind.LESSON, 7)
PRICE = Money.soms(150_000)


@dataclass
class MovableClock:
    moment: datetime = NOON

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **span: float) -> None:
        self.moment += timedelta(**span)


def offer_of(product: Product, **changes: Any) -> Offer:
    plain = Offer(
        product=product,
        course_id=CourseId(1),
        title=Text({Language.UZ: "Algebra", Language.RU: "Алгебра"}),
        sale=Sale.COURSE if product.kind is ProductKind.COURSE else Sale.LESSONS,
        price=PRICE,
        is_published=True,
        is_preview=False,
        entitlement=Entitlement(),
    )
    return replace(plain, **changes)


@dataclass
class Tables:
    offers: dict[Product, Offer] = field(default_factory=lambda: {p: offer_of(p) for p in (ALGEBRA, LESSON)})
    orders: dict[OrderId, Order] = field(default_factory=dict)
    transactions: dict[TransactionId, Transaction] = field(default_factory=dict)
    entries: list[tuple[OrderId, Entry]] = field(default_factory=list)
    receipts: dict[tuple[TransactionId, ReceiptKind], FiscalReceipt] = field(default_factory=dict)
    granted: dict[int, tuple[UserId, Product]] = field(default_factory=dict)
    revoked: set[int] = field(default_factory=set)
    enrolled: set[tuple[UserId, CourseId]] = field(default_factory=set)
    notices: list[tuple[UserId, NoticeKind, str]] = field(default_factory=list)
    used: set[OrderId] = field(default_factory=set)
    """Orders whose lessons were opened since they were paid."""
    refund_requests: dict[OrderId, RefundRequest] = field(default_factory=dict)

    def copy(self) -> "Tables":
        return Tables(
            dict(self.offers),
            dict(self.orders),
            dict(self.transactions),
            list(self.entries),
            dict(self.receipts),
            dict(self.granted),
            set(self.revoked),
            set(self.enrolled),
            list(self.notices),
            set(self.used),
            dict(self.refund_requests),
        )

    def is_open(self, user_id: UserId, product: Product) -> bool:
        return any(
            owner == (user_id, product) and order_id not in self.revoked for order_id, owner in self.granted.items()
        )


class FakeOrders:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def offer(self, user_id: UserId, product: Product) -> Offer | None:
        offer = self._tables.offers.get(product)
        if offer is not None and self._tables.is_open(user_id, product):
            owned = Entitlement(
                owns_course=product.kind is ProductKind.COURSE, owns_lesson=product.kind is ProductKind.LESSON
            )
            return replace(offer, entitlement=owned)
        return offer

    async def add(self, order: NewOrder) -> Order | None:
        if not order.is_test and await self.lock_open(order.user_id, order.product):
            return None
        assert all(order.code != other.code for other in self._tables.orders.values())
        plain = {name: getattr(order, name) for name in NewOrder.__dataclass_fields__}
        kept = Order(id=OrderId(len(self._tables.orders) + 1), **plain)
        self._tables.orders[kept.id] = kept
        return kept

    async def add_tests(self, orders: Sequence[NewOrder]) -> Sequence[Order]:
        return [kept for order in orders if (kept := await self.add(order))]

    async def lock_open(self, user_id: UserId, product: Product) -> Order | None:
        for order in self._tables.orders.values():
            is_theirs = order.user_id == user_id and order.product == product and not order.is_test
            if is_theirs and order.state is OrderState.OPEN:
                return order
        return None

    async def lock_code(self, code: OrderCode) -> Order | None:
        return next((order for order in self._tables.orders.values() if order.code == code), None)

    async def lock_payme(self, payme_id: PaymeId) -> tuple[Order, Transaction] | None:
        transaction = await self.transaction(payme_id)
        return (self._tables.orders[transaction.order_id], transaction) if transaction else None

    async def get(self, code: OrderCode) -> tuple[Order, Transaction | None] | None:
        order = await self.lock_code(code)
        return None if order is None else (order, await self.living(order.id))

    async def sheet(self, code: OrderCode) -> OrderSheet | None:
        order = await self.lock_code(code)
        if order is None:
            return None
        links = [
            receipt.qr_code_url
            for (transaction_id, _), receipt in sorted(self._tables.receipts.items(), reverse=True)
            if self._tables.transactions[transaction_id].order_id == order.id and receipt.is_readable
        ]
        return OrderSheet(order=order, living=await self.living(order.id), receipt_url=links[0] if links else None)

    async def of_user(self, user_id: UserId, limit: int) -> Sequence[tuple[Order, Transaction | None]]:
        mine = [order for order in self._tables.orders.values() if order.user_id == user_id]
        return [(order, await self.living(order.id)) for order in mine[::-1][:limit]]

    async def close(self, order: Order) -> bool:
        if self._tables.orders[order.id].state is not OrderState.OPEN:
            return False
        self._tables.orders[order.id] = order
        return True

    async def reserve(self, order: Order) -> bool:
        return await self.close(order)

    async def settle_order(self, order: Order, was: OrderState, entry: Entry) -> bool:
        if self._tables.orders[order.id].state is not was:
            return False
        assert all((order_id, kept.kind) != (order.id, entry.kind) for order_id, kept in self._tables.entries)
        self._tables.orders[order.id] = order
        self._tables.entries.append((order.id, entry))
        return True

    async def is_used(self, order: Order) -> bool:
        return order.id in self._tables.used

    async def refund_request(self, order_id: OrderId) -> RefundRequest | None:
        return self._tables.refund_requests.get(order_id)

    async def request_refund(self, request: RefundRequest) -> bool:
        return self._tables.refund_requests.setdefault(request.order_id, request) is request

    async def withdraw_refund_request(self, order_id: OrderId, actor_id: UserId, now: datetime) -> bool:
        return self._tables.refund_requests.pop(order_id, None) is not None

    async def settle_refund_request(self, order_id: OrderId, now: datetime) -> None:
        self._tables.refund_requests.pop(order_id, None)

    async def transaction(self, payme_id: PaymeId) -> Transaction | None:
        return next((one for one in self._tables.transactions.values() if one.payme_id == payme_id), None)

    async def living(self, order_id: OrderId) -> Transaction | None:
        mine = [one for one in self._tables.transactions.values() if one.order_id == order_id and one.is_living]
        assert len(mine) <= 1
        return mine[0] if mine else None

    async def rivals(self, order_id: OrderId, payme_id: PaymeId) -> Sequence[Transaction]:
        return [
            one
            for one in self._tables.transactions.values()
            if one.payme_id == payme_id or (one.order_id == order_id and one.is_living)
        ]

    async def add_transaction(self, transaction: NewTransaction) -> Transaction | None:
        if await self.transaction(transaction.payme_id) or await self.living(transaction.order_id):
            return None
        plain = {name: getattr(transaction, name) for name in NewTransaction.__dataclass_fields__}
        kept = Transaction(id=TransactionId(len(self._tables.transactions) + 1), **plain)
        self._tables.transactions[kept.id] = kept
        return kept

    async def close_transaction(self, transaction: Transaction) -> bool:
        if self._tables.transactions[transaction.id].state is not TransactionState.CREATED:
            return False
        self._tables.transactions[transaction.id] = transaction
        return True

    async def settle(self, transaction: Transaction, was: TransactionState, order: Order, entry: Entry) -> bool:
        if self._tables.transactions[transaction.id].state is not was:
            return False
        assert all((order_id, kept.kind) != (order.id, entry.kind) for order_id, kept in self._tables.entries)
        self._tables.transactions[transaction.id] = transaction
        self._tables.orders[order.id] = order
        self._tables.entries.append((order.id, entry))
        return True

    async def statement(self, start: Milliseconds, end: Milliseconds) -> Sequence[Transaction]:
        inside = [one for one in self._tables.transactions.values() if start <= one.time <= end]
        return sorted(inside, key=lambda one: (one.time, one.id))

    async def set_receipt(self, transaction_id: TransactionId, receipt: FiscalReceipt) -> None:
        self._tables.receipts[transaction_id, receipt.kind] = receipt

    async def account(self, code: OrderCode) -> OrderAccount | None:
        order = await self.lock_code(code)
        if order is None:
            return None
        count = int(order.id in self._tables.granted)
        return OrderAccount(order=order, grant_count=count, is_open=count > 0 and order.id not in self._tables.revoked)

    async def test_offer(self, now: datetime) -> tuple[UserId, Offer]:
        return UserId(-1), offer_of(ALGEBRA)


class FakeAccess:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def grant(self, user_id: UserId, product: Product, order_id: int, now: datetime) -> bool:
        assert order_id not in self._tables.granted, "an order opens once"
        self._tables.granted[order_id] = (user_id, product)
        return True

    async def revoke(self, order_id: int, now: datetime) -> bool:
        assert order_id not in self._tables.revoked, "an order closes once"
        self._tables.revoked.add(order_id)
        return True


class FakeEnrolments:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def activate(self, user_id: UserId, course_id: CourseId, now: datetime) -> bool:
        self._tables.enrolled.add((user_id, course_id))
        return True


class FakeNotifications:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, user_id: UserId, kind: NoticeKind, key: str, data: Any, now: datetime) -> bool:
        if any(key == other for _, _, other in self._tables.notices):
            return False
        self._tables.notices.append((user_id, kind, key))
        return True


class FakeUnitOfWork:
    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.is_committed = False
        self.orders = FakeOrders(tables)
        self.access = FakeAccess(tables)
        self.enrolments = FakeEnrolments(tables)
        self.notifications = FakeNotifications(tables)

    async def commit(self) -> None:
        self.is_committed = True


class FakeDatabase:
    """`tables` is what is committed."""

    def __init__(self) -> None:
        self.tables = Tables()

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[UnitOfWork]:
        uow = FakeUnitOfWork(self.tables.copy())
        yield cast("UnitOfWork", uow)
        if uow.is_committed:
            self.tables = uow.tables

    @property
    def begin(self) -> Begin:
        return self._open

    @property
    def read(self) -> Begin:
        return self._open


@dataclass
class Shop:
    """The services over one fake database and one clock."""

    database: FakeDatabase = field(default_factory=FakeDatabase)
    clock: MovableClock = field(default_factory=MovableClock)

    def __post_init__(self) -> None:
        doors = {"begin": self.database.begin, "read": self.database.read, "now": self.clock}
        self.payments = PaymentService(**doors)
        self.merchant = PaymeMerchant(**doors)

    @property
    def tables(self) -> Tables:
        return self.database.tables


def payme_id(number: int) -> PaymeId:
    return PaymeId(f"{number:024x}")
