"""How content lies in rows: texts in several languages, and the columns of courses and lessons."""

from collections.abc import Mapping
from typing import Any

import asyncpg
import orjson

from domain.courses.model import Course, CourseStatus, Entitlement, Lesson, Sale, Section
from domain.fiscal import FiscalCodes
from domain.language import Language, Text
from domain.money import Money

COURSE_COLUMNS = """
    c.id as course_id, c.code, c.category_id, c.owner_id, c.language, c.title as course_title,
    c.description, c.level, c.sale, c.price_tiyin as course_price, c.currency, c.status, c.cover_id,
    c.has_certificate, c.price_stars as course_stars, c.fiscal as course_fiscal
"""


def dump_text(text: Text | None) -> str | None:
    if text is None:
        return None
    return orjson.dumps({str(language): value for language, value in text.variants.items()}).decode()


def dump_fiscal(fiscal: FiscalCodes | None) -> str | None:
    return None if fiscal is None else orjson.dumps(fiscal).decode()


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
        level=row["level"],
        sale=Sale(row["sale"]),
        price=Money(price, row["currency"]) if price is not None else None,
        status=CourseStatus(row["status"]),
        cover_id=row["cover_id"],
        has_certificate=row["has_certificate"],
        stars=row["course_stars"],
        fiscal=load_fiscal(row["course_fiscal"]),
    )


def lesson_of(data: Mapping[str, Any], course: Course) -> Lesson:
    """From a lesson as JSON: id, section_id, position, title, is_preview, price, is_published; stars for authors."""
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
        stars=data.get("stars"),
    )


def section_of(data: Mapping[str, Any], course: Course) -> Section:
    return Section(id=data["id"], course_id=course.id, position=data["position"], title=text_of(data["title"]))


def entitlement_of(row: asyncpg.Record, *, owns_lesson: bool = False) -> Entitlement:
    """Needs the columns is_staff and owns_course."""
    return Entitlement(is_staff=row["is_staff"], owns_course=row["owns_course"], owns_lesson=owns_lesson)
