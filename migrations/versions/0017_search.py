"""Reserved"""

revision = "0017_search"
down_revision = "0016_notes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
