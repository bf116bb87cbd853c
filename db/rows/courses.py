"""The catalogue's tables."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.rows.base import Row


class CategoryRow(Row):
    __tablename__ = "categories"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    emoji: Mapped[str]
    title: Mapped[dict[str, Any]]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"), index=True)
    position: Mapped[int] = mapped_column(SmallInteger)


class MediaRow(Row):
    __tablename__ = "media"
    __table_args__ = (
        CheckConstraint("kind in ('photo', 'video', 'audio', 'voice', 'pdf', 'slides', 'document')", name="kind"),
        CheckConstraint("sha256 is not null or telegram_file_id is not null", name="has_source"),
        CheckConstraint("(telegram_file_id is null) = (bot_id is null)", name="file_id_has_bot"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    kind: Mapped[str]
    name: Mapped[str]
    mime: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str | None] = mapped_column(index=True)
    telegram_file_id: Mapped[str | None]
    bot_id: Mapped[int | None]
    created_at: Mapped[datetime]


class CourseRow(Row):
    __tablename__ = "courses"
    __table_args__ = (
        CheckConstraint("status in ('draft', 'published', 'archived')", name="status"),
        CheckConstraint("sale in ('free', 'course', 'lessons')", name="sale"),
        CheckConstraint("(sale = 'course') = (price_tiyin is not null)", name="price_when_sold_whole"),
        CheckConstraint("price_tiyin > 0", name="price_positive"),
        CheckConstraint("price_stars > 0", name="price_stars_positive"),
        Index(
            "ix_courses_published",
            "category_id",
            "id",
            postgresql_where=text("status = 'published'"),
        ),
        Index(
            "ix_courses_search",
            "search",
            postgresql_using="gin",
            postgresql_ops={"search": "gin_trgm_ops"},
        ),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    language: Mapped[str]
    title: Mapped[dict[str, Any]]
    description: Mapped[dict[str, Any] | None]
    level: Mapped[str | None]
    sale: Mapped[str]
    price_tiyin: Mapped[int | None]
    currency: Mapped[str] = mapped_column(server_default="UZS")
    status: Mapped[str]
    cover_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"), index=True)
    has_certificate: Mapped[bool] = mapped_column(server_default=text("false"))
    search: Mapped[str]
    """Folded titles and descriptions of all languages, for the search box."""
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    price_stars: Mapped[int | None] = mapped_column(Integer)
    """The price in Telegram Stars, where it is not the price in so'm by the operator's rate."""
    fiscal: Mapped[dict[str, Any] | None]
    """The fiscal codes of this course, where they are not the operator's usual ones."""


class SectionRow(Row):
    __tablename__ = "sections"
    __table_args__ = (UniqueConstraint("course_id", "position"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    title: Mapped[dict[str, Any]]


class LessonRow(Row):
    __tablename__ = "lessons"
    __table_args__ = (
        UniqueConstraint("section_id", "position"),
        CheckConstraint("price_tiyin > 0", name="price_positive"),
        CheckConstraint("price_stars > 0", name="price_stars_positive"),
        Index("ix_lessons_course_id", "course_id"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    section_id: Mapped[int] = mapped_column(ForeignKey("sections.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    title: Mapped[dict[str, Any]]
    is_preview: Mapped[bool] = mapped_column(server_default=text("false"))
    price_tiyin: Mapped[int | None]
    is_published: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime]
    price_stars: Mapped[int | None] = mapped_column(Integer)


class PartRow(Row):
    __tablename__ = "parts"
    __table_args__ = (
        UniqueConstraint("lesson_id", "position"),
        CheckConstraint(
            "kind in ('text', 'photo', 'video', 'audio', 'voice', 'pdf', 'slides', 'document')", name="kind"
        ),
        CheckConstraint("kind <> 'text' or text is not null", name="text_has_text"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str]
    text: Mapped[dict[str, Any] | None]


class PartMediaRow(Row):
    __tablename__ = "part_media"

    part_id: Mapped[int] = mapped_column(ForeignKey("parts.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), index=True)
