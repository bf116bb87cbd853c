"""What the screens of the category tree show, and the way through the tree that choosing a branch takes."""

from typing import Any

from aiogram_dialog import DialogManager

from bot.course_words import LANGUAGES
from bot.courses.settings_words import category_line, path_line
from bot.services import current_user, services
from domain.courses.category_ports import CategoryPage
from domain.courses.model import CategoryEntry, CategoryId
from domain.language import Language


async def category_tree(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    page = await shown_page(dialog_manager)
    category = page.category
    names = category.title.variants if category else {}
    return {
        **category_facts(page),
        "slug": category.slug if category else "",
        "names": "\n".join(f"{LANGUAGES[language]}: {name}" for language, name in names.items()),
        "branches": branch_lines(page.branches),
        "course_count": page.course_count,
        "is_top": category is None,
        "is_branch": category is not None,
        "is_bare": category is not None and not page.branches,
        "has_none": category is None and not page.branches,
        "top_has_some": category is None and bool(page.branches),
    }


async def category_question(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """What the screens share that change one thing of a category."""
    page = await shown_page(dialog_manager)
    category = page.category
    language = Language(dialog_manager.dialog_data.get("language", Language.UZ))
    return {
        **category_facts(page),
        "emoji": category.emoji if category else "",
        "slug": category.slug if category else "",
        "languages": [(each.value, name) for each, name in LANGUAGES.items()],
        "language": LANGUAGES[language],
        "name": category.title.variants.get(language, "—") if category else "—",
        "is_top": category is None,
        "is_branch": category is not None,
    }


async def category_target(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The place that a branch may move to: everything but the branch itself."""
    moved = shown_category(dialog_manager)
    picked = await picked_place(dialog_manager)
    return {
        "moved": dialog_manager.dialog_data.get("moved", ""),
        **picked,
        "branches": [line for line in picked["branches"] if line[0] != moved],
    }


async def picked_place(manager: DialogManager) -> dict[str, Any]:
    """How far one has gone down the tree to choose a branch."""
    page = await services(manager).categories.page(current_user(manager).id, place_of(manager))
    return {
        "place": category_facts(page)["path"],
        "branches": branch_lines(page.branches),
        "is_top": page.category is None,
        "is_branch": page.category is not None,
        "has_branches": bool(page.branches),
    }


def place_of(manager: DialogManager) -> CategoryId | None:
    place: int | None = manager.dialog_data.get("place")
    return None if place is None else CategoryId(place)


async def shown_page(manager: DialogManager) -> CategoryPage:
    return await services(manager).categories.page(current_user(manager).id, shown_category(manager))


def shown_category(manager: DialogManager) -> CategoryId | None:
    """None at the top of the tree."""
    category: int | None = manager.dialog_data.get("category")
    return None if category is None else CategoryId(category)


def category_facts(page: CategoryPage) -> dict[str, Any]:
    path = [*page.path, *([page.category] if page.category else [])]
    return {"path": path_line(path), "title": category_line(page.category) if page.category else ""}


def branch_lines(branches: tuple[CategoryEntry, ...]) -> list[tuple[int, str]]:
    return [(entry.category.id, f"{category_line(entry.category)} · {entry.course_count}") for entry in branches]
