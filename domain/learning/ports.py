"""What the rules about learning need kept."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from domain.courses.model import CourseId, LessonId
from domain.learning.model import Enrolment, Product, SentPart
from domain.users.model import UserId

CERTIFY_JOB = "certify"
"""Payload: `user_id`, `course_id`. Enqueue it when a student has completed a course; it checks the rule itself."""


class Enrolments(Protocol):
    async def get(self, user_id: UserId, course_id: CourseId) -> Enrolment | None: ...

    async def activate(self, user_id: UserId, course_id: CourseId, now: datetime) -> bool:
        """Enrol, or enrol again after leaving; True when something changed. Unique per user and course.

        Whatever it changes, the row is locked until the transaction ends.
        """
        ...

    async def cancel(self, user_id: UserId, course_id: CourseId) -> bool: ...

    async def complete(self, user_id: UserId, course_id: CourseId, now: datetime) -> bool:
        """Complete an active enrolment when no published lesson is left; False when there is nothing to change.

        Call it with the row locked, in a statement behind the one that finished a lesson.
        """
        ...


class Access(Protocol):
    """Grants: one row per order, so that paying twice can never open, or close, twice."""

    async def grant(self, user_id: UserId, product: Product, order_id: int, now: datetime) -> bool:
        """Open the product; False when this order has opened it already (unique order_id)."""
        ...

    async def revoke(self, order_id: int, now: datetime) -> bool:
        """Close what this order opened; False when there was nothing open."""
        ...

    async def has(self, user_id: UserId, product: Product) -> bool: ...


class ProgressBook(Protocol):
    async def act(self, user_id: UserId, lesson_id: LessonId, now: datetime) -> None:
        """Note an action of the student in the lesson; the first one opens it.

        The time since the one before is added to the lesson's, LONGEST_PAUSE at most, and nothing when a clock went
        back.
        """
        ...

    async def finish(self, user_id: UserId, lesson_id: LessonId, now: datetime) -> bool:
        """Note the first finish; False when it was finished before: the first date stays."""
        ...


class SentParts(Protocol):
    """Which messages showed which parts: what a reply in the chat is about."""

    async def remember(self, user_id: UserId, messages: Mapping[int, SentPart]) -> None:
        """By message id; a message that is known already keeps what it showed."""
        ...

    async def shown_by(self, user_id: UserId, message_id: int) -> SentPart | None:
        """What the message showed. Whether its reader may still open that is another question."""
        ...
