"""Who may teach and who runs the centre: invitations and roles."""

from html import escape
from typing import Any
from urllib.parse import urlencode

import structlog
from aiogram import Bot, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup, Message
from aiogram_dialog import DialogManager, ShowMode

from bot.i18n import N_, _, day_and_time
from bot.links import number_in
from bot.menu import ADMINS, MenuCommand
from bot.services import current_user, services
from bot.users.present import now_is, refresh_commands
from bot.users.states import show_menu
from bot.users.words import ROLES
from domain.errors import NotAllowed
from domain.users.model import Role, User, UserId
from domain.users.service import UserService

COMMANDS: tuple[MenuCommand, ...] = (
    MenuCommand("invite", N_("Invite a teacher"), ADMINS),
    MenuCommand("role", N_("Change a role: /role 123456789 teacher"), ADMINS),
)

log = structlog.get_logger()
router = Router(name="teachers")


@router.message(Command("invite", ignore_case=True))
async def invite(message: Message, bot: Bot, **data: Any) -> None:
    await send_invitation(bot, current_user(data), services(data).users)


async def send_invitation(bot: Bot, admin: User, users: UserService) -> None:
    """Make a link and show it; it is seen this once, because only its hash is kept."""
    offer = await users.invite_teacher(admin.id)
    log.info("teacher.invited", admin_id=admin.id)
    link = f"https://t.me/{(await bot.me()).username}?start=t_{offer.token}"
    share = "https://t.me/share/url?" + urlencode({"url": link, "text": _("Come and teach with us")})
    until = day_and_time(offer.expires_at, admin.timezone)
    lines = [
        _("🎓 <b>Invitation for one teacher</b>"),
        link,
        "",
        _("It works once, until {until}. Send it to one person only.").format(until=until),
    ]
    buttons = [
        [InlineKeyboardButton(text=_("Send to a teacher"), url=share)],
        [InlineKeyboardButton(text=_("Copy the link"), copy_text=CopyTextButton(text=link))],
    ]
    await bot.send_message(admin.id, "\n".join(lines), reply_markup=InlineKeyboardMarkup(inline_keyboard=buttons))


@router.message(Command("role", ignore_case=True))
async def change_role(message: Message, command: CommandObject, dialog_manager: DialogManager, **data: Any) -> None:
    """`/role <Telegram id> student|teacher|admin`."""
    admin = current_user(data)
    target, role = _role_wish(command.args)
    if not admin.is_admin:
        raise NotAllowed
    if target is None or role is None:
        await message.answer(_("Like this: /role 123456789 teacher\nRoles: student, teacher, admin"))
        return
    user = await services(data).users.set_role(admin.id, target, role)
    log.info("role.changed", admin_id=admin.id, user_id=user.id, role=role.value)
    refresh_commands(dialog_manager, user)
    await message.answer(
        _("{name} is now: {role}").format(name=escape(user.full_name, quote=False), role=_(ROLES[user.role]))
    )


async def accept_invitation(manager: DialogManager, token: str) -> bool:
    """The deep link `t_<token>`."""
    before = current_user(manager)
    user = await services(manager).users.accept_invitation(before.id, token)
    if before.may_teach:
        text = _("You can teach here already.")
    else:
        log.info("teacher.joined", user_id=user.id)
        text = _("🎓 You are a teacher now. /help shows your new commands.")
    now_is(manager, user)
    refresh_commands(manager, user)
    await manager.middleware_data["bot"].send_message(user.id, text)
    manager.show_mode = ShowMode.SEND
    await show_menu(manager)
    return True


def _role_wish(arguments: str | None) -> tuple[UserId | None, Role | None]:
    match (arguments or "").lower().split():
        case [number, name] if name in set(Role):
            target = number_in(number)
            return None if target is None else UserId(target), Role(name)
        case _:
            return None, None
