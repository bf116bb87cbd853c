"""Practice sets of students, beside attempts and never among them."""

from collections.abc import Sequence
from datetime import date, datetime

import orjson

from db.content import load_text
from db.engine import Connection
from domain.courses.model import LessonId
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.encoding import draft_of_data, draft_to_data
from domain.quizzes.keys import Choice
from domain.quizzes.practice_model import PracticeId, PracticeItem, PracticeSet, PracticeState
from domain.users.model import UserId


class SqlPractices:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def count(self, user_id: UserId, day: date, sets_a_day: int) -> bool:
        counted = await self._connection.fetchval(
            """
            insert into practice_days (user_id, day, sets) select $1, $2, 1 where $3::bigint > 0
            on conflict (user_id, day) do update set sets = practice_days.sets + 1 where practice_days.sets < $3
            returning true
            """,
            user_id,
            day,
            sets_a_day,
        )
        return counted is not None

    async def uncount(self, user_id: UserId, day: date) -> None:
        await self._connection.execute(
            "update practice_days set sets = sets - 1 where user_id = $1 and day = $2 and sets > 0", user_id, day
        )

    async def add(self, user_id: UserId, lesson_id: LessonId, day: date, now: datetime) -> PracticeId | None:
        return await self._connection.fetchval(
            """
            insert into practice_sets (user_id, lesson_id, day, created_at) values ($1, $2, $3, $4)
            on conflict (user_id, lesson_id) where ended_at is null do nothing
            returning id
            """,
            user_id,
            lesson_id,
            day,
            now,
        )

    async def open_one(self, user_id: UserId, lesson_id: LessonId) -> PracticeId | None:
        return await self._connection.fetchval(
            "select id from practice_sets where user_id = $1 and lesson_id = $2 and ended_at is null",
            user_id,
            lesson_id,
        )

    async def get(self, practice_id: PracticeId) -> PracticeSet | None:
        row = await self._connection.fetchrow(
            """
            select s.*, l.title, (select coalesce(jsonb_agg(to_jsonb(i) order by i.number), '[]')
                from practice_items i where i.set_id = s.id) as items
            from practice_sets s join lessons l on l.id = s.lesson_id where s.id = $1
            """,
            practice_id,
        )
        if row is None:
            return None
        return PracticeSet(
            id=row["id"],
            user_id=row["user_id"],
            lesson_id=row["lesson_id"],
            lesson_title=load_text(row["title"]),
            state=PracticeState(row["state"]),
            day=row["day"],
            created_at=row["created_at"],
            items=tuple(
                PracticeItem(
                    number=item["number"],
                    draft=draft_of_data(item["draft"]),
                    response=Choice(frozenset(item["response"]["options"])) if item["response"] else None,
                    is_correct=item["is_correct"],
                )
                for item in orjson.loads(row["items"])
            ),
        )

    async def fill(self, practice_id: PracticeId, drafts: Sequence[QuestionDraft], now: datetime) -> bool:
        filled = await self._connection.fetchval(
            """
            with ready as (
                update practice_sets set state = 'ready' where id = $1 and state = 'making' returning id
            ),
            stored as (
                insert into practice_items (set_id, number, draft)
                select r.id, n.place, n.draft::jsonb
                from ready r cross join unnest($2::text[]) with ordinality n (draft, place)
            )
            select true from ready
            """,
            practice_id,
            [orjson.dumps(draft_to_data(draft)).decode() for draft in drafts],
        )
        return filled is not None

    async def fail(self, practice_id: PracticeId, now: datetime) -> bool:
        failed = await self._connection.fetchval(
            """
            update practice_sets set state = 'failed', ended_at = $2 where id = $1 and state = 'making' returning true
            """,
            practice_id,
            now,
        )
        return failed is not None

    async def answer(
        self, practice_id: PracticeId, number: int, response: Choice, now: datetime, *, is_correct: bool
    ) -> bool:
        stored = await self._connection.fetchval(
            """
            update practice_items set response = $3::jsonb, is_correct = $4, answered_at = $5
            where set_id = $1 and number = $2 and response is null returning true
            """,
            practice_id,
            number,
            orjson.dumps({"options": sorted(response.options)}).decode(),
            is_correct,
            now,
        )
        if stored is None:
            return False
        await self._connection.execute(
            """
            update practice_sets set ended_at = $2 where id = $1 and ended_at is null
            and not exists (select from practice_items i where i.set_id = $1 and i.response is null)
            """,
            practice_id,
            now,
        )
        return True
