"""Spaced review in PostgreSQL: one statement a screen, two a grade."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import asyncpg
import orjson

from db import review_sql
from db.content import text_of
from db.engine import Connection
from db.questions import question_of
from db.shelf import MOST_STUDIED, MOST_TRIED, place_of
from domain.learning.shelf_model import Place
from domain.notes.model import NoteId
from domain.quizzes.model import AttemptId, QuestionId
from domain.quizzes.settings import QuizSettings, settings_of_data
from domain.review.errors import CardGone
from domain.review.model import (
    CalibrationBin,
    CardNote,
    Grade,
    LoggedReview,
    Memory,
    ReviewCard,
    ReviewCardId,
    ReviewPlan,
    Today,
)
from domain.review.ports import CardDoor, DueReminder, Figures, NewReview
from domain.review.scheduling import FIRST_DECAY, FIRST_DIFFICULTY, FIRST_STABILITY, MAX_DAYS
from domain.users.model import UserId


class SqlReview:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add_mistakes(
        self, user_id: UserId, attempt_id: AttemptId, now: datetime, *, not_before: datetime | None = None
    ) -> int:
        return await self._connection.fetchval(
            review_sql.MISTAKES,
            user_id,
            attempt_id,
            now,
            not_before,
            FIRST_STABILITY,
            FIRST_DIFFICULTY,
            FIRST_DECAY,
            MAX_DAYS,
        )

    async def finished_attempt(self, attempt_id: AttemptId) -> tuple[UserId, QuizSettings] | None:
        row = await self._connection.fetchrow(
            "select a.user_id, z.settings from attempts a join quizzes z on z.id = a.quiz_id"
            " where a.id = $1 and a.finished_at is not null",
            attempt_id,
        )
        return (row["user_id"], settings_of_data(orjson.loads(row["settings"]))) if row else None

    async def pin_question(
        self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId, now: datetime
    ) -> ReviewCardId | None:
        return await self._connection.fetchval(review_sql.PIN_QUESTION, user_id, attempt_id, now, question_id)

    async def pin_note(self, user_id: UserId, note_id: NoteId, now: datetime) -> ReviewCardId | None:
        return await self._connection.fetchval(review_sql.PIN_NOTE, user_id, note_id, now)

    async def remove(self, user_id: UserId, card_id: ReviewCardId, now: datetime) -> bool:
        removed = await self._connection.fetchval(
            "update review_cards set removed_at = coalesce(removed_at, $3) where id = $2 and user_id = $1"
            " returning true",
            user_id,
            card_id,
            now,
        )
        return removed is not None

    async def restore(self, user_id: UserId, card_id: ReviewCardId) -> bool:
        restored = await self._connection.fetchval(
            "update review_cards set removed_at = null where id = $2 and user_id = $1 returning true", user_id, card_id
        )
        return restored is not None

    async def today(self, user_id: UserId, now: datetime) -> Today:
        row = await self._connection.fetchrow(review_sql.TABLE, user_id, now)
        if row is None:
            raise CardGone
        return _today(row, user_id, next_due_at=row["next_due_at"], has_cards=row["has_cards"])

    async def home(self, user_id: UserId, now: datetime) -> tuple[Place | None, Today]:
        row = await self._connection.fetchrow(review_sql.HOME, user_id, now, MOST_STUDIED, MOST_TRIED)
        if row is None:
            raise CardGone
        place = place_of(row) if row["id"] is not None else None
        return place, _today(row, user_id, next_due_at=None, has_cards=True)

    async def door(self, user_id: UserId, card_id: ReviewCardId, now: datetime) -> CardDoor | None:
        row = await self._connection.fetchrow(review_sql.DOOR, user_id, now, card_id)
        if row is None:
            return None
        return CardDoor(
            card=_card(row["card"], user_id),
            plan=_plan(row),
            timezone=row["timezone"],
            is_held=row["is_held"],
            is_removed=row["is_removed"],
        )

    async def loads(self, user_id: UserId, first: datetime, last: datetime, timezone: str) -> Mapping[date, int]:
        rows = await self._connection.fetch(
            """
            select (c.due_at at time zone $4)::date as day, count(*) as cards from review_cards c
            where c.user_id = $1 and c.removed_at is null and c.due_at >= $2 and c.due_at < $3 group by 1
            """,
            user_id,
            first,
            last,
            timezone,
        )
        return {row["day"]: row["cards"] for row in rows}

    async def grade(self, user_id: UserId, review: NewReview, now: datetime) -> bool:
        card, before = review.card, review.card.memory
        number = await self._connection.fetchval(
            review_sql.GRADE,
            user_id,
            card.id,
            card.review_count,
            review.due_at,
            review.memory.stability,
            review.memory.difficulty,
            now,
            int(review.grade),
            review.seconds,
            review.predicted,
            card.due_at,
            before.stability if before else None,
            before.difficulty if before else None,
            before.reviewed_at if before else None,
        )
        return number is not None

    async def take_back(self, user_id: UserId, card_id: ReviewCardId, number: int, since: datetime) -> bool:
        taken = await self._connection.fetchval(review_sql.TAKE_BACK, user_id, card_id, number, since)
        return taken is not None

    async def summary(self, user_id: UserId, since: datetime) -> tuple[int, int, int]:
        row = await self._connection.fetchrow(
            """
            select count(*) as done, count(*) filter (where grade > 1) as remembered,
                coalesce(sum(seconds), 0)::int as seconds
            from reviews where user_id = $1 and reviewed_at >= $2 and number > 0
            """,
            user_id,
            since,
        )
        return (row["done"], row["remembered"], row["seconds"]) if row else (0, 0, 0)

    async def plan(self, user_id: UserId) -> tuple[ReviewPlan, str]:
        row = await self._connection.fetchrow(
            f"select u.timezone, {review_sql.PLAN} from users u left join review_plans p on p.user_id = u.id"
            " where u.id = $1",
            user_id,
        )
        if row is None:
            raise CardGone
        return _plan(row), row["timezone"]

    async def save_plan(self, user_id: UserId, plan: ReviewPlan, next_reminder_at: datetime, now: datetime) -> None:
        await self._connection.execute(
            """
            insert into review_plans (user_id, daily_reviews, daily_new, quiet_days, retention, reminds, reminder_hour,
                next_reminder_at, created_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            on conflict (user_id) do update set daily_reviews = excluded.daily_reviews, daily_new = excluded.daily_new,
                quiet_days = excluded.quiet_days, retention = excluded.retention, reminds = excluded.reminds,
                reminder_hour = excluded.reminder_hour, next_reminder_at = excluded.next_reminder_at
            """,
            user_id,
            plan.daily_reviews,
            plan.daily_new,
            sorted(plan.quiet_days),
            plan.retention,
            plan.reminds,
            plan.reminder_hour,
            next_reminder_at,
            now,
        )

    async def usual_hour(self, user_id: UserId, timezone: str, since: datetime) -> int | None:
        return await self._connection.fetchval(review_sql.USUAL_HOUR, user_id, timezone, since)

    async def due_reminders(self, now: datetime, limit: int) -> Sequence[DueReminder]:
        rows = await self._connection.fetch(
            """
            select p.user_id, p.next_reminder_at, u.is_muted or not u.is_reachable as is_silent
            from review_plans p join users u on u.id = p.user_id
            where p.reminds and p.next_reminder_at <= $1 order by p.next_reminder_at limit $2
            """,
            now,
            limit,
        )
        return [DueReminder(row["user_id"], row["next_reminder_at"], row["is_silent"]) for row in rows]

    async def move_reminder(self, user_id: UserId, seen: datetime, following: datetime) -> bool:
        moved = await self._connection.fetchval(
            "update review_plans set next_reminder_at = $3 where user_id = $1 and next_reminder_at = $2 returning true",
            user_id,
            seen,
            following,
        )
        return moved is not None

    async def figures(self, user_id: UserId, now: datetime, since: datetime, bins: int) -> Figures:
        row = await self._connection.fetchrow(review_sql.FIGURES, user_id, now, since, bins)
        if row is None:
            raise LookupError("a statement without a row")
        return Figures(
            card_count=row["card_count"],
            loads={date.fromisoformat(day): cards for day, cards in orjson.loads(row["loads"] or "[]")},
            bins=[
                CalibrationBin(count, predicted, recalled)
                for count, predicted, recalled in orjson.loads(row["bins"] or "[]")
            ],
        )

    async def to_tune(self, after: UserId | None, limit: int) -> Sequence[UserId]:
        rows = await self._connection.fetch(
            """
            select user_id from review_plans
            where review_count >= 400 and review_count >= tuned_count + 100 and user_id > $1 order by user_id limit $2
            """,
            after or 0,
            limit,
        )
        return [row["user_id"] for row in rows]

    async def log(self, user_id: UserId, timezone: str, limit: int) -> Sequence[LoggedReview]:
        rows = await self._connection.fetch(
            """
            select r.card_id, (r.reviewed_at at time zone $2)::date as day, r.grade from reviews r
            where r.user_id = $1 order by r.reviewed_at desc, r.number desc limit $3
            """,
            user_id,
            timezone,
            limit,
        )
        return [LoggedReview(row["card_id"], row["day"], Grade(row["grade"])) for row in reversed(rows)]

    async def note_tuning(self, user_id: UserId, parameters: Sequence[float] | None, now: datetime) -> None:
        await self._connection.execute(
            """
            update review_plans set tuned_count = review_count, tuned_at = $3,
                parameters = coalesce($2::float8[], parameters)
            where user_id = $1
            """,
            user_id,
            list(parameters) if parameters is not None else None,
            now,
        )


def _today(row: asyncpg.Record, user_id: UserId, *, next_due_at: datetime | None, has_cards: bool) -> Today:
    cards = {name: row.get(name) for name in ("review_card", "new_card")}
    return Today(
        plan=_plan(row),
        timezone=row["timezone"],
        reviews_done=row["reviews_done"],
        new_done=row["new_done"],
        reviews_due=row["reviews_due"],
        new_due=row["new_due"],
        next_due_at=next_due_at,
        has_cards=has_cards,
        **{name: _card(card, user_id) if card else None for name, card in cards.items()},
    )


def _plan(row: asyncpg.Record) -> ReviewPlan:
    return ReviewPlan(
        daily_reviews=row["daily_reviews"],
        daily_new=row["daily_new"],
        quiet_days=frozenset(row["quiet_days"]),
        retention=row["retention"],
        reminds=row["reminds"],
        reminder_hour=row["reminder_hour"],
        parameters=tuple(row["parameters"]) if row["parameters"] else None,
    )


def _card(raw: str, user_id: UserId) -> ReviewCard:
    data: Mapping[str, Any] = orjson.loads(raw)
    note, question = data["note"], data["question"]
    return ReviewCard(
        id=data["id"],
        user_id=user_id,
        question=question_of(question, None) if question else None,
        note=CardNote(
            id=note["id"],
            markdown=note["body"],
            beginning=note["beginning"],
            is_spoken=note["is_spoken"],
            lesson_title=text_of(note["lesson_title"]) if note["lesson_title"] else None,
        )
        if note
        else None,
        due_at=datetime.fromisoformat(data["due_at"]),
        memory=Memory(data["stability"], data["difficulty"], datetime.fromisoformat(data["reviewed_at"]))
        if data["stability"] is not None
        else None,
        review_count=data["review_count"],
    )
