"""A teacher fills the lessons of their own courses."""

from datetime import datetime

from domain.clock import Clock
from domain.courses.authorship import index, lock_course, lock_lesson, owns, require_author
from domain.courses.errors import EditConflict, LessonArchived, LessonSold, Missing, NotReady, WorkGone
from domain.courses.materials import Material, Pointer, Upload, Writing
from domain.courses.model import Course, CourseId, Lesson, LessonId, Part, PartId, PartKind
from domain.courses.pricing import checked_price
from domain.courses.storing import media_of, take_upload
from domain.courses.timing import part_seconds
from domain.courses.wording import clean_text, clean_title
from domain.courses.workshop import LessonWork
from domain.language import Text
from domain.money import Money
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId


class LessonAuthoring:
    """Every method raises TeachersOnly for whoever may not teach, and WorkGone for what is missing or not their own."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def lesson_work(self, actor_id: UserId, lesson_id: LessonId) -> LessonWork:
        """The lesson with its parts, draft or not."""
        async with self._read() as uow:
            actor = await require_author(uow, actor_id)
            outline = await uow.courses.outline_around(lesson_id)
            if outline is None or not owns(actor, outline.course):
                raise WorkGone(f"lesson {lesson_id}")
            line = next(line for line in outline.lessons if line.lesson.id == lesson_id)
            parts = await uow.catalogue.parts(lesson_id)
        return LessonWork(course=outline.course, line=line, parts=tuple(parts))

    async def add_lesson(self, actor_id: UserId, course_id: CourseId, title: str) -> Lesson:
        """A draft behind the last lesson, at the last one's price; a course without sections gets its first one.

        The same title again, while that lesson is last and empty, is the same lesson: a message that is worked on
        twice makes one lesson. Raises InvalidInput("title", …).
        """
        cleaned = clean_title(title)
        async with self._begin() as uow:
            course = await lock_course(uow, actor_id, course_id)
            outline = await uow.courses.outline(course_id)
            last = outline.lessons[-1] if outline is not None and outline.lessons else None
            if last is not None and not last.has_content and str(last.lesson.title) == cleaned:
                return last.lesson
            section_id = await uow.courses.last_section(course_id)
            if section_id is None:
                section_id = await uow.courses.add_section(course_id, course.title)
            lesson_id = await uow.courses.add_lesson(
                section_id,
                Text({course.language: cleaned}),
                is_preview=False,
                price=last.lesson.price if last is not None else None,
                now=self._now(),
            )
            lesson = await _kept(uow, lesson_id)
            await uow.commit()
        return lesson

    async def rename_lesson(
        self, actor_id: UserId, lesson_id: LessonId, title: str, version: int | None = None
    ) -> Lesson:
        """Change the title in the course's language.

        `version`: of the title that the author saw. Raises InvalidInput("title", …), and EditConflict when another one
        has been there since.
        """
        cleaned = clean_title(title)
        async with self._begin() as uow:
            course, lesson = await lock_lesson(uow, actor_id, lesson_id)
            if version is not None and version != lesson.version and lesson.title.read_in(course.language) != cleaned:
                raise EditConflict(lesson.title)
            await uow.courses.set_lesson_title(lesson_id, Text({**lesson.title.variants, course.language: cleaned}))
            if lesson.is_published:
                await index(uow, lesson_id)
            lesson = await _kept(uow, lesson_id)
            await uow.commit()
        return lesson

    async def add_part(self, actor_id: UserId, lesson_id: LessonId, material: Material) -> Part:
        """Put the material behind the lesson's last part; students of a published lesson have it at once.

        The same material twice in a row is one part: a message that is worked on twice adds nothing the second time.
        The original of a file is fetched by a job. Raises InvalidInput("text", …), QuotaExceeded.
        """
        async with self._begin() as uow:
            course, lesson = await lock_lesson(uow, actor_id, lesson_id)
            part = await put_part(uow, actor_id, course, lesson, material, self._now())
            await uow.commit()
        return part

    async def remove_part(self, actor_id: UserId, part_id: PartId) -> LessonId:
        """Take the part out of its lesson. Raises WorkGone also when it is out already."""
        async with self._begin() as uow:
            await require_author(uow, actor_id)
            lesson_id = await uow.courses.lesson_with(part_id)
            if lesson_id is None:
                raise WorkGone(f"part {part_id}")
            try:
                _course, lesson = await lock_lesson(uow, actor_id, lesson_id)
            except WorkGone:
                # Somebody else's part: as one that is not there, and which lesson it is in is not told.
                raise WorkGone(f"part {part_id}") from None
            if await uow.courses.remove_part(part_id) is None:
                raise WorkGone(f"part {part_id}")
            if lesson.is_published:
                await index(uow, lesson_id)
            await uow.commit()
        return lesson_id

    async def set_lesson_price(self, actor_id: UserId, lesson_id: LessonId, price: Money | None) -> Lesson:
        """What the lesson costs where a course is sold lesson by lesson; None and zero are free.

        Raises InvalidInput("price", …).
        """
        price = None if price is None or price.is_free else checked_price(price)
        async with self._begin() as uow:
            _course, lesson = await lock_lesson(uow, actor_id, lesson_id)
            await uow.courses.set_lesson_price(lesson_id, price, is_preview=lesson.is_preview)
            lesson = await _kept(uow, lesson_id)
            await uow.commit()
        return lesson

    async def set_preview(self, actor_id: UserId, lesson_id: LessonId, *, is_preview: bool) -> Lesson:
        """Open the lesson to everybody, whatever the course costs, or take that back."""
        async with self._begin() as uow:
            _course, lesson = await lock_lesson(uow, actor_id, lesson_id)
            await uow.courses.set_lesson_price(lesson_id, lesson.price, is_preview=is_preview)
            lesson = await _kept(uow, lesson_id)
            await uow.commit()
        return lesson

    async def publish_lesson(self, actor_id: UserId, lesson_id: LessonId) -> Lesson:
        """Show one more lesson of a published course to students. Twice is once. Raises NotReady."""
        async with self._begin() as uow:
            course, lesson = await lock_lesson(uow, actor_id, lesson_id)
            if lesson.is_published:
                return lesson
            if lesson.archived_at is not None:
                raise LessonArchived(lesson_id)
            if not course.is_published:
                raise NotReady([Missing.PUBLICATION])
            if not await uow.courses.publish_lessons(course.id, lesson_id):
                raise NotReady([Missing.CONTENT])
            await index(uow, lesson_id)
            lesson = await _kept(uow, lesson_id)
            await uow.commit()
        return lesson

    async def hide_lesson(self, actor_id: UserId, lesson_id: LessonId) -> Lesson:
        """Make the lesson a draft again. Raises LessonSold: who has paid for it keeps it."""
        async with self._begin() as uow:
            await lock_lesson(uow, actor_id, lesson_id)
            if not await uow.courses.hide_lesson(lesson_id):
                raise LessonSold(lesson_id)
            await index(uow, lesson_id)
            lesson = await _kept(uow, lesson_id)
            await uow.commit()
        return lesson


async def _kept(uow: UnitOfWork, lesson_id: LessonId) -> Lesson:
    lesson = await uow.courses.get_lesson(lesson_id)
    if lesson is None:
        raise WorkGone(f"lesson {lesson_id}")
    return lesson


async def put_part(
    uow: UnitOfWork, actor_id: UserId, course: Course, lesson: Lesson, material: Material, now: datetime
) -> Part:
    """Put the material behind the last part of a lesson that is locked, unless it is there already."""
    text = _text_of(material)
    parts = await uow.catalogue.parts(lesson.id)
    if parts and _is_same(parts[-1], material, text):
        return parts[-1]
    written = Text({course.language: text}) if text else None
    match material:
        case Upload():
            media = media_of(material)
            media_id = await take_upload(uow, media, actor_id, now)
            seconds = part_seconds(material.kind, written, media, None)
            await uow.courses.add_part(
                lesson.id, material.kind, written, {course.language: media_id}, duration_seconds=seconds
            )
        case Pointer(link=link):
            seconds = part_seconds(PartKind.LINK, None, None, link)
            await uow.courses.add_part(lesson.id, PartKind.LINK, None, {}, duration_seconds=seconds, link=link)
        case Writing():
            seconds = part_seconds(PartKind.TEXT, written, None, None)
            await uow.courses.add_part(lesson.id, PartKind.TEXT, written, {}, duration_seconds=seconds)
    part = (await uow.catalogue.parts(lesson.id))[-1]
    if lesson.is_published:
        await index(uow, lesson.id)
    return part


def _text_of(material: Material) -> str | None:
    match material:
        case Writing():
            return clean_text(material.text)
        case Upload(caption=caption):
            return clean_text(caption) if caption and caption.strip() else None
        case Pointer():
            return None


def holds(part: Part, material: Material) -> bool:
    """True when the part is what this material makes: a message that is worked on twice."""
    return _is_same(part, material, _text_of(material))


def _is_same(part: Part, material: Material, text: str | None) -> bool:
    if isinstance(material, Pointer):
        return part.link is not None and part.link.url == material.link.url
    if (str(part.text) if part.text else None) != text:
        return False
    if isinstance(material, Writing):
        return part.kind is PartKind.TEXT
    return any(
        media.telegram_file_id == material.telegram_file_id and media.bot_id == material.bot_id
        for media in part.media.values()
    )
