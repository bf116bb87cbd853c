"""`/review`, its link, and the 📌 below a note or beside a question."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message
from aiogram_dialog import DialogManager

from bot.i18n import N_
from bot.links import LinkHandler
from bot.menu import MenuCommand
from bot.review.states import show_review

COMMANDS: tuple[MenuCommand, ...] = (MenuCommand("review", N_("Review what you learnt")),)
LINK = "review"

router = Router(name="review")


@router.message(Command("review", ignore_case=True))
async def review(message: Message, dialog_manager: DialogManager) -> None:
    await show_review(dialog_manager)


async def open_review(manager: DialogManager, rest: str) -> bool:
    """`review`; whatever stands behind it leads nowhere."""
    if rest:
        return False
    await show_review(manager)
    return True


LINKS: dict[str, LinkHandler] = {LINK: open_review}
