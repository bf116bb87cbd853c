"""A local server that speaks OpenAI's chat completions over real HTTP, with the faults that real ones have."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

Plan = Callable[["Ask"], "AsyncIterator[bytes] | web.Response"]


@dataclass
class Ask:
    """One request, as the server saw it."""

    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def prompt(self) -> str:
        """Everything that the model was told."""
        return "\n".join(message["content"] for message in self.body["messages"])


@dataclass
class Recording:
    """One request to write down what is said, as the server saw it."""

    content: bytes
    options: dict[str, str]


Hearing = Callable[[Recording], web.Response]


@dataclass
class FakeOpenAI:
    """Answers each request by the next plan, and the last one again and again."""

    url: str = ""
    asks: list[Ask] = field(default_factory=list)
    hang_ups: int = 0
    """Requests whose client went away before the reply was over."""
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    writing: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the first piece of any reply is out."""
    _plans: list[Plan] = field(default_factory=list)
    recordings: list[Recording] = field(default_factory=list)
    _hearings: list[Hearing] = field(default_factory=list)

    def will_hear(self, *hearings: Hearing) -> None:
        """Answers each recording by the next of these, and the last one again and again."""
        self._hearings = list(hearings)

    async def transcribe(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        file = form["file"]
        content = file.file.read() if isinstance(file, web.FileField) else b""
        options = {name: str(value) for name, value in form.items() if name != "file"}
        self.recordings.append(Recording(content=content, options=options))
        hearing = self._hearings.pop(0) if len(self._hearings) > 1 else self._hearings[0]
        return hearing(self.recordings[-1])

    def will(self, *plans: Plan) -> None:
        self._plans = list(plans)

    async def complete(self, request: web.Request) -> web.StreamResponse:
        ask = Ask(body=await request.json(loads=orjson.loads), headers=dict(request.headers))
        self.asks.append(ask)
        plan = self._plans.pop(0) if len(self._plans) > 1 else self._plans[0]
        reply = plan(ask)
        if isinstance(reply, web.Response):
            return reply
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        try:
            async for piece in reply:
                await response.write(piece)
                self.writing.set()
        except HungUp:
            if request.transport is not None:
                request.transport.abort()
            return response
        except (ConnectionResetError, asyncio.CancelledError):
            self.hang_ups += 1
            self.gone.set()
            raise
        await response.write_eof()
        return response


class HungUp(Exception):
    """The server's process dies here."""


def line(data: Any) -> bytes:
    return b"data: " + (data if isinstance(data, bytes) else orjson.dumps(data)) + b"\n\n"


def piece(text: str, *, finish: str | None = None) -> bytes:
    return line(
        {
            "id": "c1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "fake",
            "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}],
        }
    )


def usage(tokens_in: int, tokens_out: int) -> bytes:
    return line(
        {
            "id": "c1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "fake",
            "choices": [],
            "usage": {
                "prompt_tokens": tokens_in,
                "completion_tokens": tokens_out,
                "total_tokens": tokens_in + tokens_out,
            },
        }
    )


DONE = line(b"[DONE]")


def says(*pieces: str, finish: str = "stop", tokens: tuple[int, int] | None = (11, 7)) -> Plan:
    """A whole reply in these pieces; usage only when it was asked for, as real servers do."""

    async def stream(ask: Ask) -> AsyncIterator[bytes]:
        for text in pieces:
            yield piece(text)
            await asyncio.sleep(0)
        yield piece("", finish=finish)
        if tokens and ask.body.get("stream_options", {}).get("include_usage"):
            yield usage(*tokens)
        yield DONE

    return stream


def says_slowly(pieces: Sequence[str], go_on: asyncio.Event) -> Plan:
    """The first piece at once, the others when told to."""

    async def stream(_: Ask) -> AsyncIterator[bytes]:
        yield piece(pieces[0])
        await go_on.wait()
        for text in pieces[1:]:
            yield piece(text)
        yield piece("", finish="stop")
        yield DONE

    return stream


def writes_forever() -> Plan:
    async def stream(_: Ask) -> AsyncIterator[bytes]:
        while True:
            yield piece("and on ")
            await asyncio.sleep(0.01)

    return stream


def is_silent() -> Plan:
    async def stream(_: Ask) -> AsyncIterator[bytes]:
        await asyncio.Event().wait()
        yield b""

    return stream


def dies_after(*pieces: str) -> Plan:
    async def stream(_: Ask) -> AsyncIterator[bytes]:
        for text in pieces:
            yield piece(text)
            await asyncio.sleep(0.01)
        raise HungUp

    return stream


def ends_early(*pieces: str) -> Plan:
    """A clean end of the body without a finish reason."""

    async def stream(_: Ask) -> AsyncIterator[bytes]:
        for text in pieces:
            yield piece(text)

    return stream


def sends(*raw: bytes) -> Plan:
    async def stream(_: Ask) -> AsyncIterator[bytes]:
        for data in raw:
            yield data

    return stream


def refuses(status: int, *, code: str = "", message: str = "no", retry_after: str | None = None) -> Plan:
    def reply(_: Ask) -> web.Response:
        headers = {"Retry-After": retry_after} if retry_after else None
        return web.json_response(
            {"error": {"message": message, "type": "error", "code": code}}, status=status, headers=headers
        )

    return reply


def hears(text: str, *, logprob: float | None = -0.1, no_speech: float = 0.0) -> Hearing:
    """What is said; how sure it is of it is told to whoever asks for it, as Whisper's servers do."""

    def reply(recording: Recording) -> web.Response:
        body: dict[str, Any] = {"text": text}
        if recording.options.get("response_format") == "verbose_json" and logprob is not None:
            segment = {"id": 0, "start": 0.0, "end": 2.0, "text": text}
            body["segments"] = [{**segment, "avg_logprob": logprob, "no_speech_prob": no_speech}]
            body |= {"language": "uz", "duration": 2.0}
        return web.json_response(body)

    return reply


def hears_nothing_of(option: str, otherwise: Hearing) -> Hearing:
    """A server that refuses recordings with an option that it does not know."""

    def reply(recording: Recording) -> web.Response:
        if option in recording.options.get("response_format", "") or option in recording.options:
            return web.json_response({"error": {"message": f"{option} is not compatible"}}, status=400)
        return otherwise(recording)

    return reply


def will_not_hear(status: int, *, retry_after: str | None = None, code: str = "") -> Hearing:
    def reply(_: Recording) -> web.Response:
        headers = {"Retry-After": retry_after} if retry_after else None
        return web.json_response(
            {"error": {"message": "no", "type": "error", "code": code}}, status=status, headers=headers
        )

    return reply


def knows_no(option: str, otherwise: Plan) -> Plan:
    """A server that refuses requests with an option that it does not know."""

    def reply(ask: Ask) -> "AsyncIterator[bytes] | web.Response":
        if option in ask.body:
            return web.json_response({"error": {"message": f"Unsupported parameter: {option}"}}, status=400)
        return otherwise(ask)

    return reply


@asynccontextmanager
async def fake_openai() -> AsyncIterator[FakeOpenAI]:
    fake = FakeOpenAI()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", fake.complete)
    app.router.add_post("/v1/audio/transcriptions", fake.transcribe)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    fake.url = f"http://{host}:{port}/v1"
    yield fake
    await runner.cleanup()
