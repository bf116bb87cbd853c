"""How content lies in rows: texts in several languages, and the columns of courses and lessons."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from domain.courses.model import CheckQuestion, Course, CourseStatus, Lesson, Level, Link, Sale, Section
from domain.fiscal import FiscalCodes
from domain.language import Language, Text
from domain.money import Money

COURSE_COLUMNS = """
    c.id as course_id, c.code, c.category_id, c.owner_id, c.language, c.title as course_title,
    c.description, c.level, c.sale, c.price_tiyin as course_price, c.currency, c.status, c.cover_id,
    c.has_certificate, c.price_stars as course_stars, c.fiscal as course_fiscal, c.slug as course_slug, c.publish_at,
    c.version as course_version, c.certificate_percent, c.lesson_count as published_count,
    c.duration_seconds as course_seconds, c.student_count, c.rating_count, c.rating_sum,
    array(select t.user_id from course_teachers t where t.course_id = c.id) as teacher_ids
"""
LESSON_FIELDS = """
        'id', l.id, 'section_id', l.section_id, 'position', l.position, 'title', l.title,
        'is_preview', l.is_preview, 'price', l.price_tiyin, 'is_published', l.is_published, 'stars', l.price_stars,
        'version', l.version, 'opens_at', l.opens_at, 'opens_after_days', l.opens_after_days, 'is_gate', l.is_gate,
        'pass_percent', l.pass_percent, 'seconds', l.duration_seconds, 'archived_at', l.archived_at
"""
LESSON_JSON = f"jsonb_build_object({LESSON_FIELDS})"
"""A lesson `l` as `lesson_of` reads it."""


def is_staff(user: str) -> str:
    """A condition on courses `c`: the user (a parameter such as `$2`) teaches the course, or is an admin.

    The same rule as `owns` of domain/courses/authorship.py; a co-teacher who is no teacher any more teaches nothing.
    """
    return f"""
        (exists (select 1 from users u where u.id = {user} and (u.role = 'admin' or u.role = 'teacher' and (
            c.owner_id = u.id
            or exists (select 1 from course_teachers t where t.course_id = c.id and t.user_id = u.id)))))
    """


def dump_text(text: Text | None) -> str | None:
    if text is None:
        return None
    return orjson.dumps(_variants(text)).decode()


def dump_fiscal(fiscal: FiscalCodes | None) -> str | None:
    return None if fiscal is None else orjson.dumps(fiscal).decode()


def dump_link(link: Link | None) -> str | None:
    return None if link is None else orjson.dumps(link).decode()


def dump_question(question: CheckQuestion | None) -> str | None:
    if question is None:
        return None
    options = [_variants(option) for option in question.options]
    return orjson.dumps({"text": _variants(question.text), "options": options, "correct": question.correct}).decode()


def load_fiscal(raw: str | None) -> FiscalCodes | None:
    return None if raw is None else FiscalCodes(**orjson.loads(raw))


def load_text(raw: str) -> Text:
    return text_of(orjson.loads(raw))


def text_of(variants: Mapping[str, str]) -> Text:
    """jsonb keeps no order of its keys, so the fallback of a missing language is decided here: uz, ru, en."""
    return Text({language: variants[language] for language in Language if language in variants})


def course_of(row: asyncpg.Record) -> Course:
    """Needs COURSE_COLUMNS."""
    price: int | None = row["course_price"]
    return Course(
        id=row["course_id"],
        code=row["code"],
        category_id=row["category_id"],
        owner_id=row["owner_id"],
        language=Language(row["language"]),
        title=load_text(row["course_title"]),
        description=load_text(row["description"]) if row["description"] else None,
        level=Level(row["level"]) if row["level"] else None,
        sale=Sale(row["sale"]),
        price=Money(price, row["currency"]) if price is not None else None,
        status=CourseStatus(row["status"]),
        cover_id=row["cover_id"],
        has_certificate=row["has_certificate"],
        stars=row["course_stars"],
        fiscal=load_fiscal(row["course_fiscal"]),
        teacher_ids=frozenset(row["teacher_ids"]),
        slug=row["course_slug"],
        publish_at=row["publish_at"],
        version=row["course_version"],
        certificate_percent=row["certificate_percent"],
        lesson_count=row["published_count"],
        duration_seconds=row["course_seconds"],
        student_count=row["student_count"],
        rating_count=row["rating_count"],
        rating_sum=row["rating_sum"],
    )


def lesson_of(data: Mapping[str, Any], course: Course) -> Lesson:
    """From LESSON_JSON."""
    price: int | None = data["price"]
    return Lesson(
        id=data["id"],
        course_id=course.id,
        section_id=data["section_id"],
        position=data["position"],
        title=text_of(data["title"]),
        is_preview=data["is_preview"],
        price=Money(price) if price is not None else None,
        is_published=data["is_published"],
        stars=data["stars"],
        version=data["version"],
        opens_at=_moment(data["opens_at"]),
        opens_after_days=data["opens_after_days"],
        is_gate=data["is_gate"],
        pass_percent=data["pass_percent"],
        duration_seconds=data["seconds"],
        archived_at=_moment(data["archived_at"]),
    )


def section_of(data: Mapping[str, Any], course: Course) -> Section:
    return Section(id=data["id"], course_id=course.id, position=data["position"], title=text_of(data["title"]))


def _variants(text: Text) -> dict[str, str]:
    return {str(language): value for language, value in text.variants.items()}


def _moment(raw: str | None) -> datetime | None:
    return None if raw is None else datetime.fromisoformat(raw)
