"""Inviting, joining, leaving: who teaches a course together."""

from urllib.parse import urlencode

import structlog
from aiogram import Bot
from aiogram.types import CallbackQuery, CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button, Select

from bot.courses.at_hand import shown_course
from bot.courses.settings_states import CoTeachers, show_course_options
from bot.courses.states import show_course_desk, show_studio
from bot.dialogs import given
from bot.i18n import _, day_and_time
from bot.services import current_user, services
from bot.users.states import show_menu
from domain.users.model import UserId

log = structlog.get_logger()


async def back_to_options(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_course_options(manager, shown_course(manager))


async def open_menu(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_menu(manager)


async def invite(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Make a link and show it; it is seen this once, because only its hash is kept. The screen moves below it."""
    user, course_id = current_user(manager), shown_course(manager)
    bot: Bot = manager.middleware_data["bot"]
    offer = await services(manager).co_teaching.invite(user.id, course_id)
    log.info("course.teacher_invited", course_id=course_id, by=user.id)
    link = f"https://t.me/{(await bot.me()).username}?start=ct_{offer.token}"
    share = "https://t.me/share/url?" + urlencode({"url": link, "text": _("Let us teach this course together")})
    lines = [
        _("👥 <b>Invitation for one co-teacher</b>"),
        link,
        "",
        _("It works once, until {until}. Send it to one teacher only.").format(
            until=day_and_time(offer.expires_at, user.timezone)
        ),
    ]
    buttons = [
        [InlineKeyboardButton(text=_("Send to a teacher"), url=share)],
        [InlineKeyboardButton(text=_("Copy the link"), copy_text=CopyTextButton(text=link))],
    ]
    await bot.send_message(user.id, "\n".join(lines), reply_markup=InlineKeyboardMarkup(inline_keyboard=buttons))
    manager.show_mode = ShowMode.DELETE_AND_SEND


async def join(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    user = current_user(manager)
    course = await services(manager).co_teaching.join(user.id, bytes.fromhex(given(manager, "invitation")))
    log.info("course.teacher_joined", course_id=course.id, user_id=user.id)
    await query.answer(_("🎉 You teach this course together now."), show_alert=True)
    await show_course_desk(manager, course.id)


async def choose_teacher(query: CallbackQuery, select: Select[int], manager: DialogManager, user_id: int) -> None:
    manager.dialog_data["teacher"] = user_id
    await manager.switch_to(CoTeachers.card)


async def remove(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    user, course_id = current_user(manager), shown_course(manager)
    removed = UserId(manager.dialog_data["teacher"])
    await services(manager).co_teaching.remove(user.id, course_id, removed)
    log.info("course.teacher_removed", course_id=course_id, user_id=removed, by=user.id)
    await query.answer(_("They do not teach this course any more."))
    await manager.switch_to(CoTeachers.list)


async def leave(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    user, course_id = current_user(manager), shown_course(manager)
    await services(manager).co_teaching.leave(user.id, course_id)
    log.info("course.teacher_left", course_id=course_id, user_id=user.id)
    await query.answer(_("You have left the course."))
    await show_studio(manager)
