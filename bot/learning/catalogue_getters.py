"""What the catalogue's screens show."""

from typing import Any

from aiogram_dialog import DialogManager

from bot.course_words import LANGUAGES, LEVELS, ORDERS, PRICES, category_title, course_line
from bot.i18n import _, current_language
from bot.learning.places import ListPlace, branch_shown
from bot.services import services
from domain.learning.browsing import Branch, Page


async def branch_screen(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    screen = await services(dialog_manager).catalogue.branch(*branch_shown(dialog_manager))
    return {
        **_way(screen.branch),
        "is_root": screen.branch.category is None,
        "is_branch": screen.branch.category is not None,
        "branches": [
            (entry.category.id, f"{category_title(entry.category)} · {entry.course_count}")
            for entry in screen.below.lines
        ],
        "is_empty": not screen.below.lines,
        "has_courses": screen.branch.category is None and bool(screen.below.lines),
        "course_count": screen.branch.course_count,
        **_pager(screen.below),
    }


async def course_list(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    place = ListPlace.of(dialog_manager)
    screen = await place.screen(dialog_manager)
    wanted = place.wanted
    return {
        **_way(screen.branch),
        "is_everything": screen.branch.category is None,
        "is_branch": screen.branch.category is not None,
        "courses": [course_line(entry) for entry in screen.courses.lines],
        "is_empty": not screen.courses.lines and not place.is_filtered,
        "is_filtered_away": not screen.courses.lines and place.is_filtered,
        "is_filtered": place.is_filtered,
        "level": _(LEVELS[wanted.level]) if wanted.level else _("Any level"),
        "price": _(PRICES[wanted.price]) if wanted.price else _("Any price"),
        "language": LANGUAGES[wanted.language] if wanted.language else _("Any language"),
        "order": _(ORDERS[wanted.order]),
        **_pager(screen.courses),
    }


def _way(branch: Branch) -> dict[str, Any]:
    titles = [category.title.read_in(current_language()) for category in branch.path]
    return {
        "above": " › ".join(titles[:-1]),
        "is_deep": len(titles) > 1,
        "is_subject": len(titles) == 1,
        "title": titles[-1] if titles else "",
        "up": titles[-2] if len(titles) > 1 else "",
    }


def _pager(page: Page[Any]) -> dict[str, Any]:
    return {"has_previous": page.has_previous, "has_next": page.has_next}
