"""What a model writes: questions proposed to teachers, practice of students, and the tokens that it cost."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.rows.base import Row


class ModelSpendingRow(Row):
    """Tokens by person and day; payer 0 is the whole centre."""

    __tablename__ = "model_spending"

    payer: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    tokens: Mapped[int]


class GenerationRow(Row):
    __tablename__ = "generations"
    __table_args__ = (
        CheckConstraint("scope in ('lesson', 'section', 'material')", name="scope"),
        CheckConstraint("state in ('working', 'ready', 'stopped', 'failed')", name="state"),
        CheckConstraint("(state = 'failed') = (trouble is not null)", name="trouble"),
        CheckConstraint("(state = 'working') = (ended_at is null)", name="ended"),
        Index("ix_generations_working", "asked_by", unique=True, postgresql_where=text("state = 'working'")),
        Index("ix_generations_lesson_id", "lesson_id", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"))
    asked_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    scope: Mapped[str]
    language: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(String))
    difficulty: Mapped[int | None] = mapped_column(SmallInteger)
    wanted: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str] = mapped_column(server_default="working")
    trouble: Mapped[str | None]
    batches: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    tokens: Mapped[int] = mapped_column(server_default=text("0"))
    text: Mapped[str]
    """As it was when the questions were ordered."""
    progress_id: Mapped[int | None]
    """The message that says how far it is."""
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ProposalRow(Row):
    __tablename__ = "proposals"
    __table_args__ = (
        UniqueConstraint("generation_id", "number"),
        UniqueConstraint("question_id"),
        CheckConstraint("verdict in ('good', 'unclear', 'wrong')", name="verdict"),
        CheckConstraint("decision in ('waiting', 'taken', 'dropped')", name="decision"),
        CheckConstraint("(decision = 'taken') = (question_id is not null)", name="taken"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    generation_id: Mapped[int] = mapped_column(ForeignKey("generations.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(SmallInteger)
    draft: Mapped[dict[str, Any]]
    fingerprint: Mapped[str]
    verdict: Mapped[str | None]
    remark: Mapped[str | None]
    is_own: Mapped[bool] = mapped_column(server_default=text("false"))
    """Rewritten by the teacher: no second reading is due."""
    decision: Mapped[str] = mapped_column(server_default="waiting")
    question_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"))
    decided_at: Mapped[datetime | None]


class PracticeDayRow(Row):
    __tablename__ = "practice_days"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    sets: Mapped[int] = mapped_column(SmallInteger)


class PracticeSetRow(Row):
    """Its own table, and not attempts: no gradebook, statistic or certificate counts it."""

    __tablename__ = "practice_sets"
    __table_args__ = (
        CheckConstraint("state in ('making', 'ready', 'failed')", name="state"),
        Index("ix_practice_sets_open", "user_id", "lesson_id", unique=True, postgresql_where=text("ended_at is null")),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(server_default="making")
    day: Mapped[date]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """All answered, or failed."""


class PracticeItemRow(Row):
    __tablename__ = "practice_items"
    __table_args__ = (
        CheckConstraint(
            "(response is null) = (is_correct is null) and (response is null) = (answered_at is null)", name="answered"
        ),
    )

    set_id: Mapped[int] = mapped_column(ForeignKey("practice_sets.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    draft: Mapped[dict[str, Any]]
    response: Mapped[dict[str, Any] | None]
    is_correct: Mapped[bool | None]
    answered_at: Mapped[datetime | None]
