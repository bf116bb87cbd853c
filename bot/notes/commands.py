"""Notes beside the screens: a reply to a lesson, the commands, and the buttons below a note that was taken."""

from contextlib import suppress
from typing import Any

from aiogram import Bot, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import Command, CommandObject, Filter
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from aiogram_dialog import DialogManager, ShowMode

from bot.i18n import N_, _
from bot.links import BesideScreens, LinkHandler, number_in
from bot.menu import MenuCommand
from bot.notes.buttons import NoteTap, Wish, under_deleted, under_note
from bot.notes.drafts import draft_behind_command, draft_of
from bot.notes.errors import input_sentence
from bot.notes.states import begin_note, rewrite_note, show_note, show_notes
from bot.replies import ReplyToLesson
from bot.services import current_user, services
from domain.errors import InvalidInput
from domain.notes.model import NoteDraft, NoteId

COMMANDS: tuple[MenuCommand, ...] = (
    MenuCommand("notes", N_("My notes")),
    MenuCommand("note", N_("Write a note")),
)

router = Router(name="notes")
router.callback_query.outer_middleware(BesideScreens(NoteTap))


class WritesOrSpeaks(Filter):
    """A message that may be a note: words that are no command, or a recording."""

    async def __call__(self, message: Message) -> bool:
        if message.text is not None:
            return not message.text.startswith("/")
        return message.voice is not None


@router.message(Command("notes", ignore_case=True))
async def notes(message: Message, command: CommandObject, dialog_manager: DialogManager) -> None:
    """`/notes` opens the notebook, `/notes kvadrat` searches it."""
    await show_notes(dialog_manager, command.args or "")


@router.message(Command("note", ignore_case=True))
async def note(message: Message, command: CommandObject, bot: Bot, dialog_manager: DialogManager, **data: Any) -> None:
    """`/note text` is a note at once, about the lesson if it answers one; `/note` waits for the text."""
    if command.args:
        await take(message, draft_behind_command(message, bot.id), data)
    else:
        await begin_note(dialog_manager)


@router.message(WritesOrSpeaks(), ReplyToLesson())
async def reply(message: Message, bot: Bot, **data: Any) -> None:
    draft = draft_of(message, bot.id)
    if draft is not None:
        await take(message, draft, data)


async def take(message: Message, draft: NoteDraft, data: dict[str, Any]) -> None:
    """Keep it, and say so below the message; the screen stays as it is."""
    answered = message.reply_to_message
    try:
        kept = await services(data).notes.add(current_user(data).id, draft, answered.message_id if answered else None)
    except InvalidInput as error:
        await message.answer(input_sentence(error))
        return
    await message.answer(_("📝 Noted."), reply_markup=under_note(kept.id))


@router.callback_query(NoteTap.filter())
async def tap(
    query: CallbackQuery, callback_data: NoteTap, bot: Bot, dialog_manager: DialogManager, **data: Any
) -> None:
    """Whose note it is, the service asks at each tap."""
    user_id, note_id = current_user(data).id, NoteId(number_in(str(callback_data.note_id)) or 0)
    dialog_manager.show_mode = ShowMode.DELETE_AND_SEND
    match callback_data.wish:
        case Wish.NOTEBOOK:
            await show_notes(dialog_manager)
        case Wish.REWRITE:
            await services(data).notes.note(user_id, note_id)
            await rewrite_note(dialog_manager, note_id)
        case Wish.DELETE:
            await services(data).notes.delete(user_id, note_id)
            await _say(bot, query, _("🗑 The note is deleted."), under_deleted(note_id))
        case Wish.RESTORE:
            await services(data).notes.restore(user_id, note_id)
            await _say(bot, query, _("📝 Noted."), under_note(note_id))
    await query.answer()


async def _say(bot: Bot, query: CallbackQuery, text: str, markup: InlineKeyboardMarkup) -> None:
    """In place of what the tapped message said; a second tap finds it said already."""
    if query.message is not None:
        with suppress(TelegramBadRequest):
            await bot.edit_message_text(
                text, chat_id=query.message.chat.id, message_id=query.message.message_id, reply_markup=markup
            )


async def note_link(manager: DialogManager, rest: str) -> bool:
    """One's own note; anybody else's is like one that never was."""
    note_id = number_in(rest)
    if note_id is None:
        return False
    await services(manager).notes.note(current_user(manager).id, NoteId(note_id))
    await show_note(manager, NoteId(note_id))
    return True


LINKS: dict[str, LinkHandler] = {"n": note_link}
