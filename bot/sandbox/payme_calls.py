"""Payme's side of the Merchant API: JSON-RPC over POST, Basic authentication as `Paycom`, lost answers asked again."""

import asyncio
import base64
import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import aiohttp

from bot.sandbox.cashier_texts import TEXTS
from bot.sandbox.state import Json

log = logging.getLogger(__name__)

NO_ANSWER = -32400
DEBIT_FAILED, REFUND = 3, 5
"""Payme's reasons for cancelling a transaction."""

_TRIES = 3
_PAUSE = 0.5
_TIMEOUT = aiohttp.ClientTimeout(total=10)


@dataclass(frozen=True, slots=True)
class CashierSettings:
    """Where Payme calls the merchant (`…/payme`), and as whom."""

    merchant_url: str
    merchant_id: str
    key: str
    merchant_name: str = "Ustoz"


@dataclass(frozen=True, slots=True)
class Answer:
    """The merchant's: a result, or an error object with code and message."""

    result: Json
    error: Json | None = None

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        error, result = body.get("error"), body.get("result")
        return cls(result if isinstance(result, dict) else {}, error or None)


class PaymeCalls:
    def __init__(self, settings: CashierSettings) -> None:
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def call(self, method: str, params: Json) -> Answer:
        """One call; a lost answer is asked for again with the same parameters, and then given up."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=_TIMEOUT)
        credentials = base64.b64encode(f"Paycom:{self._settings.key}".encode()).decode()
        headers = {"Authorization": f"Basic {credentials}", "Content-Type": "text/json; charset=UTF-8"}
        body = json.dumps({"method": method, "params": params, "id": secrets.randbelow(10**9)}).encode()
        reason = ""
        for attempt in range(_TRIES):
            if attempt:
                await asyncio.sleep(_PAUSE * attempt)
            try:
                async with self._session.post(self._settings.merchant_url, data=body, headers=headers) as response:
                    if response.status != 200:
                        reason = f"HTTP {response.status}"
                        continue
                    answer = await response.json(content_type=None)
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                reason = type(error).__name__
                continue
            if isinstance(answer, dict) and ("result" in answer or "error" in answer):
                told = Answer.read(answer)
                log.info("merchant answered %s: %s", method, told.error["code"] if told.error else "ok")
                return told
            reason = "neither result nor error"
        log.warning("merchant did not answer %s: %s", method, reason)
        sentences = {language: texts["no_answer"] for language, texts in TEXTS.items()}
        return Answer({}, {"code": NO_ANSWER, "message": sentences})
