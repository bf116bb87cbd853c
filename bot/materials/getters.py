"""What the screens of materials show."""

from typing import Any

from aiogram_dialog import DialogManager

from bot.i18n import current_language, shorten
from bot.materials.words import facts, line, state_words, unseen_words
from bot.services import current_user, services
from domain.materials.model import EXCERPT, MaterialId, MaterialPage

_CHIP = 28


def shown_material(manager: DialogManager) -> MaterialId:
    return MaterialId(manager.dialog_data["material_id"])


def shown_number(manager: DialogManager) -> int:
    return int(manager.dialog_data.get("number", 1))


def shown_words(manager: DialogManager) -> str:
    return str(manager.dialog_data.get("words", ""))


def places(manager: DialogManager, name: str) -> list[int]:
    """The last materials of the pages before this one, of the list `name`."""
    return manager.dialog_data.setdefault(f"places_{name}", [])


def before(manager: DialogManager, name: str) -> MaterialId | None:
    passed = places(manager, name)
    return MaterialId(passed[-1]) if passed else None


async def material_list(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    """One statement."""
    page = await services(data).materials.mine(current_user(data).id, before(dialog_manager, "list"))
    return {**_listed(dialog_manager, page, "list"), "is_deleted": "deleted" in dialog_manager.dialog_data}


async def shared_list(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    """One statement."""
    page = await services(data).materials.shared_with_me(current_user(data).id, before(dialog_manager, "shared"))
    return _listed(dialog_manager, page, "shared")


def _listed(manager: DialogManager, page: MaterialPage, name: str) -> dict[str, Any]:
    has_newer = bool(places(manager, name))
    return {
        "materials": [(material.id, line(material)) for material in page.materials],
        "is_empty": not page.materials and not has_newer,
        "has_any": bool(page.materials) or has_newer,
        "has_older": page.has_more,
        "has_newer": has_newer,
    }


async def material_card(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    """Two statements."""
    opened = await services(data).materials.open(current_user(data).id, shown_material(dialog_manager))
    material = opened.material
    shared = [share.title.read_in(current_language()) for share in opened.shares if share.is_shared]
    return {
        "name": material.name,
        "facts": facts(material),
        "state": state_words(material),
        "unseen": unseen_words(material),
        "shared": ", ".join(shared),
        "is_own": opened.is_own,
        "is_others": not opened.is_own,
        "is_under_way": opened.is_own and material.is_under_way,
        "may_read": material.has_pages,
        "may_read_again": opened.is_own and not material.is_under_way and material.sha256 is not None,
        "may_share": opened.may_share,
    }


async def material_to_rename(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    opened = await services(data).materials.open(current_user(data).id, shown_material(dialog_manager))
    return {"name": opened.material.name, "ending": opened.material.suffix}


async def share_choice(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    language = current_language()
    opened = await services(data).materials.open(current_user(data).id, shown_material(dialog_manager))
    return {
        "name": opened.material.name,
        "courses": [
            (share.course_id, f"{'✅' if share.is_shared else '▫️'} {share.title.read_in(language)}")
            for share in opened.shares
        ],
        "is_empty": not opened.shares,
        "has_any": bool(opened.shares),
    }


async def page_view(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    """Two statements."""
    number, words = shown_number(dialog_manager), shown_words(dialog_manager)
    shown = await services(data).materials.page(current_user(data).id, shown_material(dialog_manager), number)
    material, page = shown.material, shown.page
    total = material.page_count or number
    text = page.text.strip()
    return {
        "name": material.name,
        "number": number,
        "total": total,
        "text": shorten(text, EXCERPT),
        "has_text": bool(text),
        "is_blank": not text,
        "words": words,
        "words_chip": shorten(words, _CHIP),
        "is_not_found": dialog_manager.dialog_data.get("is_not_found", False),
        "has_next": number < total,
        "has_last": number > 1,
        "may_show": material.shows_pictures,
        "may_show_more": material.shows_pictures and len(text) > EXCERPT,
    }
