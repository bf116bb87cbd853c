"""Intake: the inbox of updates, dialog state, slots of the clock, the queue of jobs"""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op

PGQUEUER = Path(__file__).parent.parent / "sql" / "pgqueuer_1_6_0.sql"

revision = "0001_intake"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("status", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status in (0, 1, 2)", name=op.f("ck_inbox_status")),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_inbox")),
    )
    op.create_index("ix_inbox_done_at", "inbox", ["done_at"], unique=False)
    op.create_index(
        "ix_inbox_pending", "inbox", ["user_id", "update_id"], unique=False, postgresql_where=sa.text("status = 0")
    )
    op.create_table(
        "dialog_states",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_dialog_states")),
    )
    op.create_table(
        "schedule_fires",
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("job", "at", name=op.f("pk_schedule_fires")),
    )
    # The file holds several statements, which only the driver's own connection takes at once.
    driver: Any = op.get_bind().connection.dbapi_connection
    driver.run_async(lambda connection: connection.execute(PGQUEUER.read_text()))


def downgrade() -> None:
    for table in ("pgqueuer_statistics", "pgqueuer_schedules", "pgqueuer_log", "pgqueuer"):
        op.drop_table(table)
    op.execute("drop function fn_pgqueuer_changed()")
    op.execute("drop type pgqueuer_status")
    op.drop_table("schedule_fires")
    op.drop_table("dialog_states")
    op.drop_table("inbox")
