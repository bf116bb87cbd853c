"""Updates on their way: kept, claimed, worked on one user at a time, finished; in this and other processes.

Statements for many updates travel together: whatever arrived or ended while a round was under way goes with the next.
A user stays claimed for a while after their last update, so that an active user costs two statements an update, shared
with everybody else's of that moment.
"""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Sequence, Set
from dataclasses import dataclass, field, replace

import structlog

from bot.background import Background
from bot.intake.turns import Turns
from bot.metrics import ERRORS, INBOX_PENDING
from domain.intake.ports import SUSPICION, Arrival, Done, Inbox, InboxLost, Waiting

log = structlog.get_logger()

MAX_RUNNING = 100
MAX_IDLE_CLAIMS = 500
MAX_CLAIMS = 2000
"""Each claim is a lock in PostgreSQL's shared memory; there is room for some thousands. Who waits beyond is swept."""
IDLE_SECONDS = 20.0
SWEEP_SECONDS = 1.0
RECONNECT_SECONDS = 0.5

Work = Callable[[int, Waiting, bytes | None], Awaitable[Done]]
"""Does one update of a user with this dialog state. It never raises: a failure is a `Done` with an error."""


@dataclass(slots=True)
class _User:
    """A claimed user."""

    state: bytes | None
    queue: deque[Waiting] = field(default_factory=deque[Waiting])
    is_busy: bool = False
    last_used: float = 0.0


@dataclass(slots=True)
class _Batch:
    arrivals: Sequence[Arrival]
    kept: asyncio.Future[None]


