"""How much is reviewed, on which days, and when a reminder comes."""

from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, SwitchTo
from aiogram_dialog.widgets.text import Format

from bot.dialogs import Dialog, Window, choices
from bot.i18n import Label, T, _
from bot.review.states import ReviewSettings, show_review
from bot.review.wording import hour_words, weekday_words
from bot.services import current_user, services
from domain.errors import InvalidInput
from domain.review.model import CHOSEN_HOURS, DAILY_NEW, DAILY_REVIEWS, RETENTIONS, WEEKDAYS, ReviewPlan
from domain.review.planning import with_choice

_OFF, _USUAL = "off", "usual"


async def plan_card(**data: Any) -> dict[str, Any]:
    plan = await services(data).review_plans.plan(current_user(data).id)
    return {
        "reviews": plan.daily_reviews,
        "new": plan.daily_new,
        "retention": plan.retention,
        "quiet": ", ".join(weekday_words(day) for day in sorted(plan.quiet_days)) or _("none"),
        "reminder": _reminder(plan),
    }


def _reminder(plan: ReviewPlan) -> str:
    if not plan.reminds:
        return _("off")
    return _("at your usual hour") if plan.reminder_hour is None else hour_words(plan.reminder_hour)


async def choice_list(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    name: str = dialog_manager.dialog_data["choosing"]
    plan = await services(data).review_plans.plan(current_user(data).id)
    chosen = _chosen(plan, name)
    return {
        f"is_{name}": True,
        "items": [(value, f"{'✅ ' if value == chosen else ''}{label}") for value, label in _items(name)],
    }


def _items(name: str) -> list[tuple[str, str]]:
    match name:
        case "reviews":
            return [(str(each), str(each)) for each in DAILY_REVIEWS]
        case "new":
            return [(str(each), str(each)) for each in DAILY_NEW]
        case "retention":
            return [(str(each), f"{each}%") for each in RETENTIONS]
        case _:
            hours = [(str(hour), hour_words(hour)) for hour in CHOSEN_HOURS]
            return [(_USUAL, _("My usual hour")), (_OFF, _("🔕 Off")), *hours]


def _chosen(plan: ReviewPlan, name: str) -> str:
    match name:
        case "reviews":
            return str(plan.daily_reviews)
        case "new":
            return str(plan.daily_new)
        case "retention":
            return str(plan.retention)
        case _ if not plan.reminds:
            return _OFF
        case _:
            return _USUAL if plan.reminder_hour is None else str(plan.reminder_hour)


async def quiet_list(**data: Any) -> dict[str, Any]:
    plan = await services(data).review_plans.plan(current_user(data).id)
    return {"days": [(str(day), f"{'🌙 ' if day in plan.quiet_days else ''}{weekday_words(day)}") for day in WEEKDAYS]}


async def begin_choice(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data["choosing"] = button.widget_id
    await manager.switch_to(ReviewSettings.choose)


async def choose(query: CallbackQuery, _select: Any, manager: DialogManager, item: str) -> None:
    name: str = manager.dialog_data["choosing"]
    await _change(query, manager, name, item)
    await manager.switch_to(ReviewSettings.main)


async def toggle_day(query: CallbackQuery, _select: Any, manager: DialogManager, item: str) -> None:
    await _change(query, manager, "quiet", item)


async def _change(query: CallbackQuery, manager: DialogManager, name: str, item: str) -> None:
    """What no button offers changes nothing."""
    try:
        await services(manager).review_plans.change(
            current_user(manager).id, lambda plan: with_choice(plan, name, item)
        )
    except InvalidInput as error:
        words = _("At least one day of the week has to stay.") if error.reason == "all" else _("Please choose again.")
        await query.answer(words, show_alert=True)


async def to_review(query: CallbackQuery, _button: Any, manager: DialogManager) -> None:
    await show_review(manager)


_BACK = SwitchTo(Label("⬅️ Back"), id="main", state=ReviewSettings.main)

settings_dialog = Dialog(
    Window(
        T("⚙️ <b>Review: your pace</b>\n"),
        T("Reviews a day: <b>{reviews}</b>"),
        T("New cards a day: <b>{new}</b>"),
        T("Quiet days: <b>{quiet}</b>"),
        T("Reminder: <b>{reminder}</b>"),
        T("Aim: remember <b>{retention}%</b> when asked\n"),
        T("Twenty reviews take about five minutes. A higher aim means that cards come back sooner."),
        Button(Label("🔁 Reviews a day"), id="reviews", on_click=begin_choice),
        Button(Label("🌱 New cards a day"), id="new", on_click=begin_choice),
        SwitchTo(Label("🌙 Quiet days"), id="quiet", state=ReviewSettings.quiet),
        Button(Label("🔔 Reminder"), id="hour", on_click=begin_choice),
        Button(Label("🎯 Aim"), id="retention", on_click=begin_choice),
        Button(Label("⬅️ Review"), id="review", on_click=to_review),
        state=ReviewSettings.main,
        getter=plan_card,
        preview_data={"reviews": 20, "new": 10, "retention": 90, "quiet": "Sunday", "reminder": "08:00"},
    ),
    Window(
        T("🔁 How many cards that you have seen before may be asked in a day?", when="is_reviews"),
        T("🌱 How many cards may be asked for the first time in a day?", when="is_new"),
        T(
            "🎯 What share of the cards do you want to know when they are asked? 90% suits most: every step up costs "
            "much more time.",
            when="is_retention",
        ),
        T("🔔 When may we remind you? Once a day at most, and only when something is due.", when="is_hour"),
        choices(id="choice", items="items", on_click=choose, columns=3),
        _BACK,
        state=ReviewSettings.choose,
        getter=choice_list,
        preview_data={"is_reviews": True, "items": [("10", "10"), ("20", "✅ 20")]},
    ),
    Window(
        T("🌙 <b>Quiet days</b>\n"),
        T("Nothing is asked on them; what would be due moves to the days around. Tap a day to change it."),
        choices(id="day", items="days", on_click=toggle_day, text=Format("{item[1]}"), columns=2),
        _BACK,
        state=ReviewSettings.quiet,
        getter=quiet_list,
        preview_data={"days": [("1", "Monday"), ("7", "🌙 Sunday")]},
    ),
)
