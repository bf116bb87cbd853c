"""Questions that a model proposes, and practice sets"""

revision = "0023_generated"
down_revision = "0022_item_statistics"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
