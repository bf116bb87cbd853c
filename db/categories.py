"""The category tree. Triggers count the courses of each branch and refuse circles."""

from collections.abc import Sequence
from typing import Any

import asyncpg
import orjson

from db.content import dump_text, text_of
from db.engine import Connection
from domain.courses.category_ports import CategoryPage
from domain.courses.errors import CategoryCircle
from domain.courses.model import Category, CategoryEntry, CategoryId
from domain.language import Language, Text

_LAST = 32_767
"""The largest number of a place: what comes behind it shares it, in the order of the ids."""
_JSON = """
    jsonb_build_object('id', k.id, 'slug', k.slug, 'emoji', k.emoji, 'title', k.title, 'parent_id', k.parent_id,
        'course_count', k.course_count)
"""
_PAGE = """
    with recursive above (id, parent_id, distance) as (
        select id, parent_id, 0 from categories where id = $1
        union all
        select k.id, k.parent_id, above.distance + 1
        from above cross join lateral (select * from categories k where k.id = above.parent_id offset 0) k
    )
    select
        (select jsonb_agg({json} order by above.distance desc)
         from above cross join lateral (select * from categories k where k.id = above.id offset 0) k) as path,
        (select jsonb_agg({json} order by k.position, k.id) from categories k
         where k.parent_id {is_parent}) as branches,
        exists (select from courses c where c.category_id = $1) as has_courses,
        exists (select from user_subjects s where s.category_id = $1) as has_learners
"""


class SqlCategories:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def hold(self) -> None:
        # The lock that the triggers take, taken first: what is read from here on stays true until the commit.
        await self._connection.execute("select pg_advisory_xact_lock(hashtext('categories'))")

    async def page(self, category_id: CategoryId | None) -> CategoryPage | None:
        # No index answers `is not distinct from`.
        is_parent = "is null" if category_id is None else "= $1"
        row = await self._connection.fetchrow(_PAGE.format(json=_JSON, is_parent=is_parent), category_id)
        path = _entries(row["path"] if row else None)
        if row is None or (category_id is not None and not path):
            return None
        return CategoryPage(
            category=path[-1].category if path else None,
            path=tuple(entry.category for entry in path[:-1]),
            branches=_entries(row["branches"]),
            course_count=path[-1].course_count if path else 0,
            has_courses=row["has_courses"],
            has_learners=row["has_learners"],
        )

    async def add(self, *, slug: str, emoji: str, title: Text, parent_id: CategoryId | None) -> CategoryId | None:
        return await self._connection.fetchval(
            f"""
            insert into categories (slug, emoji, title, parent_id, position)
            select $1, $2, $3::jsonb, $4, least(coalesce(max(position), 0) + 1, {_LAST})
            from categories where parent_id is not distinct from $4
            on conflict (slug) do nothing returning id
            """,
            slug,
            emoji,
            dump_text(title),
            parent_id,
        )

    async def set_title(self, category_id: CategoryId, language: Language, title: str) -> None:
        await self._connection.execute(
            "update categories set title = title || jsonb_build_object($2::text, $3::text) where id = $1",
            category_id,
            language,
            title,
        )

    async def set_emoji(self, category_id: CategoryId, emoji: str) -> None:
        await self._connection.execute("update categories set emoji = $2 where id = $1", category_id, emoji)

    async def set_slug(self, category_id: CategoryId, slug: str) -> bool:
        try:
            async with self._connection.transaction():
                await self._connection.execute("update categories set slug = $2 where id = $1", category_id, slug)
        except asyncpg.UniqueViolationError:
            return False
        return True

    async def move(self, category_id: CategoryId, parent_id: CategoryId | None) -> None:
        try:
            await self._connection.execute(
                f"""
                update categories set parent_id = $2, position = (
                    select least(coalesce(max(s.position), 0) + 1, {_LAST}) from categories s
                    where s.parent_id is not distinct from $2)
                where id = $1
                """,
                category_id,
                parent_id,
            )
        except asyncpg.CheckViolationError as error:
            if error.constraint_name not in ("ck_categories_no_circle", "ck_categories_not_its_own_parent"):
                raise
            raise CategoryCircle(category_id) from error

    async def hand_over_learners(self, from_id: CategoryId, to_id: CategoryId) -> None:
        await self._connection.execute(
            """
            with left_behind as (delete from user_subjects where category_id = $1 returning user_id)
            insert into user_subjects (user_id, category_id) select user_id, $2 from left_behind on conflict do nothing
            """,
            from_id,
            to_id,
        )

    async def arrange(self, category_ids: Sequence[CategoryId]) -> None:
        await self._connection.execute(
            f"""
            update categories k set position = least(wanted.place, {_LAST})
            from unnest($1::bigint[]) with ordinality as wanted (id, place)
            where k.id = wanted.id and k.position <> least(wanted.place, {_LAST})
            """,
            list(category_ids),
        )

    async def remove(self, category_id: CategoryId) -> bool:
        try:
            async with self._connection.transaction():
                removed = await self._connection.fetchval(
                    """
                    delete from categories k where k.id = $1
                        and not exists (select from courses c where c.category_id = k.id)
                        and not exists (select from categories b where b.parent_id = k.id)
                        and not exists (select from user_subjects s where s.category_id = k.id)
                    returning true
                    """,
                    category_id,
                )
        except asyncpg.ForeignKeyViolationError:
            # Something was put into it between the look and the deletion.
            return False
        return removed is not None


def _entries(raw: str | None) -> tuple[CategoryEntry, ...]:
    found: list[dict[str, Any]] = orjson.loads(raw) if raw else []
    return tuple(
        CategoryEntry(
            category=Category(
                id=data["id"],
                slug=data["slug"],
                emoji=data["emoji"],
                title=text_of(data["title"]),
                parent_id=data["parent_id"],
            ),
            course_count=data["course_count"],
        )
        for data in found
    )
