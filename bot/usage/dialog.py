"""What the models cost, and what they may."""

from aiogram.enums import ContentType
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.usage.actions import (
    choose_limit,
    export,
    first_people,
    next_people,
    to_budgets,
    to_menu,
    to_people,
    type_limit,
    undo,
)
from bot.usage.getters import usage_budgets, usage_home, usage_limit, usage_people
from bot.usage.states import Usage

_HOME = SwitchTo(Label("⬅️ Back"), id="home", state=Usage.home)

usage_dialog = Dialog(
    Window(
        T("📊 <b>What the models cost</b>"),
        T("\nToday: {today_spent}"),
        T("{day_share} of the day's budget", when="day_share"),
        T("{month}: {month_spent}"),
        T("{month_share} of the month's budget", when="month_share"),
        T(
            "⚠️ {failures} call failed today.",
            "⚠️ {failures} calls failed today.",
            count="failures",
            when="has_failures",
        ),
        T("\nNo model has been called this month. Costs appear here with the first question.", when="is_empty"),
        T("\n<b>The last days</b>\n{days}", when="has_calls"),
        T("\n<b>{month} by feature</b>\n{features}", when="features"),
        T("\nA call under way counts with the most that it may cost."),
        Row(
            Button(Label("👥 By person"), id="people", on_click=to_people),
            Button(Label("💰 Budgets"), id="budgets", on_click=to_budgets),
        ),
        Button(Label("📄 Excel"), id="export", on_click=export, when="has_calls"),
        Button(Label("🏠 Menu"), id="menu", on_click=to_menu),
        state=Usage.home,
        getter=usage_home,
        preview_data={
            "month": "December 2026",
            "today_spent": "$1.20 · 640 000 tokens",
            "month_spent": "$12.40 · 6 400 000 tokens",
            "day_share": "21%",
            "month_share": "62%",
            "days": "1 December 2026: $1.20 (310 calls)",
            "features": "Tutor: $9.10 (2 900 calls)",
            "has_calls": True,
            "is_empty": False,
            "failures": 2,
            "has_failures": True,
        },
    ),
    Window(
        T("👥 <b>By person, {month}</b>\n"),
        T("{people}", when="has_people"),
        T("Nobody has used a model this month yet.", when="is_empty"),
        Row(
            Button(Label("⬅️ From the top"), id="first", on_click=first_people, when="is_later"),
            Button(Label("More ➡️"), id="next", on_click=next_people, when="has_next"),
        ),
        _HOME,
        state=Usage.people,
        getter=usage_people,
        preview_data={
            "month": "December 2026",
            "people": "Ali Valiyev: $0.40 · 210 000 tokens",
            "has_people": True,
            "is_empty": False,
            "has_next": True,
            "is_later": False,
        },
    ),
    Window(
        T("💰 <b>Budgets</b>"),
        T("What does not fit is not asked, and the student hears when to come back. Tap a limit to change it."),
        T("\n✅ Changed. It holds from the next call on.", when="may_undo"),
        choices(id="limit", items="limits", on_click=choose_limit),
        Button(Label("↩️ Undo"), id="undo", on_click=undo, when="may_undo"),
        _HOME,
        state=Usage.budgets,
        getter=usage_budgets,
        preview_data={
            "limits": [
                ("person_day_tokens", "👤 One person a day: 200 000 tokens"),
                ("centre_month_money", "🏫 The centre a month: $20.00"),
            ],
            "may_undo": True,
        },
    ),
    Window(
        T("💰 <b>{limit}</b>"),
        T("\nType the number of tokens, for example 200000. 0 takes the limit away 👇", when="is_tokens"),
        T("\nType dollars, for example 2.50. 0 takes the limit away 👇", when="is_money"),
        MessageInput(type_limit, content_types=ContentType.TEXT),
        SwitchTo(Label("⬅️ Leave it"), id="budgets", state=Usage.budgets),
        state=Usage.limit,
        getter=usage_limit,
        preview_data={"limit": "🏫 The centre a month: $20.00", "now": "$20.00", "is_money": True, "is_tokens": False},
        hint=N_("Please type one number."),
    ),
)
