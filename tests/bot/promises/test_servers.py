"""INF-1, INF-3: the database and Redis go away and come back; nothing is lost, and people are answered."""

import asyncio
import time
from pathlib import Path

import aiohttp
import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from db.embedded import start_embedded
from db.engine import create_pool
from tests.bot.promises.conftest import Stage
from tests.bot.promises.rig import free_port, until
from tests.bot.promises.test_delivery import answers_of, say_everything
from tests.bot.promises.test_payments import PAID, orders_of, pay


@pytest.mark.timeout(200)
@pytest.mark.parametrize("webhook", [True, False], ids=["webhook", "polling"])
async def test_nothing_is_lost_while_the_servers_connections_are_cut_again_and_again(
    stage: Stage, webhook: bool
) -> None:
    """INF-1: pg_terminate_backend on everything that the program holds, twenty times under load; then a payment."""
    people, count = await stage.crowd(20), 20
    program = await stage.program(webhook=webhook).start()

    async def cut() -> None:
        for _ in range(20):
            await asyncio.sleep(0.3)
            await stage.pool.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )

    await asyncio.gather(say_everything(people, count, 0.25), cut())
    await stage.quiet(*people)

    heard = await answers_of(people)
    assert {user: sorted(set(numbers)) for user, numbers in heard.items()} == {
        user.id: list(range(count)) for user in people
    }
    assert all(numbers == sorted(numbers) for numbers in heard.values())
    assert await stage.pool.fetchval("select count(*) from inbox where status = 2") == 0
    assert program.is_running
    orders = await orders_of(stage, people[:2])
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(pay(stage, session, order) for order in orders))
    await until(stage.pool, f"select ({PAID}) = 2", seconds=20)


@pytest.mark.timeout(200)
async def test_a_restart_of_the_database_stops_everything_for_a_moment_and_loses_nothing(
    stage: Stage, tmp_path: Path
) -> None:
    """INF-1: PostgreSQL is stopped for three seconds under load, twice; people are answered within ten after it."""
    folder = tmp_path / "own"
    folder.mkdir()
    servers = await start_embedded(folder, postgres=True, valkey=True, durable=False)
    try:
        own = {"DATABASE_URL": servers.database_url or "", "REDIS_URL": servers.redis_url or ""}
        program = await stage.program(webhook=True, health_port=None, **own).start()
        pool = await create_pool(own["DATABASE_URL"], size=2)
        people, count = await stage.crowd(15, pool), 24
        await pool.close()
        talk = asyncio.create_task(say_everything(people, count, 0.5))
        for _ in range(2):
            await asyncio.sleep(1.0)
            await servers.stop()
            await asyncio.sleep(3.0)
            servers = await start_embedded(folder, postgres=True, valkey=True, durable=False)
        back = time.monotonic()
        await talk
        await stage.people.settle(*people, timeout=60)
        took = time.monotonic() - back

        heard = await answers_of(people)
        assert {user: sorted(set(numbers)) for user, numbers in heard.items()} == {
            user.id: list(range(count)) for user in people
        }
        assert took < count * 0.5 + 10
        pool = await create_pool(own["DATABASE_URL"], size=2)
        slot = "select count(*) from schedule_fires where at > now() - interval '2 minutes'"
        assert await pool.fetchval(slot) >= 1
        await until(pool, "select not exists (select from pgqueuer where status = 'queued' and execute_after < now())")
        await pool.close()
        await program.kill()
    finally:
        await servers.stop()


async def test_a_process_without_the_role_web_tells_how_it_is_where_it_was_told_to(stage: Stage) -> None:
    """INF-6: all three pages; a second one on the same port says why it does not start."""
    port = free_port()
    program = await stage.program(roles="jobs,clock", health_port=port).start()

    async with aiohttp.ClientSession() as session:
        for page, word in (("healthz", "ok"), ("readyz", '"database": "ok"'), ("metrics", "ustoz_outbox_pending")):
            async with session.get(f"{program.health_url}/{page}") as answer:
                assert (answer.status, word in await answer.text()) == (200, True)
        async with session.post(f"{program.health_url}/payme") as answer:
            assert answer.status == 404
    second = stage.program(roles="jobs", health_port=port)
    await second.launch()
    await second.has_ended()

    assert f"--health-port {port} cannot be used: it is in use." in second.log


