"""The inbox on PostgreSQL: two connections never hold one user, a dead one holds nobody, and ends are noted once."""

import asyncio
from collections.abc import AsyncIterator

import orjson
import pytest

from db.engine import Pool
from db.inbox import SqlInbox
from domain.intake.ports import SUSPICION, Arrival, Done, InboxLost

ALI, VALI = 11, 12


def arrival(update_id: int, user_id: int = ALI) -> Arrival:
    return Arrival(update_id, user_id, orjson.dumps({"update_id": update_id}))


@pytest.fixture
async def clean(pool: Pool) -> None:
    await pool.execute("truncate inbox, dialog_states")


@pytest.fixture
async def first(database_url: str, clean: None) -> AsyncIterator[SqlInbox]:
    inbox = SqlInbox(database_url)
    await inbox.reconnect()
    yield inbox
    await inbox.close()


@pytest.fixture
async def second(database_url: str, clean: None) -> AsyncIterator[SqlInbox]:
    inbox = SqlInbox(database_url)
    await inbox.reconnect()
    yield inbox
    await inbox.close()


async def pids(pool: Pool) -> list[int]:
    """The backends that hold a user, in this test's database: `pg_locks` shows those of every other too."""
    rows = await pool.fetch(
        """
        select distinct pid from pg_locks
        where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
        """
    )
    return [row["pid"] for row in rows]


async def test_a_user_is_claimed_by_one_connection_only(first: SqlInbox, second: SqlInbox) -> None:
    """DEL-12."""
    kept = await first.keep([arrival(1)], [ALI], [], [])
    also = await second.keep([arrival(2)], [ALI], [], [])

    assert (kept.new, kept.claimed, also.new, also.claimed) == ({1}, {ALI}, {2}, set())
    assert await second.try_claim([ALI, VALI]) == {VALI}
    await first.release([ALI])
    assert await second.try_claim([ALI]) == {ALI}


async def test_without_claims_both_would_work_on_the_same_update(first: SqlInbox, second: SqlInbox) -> None:
    """DEL-12, the control: what keeps two processes apart is the claim and nothing else."""
    await first.keep([arrival(1)], [], [], [])

    loads = await asyncio.gather(first.load([ALI], []), second.load([ALI], []))

    assert [[waiting.update_id for waiting in claims[0].updates] for claims in loads] == [[1], [1]]


async def test_an_update_that_was_kept_before_is_not_new(first: SqlInbox, second: SqlInbox) -> None:
    """DEL-2."""
    await first.keep([arrival(1)], [], [], [])

    kept = await second.keep([arrival(1), arrival(2), arrival(2)], [], [], [])

    assert kept.new == {2}


async def test_of_ten_deliveries_at_once_one_is_new(database_url: str, clean: None) -> None:
    """DEL-2."""
    inboxes = [SqlInbox(database_url) for _ in range(10)]
    await asyncio.gather(*(inbox.reconnect() for inbox in inboxes))

    kept = await asyncio.gather(*(inbox.keep([arrival(1)], [ALI], [], []) for inbox in inboxes))

    assert sum(len(each.new) for each in kept) == 1
    assert sum(len(each.claimed) for each in kept) == 1
    await asyncio.gather(*(inbox.close() for inbox in inboxes))


async def test_the_holder_learns_that_another_connection_kept_earlier_updates(
    first: SqlInbox, second: SqlInbox
) -> None:
    """DEL-8."""
    await first.keep([arrival(1)], [ALI], [], [])
    await second.keep([arrival(2)], [], [], [])

    assert (await first.keep([arrival(3)], [], [ALI], [1])).behind == {ALI}
    assert (await first.keep([arrival(4)], [], [ALI], [1, 2, 3])).behind == set()


async def test_a_killed_connection_gives_its_users_back_at_once(first: SqlInbox, second: SqlInbox, pool: Pool) -> None:
    """INF-1, DEL-12."""
    await first.keep([arrival(1)], [ALI], [], [])
    [holder] = await pids(pool)

    await pool.execute("select pg_terminate_backend($1, 5000)", holder)

    assert await second.try_claim([ALI]) == {ALI}
    with pytest.raises(InboxLost):
        await first.keep([arrival(2)], [], [], [])
    await first.reconnect()
    assert (await first.keep([arrival(2)], [ALI], [], [])).claimed == set()


