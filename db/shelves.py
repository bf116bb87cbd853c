"""The catalogue as it is looked through. Each list is read in the order of an index and ends with its page."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import orjson

from db.content import (
    COURSE_COLUMNS,
    LESSON_JSON,
    course_of,
    is_staff,
    lesson_of,
    load_text,
    section_of,
    text_of,
)
from db.engine import Connection
from db.opening import (
    all_named,
    enrolled_at,
    gate,
    has_begun,
    keeps_lesson,
    missing,
    named,
    owns_course,
    owns_lesson,
)
from db.progress import done_count, is_finished
from domain.courses.model import (
    Category,
    CategoryEntry,
    CategoryId,
    Course,
    CourseEntry,
    CourseId,
    Entitlement,
    LessonEntry,
    Media,
    PartKind,
    Section,
    barrier_of,
)
from domain.learning.browsing import (
    PREVIEWS,
    Branch,
    CourseCard,
    CourseFilter,
    Key,
    Order,
    OutlineTurn,
    Required,
    Turn,
)
from domain.users.model import UserId

_WIDE = 300
"""A branch with more courses is read in the list's order until the page is full; a smaller one is sorted whole."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_PATH = """
    with recursive up as (
        select k.id, k.slug, k.emoji, k.title, k.parent_id, k.course_count, 1 as height
        from categories k where k.id = $1
        union all
        select k.id, k.slug, k.emoji, k.title, k.parent_id, k.course_count, up.height + 1
        from up cross join lateral (select * from categories k where k.id = up.parent_id offset 0) k
    ) cycle id set is_circle using path
    select * from up order by height desc
"""
_BELOW = """
    select k.id, k.slug, k.emoji, k.title, k.parent_id, k.course_count, k.position from categories k
    where k.parent_id {is_parent} and k.course_count > 0 and (k.position, k.id) {beyond} ($1::bigint, $2::bigint)
    order by k.position {way}, k.id {way} limit $3
"""
_BRANCH = """
    with recursive branch (id) as (
        select $2::bigint union
        -- One look into the index for each branch: nobody can tell the planner how few there are.
        select k.id from branch b cross join lateral (select k.id from categories k where k.parent_id = b.id offset 0) k
    ),
"""
_FITS = """
    c.status = 'published' and ($3::text is null or c.level = $3)
    and ($4::text is null or (c.sale = 'free') = ($4 = 'free'))
    and ($5::text is null or c.language = $5 or c.title ? $5)
"""
_ORDERS = {
    Order.POPULAR: ("c.student_count", "bigint"),
    Order.NEWEST: ("coalesce(c.published_at, c.created_at)", "timestamptz"),
}
_ENTRIES = f"""
    select {COURSE_COLUMNS}, page.key, e.status <> 'cancelled' as is_enrolled,
        case when e.user_id is null then 0 else {done_count("$1")} end as done_count
    from page join courses c on c.id = page.id left join enrolments e on e.course_id = c.id and e.user_id = $1
    order by page.key {{way}}, page.id {{way}}
