"""A question that was spoken: heard by a model, shown to its student, corrected, and only then asked."""

from typing import Protocol

from domain.clock import Clock
from domain.errors import Gone, InvalidInput
from domain.language import Language
from domain.tutor.errors import (
    ModelBusy,
    ModelError,
    ModelRefused,
    ModelSpent,
    NoModel,
    SpokenGone,
    VoiceTooLong,
)
from domain.tutor.model import MAX_QUESTION, checked_question
from domain.tutor.turns import (
    HEAR_JOB,
    MAX_VOICE_BYTES,
    MAX_VOICE_SECONDS,
    Heard,
    Once,
    SpeechTrouble,
    SpokenId,
    SpokenQuestion,
    SpokenState,
    Voice,
)
from domain.unit_of_work import Begin, UnitOfWork
from domain.usage.model import Feature, Payer
from domain.usage.payer import paid_by
from domain.users.model import User, UserId


class Transcriber(Protocol):
    """A model that writes down what it hears."""

    async def transcribe(self, audio: bytes, *, seconds: int, language: Language) -> Heard:
        """`language`: what is probably spoken, a hint. Raises ModelError."""
        ...


class SpeechService:
    """Students reach their own recordings only; the methods without a student are the job's that hears them."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock, transcriber: Transcriber | None) -> None:
        self._begin = begin
        self._read = read
        self._now = now
        self._transcriber = transcriber

    @property
    def has_ears(self) -> bool:
        return self._transcriber is not None

    async def take(self, user_id: UserId, voice: Voice) -> SpokenQuestion:
        """Keep it and enqueue the job that hears it; the same message again is the same one.

        Raises NoModel, VoiceTooLong, InvalidInput for one without any sound.
        """
        if self._transcriber is None:
            raise NoModel
        if voice.seconds > MAX_VOICE_SECONDS or voice.size > MAX_VOICE_BYTES:
            raise VoiceTooLong(MAX_VOICE_SECONDS)
        if voice.seconds < 1:
            raise InvalidInput("voice", "empty")
        async with self._begin() as uow:
            if await uow.users.get(user_id) is None:
                raise Gone(user_id)
            spoken = await uow.spoken_questions.add(user_id, voice, self._now())
            if spoken.state is SpokenState.WAITING:
                await _enqueue(uow, spoken.id)
            await uow.commit()
        return spoken

    async def own(self, user_id: UserId, spoken_id: SpokenId) -> SpokenQuestion:
        """Raises SpokenGone."""
        async with self._read() as uow:
            spoken = await uow.spoken_questions.get(spoken_id, user_id)
        if spoken is None:
            raise SpokenGone(spoken_id)
        return spoken

    async def retry(self, user_id: UserId, spoken_id: SpokenId) -> None:
        """Hear one that failed again. Raises SpokenGone when it has not failed."""
        async with self._begin() as uow:
            if not await uow.spoken_questions.retry(user_id, spoken_id):
                raise SpokenGone(spoken_id)
            await _enqueue(uow, spoken_id)
            await uow.commit()

    async def correct(self, user_id: UserId, spoken_id: SpokenId, text: str) -> SpokenQuestion:
        """What the student says that they said. Raises InvalidInput, SpokenGone when it was asked or dropped."""
        question = checked_question(text)
        async with self._begin() as uow:
            if not await uow.spoken_questions.correct(user_id, spoken_id, question):
                raise SpokenGone(spoken_id)
            spoken = await uow.spoken_questions.get(spoken_id, user_id)
            await uow.commit()
        if spoken is None:
            raise SpokenGone(spoken_id)
        return spoken

    async def drop(self, user_id: UserId, spoken_id: SpokenId) -> bool:
        async with self._begin() as uow:
            is_dropped = await uow.spoken_questions.drop(user_id, spoken_id)
            await uow.commit()
        return is_dropped

    async def waiting(self, spoken_id: SpokenId) -> tuple[SpokenQuestion, User] | None:
        """What the job is to hear, or only to tell of again; None when it is gone."""
        async with self._read() as uow:
            spoken = await uow.spoken_questions.get(spoken_id)
            user = await uow.users.get(spoken.user_id) if spoken else None
        return (spoken, user) if spoken is not None and user is not None else None

    async def hear(self, spoken: SpokenQuestion, audio: bytes | None, language: Language) -> SpokenQuestion:
        """Write down what is said and store it once, however often this runs; `audio` is None when it is lost."""
        outcome = SpeechTrouble.LOST if audio is None else await self._heard(spoken, audio, language)
        async with self._begin() as uow:
            if isinstance(outcome, Heard):
                await uow.spoken_questions.hear(spoken.id, outcome)
            else:
                await uow.spoken_questions.fail(spoken.id, outcome)
            stored = await uow.spoken_questions.get(spoken.id)
            await uow.commit()
        if stored is None:
            raise SpokenGone(spoken.id)
        return stored

    async def note_progress(self, spoken_id: SpokenId, message_id: int) -> None:
        async with self._begin() as uow:
            await uow.spoken_questions.note_progress(spoken_id, message_id)
            await uow.commit()

    async def _heard(self, spoken: SpokenQuestion, audio: bytes, language: Language) -> Heard | SpeechTrouble:
        if self._transcriber is None:
            return SpeechTrouble.UNAVAILABLE
        payer = Payer(feature=Feature.SPEECH, user_id=spoken.user_id, lesson_id=spoken.lesson_id)
        try:
            with paid_by(payer):
                heard = await self._transcriber.transcribe(audio, seconds=spoken.seconds, language=language)
        except ModelError as error:
            return trouble_of(error)
        text = " ".join(heard.text.replace("\x00", "").split())[:MAX_QUESTION].strip()
        if not any(character.isalnum() for character in text):
            return SpeechTrouble.SILENT
        return Heard(text=text, confidence=heard.confidence)


def trouble_of(error: ModelError) -> SpeechTrouble:
    match error:
        case ModelBusy():
            return SpeechTrouble.BUSY
        case ModelRefused():
            return SpeechTrouble.REFUSED
        case ModelSpent():
            return SpeechTrouble.SPENT
        case _:
            return SpeechTrouble.UNAVAILABLE


def said(spoken: SpokenQuestion) -> Once:
    """A spoken question is asked once, however often its button is tapped."""

    async def take(uow: UnitOfWork) -> bool:
        return await uow.spoken_questions.take(spoken.user_id, spoken.id)

    return take


async def _enqueue(uow: UnitOfWork, spoken_id: SpokenId) -> None:
    await uow.jobs.enqueue(HEAR_JOB, {"spoken_id": spoken_id}, key=f"{HEAR_JOB}:{spoken_id}")
