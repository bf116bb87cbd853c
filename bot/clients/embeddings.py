"""Vectors of meaning from any server that speaks OpenAI's embeddings.

Source of the protocol: the `openai` SDK, which asks for base64 and also reads plain lists, as some servers send. A
server that fails is left alone for a while: a question shall not wait for it again and again.
"""

import asyncio
import importlib
import logging
import math
import random
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import structlog

from domain.tutor.retrieval_model import EMBEDDING_DIMENSIONS
from domain.tutor.retrieval_ports import EmbedderError

if TYPE_CHECKING:
    from openai import AsyncOpenAI

log = structlog.get_logger()

FLOOR = 0.3
"""Cosine below which two texts have nothing to do with each other: OpenAI's text-embedding-3 puts strangers at 0.05 to
0.25 and a question beside its answer at 0.35 and more."""
ATTEMPTS = 3
FIRST_PAUSE = 0.3
"""Seconds before the second attempt; doubled for the third, and shortened by up to a half at random."""
LONGEST_PAUSE = 20.0
"""A server that asks for a longer one is left to the next run."""
CONNECT_SECONDS = 3.0
REST_SECONDS = 30.0
"""A server that was down or too slow is not asked for so long."""
REFUSED_REST_SECONDS = 600.0
"""Nor one that knows no such model, key or path: somebody has to change a setting first."""
_OVERLOADED = frozenset({408, 409, 429, 500, 502, 503, 504, 529})


class OpenAIEmbedder:
    """Asks for vectors of `EMBEDDING_DIMENSIONS` numbers; of a model that cannot shorten its own, none are taken."""

    def __init__(
        self,
        *,
        model: str,
        api_key: str | None = None,
        base_url: str | None = None,
        floor: float = FLOOR,
        first_pause: float = FIRST_PAUSE,
        rest_seconds: float = REST_SECONDS,
    ) -> None:
        """`api_key` may be missing for a server of one's own; `base_url` None means OpenAI's."""
        self._model = model
        self._api_key = api_key or "none"
        self._base_url = base_url
        self._floor = floor
        self._first_pause = first_pause
        self._rest_seconds = rest_seconds
        self._client: AsyncOpenAI | None = None
        self._loading = asyncio.Lock()
        self._takes_dimensions = True
        self._rests_until = 0.0

    @property
    def name(self) -> str:
        return f"{self._model}/{EMBEDDING_DIMENSIONS}"

    @property
    def floor(self) -> float:
        return self._floor

    async def close(self) -> None:
        """Close the connections. The embedder can be used again."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def embed(self, texts: Sequence[str], *, seconds: float) -> Sequence[tuple[float, ...]]:
        if time.monotonic() < self._rests_until:
            raise EmbedderError("resting")
        try:
            async with asyncio.timeout(seconds):
                return await self._asked(texts)
        except TimeoutError as error:
            self._rest(self._rest_seconds, "slow")
            raise EmbedderError("slow") from error

    async def _asked(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        client = await self._connected()
        import openai

        attempt = 1
        while True:
            try:
                return _vectors(await self._create(client, texts), len(texts))
            except openai.APIStatusError as error:
                if self._learn(error):
                    continue
                is_lasting = error.status_code not in _OVERLOADED or error.code == "insufficient_quota"
                pause = _asked_pause(error) or self._pause(attempt)
                if is_lasting or attempt == ATTEMPTS or pause > LONGEST_PAUSE:
                    # The body may quote the text, so only its kind is told.
                    self._rest(REFUSED_REST_SECONDS if is_lasting else self._rest_seconds, f"{error.status_code}")
                    raise EmbedderError(error.status_code) from error
                await asyncio.sleep(pause)
            except openai.APIConnectionError as error:
                if attempt == ATTEMPTS:
                    self._rest(self._rest_seconds, type(error).__name__)
                    raise EmbedderError(type(error).__name__) from error
                await asyncio.sleep(self._pause(attempt))
            except (openai.OpenAIError, ValueError, TypeError, AttributeError) as error:
                # Anything can stand in a reply that is not of this protocol: the SDK does not check what it reads.
                self._rest(REFUSED_REST_SECONDS, "nonsense")
                raise EmbedderError("nonsense") from error
            attempt += 1

    async def _create(self, client: "AsyncOpenAI", texts: Sequence[str]) -> Any:
        options: dict[str, Any] = {"dimensions": EMBEDDING_DIMENSIONS} if self._takes_dimensions else {}
        return await client.embeddings.create(model=self._model, input=list(texts), **options)

    def _learn(self, error: Any) -> bool:
        """Take the option away that this server does not know; False when it was not about it."""
        if error.status_code not in (400, 422) or "dimensions" not in str(error.body or error.message):
            return False
        was_taken, self._takes_dimensions = self._takes_dimensions, False
        return was_taken

    def _rest(self, seconds: float, why: str) -> None:
        log.warning("embeddings.failed", model=self._model, why=why, rests_seconds=seconds)
        self._rests_until = time.monotonic() + seconds

    def _pause(self, attempt: int) -> float:
        return self._first_pause * 2 ** (attempt - 1) * random.uniform(0.5, 1.0)  # noqa: S311

    async def _connected(self) -> "AsyncOpenAI":
        async with self._loading:
            client = self._client
            if client is None:
                # The imports take a second: in a thread, so that nobody else waits for them.
                openai = await asyncio.to_thread(_loaded)
                for name in ("openai", "httpx2", "httpcore2"):
                    # At lower levels they log whole requests, and with them what students write.
                    logging.getLogger(name).setLevel(logging.WARNING)
                client = self._client = openai.AsyncOpenAI(
                    api_key=self._api_key,
                    base_url=self._base_url,
                    max_retries=0,
                    timeout=openai.Timeout(None, connect=CONNECT_SECONDS),
                )
            return client


def _loaded() -> Any:
    # The SDK reads base64 with it, at the first reply.
    importlib.import_module("numpy")
    return importlib.import_module("openai")


def _vectors(reply: Any, count: int) -> list[tuple[float, ...]]:
    """The vectors in the order of the texts, each made 1 long. Raises ValueError on anything else."""
    items = sorted(reply.data, key=lambda item: item.index)
    if [item.index for item in items] != list(range(count)):
        raise ValueError("not a vector for each text")
    return [_of_length_one(item.embedding) for item in items]


def _of_length_one(numbers: Sequence[float]) -> tuple[float, ...]:
    if len(numbers) != EMBEDDING_DIMENSIONS:
        raise ValueError(f"a vector of {len(numbers)} numbers; the index holds {EMBEDDING_DIMENSIONS}")
    length = math.sqrt(math.fsum(number * number for number in numbers))
    if not math.isfinite(length) or length == 0:
        raise ValueError("a vector without a direction")
    return tuple(number / length for number in numbers)


def _asked_pause(error: Any) -> float | None:
    """Seconds that the server asks to wait; dates, which some send instead, are left to our own pause."""
    try:
        asked = float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return max(asked, 0.05) if math.isfinite(asked) else None
