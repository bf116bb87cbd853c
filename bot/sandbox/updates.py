"""Updates on their way to the bot: kept until acknowledged, given out by `getUpdates` or pushed to a webhook.

The rules are those of tdlib/telegram-bot-api: one webhook delivery in flight per queue, queues in parallel up to
`max_connections`, a refused delivery is repeated at once, then after 2, 4, 8 … seconds up to a minute or two,
`Retry-After` is honoured, and what is too old is dropped.
"""

import asyncio
import contextlib
import itertools
import logging
import random
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

import aiohttp
import orjson

from bot.sandbox.errors import ApiError
from bot.sandbox.faults import Faults
from bot.sandbox.state import Json, State

log = logging.getLogger(__name__)

_NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_LONGEST_RETRY_AFTER = 3600.0
_SLOWEST_RETRY = 60.0
_MOST_GIVEN = 100
_OK = range(200, 300)

Reply = Callable[[str, Mapping[str, Any]], Awaitable[None]]


class Updates:
    """The queue. Rows are `{id, kind, payload, queue, chat_id, expires, copies}` in the table `update`."""

    def __init__(self, state: State, faults: Faults, now: Callable[[], float], reply: Reply) -> None:
        self._state = state
        self._faults = faults
        self._now = now
        self._reply = reply
        self._rows: dict[int, Json] = {}
        self._queues: dict[str, dict[int, Json]] = {}
        for row in state.tables["update"].values():
            self._keep(row)
        self._changed = asyncio.Event()
        self._poll: object | None = None
        self._given: set[int] = set()
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None
        self._slots = asyncio.Semaphore(self.webhook.get("max_connections", 40))
        self._closed = False

    @property
    def webhook(self) -> Json:
        return self._state.tables["profile"].get("webhook") or {"url": ""}

    def save_webhook(self, webhook: Json) -> None:
        self._state.put("profile", "webhook", webhook)
        self._slots = asyncio.Semaphore(webhook.get("max_connections", 40))
        self.resume()

    def unseen(self, update_id: int) -> bool:
        """Whether the bot cannot know of the update yet."""
        return update_id in self._rows and update_id not in self._given

    def end_polls(self) -> None:
        """Answer the waiting `getUpdates` with nothing and start no delivery any more."""
        self._closed = True
        self._wake()

    def pending_count(self, chat_id: int | None = None) -> int:
        """How many updates, of one chat or of all, the bot has not acknowledged; forgets the expired ones."""
        now = self._now()
        for row in [row for row in self._rows.values() if row["expires"] <= now]:
            self._forget(row["id"])
        return sum(chat_id is None or row["chat_id"] == chat_id for row in self._rows.values())

    def push(self, kind: str, payload: Json, *, queue: str, chat_id: int, expires: float) -> int | None:
        """Queue an update; None when the bot did not ask for this kind."""
        allowed = self.webhook.get("allowed_updates")
        if kind not in allowed if allowed else kind in _NOT_BY_DEFAULT:
            return None
        update_id = self._state.next_id("update")
        row = {
            "id": update_id,
            "kind": kind,
            "payload": payload,
            "queue": queue,
            "chat_id": chat_id,
            "expires": expires,
            "copies": 2 if self._faults.strikes(self._faults.duplicate_updates) else 1,
        }
        self._keep(row)
        self._state.put("update", str(update_id), row)
        self._wake()
        self._work(queue)
        return update_id

    def clear(self) -> None:
        for update_id in list(self._rows):
            self._forget(update_id)

    def _keep(self, row: Json) -> None:
        self._rows[row["id"]] = row
        self._queues.setdefault(row["queue"], {})[row["id"]] = row

    def _forget(self, update_id: int) -> None:
        row = self._rows.pop(update_id, None)
        if row is None:
            return
        self._given.discard(update_id)
        queue = self._queues[row["queue"]]
        del queue[update_id]
        if not queue:
            del self._queues[row["queue"]]
        self._state.drop("update", str(update_id))
        chat = self._state.chats.get(row["chat_id"])
        if chat:
            self._state.wake(chat)

    def _acknowledge(self, row: Json) -> None:
        if row["copies"] > 1:
            row["copies"] -= 1
            self._state.put("update", str(row["id"]), row)
        else:
            self._forget(row["id"])

    def resume(self) -> None:
        """Deliver what waits: after the start, a new webhook, or the end of `hold_delivery`."""
        self._wake()
        for queue in list(self._queues):
            self._work(queue)

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _work(self, queue: str) -> None:
        if self.webhook["url"] and not self._closed and queue not in self._workers:
            self._workers[queue] = asyncio.get_running_loop().create_task(self._deliver(queue))

    async def poll(self, offset: int, limit: int, timeout: float) -> list[Json]:
        """`getUpdates`: an offset acknowledges everything before it; a second poll ends the first one."""
        if self.webhook["url"]:
            raise ApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        mine = self._poll = object()
        self._wake()
        if offset < 0:
            offset = sorted(self._rows)[offset:][0] if self._rows else 0
        for update_id in [each for each in self._rows if each < offset]:
            self._acknowledge(self._rows[update_id])
        self._state.flush()
        limit = max(1, min(limit, _MOST_GIVEN))
        deadline = asyncio.get_running_loop().time() + timeout
        while True:
            rows = [] if self._faults.hold_delivery else list(itertools.islice(self._fresh(), limit))
            left = deadline - asyncio.get_running_loop().time()
            if rows or left <= 0 or self._closed:
                self._given.update(row["id"] for row in rows)
                return [_update(row) for row in rows]
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), left)
            if self._poll is not mine:
                raise ApiError(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )

    def _fresh(self) -> Iterator[Json]:
        now = self._now()
        return (row for row in self._rows.values() if row["expires"] > now)

    async def _deliver(self, queue: str) -> None:
        delay = 0.0
        try:
            while not self._closed and self.webhook["url"] and queue in self._queues:
                row = next(iter(self._queues[queue].values()))
                if row["expires"] <= self._now():
                    self._forget(row["id"])
                    continue
                if self._faults.hold_delivery:
                    await self._changed.wait()
                    continue
                async with self._slots:
                    wait = await self._try(row)
                self._state.flush()
                if wait is None:
                    delay = 0.0
                    continue
                await asyncio.sleep(wait or delay)
                longest = random.uniform(_SLOWEST_RETRY, 2 * _SLOWEST_RETRY)  # noqa: S311 — spreads retries only
                delay = min(delay * 2 or self._faults.webhook_retry, longest)
        finally:
            del self._workers[queue]

    async def _try(self, row: Json) -> float | None:
        """One delivery. None when it was accepted, else the seconds that the bot asks to wait (0 when it does not)."""
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        webhook = self.webhook
        self._given.add(row["id"])
        headers = {"Content-Type": "application/json"}
        if webhook.get("secret_token"):
            headers["X-Telegram-Bot-Api-Secret-Token"] = webhook["secret_token"]
        timeout = aiohttp.ClientTimeout(total=self._faults.webhook_timeout)
        try:
            async with self._session.post(
                webhook["url"], data=orjson.dumps(_update(row)), headers=headers, timeout=timeout
            ) as response:
                if response.status in _OK:
                    reply = await _read_reply(response)
                    self._acknowledge(row)
                else:
                    self._failed(f"Wrong response from the webhook: {response.status} {response.reason}")
                    return _seconds(response.headers.get("Retry-After"))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            late = isinstance(error, TimeoutError)
            self._failed("Read timeout expired" if late else f"Connection failed: {type(error).__name__}")
            return 0.0
        if reply is not None:
            await self._reply(*reply)
        return None

    def _failed(self, reason: str) -> None:
        log.warning("webhook delivery failed: %s", reason)
        error = {"last_error_date": int(self._now()), "last_error_message": reason}
        self._state.put("profile", "webhook", {**self.webhook, **error})

    async def close(self) -> None:
        self._closed = True
        self._changed.set()
        workers = list(self._workers.values())
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        if self._session is not None:
            await self._session.close()


def _update(row: Json) -> Json:
    return {"update_id": row["id"], row["kind"]: row["payload"]}


def _seconds(header: str | None) -> float:
    return min(float(header), _LONGEST_RETRY_AFTER) if header and header.isdigit() else 0.0


async def _read_reply(response: aiohttp.ClientResponse) -> tuple[str, Mapping[str, Any]] | None:
    """A method call that the bot returned as the answer to the webhook request, as JSON or as a form."""
    if response.content_type == "application/json":
        body = await response.read()
        try:
            fields = orjson.loads(body) if body else {}
        except orjson.JSONDecodeError:
            return None
        if not isinstance(fields, dict):
            return None
    elif response.content_type == "multipart/form-data":
        fields = {}
        async for part in aiohttp.MultipartReader.from_response(response):
            if isinstance(part, aiohttp.BodyPartReader) and part.name and not part.filename:
                fields[part.name] = await part.text()
    else:
        return None
    name = fields.pop("method", None)
    return (name, fields) if isinstance(name, str) else None
