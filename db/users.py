from collections.abc import Sequence
from datetime import datetime

import orjson
from asyncpg import Record

from db.engine import Connection
from domain.language import Language, Text
from domain.users.model import Card, Goal, Invitation, RegistrationStep, Role, SubjectId, User, UserId

_COLUMNS = (
    "id, full_name, username, language, role, step, phone, timezone, goal, daily_minutes, pending_link,"
    " is_muted, is_reachable, created_at"
)
# Constant texts: asyncpg keeps one prepared statement per text and connection.
_GET = f"select {_COLUMNS} from users where id = $1"
_LOCK = f"{_GET} for no key update"
_ADD = f"""
    insert into users ({_COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    on conflict (id) do nothing
    returning id
"""
_ADMINS = f"select {_COLUMNS} from users where role = 'admin' order by id"
_CARD = f"""
    select {_COLUMNS},
        (
            select jsonb_agg(c.title order by c.position, c.id)
            from user_subjects s join categories c on c.id = s.category_id
            where s.user_id = u.id
        ) as subjects,
        (select count(*) from enrolments e where e.user_id = u.id and e.status <> 'cancelled') as course_count,
        (
            select count(*) from lesson_progress p where p.user_id = u.id and p.finished_at is not null
        ) as lessons_done
    from users u
    where id = $1
"""
_SAVE = """
    update users
    set full_name = $2, username = $3, language = $4, step = $5, phone = $6, timezone = $7, goal = $8,
        daily_minutes = $9, pending_link = $10, is_muted = $11
    where id = $1
"""


class SqlUsers:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, user_id: UserId) -> User | None:
        row = await self._connection.fetchrow(_GET, user_id)
        return None if row is None else _user(row)

    async def lock(self, user_id: UserId) -> User | None:
        row = await self._connection.fetchrow(_LOCK, user_id)
        return None if row is None else _user(row)

    async def add(self, user: User) -> User:
        added = await self._connection.fetchval(
            _ADD,
            user.id,
            user.full_name,
            user.username,
            user.language.value,
            user.role.value,
            user.step.value,
            user.phone,
            user.timezone,
            user.goal,
            user.daily_minutes,
            user.pending_link,
            user.is_muted,
            user.is_reachable,
            user.created_at,
        )
        # A conflict has waited for the faster transaction, so the next statement sees its row.
        stored = None if added else await self.get(user.id)
        return stored or user

    async def save(self, user: User) -> None:
        await self._connection.execute(
            _SAVE,
            user.id,
            user.full_name,
            user.username,
            user.language.value,
            user.step.value,
            user.phone,
            user.timezone,
            user.goal,
            user.daily_minutes,
            user.pending_link,
            user.is_muted,
        )

    async def set_role(self, user_id: UserId, role: Role, *, by: UserId | None = None) -> bool:
        # The trigger that writes the audit log reads who it was; the setting ends with the transaction.
        await self._connection.execute("select set_config('ustoz.actor', $1, true)", str(by or ""))
        status = await self._connection.execute("update users set role = $2 where id = $1", user_id, role.value)
        return status == "UPDATE 1"

    async def set_reachable(self, user_id: UserId, is_reachable: bool) -> bool:
        status = await self._connection.execute(
            "update users set is_reachable = $2 where id = $1 and is_reachable <> $2", user_id, is_reachable
        )
        return status == "UPDATE 1"

    async def subjects_of(self, user_id: UserId) -> Sequence[SubjectId]:
        rows = await self._connection.fetch(
            "select category_id from user_subjects where user_id = $1 order by category_id", user_id
        )
        return [SubjectId(row["category_id"]) for row in rows]

    async def add_subject(self, user_id: UserId, subject: SubjectId) -> None:
        await self._connection.execute(
            """
            insert into user_subjects (user_id, category_id)
            select $1, id from categories where id = $2 and parent_id is null
            on conflict do nothing
            """,
            user_id,
            subject,
        )

    async def remove_subject(self, user_id: UserId, subject: SubjectId) -> None:
        await self._connection.execute(
            "delete from user_subjects where user_id = $1 and category_id = $2", user_id, subject
        )

    async def card(self, user_id: UserId) -> Card | None:
        row = await self._connection.fetchrow(_CARD, user_id)
        if row is None:
            return None
        titles: list[dict[str, str]] = orjson.loads(row["subjects"] or "[]")
        return Card(
            user=_user(row),
            subjects=tuple(Text({Language(code): words for code, words in title.items()}) for title in titles),
            course_count=row["course_count"],
            lessons_done=row["lessons_done"],
        )

    async def admins(self) -> Sequence[User]:
        return [_user(row) for row in await self._connection.fetch(_ADMINS)]


class SqlInvitations:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, invitation: Invitation) -> None:
        await self._connection.execute(
            "insert into teacher_invitations (token_hash, created_by, expires_at) values ($1, $2, $3)",
            invitation.token_hash,
            invitation.created_by,
            invitation.expires_at,
        )

    async def get(self, token_hash: bytes) -> Invitation | None:
        row = await self._connection.fetchrow(
            "select token_hash, created_by, expires_at, taken_by from teacher_invitations where token_hash = $1",
            token_hash,
        )
        return None if row is None else _invitation(row)

    async def take(self, token_hash: bytes, taken_by: UserId, now: datetime) -> Invitation | None:
        row = await self._connection.fetchrow(
            """
            update teacher_invitations set taken_by = $2, taken_at = $3
            where token_hash = $1 and taken_by is null and expires_at > $3
            returning token_hash, created_by, expires_at, taken_by
            """,
            token_hash,
            taken_by,
            now,
        )
        return None if row is None else _invitation(row)


def _user(row: Record) -> User:
    goal: str | None = row["goal"]
    return User(
        id=row["id"],
        full_name=row["full_name"],
        username=row["username"],
        language=Language(row["language"]),
        role=Role(row["role"]),
        step=RegistrationStep(row["step"]),
        phone=row["phone"],
        timezone=row["timezone"],
        goal=None if goal is None else Goal(goal),
        daily_minutes=row["daily_minutes"],
        pending_link=row["pending_link"],
        is_muted=row["is_muted"],
        is_reachable=row["is_reachable"],
        created_at=row["created_at"],
    )


def _invitation(row: Record) -> Invitation:
    return Invitation(
        token_hash=row["token_hash"],
        created_by=row["created_by"],
        expires_at=row["expires_at"],
        taken_by=row["taken_by"],
    )
