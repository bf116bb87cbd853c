"""A message that the program sends on its own account."""

from dataclasses import dataclass

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """Text in HTML and rows of buttons."""

    text: str
    buttons: tuple[tuple[InlineKeyboardButton, ...], ...] = ()

    @property
    def markup(self) -> InlineKeyboardMarkup | None:
        return InlineKeyboardMarkup(inline_keyboard=[list(row) for row in self.buttons]) if self.buttons else None
