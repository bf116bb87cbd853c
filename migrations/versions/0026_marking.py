"""Essays that wait for a mark are found without reading the other answers"""

from alembic import op

revision = "0026_marking"
down_revision = "0025_exams"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "create index ix_answers_waiting on answers (answered_at, attempt_id, question_id) where is_correct is null"
    )


def downgrade() -> None:
    op.execute("drop index ix_answers_waiting")
