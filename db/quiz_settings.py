"""How quizzes are taken, as their teachers have set it."""

from collections.abc import Sequence
from datetime import datetime

import orjson

from db.content import load_text
from db.engine import Connection
from domain.courses.model import LessonId
from domain.quizzes.card_model import SettingsFacts
from domain.quizzes.draft import POLL_OPTION, POLL_QUESTION
from domain.quizzes.model import QuizId
from domain.quizzes.settings import Pool, QuizSettings, settings_of_data, settings_to_data


class SqlQuizSettings:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def facts(self, lesson_id: LessonId) -> SettingsFacts | None:
        row = await self._connection.fetchrow(
            """
            select l.course_id, l.title, l.pass_percent, coalesce(z.settings, '{}') as settings, own.*
            from lessons l left join quizzes z on z.lesson_id = l.id
            cross join lateral (
                select count(*) as own_count, count(*) filter (where
                    q.kind not in ('single', 'multiple', 'true_false') or q.picture is not null
                    or exists (select from jsonb_each_text(q.text) t
                        where char_length(t.value) > $2 or t.value ~ '\\$.+\\$')
                    or exists (select from jsonb_array_elements(q.options) o cross join jsonb_each_text(o) t
                        where char_length(t.value) > $3 or t.value ~ '\\$.+\\$')) as unpollable_count
                from questions q where q.quiz_id = z.id and q.retired_at is null) own
            where l.id = $1
            """,
            lesson_id,
            POLL_QUESTION,
            POLL_OPTION,
        )
        if row is None:
            return None
        return SettingsFacts(
            course_id=row["course_id"],
            lesson_title=load_text(row["title"]),
            pass_percent=row["pass_percent"],
            settings=settings_of_data(orjson.loads(row["settings"])),
            own_count=row["own_count"],
            unpollable_count=row["unpollable_count"],
        )

    async def available(self, pools: Sequence[Pool]) -> Sequence[int]:
        rows = await self._connection.fetch(
            """
            select (select count(*) from questions q
                where q.bank_id = p.bank_id and q.retired_at is null and (p.topic is null or q.topic = p.topic)
                    and (p.difficulty is null or q.difficulty = p.difficulty)) as available
            from unnest($1::bigint[], $2::varchar[], $3::int[]) with ordinality
                as p (bank_id, topic, difficulty, number)
            order by p.number
            """,
            [pool.bank_id for pool in pools],
            [pool.topic for pool in pools],
            [pool.difficulty for pool in pools],
        )
        return [row["available"] for row in rows]

    async def lock_settings(self, lesson_id: LessonId, now: datetime) -> QuizSettings:
        settings = await self._connection.fetchval(
            """
            insert into quizzes (lesson_id, created_at) values ($1, $2)
            on conflict (lesson_id) do update set lesson_id = excluded.lesson_id
            returning settings
            """,
            lesson_id,
            now,
        )
        return settings_of_data(orjson.loads(settings))

    async def set_settings(self, lesson_id: LessonId, settings: QuizSettings) -> QuizId:
        return await self._connection.fetchval(
            "update quizzes set settings = $2::jsonb where lesson_id = $1 returning id",
            lesson_id,
            orjson.dumps(settings_to_data(settings)).decode(),
        )

    async def is_taken(self, lesson_id: LessonId, since: datetime | None) -> bool:
        return await self._connection.fetchval(
            """
            select exists (select from quizzes z join attempts a on a.quiz_id = z.id
                where z.lesson_id = $1 and a.started_at >= coalesce($2, '-infinity'::timestamptz))
            """,
            lesson_id,
            since,
        )
