"""Exams: their beginning, parallel versions, and what looks alike"""

revision = "0025_exams"
down_revision = "0024_question_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
