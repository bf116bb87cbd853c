from aiogram.fsm.state import State, StatesGroup
from aiogram_dialog import DialogManager, StartMode

from bot.quizzes.place import hand_over
from bot.services import current_user, services
from domain.courses.model import LessonId


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
    hand_over(manager, intro)
    await manager.start(Quiz.intro, data={"lesson_id": lesson_id}, mode=StartMode.RESET_STACK)


async def show_results(manager: DialogManager) -> None:
    """All the reader's quiz results."""
    await manager.start(Quiz.history, mode=StartMode.RESET_STACK)
