"""Printed tests on photos, read by a model behind OpenAI's chat completions that looks at pictures.

One question, one whole reply. A reply that breaks its shape is asked for once more with what is wrong in it; a server
that knows no `response_format` is asked without it.
"""

import asyncio
import base64
import importlib
import logging
import random
from typing import TYPE_CHECKING, Any

import structlog

from domain.language import Language
from domain.quizzes.importing.model import ReadTest
from domain.quizzes.importing.photo import ANOTHER_TRY, INSTRUCTIONS, SCHEMA, BadReply, PhotoUnread, test_of_reply

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
    ) -> None:
        """`api_key` may be missing for a server of one's own; `base_url` None means OpenAI's."""
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
            said = await self._reply_to(client, messages)
            try:
                return test_of_reply(said, language)
            except BadReply as bad:
                log.warning("photo.bad_reply", reason=str(bad))
                messages += [
                    {"role": "assistant", "content": said},
                    {"role": "user", "content": ANOTHER_TRY.format(reason=bad)},
                ]
        raise PhotoUnread("shape")

    async def _reply_to(self, client: "AsyncOpenAI", messages: list[dict[str, Any]]) -> str:
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
            except (openai.RateLimitError, openai.InternalServerError, openai.APIConnectionError):
                if attempt == ATTEMPTS:
                    raise
                await asyncio.sleep(self._first_pause * 2 ** (attempt - 1) * random.uniform(0.5, 1.0))  # noqa: S311
                attempt += 1

    async def _create(self, client: "AsyncOpenAI", messages: list[dict[str, Any]]) -> str:
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
        return content if isinstance(content, str) else ""

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
