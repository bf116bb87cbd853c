"""What a tap or a message does with materials, and where that leads. Whose they are, the service asks each time."""

import tempfile
from pathlib import Path
from typing import Any

import structlog
from aiogram.types import BufferedInputFile, CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button, Select

from bot.i18n import _
from bot.materials.getters import before, places, shown_material, shown_number, shown_words
from bot.materials.inputs import sent_file
from bot.materials.states import Materials
from bot.materials.words import bold_name
from bot.services import current_user, services
from bot.users.states import show_menu
from domain.courses.model import CourseId
from domain.files import FileMissing, ParseRefused
from domain.materials.model import MAX_PASSAGE, MaterialId, ShownPage
from domain.materials.processing import PagePictures

log = structlog.get_logger()


async def begin(start_data: Any, manager: DialogManager) -> None:
    """What it was opened with is where it starts; leafing goes on from there."""
    if isinstance(start_data, dict):
        manager.dialog_data.update(start_data)


async def to_menu(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_menu(manager)


async def take_file(message: Message, manager: DialogManager) -> bool:
    """Its job tells by a message of its own how far it is."""
    sent = sent_file(message, manager)
    if sent is None:
        return False
    await services(manager).materials.receive(current_user(manager).id, sent)
    places(manager, "list").clear()
    manager.dialog_data.pop("deleted", None)
    manager.show_mode = ShowMode.DELETE_AND_SEND
    return True


async def choose(query: CallbackQuery, _select: Select[int], manager: DialogManager, material_id: int) -> None:
    opened = await services(manager).materials.open(current_user(manager).id, MaterialId(material_id))
    manager.dialog_data["material_id"] = opened.material.id
    manager.dialog_data.pop("deleted", None)
    await manager.switch_to(Materials.card)


async def older(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    page = await services(manager).materials.mine(current_user(manager).id, before(manager, "list"))
    if page.has_more:
        places(manager, "list").append(page.materials[-1].id)


async def newer(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    _back_one(places(manager, "list"))


async def older_shared(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    page = await services(manager).materials.shared_with_me(current_user(manager).id, before(manager, "shared"))
    if page.has_more:
        places(manager, "shared").append(page.materials[-1].id)


async def newer_shared(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    _back_one(places(manager, "shared"))


def _back_one(passed: list[int]) -> None:
    if passed:
        passed.pop()


async def rename(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    await services(manager).materials.rename(current_user(manager).id, shown_material(manager), message.text)
    await manager.switch_to(Materials.card)
    manager.show_mode = ShowMode.DELETE_AND_SEND
    return True


async def read_again(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await services(manager).materials.read_again(current_user(manager).id, shown_material(manager))
    await query.answer(_("🔄 I am reading it. A message tells you when it is ready."))


async def toggle_share(query: CallbackQuery, _select: Select[int], manager: DialogManager, course_id: int) -> None:
    """As it is now: a second tap takes the first one back."""
    actor_id, material_id, chosen = current_user(manager).id, shown_material(manager), CourseId(course_id)
    opened = await services(manager).materials.open(actor_id, material_id)
    if any(share.is_shared for share in opened.shares if share.course_id == chosen):
        await services(manager).materials.unshare(actor_id, material_id, chosen)
    else:
        await services(manager).materials.share(actor_id, material_id, chosen)


async def delete(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    material_id = shown_material(manager)
    await services(manager).materials.delete(current_user(manager).id, material_id)
    manager.dialog_data["deleted"] = material_id
    await manager.switch_to(Materials.list)


async def undo(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    material_id: int | None = manager.dialog_data.pop("deleted", None)
    if material_id is not None:
        await services(manager).materials.restore(current_user(manager).id, MaterialId(material_id))
        await query.answer(_("↩️ Your material is back."))


async def begin_reading(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    shown = await services(manager).materials.page(current_user(manager).id, shown_material(manager), 1)
    _turn_to(manager, shown.page.number)
    manager.dialog_data["words"] = ""
    await manager.switch_to(Materials.page)


async def next_page(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """A tap on an old screen may come when the material has fewer pages; there the reader stays where they are."""
    number = shown_number(manager) + 1
    shown = await services(manager).materials.page(current_user(manager).id, shown_material(manager), number)
    _turn_to(manager, shown.page.number)


async def last_page(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    _turn_to(manager, max(shown_number(manager) - 1, 1))


async def find_words(message: Message, manager: DialogManager) -> bool:
    """A number is a page; other words are looked for from the beginning on."""
    if message.text is None:
        return False
    typed = message.text.strip()
    manager.show_mode = ShowMode.DELETE_AND_SEND
    if typed.isascii() and typed.isdigit() and len(typed) <= 5:
        user_id, material_id = current_user(manager).id, shown_material(manager)
        shown = await services(manager).materials.page(user_id, material_id, int(typed))
        _turn_to(manager, shown.page.number)
        return True
    manager.dialog_data["words"] = typed[:MAX_PASSAGE]
    _turn_to_found(manager, await _found(manager, 0))
    return True


async def find_next(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """From this page on; behind the last place the first one comes again."""
    shown = await _found(manager, shown_number(manager)) or await _found(manager, 0)
    _turn_to_found(manager, shown)


async def forget_words(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    manager.dialog_data.update(words="", is_not_found=False)


async def _found(manager: DialogManager, after: int) -> ShownPage | None:
    return await services(manager).materials.find(
        current_user(manager).id, shown_material(manager), shown_words(manager), after
    )


def _turn_to_found(manager: DialogManager, shown: ShownPage | None) -> None:
    if shown is None:
        manager.dialog_data["is_not_found"] = True
    else:
        _turn_to(manager, shown.page.number)


def _turn_to(manager: DialogManager, number: int) -> None:
    manager.dialog_data.update(number=number, is_not_found=False)


async def show_picture(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """The page as it looks, what was looked for marked, with the screen below it."""
    number = shown_number(manager)
    shown = await services(manager).materials.page(current_user(manager).id, shown_material(manager), number)
    pictures: PagePictures = manager.middleware_data["page_pictures"]
    try:
        with tempfile.TemporaryDirectory(prefix="ustoz-page-") as folder:
            content = await pictures.picture(shown.material, number, shown_words(manager), Path(folder))
    except (FileMissing, ParseRefused) as error:
        log.warning("material.not_drawn", material_id=shown.material.id, reason=type(error).__name__)
        await query.answer(_("This page cannot be shown as a picture just now. Its text is below."), show_alert=True)
        return
    caption = _("📄 {name}, page {n}").format(name=bold_name(shown.material), n=number)
    await manager.middleware_data["bot"].send_photo(
        current_user(manager).id, BufferedInputFile(content, "page.png"), caption=caption
    )
    manager.show_mode = ShowMode.DELETE_AND_SEND
