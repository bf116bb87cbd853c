"""Item statistics and the Rasch scale of quizzes"""

revision = "0022_item_statistics"
down_revision = "0021_review"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
