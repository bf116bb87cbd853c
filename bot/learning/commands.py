from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message
from aiogram_dialog import DialogManager

from bot.i18n import N_
from bot.learning.states import (
    show_bookmarks,
    show_catalogue,
    show_course,
    show_lesson,
    show_my_courses,
    show_progress,
    show_rating,
    show_teachers,
)
from bot.links import LinkHandler, number_in
from bot.menu import MenuCommand
from bot.search.states import show_search
from bot.services import current_user, services
from domain.courses.model import CourseId, LessonId

COMMANDS: tuple[MenuCommand, ...] = (
    MenuCommand("learn", N_("Find a course")),
    MenuCommand("my", N_("My courses")),
    MenuCommand("progress", N_("My progress")),
    MenuCommand("bookmarks", N_("My bookmarks")),
    MenuCommand("teachers", N_("Who teaches here")),
)

router = Router(name="learning")


@router.message(Command("learn", "courses", ignore_case=True))
async def learn(message: Message, command: CommandObject, dialog_manager: DialogManager) -> None:
    """With words behind it the command searches."""
    if command.args:
        await show_search(dialog_manager, command.args)
    else:
        await show_catalogue(dialog_manager)


@router.message(Command("my", ignore_case=True))
async def my(message: Message, dialog_manager: DialogManager) -> None:
    await show_my_courses(dialog_manager)


@router.message(Command("progress", ignore_case=True))
async def progress(message: Message, dialog_manager: DialogManager) -> None:
    await show_progress(dialog_manager)


@router.message(Command("bookmarks", ignore_case=True))
async def bookmarks(message: Message, dialog_manager: DialogManager) -> None:
    await show_bookmarks(dialog_manager)


@router.message(Command("teachers", ignore_case=True))
async def teachers(message: Message, dialog_manager: DialogManager) -> None:
    await show_teachers(dialog_manager)


async def rating_link(manager: DialogManager, rest: str) -> bool:
    """`rate_<course>`, in the buttons of notices."""
    course_id = number_in(rest)
    if course_id is None:
        return False
    await services(manager).ratings.facts(current_user(manager).id, CourseId(course_id))
    await show_rating(manager, CourseId(course_id))
    return True


async def course_link(manager: DialogManager, code: str) -> bool:
    page = await services(manager).learning.course_with_code(current_user(manager).id, code)
    await show_course(manager, page.course.id)
    return True


async def lesson_link(manager: DialogManager, rest: str) -> bool:
    lesson_id = number_in(rest)
    if lesson_id is None:
        return False
    await services(manager).learning.lesson(current_user(manager).id, LessonId(lesson_id))
    await show_lesson(manager, LessonId(lesson_id))
    return True


async def catalogue_link(manager: DialogManager, _rest: str) -> bool:
    await show_catalogue(manager)
    return True


async def progress_link(manager: DialogManager, _rest: str) -> bool:
    await show_progress(manager)
    return True


LINKS: dict[str, LinkHandler] = {
    "c": course_link,
    "l": lesson_link,
    "catalogue": catalogue_link,
    "progress": progress_link,
    "rate": rating_link,
}
