"""What people tell about themselves, in PostgreSQL."""

from collections.abc import Sequence

import asyncpg
import orjson

from db.content import load_text
from db.engine import Connection
from domain.users.model import Role, UserId
from domain.users.profiles import MAX_SKILLS, LinkKind, Profile, ProfileCode, Skill, SkillId, TaughtCourse, Topic

_PROFILE = """
    select u.id, u.full_name, u.role, u.username, p.code, p.is_public, p.bio, p.location,
        coalesce(p.shows_username, false) as shows_username,
        (select jsonb_object_agg(l.kind, l.url) from user_links l where l.user_id = u.id) as links,
        (
            select jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name, 'level', s.level)
                order by s.level desc, s.id)
            from user_skills s where s.user_id = u.id
        ) as skills
"""
_GET = f"{_PROFILE} from users u left join user_profiles p on p.user_id = u.id where u.id = $1"
_WITH_CODE = f"{_PROFILE} from user_profiles p join users u on u.id = p.user_id where p.code = $1"
_BEGIN = """
    with made as (
        insert into user_profiles (user_id, code) values ($1, $2) on conflict (user_id) do nothing returning code
    )
    select code from made union all select code from user_profiles where user_id = $1 limit 1
"""
_SET_LINK = """
    insert into user_links (user_id, kind, url) values ($1, $2, $3)
    on conflict (user_id, kind) do update set url = $3
"""
_KNOWN_SKILL = "select id, name, level from user_skills where user_id = $1 and folded = $2"
_ADD_SKILL = """
    insert into user_skills (user_id, place, name, folded, level)
    select $1, min(free.place), $2, $3, $4
    from generate_series(1, $5::int) as free (place)
    where not exists (select from user_skills s where s.user_id = $1 and s.place = free.place)
    having min(free.place) is not null
    returning id, name, level
"""
# What a student has finished: the course says so, or every published lesson of it is done.
_FINISHED_TOPICS = """
    with finished as (
        select c.category_id from enrolments e join courses c on c.id = e.course_id
        where e.user_id = $1 and e.status <> 'cancelled' and (
            e.status = 'completed'
            or c.lesson_count > 0 and not exists (
                select from lessons l
                left join lesson_progress d on d.lesson_id = l.id and d.user_id = $1
                where l.course_id = c.id and l.is_published and d.finished_at is null
            )
        )
    )
    select t.id, t.title from categories t
    where t.id in (
        select category_id from finished
        union select parent_id from categories where id in (select category_id from finished)
    )
    order by t.parent_id nulls last, t.position, t.id
"""
_TAUGHT_BY = """
    select c.id, c.title from courses c join users u on u.id = $1 and u.role in ('teacher', 'admin')
    where c.status = 'published' and c.id in (
        select id from courses where owner_id = $1
        union select course_id from course_teachers where user_id = $1
    )
    order by c.id desc limit $2
"""


class SqlProfiles:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, user_id: UserId) -> Profile | None:
        row = await self._connection.fetchrow(_GET, user_id)
        return None if row is None else _profile(row)

    async def with_code(self, code: ProfileCode) -> Profile | None:
        row = await self._connection.fetchrow(_WITH_CODE, code)
        return None if row is None else _profile(row)

    async def begin(self, user_id: UserId, code: ProfileCode) -> ProfileCode:
        return ProfileCode(await self._connection.fetchval(_BEGIN, user_id, code))

    async def set_code(self, user_id: UserId, code: ProfileCode) -> None:
        await self._connection.execute("update user_profiles set code = $2 where user_id = $1", user_id, code)

    async def set_public(self, user_id: UserId, is_public: bool) -> None:
        await self._connection.execute("update user_profiles set is_public = $2 where user_id = $1", user_id, is_public)

    async def set_bio(self, user_id: UserId, bio: str | None) -> None:
        await self._connection.execute("update user_profiles set bio = $2 where user_id = $1", user_id, bio)

    async def set_location(self, user_id: UserId, location: str | None) -> None:
        await self._connection.execute("update user_profiles set location = $2 where user_id = $1", user_id, location)

    async def show_username(self, user_id: UserId, is_shown: bool) -> None:
        await self._connection.execute(
            "update user_profiles set shows_username = $2 where user_id = $1", user_id, is_shown
        )

    async def set_link(self, user_id: UserId, kind: LinkKind, url: str | None) -> None:
        if url is None:
            await self._connection.execute(
                "delete from user_links where user_id = $1 and kind = $2", user_id, kind.value
            )
        else:
            await self._connection.execute(_SET_LINK, user_id, kind.value, url)

    async def add_skill(self, user_id: UserId, name: str, folded: str, level: int) -> Skill | None:
        row = await self._connection.fetchrow(_KNOWN_SKILL, user_id, folded)
        if row is None:
            row = await self._connection.fetchrow(_ADD_SKILL, user_id, name, folded, level, MAX_SKILLS)
        return None if row is None else Skill(id=row["id"], name=row["name"], level=row["level"])

    async def set_level(self, user_id: UserId, skill_id: SkillId, level: int) -> bool:
        changed = await self._connection.fetchval(
            "update user_skills set level = $3 where id = $2 and user_id = $1 returning true", user_id, skill_id, level
        )
        return changed is not None

    async def remove_skill(self, user_id: UserId, skill_id: SkillId) -> bool:
        removed = await self._connection.fetchval(
            "delete from user_skills where id = $2 and user_id = $1 returning true", user_id, skill_id
        )
        return removed is not None

    async def finished_topics(self, user_id: UserId) -> Sequence[Topic]:
        rows = await self._connection.fetch(_FINISHED_TOPICS, user_id)
        return [Topic(id=row["id"], title=load_text(row["title"])) for row in rows]

    async def taught_by(self, user_id: UserId, limit: int) -> Sequence[TaughtCourse]:
        rows = await self._connection.fetch(_TAUGHT_BY, user_id, limit)
        return [TaughtCourse(id=row["id"], title=load_text(row["title"])) for row in rows]


def _profile(row: asyncpg.Record) -> Profile:
    links: dict[str, str] = orjson.loads(row["links"] or "{}")
    return Profile(
        user_id=UserId(row["id"]),
        full_name=row["full_name"],
        role=Role(row["role"]),
        username=row["username"],
        code=row["code"],
        is_public=row["is_public"],
        bio=row["bio"],
        location=row["location"],
        shows_username=row["shows_username"],
        # In the order in which they are shown; jsonb keeps none.
        links={kind: links[kind] for kind in LinkKind if kind in links},
        skills=tuple(Skill(**skill) for skill in orjson.loads(row["skills"] or "[]")),
    )
