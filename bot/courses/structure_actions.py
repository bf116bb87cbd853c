"""What a teacher does with the order of a course, and where that leads."""

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from bot.courses.at_hand import shown_course
from bot.courses.states import CourseDesk, Structure, show_course_desk, show_lesson_desk, show_structure
from bot.dialogs import given
from bot.i18n import _, current_language, ngettext
from bot.links import number_in
from bot.services import current_user, services
from domain.courses.model import LessonId, SectionId
from domain.courses.pasted import parse_outline


async def open_structure(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_structure(manager, shown_course(manager))


async def to_course(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_course_desk(manager, shown_course(manager))


async def choose_row(query: CallbackQuery, select: Select[str], manager: DialogManager, row: str) -> None:
    """A section (`s12`) or a lesson (`l34`)."""
    manager.dialog_data.pop("archived", None)
    number = number_in(row[1:]) or 0
    if row.startswith("s"):
        manager.dialog_data["section_id"] = number
        await manager.switch_to(Structure.section)
    else:
        manager.dialog_data["lesson_id"] = number
        await manager.switch_to(Structure.lesson)


async def forget_archived(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data.pop("archived", None)


async def type_section(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    await services(manager).structure.add_section(current_user(manager).id, shown_course(manager), message.text)
    await manager.switch_to(Structure.outline)
    return True


async def type_section_title(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    await services(manager).structure.rename_section(current_user(manager).id, _section(manager), message.text)
    await manager.switch_to(Structure.section)
    return True


async def section_up(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).structure.move_section(current_user(manager).id, _section(manager), up=True)


async def section_down(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).structure.move_section(current_user(manager).id, _section(manager), up=False)


async def delete_section(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).structure.remove_section(current_user(manager).id, _section(manager))
    await query.answer(_("The section is deleted."))
    await manager.switch_to(Structure.outline)


async def pour_section(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).structure.remove_section(current_user(manager).id, _section(manager), moving_lessons=True)
    await query.answer(_("The section is deleted. Its lessons are in the other one."))
    await manager.switch_to(Structure.outline)


async def lesson_up(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).structure.move_lesson(current_user(manager).id, _lesson(manager), up=True)


async def lesson_down(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).structure.move_lesson(current_user(manager).id, _lesson(manager), up=False)


async def put_lesson(query: CallbackQuery, select: Select[int], manager: DialogManager, section_id: int) -> None:
    await services(manager).structure.put_lesson(current_user(manager).id, _lesson(manager), SectionId(section_id))
    await query.answer(_("Moved."))
    await manager.switch_to(Structure.lesson)


async def open_lesson_desk(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_lesson_desk(manager, shown_course(manager), _lesson(manager))


async def duplicate_lesson(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    copy = await services(manager).structure.duplicate_lesson(current_user(manager).id, _lesson(manager))
    await query.answer(_("Copied as a draft: “{title}”.").format(title=copy.title.read_in(current_language()))[:200])


async def archive_lesson(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    lesson = await services(manager).structure.archive_lesson(current_user(manager).id, _lesson(manager))
    await query.answer(archived_words(is_gone=lesson is None))
    if lesson is not None:
        manager.dialog_data["archived"] = {"id": lesson.id, "title": lesson.title.read_in(current_language())}
    await manager.switch_to(Structure.outline)


def archived_words(*, is_gone: bool) -> str:
    if is_gone:
        return _("The empty lesson is deleted.")
    return _("🗄 In the archive. Students who paid for it keep it.")


async def undo_archive(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    archived = manager.dialog_data.pop("archived", None)
    if archived is None:
        return
    await services(manager).structure.restore_lesson(current_user(manager).id, LessonId(archived["id"]))
    await query.answer(_("It is back in its place."))


async def restore_lesson(query: CallbackQuery, select: Select[int], manager: DialogManager, lesson_id: int) -> None:
    await services(manager).structure.restore_lesson(current_user(manager).id, LessonId(lesson_id))
    await query.answer(_("It is back in its place."))


async def copy_course(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    copy = await services(manager).structure.duplicate_course(current_user(manager).id, shown_course(manager))
    await query.answer(_("This is the copy: a draft with its own link."))
    await show_course_desk(manager, copy.id)


async def add_pasted(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    course_id = shown_course(manager)
    count = await services(manager).structure.paste_outline(
        current_user(manager).id, course_id, parse_outline(given(manager, "pasted"))
    )
    await query.answer(ngettext("{count} lesson added.", "{count} lessons added.", count).format(count=count))
    await show_course_desk(manager, course_id)


async def type_again(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_course_desk(manager, shown_course(manager), CourseDesk.lesson)


def _section(manager: DialogManager) -> SectionId:
    return SectionId(manager.dialog_data.get("section_id", 0))


def _lesson(manager: DialogManager) -> LessonId:
    return LessonId(manager.dialog_data.get("lesson_id", 0))
