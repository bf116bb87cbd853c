"""Long polling through the same inbox as the webhook: the offset moves only when a batch is kept."""

import asyncio

import aiohttp
import orjson
import structlog
from pydantic import SecretStr

from bot.intake.arrivals import Unreadable, arrival_of
from bot.intake.intake import Intake
from domain.intake.ports import Arrival, InboxLost

log = structlog.get_logger()

POLL_SECONDS = 25
BATCH = 100
MAX_PAUSE = 30.0


class Polling:
    """Asks Telegram for updates as raw JSON: parsing them here would let one strange update stop everybody."""

    def __init__(self, intake: Intake, api_url: str, token: SecretStr, allowed_updates: list[str]) -> None:
        self._intake = intake
        self._url = f"{api_url}/bot{token.get_secret_value()}/getUpdates"
        self._allowed = allowed_updates
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._poll(), name="polling")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _poll(self) -> None:
        offset: int | None = None
        pause = 0.0
        timeout = aiohttp.ClientTimeout(total=POLL_SECONDS + 15, connect=10)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                try:
                    updates = await self._ask(session, offset)
                    kept = [arrival for update in updates if (arrival := _arrival(update))]
                    if kept:
                        await self._intake.receive(kept)
                    if updates:
                        offset = max([arrival.update_id for arrival in kept], default=offset or 0) + 1
                    pause = 0.0
                except (aiohttp.ClientError, TimeoutError, InboxLost, _Refused) as error:
                    pause = max(getattr(error, "retry_after", 0.0), min(max(pause * 2, 0.5), MAX_PAUSE))
                    # The address holds the token, and aiohttp's errors quote addresses.
                    log.warning("polling.waits", cause=type(error).__name__, reason=_reason(error), seconds=pause)
                    await asyncio.sleep(pause)

    async def _ask(self, session: aiohttp.ClientSession, offset: int | None) -> list[dict[str, object]]:
        question = {"timeout": POLL_SECONDS, "limit": BATCH, "allowed_updates": self._allowed}
        if offset is not None:
            question["offset"] = offset
        async with session.post(self._url, json=question) as response:
            try:
                answer = orjson.loads(await response.read())
            except orjson.JSONDecodeError:
                raise _Refused(f"HTTP {response.status}", 0) from None
        if not answer.get("ok"):
            parameters = answer.get("parameters") or {}
            raise _Refused(str(answer.get("description")), float(parameters.get("retry_after") or 0))
        return answer["result"]


class _Refused(Exception):
    def __init__(self, description: str, retry_after: float) -> None:
        super().__init__(description)
        self.retry_after = retry_after


def _reason(error: Exception) -> str | None:
    return str(error) if isinstance(error, _Refused) else None


def _arrival(update: dict[str, object]) -> Arrival | None:
    try:
        return arrival_of(orjson.dumps(update))
    except Unreadable:
        log.warning("polling.unreadable")
        return None
