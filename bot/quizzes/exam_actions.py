"""What a tap on a screen of an exam does, and where that leads."""

from datetime import datetime, timedelta
from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, ShowMode

from bot.courses.states import show_lesson_desk, show_quiz_card
from bot.i18n import _
from bot.learning.states import return_to_lesson
from bot.links import number_in
from bot.quizzes.exam_getters import lesson_of, page_of
from bot.quizzes.exam_states import ExamBoard, show_exam_board, show_exam_room
from bot.quizzes.exam_words import clock
from bot.quizzes.states import show_quiz_desk, start_quiz
from bot.services import current_user, services
from bot.users.states import show_menu
from domain.clock import utc_now
from domain.courses.model import CourseId, LessonId

REFRESHED_FOR = timedelta(seconds=3)
"""A board that is younger than this is not drawn again."""


async def open_exam(query: CallbackQuery, widget: Any, manager: DialogManager, item: str) -> None:
    """`item`: `t` or `s` and the lesson's id. It chooses the screen; who may see it, the service asks."""
    lesson_id = LessonId(number_in(item[1:]) or 0)
    if item.startswith("t"):
        await show_exam_board(manager, lesson_id)
    else:
        await show_exam_room(manager, lesson_id)


async def be_ready(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    room = await services(manager).exam_rooms.be_ready(current_user(manager).id, lesson_of(manager))
    if room.is_ready and not room.is_open:
        await query.answer(_("✅ Noted. You will be among the first to be told."))


async def refresh(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Draws the screen anew, at most every few seconds."""
    now = utc_now()
    before = manager.dialog_data.get("drawn_at")
    if before is not None and timedelta() <= now - datetime.fromisoformat(before) < REFRESHED_FOR:
        manager.show_mode = ShowMode.NO_UPDATE
        await query.answer(_("This is fresh. Look again in a few seconds."))
        return
    manager.dialog_data["drawn_at"] = now.isoformat()


async def start_exam(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    await start_quiz(manager, lesson_of(manager))


async def back_to_lesson(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    await return_to_lesson(manager, lesson_of(manager))


async def to_desk(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    await show_lesson_desk(manager, CourseId(manager.dialog_data["course_id"]), lesson_of(manager))


async def to_quiz_desk(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    await show_quiz_desk(manager, CourseId(manager.dialog_data["course_id"]), lesson_of(manager))


async def to_card(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    await show_quiz_card(manager, CourseId(manager.dialog_data["course_id"]), lesson_of(manager))


async def to_menu(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    await show_menu(manager)


async def add_minutes(query: CallbackQuery, widget: Any, manager: DialogManager, item: str) -> None:
    seen = manager.dialog_data.get("closes_at")
    exam = await services(manager).exam_desk.add_minutes(
        current_user(manager).id,
        lesson_of(manager),
        number_in(item) or 0,
        datetime.fromisoformat(seen) if seen else utc_now(),
    )
    until = clock(exam.closes_at, current_user(manager).timezone)
    await query.answer(_("➕ Done: the exam ends at {until}. Those who write are told.").format(until=until))
    await manager.switch_to(ExamBoard.board)


async def close_now(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    await services(manager).exam_desk.close_now(current_user(manager).id, lesson_of(manager))
    await query.answer(_("🏁 Closed. The results are being worked out; you get a message."))
    await manager.switch_to(ExamBoard.board)


async def first_page(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    manager.dialog_data["page"] = 0
    await manager.switch_to(ExamBoard.results)


async def previous_page(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    manager.dialog_data["page"] = max(page_of(manager) - 1, 0)


async def next_page(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    manager.dialog_data["page"] = page_of(manager) + 1


async def open_pair(query: CallbackQuery, widget: Any, manager: DialogManager, item: str) -> None:
    first, _separator, second = item.partition("-")
    manager.dialog_data["pair"] = (number_in(first) or 0, number_in(second) or 0)
    await manager.switch_to(ExamBoard.pair)