"""


def courses_statement(order: Order, *, is_backwards: bool, width: str) -> str:
    """The list's statement; `width`: `all`, `wide` (found in the list's order), `narrow` (found by its branches)."""
    key, kind = _ORDERS[order]
    way, beyond = ("asc", ">") if is_backwards else ("desc", "<")
    behind = f"({key}, c.id) {beyond} ($6::{kind}, $7::bigint)"
    ordered = f"order by {key} {way}, c.id {way} limit $8"
    match width:
        case "all":
            page = (
                f"with page as materialized (select c.id, {key} as key from courses c where {_FITS} and {behind}"
                f" and $2::bigint is null {ordered})"
            )
        case "wide":
            # The sum keeps the index on categories out: it would bring the whole branch to pick a page of it.
            page = (
                f"{_BRANCH} page as materialized (select c.id, {key} as key from courses c where {_FITS} and {behind}"
                f" and c.category_id + 0 in (select id from branch) {ordered})"
            )
        case _:
            page = (
                f"{_BRANCH} page as materialized (select c.id, {key} as key from branch b cross join lateral ("
                f"select * from courses c where c.category_id = b.id and c.status = 'published' offset 0) c"
                f" where {_FITS} and {behind} {ordered})"
            )
    return page + _ENTRIES.format(way=way)


_CARD = f"""
    select {COURSE_COLUMNS}, {is_staff("$2")} as is_staff, {owns_course("$2")} as owns_course,
        {enrolled_at("$2")} as enrolled_at, {missing("$2")} as missing,
        (select jsonb_build_array(e.completed_at) from enrolments e
            where e.course_id = c.id and e.user_id = $2 and e.status <> 'cancelled') as enrolment,
        {done_count("$2")} as done_count,
        k.id as k_id, k.slug, k.emoji, k.title as k_title, k.parent_id,
        array(select t.full_name from (
                select c.owner_id as id union select ct.user_id from course_teachers ct where ct.course_id = c.id
            ) staff cross join lateral (select t.full_name from users t where t.id = staff.id offset 0) t
            order by staff.id <> c.owner_id, staff.id limit 8) as teachers,
        (select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'title', r.title) order by r.id), '[]')
            from course_prerequisites q join courses r on r.id = q.required_id
            where q.course_id = c.id and r.status = 'published') as required,
        (select coalesce(jsonb_agg(f.lesson), '[]') from (
            select {LESSON_JSON} as lesson from sections s join lessons l on l.section_id = s.id
            where s.course_id = c.id and l.is_preview and l.is_published and c.sale <> 'free'
            order by s.position, l.position limit {PREVIEWS}) f) as previews,
        (select jsonb_build_object('id', m.id, 'kind', m.kind, 'name', m.name, 'mime', m.mime, 'size', m.size,
            'sha256', m.sha256, 'telegram_file_id', m.telegram_file_id, 'bot_id', m.bot_id)
            from media m where m.id = c.cover_id) as cover
    from courses c join categories k on k.id = c.category_id where c.id = $1
"""
_OUTLINE = f"""
    with page as materialized (
        select l.id, s.id as section_id, s.position as section_position, l.position, s.title as section_title
        from sections s join lessons l on l.section_id = s.id
        where s.course_id = $1 and s.position {{bound}} $3::bigint
            and (l.archived_at is null and (l.is_published or $6) or not $6 and {keeps_lesson("$2")})
            and (s.position, l.position) {{beyond}} ($3::bigint, $4::bigint)
        order by s.position {{way}}, l.position {{way}} limit $5
    )
    select page.section_id, page.section_position, page.position, page.section_title, {LESSON_JSON} as lesson,
        {is_finished("$2", "l.id")} as is_done, {owns_lesson("$2")} as owns_lesson,
        {keeps_lesson("$2")} as keeps_lesson, {has_begun("$2")} as has_begun,
        {gate("$2", "page.section_position")} as gate
    from page join lessons l on l.id = page.id
    order by page.section_position {{way}}, page.position {{way}}
