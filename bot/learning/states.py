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
    unfinished = State()
    part = State()
    """Which of several parts is meant."""
    stopped = State()
    bookmark = State()
    question = State()


class Standing(StatesGroup):
    """One's progress in all courses."""

    courses = State()


class Marks(StatesGroup):
    """Bookmarks."""

    list = State()
    mark = State()
    rename = State()


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


async def show_progress(manager: DialogManager) -> None:
    await manager.start(Standing.courses, mode=StartMode.RESET_STACK)


async def show_bookmarks(manager: DialogManager, lesson_id: LessonId | None = None) -> None:
    """All of one's own, or those of one lesson."""
    await manager.start(Marks.list, data={"lesson_id": lesson_id}, mode=StartMode.RESET_STACK)


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


class Ratings(StatesGroup):
    """What a student who has finished a course says about it."""

    own = State()
    stars = State()
    comment = State()
    remove = State()


class CourseReviews(StatesGroup):
    list = State()
    one = State()
    reason = State()


class Teachers(StatesGroup):
    list = State()
    of_course = State()
    card = State()


async def show_rating(manager: DialogManager, course_id: CourseId) -> None:
    """The student's own rating of the course, or the question for it."""
    await manager.start(Ratings.own, data={"course_id": course_id}, mode=StartMode.RESET_STACK)


async def show_reviews(manager: DialogManager, course_id: CourseId) -> None:
    await manager.start(CourseReviews.list, data={"course_id": course_id}, mode=StartMode.RESET_STACK)


async def show_teachers(manager: DialogManager) -> None:
    await manager.start(Teachers.list, mode=StartMode.RESET_STACK)


async def show_teachers_of(manager: DialogManager, course_id: CourseId) -> None:
    """Those who teach the course together."""
    await manager.start(Teachers.of_course, data={"course_id": course_id}, mode=StartMode.RESET_STACK)


async def show_teacher(manager: DialogManager, teacher_id: int, course_id: CourseId | None = None) -> None:
    """`course_id`: where the reader came from, and may go back to."""
    data = {"teacher_id": teacher_id, "course_id": course_id}
    await manager.start(Teachers.card, data=data, mode=StartMode.RESET_STACK)
