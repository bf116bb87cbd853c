"""Spaced review: cards, their log, and each student's pace"""

revision = "0021_review"
down_revision = "0020_question_bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
