"""What admins do with the category tree."""

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.common import ManagedScroll
from aiogram_dialog.widgets.kbd import Button, Select

from bot.courses.category_getters import place_of, shown_category, shown_page
from bot.courses.settings_states import CategoryDesk, show_categories
from bot.courses.settings_words import category_line
from bot.i18n import N_, _
from bot.services import current_user, services
from bot.users.states import show_menu
from domain.courses.model import CategoryId
from domain.language import Language

NOT_EMPTY = N_("This branch is not empty: courses, branches or students' choices are in it. Move them first.")


async def open_menu(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_menu(manager)


async def open_categories(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """From an admin's studio."""
    await show_categories(manager)


async def open_branch(query: CallbackQuery, select: Select[int], manager: DialogManager, category_id: int) -> None:
    await _go(manager, CategoryId(category_id))


async def go_up(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    page = await shown_page(manager)
    await _go(manager, page.category.parent_id if page.category else None)


async def type_branch(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    await services(manager).categories.add(current_user(manager).id, shown_category(manager), message.text)
    await manager.switch_to(CategoryDesk.tree)
    return True


async def choose_language(query: CallbackQuery, select: Select[str], manager: DialogManager, language: str) -> None:
    manager.dialog_data["language"] = Language.of_code(language, Language.UZ).value
    await manager.switch_to(CategoryDesk.name)


async def type_name(message: Message, manager: DialogManager) -> bool:
    category_id = shown_category(manager)
    if message.text is None or category_id is None:
        return False
    language = Language(manager.dialog_data["language"])
    await services(manager).categories.rename(current_user(manager).id, category_id, language, message.text)
    await manager.switch_to(CategoryDesk.names)
    return True


async def type_emoji(message: Message, manager: DialogManager) -> bool:
    category_id = shown_category(manager)
    if message.text is None or category_id is None:
        return False
    await services(manager).categories.set_emoji(current_user(manager).id, category_id, message.text)
    await manager.switch_to(CategoryDesk.tree)
    return True


async def type_slug(message: Message, manager: DialogManager) -> bool:
    category_id = shown_category(manager)
    if message.text is None or category_id is None:
        return False
    await services(manager).categories.set_slug(current_user(manager).id, category_id, message.text)
    await manager.switch_to(CategoryDesk.tree)
    return True


async def shift_up(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _shift(query, manager, up=True)


async def shift_down(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _shift(query, manager, up=False)


async def begin_move(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    page = await shown_page(manager)
    if page.category is None:
        return
    manager.dialog_data.update(place=None, moved=category_line(page.category))
    await first_page(manager, "places")
    await manager.switch_to(CategoryDesk.move)


async def go_into(query: CallbackQuery, select: Select[int], manager: DialogManager, category_id: int) -> None:
    """One level down, on the way to the place to choose."""
    manager.dialog_data["place"] = category_id
    await first_page(manager, "places")


async def go_out(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """One level up."""
    page = await services(manager).categories.page(current_user(manager).id, place_of(manager))
    manager.dialog_data["place"] = page.category.parent_id if page.category else None
    await first_page(manager, "places")


async def move_here(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    category_id = shown_category(manager)
    if category_id is None:
        return
    await services(manager).categories.move(current_user(manager).id, category_id, place_of(manager))
    await query.answer(_("Moved."))
    await manager.switch_to(CategoryDesk.tree)


async def ask_to_delete(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    page = await shown_page(manager)
    if page.is_empty:
        await manager.switch_to(CategoryDesk.delete)
    else:
        await query.answer(_(NOT_EMPTY), show_alert=True)


async def delete(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    category_id = shown_category(manager)
    if category_id is None:
        return
    parent_id = await services(manager).categories.remove(current_user(manager).id, category_id)
    await query.answer(_("Deleted."))
    await _go(manager, parent_id)
    await manager.switch_to(CategoryDesk.tree)


async def first_page(manager: DialogManager, pager: str) -> None:
    """Another list has begun: what was leafed to in the last one is no place in it."""
    scroll: ManagedScroll | None = manager.find(pager)
    if scroll is not None:
        await scroll.set_page(0)


async def _go(manager: DialogManager, category_id: CategoryId | None) -> None:
    manager.dialog_data["category"] = category_id
    await first_page(manager, "branches")


async def _shift(query: CallbackQuery, manager: DialogManager, *, up: bool) -> None:
    category_id = shown_category(manager)
    if category_id is not None:
        await services(manager).categories.shift(current_user(manager).id, category_id, up=up)
        await query.answer(_("Its place on its level has changed."))
