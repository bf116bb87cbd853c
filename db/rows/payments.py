"""Orders, Payme's transactions, the ledger and fiscal receipts."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.rows.base import Row


class OrderRow(Row):
    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint("code ~ '^[0-9A-Z]{12}$'", name="code"),
        CheckConstraint("product_kind in ('course', 'lesson')", name="product_kind"),
        CheckConstraint("price_tiyin > 0", name="price_positive"),
        CheckConstraint("currency = 'UZS'", name="currency"),
        CheckConstraint("state in ('open', 'paid', 'cancelled', 'expired', 'refunded')", name="state"),
        CheckConstraint("(state in ('paid', 'refunded')) = (paid_at is not null)", name="paid_at"),
        CheckConstraint("(state in ('open', 'paid')) = (closed_at is null)", name="closed_at"),
        Index(
            "uq_orders_one_open",
            "user_id",
            "product_kind",
            "product_id",
            unique=True,
            postgresql_where=text("state = 'open' and not is_test"),
        ),
        Index("ix_orders_user_id_id", "user_id", "id"),
        Index("ix_orders_course_id", "course_id"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    product_kind: Mapped[str]
    product_id: Mapped[int]
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    title: Mapped[dict[str, Any]]
    price_tiyin: Mapped[int]
    currency: Mapped[str] = mapped_column(server_default="UZS")
    fiscal: Mapped[dict[str, Any] | None]
    is_final: Mapped[bool] = mapped_column(server_default=text("false"))
    is_test: Mapped[bool] = mapped_column(server_default=text("false"))
    state: Mapped[str] = mapped_column(server_default="open")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class PaymeTransactionRow(Row):
    """Times are milliseconds since the epoch, 0 for a moment that has not come, as the protocol writes them."""

    __tablename__ = "payme_transactions"
    __table_args__ = (
        CheckConstraint("char_length(payme_id) = 24", name="payme_id_length"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("state in (1, 2, -1, -2)", name="state"),
        CheckConstraint("(state in (2, -2)) = (perform_time > 0)", name="performed"),
        CheckConstraint(
            "(state < 0) = (cancel_time > 0) and (state < 0) = (reason is not null)",
            name="cancelled",
        ),
        Index(
            "uq_payme_transactions_one_living",
            "order_id",
            unique=True,
            postgresql_where=text("state in (1, 2)"),
        ),
        Index("ix_payme_transactions_order_id", "order_id"),
        Index("ix_payme_transactions_time_id", "time", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    payme_id: Mapped[str] = mapped_column(unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    time: Mapped[int]
    amount: Mapped[int]
    state: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    create_time: Mapped[int]
    perform_time: Mapped[int] = mapped_column(server_default="0")
    cancel_time: Mapped[int] = mapped_column(server_default="0")
    reason: Mapped[int | None] = mapped_column(Integer)


class PaymentEntryRow(Row):
    """A trigger refuses UPDATE and DELETE."""

    __tablename__ = "payment_entries"
    __table_args__ = (
        UniqueConstraint("order_id", "kind"),
        UniqueConstraint("rail", "external_id", "kind"),
        CheckConstraint("kind in ('payment', 'refund')", name="kind"),
        CheckConstraint("(kind = 'payment') = (amount_tiyin > 0)", name="sign"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    kind: Mapped[str]
    rail: Mapped[str]
    amount_tiyin: Mapped[int]
    external_id: Mapped[str]
    created_at: Mapped[datetime]


class FiscalReceiptRow(Row):
    __tablename__ = "fiscal_receipts"
    __table_args__ = (CheckConstraint("kind in ('PERFORM', 'CANCEL')", name="kind"),)

    transaction_id: Mapped[int] = mapped_column(ForeignKey("payme_transactions.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    receipt_id: Mapped[str]
    status_code: Mapped[int] = mapped_column(Integer)
    message: Mapped[str]
    terminal_id: Mapped[str]
    fiscal_sign: Mapped[str]
    qr_code_url: Mapped[str]
    date: Mapped[str]
