"""What students had done before parts were followed is still theirs afterwards."""

from datetime import timedelta

import asyncpg
from alembic import command
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from db.engine import create_pool
from db.migrate import alembic_config, sqlalchemy_url
from db.unit_of_work import Database
from tests.conftest import Servers
from tests.db.study_world import ALI, NOON, VALI, Hands, School, add_people


async def _move(url: str, revision: str) -> None:
    config = alembic_config()
    engine = create_async_engine(sqlalchemy_url(url))

    def go(connection: Connection) -> None:
        config.attributes["connection"] = connection
        (command.upgrade if revision == "head" else command.downgrade)(config, revision)

    async with engine.connect() as connection:
        await connection.run_sync(go)
        await connection.commit()
    await engine.dispose()


async def test_lessons_that_were_opened_count_as_sent_and_finished_courses_are_completed_on_the_next_visit(
    servers: Servers,
) -> None:
    url = await servers.clone()
    pool = await create_pool(url)
    await add_people(pool)
    school = School(pool, Database(pool), Hands())
    course_id, lessons = await school.course(2)
    parts = [await school.part(lesson_id) for lesson_id in lessons]
    await pool.close()
    await _move(url, "0014_course_imports")
    finished_at = NOON + timedelta(hours=1)
    connection = await asyncpg.connect(url)
    for user_id, finished in ((ALI, lessons), (VALI, lessons[:1])):
        await connection.execute(
            "insert into enrolments (user_id, course_id, status, enrolled_at) values ($1, $2, 'active', $3)",
            user_id,
            course_id,
            NOON,
        )
        for lesson_id in lessons:
            await connection.execute(
                "insert into lesson_progress (user_id, lesson_id, opened_at, finished_at) values ($1, $2, $3, $4)",
                user_id,
                lesson_id,
                NOON,
                finished_at if lesson_id in finished else None,
            )
    await connection.close()

    await _move(url, "head")

    pool = await create_pool(url)
    school = School(pool, Database(pool), Hands())
    for user_id in (ALI, VALI):
        reading = await school.learning.reading(user_id, lessons[1])
        assert reading.lacks.is_nothing
        assert (await school.row("lesson_progress", user_id, lesson_id=lessons[0]))["seen_at"] == finished_at
        assert (await school.row("part_progress", user_id, part_id=parts[0]))["done_at"] == finished_at
        await school.learning.open_lesson(user_id, lessons[0])
    statuses = [(await school.row("enrolments", who, course_id=course_id))["status"] for who in (ALI, VALI)]
    await pool.close()
    await servers.drop(url)

    assert statuses == ["completed", "active"]
