"""Long polling through the same inbox as the webhook: the offset moves only when a batch is kept."""

import asyncio
import json
from typing import Any

import aiohttp
import orjson
import structlog
from pydantic import SecretStr

from bot.intake.arrivals import Unreadable, arrival_of, arrival_of_strange, read_json
from bot.intake.intake import Intake
from bot.intake.refusal import refusal_of
from domain.intake.ports import Arrival, InboxLost
from domain.language import Language

log = structlog.get_logger()

POLL_SECONDS = 25
BATCH = 100
MAX_PAUSE = 30.0
LONGEST_WITHOUT_INBOX = 4.0
"""Seconds: whoever is about to pay meanwhile waits no longer than ten for our no."""


class Polling:
    """Asks Telegram for updates as raw JSON: parsing them here would let one strange update stop everybody."""

    def __init__(
        self,
        intake: Intake,
        api_url: str,
        token: SecretStr,
        allowed_updates: list[str],
        *,
        default_language: Language = Language.UZ,
    ) -> None:
        self._intake = intake
        self._api = f"{api_url}/bot{token.get_secret_value()}"
        self._allowed = allowed_updates
        self._default_language = default_language
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._poll(), name="polling")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _poll(self) -> None:
        offset: int | None = None
        batch = BATCH
        pause = 0.0
        timeout = aiohttp.ClientTimeout(total=POLL_SECONDS + 15, connect=10)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                try:
                    kept = await self._ask(session, offset, batch)
                    if kept:
                        await self._keep(session, kept)
                        offset = max(arrival.update_id for arrival in kept) + 1
                    batch, pause = BATCH, 0.0
                except Unreadable:
                    # One by one, the strange update is alone with its id.
                    log.warning("polling.unreadable", batch=batch)
                    pause = 0.0 if batch > 1 else min(max(pause * 2, 0.5), MAX_PAUSE)
                    batch = 1
                    await asyncio.sleep(pause)
                except (aiohttp.ClientError, TimeoutError, InboxLost, _Refused) as error:
                    longest = LONGEST_WITHOUT_INBOX if isinstance(error, InboxLost) else MAX_PAUSE
                    pause = max(getattr(error, "retry_after", 0.0), min(max(pause * 2, 0.5), longest))
                    # The address holds the token, and aiohttp's errors quote addresses.
                    log.warning("polling.waits", cause=type(error).__name__, reason=_reason(error), seconds=pause)
                    await asyncio.sleep(pause)

    async def _keep(self, session: aiohttp.ClientSession, kept: list[Arrival]) -> None:
        """Raises InboxLost; who waits for leave to pay is told before that there is none."""
        try:
            await self._intake.receive(kept)
        except InboxLost:
            for arrival in kept:
                refusal = refusal_of(arrival.raw, self._default_language)
                if refusal is not None:
                    log.error("payment.declined", cause="InboxLost")
                    async with session.post(f"{self._api}/answerPreCheckoutQuery", json=refusal) as response:
                        await response.read()
            raise

    async def _ask(self, session: aiohttp.ClientSession, offset: int | None, batch: int) -> list[Arrival]:
        """Raises Unreadable for an answer of several updates of which one cannot be read, `_Refused` for a refusal."""
        question = {"timeout": POLL_SECONDS, "limit": batch, "allowed_updates": self._allowed}
        if offset is not None:
            question["offset"] = offset
        async with session.post(f"{self._api}/getUpdates", json=question) as response:
            raw = await response.read()
        try:
            answer = read_json(raw)
        except Unreadable:
            if response.status != 200:
                raise _Refused(f"HTTP {response.status}", 0) from None
            if batch > 1:
                raise
            return [arrival_of_strange(raw)]
        if not isinstance(answer, dict) or not isinstance(answer.get("result"), list) or not answer.get("ok"):
            raise _refusal(answer, response.status)
        return [_arrival(update) for update in answer["result"]]


class _Refused(Exception):
    def __init__(self, description: str, retry_after: float) -> None:
        super().__init__(description)
        self.retry_after = retry_after


def _reason(error: Exception) -> str | None:
    return str(error) if isinstance(error, _Refused) else None


def _refusal(answer: Any, status: int) -> _Refused:
    if not isinstance(answer, dict) or answer.get("ok"):
        return _Refused(f"HTTP {status}", 0)
    parameters = answer.get("parameters")
    seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return _Refused(str(answer.get("description")), seconds if isinstance(seconds, int) else 0)


def _arrival(update: Any) -> Arrival:
    try:
        return arrival_of(orjson.dumps(update))
    except orjson.JSONEncodeError:
        # A number that has no place in 64 bits: Python writes it as it came.
        return arrival_of(json.dumps(update).encode())
