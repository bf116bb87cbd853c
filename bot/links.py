"""Short payloads that open a screen: in deep links (`t.me/bot?start=l_12`) and in buttons outside dialogs.

A payload only says where to go. Whether its bearer may is decided by the service that the screen calls.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiogram import BaseMiddleware, Router
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, InaccessibleMessage, InlineKeyboardButton, TelegramObject
from aiogram_dialog import DialogManager, ShowMode

from bot.i18n import _
from bot.services import current_user
from bot.users.states import show_menu

LinkHandler = Callable[[DialogManager, str], Awaitable[bool]]
"""Opens the screen of the payload's rest; False when it leads nowhere."""

Links = Mapping[str, LinkHandler]
"""By the payload's prefix, the part before the first underscore."""

PublicLink = Callable[[DialogManager, str], Awaitable[None]]
"""Answers a link by a message to anybody, registered or not; it opens no screen and disturbs none."""


class Go(CallbackData, prefix="go"):
    payload: str


def go_button(text: str, payload: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=Go(payload=payload).pack())


async def open_link(manager: DialogManager, payload: str, links: Links) -> bool:
    prefix, _separator, rest = payload.partition("_")
    handler = links.get(prefix)
    return handler is not None and await handler(manager, rest)


async def answer_public_link(manager: DialogManager, payload: str, links: Mapping[str, PublicLink]) -> bool:
    """Answer what needs no registration; False for every other link."""
    prefix, _separator, rest = payload.partition("_")
    answer = links.get(prefix)
    if answer is None:
        return False
    await answer(manager, rest)
    return True


def number_in(rest: str) -> int | None:
    """A database id from a link: 1 to 15 ASCII digits, so that it always fits a bigint."""
    return int(rest) if rest.isascii() and rest.isdigit() and len(rest) <= 15 else None


router = Router(name="links")


class BesideScreens(BaseMiddleware):
    """Messages with such buttons stay as they are: dialogs must not take the tapped one for their own screen."""

    def __init__(self, kind: type[CallbackData]) -> None:
        self._prefix = f"{kind.__prefix__}:"

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        if isinstance(event, CallbackQuery) and event.message and (event.data or "").startswith(self._prefix):
            outside = InaccessibleMessage(chat=event.message.chat, message_id=event.message.message_id)
            event = event.model_copy(update={"message": outside})
        return await handler(event, data)


router.callback_query.outer_middleware(BesideScreens(Go))


@router.callback_query(Go.filter())
async def go(query: CallbackQuery, callback_data: Go, dialog_manager: DialogManager, **data: Any) -> None:
    dialog_manager.show_mode = ShowMode.DELETE_AND_SEND
    if not current_user(data).is_registered:
        await query.answer()
        await show_menu(dialog_manager)
    elif await open_link(dialog_manager, callback_data.payload, data["links"]):
        await query.answer()
    else:
        await query.answer(_("This is no longer available. /menu shows what is."), show_alert=True)
