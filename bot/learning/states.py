from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram_dialog import DialogManager, StartMode

from domain.courses.model import CategoryId, CourseId, LessonId


class Catalogue(StatesGroup):
    subjects = State()
    """The root, and every branch that has branches below."""
    courses = State()


class MyCourses(StatesGroup):
    list = State()


class CourseCard(StatesGroup):
    card = State()
    about = State()
    leave = State()


class Lessons(StatesGroup):
    reading = State()


async def show_catalogue(manager: DialogManager) -> None:
    await manager.start(Catalogue.subjects, data={"category_id": None}, mode=StartMode.RESET_STACK)


async def show_subject(manager: DialogManager, category_id: CategoryId) -> None:
    """The courses of one category and of all below it."""
    await show_list(manager, {"category_id": category_id})


async def show_list(manager: DialogManager, place: dict[str, Any]) -> None:
    """A list of courses as it was left: `category_id`, filters and the page."""
    await manager.start(Catalogue.courses, data=place, mode=StartMode.RESET_STACK)


async def show_my_courses(manager: DialogManager) -> None:
    await manager.start(MyCourses.list, mode=StartMode.RESET_STACK)


async def show_course(manager: DialogManager, course_id: CourseId, back: dict[str, Any] | None = None) -> None:
    """`back`: the list that it was chosen from, for `show_list`."""
    data = {"course_id": course_id, "back": back}
    await manager.start(CourseCard.card, data=data, mode=StartMode.RESET_STACK)


async def show_lesson(manager: DialogManager, lesson_id: LessonId) -> None:
    """Send the lesson's parts and, below them, its buttons."""
    await _open(manager, lesson_id, is_sent=False)


async def return_to_lesson(manager: DialogManager, lesson_id: LessonId) -> None:
    """The lesson's buttons for somebody who has its parts in the chat already; one of them sends the parts again."""
    await _open(manager, lesson_id, is_sent=True)


async def _open(manager: DialogManager, lesson_id: LessonId, *, is_sent: bool) -> None:
    data = {"lesson_id": lesson_id, "is_sent": is_sent}
    await manager.start(Lessons.reading, data=data, mode=StartMode.RESET_STACK)
