"""A teacher orders a course: sections, the places of lessons, copies, the archive."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from domain.clock import Clock
from domain.courses.authorship import index, lock_course, lock_lesson, owns, require_author
from domain.courses.errors import CodeTaken, LessonArchived, OnlySection, SectionInUse, WorkGone
from domain.courses.lessons import holds, put_part
from domain.courses.materials import Material
from domain.courses.model import Course, CourseId, Lesson, LessonId, Part, Section, SectionId
from domain.courses.pasted import PastedSection, copy_title, first_title
from domain.courses.service import CODE_TRIES, new_code
from domain.courses.wording import clean_title
from domain.folding import fold
from domain.language import Text
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

SAME_TAP = timedelta(minutes=1)
"""A copy that was made so short ago is what a tap that is worked on twice asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeLesson:
    """A lesson that was made of one message, and what became of the message."""

    lesson: Lesson
    part: Part | None


class StructureService:
    """Every method raises TeachersOnly for whoever may not teach, and WorkGone for what is missing or not their own."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock, make_code: Callable[[], str] = new_code) -> None:
        self._begin = begin
        self._read = read
        self._now = now
        self._make_code = make_code

    async def add_section(self, actor_id: UserId, course_id: CourseId, title: str) -> SectionId:
        """Behind the last one; the same title again, while that one is last and empty, is the same section.

        Raises InvalidInput("title", …).
        """
        cleaned = clean_title(title)
        async with self._begin() as uow:
            course = await lock_course(uow, actor_id, course_id)
            outline = await uow.courses.outline(course_id)
            last = outline.sections[-1] if outline is not None and outline.sections else None
            if last is not None and not last.lessons and last.section.title.read_in(course.language) == cleaned:
                return last.section.id
            section_id = await uow.courses.add_section(course_id, Text({course.language: cleaned}))
            await uow.commit()
        return section_id

    async def rename_section(self, actor_id: UserId, section_id: SectionId, title: str) -> None:
        """Change the title in the course's language. Raises InvalidInput("title", …)."""
        cleaned = clean_title(title)
        async with self._begin() as uow:
            course, section = await _lock_section(uow, actor_id, section_id)
            await uow.structure.rename_section(section_id, Text({**section.title.variants, course.language: cleaned}))
            await uow.commit()

    async def move_section(self, actor_id: UserId, section_id: SectionId, *, up: bool) -> bool:
        """Change places with its neighbour; False at the edge."""
        async with self._begin() as uow:
            await _lock_section(uow, actor_id, section_id)
            moved = await uow.structure.move_section(section_id, up=up)
            await uow.commit()
        return moved

    async def remove_section(self, actor_id: UserId, section_id: SectionId, *, moving_lessons: bool = False) -> None:
        """Take an empty section away; with `moving_lessons` its lessons go to its neighbour first.

        Raises SectionInUse, OnlySection.
        """
        async with self._begin() as uow:
            await _lock_section(uow, actor_id, section_id)
            if moving_lessons:
                neighbour = await uow.structure.neighbour(section_id)
                if neighbour is None:
                    raise OnlySection(section_id)
                await uow.structure.pour(section_id, neighbour.id)
            if not await uow.structure.remove_section(section_id):
                raise SectionInUse(section_id)
            await uow.commit()

    async def move_lesson(self, actor_id: UserId, lesson_id: LessonId, *, up: bool) -> bool:
        """One place up or down, over the edge of its section into the next one; False where there is none.

        Raises LessonArchived.
        """
        async with self._begin() as uow:
            await _lock_current(uow, actor_id, lesson_id)
            moved = await uow.structure.move_lesson(lesson_id, up=up)
            await uow.commit()
        return moved

    async def put_lesson(self, actor_id: UserId, lesson_id: LessonId, section_id: SectionId) -> None:
        """Behind the last lesson of a section of the same course. Raises LessonArchived."""
        async with self._begin() as uow:
            course, _lesson = await _lock_current(uow, actor_id, lesson_id)
            found = await uow.structure.lock_section(section_id)
            if found is None or found[0].id != course.id:
                raise WorkGone(f"section {section_id}")
            await uow.structure.put_lesson(lesson_id, section_id)
            await uow.commit()

    async def duplicate_lesson(self, actor_id: UserId, lesson_id: LessonId) -> Lesson:
        """A draft right behind it with its parts, questions and files; a second tap finds the first one's copy."""
        async with self._begin() as uow:
            course, lesson = await _lock_current(uow, actor_id, lesson_id)
            title = _copied(lesson.title)
            copy_id = await uow.structure.copied_since(lesson_id, title, self._now() - SAME_TAP)
            if copy_id is None:
                copy_id = await uow.structure.copy_lesson(lesson_id, title, actor_id, self._now())
            copy = await uow.courses.get_lesson(copy_id)
            if copy is None:
                raise WorkGone(f"course {course.id}")
            await uow.commit()
        return copy

    async def duplicate_course(self, actor_id: UserId, course_id: CourseId) -> Course:
        """A draft of the actor's own with everything but students, co-teachers and the archive."""
        async with self._begin() as uow:
            course = await lock_course(uow, actor_id, course_id)
            title = _copied(course.title)
            copy_id = await uow.structure.course_copied_since(actor_id, title, self._now() - SAME_TAP)
            if copy_id is None:
                copy_id = await self._copy(uow, actor_id, course, title)
            copy = await uow.courses.get(copy_id)
            if copy is None:
                raise WorkGone(f"course {course_id}")
            await uow.commit()
        return copy

    async def archive_lesson(self, actor_id: UserId, lesson_id: LessonId) -> Lesson | None:
        """Take the lesson away from everybody but those who paid; `restore_lesson` undoes it. Twice is once.

        None: a draft that nothing was in is gone for good.
        """
        async with self._begin() as uow:
            _course, lesson = await lock_lesson(uow, actor_id, lesson_id)
            if lesson.archived_at is not None:
                return lesson
            now = self._now()
            is_gone = await uow.courses.remove_lesson(lesson_id)
            if not is_gone:
                await uow.structure.archive_lesson(lesson_id, now)
                if lesson.is_published:
                    await index(uow, lesson_id)
            await uow.commit()
        return None if is_gone else replace(lesson, archived_at=now, is_published=False)

    async def restore_lesson(self, actor_id: UserId, lesson_id: LessonId) -> Lesson:
        """Bring an archived lesson back as what it was, public or draft, where it was. Twice is once."""
        async with self._begin() as uow:
            await lock_lesson(uow, actor_id, lesson_id)
            await uow.structure.bring_back(lesson_id)
            lesson = await uow.courses.get_lesson(lesson_id)
            if lesson is None:
                raise WorkGone(f"lesson {lesson_id}")
            if lesson.is_published:
                await index(uow, lesson_id)
            await uow.commit()
        return lesson

    async def archived_lessons(self, actor_id: UserId, course_id: CourseId) -> Sequence[Lesson]:
        """What was archived of the course, the latest first."""
        async with self._read() as uow:
            actor = await require_author(uow, actor_id)
            course = await uow.courses.get(course_id)
            if course is None or not owns(actor, course):
                raise WorkGone(f"course {course_id}")
            return await uow.structure.archived(course_id)

    async def paste_outline(self, actor_id: UserId, course_id: CourseId, pasted: Sequence[PastedSection]) -> int:
        """Add sections and empty lessons behind the last ones, at the last lesson's price; how many lessons.

        The same outline again, while its lessons are last and empty, is there already.
        """
        titles = [title for section in pasted for title in section.lessons]
        async with self._begin() as uow:
            course = await lock_course(uow, actor_id, course_id)
            outline = await uow.courses.outline(course_id)
            lines = outline.lessons if outline is not None else ()
            tail = lines[-len(titles) :] if titles else ()
            if [(line.lesson.title.read_in(course.language), line.has_content) for line in tail] == [
                (title, False) for title in titles
            ]:
                return len(titles)
            price = lines[-1].lesson.price if lines else None
            for section in pasted:
                section_id = None if section.title else await uow.courses.last_section(course_id)
                if section_id is None:
                    heading = Text({course.language: section.title}) if section.title else course.title
                    section_id = await uow.courses.add_section(course_id, heading)
                for title in section.lessons:
                    await uow.courses.add_lesson(
                        section_id, Text({course.language: title}), is_preview=False, price=price, now=self._now()
                    )
            await uow.commit()
        return len(titles)

    async def lesson_of_material(
        self,
        actor_id: UserId,
        course_id: CourseId,
        material: Material | None,
        *,
        words: str,
        file_name: str,
        other: str,
    ) -> MadeLesson:
        """A lesson behind the last one, made of one message: its words or its file's name are the title, else `other`.

        `material` None: the message was nothing but a title. The same message again is the same lesson. Raises
        InvalidInput of `add_part`.
        """
        title = first_title(words, file_name) or clean_title(other)
        async with self._begin() as uow:
            course = await lock_course(uow, actor_id, course_id)
            outline = await uow.courses.outline(course_id)
            last = outline.lessons[-1] if outline is not None and outline.lessons else None
            is_same = (
                last is not None
                and last.lesson.title.read_in(course.language) == title
                and last.part_count == (material is not None)
                and not last.question_count
            )
            lesson = last.lesson if is_same and last is not None else None
            if lesson is not None and material is not None:
                parts = await uow.catalogue.parts(lesson.id)
                lesson = lesson if holds(parts[-1], material) else None
            if lesson is None:
                section_id = await uow.courses.last_section(course_id)
                if section_id is None:
                    section_id = await uow.courses.add_section(course_id, course.title)
                lesson_id = await uow.courses.add_lesson(
                    section_id,
                    Text({course.language: title}),
                    is_preview=False,
                    price=last.lesson.price if last is not None else None,
                    now=self._now(),
                )
                lesson = await uow.courses.get_lesson(lesson_id)
                if lesson is None:
                    raise WorkGone(f"lesson {lesson_id}")
            part = await put_part(uow, actor_id, course, lesson, material, self._now()) if material else None
            await uow.commit()
        return MadeLesson(lesson=lesson, part=part)

    async def _copy(self, uow: UnitOfWork, actor_id: UserId, course: Course, title: Text) -> CourseId:
        about = course.description.variants.values() if course.description else ()
        search = fold(" ".join([*title.variants.values(), *about]))
        for _try in range(CODE_TRIES):
            try:
                return await uow.structure.copy_course(
                    course.id, code=self._make_code(), title=title, search=search, owner_id=actor_id, now=self._now()
                )
            except CodeTaken:
                continue
        raise LookupError("no free course code")


async def _lock_current(uow: UnitOfWork, actor_id: UserId, lesson_id: LessonId) -> tuple[Course, Lesson]:
    course, lesson = await lock_lesson(uow, actor_id, lesson_id)
    if lesson.archived_at is not None:
        raise LessonArchived(lesson_id)
    return course, lesson


async def _lock_section(uow: UnitOfWork, actor_id: UserId, section_id: SectionId) -> tuple[Course, Section]:
    actor = await require_author(uow, actor_id)
    found = await uow.structure.lock_section(section_id)
    if found is None or not owns(actor, found[0]):
        raise WorkGone(f"section {section_id}")
    return found


def _copied(title: Text) -> Text:
    return Text({language: copy_title(variant) for language, variant in title.variants.items()})
