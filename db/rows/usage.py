"""What calls of models cost, and questions that wait or were spoken."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.rows.base import Row


class ModelCallRow(Row):
    __tablename__ = "model_calls"
    __table_args__ = (
        CheckConstraint("feature in ('tutor', 'questions', 'practice', 'photos', 'speech', 'other')", name="feature"),
        CheckConstraint("outcome in ('open', 'done', 'stopped', 'busy', 'failed', 'refused', 'lost')", name="outcome"),
        CheckConstraint("reserved_tokens >= 0 and reserved_micros >= 0", name="reserved"),
        CheckConstraint(
            "(outcome = 'open') = (ended_at is null) and (outcome = 'open') = (micros is null)"
            " and num_nulls(tokens_in, tokens_out, seconds, micros, is_counted, latency_ms) in (0, 6)",
            name="ended",
        ),
        CheckConstraint("least(tokens_in, tokens_out, seconds, micros, latency_ms) >= 0", name="measured"),
        Index("ix_model_calls_open", "started_at", postgresql_where=text("outcome = 'open'")),
        Index("ix_model_calls_user_id", "user_id", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    feature: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("courses.id", ondelete="SET NULL"), index=True)
    model: Mapped[str]
    day: Mapped[date]
    """Of the centre: whose purses it came from, even when it ends after midnight."""
    reserved_tokens: Mapped[int]
    reserved_micros: Mapped[int]
    tokens_in: Mapped[int | None]
    tokens_out: Mapped[int | None]
    seconds: Mapped[int | None]
    micros: Mapped[int | None]
    is_counted: Mapped[bool | None]
    """By the server; otherwise by a careful guess."""
    latency_ms: Mapped[int | None]
    outcome: Mapped[str] = mapped_column(server_default="open")
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class UsagePurseRow(Row):
    """What went out in a period, reservations included; payer 0 is the whole centre."""

    __tablename__ = "usage_purses"
    __table_args__ = (
        CheckConstraint("period in ('day', 'month')", name="period"),
        CheckConstraint("tokens >= 0 and micros >= 0", name="spent"),
        Index(
            "ix_usage_purses_spenders",
            "starts_on",
            "micros",
            "tokens",
            "payer",
            postgresql_where=text("period = 'month' and payer <> 0"),
        ),
    )

    payer: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    period: Mapped[str] = mapped_column(primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    tokens: Mapped[int]
    micros: Mapped[int]


class UsageTotalRow(Row):
    """Calls that have ended: a screen of the month reads a few hundred rows, however many calls there were."""

    __tablename__ = "usage_totals"

    day: Mapped[date] = mapped_column(primary_key=True)
    feature: Mapped[str] = mapped_column(primary_key=True)
    calls: Mapped[int]
    failures: Mapped[int]
    tokens_in: Mapped[int]
    tokens_out: Mapped[int]
    seconds: Mapped[int]
    micros: Mapped[int]


class UsageBudgetRow(Row):
    """Every version is kept; the newest counts. Two changes at once cannot both be the next version."""

    __tablename__ = "usage_budgets"
    __table_args__ = (CheckConstraint("version > 0", name="version"),)

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    budgets: Mapped[dict[str, Any]]
    set_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    set_at: Mapped[datetime]


class WaitingQuestionRow(Row):
    """A student's questions that come after the one being answered: as many as there are places."""

    __tablename__ = "waiting_questions"
    __table_args__ = (
        UniqueConstraint("user_id", "place"),
        UniqueConstraint("user_id", "message_id"),
        CheckConstraint("place between 1 and 3", name="few"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    place: Mapped[int] = mapped_column(SmallInteger)
    message_id: Mapped[int]
    text: Mapped[str]
    session_id: Mapped[int | None] = mapped_column(ForeignKey("doubt_sessions.id", ondelete="CASCADE"), index=True)
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lessons.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime]


class SpokenQuestionRow(Row):
    """A voice message and what was heard in it; it becomes a question when its student says so."""

    __tablename__ = "spoken_questions"
    __table_args__ = (
        UniqueConstraint("user_id", "message_id"),
        CheckConstraint("state in ('waiting', 'heard', 'failed', 'asked', 'dropped')", name="state"),
        CheckConstraint("(state = 'failed') = (trouble is not null)", name="trouble"),
        CheckConstraint("state not in ('heard', 'asked') or text <> ''", name="text"),
        CheckConstraint("confidence between 0 and 1", name="confidence"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    message_id: Mapped[int]
    file_id: Mapped[str]
    seconds: Mapped[int]
    session_id: Mapped[int | None] = mapped_column(ForeignKey("doubt_sessions.id", ondelete="SET NULL"), index=True)
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lessons.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(server_default="waiting")
    trouble: Mapped[str | None]
    text: Mapped[str | None]
    confidence: Mapped[float | None]
    progress_id: Mapped[int | None]
    """The message that says what becomes of it."""
    created_at: Mapped[datetime]
