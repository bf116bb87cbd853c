"""What is done with ratings, and where that leads."""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from bot.dialogs import given
from bot.i18n import N_, _
from bot.learning.rating_getters import trail
from bot.learning.states import CourseReviews, Ratings, show_course, show_rating, show_reviews
from bot.services import current_user, services
from domain.courses.model import CourseId
from domain.errors import InvalidInput
from domain.learning.ratings import RatingId

_INPUT: dict[tuple[str, str], str] = {
    ("comment", "empty"): N_("I see no words there. Please type a sentence, or leave it out."),
    ("comment", "too_long"): N_("That is too long: 500 characters at most."),
    ("reason", "too_short"): N_("That is too short: 3 characters at least."),
    ("reason", "too_long"): N_("That is too long: 200 characters at most."),
}


def rated_course(manager: DialogManager) -> CourseId:
    return CourseId(given(manager, "course_id"))


async def give_stars(query: CallbackQuery, _select: Select[int], manager: DialogManager, number: int) -> None:
    rating = await services(manager).ratings.rate(current_user(manager).id, rated_course(manager), number)
    await query.answer(_("Thank you!"))
    await manager.switch_to(Ratings.comment if rating.comment is None else Ratings.own)


async def type_comment(message: Message, _input: Any, manager: DialogManager) -> None:
    try:
        await services(manager).ratings.comment(current_user(manager).id, rated_course(manager), message.text or "")
    except InvalidInput as error:
        await message.answer(_sentence(error))
        return
    await manager.switch_to(Ratings.own)


async def delete_comment(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await services(manager).ratings.comment(current_user(manager).id, rated_course(manager), None)
    await manager.switch_to(Ratings.own)


async def delete_rating(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await services(manager).ratings.remove(current_user(manager).id, rated_course(manager))
    await query.answer(_("Your rating is deleted."))
    await show_course(manager, rated_course(manager))


async def to_rated_course(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_course(manager, rated_course(manager))


async def to_own_rating(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_rating(manager, rated_course(manager))


async def to_reviews(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_reviews(manager, rated_course(manager))


async def older_reviews(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    older: int | None = manager.dialog_data.get("older")
    if older is not None and older not in trail(manager):
        trail(manager).append(older)


async def newer_reviews(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    if trail(manager):
        trail(manager).pop()


async def open_review(query: CallbackQuery, _select: Select[int], manager: DialogManager, rating_id: int) -> None:
    manager.dialog_data["rating_id"] = rating_id
    await manager.switch_to(CourseReviews.one)


async def type_hide_reason(message: Message, _input: Any, manager: DialogManager) -> None:
    rating_id = RatingId(manager.dialog_data["rating_id"])
    try:
        await services(manager).ratings.hide(current_user(manager).id, rating_id, message.text or "")
    except InvalidInput as error:
        await message.answer(_sentence(error))
        return
    await manager.switch_to(CourseReviews.one)


async def show_again(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await services(manager).ratings.unhide(current_user(manager).id, RatingId(manager.dialog_data["rating_id"]))
    await query.answer(_("Everybody sees it again."))


def _sentence(error: InvalidInput) -> str:
    return _(_INPUT.get((error.field, error.reason), N_("That does not fit here. Please try again.")))
