"""Every window of every dialog, drawn from its preview data in each language."""

from typing import cast

import pytest
from aiogram.types import Chat, InlineKeyboardMarkup, ReplyKeyboardMarkup, User
from aiogram_dialog import DialogManager, Window
from aiogram_dialog.api.entities import EVENT_CONTEXT_KEY, Context, DialogAction, DialogUpdateEvent, EventContext, Stack

from bot.app.routes import DIALOGS
from bot.dialogs import Dialog
from bot.i18n import speaking
from bot.markdown import html_pages, length
from bot.rich import RICH
from domain.language import Language


class Drawing:
    """As much of a dialog manager as drawing from preview data takes."""

    def __init__(self, dialog: Dialog, window: Window) -> None:
        self._dialog = dialog
        self._context = Context("0", "0", window.get_state(), {}, {}, {})
        person, chat = User(id=1, is_bot=False, first_name="Ali"), Chat(id=1, type="private")
        self.event = DialogUpdateEvent(
            from_user=person,
            chat=chat,
            action=DialogAction.UPDATE,
            data={},
            intent_id=None,
            stack_id=None,
            thread_id=None,
            business_connection_id=None,
        )
        place = EventContext(bot=None, chat=chat, user=person, thread_id=None, business_connection_id=None)  # pyright: ignore[reportArgumentType]
        self.middleware_data: dict[str, object] = {
            "dialog_manager": self,
            "event_chat": chat,
            "event_from_user": person,
            EVENT_CONTEXT_KEY: place,
        }
        self.start_data: dict[str, object] = {}
        self.dialog_data: dict[str, object] = {}
        self.show_mode = None

    def is_preview(self) -> bool:
        return True

    async def load_data(self) -> dict[str, object]:
        return {}

    def current_context(self) -> Context:
        return self._context

    def current_stack(self) -> Stack:
        return Stack()

    def find(self, widget_id: str) -> object:
        widget = self._dialog.find(widget_id)
        return widget.managed(cast("DialogManager", self)) if widget else None


WINDOWS = [
    pytest.param(dialog, window, id=f"{window.get_state().state}")
    for dialog in DIALOGS
    for window in dialog.windows.values()
]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(("dialog", "window"), WINDOWS)
async def test_a_window_is_drawn_from_its_preview_data(dialog: Dialog, window: Window, language: Language) -> None:
    with speaking(language):
        message = await dialog.render(cast("DialogManager", Drawing(dialog, window)))

    text = html_pages(message.text or "")[0] if message.parse_mode == RICH else message.text
    assert text
    assert 0 < length(text) <= 4096
    for row in _rows(message.reply_markup):
        assert 0 < len(row) <= 8
        for label, data in row:
            assert 0 < len(label) <= 64
            assert len((data or "").encode()) <= 64


def _rows(markup: object) -> list[list[tuple[str, str | None]]]:
    match markup:
        case InlineKeyboardMarkup():
            return [[(button.text, button.callback_data) for button in row] for row in markup.inline_keyboard]
        case ReplyKeyboardMarkup():
            return [[(button.text, None) for button in row] for row in markup.keyboard]
        case _:
            return []
