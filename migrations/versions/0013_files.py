"""Reserved"""

revision = "0013_files"
down_revision = "0012_course_structure"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
