"""Tests on their way into a quiz or a bank."""

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


class QuestionImportRow(Row):
    """One message that somebody sent, or a row of forwarded polls. Adding is one change of `state`, so it is once."""

    __tablename__ = "question_imports"
    __table_args__ = (
        UniqueConstraint("owner_id", "message_id"),
        CheckConstraint("num_nonnulls(lesson_id, bank_id) = 1", name="target"),
        CheckConstraint("source in ('file', 'text', 'photo', 'polls')", name="source"),
        CheckConstraint(
            "state in ('waiting', 'ready', 'refused', 'added', 'undone', 'filed', 'expired')", name="state"
        ),
        CheckConstraint("state <> 'ready' or test is not null or source = 'polls'", name="ready_was_read"),
        CheckConstraint("(state in ('added', 'undone')) = (question_ids is not null)", name="added_knows_what"),
        Index("ix_question_imports_lesson_id", "lesson_id"),
        Index("ix_question_imports_bank_id", "bank_id"),
        Index("ix_question_imports_part_id", "part_id"),
        Index("ix_question_imports_made_bank_id", "made_bank_id"),
        Index(
            "ix_question_imports_open",
            "created_at",
            postgresql_where=text("state in ('waiting', 'ready', 'refused')"),
        ),
        Index(
            "ix_question_imports_polls_of_a_lesson",
            "owner_id",
            "lesson_id",
            unique=True,
            postgresql_where=text("source = 'polls' and state = 'ready'"),
        ),
        Index(
            "ix_question_imports_polls_of_a_bank",
            "owner_id",
            "bank_id",
            unique=True,
            postgresql_where=text("source = 'polls' and state = 'ready'"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    message_id: Mapped[int] = mapped_column(BigInteger)
    """In the chat of its owner; of polls the first one's."""
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"))
    bank_id: Mapped[int | None] = mapped_column(ForeignKey("question_banks.id"))
    source: Mapped[str]
    name: Mapped[str]
    mime: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    telegram_file_id: Mapped[str | None]
    bot_id: Mapped[int] = mapped_column(BigInteger)
    pieces: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    """The messages that a long text went on in."""
    text: Mapped[str | None]
    """What was typed."""
    markdown: Mapped[str | None]
    """The same, or the file's caption, as a part of a lesson has it."""
    asks: Mapped[bool]
    """It came as material: what it is, its owner has yet to say."""
    part_id: Mapped[int | None] = mapped_column(ForeignKey("parts.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(server_default="waiting")
    refusal: Mapped[str | None]
    test: Mapped[dict[str, Any] | None]
    """What was read, until it is added or put away."""
    question_ids: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    """What came of it, to take it back."""
    made_bank_id: Mapped[int | None] = mapped_column(ForeignKey("question_banks.id"))
    """The bank that was made for them, because they are more than a quiz takes."""
    progress_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime]


class QuestionImportPollRow(Row):
    """A forwarded poll of a row of them. The same message is one poll, wherever its import is by now."""

    __tablename__ = "question_import_polls"
    __table_args__ = (Index("ix_question_import_polls_import_id", "import_id"),)

    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    message_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("question_imports.id", ondelete="CASCADE"))
    question: Mapped[str]
    options: Mapped[list[str]] = mapped_column(JSONB)
    explanation: Mapped[str | None]
    correct: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    """Indexes of the right options; none while they are hidden."""
    is_skipped: Mapped[bool] = mapped_column(server_default=text("false"))
