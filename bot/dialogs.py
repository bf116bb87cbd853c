"""Dialogs as this product uses them: one screen at a time, and a kind answer where a button was expected."""

from collections.abc import Awaitable, Callable
from operator import itemgetter
from typing import Any

from aiogram.types import Message, TelegramObject
from aiogram_dialog import Dialog as AnyDialog
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog import Window as AnyWindow
from aiogram_dialog.api.internal import TextWidget
from aiogram_dialog.api.protocols import DialogProtocol
from aiogram_dialog.widgets.kbd import Group, Keyboard, ScrollingGroup, Select
from aiogram_dialog.widgets.kbd.select import OnItemClick
from aiogram_dialog.widgets.text import Format

from bot.i18n import _

__all__ = ["Dialog", "Window", "choices", "given", "in_place_of_the_last_screen"]

_ROWS_OF_A_PAGE = 8


class Window(AnyWindow):
    """A screen. What none of its inputs takes gets a sentence, and the screen is shown again below it."""

    def __init__(self, *widgets: Any, hint: str | None = None, **options: Any) -> None:
        """`hint`: an N_-marked sentence that says what to do here, instead of the general one."""
        super().__init__(*widgets, **options)
        self._hint = hint

    async def process_message(self, message: Message, dialog: DialogProtocol, manager: DialogManager) -> bool:
        if await super().process_message(message, dialog, manager):
            return True
        await message.answer(_(self._hint) if self._hint else _("Please use the buttons below 👇"))
        manager.show_mode = ShowMode.DELETE_AND_SEND
        return True


class Dialog(AnyDialog):
    """A group of screens."""


def choices(
    *,
    id: str,  # noqa: A002 (as every widget's)
    items: str,
    on_click: OnItemClick[Any, Any],
    text: TextWidget | None = None,
    key: Callable[[Any], str | int] = itemgetter(0),
    type_factory: Callable[[str], Any] = str,
    columns: int = 1,
    pages: str | None = None,
    when: str | None = None,
) -> Keyboard:
    """One button for each of the getter's `items`, which are pairs (key, text) unless `key` and `text` say otherwise.

    Long lists are leafed through, eight rows at a time, when `pages` names the pager (its place is kept by that name);
    without it all are shown, as for lists that the getter cuts itself. `on_click` gets the key through `type_factory`.
    """
    select = Select(
        text or Format("{item[1]}"),
        id=id,
        item_id_getter=key,
        items=items,
        type_factory=type_factory,
        on_click=on_click,
    )
    if pages is None:
        return Group(select, width=columns, when=when)
    return ScrollingGroup(select, id=pages, width=columns, height=_ROWS_OF_A_PAGE, hide_on_single_page=True, when=when)


def answers_to_choose(on_click: OnItemClick[Any, Any]) -> Keyboard:
    """The options of a question, as the getter's `choices` (id, letter, label).

    Letters where the texts stand above, two short ones beside each other, or a line for each: the getter says which
    by `as_letters`, `as_pairs` or `as_lines`.
    """
    shapes = (
        ("letter", Format("{item[letter]}"), 6, "as_letters"),
        ("short", Format("{item[label]}"), 2, "as_pairs"),
        ("line", Format("{item[label]}"), 1, "as_lines"),
    )
    return Group(
        *(
            choices(
                id=name,
                items="choices",
                on_click=on_click,
                text=shown,
                key=itemgetter("id"),
                columns=columns,
                when=when,
            )
            for name, shown, columns, when in shapes
        )
    )


def given(manager: DialogManager, name: str) -> Any:
    """One value of those that the current dialog was started with."""
    data = manager.start_data
    if not isinstance(data, dict):
        raise TypeError("this dialog was started without data")
    return data[name]


async def in_place_of_the_last_screen(
    handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]], event: TelegramObject, data: dict[str, Any]
) -> Any:
    """For commands: the screen that one opens replaces the last one, which would stay behind without its buttons."""
    manager: DialogManager | None = data.get("dialog_manager")
    if manager is not None and isinstance(event, Message) and event.text and event.text.startswith("/"):
        # Deleting a screen does not take the phone's keyboard away that came with it; sending the next one does.
        has_keyboard = manager.current_stack().last_reply_keyboard
        manager.show_mode = ShowMode.SEND if has_keyboard else ShowMode.DELETE_AND_SEND
    return await handler(event, data)
