"""The desk for questions: banks, the editor, the card of a quiz, marks."""

from typing import Any

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


class QuestionExport(StatesGroup):
    """Questions of a quiz or a bank as a file."""

    form = State()


class QuestionChoice(StatesGroup):
    """Several questions of a quiz or a bank, and what is done with all of them."""

    questions = State()
    topic = State()
    difficulty = State()
    source = State()
    where = State()


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


async def show_question_export(
    manager: DialogManager, course_id: CourseId, *, lesson_id: LessonId | None = None, bank_id: BankId | None = None
) -> None:
    data = {"course_id": course_id, "lesson_id": lesson_id, "bank_id": bank_id}
    await manager.start(QuestionExport.form, data=data, mode=StartMode.RESET_STACK)


async def show_question_choice(
    manager: DialogManager,
    course_id: CourseId,
    *,
    lesson_id: LessonId | None = None,
    bank_id: BankId | None = None,
    sieve: dict[str, Any] | None = None,
    to_copy: int | None = None,
) -> None:
    """Choose several questions; with a sieve, of those of a bank that pass it. `to_copy`: this one, to be copied."""
    data = {"course_id": course_id, "lesson_id": lesson_id, "bank_id": bank_id, "sieve": sieve, "to_copy": to_copy}
    state = QuestionChoice.questions if to_copy is None else QuestionChoice.where
    await manager.start(state, data=data, mode=StartMode.RESET_STACK)


async def show_quiz_card(manager: DialogManager, course_id: CourseId, lesson_id: LessonId) -> None:
    data = {"course_id": course_id, "lesson_id": lesson_id}
    await manager.start(QuizCard.card, data=data, mode=StartMode.RESET_STACK)


async def show_marking(manager: DialogManager) -> None:
    await manager.start(Marking.waiting, mode=StartMode.RESET_STACK)
