"""Who takes which course, what they own and how far they are."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from db.rows.base import Row


class EnrolmentRow(Row):
    __tablename__ = "enrolments"
    __table_args__ = (
        CheckConstraint("status in ('active', 'completed', 'cancelled')", name="status"),
        CheckConstraint("(status = 'completed') = (completed_at is not null)", name="completed_at"),
        Index("ix_enrolments_course_id", "course_id"),
        Index("ix_enrolments_shelf", "user_id", "status", "enrolled_at", "course_id"),
        Index(
            "ix_enrolments_kept",
            "user_id",
            "enrolled_at",
            "course_id",
            postgresql_where=text("status <> 'cancelled'"),
        ),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    status: Mapped[str]
    enrolled_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]


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
    __table_args__ = (
        CheckConstraint("seconds >= 0", name="seconds"),
        Index("ix_lesson_progress_last", "user_id", "seen_at"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"), primary_key=True)
    opened_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    seconds: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    """Time at work: the gaps between the student's own actions in the lesson, each of them capped."""
    seen_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    """The moment of the last action."""


class PartProgressRow(Row):
    """What one student did with one part; a row is there from when it was sent."""

    __tablename__ = "part_progress"
    __table_args__ = (
        CheckConstraint("position_seconds between 0 and 359999", name="position"),
        CheckConstraint("(position_seconds is null) = (stopped_at is null)", name="stopped_whole"),
        CheckConstraint("(chosen is null) = (tried_at is null)", name="tried_whole"),
        CheckConstraint(
            "answered_at is null or (tried_at is not null and done_at is not null)", name="answered_is_done"
        ),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("parts.id", ondelete="CASCADE"), primary_key=True, index=True)
    opened_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    position_seconds: Mapped[int | None] = mapped_column(Integer)
    """Where the student stopped in a video or an audio."""
    stopped_at: Mapped[datetime | None]
    chosen: Mapped[int | None] = mapped_column(SmallInteger)
    """The option of the last try at the check question."""
    tried_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    """When the check question was answered right."""


class BookmarkRow(Row):
    """A moment of a part, or the part as a whole; it outlives a part that its teacher replaced."""

    __tablename__ = "bookmarks"
    __table_args__ = (
        Index(
            "uq_bookmarks_user_id_part_id_second",
            "user_id",
            "part_id",
            "second",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("part_id is not null"),
        ),
        CheckConstraint("second between 0 and 359999", name="second"),
        CheckConstraint("char_length(title) <= 120", name="title"),
        Index("ix_bookmarks_user_id_id", "user_id", "id", postgresql_where=text("deleted_at is null")),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), index=True)
    part_id: Mapped[int | None] = mapped_column(ForeignKey("parts.id", ondelete="SET NULL"), index=True)
    second: Mapped[int | None] = mapped_column(Integer)
    """From the start of a recording; null for the part as a whole."""
    title: Mapped[str]
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    """Kept for a day, so that deleting can be undone."""


class SentPartRow(Row):
    """Which message of a chat showed which part of a lesson: what a reply to it is about."""

    __tablename__ = "sent_parts"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    message_id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), index=True)
    part_id: Mapped[int | None] = mapped_column(ForeignKey("parts.id", ondelete="SET NULL"), index=True)
