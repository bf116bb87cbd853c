"""SEC-14: who was given which role is kept where the program cannot change it."""

import asyncpg
import orjson
import pytest

from db.engine import Pool
from db.unit_of_work import Database
from domain.clock import utc_now
from domain.users.model import Role, UserId
from domain.users.service import UserService

DIRECTOR, ALI = UserId(1), UserId(2)


async def users_of(pool: Pool) -> UserService:
    database = Database(pool)
    users = UserService(begin=database.begin, read=database.read, now=utc_now, admin_ids={DIRECTOR})
    await users.arrive(DIRECTOR, "Rustam", None, "uz")
    await users.arrive(ALI, "Ali", None, "uz")
    return users


async def test_every_change_of_a_role_is_logged_with_who_made_it(pool: Pool) -> None:
    users = await users_of(pool)
    await users.set_role(DIRECTOR, ALI, Role.TEACHER)
    await users.set_role(DIRECTOR, ALI, Role.TEACHER)
    await pool.execute("update users set role = 'student' where id = $1", ALI)

    rows = await pool.fetch("select actor_id, action, subject_id, data from audit_log order by id")

    assert [(row["actor_id"], row["action"], row["subject_id"], orjson.loads(row["data"])) for row in rows] == [
        (None, "role", DIRECTOR, {"from": None, "to": "admin"}),
        (DIRECTOR, "role", ALI, {"from": "student", "to": "teacher"}),
        (None, "role", ALI, {"from": "teacher", "to": "student"}),
    ]


@pytest.mark.parametrize(
    "statement", ["update audit_log set actor_id = 1", "delete from audit_log", "truncate audit_log"]
)
async def test_the_log_is_only_ever_added_to(pool: Pool, statement: str) -> None:
    await users_of(pool)

    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await pool.execute(statement)


async def test_without_the_trigger_the_log_could_be_emptied(pool: Pool) -> None:
    await users_of(pool)
    async with pool.acquire() as connection:
        undone = connection.transaction()
        await undone.start()
        await connection.execute("alter table audit_log disable trigger user")

        deleted = await connection.execute("delete from audit_log")

        await undone.rollback()
    assert deleted != "DELETE 0"
