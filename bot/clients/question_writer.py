"""A language model that replies in JSON, behind any server that speaks OpenAI's chat completions.

It rides on the streaming client, and so has its time-outs, its pauses between attempts, and its tolerance for what a
server does not take. A server that knows no `response_format` is asked without one: the prompt says the form too, and
what comes back is checked in any case.
"""

import asyncio
from contextlib import aclosing

from domain.quizzes.generation_ports import Prompt, Reply
from domain.tutor.errors import ModelUnavailable
from domain.tutor.metered import StreamingModel
from domain.tutor.model import Usage

REPLY_SECONDS = 120.0
"""A whole reply that takes longer is given up."""
MAX_REPLY = 60_000
"""Characters; a model that writes on and on is cut off."""


class StructuredModel:
    """Implements `QuestionWriter`."""

    def __init__(self, model: StreamingModel, *, reply_seconds: float = REPLY_SECONDS) -> None:
        self._model = model
        self._reply_seconds = reply_seconds

    async def ask(self, prompt: Prompt) -> Reply:
        text, usage = "", None
        try:
            async with (
                asyncio.timeout(self._reply_seconds),
                aclosing(self._model.stream(prompt.messages, prompt.max_tokens, schema=prompt.schema)) as chunks,
            ):
                async for chunk in chunks:
                    text += chunk.text
                    usage = chunk.usage or usage
                    if len(text) > MAX_REPLY:
                        break
        except TimeoutError as error:
            raise ModelUnavailable("TimeoutError") from error
        return Reply(text=text, usage=_usage(usage))


def _usage(usage: Usage | None) -> Usage | None:
    return usage if usage is not None and usage.tokens_in + usage.tokens_out > 0 else None