@pytest.mark.timeout(100)
async def test_a_redis_that_is_full_takes_nothing_with_it(stage: Stage, tmp_path: Path) -> None:
    """INF-3: `maxmemory` is reached and nothing may be evicted, so every write is refused."""
    folder = tmp_path / "redis"
    folder.mkdir()
    servers = await start_embedded(folder, postgres=False, valkey=True, durable=False)
    try:
        redis = Redis.from_url(servers.redis_url or "")
        await redis.config_set("maxmemory-policy", "noeviction")
        await redis.config_set("maxmemory", "1")
        with pytest.raises(ResponseError, match="maxmemory"):
            await redis.set("a", "b")
        program = await stage.program(webhook=True, REDIS_URL=servers.redis_url or "").start()
        people = await stage.crowd(5)
        orders = await orders_of(stage, people)

        started = time.monotonic()
        await say_everything(people, 5, 0.0)
        await stage.quiet(*people)

        assert time.monotonic() - started < 5
        assert await answers_of(people) == {person.id: list(range(5)) for person in people}
        async with aiohttp.ClientSession() as session:
            await asyncio.gather(*(pay(stage, session, order) for order in orders))
        await until(stage.pool, f"select ({PAID}) = 5", seconds=20)
        assert await stage.pool.fetchval("select count(*) from inbox where status = 2") == 0
        assert program.is_running
        await redis.aclose()
    finally:
        await servers.stop()


@pytest.mark.timeout(100)
async def test_people_are_answered_and_told_while_redis_is_away(stage: Stage) -> None:
    """INF-3: from the start on there is no Redis; screens answer at once and notices arrive."""
    people = await stage.crowd(5)
    orders = await orders_of(stage, people)
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    program = await stage.program(webhook=True, REDIS_URL=nowhere).start()

    started = time.monotonic()
    await say_everything(people, 5, 0.0)
    await stage.quiet(*people)
    assert time.monotonic() - started < 5
    assert await answers_of(people) == {person.id: list(range(5)) for person in people}
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(pay(stage, session, order) for order in orders))
        await until(stage.pool, f"select ({PAID}) = 5", seconds=20)
        async with session.get(f"{program.url}/readyz") as ready:
            assert (ready.status, (await ready.json())["redis"]) == (200, "down")


@pytest.mark.timeout(100)
async def test_a_redis_that_is_flushed_and_stopped_on_the_way_takes_nothing_with_it(
    stage: Stage, tmp_path: Path
) -> None:
    """INF-3: FLUSHALL, five seconds of silence (DEBUG SLEEP), then gone: everybody is answered in time."""
    folder = tmp_path / "redis"
    folder.mkdir()
    servers = await start_embedded(folder, postgres=False, valkey=True, durable=False)
    try:
        await stage.program(webhook=True, REDIS_URL=servers.redis_url or "").start()
        people = await stage.crowd(5)
        orders = await orders_of(stage, people)
        redis = Redis.from_url(servers.redis_url or "")
        await say_everything(people, 2, 0.0)
        await redis.flushall()
        sleeping = asyncio.create_task(redis.execute_command("CLIENT", "PAUSE", "5000", "ALL"))
        started = time.monotonic()
        for number, person in enumerate(people, start=2):
            await person.type(f"/n{number}x{person.id}")
        await stage.quiet(*people)
        assert time.monotonic() - started < 5
        await sleeping
        await redis.aclose()
        await servers.stop()
        async with aiohttp.ClientSession() as session:
            await asyncio.gather(*(pay(stage, session, order) for order in orders))
        await until(stage.pool, f"select ({PAID}) = 5", seconds=30)
    finally:
        await servers.stop()
