"""The tutor: conversations, the daily counter, the running answers, and the index of passages"""

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy.dialects import postgresql

revision = "0008_tutor"
down_revision = "0007_quizzes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create extension if not exists vector")
    op.execute("create extension if not exists pg_trgm")
    op.create_table(
        "doubt_sessions",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("lesson_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("char_length(title) between 1 and 60", name=op.f("ck_doubt_sessions_title_length")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_doubt_sessions_user_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_doubt_sessions_lesson_id_lessons"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doubt_sessions")),
    )
    op.create_index("ix_doubt_sessions_latest", "doubt_sessions", ["user_id", "last_at", "id"])
    op.create_index(op.f("ix_doubt_sessions_lesson_id"), "doubt_sessions", ["lesson_id"])
    op.create_table(
        "doubt_messages",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("ending", sa.String(), server_default="finished", nullable=False),
        sa.Column("tokens_in", sa.BigInteger(), nullable=True),
        sa.Column("tokens_out", sa.BigInteger(), nullable=True),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("latency_ms", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role in ('student', 'tutor')", name=op.f("ck_doubt_messages_role")),
        sa.CheckConstraint("kind in ('hint', 'solution', 'answer', 'passages')", name=op.f("ck_doubt_messages_kind")),
        sa.CheckConstraint("(role = 'tutor') = (kind is not null)", name=op.f("ck_doubt_messages_replies_have_a_kind")),
        sa.CheckConstraint("ending in ('finished', 'stopped', 'cut')", name=op.f("ck_doubt_messages_ending")),
        sa.CheckConstraint("text <> '' or kind = 'passages'", name=op.f("ck_doubt_messages_text_is_there")),
        sa.CheckConstraint(
            "(tokens_in is null) = (tokens_out is null) and tokens_in >= 0 and tokens_out >= 0",
            name=op.f("ck_doubt_messages_usage_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["doubt_sessions.id"],
            name=op.f("fk_doubt_messages_session_id_doubt_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doubt_messages")),
    )
    op.create_index("ix_doubt_messages_order", "doubt_messages", ["session_id", "id"])
    op.create_table(
        "doubt_days",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("questions", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("questions >= 0", name=op.f("ck_doubt_days_questions_not_negative")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_doubt_days_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "day", name=op.f("pk_doubt_days")),
    )
    op.create_table(
        "doubt_runs",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("answer_id", sa.BigInteger(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_counted", sa.Boolean(), nullable=False),
        sa.Column("stop_requested", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("running_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_doubt_runs_user_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["doubt_sessions.id"],
            name=op.f("fk_doubt_runs_session_id_doubt_sessions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["doubt_messages.id"],
            name=op.f("fk_doubt_runs_question_id_doubt_messages"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            ["doubt_messages.id"],
            name=op.f("fk_doubt_runs_answer_id_doubt_messages"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_doubt_runs")),
    )
    for column in ("session_id", "question_id", "answer_id", "running_until"):
        op.create_index(op.f(f"ix_doubt_runs_{column}"), "doubt_runs", [column])
    op.create_table(
        "passages",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("lesson_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("heading", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column(
            "tsv",
            postgresql.TSVECTOR(),
            sa.Computed("to_tsvector('simple'::regconfig, folded)", persisted=True),
            nullable=False,
        ),
        sa.Column("vector", HALFVEC(512), nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_passages_lesson_id_lessons"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passages")),
        sa.UniqueConstraint("lesson_id", "language", "position", name=op.f("uq_passages_lesson_id_language_position")),
    )
    op.create_index("ix_passages_tsv", "passages", ["tsv"], postgresql_using="gin")
    # A search reads every vector that its reader may see: in the row itself they are four times as fast as beside it.
    op.execute("alter table passages alter column vector set storage plain")
    op.create_table(
        "passage_words",
        sa.Column("word", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_passage_words")),
    )
    op.create_index(
        "ix_passage_words_trigrams",
        "passage_words",
        ["word"],
        postgresql_using="gin",
        postgresql_ops={"word": "gin_trgm_ops"},
    )


def downgrade() -> None:
    op.drop_table("passage_words")
    op.drop_table("passages")
    op.drop_table("doubt_runs")
    op.drop_table("doubt_days")
    op.drop_table("doubt_messages")
    op.drop_table("doubt_sessions")
    op.execute("drop extension if exists vector")
