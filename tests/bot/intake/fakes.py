"""An inbox in memory with PostgreSQL's habits: claims belong to one connection and die with it."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from domain.intake.ports import SUSPICION, Arrival, Claim, Done, InboxLost, Kept, Waiting


@dataclass
class Row:
    user_id: int
    raw: bytes
    attempts: int = 0
    end: Done | None = None


@dataclass
class Table:
    """What several inboxes share."""

    rows: dict[int, Row] = field(default_factory=dict)
    states: dict[int, bytes] = field(default_factory=dict)
    claims: dict[int, "FakeInbox"] = field(default_factory=dict)
    listeners: dict["FakeInbox", Callable[[int], None]] = field(default_factory=dict)

    def ends(self) -> list[int]:
        return [update_id for update_id, row in sorted(self.rows.items()) if row.end is not None]


class FakeInbox:
    def __init__(self, table: Table) -> None:
        self.table = table
        self.is_away = False
        self.is_connected = False
        self.statements = 0

    def _ask(self) -> None:
        if self.is_away or not self.is_connected:
            self._drop()
            raise InboxLost
        self.statements += 1

    def _drop(self) -> None:
        self.is_connected = False
        for user in [user for user, holder in self.table.claims.items() if holder is self]:
            del self.table.claims[user]

    async def keep(
        self, arrivals: Sequence[Arrival], claim: Collection[int], held: Collection[int], known: Collection[int]
    ) -> Kept:
        self._ask()
        behind = {
            row.user_id
            for update_id, row in self.table.rows.items()
            if row.user_id in held and row.end is None and update_id not in known
        }
        new: set[int] = set()
        taken_up = set(held) - behind
        for arrival in arrivals:
            if arrival.update_id not in self.table.rows:
                attempts = int(arrival.user_id in taken_up)
                self.table.rows[arrival.update_id] = Row(arrival.user_id, arrival.raw, attempts)
                new.add(arrival.update_id)
        return Kept(new, self._claim(claim), behind)

    def _claim(self, users: Collection[int]) -> set[int]:
        free = {user for user in users if self.table.claims.get(user, self) is self}
        self.table.claims.update(dict.fromkeys(free, self))
        return free

    async def try_claim(self, users: Collection[int]) -> set[int]:
        self._ask()
        return self._claim(users)

    async def load(self, users: Collection[int], known: Collection[int]) -> Sequence[Claim]:
        self._ask()
        claims: list[Claim] = []
        for user in users:
            waiting: list[Waiting] = []
            for update_id, row in sorted(self.table.rows.items()):
                if row.user_id == user and row.end is None and update_id not in known:
                    if row.attempts < SUSPICION:
                        row.attempts += 1
                    waiting.append(Waiting(update_id, row.raw, row.attempts))
            claims.append(Claim(user, self.table.states.get(user), tuple(waiting)))
        return claims

    async def count(self, updates: Collection[int]) -> Mapping[int, int]:
        self._ask()
        for update_id in updates:
            self.table.rows[update_id].attempts += 1
        return {update_id: self.table.rows[update_id].attempts for update_id in updates}

    async def finish(self, done: Sequence[Done]) -> None:
        self._ask()
        for each in done:
            row = self.table.rows[each.update_id]
            if row.end is None:
                row.end = each
                if each.state is not None:
                    self.table.states[each.user_id] = each.state

    async def release(self, users: Collection[int]) -> None:
        self._ask()
        for user in users:
            assert self.table.claims.pop(user) is self

    async def tell_others(self, users: Collection[int]) -> None:
        self._ask()
        for listener in self.table.listeners.values():
            for user in users:
                listener(user)

    async def users_waiting(self, older_than: float, limit: int) -> Sequence[int]:
        self._ask()
        return list(dict.fromkeys(row.user_id for row in self.table.rows.values() if row.end is None))[:limit]

    async def listen(self, on_user: Callable[[int], None]) -> None:
        self.table.listeners[self] = on_user

    async def reconnect(self) -> None:
        self._drop()
        if self.is_away:
            raise InboxLost
        self.is_connected = True

    async def close(self) -> None:
        self._drop()
        self.table.listeners.pop(self, None)


class Work:
    """Work that notes what it does; a test may hold it back."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.running: dict[int, int] = {}
        self.most_at_once: dict[int, int] = {}
        self.attempts: dict[int, list[int]] = {}
        self.open = asyncio.Event()
        self.open.set()
        self.news = asyncio.Condition()

    async def __call__(self, user_id: int, waiting: Waiting, state: bytes | None) -> Done:
        self.running[user_id] = self.running.get(user_id, 0) + 1
        self.most_at_once[user_id] = max(self.most_at_once.get(user_id, 0), self.running[user_id])
        self.attempts.setdefault(waiting.update_id, []).append(waiting.attempts)
        self.begun.append(waiting.update_id)
        try:
            await self._tell()
            await asyncio.sleep(0)
            await self.open.wait()
        finally:
            self.running[user_id] -= 1
        seen = [*(orjson.loads(state) if state else []), waiting.update_id]
        return Done(waiting.update_id, user_id, orjson.dumps(seen))

    async def _tell(self) -> None:
        async with self.news:
            self.news.notify_all()

    async def until_begun(self, update_id: int) -> None:
        async with asyncio.timeout(5), self.news:
            while update_id not in self.begun:
                await self.news.wait()


def arrival(update_id: int, user_id: int) -> Arrival:
    return Arrival(update_id, user_id, orjson.dumps({"update_id": update_id}))


async def until_ended(table: Table, count: int) -> None:
    """Wait for the rounds of another task; they have no event that a test could await."""
    async with asyncio.timeout(8):
        while len(table.ends()) < count:
            await asyncio.sleep(0.002)
