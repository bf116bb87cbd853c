"""What is set beside a price in so'm: Stars, and what fiscal receipts say."""

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button

from bot.courses.at_hand import shown_course, shown_lesson
from bot.courses.states import CourseDesk, LessonDesk
from bot.courses.words import fiscal_line, stars_line
from bot.i18n import _
from bot.services import current_user, services
from domain.courses.tariffs import parse_fiscal, parse_stars


async def type_course_stars(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    course = await services(manager).authoring.set_course_stars(
        current_user(manager).id, shown_course(manager), parse_stars(message.text)
    )
    await message.answer(_("Saved: {price}").format(price=stars_line(course.stars, None)))
    await manager.switch_to(CourseDesk.price)
    return True


async def forget_course_stars(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).authoring.set_course_stars(current_user(manager).id, shown_course(manager), None)
    await manager.switch_to(CourseDesk.price)


async def type_lesson_stars(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    lesson = await services(manager).authoring.set_lesson_stars(
        current_user(manager).id, shown_lesson(manager), parse_stars(message.text)
    )
    await message.answer(_("Saved: {price}").format(price=stars_line(lesson.stars, None)))
    await manager.switch_to(LessonDesk.price)
    return True


async def forget_lesson_stars(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).authoring.set_lesson_stars(current_user(manager).id, shown_lesson(manager), None)
    await manager.switch_to(LessonDesk.price)


async def type_fiscal_codes(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    course = await services(manager).authoring.set_fiscal_codes(
        current_user(manager).id, shown_course(manager), parse_fiscal(message.text)
    )
    await message.answer(_("Saved: {price}").format(price=fiscal_line(course.fiscal)))
    await manager.switch_to(CourseDesk.desk)
    return True


async def use_usual_codes(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).authoring.set_fiscal_codes(current_user(manager).id, shown_course(manager), None)
    await manager.switch_to(CourseDesk.desk)
