"""What can be found: published courses and lessons, folded and stemmed. Triggers keep it (0017_search.py)."""

from sqlalchemy import ForeignKey, Identity, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from db.rows.base import Row


class SearchEntryRow(Row):
    """One published course, or one published lesson of one."""

    __tablename__ = "search_entries"
    __table_args__ = (
        UniqueConstraint("lesson_id"),
        Index("ix_search_entries_course_id", "course_id"),
        Index("ix_search_entries_courses", "course_id", unique=True, postgresql_where=text("lesson_id is null")),
        Index("ix_search_entries_titles", "titles", postgresql_using="gin"),
        Index(
            "ix_search_entries_tsv_courses", "tsv", postgresql_using="gin", postgresql_where=text("lesson_id is null")
        ),
        Index(
            "ix_search_entries_tsv_lessons",
            "tsv",
            postgresql_using="gin",
            postgresql_where=text("lesson_id is not null"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"))
    titles: Mapped[list[str]] = mapped_column(ARRAY(String))
    """Folded, each language's; of a course also its code."""
    tsv: Mapped[str] = mapped_column(TSVECTOR)
    """Titles A, code and slug B, category C, description D; each folded, and stemmed as Russian and English."""


class SearchWordRow(Row):
    """A word of something published: what a misspelt one may have meant."""

    __tablename__ = "search_words"
    __table_args__ = (
        Index("ix_search_words_trigrams", "word", postgresql_using="gin", postgresql_ops={"word": "gin_trgm_ops"}),
    )

    word: Mapped[str] = mapped_column(String(collation="C"), primary_key=True)
    """Folded."""
    written: Mapped[str]
    """As somebody wrote it, in small letters: for people to read."""
