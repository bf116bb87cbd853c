"""Quizzes, their questions, and what students answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.rows.base import Row


class QuizRow(Row):
    __tablename__ = "quizzes"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"), unique=True)
    created_at: Mapped[datetime]


class QuestionRow(Row):
    """One version of a question; it never changes but for being retired."""

    __tablename__ = "questions"
    __table_args__ = (
        CheckConstraint("jsonb_array_length(options) between 2 and 12", name="options_count"),
        CheckConstraint("correct >= 0 and correct < jsonb_array_length(options)", name="correct_is_an_option"),
        CheckConstraint("version >= 1", name="version_positive"),
        Index(
            "ix_questions_in_use",
            "quiz_id",
            "position",
            unique=True,
            postgresql_where=text("retired_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quizzes.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    version: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"), unique=True)
    text: Mapped[dict[str, Any]]
    options: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """One text per option, each in several languages."""
    correct: Mapped[int] = mapped_column(SmallInteger)
    explanation: Mapped[dict[str, Any] | None]
    created_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class AttemptRow(Row):
    """The counters move with the answers, in the statement that stores them."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("user_id", "quiz_id", "number"),
        CheckConstraint("cardinality(question_ids) > 0", name="has_questions"),
        CheckConstraint("correct_count between 0 and answered_count", name="correct_were_answered"),
        CheckConstraint("answered_count between 0 and cardinality(question_ids)", name="answered_are_of_the_attempt"),
        CheckConstraint(
            "(finished_at is not null) = (answered_count = cardinality(question_ids))",
            name="finished_when_all_answered",
        ),
        Index(
            "ix_attempts_open",
            "user_id",
            "quiz_id",
            unique=True,
            postgresql_where=text("finished_at is null"),
        ),
        Index("ix_attempts_quiz_id", "quiz_id"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quizzes.id"))
    number: Mapped[int]
    question_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    """In the order in which they are asked."""
    answered_count: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    correct_count: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class AnswerRow(Row):
    __tablename__ = "answers"
    __table_args__ = (
        CheckConstraint("chosen >= 0", name="chosen_is_an_option"),
        Index("ix_answers_question_id", "question_id"),
    )

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    chosen: Mapped[int] = mapped_column(SmallInteger)
    is_correct: Mapped[bool]
    answered_at: Mapped[datetime]
