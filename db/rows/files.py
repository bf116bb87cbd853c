"""The tables of originals: uploads on their way, what each person keeps, and what is to be deleted."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from db.rows.base import Row


class UploadBatchRow(Row):
    """What one person sent in a row; one of theirs is open at most."""

    __tablename__ = "upload_batches"
    __table_args__ = (
        Index("uq_upload_batches_open", "user_id", unique=True, postgresql_where=text("closed_at is null")),
        Index("ix_upload_batches_closed_at", "closed_at", postgresql_where=text("closed_at is not null")),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    """Rises with everything that its status message has to tell."""
    shown: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    """The revision that the message tells."""
    turn_at: Mapped[datetime | None]
    """When somebody last set about writing the message."""
    message_id: Mapped[int | None]
    is_delayed: Mapped[bool] = mapped_column(server_default=text("false"))


class UploadRow(Row):
    __tablename__ = "uploads"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'kept', 'refused', 'too_large', 'lost')", name="state"),
        CheckConstraint("(state = 'refused') = (fault is not null)", name="fault_when_refused"),
        CheckConstraint("(state = 'waiting') = (ended_at is null)", name="ended"),
    )

    media_id: Mapped[int] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"), primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("upload_batches.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(server_default="waiting")
    fault: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class StorageUsageRow(Row):
    """Media of one person; a trigger keeps it."""

    __tablename__ = "storage_usage"
    __table_args__ = (CheckConstraint("files >= 0 and bytes >= 0", name="not_negative"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    files: Mapped[int] = mapped_column(Integer)
    bytes: Mapped[int]


class LooseMediaRow(Row):
    """Media that something has let go of, or that is new: perhaps nothing refers to it."""

    __tablename__ = "loose_media"

    media_id: Mapped[int] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime] = mapped_column(index=True)


class DoomedFileRow(Row):
    """An object of the storage whose last media row is gone."""

    __tablename__ = "doomed_files"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(index=True)
    is_going: Mapped[bool] = mapped_column(server_default=text("false"))
    """Its deletion has begun: nobody may count on it."""
