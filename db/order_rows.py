"""Rows of orders and of Payme's transactions, as the domain knows them."""

import asyncpg

from db.content import load_fiscal, load_text
from domain.learning.model import Product, ProductKind
from domain.money import Money
from domain.payments.model import Order, OrderState, Rail
from domain.payments.payme import NEVER, Transaction, TransactionState

ORDER = """
    o.id, o.code, o.user_id, o.product_kind, o.product_id, o.course_id, o.title, o.price_tiyin, o.currency, o.fiscal,
    o.is_final, o.is_test, o.state, o.created_at, o.expires_at, o.paid_at, o.closed_at, o.stars, o.paid_by,
    o.reserved_by, o.reserved_until
"""
TRANSACTION = """
    t.id as t_id, t.payme_id, t.order_id, t.time, t.amount, t.state as t_state, t.create_time, t.perform_time,
    t.cancel_time, t.reason
"""


def load_order(row: asyncpg.Record) -> Order:
    return Order(
        id=row["id"],
        code=row["code"],
        user_id=row["user_id"],
        product=Product(ProductKind(row["product_kind"]), row["product_id"]),
        course_id=row["course_id"],
        title=load_text(row["title"]),
        price=Money(row["price_tiyin"], row["currency"]),
        fiscal=load_fiscal(row["fiscal"]),
        is_final=row["is_final"],
        is_test=row["is_test"],
        state=OrderState(row["state"]),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        paid_at=row["paid_at"],
        closed_at=row["closed_at"],
        stars=row["stars"],
        paid_by=_rail(row["paid_by"]),
        reserved_by=_rail(row["reserved_by"]),
        reserved_until=row["reserved_until"],
    )


def _rail(name: str | None) -> Rail | None:
    return None if name is None else Rail(name)


def load_order_and_living(row: asyncpg.Record) -> tuple[Order, Transaction | None]:
    return load_order(row), None if row["t_id"] is None else load_transaction(row)


def load_transaction(row: asyncpg.Record) -> Transaction:
    return Transaction(
        id=row["t_id"],
        payme_id=row["payme_id"],
        order_id=row["order_id"],
        order_code=row["code"],
        time=row["time"],
        amount=row["amount"],
        state=TransactionState(row["t_state"]),
        create_time=row["create_time"],
        perform_time=row["perform_time"] or NEVER,
        cancel_time=row["cancel_time"] or NEVER,
        reason=row["reason"],
    )
