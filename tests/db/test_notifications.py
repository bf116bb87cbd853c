"""Notifications that wait for somebody to come back."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from db.engine import Pool
from db.unit_of_work import Database
from domain.identity import UserId
from domain.notifications.model import NoticeKind, NoticeStatus, NotificationId

NOON = datetime(2026, 11, 21, 7, tzinfo=UTC)
ALI = UserId(77)


async def test_who_comes_back_while_the_job_that_missed_them_still_ends_is_told_all_the_same(
    pool: Pool, database: Database
) -> None:
    await pool.execute(
        "insert into users (id, full_name, language, role, step, timezone, created_at)"
        " values ($1, 'Ali', 'uz', 'student', 'done', 'Asia/Tashkent', now())",
        ALI,
    )
    async with database.begin() as uow:
        assert await uow.notifications.add(ALI, NoticeKind.PAYMENT_PERFORMED, "order:1", {}, NOON)
        assert not await uow.notifications.add(ALI, NoticeKind.PAYMENT_PERFORMED, "order:1", {}, NOON)
        await uow.commit()
    notification_id = NotificationId(await pool.fetchval("select id from notifications where user_id = $1", ALI))
    await pool.execute("update pgqueuer set status = 'picked'")

    async with database.begin() as uow:
        await uow.notifications.set_status(notification_id, NoticeStatus.BLOCKED, NOON)
        assert await uow.notifications.requeue_blocked(ALI) == 1
        await uow.commit()

    assert await pool.fetchval("select count(*) from pgqueuer where status = 'queued'") == 1
    assert await pool.fetchval("select status from notifications where id = $1", notification_id) == "queued"


async def test_a_notice_is_held_back_only_from_those_who_are_still_away(pool: Pool, database: Database) -> None:
    """The job has read that they are muted; they come back before it notes so, at the same moment or later."""
    vali = UserId(78)
    await pool.execute(
        "insert into users (id, full_name, language, role, step, timezone, is_muted, created_at)"
        " values ($1, 'Vali', 'uz', 'student', 'done', 'Asia/Tashkent', true, now())",
        vali,
    )
    async with database.begin() as uow:
        assert await uow.notifications.add(vali, NoticeKind.PAYMENT_PERFORMED, "order:2", {}, NOON)
        await uow.commit()
    notification_id = NotificationId(await pool.fetchval("select id from notifications where user_id = $1", vali))

    async with database.begin() as coming:
        user = await coming.users.get(vali)
        assert user is not None
        await coming.users.save(replace(user, is_muted=False))
        async with asyncio.TaskGroup() as group:
            job = group.create_task(hold_back(database, notification_id))
            await asyncio.sleep(0.1)
            assert not job.done()
            await coming.notifications.requeue_blocked(vali)
            await coming.commit()

    assert job.result() is False
    assert await pool.fetchval("select status from notifications where id = $1", notification_id) == "queued"


async def hold_back(database: Database, notification_id: NotificationId) -> bool:
    async with database.begin() as uow:
        is_held = await uow.notifications.hold_back(notification_id, NOON)
        await uow.commit()
    return is_held
