"""Students' notebooks."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.rows.base import Row

_LIVING = text("deleted_at is null")


class NoteRow(Row):
    __tablename__ = "notes"
    __table_args__ = (
        UniqueConstraint("user_id", "bot_id", "message_id"),
        CheckConstraint("char_length(body) <= 32000", name="body_length"),
        CheckConstraint("char_length(folded) <= 16000", name="folded_length"),
        CheckConstraint("body <> '' or voice_file_id is not null", name="says_something"),
        CheckConstraint("(voice_file_id is null) = (voice_seconds is null)", name="voice_whole"),
        CheckConstraint("voice_sha256 is null or voice_file_id is not null", name="original_of_voice"),
        Index("ix_notes_newest", "user_id", "id", postgresql_where=_LIVING),
        Index("ix_notes_newest_of_course", "user_id", "course_id", "id", postgresql_where=_LIVING),
        Index("ix_notes_deleted_at", "deleted_at", postgresql_where=text("deleted_at is not null")),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    bot_id: Mapped[int]
    message_id: Mapped[int]
    """The message that became the note; its voice is known to the same bot only."""
    course_id: Mapped[int | None] = mapped_column(ForeignKey("courses.id", ondelete="SET NULL"), index=True)
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lessons.id", ondelete="SET NULL"), index=True)
    part_id: Mapped[int | None] = mapped_column(ForeignKey("parts.id", ondelete="SET NULL"), index=True)
    body: Mapped[str]
    """Markdown; empty for a recording without words."""
    beginning: Mapped[str]
    folded: Mapped[str]
    """Its words, folded, with a space between them; a search reads those of one owner only, however many others are."""
    voice_file_id: Mapped[str | None]
    voice_seconds: Mapped[int | None] = mapped_column(Integer)
    voice_sha256: Mapped[str | None]
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    """Hidden from then on, forgotten a week later."""


class NotebookRow(Row):
    """How many living notes somebody has: a trigger counts, and the check is the limit."""

    __tablename__ = "notebooks"
    __table_args__ = (CheckConstraint("note_count between 0 and 5000", name="note_count"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    note_count: Mapped[int] = mapped_column(Integer)
