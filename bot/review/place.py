"""Which card the dialog shows, since when, and what is ticked on it: kept here, never in a button."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiogram_dialog import DialogManager

from domain.clock import utc_now
from domain.review.model import CardView, ReviewCardId

_ITEM = re.compile(r"(?P<card>[0-9]{1,15})-(?P<version>[0-9]{1,6})-(?P<place>[0-9]{1,2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shown:
    card_id: ReviewCardId
    version: int
    kind: str | None
    """Of the question; None for a note."""
    option_count: int


def note_card(manager: DialogManager, card: CardView | None) -> None:
    """From now on the dialog shows this card. The time runs from when it was first shown."""
    if card is None:
        manager.dialog_data.pop("card", None)
        return
    before: dict[str, Any] = manager.dialog_data.get("card", {})
    if (before.get("id"), before.get("version")) == (card.id, card.version):
        return
    question = card.question
    manager.dialog_data["card"] = {
        "id": card.id,
        "version": card.version,
        "kind": question.kind.value if question else None,
        "options": len(question.options) or 2 if question else 0,
        "at": utc_now().isoformat(),
    }
    manager.dialog_data["picked"] = []


def shown(manager: DialogManager) -> Shown | None:
    card: dict[str, Any] | None = manager.dialog_data.get("card")
    if card is None:
        return None
    return Shown(ReviewCardId(card["id"]), card["version"], card["kind"], card["options"])


def card_shown(manager: DialogManager) -> tuple[ReviewCardId, int]:
    card = manager.dialog_data["card"]
    return ReviewCardId(card["id"]), card["version"]


def seconds_taken(manager: DialogManager) -> float:
    return (utc_now() - datetime.fromisoformat(manager.dialog_data["card"]["at"])).total_seconds()


def picked(manager: DialogManager) -> set[int]:
    return set(manager.dialog_data.get("picked", []))


def pick(manager: DialogManager, place: int) -> None:
    """Tick it, or take the tick away."""
    manager.dialog_data["picked"] = sorted(picked(manager) ^ {place})


def place_in(item: str, card: Shown | None) -> int | None:
    """What a button of this card stands for; None for a button of another card, or of an earlier time."""
    found = _ITEM.fullmatch(item)
    if found is None or card is None or (int(found["card"]), int(found["version"])) != (card.card_id, card.version):
        return None
    return int(found["place"])
