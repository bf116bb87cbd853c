"""Reserved"""

revision = "0019_profiles"
down_revision = "0018_certificates"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
