"""Questions that students pass on to their teachers, and what that needs kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NewType, Protocol

from domain.courses.model import CourseId, LessonId
from domain.language import Text
from domain.tutor.model import MessageId, SessionId, TutorMessage
from domain.users.model import UserId

RequestId = NewType("RequestId", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeacherRequest:
    """A conversation that was passed on, up to the message that was the last one at that moment."""

    id: RequestId
    session_id: SessionId
    student_id: UserId
    student_name: str
    course_id: CourseId
    lesson_id: LessonId | None
    lesson_title: Text | None
    title: str
    last_message_id: MessageId
    asked_at: datetime
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPage:
    """Requests that wait, the longest waiting first."""

    requests: tuple[TeacherRequest, ...]
    next_after: RequestId | None
    """Where the next page begins; None on the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestThread:
    request: TeacherRequest
    messages: tuple[TutorMessage, ...]
    """The latest ones of what was passed on, oldest first; what the student asked later stays theirs."""


class TeacherRequests(Protocol):
    async def add(
        self, session_id: SessionId, course_id: CourseId, last_message_id: MessageId, now: datetime
    ) -> RequestId | None:
        """None when the conversation waits for a teacher already: unique while it is not answered."""
        ...

    async def get(self, request_id: RequestId) -> TeacherRequest | None:
        """None when there is none, or its conversation was deleted."""
        ...

    async def waiting(
        self, teacher_id: UserId, *, everywhere: bool, after: RequestId | None, limit: int
    ) -> Sequence[TeacherRequest]:
        """Of the courses that this person teaches; of all, for admins."""
        ...

    async def is_waiting(self, session_id: SessionId) -> bool: ...

    async def messages(self, request: TeacherRequest, *, limit: int) -> Sequence[TutorMessage]: ...

    async def close(self, request_id: RequestId, teacher_id: UserId, now: datetime) -> bool:
        """Answered by this teacher; False when somebody was faster. One conditional update."""
        ...
