"""The list of courses that somebody works on: each kind is read in the order of an index and ends with the page."""

from collections.abc import Sequence

from db.content import COURSE_COLUMNS, course_of
from db.engine import Connection
from domain.courses.model import CategoryId, Course, CourseEntry
from domain.courses.own_courses import OwnKey, OwnLine, Shelving
from domain.users.model import UserId

_ARCHIVED = (Shelving.OWN_ARCHIVED, Shelving.OTHERS_ARCHIVED)
_OWN = (Shelving.OWN, Shelving.OWN_ARCHIVED)


class SqlOwnCourses:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def page(
        self,
        user_id: UserId,
        shelvings: Sequence[Shelving],
        words: Sequence[str],
        behind: OwnKey | None,
        *,
        limit: int,
    ) -> Sequence[OwnLine]:
        key = (behind.shelving, behind.course_id) if behind else (-1, 0)
        rows = await self._connection.fetch(
            page_statement(shelvings, len(words)), user_id, *key, limit, *(f"%{_literal(word)}%" for word in words)
        )
        return [
            OwnLine(
                entry=CourseEntry(course=course_of(row), lesson_count=row["lesson_count"]),
                shelving=Shelving(row["shelving"]),
            )
            for row in rows
        ]

    async def blank_drafts(self, owner_id: UserId, category_id: CategoryId) -> Sequence[Course]:
        rows = await self._connection.fetch(
            f"""
            select {COURSE_COLUMNS} from courses c
            where c.owner_id = $1 and c.category_id = $2 and c.status = 'draft'
                and not exists (select from lessons l where l.course_id = c.id and l.archived_at is null)
            order by c.id desc
            """,
            owner_id,
            category_id,
        )
        return [course_of(row) for row in rows]


def page_statement(shelvings: Sequence[Shelving], word_count: int) -> str:
    # What was typed is looked for once, whatever is then asked about it.
    named = " and ".join(f"search like ${number}" for number in range(5, 5 + word_count))
    found = f"found as materialized (select id, owner_id, status from courses where {named})," if named else ""
    kinds = " union all ".join(f"({_kind(shelving, 'found' if named else 'courses')})" for shelving in shelvings)
    return f"""
        with {found} page as materialized (select * from ({kinds}) kinds order by shelving, id desc limit $4)
        select {COURSE_COLUMNS}, page.shelving,
            (select count(*) from lessons l where l.course_id = c.id and l.archived_at is null) as lesson_count
        from page join courses c on c.id = page.id order by page.shelving, c.id desc
    """


def _kind(shelving: Shelving, courses: str) -> str:
    status = f"c.status {'=' if shelving in _ARCHIVED else '<>'} 'archived'"
    # One value for the whole kind, so that it bounds the index: nothing that earlier pages showed is read again.
    below = f"(case when $2 < {shelving:d} then {2**63 - 1} when $2 = {shelving:d} then $3::bigint else 0 end)"
    if shelving not in _OWN:
        return f"""
            select {shelving:d} as shelving, c.id from {courses} c
            where {status} and c.id < {below} and c.owner_id <> $1
                and not exists (select from course_teachers t where t.course_id = c.id and t.user_id = $1 offset 0)
            order by c.id desc limit $4
        """
    return f"""
        select {shelving:d} as shelving, id from (
            (select c.id from {courses} c where c.owner_id = $1 and {status} and c.id < {below}
                order by c.id desc limit $4)
            union
            (select c.id from course_teachers t join {courses} c on c.id = t.course_id
                where t.user_id = $1 and {status} and c.id < {below}
                order by c.id desc limit $4)
        ) own order by id desc limit $4
    """


def _literal(word: str) -> str:
    """A word may hold the sign that stands for any letter."""
    return word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
