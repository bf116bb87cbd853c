"""Reserved"""

revision = "0015_study"
down_revision = "0014_course_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
