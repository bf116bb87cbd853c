"""Payme's side of the wire, for tests: posts JSON-RPC to the handler and reads the answer."""

import asyncio
import json
from base64 import b64encode
from typing import Any

from aiohttp import StreamReader, web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import make_mocked_request

from bot.web.payme import Handler

KEY = "cash-desk-key-of-36-characters-000000"
TEST_KEY = "sandbox-key-of-36-characters-00000000"


def basic(credentials: str) -> str:
    return "Basic " + b64encode(credentials.encode()).decode()


AUTHORIZED = {"Authorization": basic(f"Paycom:{KEY}")}


class Desk:
    """Calls the handler itself, with a real aiohttp request but no socket."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._number = 0

    async def raw(self, body: bytes, *, headers: dict[str, str] | None = None, method: str = "POST") -> web.Response:
        loop = asyncio.get_running_loop()
        reader = StreamReader(BaseProtocol(loop), 2**16, loop=loop)
        reader.feed_data(body)
        reader.feed_eof()
        given = AUTHORIZED if headers is None else headers
        return await self._handler(make_mocked_request(method, "/payme", headers=given, payload=reader))

    async def post(self, body: bytes, **options: Any) -> dict[str, Any]:
        response = await self.raw(body, **options)
        assert response.status == 200
        assert isinstance(response.body, bytes)
        return json.loads(response.body)

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """The answer without its envelope: `result`, or `error` as {"code": …}."""
        self._number = number = self._number + 1
        answer = await self.post(json.dumps({"method": method, "params": params, "id": number}).encode())
        assert answer["id"] == number
        assert answer["jsonrpc"] == "2.0"
        assert ("result" in answer) != ("error" in answer)
        return answer

    async def check(self, account: str, amount: int) -> dict[str, Any]:
        return await self.call("CheckPerformTransaction", account={"order_id": account}, amount=amount)

    async def create(self, payme_id: str, account: str, amount: int, time: int) -> dict[str, Any]:
        return await self.call(
            "CreateTransaction", id=payme_id, time=time, amount=amount, account={"order_id": account}
        )

    async def perform(self, payme_id: str) -> dict[str, Any]:
        return await self.call("PerformTransaction", id=payme_id)

    async def cancel(self, payme_id: str, reason: int = 5) -> dict[str, Any]:
        return await self.call("CancelTransaction", id=payme_id, reason=reason)

    async def state(self, payme_id: str) -> dict[str, Any]:
        return await self.call("CheckTransaction", id=payme_id)

    async def statement(self, start: int, end: int) -> dict[str, Any]:
        return await self.call("GetStatement", **{"from": start, "to": end})


def code_of(answer: dict[str, Any]) -> int:
    """The error's code, 0 for a result."""
    return answer["error"]["code"] if "error" in answer else 0
