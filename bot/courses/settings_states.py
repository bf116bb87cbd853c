"""The screens about a course as a whole, and about the category tree."""

from aiogram.fsm.state import State, StatesGroup
from aiogram_dialog import DialogManager, ShowMode, StartMode

from domain.courses.model import CourseId


class CategoryDesk(StatesGroup):
    tree = State()
    add = State()
    names = State()
    name = State()
    emoji = State()
    slug = State()
    move = State()
    delete = State()


class CourseOptions(StatesGroup):
    main = State()
    category = State()
    level = State()
    language = State()
    cover = State()
    slug = State()
    certificate = State()
    prerequisites = State()
    candidates = State()
    schedule = State()


class CoTeachers(StatesGroup):
    list = State()
    card = State()
    leave = State()


class JoinCourse(StatesGroup):
    """What whoever opens an invitation is asked."""

    question = State()


class CourseTranslations(StatesGroup):
    languages = State()
    language = State()
    text = State()
    texts = State()
    files = State()
    file = State()


async def show_categories(manager: DialogManager) -> None:
    await manager.start(CategoryDesk.tree, mode=StartMode.RESET_STACK)


async def show_course_options(
    manager: DialogManager, course_id: CourseId, state: State = CourseOptions.main, show_mode: ShowMode | None = None
) -> None:
    await manager.start(state, data={"course_id": course_id}, mode=StartMode.RESET_STACK, show_mode=show_mode)


async def show_co_teachers(manager: DialogManager, course_id: CourseId) -> None:
    await manager.start(CoTeachers.list, data={"course_id": course_id}, mode=StartMode.RESET_STACK)


async def show_course_invitation(manager: DialogManager, title: str, token_hash: bytes) -> None:
    """The hash goes with the dialog, never the token: what a database keeps must not be enough to join."""
    data = {"title": title, "invitation": token_hash.hex()}
    await manager.start(JoinCourse.question, data=data, mode=StartMode.RESET_STACK)


async def show_translations(manager: DialogManager, course_id: CourseId) -> None:
    await manager.start(CourseTranslations.languages, data={"course_id": course_id}, mode=StartMode.RESET_STACK)
