"""Files beside a lesson, to take along: Word, code, tables, audio, archives."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.clock import Clock
from domain.courses.authorship import lock_lesson, owns, require_author
from domain.courses.errors import TooManyFiles, WorkGone
from domain.courses.materials import Upload
from domain.courses.model import Course, Lesson, LessonId, PartKind
from domain.courses.storing import media_of, take_upload
from domain.courses.structure_ports import Resource
from domain.errors import InvalidInput
from domain.unit_of_work import Begin
from domain.users.model import UserId

MAX_FILES = 50
"""Beside one lesson."""
MAX_GROUP = 10
"""Of a media group."""
TAKEN = frozenset({PartKind.AUDIO, PartKind.DOCUMENT, PartKind.PDF, PartKind.SLIDES})
"""Kinds that Telegram sends in groups of files or of recordings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """A lesson's files with what decides how they are sent."""

    course: Course
    lesson: Lesson
    resources: tuple[Resource, ...]


class ResourceService:
    """Every method raises TeachersOnly for whoever may not teach, and WorkGone for what is missing or not their own."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def files(self, actor_id: UserId, lesson_id: LessonId) -> Files:
        """A lesson's files for its author. Raises TeachersOnly, WorkGone."""
        async with self._read() as uow:
            actor = await require_author(uow, actor_id)
            lesson = await uow.courses.get_lesson(lesson_id)
            course = await uow.courses.get(lesson.course_id) if lesson is not None else None
            if lesson is None or course is None or not owns(actor, course):
                raise WorkGone(f"lesson {lesson_id}")
            resources = await uow.resources.of_lesson(lesson_id)
        return Files(course=course, lesson=lesson, resources=tuple(resources))

    async def add(self, actor_id: UserId, lesson_id: LessonId, upload: Upload) -> Resource:
        """Behind the last file; the same file twice in a row is there once.

        Raises TooManyFiles, InvalidInput("file", "kind") for pictures, videos and voice messages.
        """
        if upload.kind not in TAKEN:
            raise InvalidInput("file", "kind")
        async with self._begin() as uow:
            await lock_lesson(uow, actor_id, lesson_id)
            known = await uow.resources.of_lesson(lesson_id)
            media = media_of(upload)
            if known and known[-1].media.telegram_file_id == media.telegram_file_id:
                return known[-1]
            if len(known) >= MAX_FILES:
                raise TooManyFiles(lesson_id)
            media_id = await take_upload(uow, media, actor_id, self._now())
            await uow.resources.add(lesson_id, media_id)
            added = (await uow.resources.of_lesson(lesson_id))[-1]
            await uow.commit()
        return added

    async def remove(self, actor_id: UserId, lesson_id: LessonId, resource_id: int) -> Resource:
        """Take the file away; adding it again undoes that. Raises TeachersOnly, WorkGone."""
        async with self._begin() as uow:
            await lock_lesson(uow, actor_id, lesson_id)
            found = next((one for one in await uow.resources.of_lesson(lesson_id) if one.id == resource_id), None)
            if found is None or not await uow.resources.remove(resource_id):
                raise WorkGone(f"file {resource_id}")
            await uow.commit()
        return found

    async def put_back(self, actor_id: UserId, lesson_id: LessonId, resource: Resource) -> None:
        """Undo `remove`: behind the last file. Twice is once. Raises WorkGone also when it has been swept away."""
        async with self._begin() as uow:
            await lock_lesson(uow, actor_id, lesson_id)
            known = await uow.resources.of_lesson(lesson_id)
            if all(one.media.id != resource.media.id for one in known):
                if not await uow.media_shelf.hold([resource.media.id]):
                    raise WorkGone(f"file {resource.media.id}")
                await uow.resources.add(lesson_id, resource.media.id)
            await uow.commit()


def in_groups(resources: Sequence[Resource], size: int = MAX_GROUP) -> list[list[Resource]]:
    """As Telegram wants them: at most ten, recordings only with recordings, files only with files."""
    files = [one for one in resources if one.media.kind is not PartKind.AUDIO]
    recordings = [one for one in resources if one.media.kind is PartKind.AUDIO]
    return [kind[start : start + size] for kind in (files, recordings) for start in range(0, len(kind), size)]