class Intake:
    """`work` is None in a process that only receives: it keeps the updates and tells the workers."""

    def __init__(self, inbox: Inbox, work: Work | None, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self._inbox = inbox
        self._work = work
        self._idle_seconds = idle_seconds
        self._users: dict[int, _User] = {}
        self._idle: OrderedDict[int, None] = OrderedDict()
        self._batches: list[_Batch] = []
        self._done: list[Done] = []
        self._wanted: set[int] = set()
        self._working: dict[int, int] = {}
        self._sweep_age = 0.0
        self._is_sweep_asked = False
        self._wake = asyncio.Event()
        self._running = Background()
        self._turns = Turns(MAX_RUNNING)
        self._counting: dict[int, asyncio.Future[int]] = {}
        self._survived: set[int] = set()
        self._is_closing = False
        self._is_lost = True
        self._pump: asyncio.Task[None] | None = None
        self._sweeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self._inbox.reconnect()
        self._is_lost = False
        self._turns.excite()
        if self._work is not None:
            await self._inbox.listen(self._want)
        self._pump = asyncio.create_task(self._rounds(), name="intake")
        self._sweeper = asyncio.create_task(self._sweep(), name="intake-sweep")

    async def receive(self, arrivals: Sequence[Arrival]) -> None:
        """Return once the updates are durable. Raises InboxLost when they could not be kept."""
        if self._is_closing or self._is_lost:
            raise InboxLost
        batch = _Batch(arrivals, asyncio.get_running_loop().create_future())
        self._batches.append(batch)
        self._wake.set()
        await batch.kept

    @property
    def is_healthy(self) -> bool:
        return not self._is_lost

    async def close(self, grace: float) -> None:
        """Take nothing new, end the running work, note its end, give everything back."""
        self._is_closing = True
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.gather(self._sweeper, return_exceptions=True)
        await self._running.close(grace)
        self._wake.set()
        if self._pump is not None:
            try:
                await asyncio.wait_for(self._pump, timeout=5)
            except TimeoutError:
                log.warning("intake.unfinished", updates=len(self._done))
        await self._inbox.close()

    def _want(self, user_id: int) -> None:
        """Another process kept an update for a user that this one may hold."""
        self._wanted.add(user_id)
        self._wake.set()

    async def _sweep(self) -> None:
        """Find what nobody was told about: updates from before a crash, or of a process that died."""
        while self._work is not None:
            # The inbox's connection takes one statement at a time, so the pump does the asking.
            self._is_sweep_asked = True
            self._wake.set()
            # Here and not in every round, where it would cost a tenth of the round.
            INBOX_PENDING.set(sum(len(user.queue) + user.is_busy for user in self._users.values()))
            await asyncio.sleep(SWEEP_SECONDS)
            self._sweep_age = SWEEP_SECONDS

    async def _rounds(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._round()
            except InboxLost as error:
                await self._recover(error.__cause__)
            except Exception:
                # Without the rounds nobody would be answered any more, so nothing may end them.
                ERRORS.labels("intake").inc()
                log.exception("intake.round_failed")
                await self._recover(None)
            if self._is_closing and not self._running.running and not self._done and not self._batches:
                return

    async def _round(self) -> None:
        if self._done:
            done = self._done[:]
            await self._inbox.finish(done)
            del self._done[: len(done)]
        if self._counting:
            await self._count_tries()
        if self._batches:
            await self._keep_batches()
        is_backlog = False
        if self._is_sweep_asked and not self._is_closing and self._running.running < MAX_RUNNING:
            self._is_sweep_asked = False
            waiting = await self._inbox.users_waiting(self._sweep_age, MAX_RUNNING)
            self._wanted.update(user for user in waiting if user not in self._users or not self._users[user].is_busy)
            is_backlog = len(waiting) == MAX_RUNNING
            await self._release(self._stale_claims())
        if self._wanted and not self._is_closing:
            wanted, self._wanted = self._wanted, set()
            claimed = await self._inbox.try_claim(self._free_to_claim(wanted))
            await self._load(claimed | (wanted & self._users.keys()))
            # After an outage thousands may wait: they are taken up as fast as they are done, not once a second.
            self._is_sweep_asked = self._is_sweep_asked or (is_backlog and bool(claimed))

    async def _keep_batches(self) -> None:
        batches, self._batches = self._batches, []
        arrivals = [arrival for batch in batches for arrival in batch.arrivals]
        users = {arrival.user_id for arrival in arrivals}
        held = users & self._users.keys()
        try:
            claim = self._free_to_claim(users) if self._work else ()
            kept = await self._inbox.keep(arrivals, claim, held, self._known(held))
        except InboxLost:
            for batch in batches:
                if not batch.kept.done():
                    batch.kept.set_exception(InboxLost())
            raise
        for batch in batches:
            if not batch.kept.done():
                batch.kept.set_result(None)
        at_hand = held - kept.behind
        for arrival in arrivals:
            if arrival.update_id in kept.new and arrival.user_id in at_hand:
                kept.new.discard(arrival.update_id)
                self._enqueue(arrival.user_id, Waiting(arrival.update_id, arrival.raw, 1))
        await self._load(kept.claimed | kept.behind)
        if elsewhere := users - held - kept.claimed:
            await self._inbox.tell_others(elsewhere)

    async def _load(self, users: Set[int]) -> None:
        """Bring in what waits for claimed users; for those at work only what they do not have yet."""
        if not users:
            return
        for claim in await self._inbox.load(users, self._known(users)):
            user = self._users.get(claim.user_id)
            if user is None:
                user = self._users[claim.user_id] = _User(claim.state, last_used=time.monotonic())
                self._idle[claim.user_id] = None
            for waiting in claim.updates:
                # What this process had before it lost its claims is no suspect: it lives.
                is_innocent = waiting.update_id in self._survived and waiting.attempts == SUSPICION
                self._enqueue(claim.user_id, replace(waiting, attempts=1) if is_innocent else waiting)

    def _known(self, users: Set[int]) -> Set[int]:
        """Updates of these users that are here already: waiting, at work, or done and not noted yet."""
        known = {done.update_id for done in self._done} | self._working.keys()
        for user_id in users & self._users.keys():
            known.update(waiting.update_id for waiting in self._users[user_id].queue)
        return known

    def _free_to_claim(self, users: Set[int]) -> Set[int]:
        """Those of them that are not held, as far as there is room.

        Not those whose update is still at work from before the connection was lost, or whose new dialog state is not
        kept yet: their next update has to wait for it.
        """
        if len(self._users) >= MAX_CLAIMS:
            return set()
        return users - self._users.keys() - set(self._working.values()) - {done.user_id for done in self._done}

    async def _count_tries(self) -> None:
        counts = await self._inbox.count(list(self._counting))
        for update_id, attempts in counts.items():
            counted = self._counting.pop(update_id)
            if not counted.done():
                counted.set_result(attempts)

    def _enqueue(self, user_id: int, waiting: Waiting) -> None:
        user = self._users[user_id]
        user.queue.append(waiting)
        if not user.is_busy:
            user.is_busy = True
            self._idle.pop(user_id, None)
            self._running.spawn(self._serve(user_id, user), name=f"user {user_id}")

    async def _serve(self, user_id: int, user: _User) -> None:
        """Work through one user's updates, in order."""
        if self._work is None:
            raise RuntimeError("this process only receives")
        try:
            while user.queue and not self._is_closing:
                waiting = user.queue.popleft()
                self._working[waiting.update_id] = user_id
                try:
                    done = await self._do(self._work, user_id, waiting, user.state)
                    if done.state is not None:
                        user.state = done.state
                    self._done.append(done)
                finally:
                    del self._working[waiting.update_id]
                self._wake.set()
        except InboxLost:
            log.info("intake.try_not_counted", user_id=user_id)
        finally:
            user.is_busy = False
            user.last_used = time.monotonic()
            if self._users.get(user_id) is user:
                self._idle[user_id] = None
            self._wake.set()

    async def _do(self, work: Work, user_id: int, waiting: Waiting, state: bytes | None) -> Done:
        """Each try of a suspect is counted before it begins, so that only what the process dies of collects tries."""
        async with self._turns.of(waiting.attempts):
            if waiting.attempts < SUSPICION:
                return await work(user_id, waiting, state)
            if self._is_closing or self._is_lost:
                raise InboxLost
            counted = self._counting[waiting.update_id] = asyncio.get_running_loop().create_future()
            self._wake.set()
            return await work(user_id, replace(waiting, attempts=await counted), state)

    def _stale_claims(self) -> set[int]:
        """Users that have been quiet, oldest first, and those beyond what may be held idle; all of it kept."""
        limit = time.monotonic() - self._idle_seconds
        unkept = {done.user_id for done in self._done}
        stale: set[int] = set()
        for user_id in self._idle:
            if user_id in unkept:
                continue
            if len(self._idle) - len(stale) <= MAX_IDLE_CLAIMS and self._users[user_id].last_used > limit:
                break
            stale.add(user_id)
        return stale

    async def _release(self, users: Set[int]) -> None:
        if not users:
            return
        for user_id in users:
            del self._users[user_id]
            del self._idle[user_id]
        await self._inbox.release(users)

    async def _recover(self, cause: BaseException | None) -> None:
        """The connection is gone, and with it every claim. What is being worked on ends; the rest is found again."""
        if not self._is_lost:
            self._is_lost = True
            log.warning("intake.inbox_lost", cause=type(cause).__name__)
        for batch in self._batches:
            if not batch.kept.done():
                batch.kept.set_exception(InboxLost())
        self._batches.clear()
        for counted in self._counting.values():
            if not counted.done():
                counted.set_exception(InboxLost())
        self._counting.clear()
        self._survived = {waiting.update_id for user in self._users.values() for waiting in user.queue}
        for user in self._users.values():
            user.queue.clear()
        self._users.clear()
        self._idle.clear()
        while not (self._is_closing and not self._done):
            # Also before the first try: a server that refuses one statement is not asked thousands of times a second.
            await asyncio.sleep(RECONNECT_SECONDS)
            try:
                await self._inbox.reconnect()
                break
            except InboxLost:
                continue
        self._is_lost = False
        self._turns.excite()
        self._sweep_age, self._is_sweep_asked = 0.0, True
        self._wake.set()
        log.info("intake.inbox_back")
