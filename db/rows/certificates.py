"""Certificates, their files, and what finished students say about courses."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.rows.base import Row


class CertificateRow(Row):
    """Triggers refuse to rewrite or delete one; it ends once, and the audit log says by whom."""

    __tablename__ = "certificates"
    __table_args__ = (
        CheckConstraint("code ~ '^[0-9A-HJKMNP-TV-Z]{16}$'", name="code"),
        CheckConstraint("percent between 0 and 100", name="percent"),
        CheckConstraint("duration_seconds >= 0", name="duration"),
        CheckConstraint("ending in ('replaced', 'revoked', 'refunded')", name="ending"),
        CheckConstraint("(revoked_at is null) = (ending is null)", name="ended_whole"),
        CheckConstraint(
            "(ending is not distinct from 'revoked') = (revoke_reason is not null)",
            name="revoked_with_reason",
        ),
        CheckConstraint("char_length(revoke_reason) between 1 and 200", name="revoke_reason"),
        Index(
            "ix_certificates_valid", "user_id", "course_id", unique=True, postgresql_where=text("revoked_at is null")
        ),
        Index("ix_certificates_user_id", "user_id", "id"),
        Index("ix_certificates_course_id", "course_id", "id"),
        Index(
            "ix_certificates_search",
            "search",
            postgresql_using="gin",
            postgresql_ops={"search": "gin_trgm_ops"},
        ),
        Index("ix_certificates_issued_by", "issued_by", postgresql_where=text("issued_by is not null")),
        Index("ix_certificates_revoked_by", "revoked_by", postgresql_where=text("revoked_by is not null")),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    full_name: Mapped[str]
    search: Mapped[str]
    """The folded name, with a space before each word."""
    course_title: Mapped[dict[str, Any]]
    teacher_name: Mapped[str]
    duration_seconds: Mapped[int] = mapped_column(Integer)
    percent: Mapped[int | None] = mapped_column(SmallInteger)
    issued_at: Mapped[datetime]
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """None: because the rule was met; else who had it made anew."""
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("certificates.id"), unique=True)
    revoked_at: Mapped[datetime | None]
    """When it ended, in whichever way."""
    ending: Mapped[str | None]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    revoke_reason: Mapped[str | None]


class CertificateFileRow(Row):
    """One print of a certificate: its link is that of one bot, and so is the file_id."""

    __tablename__ = "certificate_files"
    __table_args__ = (
        CheckConstraint("language in ('uz', 'ru', 'en')", name="language"),
        CheckConstraint("kind in ('pdf', 'png')", name="kind"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
    )

    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    bot_id: Mapped[int]
    sha256: Mapped[str]
    telegram_file_id: Mapped[str | None]


class RatingRow(Row):
    """What one finished student says about a course; triggers keep the sums on the course and the audit of hiding."""

    __tablename__ = "ratings"
    __table_args__ = (
        UniqueConstraint("user_id", "course_id"),
        CheckConstraint("stars between 1 and 5", name="stars"),
        CheckConstraint("char_length(comment) between 1 and 500", name="comment"),
        CheckConstraint(
            "(hidden_at is null) = (hidden_by is null) and (hidden_at is null) = (hide_reason is null)",
            name="hidden_whole",
        ),
        CheckConstraint("char_length(hide_reason) between 1 and 200", name="hide_reason"),
        Index("ix_ratings_shown", "course_id", "id", postgresql_where=text("hidden_at is null")),
        Index("ix_ratings_course_id", "course_id", "id"),
        Index("ix_ratings_hidden_by", "hidden_by", postgresql_where=text("hidden_by is not null")),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    stars: Mapped[int] = mapped_column(SmallInteger)
    comment: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    hidden_at: Mapped[datetime | None]
    hidden_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    hide_reason: Mapped[str | None]
