"""A local server with recorded replies, and a model that records: the evaluation without a model, always the same.

A file has one JSON object a line: the question, how many replies came before it in the conversation (`turn`), a
fingerprint of the request, the reply and its tokens. A request is answered by its fingerprint. One that differs from
what was recorded, because the tutor asks in other words by now, is answered by its question and counted as stale.
"""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from domain.tutor.model import ChatMessage, Chunk, Usage
from domain.tutor.ports import Model

BY_HAND = Path(__file__).parent / "recorded.jsonl"
_PIECE = 24
"""Characters that the server sends at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    question: str
    turn: int
    request: str
    """Empty for a reply that was written by hand: it belongs to the question, whatever the tutor asks."""
    reply: str
    tokens_in: int
    tokens_out: int
    """0 for a reply by hand, and where the server did not count."""


def fingerprint(messages: Sequence[Mapping[str, Any]]) -> str:
    plain = [[message["role"], message["content"]] for message in messages]
    return hashlib.sha256(orjson.dumps(plain)).hexdigest()[:16]


def _asked(messages: Sequence[Mapping[str, Any]]) -> str:
    return next((message["content"] for message in reversed(messages) if message["role"] == "user"), "")


def load_recordings(path: Path = BY_HAND) -> list[Recording]:
    return [Recording(**orjson.loads(line)) for line in path.read_bytes().splitlines() if line.strip()]


@dataclass
class RecordedServer:
    """Speaks as much of OpenAI's chat completions as the tutor listens to."""

    recordings: Sequence[Recording]
    url: str = ""
    stale: set[str] = field(default_factory=set[str])
    """Questions whose recording was made for another request."""

    async def complete(self, request: web.Request) -> web.StreamResponse:
        body = await request.json(loads=orjson.loads)
        found = self._find(body["messages"])
        if found is None:
            return web.json_response({"error": {"message": "not recorded", "code": "not_recorded"}}, status=404)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for start in range(0, len(found.reply), _PIECE):
            await response.write(_event(found.reply[start : start + _PIECE]))
        tokens = (found.tokens_in, found.tokens_out) if found.tokens_out else None
        await response.write(_event("", finish="stop", tokens=tokens))
        await response.write(b"data: [DONE]\n\n")
        await response.write_eof()
        return response

    def _find(self, messages: Sequence[Mapping[str, Any]]) -> Recording | None:
        key, turn = fingerprint(messages), sum(message["role"] == "assistant" for message in messages)
        asked = _asked(messages)
        # The longest, because one question may stand within another.
        alike = sorted(
            (each for each in self.recordings if each.turn == turn and each.question in asked),
            key=lambda each: -len(each.question),
        )
        for each in alike:
            if each.request == key:
                return each
        if alike and alike[0].request:
            self.stale.add(alike[0].question)
        return alike[0] if alike else None


def _event(text: str, *, finish: str | None = None, tokens: tuple[int, int] | None = None) -> bytes:
    chunk: dict[str, Any] = {
        "id": "recorded",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "recorded",
        "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}],
    }
    if tokens:
        chunk["usage"] = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)}
    return b"data: " + orjson.dumps(chunk) + b"\n\n"


@asynccontextmanager
async def recorded_server(recordings: Sequence[Recording]) -> AsyncIterator[RecordedServer]:
    server = RecordedServer(recordings)
    app = web.Application()
    app.router.add_post("/v1/chat/completions", server.complete)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    server.url = f"http://{host}:{port}/v1"
    try:
        yield server
    finally:
        await runner.cleanup()


class RecordingModel:
    """Passes everything on to a real model and keeps what it said."""

    def __init__(self, model: Model, questions: Sequence[str]) -> None:
        self._model = model
        # The longest first, because one question may stand within another.
        self._questions = sorted(questions, key=len, reverse=True)
        self.recordings: list[Recording] = []

    @property
    def name(self) -> str:
        return self._model.name

    async def stream(self, messages: Sequence[ChatMessage], max_tokens: int) -> AsyncGenerator[Chunk, None]:
        said, usage = "", Usage(tokens_in=0, tokens_out=0)
        async for chunk in self._model.stream(messages, max_tokens):
            said += chunk.text
            usage = chunk.usage or usage
            yield chunk
        self.recordings.append(
            Recording(
                question=next((each for each in self._questions if each in _asked(messages)), ""),
                turn=sum(message["role"] == "assistant" for message in messages),
                request=fingerprint(messages),
                reply=said,
                tokens_in=usage.tokens_in,
                tokens_out=usage.tokens_out,
            )
        )

    def save(self, path: Path) -> None:
        path.write_bytes(b"".join(orjson.dumps(asdict(each)) + b"\n" for each in self.recordings))
