"""Translating a course: one text after another, and files for a language."""

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button, Select

from bot.courses.at_hand import shown_course
from bot.courses.conflicts import tell_conflict
from bot.courses.materials import material_of
from bot.courses.settings_states import CourseTranslations, show_course_options
from bot.courses.translation_getters import (
    file_list,
    goes_on,
    shown_language,
    shown_text,
    takes_pieces,
    text_list,
)
from bot.i18n import _
from bot.services import current_user, services
from bot.writing import markdown_of
from domain.courses.errors import EditConflict
from domain.courses.materials import Upload
from domain.courses.model import PartId, PartKind
from domain.courses.translation_ports import TextKey
from domain.language import Language

_PIECE = 4000
"""Characters of one message of a long text."""


async def back_to_options(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_course_options(manager, shown_course(manager))


async def choose_language(query: CallbackQuery, select: Select[str], manager: DialogManager, language: str) -> None:
    if language in set(Language):
        manager.dialog_data["into"] = language
        await manager.switch_to(CourseTranslations.language)


async def begin_walk(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """To the first text that is missing."""
    manager.dialog_data["is_walk"] = True
    if not await _go_on(manager, None):
        await query.answer(_("Nothing is missing in this language."))


async def skip(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    if not await _go_on(manager, TextKey.read(manager.dialog_data.get("key") or "")):
        await query.answer(_("That was the last one."))


async def stop(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Back to where the text was opened from."""
    is_walk = bool(manager.dialog_data.get("is_walk"))
    await manager.switch_to(CourseTranslations.language if is_walk else CourseTranslations.texts)


async def type_translation(message: Message, manager: DialogManager) -> bool:
    page = await shown_text(manager)
    if message.text is None or page is None:
        return False
    item = page.item
    language = shown_language(manager)
    is_markdown = item.part_kind in (PartKind.TEXT, PartKind.LINK)
    words = markdown_of(message) if is_markdown else message.text
    if goes_on(manager, item):
        words = f"{item.text.variants.get(language, '')}\n\n{words}"
    try:
        await services(manager).translations.translate(
            current_user(manager).id,
            shown_course(manager),
            item.key,
            language,
            words,
            manager.dialog_data["version"],
        )
    except EditConflict as error:
        await tell_conflict(message, error, language)
        return True
    if takes_pieces(page, language):
        manager.dialog_data["goes_on"] = str(item.key)
        await message.answer(_("✅ Saved. Send the next piece of this long text, or go on."))
    elif manager.dialog_data.get("is_walk"):
        if not await _go_on(manager, item.key):
            await message.answer(_("✅ Saved. That was the last one."))
    else:
        await message.answer(_("✅ Saved."))
        await manager.switch_to(CourseTranslations.texts)
    return True


async def show_whole(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """The original as it is written, in as many messages as it takes; the screen moves below them."""
    page = await shown_text(manager)
    original = page.item.original(page.course, shown_language(manager)) if page else None
    if original is None:
        return
    words = original[1]
    for start in range(0, len(words), _PIECE):
        piece = words[start : start + _PIECE]
        if piece.strip():
            await manager.middleware_data["bot"].send_message(query.from_user.id, piece, parse_mode=None)
    manager.show_mode = ShowMode.DELETE_AND_SEND


async def open_texts(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data["after"] = None
    await manager.switch_to(CourseTranslations.texts)


async def more_texts(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    shown = (await text_list(manager))["texts"]
    manager.dialog_data["after"] = shown[-1][0] if shown else None


async def choose_text(query: CallbackQuery, select: Select[str], manager: DialogManager, key: str) -> None:
    manager.dialog_data.update(key=key, is_walk=False, goes_on=None)
    await manager.switch_to(CourseTranslations.text)


async def open_files(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data["after_file"] = None
    await manager.switch_to(CourseTranslations.files)


async def more_files(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    shown = (await file_list(manager))["files"]
    manager.dialog_data["after_file"] = shown[-1][0] if shown else None


async def choose_file(query: CallbackQuery, select: Select[int], manager: DialogManager, part_id: int) -> None:
    manager.dialog_data["file"] = part_id
    await manager.switch_to(CourseTranslations.file)


async def send_file(message: Message, manager: DialogManager) -> bool:
    upload = material_of(message, manager.middleware_data["bot"].id)
    version: int | None = manager.dialog_data.get("version")
    if not isinstance(upload, Upload) or version is None:
        return False
    try:
        await services(manager).translations.set_file(
            current_user(manager).id,
            shown_course(manager),
            PartId(manager.dialog_data["file"]),
            shown_language(manager),
            upload,
            version,
        )
    except EditConflict:
        await message.answer(
            _("Somebody has just changed this file. Look at it, and send yours again if it is needed.")
        )
        return True
    await message.answer(_("✅ Saved."))
    await manager.switch_to(CourseTranslations.files)
    return True


async def drop_file(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    version: int | None = manager.dialog_data.get("version")
    if version is None:
        return
    try:
        await services(manager).translations.drop_file(
            current_user(manager).id,
            shown_course(manager),
            PartId(manager.dialog_data["file"]),
            shown_language(manager),
            version,
        )
    except EditConflict:
        await query.answer(_("Somebody has just changed this file. Please look at it once more."), show_alert=True)
        return
    await query.answer(_("Deleted."))
    await manager.switch_to(CourseTranslations.files)


async def _go_on(manager: DialogManager, after: TextKey | None) -> bool:
    """To the next text that is missing, else back to the language; False at the end."""
    page = await services(manager).translations.next_missing(
        current_user(manager).id, shown_course(manager), shown_language(manager), after
    )
    if page is None:
        await manager.switch_to(CourseTranslations.language)
        return False
    manager.dialog_data.update(key=str(page.item.key), goes_on=None)
    await manager.switch_to(CourseTranslations.text)
    return True
