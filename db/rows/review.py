"""Spaced review: cards, the log of their reviews, and each student's pace."""

from datetime import datetime

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Double

from db.rows.base import Row


class ReviewCardRow(Row):
    """A question or a note that one student repeats. `review_count` is its version: it moves with every grade."""

    __tablename__ = "review_cards"
    __table_args__ = (
        UniqueConstraint("user_id", "lineage_id"),
        UniqueConstraint("user_id", "note_id"),
        CheckConstraint(
            "num_nonnulls(lineage_id, note_id) = 1 and (lineage_id is null) = (question_id is null)",
            name="of_one_thing",
        ),
        CheckConstraint(
            "(stability is null) = (difficulty is null) and (stability is null) = (reviewed_at is null)",
            name="memory_whole",
        ),
        CheckConstraint("stability > 0 and difficulty between 1 and 10", name="memory"),
        CheckConstraint("review_count >= 0", name="review_count"),
        Index("ix_review_cards_due", "user_id", "due_at", "id", postgresql_where=text("removed_at is null")),
        Index("ix_review_cards_note_id", "note_id", postgresql_where=text("note_id is not null")),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    lineage_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"))
    """The first version of the question."""
    question_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"))
    """The version that the card was made from."""
    note_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id", ondelete="cascade"))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """The beginning of a day where the student lives."""
    stability: Mapped[float | None] = mapped_column(Double)
    """Days until recall falls to 90 %; null before the first grade."""
    difficulty: Mapped[float | None] = mapped_column(Double)
    reviewed_at: Mapped[datetime | None]
    review_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    """Grades in daily sets; the wrong answer that made the card is none."""
    removed_at: Mapped[datetime | None]


class ReviewRow(Row):
    """One grade; number 0 is the wrong answer that made the card. What was before it, to take it back."""

    __tablename__ = "reviews"
    __table_args__ = (
        CheckConstraint("number >= 0 and (number > 0) = (due_before is not null)", name="number"),
        CheckConstraint("grade between 1 and 4", name="grade"),
        CheckConstraint("seconds >= 0", name="seconds"),
        CheckConstraint("predicted between 0 and 1", name="predicted"),
        Index("ix_reviews_user_id", "user_id", "reviewed_at"),
    )

    card_id: Mapped[int] = mapped_column(ForeignKey("review_cards.id", ondelete="cascade"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    grade: Mapped[int] = mapped_column(SmallInteger)
    """1 again, 2 hard, 3 good, 4 easy."""
    reviewed_at: Mapped[datetime]
    seconds: Mapped[int | None] = mapped_column(Integer)
    predicted: Mapped[float | None] = mapped_column(Double)
    """The probability of recall that was expected then."""
    due_before: Mapped[datetime | None]
    stability_before: Mapped[float | None] = mapped_column(Double)
    difficulty_before: Mapped[float | None] = mapped_column(Double)
    reviewed_before: Mapped[datetime | None]


class ReviewPlanRow(Row):
    """How one student reviews; made with the first card."""

    __tablename__ = "review_plans"
    __table_args__ = (
        CheckConstraint("daily_reviews between 5 and 200", name="daily_reviews"),
        CheckConstraint("daily_new between 0 and 50", name="daily_new"),
        CheckConstraint(
            "quiet_days <@ '{1,2,3,4,5,6,7}'::smallint[] and cardinality(quiet_days) < 7", name="quiet_days"
        ),
        CheckConstraint("retention between 80 and 95", name="retention"),
        CheckConstraint("reminder_hour between 0 and 23", name="reminder_hour"),
        CheckConstraint("cardinality(parameters) = 21", name="parameters"),
        CheckConstraint("review_count >= 0", name="review_count"),
        Index("ix_review_plans_next_reminder_at", "next_reminder_at", postgresql_where=text("reminds")),
        Index(
            "ix_review_plans_to_tune",
            "user_id",
            postgresql_where=text("review_count >= 400 and review_count >= tuned_count + 100"),
        ),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    daily_reviews: Mapped[int] = mapped_column(SmallInteger, server_default=text("20"))
    daily_new: Mapped[int] = mapped_column(SmallInteger, server_default=text("10"))
    quiet_days: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), server_default=text("'{}'"))
    """Weekdays, Monday is 1."""
    retention: Mapped[int] = mapped_column(SmallInteger, server_default=text("90"))
    """Percent of the cards that are to be known when they are asked."""
    reminds: Mapped[bool] = mapped_column(server_default=text("true"))
    reminder_hour: Mapped[int | None] = mapped_column(SmallInteger)
    """Null: the hour that the log tells."""
    next_reminder_at: Mapped[datetime]
    parameters: Mapped[list[float] | None] = mapped_column(ARRAY(Double))
    """Of the memory model; null: the defaults."""
    review_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    """Grades in daily sets, so that the nightly search for logs to learn from reads no log."""
    tuned_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    tuned_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
