from aiogram.fsm.state import State, StatesGroup
from aiogram_dialog import DialogManager, StartMode

from bot.quizzes.exam_states import show_exam_board as show_exam_board
from bot.quizzes.exam_states import show_exam_room
from bot.quizzes.place import hand_over
from bot.services import current_user, services
from domain.courses.model import CourseId, LessonId
from domain.quizzes.exams.errors import ExamNotOver
from domain.quizzes.model import Hindrance
from domain.quizzes.practice_model import PracticeView


class Quiz(StatesGroup):
    intro = State()
    question = State()
    polls = State()
    feedback = State()
    result = State()
    review = State()
    history = State()


async def start_quiz(manager: DialogManager, lesson_id: LessonId) -> None:
    """The door of the lesson's quiz. What forbids it is raised here, while the earlier screen is still there."""
    intro = await services(manager).quizzes.intro(current_user(manager).id, lesson_id)
    if intro.settings.is_exam:
        is_missed = intro.hindrance is Hindrance.CLOSED and not intro.finished_count and intro.answered is None
        if intro.hindrance is Hindrance.NOT_YET or is_missed:
            await show_exam_room(manager, lesson_id)
            return
        if intro.hindrance is Hindrance.CLOSED and await _show_last_result(manager, lesson_id):
            return
    hand_over(manager, intro)
    await manager.start(Quiz.intro, data={"lesson_id": lesson_id}, mode=StartMode.RESET_STACK)


async def _show_last_result(manager: DialogManager, lesson_id: LessonId) -> bool:
    """The finished attempt at the lesson's quiz; False when it is not among the latest results."""
    results = await services(manager).quizzes.results(current_user(manager).id, 0)
    for entry in results.entries:
        if entry.lesson_id == lesson_id and entry.finished_at is not None:
            place = {"lesson_id": lesson_id, "attempt_id": entry.attempt_id, "from_lesson": True}
            await manager.start(Quiz.result, data=place, mode=StartMode.RESET_STACK)
            return True
    return False


async def show_results(manager: DialogManager) -> None:
    """All the reader's quiz results."""
    await manager.start(Quiz.history, mode=StartMode.RESET_STACK)


class Generating(StatesGroup):
    """A teacher's questions from a model."""

    order = State()
    material = State()
    review = State()
    edit = State()


class Practising(StatesGroup):
    waiting = State()
    question = State()
    feedback = State()
    result = State()


async def start_generating(manager: DialogManager, lesson_id: LessonId) -> None:
    """What waits for a decision comes first; else a new order. What forbids it is raised here."""
    waiting = await services(manager).generations.door(current_user(manager).id, lesson_id)
    if waiting is not None:
        await manager.start(
            Generating.review, data={"lesson_id": lesson_id, "generation_id": waiting}, mode=StartMode.RESET_STACK
        )
    else:
        await manager.start(Generating.order, data={"lesson_id": lesson_id}, mode=StartMode.RESET_STACK)


async def start_practice(manager: DialogManager, lesson_id: LessonId) -> None:
    """The student's practice of this lesson; what forbids it is raised here, while the lesson is still there."""
    view = await services(manager).practice.ask(current_user(manager).id, lesson_id)
    await show_practice(manager, view)


async def show_practice(manager: DialogManager, view: PracticeView) -> None:
    state = Practising.question if view.question else Practising.waiting
    if view.total and view.question is None:
        state = Practising.result
    await manager.start(state, data={"practice_id": view.id, "lesson_id": view.lesson_id}, mode=StartMode.RESET_STACK)


class QuizDesk(StatesGroup):
    """A lesson's quiz for those who teach it: results, questions, one question."""

    results = State()
    items = State()
    item = State()


async def show_quiz_desk(manager: DialogManager, course_id: CourseId, lesson_id: LessonId) -> None:
    """Whoever does not teach the course is refused here, while the earlier screen is still there.

    Until an exam closes its results are held back: its board is what there is to see.
    """
    try:
        await services(manager).quiz_statistics.results(current_user(manager).id, lesson_id)
    except ExamNotOver:
        await show_exam_board(manager, lesson_id)
        return
    data = {"course_id": course_id, "lesson_id": lesson_id}
    await manager.start(QuizDesk.results, data=data, mode=StartMode.RESET_STACK)
