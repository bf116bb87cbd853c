"""A course in several languages: its authors translate its texts one by one, and send files for a language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.clock import Clock
from domain.courses.authorship import index, lock_course, owns, require_author
from domain.courses.errors import EditConflict, WorkGone
from domain.courses.materials import Upload
from domain.courses.model import Course, CourseId, LessonId, PartId, PartKind
from domain.courses.storing import media_of, take_upload
from domain.courses.translation_ports import CourseText, FilePart, Share, TextKey, TextKind
from domain.courses.wording import clean_description, clean_text, clean_title
from domain.errors import InvalidInput
from domain.language import Language
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

PAGE = 8
"""Texts or files on one page of a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of a course there is in each language."""

    course: Course
    shares: Mapping[Language, Share]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPage:
    """One text to translate."""

    course: Course
    item: CourseText


@dataclass(frozen=True, slots=True, kw_only=True)
class TextList:
    course: Course
    items: Sequence[CourseText]
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FileList:
    course: Course
    items: Sequence[FilePart]
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePage:
    course: Course
    item: FilePart


class TranslationService:
    """Every method raises TeachersOnly for whoever may not teach, and WorkGone for what is missing or not their own.

    The owner, co-teachers and admins translate alike. Whoever reads in a language that a text has not sees it in
    another one.
    """

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def coverage(self, actor_id: UserId, course_id: CourseId) -> Coverage:
        async with self._read() as uow:
            course = await _own(uow, actor_id, course_id)
            shares = await uow.translations.progress(course_id)
        return Coverage(course=course, shares=shares)

    async def next_missing(
        self, actor_id: UserId, course_id: CourseId, language: Language, after: TextKey | None = None
    ) -> TextPage | None:
        """The first text behind `after` that is not there in the language; None at the end."""
        async with self._read() as uow:
            course = await _own(uow, actor_id, course_id)
            found = await uow.translations.texts(course_id, missing_in=language, after=after, limit=1)
        return TextPage(course=course, item=found[0]) if found else None

    async def texts(self, actor_id: UserId, course_id: CourseId, after: TextKey | None = None) -> TextList:
        """A page of all texts, translated or not."""
        async with self._read() as uow:
            course = await _own(uow, actor_id, course_id)
            found = await uow.translations.texts(course_id, missing_in=None, after=after, limit=PAGE + 1)
        return TextList(course=course, items=found[:PAGE], has_more=len(found) > PAGE)

    async def text(self, actor_id: UserId, course_id: CourseId, key: TextKey) -> TextPage:
        async with self._read() as uow:
            course = await _own(uow, actor_id, course_id)
            return TextPage(course=course, item=await _item(uow, course_id, key))

    async def translate(
        self, actor_id: UserId, course_id: CourseId, key: TextKey, language: Language, words: str, version: int
    ) -> None:
        """Write the text in one language; the others stay.

        `version` is that of the text as it was shown. The same words again are saved already. Raises EditConflict when
        somebody else has changed it since, and InvalidInput as the text's own kind does.
        """
        cleaned = _cleaned(key.kind, words)
        async with self._begin() as uow:
            await lock_course(uow, actor_id, course_id)
            item = await _item(uow, course_id, key)
            if item.text.variants.get(language) == cleaned:
                return
            if not await uow.translations.save(course_id, key, language, cleaned, version):
                raise EditConflict((await _item(uow, course_id, key)).text)
            if item.lesson_id is not None:
                await _index_published(uow, item.lesson_id)
            await uow.commit()

    async def files(self, actor_id: UserId, course_id: CourseId, after: PartId | None = None) -> FileList:
        """A page of the course's files."""
        async with self._read() as uow:
            course = await _own(uow, actor_id, course_id)
            found = await uow.translations.files(course_id, after=after, limit=PAGE + 1)
        return FileList(course=course, items=found[:PAGE], has_more=len(found) > PAGE)

    async def file(self, actor_id: UserId, course_id: CourseId, part_id: PartId) -> FilePage:
        async with self._read() as uow:
            course = await _own(uow, actor_id, course_id)
            return FilePage(course=course, item=await _file(uow, course_id, part_id))

    async def set_file(
        self, actor_id: UserId, course_id: CourseId, part_id: PartId, language: Language, upload: Upload, version: int
    ) -> None:
        """The part's file for readers of one language; a caption with it is left to the texts.

        A file of the same kind, because Telegram shows each kind in its own way: else InvalidInput("file",
        "other_kind"). The same file again is saved already. Raises EditConflict.
        """
        async with self._begin() as uow:
            await lock_course(uow, actor_id, course_id)
            item = await _file(uow, course_id, part_id)
            if upload.kind is not item.kind:
                raise InvalidInput("file", "other_kind")
            known = await uow.translations.media(part_id, language)
            if known is not None and (known.telegram_file_id, known.bot_id) == (upload.telegram_file_id, upload.bot_id):
                return
            media_id = await take_upload(uow, media_of(upload), actor_id, self._now())
            if not await uow.translations.set_file(part_id, language, media_id, version):
                raise EditConflict(None)
            await _index_published(uow, item.lesson_id)
            await uow.commit()

    async def drop_file(
        self, actor_id: UserId, course_id: CourseId, part_id: PartId, language: Language, version: int
    ) -> None:
        """Readers of the language get the file of another one again. Raises InvalidInput("file", "only"),
        EditConflict."""
        async with self._begin() as uow:
            await lock_course(uow, actor_id, course_id)
            item = await _file(uow, course_id, part_id)
            if language not in item.names:
                return
            if len(item.names) == 1:
                raise InvalidInput("file", "only")
            if not await uow.translations.drop_file(part_id, language, version):
                raise EditConflict(None)
            await _index_published(uow, item.lesson_id)
            await uow.commit()


def is_caption(item: CourseText) -> bool:
    return item.part_kind is not None and item.part_kind not in (PartKind.TEXT, PartKind.LINK)


def _cleaned(kind: TextKind, words: str) -> str:
    match kind:
        case TextKind.TITLE | TextKind.SECTION | TextKind.LESSON:
            return clean_title(words)
        case TextKind.DESCRIPTION:
            description = clean_description(words)
            if description is None:
                raise InvalidInput("text", "empty")
            return description
        case TextKind.PART:
            return clean_text(words)


async def _own(uow: UnitOfWork, actor_id: UserId, course_id: CourseId) -> Course:
    actor = await require_author(uow, actor_id)
    course = await uow.courses.get(course_id)
    if course is None or not owns(actor, course):
        raise WorkGone(f"course {course_id}")
    return course


async def _item(uow: UnitOfWork, course_id: CourseId, key: TextKey) -> CourseText:
    item = await uow.translations.text(course_id, key)
    if item is None:
        raise WorkGone(f"text {key}")
    return item


async def _file(uow: UnitOfWork, course_id: CourseId, part_id: PartId) -> FilePart:
    item = await uow.translations.file(course_id, part_id)
    if item is None:
        raise WorkGone(f"part {part_id}")
    return item


async def _index_published(uow: UnitOfWork, lesson_id: LessonId) -> None:
    lesson = await uow.courses.get_lesson(lesson_id)
    if lesson is not None and lesson.is_published:
        await index(uow, lesson_id)
