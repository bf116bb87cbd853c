"""Tests on their way into a quiz or a bank"""

revision = "0024_question_imports"
down_revision = "0023_generated"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
