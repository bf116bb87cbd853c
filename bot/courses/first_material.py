"""What a teacher sends at a course's screen becomes a lesson, whose own screen then waits for more."""

from aiogram.types import Message
from aiogram_dialog import DialogManager, ShowMode

from bot.courses.at_hand import shown_course
from bot.courses.large_files import unkept_megabytes
from bot.courses.materials import material_of
from bot.courses.states import show_lesson_desk, show_structure
from bot.courses.words import part_line
from bot.i18n import _, current_language
from bot.services import current_user, services
from domain.courses.materials import Pointer, Upload, Writing
from domain.courses.model import MAX_TITLE
from domain.courses.pasted import is_outline, parse_outline


async def send_first_material(message: Message, manager: DialogManager) -> bool:
    """One message, one lesson. The messages of an album that follow find the lesson's screen open, and go there."""
    course_id = shown_course(manager)
    material = material_of(message, manager.middleware_data["bot"].id)
    if material is None:
        return False
    words = message.text or message.caption or ""
    other = _("New lesson")
    if isinstance(material, Pointer):
        words, other = "", material.link.provider
    is_title = isinstance(material, Writing) and _is_title(message, words)
    made = await services(manager).structure.lesson_of_material(
        current_user(manager).id,
        course_id,
        None if is_title else material,
        words=words,
        file_name=material.name if isinstance(material, Upload) else "",
        other=other,
    )
    added = None
    if made.part is not None:
        added = {
            "part_id": made.part.id,
            "line": part_line(made.part, current_language()),
            "unkept": unkept_megabytes(manager, made.part.media.values()),
        }
    await show_lesson_desk(manager, course_id, made.lesson.id, show_mode=ShowMode.DELETE_AND_SEND, added=added)
    return True


async def type_lessons(message: Message, manager: DialogManager) -> bool:
    """One title makes a lesson; several lines are an outline, which is shown before it is added."""
    if message.text is None:
        return False
    course_id = shown_course(manager)
    if is_outline(message.text):
        parse_outline(message.text)
        await show_structure(manager, course_id, message.text)
        return True
    lesson = await services(manager).authoring.add_lesson(current_user(manager).id, course_id, message.text)
    await show_lesson_desk(manager, course_id, lesson.id)
    return True


def _is_title(message: Message, words: str) -> bool:
    """One short line that somebody typed themselves is what the lesson is called, and nothing in it yet."""
    return message.forward_origin is None and "\n" not in words.strip() and len(words) <= MAX_TITLE
