"""Who takes which course, what they own and how far they are."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.rows.base import Row


class EnrolmentRow(Row):
    __tablename__ = "enrolments"
    __table_args__ = (
        CheckConstraint("status in ('active', 'completed', 'cancelled')", name="status"),
        Index("ix_enrolments_course_id", "course_id"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    status: Mapped[str]
    enrolled_at: Mapped[datetime]


class AccessGrantRow(Row):
    __tablename__ = "access_grants"
    __table_args__ = (
        CheckConstraint("product_kind in ('course', 'lesson')", name="product_kind"),
        Index(
            "ix_access_grants_open",
            "user_id",
            "product_kind",
            "product_id",
            postgresql_where=text("revoked_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    product_kind: Mapped[str]
    product_id: Mapped[int]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), unique=True)
    granted_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class LessonProgressRow(Row):
    __tablename__ = "lesson_progress"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"), primary_key=True)
    opened_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class SentPartRow(Row):
    """Which message of a chat showed which part of a lesson: what a reply to it is about."""

    __tablename__ = "sent_parts"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    message_id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), index=True)
    part_id: Mapped[int | None] = mapped_column(ForeignKey("parts.id", ondelete="SET NULL"), index=True)
