"""The model with a purse and a fuse: each call is reserved and settled, and a server that fails is left alone."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from typing import Any, Protocol

from domain.clock import Clock
from domain.tutor.errors import ModelBusy, ModelError, ModelRefused, ModelResting, ModelSpent
from domain.tutor.model import ChatMessage, Chunk
from domain.usage.breaker import Breaker
from domain.usage.errors import BudgetSpent
from domain.usage.meter import Call, Meter
from domain.usage.model import CallOutcome, Measure, guessed_tokens

_LONGEST_ASKED = 3600.0
"""Seconds; a server may ask for more, and the breaker's longest rest is far shorter."""


class StreamingModel(Protocol):
    """A model that takes a schema too."""

    @property
    def name(self) -> str: ...

    def stream(
        self, messages: Sequence[ChatMessage], max_tokens: int, *, schema: dict[str, Any] | None = None
    ) -> AsyncGenerator[Chunk, None]: ...


class Fuse:
    """A server's breaker together with the meter: every call of that server, of whatever kind, goes through `call`."""

    def __init__(self, meter: Meter, now: Clock) -> None:
        self._meter = meter
        self._now = now
        self._breaker = Breaker()

    @asynccontextmanager
    async def call(self, model: str, at_most: Measure) -> AsyncGenerator[Call, None]:
        """Raises ModelResting or ModelSpent before the block, and hears the ModelError that leaves it."""
        until = self._breaker.rest_until(self._now())
        if until is not None:
            raise ModelResting(until)
        # No wait lies between the look and this: only one call tries a server that has rested.
        is_trial = self._breaker.closed_until is not None
        self._breaker = self._breaker.begun()
        try:
            async with self._meter.call(model, at_most) as call:
                try:
                    yield call
                except ModelError as error:
                    call.outcome = _outcome(error)
                    self._breaker = self._after(error)
                    is_trial = False
                    raise
            self._breaker = self._breaker.succeeded()
            is_trial = False
        except BudgetSpent as error:
            raise ModelSpent(error.whose, error.period, error.until) from error
        finally:
            if is_trial:
                self._breaker = self._breaker.left()

    async def sweep(self) -> int:
        """Close the calls whose process vanished; how many."""
        return await self._meter.sweep()

    def _after(self, error: ModelError) -> Breaker:
        if isinstance(error, ModelRefused):
            return self._breaker.succeeded()
        asked = error.seconds if isinstance(error, ModelBusy) else None
        return self._breaker.failed(self._now(), timedelta(seconds=min(asked, _LONGEST_ASKED)) if asked else None)


def _outcome(error: ModelError) -> CallOutcome:
    match error:
        case ModelRefused():
            return CallOutcome.REFUSED
        case ModelBusy():
            return CallOutcome.BUSY
        case _:
            return CallOutcome.FAILED


class MeteredModel:
    """Implements `Model`. What the caller stops is counted as far as it came."""

    def __init__(self, model: StreamingModel, fuse: Fuse) -> None:
        self._model = model
        self._fuse = fuse

    @property
    def name(self) -> str:
        return self._model.name

    async def stream(
        self, messages: Sequence[ChatMessage], max_tokens: int, *, schema: dict[str, Any] | None = None
    ) -> AsyncGenerator[Chunk, None]:
        """Raises ModelSpent and ModelResting besides what the model raises."""
        asked = guessed_tokens(sum(len(message["content"]) for message in messages))
        at_most = Measure(tokens_in=asked, tokens_out=max_tokens)
        written = 0
        async with (
            self._fuse.call(self._model.name, at_most) as call,
            aclosing(self._model.stream(messages, max_tokens, schema=schema)) as chunks,
        ):
            async for chunk in chunks:
                written += len(chunk.text)
                if chunk.usage is not None:
                    used = Measure(tokens_in=chunk.usage.tokens_in, tokens_out=chunk.usage.tokens_out)
                    call.note(used, is_counted=True)
                elif written:
                    out = min(guessed_tokens(written), max_tokens)
                    call.note(Measure(tokens_in=asked, tokens_out=out), is_counted=False)
                yield chunk
