"""Taking notes along: made in the background, sent as a document, one at a time for each person."""

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, FSInputFile
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button

from bot.background import Background
from bot.i18n import _, current_language, day_and_time, ngettext, speaking
from bot.notes.getters import shown_course
from bot.notes.pages import Entry, Page, markdown_file
from bot.notes.words import length_words
from bot.services import current_user, services
from domain.courses.model import CourseId
from domain.notes.model import Note
from domain.notes.service import NoteService
from domain.users.model import User, UserId

PROGRESS_AFTER = 2.0
LAST_WORDS = 2.0
_running: set[UserId] = set()
"""Whose file this process is making: a second tap does not make a second one."""


class FileKind(StrEnum):
    WORD = "docx"
    MARKDOWN = "md"


async def export_word(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _begin(query, manager, FileKind.WORD)


async def export_markdown(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _begin(query, manager, FileKind.MARKDOWN)


async def _begin(query: CallbackQuery, manager: DialogManager, kind: FileKind) -> None:
    user = current_user(manager)
    if user.id in _running:
        await query.answer(_("Your last file is still being made. One moment, please."), show_alert=True)
        return
    background: Background = manager.middleware_data["background"]
    bot: Bot = manager.middleware_data["bot"]
    is_made = asyncio.Event()
    notes, course_id = services(manager).notes, shown_course(manager)
    # Whose file it is, is noted before anything can wait.
    _running.add(user.id)
    background.spawn(_export(bot, user, notes, course_id, kind, is_made), name="notes_export")
    background.spawn(_tell_when_slow(bot, user, is_made), name="notes_export_progress")
    await query.answer(_("I am making the file."))


async def _export(
    bot: Bot, user: User, notes: NoteService, course_id: CourseId | None, kind: FileKind, is_made: asyncio.Event
) -> None:
    is_sent = False
    with speaking(user.language), _alone(user.id), tempfile.TemporaryDirectory(prefix="ustoz-notes-") as folder:
        try:
            found = [note async for batch in notes.export(user.id, course_id) for note in batch]
            page = _page(found, user)
            path = Path(folder) / f"notes.{kind}"
            await asyncio.to_thread(_write, path, page, kind)
            is_made.set()
            caption = ngettext("📒 {n} note", "📒 {n} notes", len(found)).format(n=len(found))
            await bot.send_document(user.id, FSInputFile(path, filename=path.name), caption=caption)
            is_sent = True
        finally:
            is_made.set()
            if not is_sent:
                # Also when the program stops, which may not take long.
                with suppress(TimeoutError):
                    async with asyncio.timeout(LAST_WORDS):
                        await bot.send_message(user.id, _("The file could not be made. Please try again."))


async def _tell_when_slow(bot: Bot, user: User, is_made: asyncio.Event) -> None:
    """Who has waited for two seconds is told that it goes on, until it is done."""
    try:
        async with asyncio.timeout(PROGRESS_AFTER):
            await is_made.wait()
    except TimeoutError:
        with speaking(user.language):
            told = await bot.send_message(user.id, _("⏳ I am writing your notes into the file…"))
        await is_made.wait()
        # The person may have deleted the message.
        with suppress(TelegramBadRequest):
            await told.delete()


@contextmanager
def _alone(user_id: UserId) -> Iterator[None]:
    try:
        yield
    finally:
        _running.discard(user_id)


def _write(path: Path, page: Page, kind: FileKind) -> None:
    """Not for the event loop: a notebook may have thousands of notes."""
    if kind is FileKind.MARKDOWN:
        path.write_text(markdown_file(page), encoding="utf-8")
        return
    # The library of Word documents is loaded by the first export, not by every start.
    from bot.notes.word import word_file

    word_file(page, path)


def _page(notes: Sequence[Note], user: User) -> Page:
    """Headings and dates are said in the reader's language, which a thread does not know."""
    language, others = current_language(), _("Other notes")
    entries = [
        Entry(
            course=note.place.course_title.read_in(language) if note.place else others,
            course_id=note.place.course_id if note.place else None,
            lesson=note.place.lesson_title.read_in(language) if note.place and note.place.lesson_title else "",
            lesson_id=note.place.lesson_id if note.place else None,
            when=day_and_time(note.created_at, user.timezone),
            voice=_("🎤 Voice, {length}").format(length=length_words(note.voice.duration_seconds))
            if note.voice
            else "",
            markdown=note.markdown,
        )
        for note in notes
    ]
    return Page(title=_("My notes"), entries=entries, nothing=_("There are no notes here."))
