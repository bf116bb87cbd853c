"""What a student does with a quiz: one use case each, then where to go."""

import re
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode, StartMode

from bot.i18n import _, current_language
from bot.learning.states import return_to_lesson, show_lesson
from bot.links import number_in
from bot.question_text import option_meant
from bot.quizzes import kinds
from bot.quizzes.place import (
    Asked,
    attempt_shown,
    choose_review,
    hand_over,
    lesson_shown,
    mistake_shown,
    note_attempt,
    page_shown,
    place_of,
    question_shown,
    reviews_all,
    show_mistake,
    show_page,
)
from bot.quizzes.polls import poll_next
from bot.quizzes.result_getters import reviewed_list
from bot.quizzes.states import Quiz
from bot.quizzes.working import BUILT, Working, forget_working, note_working, working_on
from bot.services import current_user, services
from bot.users.states import show_menu
from domain.quizzes.errors import QuestionGone, TimeOver
from domain.quizzes.keys import QuestionKind, Response, Written, one
from domain.quizzes.keys import number_in as number_typed
from domain.quizzes.model import AttemptId, AttemptView, QuestionId, QuestionView
from domain.quizzes.settings import Face, Reveal

_ITEM = re.compile(r"(?P<number>[0-9]{1,4})-(?:[0-9]{1,2}|[a-z]{1,10})", re.ASCII)


