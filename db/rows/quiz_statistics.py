"""What is counted once of each attempt, and the Rasch scale of a quiz. Kept by `fold_attempts` of migration 0022."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Double, ForeignKey, Integer, SmallInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.rows.base import Row


class ItemStatisticsRow(Row):
    """Sums over the first attempts that are folded; `rest` is the share of the other questions, in ten-thousandths."""

    __tablename__ = "item_statistics"

    quiz_id: Mapped[int] = mapped_column(ForeignKey("quizzes.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    asked: Mapped[int] = mapped_column(BigInteger)
    answered: Mapped[int] = mapped_column(BigInteger)
    correct: Mapped[int] = mapped_column(BigInteger)
    timed: Mapped[int] = mapped_column(BigInteger)
    seconds: Mapped[int] = mapped_column(BigInteger)
    rested: Mapped[int] = mapped_column(BigInteger)
    """Of attempts with more than this question."""
    rested_correct: Mapped[int] = mapped_column(BigInteger)
    rest_sum: Mapped[int] = mapped_column(BigInteger)
    rest_squares: Mapped[int] = mapped_column(BigInteger)
    rest_correct: Mapped[int] = mapped_column(BigInteger)
    """The sum of rests of those who were right."""


class ItemChoiceRow(Row):
    __tablename__ = "item_choices"

    quiz_id: Mapped[int] = mapped_column(ForeignKey("quizzes.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    option: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    """In the kept order, counting from 0."""
    chosen: Mapped[int] = mapped_column(BigInteger)
    rested: Mapped[int] = mapped_column(BigInteger)
    rest_sum: Mapped[int] = mapped_column(BigInteger)


class QuizScaleRow(Row):
    __tablename__ = "quiz_scales"

    quiz_id: Mapped[int] = mapped_column(ForeignKey("quizzes.id"), primary_key=True)
    people: Mapped[int] = mapped_column(Integer)
    mean: Mapped[float] = mapped_column(Double)
    spread: Mapped[float] = mapped_column(Double)
    difficulties: Mapped[dict[str, Any]] = mapped_column(JSONB)
    calibrated_at: Mapped[datetime]
