"""What a learner does with courses and lessons, and where that leads."""

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button, Select

from bot.courses.states import show_course_desk, show_lesson_desk
from bot.dialogs import given
from bot.i18n import _
from bot.learning.delivery import is_paid
from bot.learning.files_delivery import FilesDelivery
from bot.learning.states import CourseCard, show_catalogue, show_course, show_lesson
from bot.payments.states import show_order
from bot.quizzes.states import start_practice, start_quiz
from bot.services import current_user, services
from bot.tutor.states import ask_tutor
from bot.users.states import show_menu
from domain.courses.model import CourseId, LessonId, LockReason
from domain.learning.model import Product, ProductKind

WAITING = frozenset({LockReason.PREREQUISITE, LockReason.NOT_YET, LockReason.GATE})
"""Locks that no money opens."""


def shown_course(manager: DialogManager) -> CourseId:
    return CourseId(given(manager, "course_id"))


def shown_lesson(manager: DialogManager) -> LessonId:
    return LessonId(given(manager, "lesson_id"))


async def open_course(query: CallbackQuery, _select: Select[int], manager: DialogManager, course_id: int) -> None:
    await show_course(manager, CourseId(course_id))


async def open_lesson(query: CallbackQuery, _select: Select[int], manager: DialogManager, lesson_id: int) -> None:
    await show_lesson(manager, LessonId(lesson_id))


async def to_menu(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_menu(manager)


async def to_catalogue(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_catalogue(manager)


async def enrol(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await services(manager).learning.enrol(current_user(manager).id, shown_course(manager))
    await query.answer(_("You have joined the course."))


async def leave(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    if await services(manager).learning.leave(current_user(manager).id, shown_course(manager)):
        await query.answer(_("You have left the course. Your progress is kept: join again and go on."))
    await manager.switch_to(CourseCard.card)


async def continue_course(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """To the first lesson that is not done; in a finished course to the first one."""
    page = await services(manager).learning.course(current_user(manager).id, shown_course(manager))
    entries = page.lessons
    if entries:
        left = [entry for entry in page.current if not entry.is_done]
        # What only money closes is shown with its price; what waits for a date or a gate is passed over.
        unfinished = next((entry for entry in left if entry.lock not in WAITING), next(iter(left), entries[0]))
        await show_lesson(manager, unfinished.lesson.id)


async def buy_course(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_order(manager, Product(ProductKind.COURSE, shown_course(manager)))


async def next_lesson(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    page = await services(manager).learning.lesson(current_user(manager).id, shown_lesson(manager))
    if page.next_id is not None:
        await show_lesson(manager, page.next_id)


async def previous_lesson(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    page = await services(manager).learning.lesson(current_user(manager).id, shown_lesson(manager))
    if page.previous_id is not None:
        await show_lesson(manager, page.previous_id)


async def to_course(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    page = await services(manager).learning.lesson(current_user(manager).id, shown_lesson(manager))
    await show_course(manager, page.course.id)


async def buy(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Whatever has to be bought for this lesson: itself, or its course."""
    page = await services(manager).learning.lesson(current_user(manager).id, shown_lesson(manager))
    match page.lock:
        case LockReason.LESSON_UNPAID:
            await show_order(manager, Product(ProductKind.LESSON, page.lesson.id))
        case LockReason.COURSE_UNPAID:
            await show_order(manager, Product(ProductKind.COURSE, page.course.id))
        case _:
            await show_lesson(manager, page.lesson.id)


async def go_first(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """To the lesson or the course that has to be finished before this lesson opens."""
    page = await services(manager).learning.lesson(current_user(manager).id, shown_lesson(manager))
    barrier = page.barrier
    if barrier is not None and barrier.gate is not None:
        await show_lesson(manager, LessonId(barrier.gate.id))
    elif barrier is not None and barrier.courses:
        await show_course(manager, CourseId(barrier.courses[0].id))
    else:
        await show_lesson(manager, page.lesson.id)


async def send_files(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """The files beside the lesson, in groups; the buttons move below them."""
    user, lesson_id = current_user(manager), shown_lesson(manager)
    page = await services(manager).learning.lesson(user.id, lesson_id)
    resources = await services(manager).lesson_files.take(user.id, lesson_id)
    data, learning = manager.middleware_data, services(manager).learning
    delivery = FilesDelivery(data["bot"], data["storage_of_files"], learning.remember_file_id)
    await delivery.send(user.id, resources, protect=is_paid(page))
    manager.show_mode = ShowMode.DELETE_AND_SEND


async def edit_course(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_course_desk(manager, shown_course(manager))


async def edit_lesson(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    page = await services(manager).learning.lesson(current_user(manager).id, shown_lesson(manager))
    await show_lesson_desk(manager, page.course.id, page.lesson.id)


async def take_quiz(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await start_quiz(manager, shown_lesson(manager))


async def practise(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await start_practice(manager, shown_lesson(manager))


async def ask(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await ask_tutor(manager, shown_lesson(manager))
