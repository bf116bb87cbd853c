"""Files on their way to a course."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.rows.base import Row


class CourseImportRow(Row):
    """One file of one teacher; a message that is worked on twice is one import."""

    __tablename__ = "course_imports"
    __table_args__ = (
        UniqueConstraint("owner_id", "message_id"),
        CheckConstraint("state in ('waiting', 'ready', 'refused', 'imported', 'expired')", name="state"),
        CheckConstraint("state <> 'ready' or draft is not null", name="ready_has_draft"),
        CheckConstraint("(state = 'imported') = (imported_id is not null)", name="imported_whole"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        Index(
            "ix_course_imports_open",
            "created_at",
            postgresql_where=text("state in ('waiting', 'ready', 'refused')"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    message_id: Mapped[int]
    course_id: Mapped[int | None] = mapped_column(ForeignKey("courses.id"), index=True)
    """The course that its lessons are for; null: it makes a new one."""
    name: Mapped[str]
    size: Mapped[int]
    telegram_file_id: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    refusal: Mapped[str | None]
    draft: Mapped[dict[str, Any] | None]
    """What the file holds, as text; it is checked anew whenever it is looked at."""
    sha256: Mapped[str | None]
    """Of the file in the storage."""
    category: Mapped[str | None]
    """The slug that its owner chose."""
    imported_id: Mapped[int | None] = mapped_column(ForeignKey("courses.id"), index=True)
    """The course that came of it."""
    progress_id: Mapped[int | None]
    """The message that says how far it is."""
    created_at: Mapped[datetime]
