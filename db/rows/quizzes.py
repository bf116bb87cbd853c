"""Quizzes, their questions and banks of questions, and what students answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.rows.base import Row


class QuestionBankRow(Row):
    """Questions of a course that its quizzes draw from."""

    __tablename__ = "question_banks"
    __table_args__ = (
        CheckConstraint("char_length(title) between 1 and 80", name="title_length"),
        Index(
            "ix_question_banks_in_use",
            "course_id",
            "title",
            unique=True,
            postgresql_where=text("archived_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    title: Mapped[str]
    created_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class QuizRow(Row):
    __tablename__ = "quizzes"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"), unique=True)
    created_at: Mapped[datetime]
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """What differs from the usual settings."""


class QuestionRow(Row):
    """One version of a question, of a quiz or of a bank; it never changes but for being retired."""

    __tablename__ = "questions"
    __table_args__ = (
        CheckConstraint("num_nonnulls(quiz_id, bank_id) = 1", name="place"),
        CheckConstraint(
            "kind in ('single', 'multiple', 'true_false', 'short', 'number', 'matching', 'ordering', 'essay')",
            name="kind",
        ),
        CheckConstraint(
            "case when kind in ('single', 'multiple', 'matching', 'ordering')"
            " then jsonb_array_length(options) between 2 and 12 else jsonb_array_length(options) = 0 end",
            name="options_count",
        ),
        CheckConstraint(
            "kind <> 'single' or (key ->> 'correct')::int between 0 and jsonb_array_length(options) - 1",
            name="correct_is_an_option",
        ),
        CheckConstraint("version >= 1", name="version_positive"),
        CheckConstraint("points between 1 and 100", name="points"),
        CheckConstraint("difficulty between 1 and 5", name="difficulty"),
        Index(
            "ix_questions_in_use",
            "quiz_id",
            "position",
            unique=True,
            postgresql_where=text("retired_at is null"),
        ),
        Index(
            "ix_questions_bank_id_fingerprint",
            "bank_id",
            "fingerprint",
            unique=True,
            postgresql_where=text("retired_at is null and bank_id is not null"),
        ),
        Index("ix_questions_bank_id_topic", "bank_id", "topic", postgresql_where=text("retired_at is null")),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    quiz_id: Mapped[int | None] = mapped_column(ForeignKey("quizzes.id"))
    bank_id: Mapped[int | None] = mapped_column(ForeignKey("question_banks.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    """In its quiz; in a bank it means nothing."""
    version: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    points: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"), unique=True)
    kind: Mapped[str] = mapped_column(server_default="single")
    text: Mapped[dict[str, Any]]
    options: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """One text per option, each in several languages."""
    key: Mapped[dict[str, Any]]
    """Which answer is right, in the shape of its kind."""
    explanation: Mapped[dict[str, Any] | None]
    topic: Mapped[str | None]
    difficulty: Mapped[int | None] = mapped_column(SmallInteger)
    source: Mapped[str | None]
    picture: Mapped[dict[str, Any] | None]
    fingerprint: Mapped[str | None]
    """Equal for questions that say the same; null for those from before it was kept."""
    created_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class AttemptRow(Row):
    """The counters move with the answers, in the statement that stores them. Points are hundredths of a point."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("user_id", "quiz_id", "number"),
        CheckConstraint("cardinality(question_ids) > 0", name="has_questions"),
        CheckConstraint("correct_count between 0 and answered_count", name="correct_were_answered"),
        CheckConstraint("answered_count between 0 and cardinality(question_ids)", name="answered_are_of_the_attempt"),
        CheckConstraint(
            "answered_count < cardinality(question_ids) or finished_at is not null",
            name="finished_when_all_answered",
        ),
        CheckConstraint("face in ('buttons', 'polls')", name="face"),
        CheckConstraint("closed_by in ('student', 'time', 'teacher')", name="closed_by"),
        CheckConstraint("(finished_at is null) = (closed_by is null)", name="closed_when_finished"),
        CheckConstraint("points <= max_points and max_points > 0", name="points"),
        CheckConstraint("waiting_count between 0 and answered_count", name="waiting_were_answered"),
        Index(
            "ix_attempts_open",
            "user_id",
            "quiz_id",
            unique=True,
            postgresql_where=text("finished_at is null"),
        ),
        Index("ix_attempts_quiz_id", "quiz_id"),
        Index(
            "ix_attempts_unfolded",
            "id",
            postgresql_where=text("folded_at is null and finished_at is not null and waiting_count = 0 and number = 1"),
        ),
        Index("ix_attempts_quiz_id_folded", "quiz_id", "id", postgresql_where=text("folded_at is not null")),
        Index("ix_attempts_quiz_id_finished", "quiz_id", "id", postgresql_where=text("finished_at is not null")),
        Index(
            "ix_attempts_deadline",
            "deadline_at",
            postgresql_where=text("finished_at is null and deadline_at is not null"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quizzes.id"))
    number: Mapped[int]
    question_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    """In the order in which they are asked."""
    seed: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """What the order of the options follows from; 0: as they are kept."""
    face: Mapped[str] = mapped_column(server_default="buttons")
    deadline_at: Mapped[datetime | None]
    answered_count: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    correct_count: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    points: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    max_points: Mapped[int] = mapped_column(Integer)
    waiting_count: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    """Answers that a teacher has yet to mark."""
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    folded_at: Mapped[datetime | None]
    """When it was counted into the statistics; null again when one of its marks changes."""


class AnswerRow(Row):
    """One a question of an attempt; without a response when its time was over."""

    __tablename__ = "answers"
    __table_args__ = (
        CheckConstraint("seconds >= 0", name="seconds"),
        CheckConstraint("(marked_by is null) = (marked_at is null)", name="marked"),
        CheckConstraint("char_length(comment) <= 2000", name="comment_length"),
        Index("ix_answers_question_id", "question_id"),
        Index(
            "ix_answers_waiting",
            "answered_at",
            "attempt_id",
            "question_id",
            postgresql_where=text("is_correct is null"),
        ),
    )

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    response: Mapped[dict[str, Any] | None]
    is_correct: Mapped[bool | None]
    """Null until a teacher has marked it."""
    points: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    """Hundredths; below 0 when the quiz takes points away for wrong answers."""
    seconds: Mapped[int | None] = mapped_column(Integer)
    """From being asked to being answered."""
    answered_at: Mapped[datetime]
    marked_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    marked_at: Mapped[datetime | None]
    comment: Mapped[str | None]


class AskingRow(Row):
    """When a question of an attempt was first shown, and the native poll that shows it."""

    __tablename__ = "askings"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    asked_at: Mapped[datetime]
    poll_id: Mapped[str | None] = mapped_column(unique=True)
    message_id: Mapped[int | None]
