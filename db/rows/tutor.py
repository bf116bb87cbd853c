"""Conversations with the tutor, and the passages of lessons that it searches."""

from datetime import date, datetime
from typing import Any

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from db.rows.base import Row


class DoubtSessionRow(Row):
    __tablename__ = "doubt_sessions"
    __table_args__ = (
        CheckConstraint("char_length(title) between 1 and 60", name="title_length"),
        Index("ix_doubt_sessions_latest", "user_id", "last_at", "id"),
        Index("ix_doubt_sessions_deleted", "deleted_at", postgresql_where=text("deleted_at is not null")),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lessons.id", ondelete="SET NULL"), index=True)
    title: Mapped[str]
    created_at: Mapped[datetime]
    last_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    """Hidden from everybody, and erased some minutes later."""


class DoubtMessageRow(Row):
    __tablename__ = "doubt_messages"
    __table_args__ = (
        CheckConstraint("role in ('student', 'tutor')", name="role"),
        CheckConstraint(
            "kind in ('hint', 'second_hint', 'step', 'solution', 'answer', 'not_found', 'passages', 'care', 'teacher')",
            name="kind",
        ),
        CheckConstraint("(role = 'tutor') = (kind is not null)", name="replies_have_a_kind"),
        CheckConstraint("ending in ('finished', 'stopped', 'cut')", name="ending"),
        CheckConstraint("text <> '' or kind in ('passages', 'care')", name="text_is_there"),
        CheckConstraint(
            "(tokens_in is null) = (tokens_out is null) and tokens_in >= 0 and tokens_out >= 0", name="usage_whole"
        ),
        Index("ix_doubt_messages_order", "session_id", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("doubt_sessions.id", ondelete="CASCADE"))
    role: Mapped[str]
    kind: Mapped[str | None]
    text: Mapped[str]
    ending: Mapped[str] = mapped_column(server_default="finished")
    tokens_in: Mapped[int | None]
    tokens_out: Mapped[int | None]
    model: Mapped[str | None]
    latency_ms: Mapped[int | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """Steps, final answer, confidence, citations: what is known of a reply besides its text."""
    created_at: Mapped[datetime]


class DoubtRequestRow(Row):
    """A conversation that was passed on to the teachers of its course; one waits at a time."""

    __tablename__ = "doubt_requests"
    __table_args__ = (
        CheckConstraint("(answered_at is null) = (answered_by is null)", name="answered"),
        Index("ix_doubt_requests_open", "session_id", unique=True, postgresql_where=text("answered_at is null")),
        Index("ix_doubt_requests_waiting", "course_id", "id", postgresql_where=text("answered_at is null")),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("doubt_sessions.id", ondelete="CASCADE"), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    last_message_id: Mapped[int]
    """What the teacher may read ends here."""
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class TutorModeRow(Row):
    """How the tutor helps with a course; without a row, hints come first."""

    __tablename__ = "tutor_modes"
    __table_args__ = (CheckConstraint("mode in ('hints', 'direct', 'off')", name="mode"),)

    course_id: Mapped[int] = mapped_column(
        ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    mode: Mapped[str]


class DoubtDayRow(Row):
    """Questions counted on one day of the student's own time zone."""

    __tablename__ = "doubt_days"
    __table_args__ = (CheckConstraint("questions >= 0", name="questions_not_negative"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    questions: Mapped[int]


class DoubtRunRow(Row):
    """The one running answer of a student. Its primary key is the rule."""

    __tablename__ = "doubt_runs"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    session_id: Mapped[int] = mapped_column(ForeignKey("doubt_sessions.id", ondelete="CASCADE"), index=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("doubt_messages.id", ondelete="CASCADE"), index=True)
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("doubt_messages.id", ondelete="CASCADE"), index=True)
    """Stored, but perhaps not sent yet."""
    day: Mapped[date]
    is_counted: Mapped[bool]
    stop_requested: Mapped[bool] = mapped_column(server_default=text("false"))
    running_until: Mapped[datetime] = mapped_column(index=True)
    """Renewed while the process lives; past it, the answer counts as interrupted."""


class PassageRow(Row):
    """Searched exactly within what a reader may open, so the vector needs no index: one would lose hits behind
    the filter."""

    __tablename__ = "passages"
    __table_args__ = (
        UniqueConstraint("lesson_id", "language", "position"),
        Index("ix_passages_tsv", "tsv", postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"))
    language: Mapped[str]
    position: Mapped[int] = mapped_column(SmallInteger)
    heading: Mapped[str]
    text: Mapped[str]
    folded: Mapped[str]
    tsv: Mapped[Any] = mapped_column(
        TSVECTOR, Computed("to_tsvector('simple'::regconfig, folded)", persisted=True), nullable=False
    )
    vector: Mapped[Any] = mapped_column(HALFVEC(512), nullable=False)


class PassageWordRow(Row):
    """Every longer word that a lesson has ever held, folded: typing mistakes are read as the nearest of them.

    It tells nothing of where the word stands, and words of changed lessons may stay.
    """

    __tablename__ = "passage_words"
    __table_args__ = (
        Index("ix_passage_words_trigrams", "word", postgresql_using="gin", postgresql_ops={"word": "gin_trgm_ops"}),
    )

    word: Mapped[str] = mapped_column(primary_key=True)
