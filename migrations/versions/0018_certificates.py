"""Reserved"""

revision = "0018_certificates"
down_revision = "0017_search"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
