"""Printed tests on photos, read by a model behind OpenAI's chat completions that looks at pictures.

One question, one whole reply. A reply that breaks its shape is asked for once more with what is wrong in it; a server
that knows no `response_format` is asked without it.
"""

import asyncio
import base64
import importlib
import logging
from typing import TYPE_CHECKING, Any

import structlog

from bot.clients.openai import counted_usage, meaning
from bot.clients.patience import asked_pause, own_pause
from domain.language import Language
from domain.quizzes.importing.model import ReadTest
from domain.quizzes.importing.photo import ANOTHER_TRY, INSTRUCTIONS, SCHEMA, BadReply, PhotoUnread, test_of_reply
from domain.tutor.errors import ModelError, ModelUnavailable
from domain.tutor.metered import Fuse
from domain.tutor.model import Usage
from domain.usage.meter import Call
from domain.usage.model import Measure, guessed_tokens

if TYPE_CHECKING:
    from openai import AsyncOpenAI

log = structlog.get_logger()

MAX_TOKENS = 8_000
"""Of a reply: about a hundred questions."""
LARGEST_IMAGE = 10 * 1024 * 1024
"""Bytes; Telegram's photos are smaller."""
SECONDS = 90.0
"""For one reply; a page of questions takes a model a while."""
CONNECT_SECONDS = 5.0
ATTEMPTS = 3
FIRST_PAUSE = 0.5
"""Seconds before the second attempt at a busy server; doubled for the third, shortened by up to a half at random."""
LONGEST_PAUSE = 20.0
"""A server that asks for a longer one is given up; nobody watches this job by the second."""
PICTURE_TOKENS = 2_000
"""A careful guess of what one picture counts for."""
REPLIES = 2
"""The first one, and one more when it breaks its shape."""


class OpenAIPhotoReader:
    def __init__(
        self,
        *,
        model: str,
        api_key: str | None = None,
        base_url: str | None = None,
        seconds: float = SECONDS,
        first_pause: float = FIRST_PAUSE,
        fuse: Fuse | None = None,
    ) -> None:
        """`api_key` may be missing for a server of one's own; `base_url` None means OpenAI's.

        `fuse`: what every reply is paid through; None asks without counting.
        """
        self._fuse = fuse
        self._model = model
        self._api_key = api_key or "none"
        self._base_url = base_url
        self._seconds = seconds
        self._first_pause = first_pause
        self._takes_schema = True
        self._has_switched = False
        self._length_option = "max_completion_tokens" if base_url is None else "max_tokens"

    async def read(self, image: bytes, mime: str, language: Language) -> ReadTest:
        if len(image) > LARGEST_IMAGE:
            raise PhotoUnread("too large")
        # The import takes a second: in a thread, so that nobody else waits for it.
        openai = await asyncio.to_thread(importlib.import_module, "openai")
        for name in ("openai", "httpx2", "httpcore2"):
            # At lower levels they log whole requests, and with them the photo.
            logging.getLogger(name).setLevel(logging.WARNING)
        picture = f"data:{mime or 'image/jpeg'};base64,{base64.b64encode(image).decode()}"
        messages: list[dict[str, Any]] = [
            {"role": "system", "content": INSTRUCTIONS},
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": picture}}]},
        ]
        timeout = openai.Timeout(self._seconds, connect=CONNECT_SECONDS)
        async with openai.AsyncOpenAI(
            api_key=self._api_key, base_url=self._base_url, max_retries=0, timeout=timeout
        ) as client:
            try:
                return await self._test(client, messages, language)
            except openai.OpenAIError as error:
                # Its text may quote the reply, so only its kind is logged.
                log.warning("photo.failed", error=type(error).__name__)
                raise PhotoUnread(type(error).__name__) from error

    async def _test(self, client: "AsyncOpenAI", messages: list[dict[str, Any]], language: Language) -> ReadTest:
        for _reply in range(REPLIES):
            said = await self._paid_reply(client, messages)
            try:
                return test_of_reply(said, language)
            except BadReply as bad:
                log.warning("photo.bad_reply", reason=str(bad))
                messages += [
                    {"role": "assistant", "content": said},
                    {"role": "user", "content": ANOTHER_TRY.format(reason=bad)},
                ]
        raise PhotoUnread("shape")

    async def _paid_reply(self, client: "AsyncOpenAI", messages: list[dict[str, Any]]) -> str:
        if self._fuse is None:
            return (await self._reply_to(client, messages))[0]
        import openai

        at_most = Measure(tokens_in=PICTURE_TOKENS + guessed_tokens(_characters(messages)), tokens_out=MAX_TOKENS)
        try:
            async with self._fuse.call(self._model, at_most) as call:
                try:
                    said, used = await self._reply_to(client, messages)
                except openai.APIStatusError as error:
                    raise meaning(error) from error
                except openai.OpenAIError as error:
                    raise ModelUnavailable(type(error).__name__) from error
                _note(call, used, at_most, said)
        except ModelError as error:
            log.warning("photo.failed", error=type(error).__name__)
            raise PhotoUnread(type(error).__name__) from error
        return said

    async def _reply_to(self, client: "AsyncOpenAI", messages: list[dict[str, Any]]) -> tuple[str, Usage | None]:
        """The whole reply. Busy servers and broken connections are asked again, after a pause."""
        import openai

        attempt = 1
        while True:
            try:
                return await self._create(client, messages)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if not self._learn(str(error.body or error.message)):
                    raise
            except openai.APITimeoutError:
                raise
            except (openai.RateLimitError, openai.InternalServerError, openai.APIConnectionError) as error:
                asked = asked_pause(error.response.headers) if isinstance(error, openai.APIStatusError) else None
                pause = asked or own_pause(self._first_pause, attempt)
                if attempt == ATTEMPTS or pause > LONGEST_PAUSE:
                    raise
                await asyncio.sleep(pause)
                attempt += 1

    async def _create(self, client: "AsyncOpenAI", messages: list[dict[str, Any]]) -> tuple[str, Usage | None]:
        options: dict[str, Any] = {self._length_option: MAX_TOKENS}
        if self._takes_schema:
            schema = {"name": "test", "strict": True, "schema": SCHEMA}
            options["response_format"] = {"type": "json_schema", "json_schema": schema}
        # The overloads tell streams from whole replies by literals, which options in a dict hide.
        create: Any = client.chat.completions.create
        answer = await create(model=self._model, messages=messages, **options)
        # Fields are looked for, not relied on: the SDK does not check what servers send.
        choices = getattr(answer, "choices", None)
        content = getattr(getattr(choices[0], "message", None), "content", None) if choices else None
        return content if isinstance(content, str) else "", counted_usage(getattr(answer, "usage", None))

    def _learn(self, said: str) -> bool:
        """Take the option away that this server does not know, each once; False when it was not about an option."""
        if "response_format" in said and self._takes_schema:
            self._takes_schema = False
            return True
        if self._length_option in said and not self._has_switched:
            self._has_switched = True
            self._length_option = "max_tokens" if self._base_url is None else "max_completion_tokens"
            return True
        return False


def _characters(messages: list[dict[str, Any]]) -> int:
    """Of what is said; the picture is no text."""
    return sum(len(message["content"]) for message in messages if isinstance(message["content"], str))


def _note(call: Call, used: Usage | None, at_most: Measure, said: str) -> None:
    if used is not None:
        call.note(Measure(tokens_in=used.tokens_in, tokens_out=used.tokens_out), is_counted=True)
    else:
        out = min(guessed_tokens(len(said)), MAX_TOKENS)
        call.note(Measure(tokens_in=at_most.tokens_in, tokens_out=out), is_counted=False)
