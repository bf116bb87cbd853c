"""Updates of Telegram before and after they are worked on, dialog state, and the slots of the clock."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from db.rows.base import Row


class InboxRow(Row):
    __tablename__ = "inbox"
    __table_args__ = (
        CheckConstraint("status in (0, 1, 2)", name="status"),
        Index("ix_inbox_pending", "user_id", "update_id", postgresql_where=text("status = 0")),
        Index("ix_inbox_done_at", "done_at"),
    )

    update_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user_id: Mapped[int]
    """The key of the order: updates of one key run one after another. 0 when nobody can be read from it."""
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    status: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    """0 waiting, 1 done, 2 dead letter."""
    error: Mapped[str | None]
    """The kind of the failure and its id, never a text of the user."""
    done_at: Mapped[datetime | None]


class DialogStateRow(Row):
    __tablename__ = "dialog_states"

    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    """JSON: storage destiny → its state and data."""
    updated_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class ScheduleFireRow(Row):
    __tablename__ = "schedule_fires"

    job: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
