"""A language model behind any server that speaks OpenAI's chat completions.

Source of the protocol: the `openai` SDK. Servers differ in what they take besides, so a request that one refuses for an
option is asked again without it, and the server's taste is remembered.
"""

import asyncio
import importlib
import logging
import random
from collections.abc import AsyncGenerator, Sequence
from typing import TYPE_CHECKING, Any

import structlog

from domain.tutor.errors import ModelBusy, ModelError, ModelRefused, ModelUnavailable
from domain.tutor.model import ChatMessage, Chunk, PictureMessage, Usage

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI, AsyncStream
    from openai.types.chat import ChatCompletionChunk

log = structlog.get_logger()

ATTEMPTS = 3
FIRST_PAUSE = 0.5
"""Seconds before the second attempt; doubled for the third, and shortened by up to a half at random."""
LONGEST_PAUSE = 4.0
"""A server that asks for a longer pause is busy: the student is told instead of kept waiting."""
CONNECT_SECONDS = 5.0
SILENCE_SECONDS = 30.0
"""A server that says nothing for so long is given up."""

_OVERLOADED = frozenset({429, 503, 529})
_FILTERED = ("content_filter", "content_policy", "ResponsibleAIPolicyViolation")
_SPENT = "insufficient_quota"


class OpenAIModel:
    """Streams replies; retries only before the first piece, because a student has seen what came after it."""

    def __init__(
        self,
        *,
        model: str,
        api_key: str | None = None,
        base_url: str | None = None,
        silence_seconds: float = SILENCE_SECONDS,
        first_pause: float = FIRST_PAUSE,
    ) -> None:
        """`api_key` may be missing for a server of one's own; `base_url` None means OpenAI's."""
        self._model = model
        self._api_key = api_key or "none"
        self._base_url = base_url
        self._silence_seconds = silence_seconds
        self._first_pause = first_pause
        self._client: AsyncOpenAI | None = None
        self._loading = asyncio.Lock()
        self._takes_usage_option = True
        self._takes_schema = True
        self._length_option = "max_completion_tokens" if base_url is None else "max_tokens"

    @property
    def name(self) -> str:
        return self._model

    async def close(self) -> None:
        """Close the connections. The model can be used again."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def stream(
        self, messages: Sequence[ChatMessage | PictureMessage], max_tokens: int, *, schema: dict[str, Any] | None = None
    ) -> AsyncGenerator[Chunk, None]:
        """`schema`: of a reply in JSON, told to servers that take one."""
        client = await self._connected()
        import openai

        try:
            stream = await self._opened(client, messages, max_tokens, schema)
            try:
                async for chunk in _chunks(stream):
                    yield chunk
            finally:
                await stream.close()
        except openai.APIStatusError as error:
            raise _meaning(error) from error
        except (openai.OpenAIError, ValueError) as error:
            # ValueError: a line that is no JSON. Its text may quote the reply, so only its kind is logged.
            log.warning("model.failed", error=type(error).__name__)
            raise ModelUnavailable(type(error).__name__) from error

    async def _connected(self) -> "AsyncOpenAI":
        async with self._loading:
            client = self._client
            if client is None:
                # The import takes a second: in a thread, so that nobody else waits for it.
                openai = await asyncio.to_thread(importlib.import_module, "openai")
                for name in ("openai", "httpx2", "httpcore2"):
                    # At lower levels they log whole requests, and with them what students write.
                    logging.getLogger(name).setLevel(logging.WARNING)
                client = self._client = openai.AsyncOpenAI(
                    api_key=self._api_key,
                    base_url=self._base_url,
                    max_retries=0,
                    timeout=openai.Timeout(self._silence_seconds, connect=CONNECT_SECONDS),
                )
            return client

    async def _opened(
        self,
        client: "AsyncOpenAI",
        messages: Sequence[ChatMessage | PictureMessage],
        max_tokens: int,
        schema: dict[str, Any] | None,
    ) -> "AsyncStream[ChatCompletionChunk]":
        """The reply's stream. The SDK's own retries would wait up to two minutes for a busy server, hence these."""
        import openai

        attempt = 1
        while True:
            try:
                return await self._create(client, messages, max_tokens, schema)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if not self._learn(error):
                    raise
            except (openai.RateLimitError, openai.InternalServerError) as error:
                pause = _asked_pause(error) or self._pause(attempt)
                if attempt == ATTEMPTS or pause > LONGEST_PAUSE or error.code == _SPENT:
                    raise
                attempt += 1
                await asyncio.sleep(pause)
            except openai.APITimeoutError:
                raise
            except openai.APIConnectionError:
                if attempt == ATTEMPTS:
                    raise
                await asyncio.sleep(self._pause(attempt))
                attempt += 1

    async def _create(
        self,
        client: "AsyncOpenAI",
        messages: Sequence[ChatMessage | PictureMessage],
        max_tokens: int,
        schema: dict[str, Any] | None,
    ) -> "AsyncStream[ChatCompletionChunk]":
        options: dict[str, Any] = {self._length_option: max_tokens}
        if self._takes_usage_option:
            options["stream_options"] = {"include_usage": True}
        if schema is not None and self._takes_schema:
            options["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "reply", "strict": True, "schema": schema},
            }
        # The overloads tell streams from whole replies by literals, which options in a dict hide.
        create: Any = client.chat.completions.create
        return await create(model=self._model, messages=list(messages), stream=True, **options)

    def _learn(self, error: "APIStatusError") -> bool:
        """Take the option away that this server does not know; False when it was not about an option."""
        said = str(error.body or error.message)
        if "stream_options" in said and self._takes_usage_option:
            self._takes_usage_option = False
            return True
        if self._takes_schema and any(word in said for word in ("response_format", "json_schema")):
            self._takes_schema = False
            return True
        other = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}[self._length_option]
        if self._length_option == "max_tokens" and other in said:
            # "max_tokens is not supported with this model. Use max_completion_tokens instead."
            self._length_option = other
            return True
        if self._length_option == "max_completion_tokens" and self._length_option in said:
            self._length_option = other
            return True
        return False

    def _pause(self, attempt: int) -> float:
        return self._first_pause * 2 ** (attempt - 1) * random.uniform(0.5, 1.0)  # noqa: S311


async def _chunks(stream: "AsyncStream[ChatCompletionChunk]") -> AsyncGenerator[Chunk, None]:
    """The stream's pieces. Fields are looked for, not relied on: the SDK does not check what servers send."""
    is_ended = has_text = False
    while True:
        try:
            item = await anext(stream)
        except StopAsyncIteration:
            break
        usage = _usage(getattr(item, "usage", None))
        choices = getattr(item, "choices", None)
        choice = choices[0] if isinstance(choices, list) and choices else None
        text = getattr(getattr(choice, "delta", None), "content", None)
        text = text if isinstance(text, str) else ""
        reason = getattr(choice, "finish_reason", None)
        has_text = has_text or bool(text.strip())
        is_ended = is_ended or reason is not None
        if reason == "content_filter" and not has_text:
            raise ModelRefused("content filter")
        if text or usage or reason:
            yield Chunk(text=text, usage=usage, is_cut=reason in ("length", "content_filter"))
    if not is_ended:
        # The server hung up in the middle without an error.
        yield Chunk(is_cut=True)


def _usage(counted: Any) -> Usage | None:
    tokens_in, tokens_out = getattr(counted, "prompt_tokens", None), getattr(counted, "completion_tokens", None)
    if not isinstance(tokens_in, int) or not isinstance(tokens_out, int) or tokens_in < 0 or tokens_out < 0:
        return None
    return Usage(tokens_in=tokens_in, tokens_out=tokens_out)


def _meaning(error: "APIStatusError") -> ModelError:
    """What a refused request means to the student; what the operator needs is logged, without any body."""
    log.warning("model.refused", status=error.status_code, code=error.code)
    if error.status_code == 400 and any(word in f"{error.code} {error.body}" for word in _FILTERED):
        return ModelRefused("content policy")
    if error.status_code in _OVERLOADED and error.code != _SPENT:
        return ModelBusy(error.status_code)
    return ModelUnavailable(error.status_code)


def _asked_pause(error: "APIStatusError") -> float | None:
    """Seconds that the server asks to wait; dates, which some send instead, are left to our own pause."""
    try:
        asked = float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return max(asked, 0.05) if asked < float("inf") else None
