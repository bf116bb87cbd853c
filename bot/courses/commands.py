"""The commands for teachers. Each means the course that is open, else the only one, else asks which."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message
from aiogram_dialog import DialogManager

from bot.courses.at_hand import course_at_hand, lesson_at_hand
from bot.courses.course_actions import Purpose, go_to
from bot.courses.question_states import show_marking
from bot.courses.states import LessonDesk, begin_course, pick_course, show_lesson_desk, show_studio
from bot.i18n import N_, _
from bot.menu import TEACHERS, MenuCommand
from bot.services import current_user, services

COMMANDS: tuple[MenuCommand, ...] = (
    MenuCommand("mycourses", N_("The courses that I teach"), TEACHERS),
    MenuCommand("newcourse", N_("Make a course"), TEACHERS),
    MenuCommand("newlesson", N_("Add a lesson"), TEACHERS),
    MenuCommand("newquestion", N_("Add a quiz question"), TEACHERS),
    MenuCommand("marking", N_("Written answers to mark"), TEACHERS),
    MenuCommand("price", N_("Set a price"), TEACHERS),
    MenuCommand("publish", N_("Show a course to students"), TEACHERS),
)

router = Router(name="courses")


@router.message(Command("mycourses", "studio", ignore_case=True))
async def my_courses(message: Message, dialog_manager: DialogManager) -> None:
    await _admit(dialog_manager)
    await show_studio(dialog_manager)


@router.message(Command("newcourse", ignore_case=True))
async def new_course(message: Message, dialog_manager: DialogManager) -> None:
    await _admit(dialog_manager)
    await begin_course(dialog_manager)


@router.message(Command("newlesson", ignore_case=True))
async def new_lesson(message: Message, dialog_manager: DialogManager) -> None:
    await _lead(message, dialog_manager, Purpose.LESSON)


@router.message(Command("newquestion", ignore_case=True))
async def new_question(message: Message, dialog_manager: DialogManager) -> None:
    await _admit(dialog_manager)
    course_id, lesson_id = course_at_hand(dialog_manager), lesson_at_hand(dialog_manager)
    if course_id is not None and lesson_id is not None:
        await show_lesson_desk(dialog_manager, course_id, lesson_id, LessonDesk.question)
    else:
        await _lead(message, dialog_manager, Purpose.QUESTION)


@router.message(Command("marking", ignore_case=True))
async def marking(message: Message, dialog_manager: DialogManager) -> None:
    await _admit(dialog_manager)
    await show_marking(dialog_manager)


@router.message(Command("price", ignore_case=True))
async def price(message: Message, dialog_manager: DialogManager) -> None:
    await _lead(message, dialog_manager, Purpose.PRICE)


@router.message(Command("publish", ignore_case=True))
async def publish(message: Message, dialog_manager: DialogManager) -> None:
    """To the course's screen with its button: what students get to see is looked at first."""
    await _lead(message, dialog_manager, Purpose.DESK)


async def _lead(message: Message, manager: DialogManager, purpose: Purpose) -> None:
    await _admit(manager)
    course_id = course_at_hand(manager)
    if course_id is not None:
        await go_to(manager, course_id, purpose)
        return
    page = await services(manager).authoring.my_courses(current_user(manager).id, with_archived=False)
    match page.entries:
        case []:
            await message.answer(_("First you need a course. Let us make one:"))
            await begin_course(manager)
        case [entry]:
            await go_to(manager, entry.course.id, purpose)
        case _:
            await pick_course(manager, purpose)


async def _admit(manager: DialogManager) -> None:
    """Before any screen is closed for another: whoever may not teach stays where they are."""
    await services(manager).authoring.admit(current_user(manager).id)
