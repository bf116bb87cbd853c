"""What a student does inside of a lesson: says where they stopped, answers a part's check question."""

from datetime import datetime

from domain.clock import Clock
from domain.courses.model import LessonId, Part, PartId
from domain.learning.errors import BeyondTheEnd, LessonGone, LessonLocked, PartGone
from domain.learning.service import open_lesson_facts
from domain.learning.study_model import CheckView, PartStanding, Verdict
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId


class StudyService:
    """Every method checks that the reader may open the lesson now, and that the part was sent to them."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def is_recording(self, user_id: UserId, lesson_id: LessonId, part_id: PartId) -> bool:
        """Whether the reader may say a time about this part: a recording or a link that they have and may open."""
        async with self._read() as uow:
            try:
                await timed_part(uow, user_id, lesson_id, part_id, self._now())
            except (LessonGone, LessonLocked, PartGone):
                return False
        return True

    async def stop_at(self, user_id: UserId, lesson_id: LessonId, part_id: PartId, position: int) -> PartStanding:
        """Keep where the student stopped in a recording, in seconds; close to its end it counts as seen.

        Raises PartGone, and BeyondTheEnd when the recording is shorter.
        """
        async with self._begin() as uow:
            part = await timed_part(uow, user_id, lesson_id, part_id, self._now())
            if part.longest_seconds is not None and position > part.longest_seconds:
                raise BeyondTheEnd(part.longest_seconds)
            now = self._now()
            await uow.study.stop_at(user_id, part_id, position, now, is_seen=part.is_seen_at(position))
            await uow.progress.act(user_id, lesson_id, now)
            await uow.commit()
        return part

    async def see(self, user_id: UserId, lesson_id: LessonId, part_id: PartId) -> None:
        """The student has seen a recording to its end, also one whose length nobody knows."""
        async with self._begin() as uow:
            await timed_part(uow, user_id, lesson_id, part_id, self._now())
            await uow.study.see(user_id, part_id, self._now())
            await uow.progress.act(user_id, lesson_id, self._now())
            await uow.commit()

    async def question(self, user_id: UserId, lesson_id: LessonId, part_id: PartId) -> CheckView:
        """The check question of a part that was sent to the reader, without its key."""
        async with self._read() as uow:
            await open_lesson_facts(uow, user_id, lesson_id, self._now())
            standing = await uow.study.standing(user_id, lesson_id)
            number = standing.number_of(part_id)
            part = await _part(uow, lesson_id, part_id)
        if part is None or part.question is None or number is None or standing.parts[number - 1].opened_at is None:
            raise PartGone(part_id)
        return CheckView(
            part_id=part_id,
            version=part.version,
            number=number,
            text=part.question.text,
            options=part.question.options,
            is_answered=standing.parts[number - 1].answered_at is not None,
        )

    async def answer(
        self, user_id: UserId, lesson_id: LessonId, part_id: PartId, *, version: int, option: int
    ) -> Verdict:
        """Store the answer, then say what it is worth. At most one try a minute is looked at."""
        async with self._begin() as uow:
            await open_lesson_facts(uow, user_id, lesson_id, self._now())
            standing = await uow.study.standing(user_id, lesson_id)
            mine = next((one for one in standing.parts if one.part_id == part_id and one.opened_at), None)
            part = await _part(uow, lesson_id, part_id)
            if mine is None or part is None or part.question is None:
                raise PartGone(part_id)
            if mine.answered_at is not None:
                return Verdict.ANSWERED
            if part.version != version or not 0 <= option < len(part.question.options):
                return Verdict.CHANGED
            is_right = option == part.question.correct
            now = self._now()
            if not await uow.study.try_answer(user_id, part_id, option, now, is_right=is_right):
                return Verdict.TOO_SOON
            await uow.progress.act(user_id, lesson_id, now)
            await uow.commit()
        return Verdict.RIGHT if is_right else Verdict.WRONG


async def timed_part(
    uow: UnitOfWork, user_id: UserId, lesson_id: LessonId, part_id: PartId, now: datetime
) -> PartStanding:
    """A recording or a link that the reader has and may open now; PartGone for everything else."""
    await open_lesson_facts(uow, user_id, lesson_id, now)
    standing = await uow.study.standing(user_id, lesson_id)
    part = next((one for one in standing.timed if one.part_id == part_id), None)
    if part is None:
        raise PartGone(part_id)
    return part


async def _part(uow: UnitOfWork, lesson_id: LessonId, part_id: PartId) -> Part | None:
    return next((part for part in await uow.catalogue.parts(lesson_id) if part.id == part_id), None)
