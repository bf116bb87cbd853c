"""The client of an embeddings server: what it asks, what it takes, and how it bears a server that fails."""

import base64
import math
import struct
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
from aiohttp import web

from bot.clients.embeddings import OpenAIEmbedder
from domain.tutor.retrieval_model import EMBEDDING_DIMENSIONS
from domain.tutor.retrieval_ports import EmbedderError

Plan = Callable[[dict[str, Any]], web.Response]


def _json(data: Any, status: int = 200, **headers: str) -> web.Response:
    return web.Response(body=orjson.dumps(data), status=status, content_type="application/json", headers=headers)


def _numbers(place: int, length: int = EMBEDDING_DIMENSIONS) -> list[float]:
    return [3.0 if number == place else 0.0 for number in range(length)]


def _reply(vectors: list[Any]) -> web.Response:
    data = [{"object": "embedding", "index": place, "embedding": vector} for place, vector in enumerate(vectors)]
    # Some servers answer in an order of their own.
    return _json({"object": "list", "model": "m", "data": data[::-1], "usage": {"prompt_tokens": 1, "total_tokens": 1}})


def lists(body: dict[str, Any]) -> web.Response:
    """A server that knows no base64."""
    return _reply([_numbers(place) for place, _ in enumerate(body["input"])])


def packed(body: dict[str, Any]) -> web.Response:
    assert body["encoding_format"] == "base64"
    return _reply(
        [
            base64.b64encode(struct.pack(f"<{EMBEDDING_DIMENSIONS}f", *_numbers(place))).decode()
            for place, _ in enumerate(body["input"])
        ]
    )


def refuses(status: int, message: str = "no", **headers: str) -> Plan:
    return lambda _body: _json({"error": {"message": message, "code": None}}, status, **headers)


def _of_length(length: int) -> Plan:
    return lambda body: _reply([_numbers(0, length) for _ in body["input"]])


@dataclass
class Server:
    """Answers each request by the next plan, and the last one again and again."""

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=lambda: [packed])

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.json(loads=orjson.loads)
        self.bodies.append(body)
        return (self.plans.pop(0) if len(self.plans) > 1 else self.plans[0])(body)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    fake = Server()
    app = web.Application()
    app.router.add_post("/v1/embeddings", fake.answer)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    yield fake
    await runner.cleanup()


@pytest.fixture
async def embedder(server: Server) -> AsyncIterator[OpenAIEmbedder]:
    connected = OpenAIEmbedder(model="small", base_url=server.url, first_pause=0.01)
    yield connected
    await connected.close()


@pytest.mark.parametrize("plan", [packed, lists])
async def test_each_text_gets_its_vector_of_length_one_in_order(
    server: Server, embedder: OpenAIEmbedder, plan: Plan
) -> None:
    server.plans = [plan]

    vectors = await embedder.embed(["a", "b", "c"], seconds=10)

    assert [vector.index(1.0) for vector in vectors] == [0, 1, 2]
    assert all(math.isclose(math.hypot(*vector), 1) for vector in vectors)
    assert server.bodies[0]["dimensions"] == EMBEDDING_DIMENSIONS
    assert server.bodies[0]["model"] == "small"


async def test_a_server_that_cannot_shorten_is_asked_without(server: Server, embedder: OpenAIEmbedder) -> None:
    server.plans = [refuses(400, "Unknown field: dimensions"), packed]

    await embedder.embed(["a"], seconds=10)
    await embedder.embed(["b"], seconds=10)

    assert ["dimensions" in body for body in server.bodies] == [True, False, False]


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_server_that_is_busy_for_a_moment_is_asked_again(
    server: Server, embedder: OpenAIEmbedder, status: int
) -> None:
    server.plans = [refuses(status, **{"Retry-After": "0.05"}), refuses(status), packed]

    assert len(await embedder.embed(["a"], seconds=10)) == 1
    assert len(server.bodies) == 3


@pytest.mark.parametrize(
    ("plan", "asks"),
    [
        (refuses(503), 3),
        (refuses(429, **{"Retry-After": "3600"}), 1),
        (refuses(401), 1),
        (refuses(404), 1),
        (_of_length(1536), 1),
        (lambda _body: _reply([]), 1),
        (lambda body: _reply([[0.0] * EMBEDDING_DIMENSIONS for _ in body["input"]]), 1),
        (lambda _body: _json({"data": None}), 1),
        (lambda _body: _json(["nonsense"]), 1),
        (lambda _body: web.Response(text="<html>", content_type="text/html"), 1),
    ],
)
async def test_a_server_that_fails_is_left_alone_for_a_while(
    server: Server, embedder: OpenAIEmbedder, plan: Plan, asks: int
) -> None:
    server.plans = [plan]

    for _ in range(3):
        with pytest.raises(EmbedderError):
            await embedder.embed(["a secret of a student"], seconds=10)

    assert len(server.bodies) == asks


async def test_a_server_that_was_down_is_asked_again_after_a_rest(server: Server) -> None:
    embedder = OpenAIEmbedder(model="small", base_url=server.url, first_pause=0.01, rest_seconds=0)
    server.plans = [refuses(503), refuses(503), refuses(503), packed]

    with pytest.raises(EmbedderError):
        await embedder.embed(["a"], seconds=10)

    assert len(await embedder.embed(["a"], seconds=10)) == 1
    await embedder.close()


async def test_nobody_waits_longer_than_they_said(server: Server, embedder: OpenAIEmbedder) -> None:
    server.plans = [refuses(503, **{"Retry-After": "15"})]

    with pytest.raises(EmbedderError, match="slow"):
        await embedder.embed(["a"], seconds=0.05)


async def test_nobody_listens_at_all() -> None:
    embedder = OpenAIEmbedder(model="small", base_url="http://127.0.0.1:9/v1", first_pause=0.01)

    with pytest.raises(EmbedderError):
        await embedder.embed(["a"], seconds=10)

    await embedder.close()


async def test_the_error_holds_nothing_of_the_text(server: Server, embedder: OpenAIEmbedder) -> None:
    server.plans = [refuses(400, "cannot embed: a secret of a student")]

    with pytest.raises(EmbedderError) as caught:
        await embedder.embed(["a secret of a student"], seconds=10)

    assert "secret" not in str(caught.value)


def test_its_name_tells_vectors_of_different_lengths_apart() -> None:
    assert OpenAIEmbedder(model="small").name == f"small/{EMBEDDING_DIMENSIONS}"
