"""People, the subjects that they chose, and the links that make teachers."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from db.rows.base import Row


class UserRow(Row):
    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("char_length(full_name) between 1 and 100", name="full_name_length"),
        CheckConstraint("language in ('uz', 'ru', 'en')", name="language"),
        CheckConstraint("role in ('student', 'teacher', 'admin')", name="role"),
        CheckConstraint("step in ('language', 'name', 'phone', 'subjects', 'goal', 'minutes', 'done')", name="step"),
        CheckConstraint("goal in ('exam', 'school', 'work', 'self')", name="goal"),
        CheckConstraint("daily_minutes between 1 and 1440", name="daily_minutes"),
        CheckConstraint(r"phone ~ '^\+[1-9][0-9]{6,14}$'", name="phone_is_e164"),
        CheckConstraint("char_length(pending_link) <= 64", name="pending_link_length"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The Telegram id."""
    full_name: Mapped[str]
    username: Mapped[str | None]
    language: Mapped[str]
    role: Mapped[str] = mapped_column(server_default="student")
    step: Mapped[str] = mapped_column(server_default="language")
    phone: Mapped[str | None] = mapped_column(index=True)
    """Not unique: a family shares a number, and a number passes to a new owner."""
    timezone: Mapped[str]
    goal: Mapped[str | None]
    daily_minutes: Mapped[int | None] = mapped_column(SmallInteger)
    pending_link: Mapped[str | None]
    is_muted: Mapped[bool] = mapped_column(server_default=text("false"))
    is_reachable: Mapped[bool] = mapped_column(server_default=text("true"))
    """False while they have blocked the bot."""
    created_at: Mapped[datetime]


class UserSubjectRow(Row):
    __tablename__ = "user_subjects"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"), primary_key=True, index=True)


class TeacherInvitationRow(Row):
    __tablename__ = "teacher_invitations"
    __table_args__ = (
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash_is_sha256"),
        CheckConstraint("(taken_by is null) = (taken_at is null)", name="taken_whole"),
    )

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    created_by: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    expires_at: Mapped[datetime]
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    taken_at: Mapped[datetime | None]


class AuditLogRow(Row):
    """Who was given which role. A trigger writes it, and others refuse UPDATE, DELETE and TRUNCATE."""

    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    """None: the operator's settings, or a change by hand."""
    action: Mapped[str]
    subject_id: Mapped[int]
    data: Mapped[dict[str, Any]]
