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
        CheckConstraint("product_kind in ('course', 'lesson', 'tuition')", name="product_kind"),
        CheckConstraint("(product_kind = 'tuition') = (course_id is null)", name="course"),
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
        CheckConstraint("stars > 0", name="stars_positive"),
        CheckConstraint("reserved_by in ('stars', 'cash')", name="reserved_by"),
        CheckConstraint(
            "reserved_by is not null and state = 'open' or reserved_by is null and reserved_until is null",
            name="reserved",
        ),
        CheckConstraint("paid_by in ('payme', 'stars', 'cash')", name="paid_by"),
        CheckConstraint("(paid_at is null) = (paid_by is null)", name="paid"),
        Index("ix_orders_user_id_id", "user_id", "id"),
        Index("ix_orders_course_id", "course_id"),
        Index("ix_orders_open", "expires_at", postgresql_where=text("state = 'open'")),
        Index("ix_orders_created_at", "created_at"),
        Index("ix_orders_tuition", "product_id", "user_id", postgresql_where=text("product_kind = 'tuition'")),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    product_kind: Mapped[str]
    product_id: Mapped[int]
    course_id: Mapped[int | None] = mapped_column(ForeignKey("courses.id"))
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
    stars: Mapped[int | None] = mapped_column(Integer)
    reserved_by: Mapped[str | None]
    reserved_until: Mapped[datetime | None]
    paid_by: Mapped[str | None]


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
    """Triggers refuse UPDATE, DELETE and TRUNCATE, and a refund that is not what was paid."""

    __tablename__ = "payment_entries"
    __table_args__ = (
        UniqueConstraint("order_id", "kind"),
        UniqueConstraint("rail", "external_id", "kind"),
        CheckConstraint("kind in ('payment', 'refund')", name="kind"),
        CheckConstraint("(kind = 'payment') = (amount_tiyin > 0)", name="sign"),
        CheckConstraint("rail in ('payme', 'stars', 'cash')", name="rail"),
        CheckConstraint("(rail = 'stars') = (stars is not null)", name="stars"),
        Index("ix_payment_entries_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    kind: Mapped[str]
    rail: Mapped[str]
    amount_tiyin: Mapped[int]
    external_id: Mapped[str]
    created_at: Mapped[datetime]
    stars: Mapped[int | None] = mapped_column(Integer)


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


class StarPaymentRow(Row):
    """What Telegram charged; a surplus came for an order that could not take it, or for none, and goes back."""

    __tablename__ = "star_payments"
    __table_args__ = (
        CheckConstraint("stars > 0", name="stars_positive"),
        CheckConstraint("order_id is not null or is_surplus", name="order"),
        Index("uq_star_payments_one_accepted", "order_id", unique=True, postgresql_where=text("not is_surplus")),
        Index("ix_star_payments_order_id", "order_id"),
        Index("ix_star_payments_paid_at", "paid_at"),
        Index("ix_star_payments_refunded_at", "refunded_at"),
    )

    charge_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    stars: Mapped[int] = mapped_column(Integer)
    is_surplus: Mapped[bool]
    paid_at: Mapped[datetime]
    refunded_at: Mapped[datetime | None]


class PaymentProofRow(Row):
    """A photo or file that shows a transfer; one that waits or was confirmed an order."""

    __tablename__ = "payment_proofs"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'confirmed', 'rejected', 'withdrawn')", name="state"),
        CheckConstraint(
            "(state = 'waiting') = (decided_at is null) and (decided_at is null) = (decided_by is null)",
            name="decided",
        ),
        CheckConstraint("(state = 'rejected') = (reason is not null)", name="reason"),
        Index(
            "uq_payment_proofs_one_living",
            "order_id",
            unique=True,
            postgresql_where=text("state in ('waiting', 'confirmed')"),
        ),
        Index("ix_payment_proofs_order_id", "order_id"),
        Index("ix_payment_proofs_file_unique_id", "file_unique_id"),
        Index("ix_payment_proofs_sha256", "sha256"),
        Index("ix_payment_proofs_user_id_sent_at", "user_id", "sent_at"),
        Index("ix_payment_proofs_decided_at", "decided_at"),
        Index("ix_payment_proofs_waiting", "id", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    file_id: Mapped[str]
    file_unique_id: Mapped[str]
    is_photo: Mapped[bool]
    sha256: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default="waiting")
    sent_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]


class RefundRequestRow(Row):
    """Staff wants a payment returned; settled when the money's rail says that it is."""

    __tablename__ = "refund_requests"
    __table_args__ = (
        CheckConstraint("state in ('requested', 'withdrawn', 'settled')", name="state"),
        CheckConstraint("(state = 'requested') = (closed_at is null)", name="closed"),
        Index(
            "uq_refund_requests_one_living",
            "order_id",
            unique=True,
            postgresql_where=text("state in ('requested', 'settled')"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    requested_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="requested")
    requested_at: Mapped[datetime]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    closed_at: Mapped[datetime | None]


class PaymentHistoryRow(Row):
    """Everything that ever happened to an order. Triggers write it, and refuse UPDATE, DELETE and TRUNCATE."""

    __tablename__ = "payment_history"
    __table_args__ = (Index("ix_payment_history_order_id_id", "order_id", "id"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    at: Mapped[datetime]
    event: Mapped[str]
    actor_id: Mapped[int | None]
    data: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
