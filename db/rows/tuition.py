"""Monthly tuition: schedules, who belongs to them and when, bills."""

import datetime as dt

from sqlalchemy import CheckConstraint, Date, ForeignKey, Identity, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.rows.base import Row


class PaymentScheduleRow(Row):
    __tablename__ = "payment_schedules"
    __table_args__ = (
        CheckConstraint("amount_tiyin > 0", name="amount_positive"),
        CheckConstraint("day_of_month between 1 and 31", name="day_of_month"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    name: Mapped[str]
    amount_tiyin: Mapped[int]
    day_of_month: Mapped[int] = mapped_column(SmallInteger)
    starts_on: Mapped[dt.date] = mapped_column(Date)
    ends_on: Mapped[dt.date | None] = mapped_column(Date)
    join_code: Mapped[str] = mapped_column(unique=True)
    created_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[dt.datetime]


class ScheduleMemberRow(Row):
    """One stay of one student; whoever comes back has another one."""

    __tablename__ = "schedule_members"
    __table_args__ = (
        CheckConstraint("left_on >= joined_on", name="left_on"),
        Index(
            "uq_schedule_members_one_stay",
            "schedule_id",
            "user_id",
            unique=True,
            postgresql_where=text("left_on is null"),
        ),
        Index("ix_schedule_members_schedule_id", "schedule_id"),
        Index("ix_schedule_members_user_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    schedule_id: Mapped[int] = mapped_column(ForeignKey("payment_schedules.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    joined_on: Mapped[dt.date] = mapped_column(Date)
    left_on: Mapped[dt.date | None] = mapped_column(Date)


class BillRow(Row):
    """Triggers refuse DELETE, and UPDATE of what was issued and of what was voided."""

    __tablename__ = "bills"
    __table_args__ = (
        UniqueConstraint("schedule_id", "user_id", "month"),
        CheckConstraint("extract(day from month) = 1", name="month"),
        CheckConstraint("due_on >= month and due_on < month + interval '1 month'", name="due_on"),
        CheckConstraint("amount_tiyin > 0", name="amount_positive"),
        CheckConstraint(
            "(voided_at is null) = (voided_by is null) and (voided_at is null) = (void_reason is null)",
            name="voided",
        ),
        Index("ix_bills_user_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    schedule_id: Mapped[int] = mapped_column(ForeignKey("payment_schedules.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    month: Mapped[dt.date] = mapped_column(Date)
    amount_tiyin: Mapped[int]
    due_on: Mapped[dt.date] = mapped_column(Date)
    issued_at: Mapped[dt.datetime]
    overdue_since: Mapped[dt.date | None] = mapped_column(Date)
    voided_at: Mapped[dt.datetime | None]
    voided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    void_reason: Mapped[str | None]
