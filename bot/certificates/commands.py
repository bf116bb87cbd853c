from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message
from aiogram_dialog import DialogManager

from bot.certificates.states import show_certificate, show_certificates
from bot.i18n import N_
from bot.links import LinkHandler
from bot.menu import MenuCommand
from bot.services import current_user, services
from domain.certificates.model import parse_code

COMMANDS: tuple[MenuCommand, ...] = (MenuCommand("certificates", N_("My certificates")),)

router = Router(name="certificates")


@router.message(Command("certificates", ignore_case=True))
async def certificates(message: Message, dialog_manager: DialogManager) -> None:
    await show_certificates(dialog_manager)


async def certificate_link(manager: DialogManager, rest: str) -> bool:
    """`cert_<number>`, in the buttons of notices: one's own certificate."""
    code = parse_code(rest)
    if code is None:
        return False
    await services(manager).certificates.view(current_user(manager).id, code)
    await show_certificate(manager, code)
    return True


LINKS: dict[str, LinkHandler] = {"cert": certificate_link}
