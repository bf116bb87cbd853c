"""Files that people bring themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.rows.base import Row

_LIVING = text("deleted_at is null")


class MaterialRow(Row):
    """One message with a file. A trigger counts it into `storage_usage`."""

    __tablename__ = "materials"
    __table_args__ = (
        UniqueConstraint("owner_id", "bot_id", "message_id"),
        CheckConstraint("char_length(name) between 1 and 120", name="name_length"),
        CheckConstraint("state in ('waiting', 'stored', 'read', 'indexed', 'unreadable', 'duplicate')", name="state"),
        CheckConstraint("(state = 'unreadable') = (fault is not null)", name="unreadable_says_why"),
        CheckConstraint("state not in ('stored', 'read', 'indexed') or sha256 is not null", name="read_is_stored"),
        CheckConstraint("(state in ('read', 'indexed')) = (page_count is not null)", name="read_has_pages"),
        CheckConstraint("state <> 'duplicate' or deleted_at is not null", name="duplicate_is_hidden"),
        Index(
            "ix_materials_content",
            "owner_id",
            "sha256",
            unique=True,
            postgresql_where=text("deleted_at is null and sha256 is not null"),
        ),
        Index("ix_materials_newest", "owner_id", "id", postgresql_where=_LIVING),
        Index("ix_materials_deleted_at", "deleted_at", postgresql_where=text("deleted_at is not null")),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    bot_id: Mapped[int] = mapped_column(BigInteger)
    message_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    mime: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    telegram_file_id: Mapped[str]
    sha256: Mapped[str | None] = mapped_column(index=True)
    """Of the original in the storage; the sweep of the storage asks every such column before it deletes one."""
    state: Mapped[str] = mapped_column(server_default="waiting")
    fault: Mapped[str | None]
    page_count: Mapped[int | None] = mapped_column(Integer)
    unseen_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    revision: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    """How often it was to be read; jobs of an older one change nothing."""
    status_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    """Hidden from then on, forgotten some minutes later."""


class MaterialPageRow(Row):
    """What is written on one page."""

    __tablename__ = "material_pages"
    __table_args__ = (CheckConstraint("number >= 1", name="number"),)

    material_id: Mapped[int] = mapped_column(ForeignKey("materials.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    headings: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    """Of each its level, its title, and where in the text it begins."""
    text: Mapped[str]


class MaterialShareRow(Row):
    """A course whose students and teachers may read it, as long as its owner teaches that course."""

    __tablename__ = "material_shares"

    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True)
    material_id: Mapped[int] = mapped_column(
        ForeignKey("materials.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    shared_at: Mapped[datetime]
