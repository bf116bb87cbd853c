"""What a person is told when something cannot be done, and what the log is told when something broke."""

import secrets
from collections.abc import Mapping
from typing import Any

import structlog
from aiogram import Router
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.filters import ExceptionTypeFilter, Filter
from aiogram.types import CallbackQuery, ErrorEvent, Message, PreCheckoutQuery, ReplyKeyboardRemove
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.api.exceptions import (
    InvalidStackIdError,
    NoContextError,
    OutdatedIntent,
    UnknownIntent,
    UnknownState,
    UnregisteredWindowError,
)

from bot.i18n import N_, _
from bot.limits import MAX_ALERT, cut
from bot.users.states import show_menu
from domain.errors import DomainError, Gone, InvalidInput, NotAllowed

log = structlog.get_logger()

LOST_WINDOW = (
    OutdatedIntent,
    UnknownIntent,
    UnknownState,
    UnregisteredWindowError,
    NoContextError,
    InvalidStackIdError,
)

BASIC_SENTENCES: dict[type[DomainError], str] = {
    NotAllowed: N_("You cannot do that here."),
    Gone: N_("This is no longer available. /menu shows what is."),
    InvalidInput: N_("That does not fit here. Please try again."),
    DomainError: N_("That is not possible right now."),
}

NOTHING_CHARGED = N_("Something is not working here right now, so nothing was charged. Please try again in a minute.")

router = Router(name="errors")


class BeforePaying(Filter):
    """Telegram asks whether it may charge somebody, and waits for ten seconds."""

    async def __call__(self, event: ErrorEvent) -> bool:
        return event.update.pre_checkout_query is not None


def sentence_for(error: DomainError, sentences: Mapping[type[DomainError], str]) -> str:
    """The sentence of the error's nearest class that has one, in the current language."""
    for kind in type(error).__mro__:
        if kind in sentences:
            return _(sentences[kind])
    return _(BASIC_SENTENCES[DomainError])


def error_id() -> str:
    """Short enough to be read out on the phone, written to the log with the cause."""
    return secrets.token_hex(3).upper()


@router.errors(ExceptionTypeFilter(DomainError))
async def explain(event: ErrorEvent, **data: Any) -> bool:
    """A rule said no: say so, and leave the person where they were."""
    error = event.exception
    if not isinstance(error, DomainError):
        return False
    text = sentence_for(error, data["sentences"])
    log.info("domain.refused", error=type(error).__name__)
    await _say(event, text)
    manager: DialogManager | None = data.get("dialog_manager")
    if isinstance(error, Gone) and manager is not None:
        await _menu(manager)
    return True


@router.errors(ExceptionTypeFilter(*LOST_WINDOW))
async def recover(event: ErrorEvent, **data: Any) -> bool:
    """The screen that was tapped is no longer there: say where to go on, so that any tap leads somewhere."""
    query = event.update.callback_query
    manager: DialogManager | None = data.get("dialog_manager")
    if query is None or manager is None or not _is_stale(event.exception, manager):
        return await _back_to_menu(event, manager)
    tapped = query.message.message_id if query.message else 0
    shown = manager.current_stack().last_message_id or 0
    if tapped > shown:
        return await _back_to_menu(event, manager)
    if tapped < shown:
        await _say(event, _("That screen is out of date. The new one is below 👇"), alert=False)
        return True
    try:
        # The second tap of a double tap. Drawing the screen again helps where an old keyboard was left behind.
        await manager.show()
    except LOST_WINDOW:
        return await _back_to_menu(event, manager)
    await _say(event, "", alert=False)
    return True


@router.errors(BeforePaying())
async def decline(event: ErrorEvent) -> bool:
    """Whatever broke: whoever pays hears now that nothing was charged, and what to do; silence would tell them less."""
    log.error("payment.declined", cause=describe(event.exception), exc_info=event.exception)
    await _say(event, _(NOTHING_CHARGED))
    return True


def _is_stale(error: BaseException, manager: DialogManager) -> bool:
    """True when only the tapped button is lost, and its owner is in some other screen."""
    return isinstance(error, (OutdatedIntent, UnknownIntent)) and manager.has_context()


async def _back_to_menu(event: ErrorEvent, manager: DialogManager | None) -> bool:
    text = _("That screen is out of date. Here is the menu.")
    if event.update.message:
        # What was tapped may be the phone's keyboard, left behind by a screen that is gone.
        await event.update.message.answer(text, reply_markup=ReplyKeyboardRemove())
    else:
        await _say(event, text, alert=False)
    if manager is not None:
        await _menu(manager)
    return True


async def _menu(manager: DialogManager) -> None:
    manager.show_mode = ShowMode.SEND
    await show_menu(manager)


async def _say(event: ErrorEvent, text: str, *, alert: bool = True) -> None:
    source: CallbackQuery | PreCheckoutQuery | Message | None = (
        event.update.callback_query or event.update.pre_checkout_query or event.update.message
    )
    try:
        if isinstance(source, CallbackQuery):
            await source.answer(cut(text, MAX_ALERT), show_alert=alert)
            return
        if isinstance(source, PreCheckoutQuery):
            await source.answer(ok=False, error_message=text)
            return
    except TelegramBadRequest as error:
        log.info("telegram.query_stale", reason=error.message)
        return
    if source is not None:
        await source.answer(text)


def describe(error: BaseException) -> str:
    """What the log may know of an exception: Telegram's refusals may quote a user's text, so only their kind."""
    return type(error).__name__ if isinstance(error, TelegramAPIError) else f"{type(error).__name__}: {error}"[:300]
