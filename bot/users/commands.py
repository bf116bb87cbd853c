"""The commands of the frame: beginning, menu, profile, help, leaving."""

from typing import Any

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message
from aiogram_dialog import DialogManager, ShowMode, StartMode

from bot.i18n import N_, _
from bot.links import LinkHandler, answer_public_link
from bot.menu import Menu, MenuCommand
from bot.services import current_user, services
from bot.users.landing import follow
from bot.users.present import now_is, refresh_commands
from bot.users.public_card_dialog import public_card_link
from bot.users.states import Leaving, resume_registration, show_menu, show_profile, show_settings
from bot.users.teachers import accept_invitation

COMMANDS: tuple[MenuCommand, ...] = (
    MenuCommand("menu", N_("Main menu")),
    MenuCommand("me", N_("My profile")),
    MenuCommand("settings", N_("Language and study plan")),
    MenuCommand("help", N_("What I can do")),
    MenuCommand("cancel", N_("Cancel and open the menu")),
    MenuCommand("logout", N_("Log out, stop all messages")),
)

LINKS: dict[str, LinkHandler] = {"t": accept_invitation, "u": public_card_link}

router = Router(name="users")


@router.message(Command("start", ignore_case=True))
async def start(message: Message, command: CommandObject, dialog_manager: DialogManager, **data: Any) -> None:
    before, sender = current_user(data), message.from_user
    payload = (command.args or "").strip() or None
    if payload and await answer_public_link(dialog_manager, payload, data["public_links"]):
        # The answer stands; whatever was under way goes on below it, an earlier link included.
        payload = None
        dialog_manager.show_mode = ShowMode.SEND
    user = await services(data).users.welcome(before, sender.username if sender else before.username, payload)
    now_is(dialog_manager, user)
    if user.role is not before.role:
        refresh_commands(dialog_manager, user)
    if not user.is_registered:
        await resume_registration(dialog_manager, user)
    elif payload:
        await follow(dialog_manager, payload)
    else:
        await show_menu(dialog_manager)


@router.message(Command("menu", ignore_case=True))
async def menu(message: Message, dialog_manager: DialogManager) -> None:
    await show_menu(dialog_manager)


@router.message(Command("me", ignore_case=True))
async def me(message: Message, dialog_manager: DialogManager) -> None:
    await show_profile(dialog_manager)


@router.message(Command("settings", ignore_case=True))
async def settings(message: Message, dialog_manager: DialogManager) -> None:
    await show_settings(dialog_manager)


@router.message(Command("help", ignore_case=True))
async def help_(message: Message, menu: Menu, **data: Any) -> None:
    lines = [f"/{entry.command} — {_(entry.description)}" for entry in menu.of(current_user(data).role)]
    await message.answer("\n".join([_("<b>What I can do</b>"), "", *lines]))


@router.message(Command("cancel", ignore_case=True))
async def cancel(message: Message, dialog_manager: DialogManager) -> None:
    await message.answer(_("Cancelled."))
    await show_menu(dialog_manager)


@router.message(Command("logout", ignore_case=True))
async def logout(message: Message, dialog_manager: DialogManager) -> None:
    await dialog_manager.start(Leaving.confirm, mode=StartMode.RESET_STACK)
