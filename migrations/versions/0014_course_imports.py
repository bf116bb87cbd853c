"""Reserved"""

revision = "0014_course_imports"
down_revision = "0013_files"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
