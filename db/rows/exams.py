"""Exams: when each begins, who sits it, and what came of it."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, REAL
from sqlalchemy.orm import Mapped, mapped_column

from db.rows.base import Row


class ExamRow(Row):
    """Follows its quiz's settings by the trigger `keep_exam`."""

    __tablename__ = "exams"
    __table_args__ = (
        CheckConstraint("stage in ('planned', 'called', 'begun', 'settled', 'closed', 'cancelled')", name="stage"),
        CheckConstraint("closes_at > opens_at or stage = 'closed'", name="moments"),
        CheckConstraint("told_plan between 0 and plan", name="told_plan"),
        CheckConstraint(
            "(first_told_at is null) = (last_told_at is null) and first_told_at <= last_told_at", name="told_in_order"
        ),
        CheckConstraint("skew_seconds >= 0", name="skew_seconds"),
        CheckConstraint("(ended_at is not null) = (stage = 'closed')", name="ended"),
        Index("ix_exams_next_at", "next_at", postgresql_where=text("next_at is not null")),
    )

    quiz_id: Mapped[int] = mapped_column(ForeignKey("quizzes.id", ondelete="cascade"), primary_key=True)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    plan: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    """One more with each other beginning."""
    told_plan: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    """The plan that the students were told of; 0: none yet."""
    told_opens_at: Mapped[datetime | None]
    stage: Mapped[str] = mapped_column(server_default="planned")
    next_at: Mapped[datetime | None]
    """When the clock has something to do; null: nothing any more."""
    first_told_at: Mapped[datetime | None]
    last_told_at: Mapped[datetime | None]
    """When the word that it begins reached the first and the last of those who were ready."""
    skew_seconds: Mapped[int | None] = mapped_column(Integer)
    """By how much the end was put off for it."""
    ended_at: Mapped[datetime | None]


class ExamCandidateRow(Row):
    __tablename__ = "exam_candidates"
    __table_args__ = (
        UniqueConstraint("quiz_id", "number"),
        CheckConstraint("number >= 0", name="number"),
        Index("ix_exam_candidates_user_id", "user_id"),
    )

    quiz_id: Mapped[int] = mapped_column(ForeignKey("exams.quiz_id", ondelete="cascade"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    """In the order of registration; neighbours get different parallel versions by it."""
    ready_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]


class ExamScoreRow(Row):
    """In logits, with the limits of the interval that holds the true ability 95 times of 100."""

    __tablename__ = "exam_scores"
    __table_args__ = (CheckConstraint("low <= ability and ability <= high", name="interval"),)

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    ability: Mapped[float] = mapped_column(REAL)
    low: Mapped[float] = mapped_column(REAL)
    high: Mapped[float] = mapped_column(REAL)


class ExamLookalikeRow(Row):
    """Two students to look at, found when the exam closed."""

    __tablename__ = "exam_lookalikes"
    __table_args__ = (
        CheckConstraint("first_id < second_id", name="pair"),
        CheckConstraint("chance between 0 and 1", name="chance"),
    )

    quiz_id: Mapped[int] = mapped_column(ForeignKey("exams.quiz_id", ondelete="cascade"), primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    question_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    both_wrong: Mapped[int] = mapped_column(SmallInteger)
    expected: Mapped[float] = mapped_column(REAL)
    chance: Mapped[float] = mapped_column(Double)
