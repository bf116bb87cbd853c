"""Payme's server as the protocol's text describes it: it knows HTTP and JSON, and nothing of the merchant's program."""

import base64
import itertools
import json
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient

KEY = "a-key-of-the-cash-desk-36-characters"
LANGUAGES = {"ru", "uz", "en"}


class ForeignPayme:
    def __init__(self, client: TestClient[web.Request, web.Application]) -> None:
        self._client = client
        self._ids = itertools.count(1)

    async def post(self, body: bytes, *, key: str = KEY, content_type: str = "text/json; charset=UTF-8") -> bytes:
        """The answer's bytes; any status but 200 is an error already."""
        token = base64.b64encode(f"Paycom:{key}".encode()).decode()
        headers = {"Authorization": f"Basic {token}", "Content-Type": content_type}
        async with self._client.post("/payme", data=body, headers=headers) as response:
            assert response.status == 200, (response.status, body[:200])
            return await response.read()

    async def say(self, body: bytes, **how: str) -> dict[str, Any]:
        return sound(await self.post(body, **how))

    def call(self, method: str, **params: Any) -> bytes:
        """The bytes of a call, to be sent as often as one likes."""
        return json.dumps({"method": method, "params": params, "id": next(self._ids)}).encode()

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        return await self.say(self.call(method, **params))


def sound(raw: bytes) -> dict[str, Any]:
    """The answer, if it is one by the protocol: `result` or `error`, and an error with its three sentences."""
    answer = json.loads(raw)
    assert set(answer) in ({"jsonrpc", "id", "result"}, {"jsonrpc", "id", "error"}), answer
    assert answer["jsonrpc"] == "2.0"
    if "error" in answer:
        error = answer["error"]
        assert set(error) == {"code", "message", "data"}, answer
        assert isinstance(error["code"], int)
        assert set(error["message"]) == LANGUAGES
        assert all(isinstance(words, str) and words for words in error["message"].values())
        assert isinstance(error["data"], str)
    return answer


def code_of(answer: dict[str, Any]) -> int:
    return answer["error"]["code"] if "error" in answer else 0
