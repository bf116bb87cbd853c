from aiogram.fsm.state import State, StatesGroup
from aiogram_dialog import DialogManager, StartMode

from domain.courses.model import LessonId


class ExamRoom(StatesGroup):
    """Before an exam begins."""

    mine = State()
    waiting = State()


class ExamBoard(StatesGroup):
    """What those who teach see of an exam."""

    board = State()
    students = State()
    minutes = State()
    close = State()
    results = State()
    pairs = State()
    pair = State()


async def show_exams(manager: DialogManager) -> None:
    await manager.start(ExamRoom.mine, mode=StartMode.RESET_STACK)


async def show_exam_room(manager: DialogManager, lesson_id: LessonId) -> None:
    """The waiting room of the lesson's exam."""
    await manager.start(ExamRoom.waiting, data={"lesson_id": lesson_id}, mode=StartMode.RESET_STACK)


async def show_exam_board(manager: DialogManager, lesson_id: LessonId) -> None:
    """How the lesson's exam goes, for those who write its questions."""
    await manager.start(ExamBoard.board, data={"lesson_id": lesson_id}, mode=StartMode.RESET_STACK)
