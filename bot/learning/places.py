"""Where somebody is in the catalogue, as it is kept between two taps: plain values in a dialog's data."""

from dataclasses import dataclass
from typing import Any, Self

from aiogram_dialog import DialogManager

from bot.services import current_user, services
from domain.courses.model import CategoryId, Level
from domain.language import Language
from domain.learning.browsing import (
    FIRST,
    CourseFilter,
    CourseScreen,
    Key,
    Order,
    Outline,
    OutlineKey,
    OutlineTurn,
    Page,
    Price,
    Turn,
)

_KEPT = ("category_id", "level", "price", "language", "order", "turn")


@dataclass(frozen=True, slots=True)
class ListPlace:
    """One page of one list of courses."""

    category_id: CategoryId | None
    wanted: CourseFilter
    turn: Turn
    data: dict[str, Any]

    @classmethod
    def of(cls, manager: DialogManager) -> Self:
        data = manager.dialog_data
        wanted = CourseFilter(
            level=Level(data["level"]) if data.get("level") else None,
            price=Price(data["price"]) if data.get("price") else None,
            language=Language(data["language"]) if data.get("language") else None,
            order=Order(data.get("order") or Order.POPULAR),
        )
        kept = {name: data[name] for name in _KEPT if data.get(name) is not None}
        return cls(data.get("category_id"), wanted, _turn(data.get("turn")), kept)

    async def screen(self, manager: DialogManager) -> CourseScreen:
        user_id = current_user(manager).id
        return await services(manager).catalogue.courses(user_id, self.category_id, self.wanted, self.turn)

    def as_data(self) -> dict[str, Any]:
        return {"category_id": self.category_id, **self.data}

    @property
    def is_filtered(self) -> bool:
        return bool(self.wanted.level or self.wanted.price or self.wanted.language)


def branch_shown(manager: DialogManager) -> tuple[CategoryId | None, Turn]:
    data = manager.dialog_data
    return data.get("category_id"), _turn(data.get("branch_turn"))


def turned(page: Page[Any], *, forward: bool) -> list[Any] | None:
    """The next page's place, or the previous one's; the first page's when there is none."""
    key = page.last if forward else page.first
    return ["after" if forward else "before", key.value, key.id] if key else None


def _turn(kept: list[Any] | None) -> Turn:
    if not kept:
        return FIRST
    side, value, of_id = kept
    return Turn(after=Key(value, of_id)) if side == "after" else Turn(before=Key(value, of_id))


def outline_turn(manager: DialogManager) -> OutlineTurn:
    kept = manager.dialog_data.get("outline_turn")
    if not kept:
        return OutlineTurn()
    side, *place = kept
    return OutlineTurn(after=OutlineKey(*place)) if side == "after" else OutlineTurn(before=OutlineKey(*place))


def turned_outline(outline: Outline, *, forward: bool) -> list[Any] | None:
    key = outline.last if forward else outline.first
    return ["after" if forward else "before", key.section, key.lesson, key.number] if key else None
