"""Answers to the questions of registration, which are also how they are changed later."""

from typing import Any

from aiogram.types import CallbackQuery, Message, ReplyKeyboardRemove
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button

from bot.i18n import _
from bot.services import current_user, services
from bot.users.errors import SENTENCES, input_sentence
from bot.users.landing import land
from bot.users.present import now_is, refresh_commands
from bot.users.states import QUESTIONS
from domain.errors import InvalidInput
from domain.language import Language
from domain.users.errors import ForeignContact
from domain.users.model import Goal, RegistrationStep, SubjectId, User
from domain.users.names import clean_name
from domain.users.phone import masked


async def choose_language(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    user = await services(manager).users.choose_language(current_user(manager).id, Language(button.widget_id))
    refresh_commands(manager, user)
    await _go_on(manager, user)


async def type_name(message: Message, text: str, manager: DialogManager) -> None:
    try:
        user = await services(manager).users.introduce(current_user(manager).id, text)
    except InvalidInput as error:
        await message.answer(input_sentence(error))
        return
    await _go_on(manager, user)


async def use_telegram_name(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    name = clean_name(query.from_user.full_name)
    await _go_on(manager, await services(manager).users.introduce(current_user(manager).id, name))


async def share_phone(message: Message, manager: DialogManager) -> None:
    contact = message.contact
    if contact is None:
        return
    try:
        user = await services(manager).users.share_phone(
            current_user(manager).id, contact.user_id, contact.phone_number
        )
    except ForeignContact:
        await message.answer(_(SENTENCES[ForeignContact]))
        return
    except InvalidInput as error:
        await message.answer(input_sentence(error))
        return
    await message.answer(
        _("Thank you! Saved: {phone}").format(phone=masked(user.phone or "")), reply_markup=ReplyKeyboardRemove()
    )
    await _go_on(manager, user)


async def type_phone(message: Message, text: str, manager: DialogManager) -> None:
    await message.answer(_("Please do not type the number: tap “📱 Share my number” below 👇"))


async def skip_phone(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    user = await services(manager).users.skip(current_user(manager).id, RegistrationStep.PHONE)
    await _put_keyboard_away(manager, _("All right. You can add your number later with /me."))
    await _go_on(manager, user)


async def forget_phone(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    user = await services(manager).users.forget_phone(current_user(manager).id)
    await _put_keyboard_away(manager, _("Your number is deleted."))
    await _go_on(manager, user)


async def keep_phone(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _put_keyboard_away(manager, _("Nothing has changed."))
    await _go_on(manager, current_user(manager))


async def toggle_subject(query: CallbackQuery, widget: Any, manager: DialogManager, wish: str) -> None:
    """The tap says which way: `+3` or `-3`, so that a tap that comes twice has one effect."""
    await services(manager).users.choose_subject(
        current_user(manager).id, SubjectId(int(wish[1:])), is_chosen=wish.startswith("+")
    )


async def choose_goal(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _go_on(manager, await services(manager).users.choose_goal(current_user(manager).id, Goal(button.widget_id)))


async def choose_minutes(query: CallbackQuery, widget: Any, manager: DialogManager, minutes: int) -> None:
    await _go_on(manager, await services(manager).users.choose_daily_minutes(current_user(manager).id, minutes))


async def skip_question(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """On to the next question; from an edit back to where it was opened."""
    state = manager.current_context().state
    step = next(step for step, asked in QUESTIONS.items() if asked == state)
    await _go_on(manager, await services(manager).users.skip(current_user(manager).id, step))


async def start_learning(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _go_on(manager, await services(manager).users.start_learning(current_user(manager).id))


async def _go_on(manager: DialogManager, user: User) -> None:
    """After a registered user's edit back; else to the question that is due now, or, behind the last, to learning."""
    was_registered = current_user(manager).is_registered
    now_is(manager, user)
    if was_registered:
        await manager.done()
    elif user.is_registered:
        refresh_commands(manager, user)
        await land(manager)
    else:
        await manager.switch_to(QUESTIONS[user.step])


async def _put_keyboard_away(manager: DialogManager, text: str) -> None:
    """A reply keyboard goes only with a message; the next screen is then a new one below it."""
    user = current_user(manager)
    await manager.middleware_data["bot"].send_message(user.id, text, reply_markup=ReplyKeyboardRemove())
    manager.show_mode = ShowMode.SEND
