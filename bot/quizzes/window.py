"""A window that is a rich message when what it shows has formulas, and HTML otherwise."""

from typing import Any

from aiogram_dialog import DialogManager
from aiogram_dialog.api.entities import NewMessage
from aiogram_dialog.api.protocols import DialogProtocol

from bot.dialogs import Window
from bot.rich import RICH


class _Rich(str):
    __slots__ = ()


class QuestionWindow(Window):
    """The getter decides with `is_rich`, and gives its texts in the markup that goes with it."""

    async def render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        text = await super().render_text(data, manager)
        return _Rich(text) if data.get("is_rich") else text

    async def render(self, dialog: DialogProtocol, manager: DialogManager) -> NewMessage:
        message = await super().render(dialog, manager)
        if isinstance(message.text, _Rich):
            message.parse_mode = RICH
        return message
