"""Questions that wait their turn, and questions that were spoken: what they are and what has to be kept."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NewType, Protocol

from domain.courses.model import LessonId
from domain.tutor.model import SessionId
from domain.users.model import UserId

if TYPE_CHECKING:
    from domain.unit_of_work import UnitOfWork

WaitingId = NewType("WaitingId", int)
SpokenId = NewType("SpokenId", int)

PLACES = 3
"""Questions of one student that may wait; the schema has so many places."""
MAX_VOICE_SECONDS = 180
"""Of a question; nobody reads over a transcript that is longer."""
MAX_VOICE_BYTES = 20_000_000
"""What Telegram hands out to bots."""
SURE = 0.6
"""Below it a transcript is marked as doubtful: the model was hardly surer of its words than of others."""

TURN_JOB = "tutor_turn"
"""Payload: `user_id`. Answers what a vanished process left waiting."""
HEAR_JOB = "tutor_hear"
"""Payload: `spoken_id`. Turns a voice message into text and shows it to its student."""

Once = Callable[["UnitOfWork"], Awaitable[bool]]
"""Takes away what a question came from, in the transaction that asks it; False when it was taken before."""


class SpokenState(StrEnum):
    WAITING = "waiting"
    HEARD = "heard"
    FAILED = "failed"
    ASKED = "asked"
    DROPPED = "dropped"


class SpeechTrouble(StrEnum):
    """Why a voice message has no text."""

    LOST = "lost"
    """Telegram does not have it any more, or it is too large."""
    SILENT = "silent"
    """No word was heard in it."""
    BUSY = "busy"
    UNAVAILABLE = "unavailable"
    REFUSED = "refused"
    """The server does not take it: it is no sound that it can read."""
    SPENT = "spent"


RETRIED = frozenset({SpeechTrouble.BUSY, SpeechTrouble.UNAVAILABLE, SpeechTrouble.SPENT})
"""Troubles that may be gone later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingQuestion:
    id: WaitingId
    user_id: UserId
    message_id: int
    """Of the message that asked it."""
    text: str
    session_id: SessionId | None
    lesson_id: LessonId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A voice message as it arrives."""

    message_id: int
    file_id: str
    seconds: int
    size: int
    session_id: SessionId | None = None
    lesson_id: LessonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a model heard."""

    text: str
    confidence: float | None = None
    """From 0 to 1; None when the server does not say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenQuestion:
    id: SpokenId
    user_id: UserId
    message_id: int
    file_id: str
    seconds: int
    session_id: SessionId | None
    lesson_id: LessonId | None
    state: SpokenState
    trouble: SpeechTrouble | None
    text: str | None
    confidence: float | None
    progress_id: int | None

    @property
    def is_doubtful(self) -> bool:
        return self.confidence is not None and self.confidence < SURE

    @property
    def may_retry(self) -> bool:
        return self.trouble in RETRIED


class WaitingQuestions(Protocol):
    async def put(
        self,
        user_id: UserId,
        text: str,
        message_id: int,
        session_id: SessionId | None,
        lesson_id: LessonId | None,
        now: datetime,
    ) -> int | None:
        """How many of this student's questions wait now, this one included; None when every place is taken.

        A message that waits already is not put in twice.
        """
        ...

    async def first(self, user_id: UserId) -> WaitingQuestion | None: ...
    async def last_id(self, user_id: UserId) -> WaitingId | None: ...
    async def take(self, user_id: UserId, waiting_id: WaitingId) -> bool:
        """False when it does not wait any more."""
        ...

    async def clear(self, user_id: UserId) -> int:
        """How many were taken away."""
        ...

    async def idle(self, now: datetime, limit: int) -> Sequence[UserId]:
        """Students whose questions wait although nothing of theirs is being answered."""
        ...


class SpokenQuestions(Protocol):
    async def add(self, user_id: UserId, voice: Voice, now: datetime) -> SpokenQuestion:
        """The one of this message, which may be there already."""
        ...

    async def get(self, spoken_id: SpokenId, user_id: UserId | None = None) -> SpokenQuestion | None:
        """`user_id`: only if it is theirs; None for the job that hears it."""
        ...

    async def hear(self, spoken_id: SpokenId, heard: Heard) -> bool:
        """False when it does not wait any more: then another run was faster."""
        ...

    async def fail(self, spoken_id: SpokenId, trouble: SpeechTrouble) -> bool: ...
    async def retry(self, user_id: UserId, spoken_id: SpokenId) -> bool:
        """Make one that failed wait again; False when it has not failed."""
        ...

    async def correct(self, user_id: UserId, spoken_id: SpokenId, text: str) -> bool: ...
    async def take(self, user_id: UserId, spoken_id: SpokenId) -> bool:
        """Mark the heard question as asked; False when it was asked or dropped before."""
        ...

    async def drop(self, user_id: UserId, spoken_id: SpokenId) -> bool: ...
    async def note_progress(self, spoken_id: SpokenId, message_id: int) -> None: ...
