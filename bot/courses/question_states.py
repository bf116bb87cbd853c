"""The desk for questions: banks, the editor, the card of a quiz, marks."""

from aiogram.fsm.state import State, StatesGroup
from aiogram_dialog import DialogManager, StartMode

from domain.courses.model import CourseId, LessonId
from domain.quizzes.settings import BankId


class BankDesk(StatesGroup):
    banks = State()
    title = State()
    bank = State()
    filters = State()
    rename = State()
    question = State()


class QuestionEditor(StatesGroup):
    """One question of any kind, for a quiz or a bank."""

    kind = State()
    write = State()
    preview = State()
    piece = State()
    difficulty = State()


class QuizCard(StatesGroup):
    """How a quiz is taken."""

    card = State()
    number = State()
    moment = State()
    reveal = State()
    exam = State()
    pools = State()
    bank = State()
    count = State()


class Marking(StatesGroup):
    waiting = State()
    sheet = State()
    comment = State()


async def show_banks(manager: DialogManager, course_id: CourseId) -> None:
    await manager.start(BankDesk.banks, data={"course_id": course_id}, mode=StartMode.RESET_STACK)


async def show_bank(manager: DialogManager, course_id: CourseId, bank_id: BankId) -> None:
    data = {"course_id": course_id, "bank_id": bank_id}
    await manager.start(BankDesk.bank, data=data, mode=StartMode.RESET_STACK)


async def show_editor(
    manager: DialogManager,
    course_id: CourseId,
    *,
    lesson_id: LessonId | None = None,
    bank_id: BankId | None = None,
    question_id: int | None = None,
) -> None:
    """A new question of a lesson's quiz or of a bank; with an id, that question as it is."""
    data = {"course_id": course_id, "lesson_id": lesson_id, "bank_id": bank_id, "question_id": question_id}
    state = QuestionEditor.kind if question_id is None else QuestionEditor.preview
    await manager.start(state, data=data, mode=StartMode.RESET_STACK)


async def show_quiz_card(manager: DialogManager, course_id: CourseId, lesson_id: LessonId) -> None:
    data = {"course_id": course_id, "lesson_id": lesson_id}
    await manager.start(QuizCard.card, data=data, mode=StartMode.RESET_STACK)


async def show_marking(manager: DialogManager) -> None:
    await manager.start(Marking.waiting, mode=StartMode.RESET_STACK)