"""


class SqlShelves:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def branch(self, category_id: CategoryId) -> Branch | None:
        rows = await self._connection.fetch(_PATH, category_id)
        if not rows:
            return None
        return Branch(path=tuple(_category(row) for row in rows), course_count=rows[-1]["course_count"])

    async def below(
        self, category_id: CategoryId | None, turn: Turn, limit: int
    ) -> Sequence[tuple[Key, CategoryEntry]]:
        way, beyond = ("desc", "<") if turn.before else ("asc", ">")
        key = turn.before or turn.after or Key(-1, 0)
        statement = _BELOW.format(
            is_parent="is null" if category_id is None else "= $4::bigint", beyond=beyond, way=way
        )
        of_parent = () if category_id is None else (category_id,)
        rows = await self._connection.fetch(statement, key.value, key.id, limit, *of_parent)
        found = [
            (
                Key(row["position"], row["id"]),
                CategoryEntry(category=_category(row), course_count=row["course_count"]),
            )
            for row in rows
        ]
        return found[::-1] if turn.before else found

    async def courses(
        self, branch: Branch, user_id: UserId, wanted: CourseFilter, turn: Turn, limit: int
    ) -> Sequence[tuple[Key, CourseEntry]]:
        width = "all" if branch.category is None else "wide" if branch.course_count > _WIDE else "narrow"
        key = turn.before or turn.after
        value, of_id = _key_value(wanted.order, key)
        rows = await self._connection.fetch(
            courses_statement(wanted.order, is_backwards=turn.before is not None, width=width),
            user_id,
            branch.category.id if branch.category else None,
            wanted.level,
            wanted.price,
            wanted.language,
            value,
            of_id,
            limit,
        )
        found = [(_key(wanted.order, row), _entry(row)) for row in rows]
        return found[::-1] if turn.before else found

    async def card(self, course_id: CourseId, user_id: UserId) -> CourseCard | None:
        row = await self._connection.fetchrow(_CARD, course_id, user_id)
        return _card(row) if row else None

    async def outline(
        self,
        course: Course,
        entitlement: Entitlement,
        user_id: UserId,
        turn: OutlineTurn,
        limit: int,
        now: datetime,
    ) -> Sequence[tuple[tuple[int, int], Section, LessonEntry]]:
        way, beyond = ("desc", "<") if turn.before else ("asc", ">")
        key = turn.before or turn.after
        place = (key.section, key.lesson) if key else (-1, -1)
        statement = _OUTLINE.format(way=way, beyond=beyond, bound=f"{beyond}=")
        rows = await self._connection.fetch(statement, course.id, user_id, *place, limit, entitlement.is_staff)
        found = [_line(row, course, entitlement, now) for row in rows]
        return found[::-1] if turn.before else found


def _key_value(order: Order, key: Key | None) -> tuple[int | datetime, int]:
    """Microseconds since 1970 stand for a moment; without a key the list begins above everything."""
    if order is Order.POPULAR:
        return (key.value, key.id) if key else (2**40, 0)
    return (_EPOCH + timedelta(microseconds=key.value), key.id) if key else (datetime(9999, 1, 1, tzinfo=UTC), 0)


def _key(order: Order, row: asyncpg.Record) -> Key:
    value = row["key"] if order is Order.POPULAR else (row["key"] - _EPOCH) // timedelta(microseconds=1)
    return Key(value, row["course_id"])


def _entry(row: asyncpg.Record) -> CourseEntry:
    return CourseEntry(
        course=course_of(row),
        lesson_count=row["published_count"],
        is_enrolled=bool(row["is_enrolled"]),
        done_count=row["done_count"],
    )


def _category(row: asyncpg.Record) -> Category:
    return Category(
        id=row["id"],
        slug=row["slug"],
        emoji=row["emoji"],
        title=load_text(row["title"]),
        parent_id=row["parent_id"],
    )


def _card(row: asyncpg.Record) -> CourseCard:
    course = course_of(row)
    owned = Entitlement(
        is_staff=row["is_staff"],
        owns_course=row["owns_course"],
        enrolled_at=row["enrolled_at"],
        missing=all_named(row["missing"]),
    )
    wanted = {each.id for each in owned.missing}
    enrolment: list[str | None] | None = orjson.loads(row["enrolment"]) if row["enrolment"] else None
    return CourseCard(
        course=course,
        category=Category(
            id=row["k_id"],
            slug=row["slug"],
            emoji=row["emoji"],
            title=load_text(row["k_title"]),
            parent_id=row["parent_id"],
        ),
        teachers=tuple(row["teachers"]),
        required=tuple(
            Required(id=each["id"], title=text_of(each["title"]), is_completed=each["id"] not in wanted)
            for each in orjson.loads(row["required"])
        ),
        previews=tuple(_preview(each, course) for each in orjson.loads(row["previews"])),
        cover=_cover(row["cover"]),
        entitlement=owned,
        is_enrolled=enrolment is not None,
        completed_at=datetime.fromisoformat(enrolment[0]) if enrolment and enrolment[0] else None,
        done_count=row["done_count"],
    )


def _preview(data: dict[str, Any], course: Course) -> LessonEntry:
    return LessonEntry(lesson=lesson_of(data, course), lock=None, is_done=False)


def _cover(raw: str | None) -> Media | None:
    if raw is None:
        return None
    data: dict[str, Any] = orjson.loads(raw)
    data["kind"] = PartKind(data["kind"])
    return Media(**data)


def _line(
    row: asyncpg.Record, course: Course, entitlement: Entitlement, now: datetime
) -> tuple[tuple[int, int], Section, LessonEntry]:
    lesson = lesson_of(orjson.loads(row["lesson"]), course)
    section = section_of(
        {"id": row["section_id"], "position": row["section_position"], "title": orjson.loads(row["section_title"])},
        course,
    )
    rights = replace(
        entitlement,
        owns_lesson=row["owns_lesson"],
        keeps_lesson=row["keeps_lesson"],
        has_begun=row["has_begun"],
        gate=named(orjson.loads(row["gate"])) if row["gate"] else None,
    )
    barrier = barrier_of(course, lesson, rights, now)
    lock = barrier.reason if barrier else None
    entry = LessonEntry(lesson=lesson, lock=lock, is_done=row["is_done"], barrier=barrier)
    return (row["section_position"], row["position"]), section, entry
