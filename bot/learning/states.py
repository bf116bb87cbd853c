from aiogram.fsm.state import State, StatesGroup
from aiogram_dialog import DialogManager, StartMode

from domain.courses.model import CategoryId, CourseId, LessonId


class Catalogue(StatesGroup):
    subjects = State()
    courses = State()
    search = State()


class MyCourses(StatesGroup):
    list = State()


class CourseCard(StatesGroup):
    card = State()
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
    await manager.start(Catalogue.subjects, mode=StartMode.RESET_STACK)


async def show_subject(manager: DialogManager, category_id: CategoryId) -> None:
    await manager.start(Catalogue.courses, data={"category_id": category_id}, mode=StartMode.RESET_STACK)


async def show_my_courses(manager: DialogManager) -> None:
    await manager.start(MyCourses.list, mode=StartMode.RESET_STACK)


async def show_progress(manager: DialogManager) -> None:
    await manager.start(Standing.courses, mode=StartMode.RESET_STACK)


async def show_bookmarks(manager: DialogManager, lesson_id: LessonId | None = None) -> None:
    """All of one's own, or those of one lesson."""
    await manager.start(Marks.list, data={"lesson_id": lesson_id}, mode=StartMode.RESET_STACK)


async def show_course(manager: DialogManager, course_id: CourseId) -> None:
    await manager.start(CourseCard.card, data={"course_id": course_id}, mode=StartMode.RESET_STACK)


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
