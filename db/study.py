"""How far a student is in a lesson's parts: one statement a question, one row a student and part."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import orjson

from db.content import text_of
from db.engine import Connection
from domain.courses.model import LessonId, PartId, PartKind
from domain.learning.study_model import BETWEEN_TRIES, TIMED, LessonStanding, PartStanding
from domain.users.model import UserId


class SqlStudy:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def standing(self, user_id: UserId, lesson_id: LessonId) -> LessonStanding:
        row = await self._connection.fetchrow(
            """
            select parts.list as parts, g.seconds, best.points, best.max_points,
                exists (select from bookmarks b where b.user_id = $1 and b.deleted_at is null)
                    or exists (select from notes n where n.user_id = $1 and n.deleted_at is null) as has_marked
            from (
                select jsonb_agg(jsonb_build_object('part_id', p.id, 'kind', p.kind,
                        'caption', case when p.kind <> 'text' then p.text end, 'duration_seconds', p.duration_seconds,
                        'shortest_seconds', file.shortest, 'longest_seconds', file.longest,
                        'link_seconds', p.link -> 'duration_seconds',
                        'has_question', p.question is not null, 'opened_at', s.opened_at, 'done_at', s.done_at,
                        'answered_at', s.answered_at, 'position_seconds', s.position_seconds,
                        'stopped_at', s.stopped_at) order by p.position) as list
                from parts p left join part_progress s on s.part_id = p.id and s.user_id = $1
                cross join lateral (
                    select min(m.duration_seconds) as shortest, max(m.duration_seconds) as longest
                    from part_media pm join media m on m.id = pm.media_id where pm.part_id = p.id) file
                where p.lesson_id = $2
            ) parts
            left join lesson_progress g on g.user_id = $1 and g.lesson_id = $2
            left join lateral (
                select greatest(a.points, 0) as points, a.max_points
                from attempts a join quizzes z on z.id = a.quiz_id
                where a.user_id = $1 and z.lesson_id = $2 and a.finished_at is not null and a.waiting_count = 0
                order by a.points::float / a.max_points desc limit 1) best on true
            """,
            user_id,
            lesson_id,
        )
        if row is None:
            raise RuntimeError("an aggregate always has a row")
        return LessonStanding(
            parts=tuple(_part(data) for data in orjson.loads(row["parts"] or "[]")),
            seconds=row["seconds"] or 0,
            best_points=row["points"],
            best_max=row["max_points"],
            has_marked=row["has_marked"],
        )

    async def note_sent(self, user_id: UserId, part_ids: Collection[PartId], now: datetime) -> None:
        await self._connection.execute(
            """
            insert into part_progress (user_id, part_id, opened_at)
            select $1, p.id, $3 from parts p where p.id = any ($2::bigint[]) order by p.id
            on conflict do nothing
            """,
            user_id,
            list(part_ids),
            now,
        )

    async def pass_until(self, user_id: UserId, lesson_id: LessonId, part_id: PartId, now: datetime) -> None:
        await self._connection.execute(
            """
            update part_progress s set done_at = $4
            from parts p, parts last
            where last.id = $3 and last.lesson_id = $2 and p.lesson_id = $2 and p.position <= last.position
                and s.part_id = p.id and s.user_id = $1 and s.done_at is null
                and s.position_seconds is null and p.question is null
            """,
            user_id,
            lesson_id,
            part_id,
            now,
        )

    async def stop_at(self, user_id: UserId, part_id: PartId, position: int, now: datetime, *, is_seen: bool) -> None:
        await self._connection.execute(
            """
            update part_progress set position_seconds = $3, stopped_at = $4,
                done_at = case when $5 then coalesce(done_at, $4) else done_at end
            where user_id = $1 and part_id = $2
            """,
            user_id,
            part_id,
            position,
            now,
            is_seen,
        )

    async def see(self, user_id: UserId, part_id: PartId, now: datetime) -> None:
        await self._connection.execute(
            "update part_progress set done_at = $3 where user_id = $1 and part_id = $2 and done_at is null",
            user_id,
            part_id,
            now,
        )

    async def try_answer(self, user_id: UserId, part_id: PartId, option: int, now: datetime, *, is_right: bool) -> bool:
        stored = await self._connection.fetchval(
            """
            update part_progress set chosen = $3, tried_at = $4,
                answered_at = case when $5 then $4::timestamptz end,
                done_at = case when $5 then coalesce(done_at, $4) else done_at end
            where user_id = $1 and part_id = $2 and answered_at is null
                and (tried_at is null or abs(extract(epoch from $4 - tried_at)) >= $6)
            returning true
            """,
            user_id,
            part_id,
            option,
            now,
            is_right,
            BETWEEN_TRIES.total_seconds(),
        )
        return stored is not None


def _part(data: dict[str, Any]) -> PartStanding:
    kind = PartKind(data["kind"])
    lengths = [data["shortest_seconds"], data["longest_seconds"]] if data["longest_seconds"] else [data["link_seconds"]]
    known = [seconds for seconds in lengths if seconds] if kind in TIMED else []
    return PartStanding(
        part_id=data["part_id"],
        kind=kind,
        caption=text_of(data["caption"]) if data["caption"] else None,
        duration_seconds=data["duration_seconds"],
        shortest_seconds=min(known, default=None),
        longest_seconds=max(known, default=None),
        has_question=data["has_question"],
        opened_at=_moment(data["opened_at"]),
        done_at=_moment(data["done_at"]),
        answered_at=_moment(data["answered_at"]),
        position_seconds=data["position_seconds"],
        stopped_at=_moment(data["stopped_at"]),
    )


def _moment(raw: str | None) -> datetime | None:
    return None if raw is None else datetime.fromisoformat(raw)
