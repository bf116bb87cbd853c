"""The model's client with the real SDK against a local server."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from structlog.testing import capture_logs

from bot.clients.openai import OpenAIModel
from domain.tutor.errors import ModelBusy, ModelError, ModelRefused, ModelUnavailable
from domain.tutor.model import ChatMessage, Chunk, Usage
from tests.bot.tutor.fake_openai import (
    DONE,
    FakeOpenAI,
    dies_after,
    ends_early,
    fake_openai,
    is_silent,
    knows_no,
    line,
    piece,
    refuses,
    says,
    sends,
    usage,
    writes_forever,
)

QUESTION: list[ChatMessage] = [{"role": "user", "content": "Why is the sky blue, canary-4711?"}]


@pytest.fixture
async def server() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


@pytest.fixture
async def model(server: FakeOpenAI) -> AsyncIterator[OpenAIModel]:
    connected = OpenAIModel(
        model="small", api_key="sk-canary-0815", base_url=server.url, silence_seconds=0.5, first_pause=0.01
    )
    yield connected
    await connected.close()


async def reply_of(model: OpenAIModel) -> list[Chunk]:
    async with aclosing(model.stream(QUESTION, 300)) as chunks:
        return [chunk async for chunk in chunks]


def text_of(chunks: list[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks)


async def test_a_reply_comes_in_pieces_with_its_usage_at_the_end(server: FakeOpenAI, model: OpenAIModel) -> None:
    server.will(says("Salom", ", ", "dunyo"))

    chunks = await reply_of(model)

    assert text_of(chunks) == "Salom, dunyo"
    assert chunks[-1].usage == Usage(tokens_in=11, tokens_out=7)
    assert not any(chunk.is_cut for chunk in chunks)
    [ask] = server.asks
    assert (ask.body["model"], ask.body["messages"], ask.body["max_tokens"]) == ("small", QUESTION, 300)


@pytest.mark.parametrize("option", ["stream_options", "max_tokens"])
async def test_a_server_that_refuses_an_option_is_asked_without_it_from_then_on(
    server: FakeOpenAI, model: OpenAIModel, option: str
) -> None:
    message = {"stream_options": "Unknown field stream_options", "max_tokens": "Use max_completion_tokens instead"}
    server.will(refuses(400, message=message[option]), says("Good"))

    first, second = await reply_of(model), await reply_of(model)

    assert text_of(first) == text_of(second) == "Good"
    assert len(server.asks) == 3
    assert all(option not in ask.body for ask in server.asks[1:])


async def test_without_usage_a_reply_is_still_a_reply(server: FakeOpenAI, model: OpenAIModel) -> None:
    server.will(knows_no("stream_options", says("Good")))

    chunks = await reply_of(model)

    assert (text_of(chunks), [chunk.usage for chunk in chunks if chunk.usage]) == ("Good", [])


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_a_short_trouble_before_the_first_piece_is_tried_over(
    server: FakeOpenAI, model: OpenAIModel, status: int
) -> None:
    server.will(refuses(status), refuses(status), says("At last"))

    assert text_of(await reply_of(model)) == "At last"


@pytest.mark.parametrize(
    ("plan", "error", "asks"),
    [
        (refuses(429), ModelBusy, 3),
        (refuses(503), ModelBusy, 3),
        (refuses(500), ModelUnavailable, 3),
        (refuses(429, retry_after="60"), ModelBusy, 1),
        (refuses(429, code="insufficient_quota"), ModelUnavailable, 1),
        (refuses(401), ModelUnavailable, 1),
        (refuses(404), ModelUnavailable, 1),
        (refuses(400), ModelUnavailable, 1),
        (refuses(400, code="content_filter"), ModelRefused, 1),
        (says(finish="content_filter"), ModelRefused, 1),
        (is_silent(), ModelUnavailable, 1),
        (sends(line(b"{not json"), DONE), ModelUnavailable, 1),
        (sends(line({"error": {"message": "CUDA out of memory"}})), ModelUnavailable, 1),
    ],
)
async def test_what_goes_wrong_has_one_meaning(
    server: FakeOpenAI, model: OpenAIModel, plan: object, error: type[ModelError], asks: int
) -> None:
    server.will(plan)  # pyright: ignore[reportArgumentType]

    with pytest.raises(error):
        await reply_of(model)

    assert len(server.asks) == asks


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    model = OpenAIModel(model="small", base_url="http://127.0.0.1:9/v1", first_pause=0.01)

    with pytest.raises(ModelUnavailable):
        await reply_of(model)
    await model.close()


async def test_a_server_that_dies_half_way_is_not_asked_again(server: FakeOpenAI, model: OpenAIModel) -> None:
    server.will(dies_after("Half a ", "sentence"), says("Another reply"))
    seen: list[str] = []

    async def read() -> None:
        async with aclosing(model.stream(QUESTION, 300)) as chunks:
            async for chunk in chunks:
                seen.append(chunk.text)  # noqa: PERF401 - what came before the error counts

    with pytest.raises(ModelUnavailable):
        await read()

    assert "".join(seen) == "Half a sentence"
    assert len(server.asks) == 1


@pytest.mark.parametrize("plan", [ends_early("Half"), says("Half", finish="length")])
async def test_a_reply_without_its_end_is_marked_as_cut(server: FakeOpenAI, model: OpenAIModel, plan: object) -> None:
    server.will(plan)  # pyright: ignore[reportArgumentType]

    chunks = await reply_of(model)

    assert text_of(chunks) == "Half"
    assert any(chunk.is_cut for chunk in chunks)


@pytest.mark.parametrize(
    "nonsense",
    [
        {"choices": None},
        {"choices": [{}]},
        {"choices": [{"delta": None}]},
        {"choices": [{"delta": {"content": 5}}]},
        {"choices": "x", "usage": {"prompt_tokens": "many"}},
        {"choices": [], "usage": {"prompt_tokens": -1, "completion_tokens": 2}},
    ],
)
async def test_odd_pieces_are_passed_over(server: FakeOpenAI, model: OpenAIModel, nonsense: object) -> None:
    server.will(sends(piece("Good"), line(nonsense), piece("", finish="stop"), usage(1, 2), DONE))

    chunks = await reply_of(model)

    assert text_of(chunks) == "Good"
    assert [chunk.usage for chunk in chunks if chunk.usage] == [Usage(tokens_in=1, tokens_out=2)]


async def test_leaving_a_reply_ends_the_request(server: FakeOpenAI, model: OpenAIModel) -> None:
    server.will(writes_forever())

    async with aclosing(model.stream(QUESTION, 300)) as chunks:
        await anext(chunks)

    await asyncio.wait_for(server.gone.wait(), 5)
    assert server.hang_ups == 1


async def test_cancelling_a_reply_ends_the_request(server: FakeOpenAI, model: OpenAIModel) -> None:
    server.will(writes_forever())
    reading = asyncio.ensure_future(reply_of(model))
    await server.writing.wait()

    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading

    await asyncio.wait_for(server.gone.wait(), 5)


async def test_neither_keys_nor_questions_nor_replies_are_logged(
    server: FakeOpenAI, model: OpenAIModel, caplog: pytest.LogCaptureFixture
) -> None:
    server.will(refuses(400, message="canary-4711 sk-canary-0815"), sends(line(b"{canary-4711")), says("canary-4711"))

    with caplog.at_level(logging.DEBUG), capture_logs() as events:
        for _ in range(2):
            with pytest.raises(ModelUnavailable):
                await reply_of(model)
        await reply_of(model)

    assert [event["event"] for event in events] == ["model.refused", "model.failed"]
    assert "canary" not in str(events) + caplog.text


async def test_the_sdk_is_loaded_by_the_first_question_only() -> None:
    code = "import sys; import bot.clients.openai; print('openai' in sys.modules)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)

    output, _ = await process.communicate()

    assert output.strip() == b"False"
