"""What the desk's list shows: kept in the dialog, shown as chips, each of which a tap takes away."""

from datetime import date
from typing import Any

from aiogram_dialog import DialogManager

from bot.i18n import _, day, shorten
from bot.payments.desk_words import rail_word, state_word
from domain.payments.days import Days, midnight
from domain.payments.desk import CashDesk, Filter
from domain.payments.model import OrderState, Rail

_KEPT = "filter"
_CHIP = 28


def shown_filter(manager: DialogManager) -> Filter:
    kept: dict[str, Any] = manager.dialog_data.get(_KEPT, {})
    return Filter(
        state=OrderState(kept["state"]) if kept.get("state") else None,
        rail=Rail(kept["rail"]) if kept.get("rail") else None,
        student=kept.get("student"),
        days=Days(*map(date.fromisoformat, kept["days"])) if kept.get("days") else None,
        has_refund_under_way=bool(kept.get("has_refund_under_way")),
    )


def show_only(manager: DialogManager, wanted: Filter) -> None:
    """From now on the list shows this, from its first page on."""
    days = wanted.days
    manager.dialog_data[_KEPT] = {
        "state": wanted.state.value if wanted.state else None,
        "rail": wanted.rail.value if wanted.rail else None,
        "student": wanted.student,
        "days": [days.first.isoformat(), days.last.isoformat()] if days else None,
        "has_refund_under_way": wanted.has_refund_under_way,
    }
    manager.dialog_data["pages"] = []


def chips(wanted: Filter, desk: CashDesk) -> dict[str, Any]:
    """The labels of the filter's buttons: what it asks, or the question that is open."""
    return {
        "state_chip": _chip(state_word(wanted.state) if wanted.state else None) or _("📌 State"),
        "rail_chip": _chip(rail_word(wanted.rail) if wanted.rail else None) or _("🏦 Way to pay"),
        "student_chip": _chip(wanted.student) or _("👤 Student"),
        "days_chip": _chip(days_words(wanted.days, desk) if wanted.days else None) or _("📅 Days"),
        "refund_chip": _chip(_("Refund under way")) if wanted.has_refund_under_way else "",
        "has_refund_chip": wanted.has_refund_under_way,
        "is_filtered": wanted != Filter(),
    }


def _chip(value: str | None) -> str:
    return f"✖️ {shorten(value, _CHIP)}" if value else ""


def days_words(days: Days, desk: CashDesk) -> str:
    """`2 March 2026`, or `2 March 2026 – 5 March 2026`."""
    first, last = (day(midnight(one, desk.zone), desk.zone.key) for one in (days.first, days.last))
    return first if days.first == days.last else f"{first} – {last}"
