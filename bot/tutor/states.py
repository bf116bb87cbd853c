from aiogram.fsm.state import State, StatesGroup
from aiogram_dialog import DialogManager, ShowMode, StartMode

from domain.courses.model import CourseId, LessonId
from domain.tutor.model import SessionId
from domain.tutor.teacher_ports import RequestId


class Tutor(StatesGroup):
    asking = State()
    doubts = State()
    """What was asked before."""
    conversation = State()


class TutorTeaching(StatesGroup):
    """The teachers' side."""

    requests = State()
    thread = State()
    mode = State()


async def ask_tutor(manager: DialogManager, lesson_id: LessonId | None = None) -> None:
    """Wait for a question, about this lesson if one is given; going back returns to where this was opened."""
    await manager.start(Tutor.asking, data={"lesson_id": lesson_id})


async def open_tutor(manager: DialogManager) -> None:
    """Wait for a question about anything; nothing is below."""
    await manager.start(Tutor.asking, data={}, mode=StartMode.RESET_STACK)


async def continue_doubt(manager: DialogManager, session_id: SessionId, *, is_shown: bool = True) -> None:
    """Wait for the next question of a conversation, below the latest messages.

    Without being shown, it only waits: an answer is on its way, and a window above it would be one too many.
    """
    await manager.start(
        Tutor.asking,
        data={"session_id": session_id},
        mode=StartMode.RESET_STACK,
        show_mode=ShowMode.SEND if is_shown else ShowMode.NO_UPDATE,
    )


async def show_doubts(manager: DialogManager) -> None:
    await manager.start(Tutor.doubts, data={}, mode=StartMode.RESET_STACK)


async def show_requests(manager: DialogManager) -> None:
    """What students have passed on; nothing is below."""
    await manager.start(TutorTeaching.requests, data={}, mode=StartMode.RESET_STACK)


async def show_request(manager: DialogManager, request_id: RequestId) -> None:
    """One of them, above the list of all."""
    await manager.start(TutorTeaching.requests, data={}, mode=StartMode.RESET_STACK, show_mode=ShowMode.NO_UPDATE)
    manager.dialog_data["request_id"] = request_id
    await manager.switch_to(TutorTeaching.thread, show_mode=ShowMode.SEND)


async def show_tutor_mode(manager: DialogManager, course_id: CourseId) -> None:
    """How the tutor helps in a course; going back returns to where this was opened."""
    await manager.start(TutorTeaching.mode, data={"course_id": course_id})


def shown_session(manager: DialogManager) -> SessionId | None:
    """The conversation that the next question continues."""
    chosen = manager.dialog_data.get("session_id") or _started_with(manager, "session_id")
    is_new = manager.dialog_data.get("is_new", False)
    return SessionId(chosen) if isinstance(chosen, int) and not is_new else None


def shown_lesson(manager: DialogManager) -> LessonId | None:
    lesson_id = _started_with(manager, "lesson_id")
    return LessonId(lesson_id) if lesson_id is not None else None


def talk_in(manager: DialogManager, session_id: SessionId) -> None:
    """From now on questions continue this conversation."""
    manager.dialog_data["session_id"] = session_id
    manager.dialog_data["is_new"] = False


def talk_anew(manager: DialogManager) -> None:
    """The next question begins a conversation."""
    manager.dialog_data["is_new"] = True


def _started_with(manager: DialogManager, name: str) -> int | None:
    data = manager.start_data
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, int) else None