async def begin_quiz(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    attempt = await services(manager).quizzes.start_or_resume(current_user(manager).id, lesson_shown(manager))
    await _ask(manager, attempt)


async def choose_option(query: CallbackQuery, widget: Any, manager: DialogManager, item: str) -> None:
    """`item` is `<question's number>-<option>`; which attempt it is about, the dialog knows, not the button."""
    place = number_in(item.partition("-")[2])
    shown = _shown_by(manager, item)
    if shown is not None and shown.takes_one_tap and place is not None:
        if not await answer(manager, shown.id, one(place)):
            await _out_of_date(query, manager)
        return
    question = await _question_meant(manager, item)
    if question is None or place is None:
        await _out_of_date(query, manager)
    elif question.kind in BUILT:
        note_working(manager, question.id, working_on(manager, question.id).tapped(question, place))
    elif not await answer(manager, question.id, one(place)):
        await _out_of_date(query, manager)


async def do_with_answer(query: CallbackQuery, widget: Any, manager: DialogManager, item: str) -> None:
    """`item` is `<question's number>-<deed>`: check or send what was put together, take back, see the picture."""
    question = await _question_meant(manager, item)
    if question is None:
        await _out_of_date(query, manager)
        return
    working = working_on(manager, question.id)
    match item.partition("-")[2]:
        case kinds.CHECK | kinds.SEND:
            response = working.response(question)
            if response is None:
                await query.answer(_("The answer is not complete yet."), show_alert=True)
            elif not await answer(manager, question.id, response):
                await _out_of_date(query, manager)
        case kinds.UNDO:
            note_working(manager, question.id, working.undone())
        case kinds.REWRITE:
            forget_working(manager)
        case kinds.PICTURE if question.picture is not None and query.bot is not None:
            await query.bot.send_photo(query.from_user.id, question.picture.file_id)
            manager.show_mode = ShowMode.DELETE_AND_SEND
        case _:
            await _out_of_date(query, manager)


async def type_answer(message: Message, widget: Any, manager: DialogManager) -> None:
    """What a question asks for in words, or a letter, number or option; anything else gets a sentence."""
    attempt = await services(manager).quizzes.current(current_user(manager).id, attempt_shown(manager))
    note_attempt(manager, attempt)
    question = attempt.question
    if question is None:
        return
    typed = message.text or ""
    match question.kind:
        case QuestionKind.ESSAY if typed.strip():
            note_working(manager, question.id, Working(text=typed))
            return
        case QuestionKind.NUMBER if typed.strip() and number_typed(typed) is None:
            await message.answer(_("Please type one number, like 12, 3.5, -2 or 1/4 👇"))
            return
        case QuestionKind.SHORT | QuestionKind.NUMBER | QuestionKind.ESSAY:
            if not typed.strip():
                await message.answer(_("Please type the answer as a text message 👇"))
                return
            response: Response | None = Written(typed)
        case QuestionKind.SINGLE | QuestionKind.TRUE_FALSE:
            meant = option_meant(typed, kinds.texts_of(question, current_language()))
            response = one(meant) if meant is not None else None
        case _:
            response = None
    if response is None:
        single = question.kind in (QuestionKind.SINGLE, QuestionKind.TRUE_FALSE)
        await message.answer(
            _("Please tap one of the answers below, or type its letter 👇")
            if single
            else _("Please answer with the buttons below 👇")
        )
    elif not await answer(manager, question.id, response):
        await _ask_again(manager)


async def next_question(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    await _ask_again(manager)


async def show_result(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    show_mistake(manager, 0)
    await manager.switch_to(Quiz.result)


async def try_again(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    await _ask(manager, await services(manager).quizzes.retake(current_user(manager).id, attempt_shown(manager)))


async def review_mistakes(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    choose_review(manager, everything=False)
    await manager.switch_to(Quiz.review)


async def review_everything(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    choose_review(manager, everything=True)
    await manager.switch_to(Quiz.review)


async def previous_mistake(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    show_mistake(manager, mistake_shown(manager) - 1)


async def next_mistake(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    result = await services(manager).quizzes.result(current_user(manager).id, attempt_shown(manager))
    last = len(reviewed_list(result, everything=reviews_all(manager))) - 1
    show_mistake(manager, min(mistake_shown(manager) + 1, last))
    hand_over(manager, result)


async def back_to_lesson(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    await return_to_lesson(manager, lesson_shown(manager))


async def go_to_next_lesson(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    result = await services(manager).quizzes.result(current_user(manager).id, attempt_shown(manager))
    await show_lesson(manager, result.next_lesson_id or result.lesson_id)


async def open_attempt(query: CallbackQuery, widget: Any, manager: DialogManager, item: str) -> None:
    """From the history: an open attempt goes on, a finished one shows its result."""
    attempt_id = AttemptId(number_in(item) or 0)
    attempt = await services(manager).quizzes.current(current_user(manager).id, attempt_id)
    await open_at(manager, attempt)


async def open_at(manager: DialogManager, attempt: AttemptView, mode: StartMode = StartMode.NORMAL) -> None:
    """The attempt where it stands: its poll, its question with buttons, or its result."""
    hand_over(manager, attempt)
    state = Quiz.question if attempt.question else Quiz.result
    if attempt.question is not None and attempt.face is Face.POLLS:
        bot = manager.middleware_data["bot"]
        if await poll_next(bot, services(manager), current_user(manager), attempt.id):
            state = Quiz.polls
    await manager.start(state, data=place_of(attempt), mode=mode)


async def previous_page(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    show_page(manager, page_shown(manager) - 1)


async def next_page(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    show_page(manager, page_shown(manager) + 1)


async def open_menu(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    await show_menu(manager)


async def answer(manager: DialogManager, question_id: QuestionId, response: Response) -> bool:
    """Store the answer and go on; False when the question does not wait for it.

    What it was worth is shown where the quiz tells it now; otherwise the next question follows at once. When time was
    over before, the result says so.
    """
    try:
        feedback = await services(manager).quizzes.answer(
            current_user(manager).id, attempt_shown(manager), question_id, response
        )
    except QuestionGone:
        return False
    except TimeOver:
        await _ask_again(manager)
        return True
    forget_working(manager)
    if not feedback.is_revealed or feedback.reveal is not Reveal.AT_ONCE:
        await _ask_again(manager)
        return True
    hand_over(manager, feedback)
    await manager.switch_to(Quiz.feedback)
    return True


def _shown_by(manager: DialogManager, item: str) -> Asked | None:
    """The question of the screen, if the button is one of its own."""
    tapped, shown = _ITEM.fullmatch(item), question_shown(manager)
    return shown if tapped is not None and shown is not None and int(tapped["number"]) == shown.number else None


async def _question_meant(manager: DialogManager, item: str) -> QuestionView | None:
    """The question that waits, if the button is one of its own and its dialog has shown it."""
    shown = _shown_by(manager, item)
    if shown is None:
        return None
    attempt = await services(manager).quizzes.current(current_user(manager).id, attempt_shown(manager))
    question = attempt.question
    if question is None or question.id != shown.id:
        return None
    hand_over(manager, attempt)
    return question


async def _out_of_date(query: CallbackQuery, manager: DialogManager) -> None:
    await query.answer(_("That button is out of date. Here is the question that waits for you."), show_alert=True)
    await _ask_again(manager)


async def _ask_again(manager: DialogManager) -> None:
    await _ask(manager, await services(manager).quizzes.current(current_user(manager).id, attempt_shown(manager)))


async def answer_with_buttons(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """For whom the poll does not show: the same question, the same attempt."""
    attempt = await services(manager).quizzes.current(current_user(manager).id, attempt_shown(manager))
    note_attempt(manager, attempt)
    # Below the poll, where the eyes are.
    manager.show_mode = ShowMode.DELETE_AND_SEND
    await manager.switch_to(Quiz.question if attempt.question else Quiz.result)


async def _ask(manager: DialogManager, attempt: AttemptView) -> None:
    note_attempt(manager, attempt)
    bot = manager.middleware_data["bot"]
    if attempt.question is not None and attempt.face is Face.POLLS:
        if await poll_next(bot, services(manager), current_user(manager), attempt.id):
            await manager.switch_to(Quiz.polls)
            return
        manager.show_mode = ShowMode.DELETE_AND_SEND
    await manager.switch_to(Quiz.question if attempt.question else Quiz.result)
