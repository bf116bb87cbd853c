"""The catalogue's tables."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.rows.base import Row


class CategoryRow(Row):
    __tablename__ = "categories"
    __table_args__ = (
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
        Index("ix_categories_parent_id", "parent_id", "position", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    emoji: Mapped[str]
    title: Mapped[dict[str, Any]]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    course_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    """Published courses here and in the branches below; triggers keep it."""


class MediaRow(Row):
    __tablename__ = "media"
    __table_args__ = (
        CheckConstraint("kind in ('photo', 'video', 'audio', 'voice', 'pdf', 'slides', 'document')", name="kind"),
        CheckConstraint("sha256 is not null or telegram_file_id is not null", name="has_source"),
        CheckConstraint("(telegram_file_id is null) = (bot_id is null)", name="file_id_has_bot"),
        CheckConstraint("unkept in ('too_large', 'lost', 'refused')", name="unkept"),
        CheckConstraint("sha256 is null or unkept is null", name="kept_or_not"),
        Index("ix_media_unkept", "id", postgresql_where=text("sha256 is null and unkept is null")),
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
    duration_seconds: Mapped[int | None] = mapped_column(Integer)
    unkept: Mapped[str | None]
    """Why there is no original; with neither this nor a hash it is still to be fetched."""


class CourseRow(Row):
    __tablename__ = "courses"
    __table_args__ = (
        CheckConstraint("status in ('draft', 'published', 'archived')", name="status"),
        CheckConstraint("sale in ('free', 'course', 'lessons')", name="sale"),
        CheckConstraint("(sale = 'course') = (price_tiyin is not null)", name="price_when_sold_whole"),
        CheckConstraint("price_tiyin > 0", name="price_positive"),
        CheckConstraint("price_stars > 0", name="price_stars_positive"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(slug) <= 48", name="slug"),
        CheckConstraint("level in ('beginner', 'intermediate', 'advanced')", name="level"),
        CheckConstraint("certificate_percent between 1 and 100", name="certificate_percent"),
        CheckConstraint("lesson_count >= 0 and duration_seconds >= 0 and student_count >= 0", name="counters"),
        CheckConstraint("rating_count >= 0 and rating_sum between rating_count and 5 * rating_count", name="rating"),
        Index("ix_courses_published_owner", "owner_id", "id", postgresql_where=text("status = 'published'")),
        Index(
            "ix_courses_search",
            "search",
            postgresql_using="gin",
            postgresql_ops={"search": "gin_trgm_ops"},
        ),
        Index("ix_courses_of_owner", "owner_id", "id", postgresql_where=text("status <> 'archived'")),
        Index("ix_courses_archived_of_owner", "owner_id", "id", postgresql_where=text("status = 'archived'")),
        Index("ix_courses_archived", "id", postgresql_where=text("status = 'archived'")),
        Index("ix_courses_publish_at", "publish_at", postgresql_where=text("publish_at is not null")),
        Index(
            "ix_courses_published",
            "category_id",
            "id",
            postgresql_where=text("status = 'published'"),
        ),
        Index(
            "ix_courses_newest",
            text("coalesce(published_at, created_at)"),
            "id",
            postgresql_where=text("status = 'published'"),
            postgresql_include=["category_id", "level", "sale", "language"],
        ),
        Index(
            "ix_courses_popular",
            "student_count",
            "id",
            postgresql_where=text("status = 'published'"),
            postgresql_include=["category_id", "level", "sale", "language"],
        ),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"), index=True)
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
    """Folded titles and descriptions of all languages."""
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    price_stars: Mapped[int | None] = mapped_column(Integer)
    """The price in Telegram Stars, where it is not the price in so'm by the operator's rate."""
    fiscal: Mapped[dict[str, Any] | None]
    """The fiscal codes of this course, where they are not the operator's usual ones."""
    slug: Mapped[str | None] = mapped_column(unique=True)
    publish_at: Mapped[datetime | None]
    """When a draft is published by itself."""
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    """Rises with each edit of its texts: whoever edits an older one is told."""
    certificate_percent: Mapped[int | None] = mapped_column(SmallInteger)
    lesson_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    """Published lessons; triggers keep these three."""
    duration_seconds: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    student_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    rating_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    """Ratings that are shown, and their stars together; a trigger keeps both."""
    rating_sum: Mapped[int] = mapped_column(Integer, server_default=text("0"))


