"""What the tutor needs: a model, and kept conversations, counters and passages."""

from collections.abc import AsyncGenerator, Sequence
from datetime import date, datetime
from typing import Protocol

from domain.courses.model import CourseId, LessonId
from domain.tutor.model import (
    Beat,
    ChatMessage,
    Chunk,
    IndexEntry,
    LessonSource,
    MessageId,
    NewReply,
    Passage,
    PictureMessage,
    Run,
    SearchQuery,
    SessionId,
    Standing,
    TutorMessage,
    TutorSession,
)
from domain.users.model import UserId

INTERRUPTED_JOB = "tutor_interrupted"
"""Payload: `user_id`, `session_id`. Tells a student that an answer was interrupted and that the question is kept."""
REDELIVER_JOB = "tutor_redeliver"
"""Payload: `user_id`, `session_id`, `message_id`. Sends a stored answer whose sending may not have happened."""


class Model(Protocol):
    """A language model behind some server."""

    @property
    def name(self) -> str: ...

    def stream(self, messages: Sequence[ChatMessage | PictureMessage], max_tokens: int) -> AsyncGenerator[Chunk, None]:
        """The reply in pieces, usage at the end. Closing the generator ends the request.

        Raises ModelUnavailable, ModelBusy or ModelRefused, also in the middle of a reply.
        """
        ...


class Passages(Protocol):
    """The index of what the centre's lessons say."""

    async def lock_source(self, lesson_id: LessonId) -> LessonSource | None:
        """The lesson's texts, locking its index until the transaction ends; None when there is no such lesson."""
        ...

    async def replace(self, lesson_id: LessonId, entries: Sequence[IndexEntry]) -> None:
        """Put these entries in the place of all earlier ones of the lesson."""
        ...

    async def search(
        self,
        user_id: UserId,
        query: SearchQuery,
        *,
        course_id: CourseId | None,
        limit: int,
        now: datetime,
    ) -> Sequence[Passage]:
        """The best passage of each of the best lessons, out of published lessons that are open to this user.

        `course_id`: that course's lessons come first among equals.
        """
        ...

    async def unindexed(self, limit: int) -> Sequence[LessonId]:
        """Published lessons of published courses with text and without any entry."""
        ...


class TutorSessions(Protocol):
    """Conversations, the daily counter, and the one running answer of each student."""

    @property
    def passages(self) -> Passages: ...

    async def add_session(
        self, user_id: UserId, lesson_id: LessonId | None, title: str, now: datetime
    ) -> TutorSession: ...

    async def get_session(self, session_id: SessionId, user_id: UserId) -> TutorSession | None:
        """None as well when it is somebody else's."""
        ...

    async def sessions_of(
        self, user_id: UserId, *, limit: int, offset: int, words: str = ""
    ) -> tuple[Sequence[TutorSession], int]:
        """The latest first, and how many there are in all; only those in which `words` were said, where given."""
        ...

    async def delete_session(self, session_id: SessionId, user_id: UserId, now: datetime) -> bool:
        """Nobody sees it any more, and a running answer of it ends; False when there was none of this user's."""
        ...

    async def restore_session(self, session_id: SessionId, user_id: UserId) -> bool:
        """False when it is gone for good, or was never this user's."""
        ...

    async def purge_sessions(self, before: datetime) -> int:
        """Erase what was deleted before that, with all its messages; how many."""
        ...

    async def add_question(self, session_id: SessionId, text: str, now: datetime) -> TutorMessage | None:
        """None when the conversation is being deleted."""
        ...

    async def add_reply(self, session_id: SessionId, reply: NewReply, now: datetime) -> TutorMessage | None:
        """None when the conversation was deleted."""
        ...

    async def messages(self, session_id: SessionId, *, limit: int) -> Sequence[TutorMessage]:
        """The latest ones, oldest first."""
        ...

    async def get_message(self, message_id: MessageId, user_id: UserId) -> TutorMessage | None: ...

    async def count_question(self, user_id: UserId, day: date, questions_a_day: int) -> int | None:
        """Count one more question and return how many there are today; None, uncounted, when the day is full."""
        ...

    async def uncount_question(self, user_id: UserId, day: date) -> None: ...

    async def standing(self, user_id: UserId, day: date, now: datetime) -> Standing:
        """How much was asked that day, whether an answer is running, how many conversations there are."""
        ...

    async def start_run(
        self,
        user_id: UserId,
        session_id: SessionId,
        question_id: MessageId,
        day: date,
        until: datetime,
        *,
        is_counted: bool,
    ) -> bool:
        """Become this user's running answer; False when there is one already. Unique per user."""
        ...

    async def beat(self, user_id: UserId, question_id: MessageId, until: datetime) -> Beat:
        """Keep the run alive until then and learn how to go on."""
        ...

    async def ask_to_stop(self, user_id: UserId) -> bool:
        """False when nothing is being answered."""
        ...

    async def set_answer(
        self, user_id: UserId, question_id: MessageId, answer_id: MessageId, until: datetime
    ) -> Run | None:
        """Note the stored answer, which is to reach the student until then; None when the run was lost."""
        ...

    async def end_run(self, user_id: UserId, question_id: MessageId) -> Run | None:
        """Take the run away; what it was, or None when it was not this user's any more."""
        ...

    async def take_lost_runs(self, now: datetime, *, user_id: UserId | None = None) -> Sequence[Run]:
        """Take away the runs that have not shown themselves in time; each is given to one caller only."""
        ...
