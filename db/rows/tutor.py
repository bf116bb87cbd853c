"""Conversations with the tutor, and the passages of lessons that it searches."""

from datetime import date, datetime
from typing import Any

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from db.rows.base import Row


class DoubtSessionRow(Row):
    __tablename__ = "doubt_sessions"
    __table_args__ = (
        CheckConstraint("char_length(title) between 1 and 60", name="title_length"),
        Index("ix_doubt_sessions_latest", "user_id", "last_at", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lessons.id", ondelete="SET NULL"), index=True)
    title: Mapped[str]
    created_at: Mapped[datetime]
    last_at: Mapped[datetime]


class DoubtMessageRow(Row):
    __tablename__ = "doubt_messages"
    __table_args__ = (
        CheckConstraint("role in ('student', 'tutor')", name="role"),
        CheckConstraint("kind in ('hint', 'solution', 'answer', 'passages')", name="kind"),
        CheckConstraint("(role = 'tutor') = (kind is not null)", name="replies_have_a_kind"),
        CheckConstraint("ending in ('finished', 'stopped', 'cut')", name="ending"),
        CheckConstraint("text <> '' or kind = 'passages'", name="text_is_there"),
        CheckConstraint(
            "(tokens_in is null) = (tokens_out is null) and tokens_in >= 0 and tokens_out >= 0", name="usage_whole"
        ),
        Index("ix_doubt_messages_order", "session_id", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("doubt_sessions.id", ondelete="CASCADE"))
    role: Mapped[str]
    kind: Mapped[str | None]
    text: Mapped[str]
    ending: Mapped[str] = mapped_column(server_default="finished")
    tokens_in: Mapped[int | None]
    tokens_out: Mapped[int | None]
    model: Mapped[str | None]
    latency_ms: Mapped[int | None]
    created_at: Mapped[datetime]


class DoubtDayRow(Row):
    """Questions counted on one day of the student's own time zone."""

    __tablename__ = "doubt_days"
    __table_args__ = (CheckConstraint("questions >= 0", name="questions_not_negative"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    questions: Mapped[int]


class DoubtRunRow(Row):
    """The one running answer of a student. Its primary key is the rule."""

    __tablename__ = "doubt_runs"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    session_id: Mapped[int] = mapped_column(ForeignKey("doubt_sessions.id", ondelete="CASCADE"), index=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("doubt_messages.id", ondelete="CASCADE"), index=True)
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("doubt_messages.id", ondelete="CASCADE"), index=True)
    """Stored, but perhaps not sent yet."""
    day: Mapped[date]
    is_counted: Mapped[bool]
    stop_requested: Mapped[bool] = mapped_column(server_default=text("false"))
    running_until: Mapped[datetime] = mapped_column(index=True)
    """Renewed while the process lives; past it, the answer counts as interrupted."""


class PassageRow(Row):
    """A piece of a lesson or of somebody's material.

    What is searched in one course or one person's materials is compared exactly; only a search in everything of a large
    index goes through the graph of embeddings, because behind a narrow filter a graph loses most hits.
    """

    __tablename__ = "passages"
    __table_args__ = (
        UniqueConstraint("lesson_id", "language", "position"),
        UniqueConstraint("material_id", "position"),
        CheckConstraint("num_nonnulls(lesson_id, material_id) = 1", name="source"),
        CheckConstraint("lesson_id is null or language is not null", name="lessons_have_a_language"),
        CheckConstraint("(material_id is null) = (owner_id is null)", name="materials_have_an_owner"),
        CheckConstraint(
            "num_nonnulls(page_from, page_to) = case when material_id is null then 0 else 2 end",
            name="materials_have_pages",
        ),
        CheckConstraint("page_from between 1 and page_to", name="pages"),
        CheckConstraint("(embedding is null) = (embedded_by = '')", name="embedded"),
        Index("ix_passages_tsv", "tsv", postgresql_using="gin"),
        Index("ix_passages_owner_id", "owner_id", postgresql_where=text("owner_id is not null")),
        Index("ix_passages_embedded_by", "embedded_by", "id"),
        Index(
            "ix_passages_embedding",
            "embedding",
            postgresql_using="hnsw",
            postgresql_ops={"embedding": "halfvec_ip_ops"},
        ),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"))
    material_id: Mapped[int | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    """Whose material it is."""
    language: Mapped[str | None]
    """Of a lesson's text; nobody knows a material's."""
    position: Mapped[int] = mapped_column(SmallInteger)
    page_from: Mapped[int | None]
    page_to: Mapped[int | None]
    heading: Mapped[str]
    text: Mapped[str]
    folded: Mapped[str]
    tsv: Mapped[Any] = mapped_column(
        TSVECTOR, Computed("to_tsvector('simple'::regconfig, folded)", persisted=True), nullable=False
    )
    vector: Mapped[Any] = mapped_column(HALFVEC(512), nullable=False)
    """Of the spelling: hashed n-grams."""
    embedding: Mapped[Any | None] = mapped_column(HALFVEC(384))
    """Of the meaning, by a model; None until the model has seen it."""
    embedded_by: Mapped[str] = mapped_column(server_default="")
    """The model's name: vectors of two models cannot be compared."""


class PassageShareRow(Row):
    """A course through which a material is found by those who take or teach it."""

    __tablename__ = "passage_shares"

    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True)
    material_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)


class PassageWordRow(Row):
    """Every longer word that a lesson has ever held, folded: typing mistakes are read as the nearest of them.

    It tells nothing of where the word stands, and words of changed lessons may stay.
    """

    __tablename__ = "passage_words"
    __table_args__ = (
        Index("ix_passage_words_trigrams", "word", postgresql_using="gin", postgresql_ops={"word": "gin_trgm_ops"}),
    )

    word: Mapped[str] = mapped_column(primary_key=True)
