"""Speech written down by any server that speaks OpenAI's `audio.transcriptions`.

Source of the protocol: the `openai` SDK. Whisper's servers tell how sure they are in `verbose_json`; newer models know
only `json`, and then nothing is known about it. What a server does not take, it is asked without from then on.
"""

import asyncio
import importlib
import logging
import math
from typing import TYPE_CHECKING, Any

import structlog

from bot.clients.openai import CONNECT_SECONDS, meaning
from bot.clients.patience import asked_pause, own_pause
from domain.language import Language
from domain.tutor.errors import ModelRefused, ModelUnavailable
from domain.tutor.metered import Fuse
from domain.tutor.turns import Heard
from domain.usage.model import Measure

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI

log = structlog.get_logger()

ATTEMPTS = 3
FIRST_PAUSE = 0.5
"""Seconds before the second attempt; doubled for the third, and shortened by up to a half at random."""
LONGEST_PAUSE = 20.0
"""A server that asks for a longer pause is busy: the student is told, and can try again later."""
SECONDS = 60.0
"""For one transcript of a few minutes of speech."""
NO_SPEECH = 0.6
"""Whisper's own threshold: above it, what it wrote for a silent stretch is thrown away."""
_UNREADABLE = frozenset({400, 413, 415, 422})


class OpenAITranscriber:
    """Implements `Transcriber`."""

    def __init__(
        self,
        *,
        model: str,
        fuse: Fuse,
        api_key: str | None = None,
        base_url: str | None = None,
        seconds: float = SECONDS,
        first_pause: float = FIRST_PAUSE,
    ) -> None:
        """`api_key` may be missing for a server of one's own; `base_url` None means OpenAI's."""
        self._model = model
        self._fuse = fuse
        self._api_key = api_key or "none"
        self._base_url = base_url
        self._seconds = seconds
        self._first_pause = first_pause
        self._tells_confidence = True
        self._takes_language = True

    async def transcribe(self, audio: bytes, *, seconds: int, language: Language) -> Heard:
        """Paid by the second, whether or not anything is said. Raises ModelError."""
        # The import takes a second: in a thread, so that nobody else waits for it.
        openai = await asyncio.to_thread(importlib.import_module, "openai")
        for name in ("openai", "httpx2", "httpcore2"):
            # At lower levels they log whole requests, and with them what students say.
            logging.getLogger(name).setLevel(logging.WARNING)
        timeout = openai.Timeout(self._seconds, connect=CONNECT_SECONDS)
        async with (
            self._fuse.call(self._model, Measure(seconds=seconds)) as call,
            openai.AsyncOpenAI(
                api_key=self._api_key, base_url=self._base_url, max_retries=0, timeout=timeout
            ) as client,
        ):
            try:
                answer = await self._answer(client, audio, language)
            except openai.APIStatusError as error:
                if error.status_code in _UNREADABLE:
                    raise ModelRefused(error.status_code) from error
                raise meaning(error) from error
            except (openai.OpenAIError, ValueError) as error:
                # Its text may quote what was said, so only its kind is logged.
                log.warning("speech.failed", error=type(error).__name__)
                raise ModelUnavailable(type(error).__name__) from error
            call.note(Measure(seconds=seconds), is_counted=True)
        return _heard(answer)

    async def _answer(self, client: "AsyncOpenAI", audio: bytes, language: Language) -> Any:
        """Busy servers and broken connections are asked again, after a pause."""
        import openai

        attempt = 1
        while True:
            options: dict[str, Any] = {"response_format": "verbose_json" if self._tells_confidence else "json"}
            if self._takes_language:
                options["language"] = language.value
            # The overloads tell formats apart by literals, which options in a dict hide.
            create: Any = client.audio.transcriptions.create
            try:
                return await create(model=self._model, file=_named(audio), **options)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if not self._learn(error):
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

    def _learn(self, error: "APIStatusError") -> bool:
        """Take the option away that this server does not know, each once; False when it was not about an option."""
        said = str(error.body or error.message)
        if self._tells_confidence and any(word in said for word in ("response_format", "verbose_json")):
            self._tells_confidence = False
            return True
        if self._takes_language and "language" in said:
            self._takes_language = False
            return True
        return False


def _named(audio: bytes) -> tuple[str, bytes]:
    """Servers tell the format by the name's ending, so it follows from how the sound begins."""
    if audio[:4] == b"RIFF":
        ending = "wav"
    elif audio[4:8] == b"ftyp":
        ending = "m4a"
    elif audio[:3] == b"ID3" or (audio[:1] == b"\xff" and audio[1:2] >= b"\xe0"):
        ending = "mp3"
    else:
        ending = "ogg"
    return f"question.{ending}", audio


def _heard(answer: Any) -> Heard:
    """The words and how sure the model was of them: e to the mean log-probability, each stretch by its length.

    Fields are looked for, not relied on: the SDK does not check what servers send.
    """
    text = getattr(answer, "text", None)
    text = text if isinstance(text, str) else ""
    segments = getattr(answer, "segments", None)
    if not isinstance(segments, list) or not segments:
        return Heard(text=text.strip())
    if all(_number(segment, "no_speech_prob", 0.0) > NO_SPEECH for segment in segments):
        return Heard(text="")
    weights = [max(_number(each, "end", 1.0) - _number(each, "start", 0.0), 0.01) for each in segments]
    likelihoods = [min(_number(each, "avg_logprob", 0.0), 0.0) for each in segments]
    mean = sum(weight * one for weight, one in zip(weights, likelihoods, strict=True)) / sum(weights)
    return Heard(text=text.strip(), confidence=math.exp(mean))


def _number(segment: Any, name: str, otherwise: float) -> float:
    value = segment.get(name) if isinstance(segment, dict) else getattr(segment, name, None)
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else otherwise
