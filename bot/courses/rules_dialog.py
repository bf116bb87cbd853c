"""When a lesson opens, and what passes it."""

from aiogram_dialog.widgets.kbd import Button, SwitchTo

from bot.courses.inputs import Sent
from bot.courses.rules_actions import (
    any_score,
    back_to_lesson,
    choose_percent,
    lesson_rules,
    make_gate,
    no_gate,
    open_at_once,
    percents,
    type_date,
    type_days,
    type_percent,
)
from bot.courses.states import RulesDesk
from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.row_ids import row_id

_TO_RULES = SwitchTo(Label("⬅️ Back"), id="back", state=RulesDesk.rules)
_PREVIEW = {
    "title": "Chegirmalar",
    "number": 2,
    "opening": "🔓 Opens at once",
    "gate": "🚧 The lessons behind it open when it is finished",
    "passing": "🎯 Quiz: 70% or more",
    "can_open": True,
    "can_gate": True,
    "can_ungate": True,
    "has_questions": True,
    "percents": [(50, "50%"), (70, "70%")],
    "has_percent": True,
}

rules_dialog = Dialog(
    Window(
        T("⏰ <b>{number}. {title}</b>\n"),
        T("{opening}"),
        T("{gate}", when="gate"),
        T("{passing}", when="passing"),
        T("\nWho has opened the lesson before keeps it. Lessons that are open to everybody ignore all this."),
        SwitchTo(Label("📅 Open on a date"), id="date", state=RulesDesk.date),
        SwitchTo(Label("⏳ Open days after joining"), id="days", state=RulesDesk.days),
        Button(Label("🔓 Open at once"), id="open", on_click=open_at_once, when="can_open"),
        Button(Label("🚧 Make it a gate"), id="gate", on_click=make_gate, when="can_gate"),
        Button(Label("➡️ No gate any more"), id="no_gate", on_click=no_gate, when="can_ungate"),
        SwitchTo(Label("🎯 Score that passes it"), id="percent", state=RulesDesk.percent, when="has_questions"),
        Button(Label("⬅️ To the lesson"), id="lesson", on_click=back_to_lesson),
        state=RulesDesk.rules,
        getter=lesson_rules,
        preview_data=_PREVIEW,
    ),
    Window(
        T("📅 <b>{number}. {title}</b>"),
        T("When does it open? Type the day and the time, for example: 5.12 09:00 or tomorrow 9:00."),
        Sent(type_date),
        _TO_RULES,
        state=RulesDesk.date,
        getter=lesson_rules,
        hint=N_("Please type the day and the time, like 5.12 09:00 or tomorrow 9:00."),
        preview_data=_PREVIEW,
    ),
    Window(
        T("⏳ <b>{number}. {title}</b>"),
        T("How many days after joining the course does it open? Type a number, for example 7."),
        Sent(type_days),
        _TO_RULES,
        state=RulesDesk.days,
        getter=lesson_rules,
        hint=N_("Please type the number of days, like 7."),
        preview_data=_PREVIEW,
    ),
    Window(
        T("🎯 <b>{number}. {title}</b>"),
        T("Which score of its quiz passes the lesson? Choose one or type a number, for example 70."),
        Sent(type_percent),
        choices(id="score", items="percents", on_click=choose_percent, type_factory=row_id, columns=3),
        Button(Label("✖️ Any score"), id="any", on_click=any_score, when="has_percent"),
        _TO_RULES,
        state=RulesDesk.percent,
        getter=percents,
        hint=N_("Please type the score in percent, like 70."),
        preview_data=_PREVIEW,
    ),
)
