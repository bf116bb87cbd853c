"""What a tap or a message does in the notebook, and where that leads."""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button, Select

from bot.i18n import _, current_language
from bot.learning.states import show_lesson
from bot.notes.drafts import draft_of
from bot.notes.getters import places, shown_course, shown_note, shown_words
from bot.notes.states import Notes
from bot.notes.voices import send_voice
from bot.services import current_user, services
from bot.users.states import show_menu
from domain.notes.model import Note, NoteId

MAX_WORDS = 100


async def begin(start_data: Any, manager: DialogManager) -> None:
    """What the notebook was opened with is where it starts; leafing and searching go on from there."""
    if isinstance(start_data, dict):
        manager.dialog_data.update(start_data)


async def choose_note(query: CallbackQuery, _select: Select[int], manager: DialogManager, note_id: int) -> None:
    note = await services(manager).notes.note(current_user(manager).id, NoteId(note_id))
    manager.dialog_data["note_id"] = note.id
    manager.dialog_data.pop("deleted", None)
    await _play(manager, note)
    await manager.switch_to(Notes.card)


async def listen(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _play(manager, await services(manager).notes.note(current_user(manager).id, shown_note(manager)))


async def _play(manager: DialogManager, note: Note) -> None:
    """The recording, with the screen below it."""
    if note.voice is None:
        return
    data = manager.middleware_data
    await send_voice(data["bot"], data["storage_of_files"], current_user(manager).id, note.voice)
    manager.show_mode = ShowMode.DELETE_AND_SEND


async def search(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    _show_anew(manager, words=message.text[:MAX_WORDS])
    return True


async def forget_words(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    _show_anew(manager, words="")


async def choose_course(query: CallbackQuery, _select: Select[int], manager: DialogManager, course_id: int) -> None:
    courses = await services(manager).notes.courses(current_user(manager).id)
    chosen = next((course for course in courses if course.id == course_id), None)
    if chosen is not None:
        title = chosen.title.read_in(current_language())
        _show_anew(manager, words="", course_id=chosen.id, course_title=title)
    await manager.switch_to(Notes.list)


async def forget_course(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    manager.dialog_data.pop("course_id", None)
    manager.dialog_data.pop("course_title", None)
    _show_anew(manager)


def _show_anew(manager: DialogManager, **wanted: Any) -> None:
    """From the first page on."""
    manager.dialog_data.update(wanted, places=[])
    manager.dialog_data.pop("deleted", None)


async def older(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    before = places(manager)
    page = await services(manager).notes.page(
        current_user(manager).id,
        course_id=shown_course(manager),
        words=shown_words(manager),
        before=NoteId(before[-1]) if before else None,
    )
    if page.has_more:
        before.append(page.notes[-1].id)


async def newer(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    before = places(manager)
    if before:
        before.pop()


async def open_lesson(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """If it may be opened now: it may have closed since the screen was drawn."""
    opened = await services(manager).notes.open(current_user(manager).id, shown_note(manager))
    place = opened.note.place
    if place is None or place.lesson_id is None or not opened.may_open_lesson:
        await query.answer(_("This lesson is closed to you now. Your note stays."), show_alert=True)
        return
    await show_lesson(manager, place.lesson_id)


async def pin(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Among the cards that are reviewed; twice is once."""
    await services(manager).pins.pin_note(current_user(manager).id, shown_note(manager))
    await query.answer(_("📌 You will be asked about it from tomorrow on: /review"), show_alert=True)


async def delete(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    note_id = shown_note(manager)
    await services(manager).notes.delete(current_user(manager).id, note_id)
    manager.dialog_data["deleted"] = note_id
    await manager.switch_to(Notes.list)


async def undo(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    note_id: int | None = manager.dialog_data.pop("deleted", None)
    if note_id is not None:
        await services(manager).notes.restore(current_user(manager).id, NoteId(note_id))
        await query.answer(_("↩️ Your note is back."))


async def type_words(message: Message, manager: DialogManager) -> bool:
    """The new words of the shown note."""
    draft = draft_of(message, manager.middleware_data["bot"].id)
    if draft is None or draft.voice is not None:
        return False
    await services(manager).notes.rewrite(current_user(manager).id, shown_note(manager), draft.text, draft.markdown)
    await manager.switch_to(Notes.card)
    manager.show_mode = ShowMode.DELETE_AND_SEND
    return True


async def take_note(message: Message, manager: DialogManager) -> bool:
    draft = draft_of(message, manager.middleware_data["bot"].id)
    if draft is None:
        return False
    note = await services(manager).notes.add(current_user(manager).id, draft)
    manager.dialog_data["note_id"] = note.id
    await message.answer(_("📝 Noted."))
    await manager.switch_to(Notes.card)
    manager.show_mode = ShowMode.DELETE_AND_SEND
    return True


async def to_menu(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_menu(manager)