class CourseTeacherRow(Row):
    """Who teaches a course beside its owner."""

    __tablename__ = "course_teachers"
    __table_args__ = (Index("ix_course_teachers_user_id", "user_id", "course_id"),)

    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    added_at: Mapped[datetime]


class CourseInvitationRow(Row):
    __tablename__ = "course_invitations"
    __table_args__ = (
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash_is_sha256"),
        CheckConstraint("(taken_by is null) = (taken_at is null)", name="taken_whole"),
    )

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), index=True)
    created_by: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    expires_at: Mapped[datetime]
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    taken_at: Mapped[datetime | None]


class CoursePrerequisiteRow(Row):
    """What has to be completed first; a trigger refuses circles."""

    __tablename__ = "course_prerequisites"
    __table_args__ = (CheckConstraint("course_id <> required_id", name="not_itself"),)

    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    required_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), primary_key=True, index=True)


class SectionRow(Row):
    __tablename__ = "sections"
    __table_args__ = (UniqueConstraint("course_id", "position", deferrable=True, initially="IMMEDIATE"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    title: Mapped[dict[str, Any]]


class LessonRow(Row):
    __tablename__ = "lessons"
    __table_args__ = (
        UniqueConstraint("section_id", "position", deferrable=True, initially="IMMEDIATE"),
        CheckConstraint("opens_after_days between 1 and 365", name="opens_after_days"),
        CheckConstraint("opens_at is null or opens_after_days is null", name="opens_once"),
        CheckConstraint("pass_percent between 1 and 100", name="pass_percent"),
        CheckConstraint("archived_at is null or not is_published", name="archived_is_hidden"),
        CheckConstraint("price_tiyin > 0", name="price_positive"),
        CheckConstraint("price_stars > 0", name="price_stars_positive"),
        Index("ix_lessons_course_id", "course_id"),
        Index("ix_lessons_gates", "course_id", postgresql_where=text("is_gate")),
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
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    opens_at: Mapped[datetime | None]
    opens_after_days: Mapped[int | None] = mapped_column(SmallInteger)
    """Days after a student's enrolment."""
    is_gate: Mapped[bool] = mapped_column(server_default=text("false"))
    """The lessons behind it open when it is passed."""
    pass_percent: Mapped[int | None] = mapped_column(SmallInteger)
    """The score of its quiz that passes it; null: any."""
    duration_seconds: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    """The sum of its parts'; a trigger keeps it."""
    archived_at: Mapped[datetime | None]
    was_published: Mapped[bool] = mapped_column(server_default=text("false"))
    """Before it was archived."""


class PartRow(Row):
    __tablename__ = "parts"
    __table_args__ = (
        UniqueConstraint("lesson_id", "position", deferrable=True, initially="IMMEDIATE"),
        CheckConstraint(
            "kind in ('text', 'photo', 'video', 'audio', 'voice', 'pdf', 'slides', 'document', 'link')", name="kind"
        ),
        CheckConstraint("(kind = 'link') = (link is not null)", name="link_has_link"),
        CheckConstraint("duration_seconds >= 0", name="duration"),
        CheckConstraint("kind <> 'text' or text is not null", name="text_has_text"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str]
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    duration_seconds: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    text: Mapped[dict[str, Any] | None]
    link: Mapped[dict[str, Any] | None]
    """url, provider, duration_seconds, thumbnail_url."""
    question: Mapped[dict[str, Any] | None]
    """The check question of a video: text, options, correct."""


class PartMediaRow(Row):
    __tablename__ = "part_media"

    part_id: Mapped[int] = mapped_column(ForeignKey("parts.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), index=True)


class LessonResourceRow(Row):
    """A file beside a lesson: sources, tables, archives to take along."""

    __tablename__ = "lesson_resources"
    __table_args__ = (UniqueConstraint("lesson_id", "position", deferrable=True, initially="IMMEDIATE"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(SmallInteger)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), index=True)