async def test_a_server_that_shuts_down_in_the_middle_of_a_statement_is_a_lost_connection(
    first: SqlInbox, pool: Pool
) -> None:
    """INF-1: PostgreSQL says so with an ordinary error (57P01)."""
    async with pool.acquire() as blocker, blocker.transaction():
        await blocker.execute("lock table inbox in access exclusive mode")
        keeping = asyncio.create_task(first.keep([arrival(1)], [], [], []))
        while not (
            waiting := await pool.fetchval(
                "select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
            )
        ):
            await asyncio.sleep(0.01)
        await pool.execute("select pg_terminate_backend($1, 5000)", waiting)
        with pytest.raises(InboxLost):
            await keeping


async def test_a_notice_reaches_the_listeners_of_other_connections(first: SqlInbox, second: SqlInbox) -> None:
    heard: asyncio.Queue[int] = asyncio.Queue()
    await second.listen(heard.put_nowait)

    await first.tell_others([ALI, VALI])
    async with asyncio.timeout(5):
        assert [await heard.get(), await heard.get()] == [ALI, VALI]

    await second.reconnect()
    await first.tell_others([VALI])
    async with asyncio.timeout(5):
        assert await heard.get() == VALI


async def test_every_taking_up_is_counted_until_the_update_is_a_suspect(first: SqlInbox) -> None:
    """DEL-7."""
    await first.keep([arrival(1), arrival(2), arrival(3, VALI)], [], [], [])

    for turn in range(1, 6):
        claims = {claim.user_id: claim for claim in await first.load([ALI, VALI], [])}
        times = min(turn, SUSPICION)
        assert [waiting.attempts for waiting in claims[ALI].updates] == [times, times]
        assert [waiting.attempts for waiting in claims[VALI].updates] == [times]
    assert await first.count([1]) == {1: SUSPICION + 1}


async def test_what_comes_for_a_user_who_is_held_counts_as_taken_up(first: SqlInbox, second: SqlInbox) -> None:
    """DEL-7: who is behind will load it, and who is not held is taken up by another process."""
    await first.keep([arrival(1, ALI)], [], [ALI], [])
    await first.keep([arrival(2, VALI)], [], [ALI], [])

    await first.keep([arrival(3, ALI)], [], [ALI], [])

    claims = {claim.user_id: claim for claim in await second.load([ALI, VALI], [])}
    assert [(each.update_id, each.attempts) for each in claims[ALI].updates] == [(1, 2), (3, 1)]
    assert [(each.update_id, each.attempts) for each in claims[VALI].updates] == [(2, 1)]


async def test_an_end_is_noted_once_and_with_it_the_state(first: SqlInbox, second: SqlInbox, pool: Pool) -> None:
    await first.keep([arrival(1), arrival(2)], [], [], [])

    await second.finish([Done(1, ALI, b"theirs")])
    await first.finish([Done(1, ALI, b"ours")])
    assert await pool.fetchval("select data from dialog_states where user_id = $1", ALI) == b"theirs"

    await first.finish([Done(1, ALI, b"ours"), Done(2, ALI, b"next")])
    [claim] = await first.load([ALI], [])
    assert (claim.state, claim.updates) == (b"next", ())


async def test_a_dead_letter_keeps_its_update_and_its_cause(first: SqlInbox, pool: Pool) -> None:
    """DEL-6."""
    await first.keep([arrival(1)], [], [], [])

    await first.finish([Done(1, ALI, None, error="A1B2C3 ValueError: no")])

    row = await pool.fetchrow("select status, raw, error from inbox where update_id = 1")
    assert row is not None
    assert (row["status"], row["raw"], row["error"]) == (2, b'{"update_id":1}', "A1B2C3 ValueError: no")
    assert await first.users_waiting(0.0, 10) == []


async def test_waiting_users_come_oldest_first(first: SqlInbox) -> None:
    await first.keep([arrival(5, VALI), arrival(4, ALI), arrival(9, ALI)], [], [], [])

    assert await first.users_waiting(0.0, 10) == [ALI, VALI]
    assert await first.users_waiting(0.0, 1) == [ALI]
    assert await first.users_waiting(60.0, 10) == []
