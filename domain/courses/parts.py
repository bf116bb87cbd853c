"""A teacher changes the parts of a lesson. Two who change the same one lose nothing: the later is told."""

from dataclasses import dataclass, replace

from domain.clock import Clock
from domain.courses.authorship import index, lock_lesson, owns, require_author
from domain.courses.errors import EditConflict, NotForThisPart, WorkGone
from domain.courses.materials import Material, Pointer, Upload
from domain.courses.model import MAX_CHECK_OPTIONS, CheckQuestion, Course, Lesson, LessonId, Part, PartId, PartKind
from domain.courses.storing import media_of, take_upload
from domain.courses.timing import part_seconds
from domain.courses.wording import clean_text
from domain.errors import InvalidInput
from domain.language import Text
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

ASKED_OF = frozenset({PartKind.VIDEO, PartKind.AUDIO, PartKind.VOICE, PartKind.LINK})
"""Kinds of parts that may ask a check question: what takes time to see or hear."""
MIN_CHECK_OPTIONS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    course: Course
    lesson: Lesson
    part: Part


class PartEditing:
    """Every method raises TeachersOnly for whoever may not teach, and WorkGone for what is missing or not their own."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def part(self, actor_id: UserId, lesson_id: LessonId, part_id: PartId) -> tuple[Course, Part]:
        """The part as its author sees it."""
        async with self._read() as uow:
            actor = await require_author(uow, actor_id)
            lesson = await uow.courses.get_lesson(lesson_id)
            course = await uow.courses.get(lesson.course_id) if lesson is not None else None
            if course is None or not owns(actor, course):
                raise WorkGone(f"lesson {lesson_id}")
            part = await uow.parts.get(part_id)
            if part is None or part.lesson_id != lesson_id:
                raise WorkGone(f"part {part_id}")
        return course, part

    async def move(self, actor_id: UserId, lesson_id: LessonId, part_id: PartId, *, up: bool) -> bool:
        """One place up or down; False at the edge."""
        async with self._begin() as uow:
            held = await _hold(uow, actor_id, lesson_id, part_id)
            moved = await uow.parts.move(part_id, up=up)
            await _changed(uow, held.lesson)
            await uow.commit()
        return moved

    async def rewrite(self, actor_id: UserId, lesson_id: LessonId, part_id: PartId, text: str, version: int) -> Part:
        """Change the text, caption or title in the course's language.

        `version`: of the part that the author saw. The same text again changes nothing. Raises InvalidInput("text", …),
        and EditConflict with what the part says now: None when it says nothing, or is gone from the lesson.
        """
        cleaned = clean_text(text)
        async with self._begin() as uow:
            course, lesson = await lock_lesson(uow, actor_id, lesson_id)
            part = await uow.parts.get(part_id)
            if part is None or part.lesson_id != lesson_id:
                raise EditConflict(None)
            if part.text is not None and part.text.variants.get(course.language) == cleaned:
                return part
            written = Text({**(part.text.variants if part.text else {}), course.language: cleaned})
            seconds = part_seconds(part.kind, written, part.media_in(course.language), part.link)
            if not await uow.parts.rewrite(part_id, version, written, seconds):
                raise EditConflict(part.text)
            await _changed(uow, lesson)
            await uow.commit()
        return replace(part, text=written, version=version + 1, duration_seconds=seconds)

    async def replace_file(self, actor_id: UserId, lesson_id: LessonId, part_id: PartId, material: Material) -> Part:
        """Another file, in the course's language, or another link; texts and questions stay, except that a new
        caption takes the old one's place.

        Raises NotForThisPart when a text is sent for a file, or a file for a text.
        """
        async with self._begin() as uow:
            held = await _hold(uow, actor_id, lesson_id, part_id)
            part, language = held.part, held.course.language
            match material:
                case Upload() if part.media:
                    caption = clean_text(material.caption) if material.caption and material.caption.strip() else None
                    media = media_of(material)
                    if not any(old.telegram_file_id == media.telegram_file_id for old in part.media.values()):
                        media_id = await take_upload(uow, media, actor_id, self._now())
                        await uow.parts.replace_media(part_id, language, media_id, material.kind)
                    text = (
                        Text({**(part.text.variants if part.text else {}), language: caption}) if caption else part.text
                    )
                    await uow.parts.rewrite(part_id, part.version, text, media.duration_seconds or 0)
                case Pointer(link=link) if part.link is not None:
                    await uow.parts.set_link(part_id, link)
                case _:
                    raise NotForThisPart(part_id)
            await _changed(uow, held.lesson)
            kept = await _kept(uow, part_id)
            await uow.commit()
        return kept

    async def set_link_duration(self, actor_id: UserId, lesson_id: LessonId, part_id: PartId, seconds: int) -> Part:
        """How long the video behind a link is: only its author can know. Raises NotForThisPart."""
        async with self._begin() as uow:
            held = await _hold(uow, actor_id, lesson_id, part_id)
            if held.part.link is None:
                raise NotForThisPart(part_id)
            await uow.parts.set_link(part_id, replace(held.part.link, duration_seconds=seconds))
            kept = await _kept(uow, part_id)
            await uow.commit()
        return kept

    async def set_question(
        self, actor_id: UserId, lesson_id: LessonId, part_id: PartId, question: CheckQuestion | None
    ) -> Part:
        """Ask a question about a video, a recording or a link, or ask none.

        Raises NotForThisPart, InvalidInput for "options" ("too_few", "too_many_to_check") and "correct" ("unknown").
        """
        if question is not None:
            _check(question)
        async with self._begin() as uow:
            held = await _hold(uow, actor_id, lesson_id, part_id)
            if question is not None and held.part.kind not in ASKED_OF:
                raise NotForThisPart(part_id)
            await uow.parts.set_question(part_id, question)
            kept = await _kept(uow, part_id)
            await uow.commit()
        return kept

    async def remove(self, actor_id: UserId, lesson_id: LessonId, part_id: PartId) -> Part:
        """Take the part out of the lesson; `put_back` with what this returns undoes it."""
        async with self._begin() as uow:
            held = await _hold(uow, actor_id, lesson_id, part_id)
            await uow.courses.remove_part(part_id)
            await _changed(uow, held.lesson)
            await uow.commit()
        return held.part

    async def put_back(self, actor_id: UserId, removed: Part) -> Part:
        """Undo `remove`: the same part where it was, or behind the last one. Twice is once.

        Raises WorkGone also when its files have been swept away meanwhile.
        """
        async with self._begin() as uow:
            _course, lesson = await lock_lesson(uow, actor_id, removed.lesson_id)
            files = {language: media.id for language, media in removed.media.items()}
            if files and not await uow.media_shelf.hold(list(files.values())):
                raise WorkGone(f"part {removed.id}")
            await uow.parts.put_back(removed, files)
            await _changed(uow, lesson)
            kept = await _kept(uow, removed.id)
            if kept.lesson_id != removed.lesson_id:
                raise WorkGone(f"part {removed.id}")
            await uow.commit()
        return kept


def _check(question: CheckQuestion) -> None:
    if len(question.options) < MIN_CHECK_OPTIONS:
        raise InvalidInput("options", "too_few")
    if len(question.options) > MAX_CHECK_OPTIONS:
        raise InvalidInput("options", "too_many_to_check")
    if not 0 <= question.correct < len(question.options):
        raise InvalidInput("correct", "unknown")


async def _hold(uow: UnitOfWork, actor_id: UserId, lesson_id: LessonId, part_id: PartId) -> _Held:
    course, lesson = await lock_lesson(uow, actor_id, lesson_id)
    part = await uow.parts.get(part_id)
    if part is None or part.lesson_id != lesson_id:
        raise WorkGone(f"part {part_id}")
    return _Held(course=course, lesson=lesson, part=part)


async def _changed(uow: UnitOfWork, lesson: Lesson) -> None:
    if lesson.is_published:
        await index(uow, lesson.id)


async def _kept(uow: UnitOfWork, part_id: PartId) -> Part:
    part = await uow.parts.get(part_id)
    if part is None:
        raise WorkGone(f"part {part_id}")
    return part
