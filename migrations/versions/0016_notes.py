"""Reserved"""

revision = "0016_notes"
down_revision = "0015_study"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
