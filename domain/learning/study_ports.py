"""What going through a lesson needs kept."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from domain.courses.model import LessonId, PartId
from domain.learning.study_model import LessonStanding
from domain.users.model import UserId


class Study(Protocol):
    """One row a student and part. Whether they may open it was checked before."""

    async def standing(self, user_id: UserId, lesson_id: LessonId) -> LessonStanding: ...

    async def note_sent(self, user_id: UserId, part_ids: Collection[PartId], now: datetime) -> None:
        """Note the first sending of each; parts that are gone meanwhile are passed over."""
        ...

    async def pass_until(self, user_id: UserId, lesson_id: LessonId, part_id: PartId, now: datetime) -> None:
        """Whoever goes on is done with the parts up to this one, except where they stopped or have to answer."""
        ...

    async def stop_at(self, user_id: UserId, part_id: PartId, position: int, now: datetime, *, is_seen: bool) -> None:
        """Keep where the student stopped; the last word counts. Seen once, a part stays done."""
        ...

    async def see(self, user_id: UserId, part_id: PartId, now: datetime) -> None:
        """The student has seen it all; the first time stays."""
        ...

    async def try_answer(self, user_id: UserId, part_id: PartId, option: int, now: datetime, *, is_right: bool) -> bool:
        """Store an answer; False when it was answered right before, or tried less than BETWEEN_TRIES ago."""
        ...
