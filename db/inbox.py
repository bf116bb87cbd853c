"""The inbox in PostgreSQL: claims are session locks of one connection, so a dead process cannot keep any."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence

import asyncpg

from db.engine import connect
from domain.intake.ports import SUSPICION, Arrival, Claim, Done, InboxLost, Kept, Waiting

CHANNEL = "ustoz_inbox"
# Advisory locks share one space of keys with the migrations' lock; Telegram's ids stay below 2^52.
_LOCKED = "pg_try_advisory_lock(u + (1::bigint << 60))"
# A server that shuts down, is full or read-only says so with an ordinary error; a new connection is the answer to all.
_LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, asyncio.TimeoutError)

_KEEP = f"""
    with behind as materialized (
        select held.user_id from unnest($5::bigint[]) as held (user_id) where exists (
            select from inbox i where i.user_id = held.user_id and i.status = 0 and i.update_id <> all($6::bigint[])
        )
    ), added as (
        insert into inbox (update_id, user_id, raw, attempts)
        select update_id, user_id, raw, (user_id = any($5) and user_id not in (select user_id from behind))::int
        from unnest($1::bigint[], $2::bigint[], $3::bytea[]) as arrived (update_id, user_id, raw)
        on conflict (update_id) do nothing returning update_id
    ), locked as materialized (
        select u as user_id from unnest($4::bigint[]) as u where {_LOCKED}
    )
    select update_id, null::bigint as claimed, null::bigint as behind from added
    union all select null, user_id, null from locked
    union all
    -- The snapshot is from before the insert, so these are none of the new ones.
    select null, null, user_id from behind
"""
_CLAIM = f"select u as user_id from unnest($1::bigint[]) as u where {_LOCKED}"
_LOAD = f"""
    with waiting as materialized (
        select update_id, user_id, raw, attempts, attempts < {SUSPICION} as is_counted
        from inbox where user_id = any($1::bigint[]) and status = 0 and update_id <> all($2::bigint[])
    ), counted as (
        update inbox i set attempts = i.attempts + 1
        from waiting w where i.update_id = w.update_id and w.is_counted
    )
    select user_id, update_id, raw, attempts + is_counted::int as attempts, null as state from waiting
    union all
    select user_id, null, null, null, data from dialog_states where user_id = any($1::bigint[])
    order by update_id
"""
_COUNT = """
    update inbox set attempts = attempts + 1 where update_id = any($1::bigint[]) returning update_id, attempts
"""
_FINISH = """
    with ended as (
        update inbox i set
            status = case when d.error is null then 1 else 2 end,
            raw = case when d.error is null then '' else i.raw end,
            error = d.error, done_at = now()
        from unnest($1::bigint[], $2::text[]) as d (update_id, error)
        where i.update_id = d.update_id and i.status = 0
        returning i.update_id
    )
    insert into dialog_states (user_id, data, updated_at)
    select t.user_id, t.data, now()
    from unnest($3::bigint[], $4::bytea[], $5::bigint[]) as t (user_id, data, update_id) join ended using (update_id)
    on conflict (user_id) do update set data = excluded.data, updated_at = excluded.updated_at
"""


class SqlInbox:
    """One connection, used by one statement at a time."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self._on_user: Callable[[int], None] | None = None

    async def reconnect(self) -> None:
        await self.close()
        try:
            self._connection = await connect(self._database_url)
            if self._on_user is not None:
                await self._connection.add_listener(CHANNEL, self._heard)
        except _LOST as error:
            raise InboxLost from error

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None and not connection.is_closed():
            try:
                await connection.close(timeout=2)
            except _LOST:
                connection.terminate()

    async def listen(self, on_user: Callable[[int], None]) -> None:
        self._on_user = on_user
        if self._connection is not None:
            await self._connection.add_listener(CHANNEL, self._heard)

    async def keep(
        self, arrivals: Sequence[Arrival], claim: Collection[int], held: Collection[int], known: Collection[int]
    ) -> Kept:
        rows = await self._fetch(
            _KEEP,
            [arrival.update_id for arrival in arrivals],
            [arrival.user_id for arrival in arrivals],
            [arrival.raw for arrival in arrivals],
            list(claim),
            list(held),
            list(known),
        )
        return Kept(
            new={row["update_id"] for row in rows if row["update_id"] is not None},
            claimed={row["claimed"] for row in rows if row["claimed"] is not None},
            behind={row["behind"] for row in rows if row["behind"] is not None},
        )

    async def try_claim(self, users: Collection[int]) -> set[int]:
        return {row["user_id"] for row in await self._fetch(_CLAIM, list(users))}

    async def load(self, users: Collection[int], known: Collection[int]) -> Sequence[Claim]:
        states: dict[int, bytes] = {}
        updates: dict[int, list[Waiting]] = {user: [] for user in users}
        for row in await self._fetch(_LOAD, list(users), list(known)):
            if row["update_id"] is None:
                states[row["user_id"]] = row["state"]
            else:
                updates[row["user_id"]].append(Waiting(row["update_id"], row["raw"], row["attempts"]))
        return [Claim(user, states.get(user), tuple(waiting)) for user, waiting in updates.items()]

    async def count(self, updates: Collection[int]) -> Mapping[int, int]:
        return {row["update_id"]: row["attempts"] for row in await self._fetch(_COUNT, list(updates))}

    async def finish(self, done: Sequence[Done]) -> None:
        states = {each.user_id: each for each in done if each.state is not None}
        await self._fetch(
            _FINISH,
            [each.update_id for each in done],
            [each.error for each in done],
            list(states),
            [each.state for each in states.values()],
            [each.update_id for each in states.values()],
        )

    async def release(self, users: Collection[int]) -> None:
        await self._fetch(
            "select pg_advisory_unlock(u + (1::bigint << 60)) from unnest($1::bigint[]) as u", list(users)
        )

    async def tell_others(self, users: Collection[int]) -> None:
        await self._fetch("select pg_notify($1, u::text) from unnest($2::bigint[]) as u", CHANNEL, list(users))

    async def users_waiting(self, older_than: float, limit: int) -> Sequence[int]:
        rows = await self._fetch(
            """
            select user_id from inbox where status = 0 and received_at < now() - make_interval(secs => $1)
            group by user_id order by min(update_id) limit $2
            """,
            older_than,
            limit,
        )
        return [row["user_id"] for row in rows]

    async def _fetch(self, query: str, *values: object) -> list[asyncpg.Record]:
        if self._connection is None:
            raise InboxLost
        try:
            return await self._connection.fetch(query, *values)
        except _LOST as error:
            raise InboxLost from error

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        if self._on_user is not None and isinstance(payload, str):
            self._on_user(int(payload))
