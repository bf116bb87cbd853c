from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram_dialog import DialogManager, ShowMode, StartMode

from bot.courses.question_states import show_quiz_card as show_quiz_card
from domain.courses.model import CourseId, LessonId, PartId
from domain.quizzes.importing.imports import QuestionImport
from domain.quizzes.settings import BankId


class Studio(StatesGroup):
    """A teacher's own courses, and choosing one of them for a command."""

    courses = State()
    pick_course = State()
    pick_lesson = State()


class NewCourse(StatesGroup):
    """What a new course is asked, in this order."""

    title = State()
    subject = State()
    branch = State()
    description = State()
    price = State()
    amount = State()


class CourseDesk(StatesGroup):
    desk = State()
    more = State()
    title = State()
    description = State()
    price = State()
    amount = State()
    stars = State()
    fiscal = State()
    lesson = State()


class LessonDesk(StatesGroup):
    desk = State()
    title = State()
    price = State()
    stars = State()
    parts = State()
    question = State()
    right_answer = State()
    questions = State()
    question_card = State()
    conflict = State()


class Structure(StatesGroup):
    """The order of a course: sections, lessons, the archive."""

    outline = State()
    section = State()
    section_title = State()
    new_section = State()
    lesson = State()
    sections = State()
    archived = State()
    copy = State()
    paste = State()


class PartDesk(StatesGroup):
    """One part of a lesson."""

    card = State()
    text = State()
    file = State()
    duration = State()
    question = State()
    conflict = State()


class RulesDesk(StatesGroup):
    """When a lesson opens, and what passes it."""

    rules = State()
    date = State()
    days = State()
    percent = State()


class FilesDesk(StatesGroup):
    """The files beside a lesson."""

    files = State()


class ImportDesk(StatesGroup):
    """A course that comes as a file: waiting for it, reading it, and what it would make."""

    wait = State()
    reading = State()
    preview = State()
    category = State()


class QuestionImportDesk(StatesGroup):
    """A test that is sent to become questions: waiting for it, reading it, and what it would add."""

    wait = State()
    reading = State()
    asked = State()
    preview = State()
    left_out = State()
    key = State()
    draw = State()
    done = State()


async def show_studio(manager: DialogManager) -> None:
    """The teacher's own courses."""
    await manager.start(Studio.courses, mode=StartMode.RESET_STACK)


async def pick_course(manager: DialogManager, purpose: str) -> None:
    """Ask for which course a command was meant."""
    await manager.start(Studio.pick_course, data={"purpose": purpose}, mode=StartMode.RESET_STACK)


async def pick_lesson(manager: DialogManager, course_id: CourseId) -> None:
    """Ask into which lesson a question goes."""
    await manager.start(Studio.pick_lesson, data={"course_id": course_id}, mode=StartMode.RESET_STACK)


async def begin_course(manager: DialogManager) -> None:
    await manager.start(NewCourse.title, mode=StartMode.RESET_STACK)


async def show_course_desk(
    manager: DialogManager, course_id: CourseId, state: State = CourseDesk.desk, show_mode: ShowMode | None = None
) -> None:
    """A course where its author works on it."""
    await manager.start(state, data={"course_id": course_id}, mode=StartMode.RESET_STACK, show_mode=show_mode)


async def show_structure(manager: DialogManager, course_id: CourseId, pasted: str | None = None) -> None:
    """The order of a course; with what was pasted, the question whether to add it."""
    state = Structure.outline if pasted is None else Structure.paste
    await manager.start(state, data={"course_id": course_id, "pasted": pasted}, mode=StartMode.RESET_STACK)


async def show_part_desk(manager: DialogManager, course_id: CourseId, lesson_id: LessonId, part_id: PartId) -> None:
    data = {"course_id": course_id, "lesson_id": lesson_id, "part_id": part_id}
    await manager.start(PartDesk.card, data=data, mode=StartMode.RESET_STACK)


async def show_rules_desk(manager: DialogManager, course_id: CourseId, lesson_id: LessonId) -> None:
    data = {"course_id": course_id, "lesson_id": lesson_id}
    await manager.start(RulesDesk.rules, data=data, mode=StartMode.RESET_STACK)


async def show_files_desk(manager: DialogManager, course_id: CourseId, lesson_id: LessonId) -> None:
    data = {"course_id": course_id, "lesson_id": lesson_id}
    await manager.start(FilesDesk.files, data=data, mode=StartMode.RESET_STACK)


async def show_lesson_desk(
    manager: DialogManager,
    course_id: CourseId,
    lesson_id: LessonId,
    state: State = LessonDesk.desk,
    show_mode: ShowMode | None = None,
    *,
    removed: dict[str, Any] | None = None,
    added: dict[str, Any] | None = None,
) -> None:
    """A lesson where its author works on it. `removed`, `added`: what was done last and can be undone there."""
    data = {"course_id": course_id, "lesson_id": lesson_id, "removed": removed, "added": added}
    await manager.start(state, data=data, mode=StartMode.RESET_STACK, show_mode=show_mode)


async def ask_for_import(manager: DialogManager, course_id: CourseId | None = None) -> None:
    """Wait for a file; with a course, for a syllabus that goes into it."""
    await manager.start(ImportDesk.wait, data={"course_id": course_id}, mode=StartMode.RESET_STACK)


async def show_import(manager: DialogManager, import_id: int, course_id: CourseId | None = None) -> None:
    """What a file would make."""
    data = {"course_id": course_id, "import_id": import_id}
    await manager.start(ImportDesk.preview, data=data, mode=StartMode.RESET_STACK)


async def show_reading(manager: DialogManager, import_id: int, course_id: CourseId | None = None) -> None:
    """That a file is being read; what was found comes as a message of its own."""
    data = {"course_id": course_id, "import_id": import_id}
    await manager.start(ImportDesk.reading, data=data, mode=StartMode.RESET_STACK)


async def ask_for_questions(
    manager: DialogManager, *, lesson_id: LessonId | None = None, bank_id: BankId | None = None
) -> None:
    """Wait for a test that goes into the quiz of a lesson, or into a bank."""
    data = {"lesson_id": lesson_id, "bank_id": bank_id}
    await manager.start(QuestionImportDesk.wait, data=data, mode=StartMode.RESET_STACK)


async def show_question_import(
    manager: DialogManager, imported: QuestionImport, state: State = QuestionImportDesk.preview
) -> None:
    """A test that was sent: being read, or what it would add."""
    data = {
        "import_id": imported.id,
        "lesson_id": imported.target.lesson_id,
        "bank_id": imported.target.bank_id,
    }
    await manager.start(state, data=data, mode=StartMode.RESET_STACK)
