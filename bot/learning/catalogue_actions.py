"""Moving about in the catalogue: one message, redrawn in place."""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from bot.learning.places import ListPlace, branch_shown, turned
from bot.learning.states import Catalogue, show_course
from bot.search.states import show_search
from bot.services import services
from domain.courses.model import CategoryId, CourseId, Level
from domain.language import Language
from domain.learning.browsing import Order, Price

_LEVELS = (None, *Level)
_PRICES = (None, *Price)
_LANGUAGES = (None, *Language)


async def open_catalogue(start_data: Any, manager: DialogManager) -> None:
    """The dialog moves about by itself from here on, so its place is kept where it may be changed."""
    manager.dialog_data.update(start_data or {"category_id": None})


async def open_branch(query: CallbackQuery, _select: Select[int], manager: DialogManager, category_id: int) -> None:
    """Down: to the branches below, or to the courses where there are none."""
    screen = await services(manager).catalogue.branch(CategoryId(category_id))
    await _go(manager, category_id, Catalogue.subjects if screen.below.lines else Catalogue.courses)


async def list_branch(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _go(manager, manager.dialog_data.get("category_id"), Catalogue.courses)


async def go_up(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """From a branch to the one above; from a list to the branch that it belongs to, or past one with nothing below."""
    category_id = manager.dialog_data.get("category_id")
    if category_id is None:
        await _go(manager, None, Catalogue.subjects)
        return
    screen = await services(manager).catalogue.branch(CategoryId(category_id))
    is_list = manager.current_context().state == Catalogue.courses
    stays = is_list and bool(screen.below.lines)
    await _go(manager, category_id if stays else screen.branch.parent_id, Catalogue.subjects)


async def _go(manager: DialogManager, category_id: int | None, state: Any) -> None:
    manager.dialog_data["category_id"] = category_id
    manager.dialog_data.pop("branch_turn", None)
    manager.dialog_data.pop("turn", None)
    await manager.switch_to(state)


async def next_branches(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    screen = await services(manager).catalogue.branch(*branch_shown(manager))
    manager.dialog_data["branch_turn"] = turned(screen.below, forward=True)


async def previous_branches(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    screen = await services(manager).catalogue.branch(*branch_shown(manager))
    manager.dialog_data["branch_turn"] = turned(screen.below, forward=False)


async def next_courses(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    manager.dialog_data["turn"] = turned((await ListPlace.of(manager).screen(manager)).courses, forward=True)


async def previous_courses(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    manager.dialog_data["turn"] = turned((await ListPlace.of(manager).screen(manager)).courses, forward=False)


async def change_level(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    _change(manager, level=_following(_LEVELS, ListPlace.of(manager).wanted.level))


async def change_price(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    _change(manager, price=_following(_PRICES, ListPlace.of(manager).wanted.price))


async def change_language(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    _change(manager, language=_following(_LANGUAGES, ListPlace.of(manager).wanted.language))


async def change_order(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    _change(manager, order=_following(tuple(Order), ListPlace.of(manager).wanted.order))


async def clear_filters(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    _change(manager, level=None, price=None, language=None)


def _following(options: tuple[Any, ...], chosen: Any) -> Any:
    return options[(options.index(chosen) + 1) % len(options)]


def _change(manager: DialogManager, **choices: Any) -> None:
    """A list that is filtered anew begins with its first page."""
    manager.dialog_data.update(choices)
    manager.dialog_data.pop("turn", None)


async def open_listed(query: CallbackQuery, _select: Select[int], manager: DialogManager, course_id: int) -> None:
    await show_course(manager, CourseId(course_id), back=ListPlace.of(manager).as_data())


async def search(message: Message, _input: Any, manager: DialogManager) -> None:
    await show_search(manager, message.text or "")
