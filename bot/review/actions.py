"""What a student does with a card, and where that leads."""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode

from bot.i18n import _, current_language
from bot.notes.states import show_note
from bot.question_text import option_meant
from bot.review.getters import graded_words
from bot.review.place import Shown, card_shown, pick, picked, place_in, seconds_taken, shown
from bot.review.states import Review, show_review_settings
from bot.review.wording import option_words
from bot.services import current_user, services
from bot.users.states import show_menu
from domain.quizzes.keys import Choice, QuestionKind, Response, Written, one
from domain.review.errors import CardMoved, GradeGone, NotAnAnswer
from domain.review.model import Grade, Graded, ReviewCardId

_GRADES = {int(grade): grade for grade in Grade}


async def choose_option(query: CallbackQuery, _widget: Any, manager: DialogManager, item: str) -> None:
    """One option is an answer at once; of several, each is ticked first."""
    card = shown(manager)
    place = place_in(item, card)
    if card is None or place is None:
        await _out_of_date(query)
    elif card.kind == QuestionKind.MULTIPLE.value:
        if place < card.option_count:
            pick(manager, place)
    elif not await _answer(manager, one(place)):
        await _out_of_date(query)


async def answer_picked(query: CallbackQuery, _button: Any, manager: DialogManager) -> None:
    if not picked(manager):
        await query.answer(_("Tick at least one answer first."), show_alert=True)
    elif not await _answer(manager, Choice(frozenset(picked(manager)))):
        await _out_of_date(query)


async def do_not_know(query: CallbackQuery, _button: Any, manager: DialogManager) -> None:
    if not await _answer(manager, None):
        await _out_of_date(query)


async def type_answer(message: Message, _widget: Any, manager: DialogManager) -> None:
    """A typed answer, or an option by its text, its letter or its number; anything else gets a sentence and the card
    again."""
    card, text = shown(manager), message.text
    if card is None:
        return
    response: Response | None = None
    if card.kind in (QuestionKind.SHORT.value, QuestionKind.NUMBER.value) and text:
        response = Written(text)
    elif card.kind in (QuestionKind.SINGLE.value, QuestionKind.TRUE_FALSE.value) and text:
        place = option_meant(text, await _options(manager, card))
        response = one(place) if place is not None else None
    if response is None:
        await message.answer(_hint(card.kind))
    elif not await _answer(manager, response):
        await message.answer(_("That card is out of date. Here is what is next."))
    manager.show_mode = ShowMode.DELETE_AND_SEND


async def _options(manager: DialogManager, card: Shown) -> list[str]:
    """As they stand on the screen; none when the next card is another one by now."""
    waiting = (await services(manager).review.state(current_user(manager).id)).card
    if waiting is None or waiting.question is None or (waiting.id, waiting.version) != (card.card_id, card.version):
        return []
    return option_words(waiting.question)


def _hint(kind: str | None) -> str:
    if kind in (QuestionKind.SHORT.value, QuestionKind.NUMBER.value):
        return _("Please type the answer as a text message.")
    return _("Please use the buttons below 👇")


async def uncover(query: CallbackQuery, _button: Any, manager: DialogManager) -> None:
    card = shown(manager)
    if card is None:
        await _out_of_date(query)
        return
    try:
        await services(manager).review.uncover(current_user(manager).id, card.card_id, card.version)
    except (CardMoved, NotAnAnswer):
        await _out_of_date(query)
        return
    await manager.switch_to(Review.uncovered)


async def choose_grade(query: CallbackQuery, _widget: Any, manager: DialogManager, item: str) -> None:
    card = shown(manager)
    grade = _GRADES.get(place_in(item, card) or 0)
    if card is None or grade is None:
        await _next_after(query, manager)
        return
    try:
        graded = await services(manager).review.grade(
            current_user(manager).id, card.card_id, card.version, grade, seconds=seconds_taken(manager)
        )
    except (CardMoved, NotAnAnswer):
        await _next_after(query, manager)
        return
    await _show(manager, graded)


async def next_card(query: CallbackQuery, _button: Any, manager: DialogManager) -> None:
    manager.dialog_data.pop("graded", None)
    await manager.switch_to(Review.card)


async def take_back(query: CallbackQuery, _button: Any, manager: DialogManager) -> None:
    """The last grade, once; then the card is asked again."""
    graded: dict[str, Any] = manager.dialog_data["graded"]
    try:
        await services(manager).review.take_back(
            current_user(manager).id, ReviewCardId(graded["card_id"]), graded["number"]
        )
    except GradeGone:
        await query.answer(_("That grade cannot be taken back any more."), show_alert=True)
        return
    manager.dialog_data.pop("card", None)
    await next_card(query, _button, manager)


async def remove(query: CallbackQuery, _button: Any, manager: DialogManager) -> None:
    graded: dict[str, Any] = manager.dialog_data["graded"]
    await services(manager).review.remove(current_user(manager).id, ReviewCardId(graded["card_id"]))
    manager.dialog_data["graded"] = {**graded, "is_removed": True}


async def restore(query: CallbackQuery, _button: Any, manager: DialogManager) -> None:
    graded: dict[str, Any] = manager.dialog_data["graded"]
    await services(manager).review.restore(current_user(manager).id, ReviewCardId(graded["card_id"]))
    manager.dialog_data["graded"] = {**graded, "is_removed": False}


async def open_note(query: CallbackQuery, _button: Any, manager: DialogManager) -> None:
    """The notebook has the recording."""
    card_id, version = card_shown(manager)
    found = await services(manager).review.uncover(current_user(manager).id, card_id, version)
    if found.card.note is not None:
        await show_note(manager, found.card.note.id)


async def open_settings(query: CallbackQuery, _button: Any, manager: DialogManager) -> None:
    await show_review_settings(manager)


async def to_menu(query: CallbackQuery, _button: Any, manager: DialogManager) -> None:
    await show_menu(manager)


async def _answer(manager: DialogManager, response: Response | None) -> bool:
    """Store the answer's grade and show what it was worth; False when the card does not wait for it any more."""
    card = shown(manager)
    if card is None:
        return False
    try:
        graded = await services(manager).review.answer(
            current_user(manager).id,
            card.card_id,
            card.version,
            response,
            seconds=seconds_taken(manager),
            language=current_language(),
        )
    except (CardMoved, NotAnAnswer):
        return False
    await _show(manager, graded)
    return True


async def _show(manager: DialogManager, graded: Graded) -> None:
    manager.dialog_data["graded"] = graded_words(graded)
    await manager.switch_to(Review.graded)


async def _out_of_date(query: CallbackQuery) -> None:
    await query.answer(_("That button is out of date. Here is what is next."), show_alert=True)


async def _next_after(query: CallbackQuery, manager: DialogManager) -> None:
    await _out_of_date(query)
    await manager.switch_to(Review.card)
