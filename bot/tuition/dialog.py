"""A student's tuition: what is owed, for which months, and paying it."""

from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.tuition.actions import (
    join,
    open_account,
    pay_ahead,
    pay_debt,
    to_joined,
    to_menu,
    to_orders,
    type_amount,
)
from bot.tuition.getters import join_question, my_accounts, my_page
from bot.tuition.inputs import Typed, row_id
from bot.tuition.states import MyTuition

_MENU = Button(Label("🏠 Menu"), id="menu", on_click=to_menu)
_ORDERS = Button(Label("💳 My payments"), id="orders", on_click=to_orders)
_PREVIEW = {
    "name": "Matematika 9-A",
    "amount": "400 000 so‘m",
    "day": 5,
    "debt": "650 000 so‘m",
    "has_debt": True,
    "is_late": True,
    "overdue": "250 000 so‘m",
    "has_next": True,
    "next_amount": "400 000 so‘m",
    "next_day": "5 December 2026",
    "has_bills": True,
    "bills": "⚪️ November 2026: 400 000 so‘m, to be paid by 5 November 2026\n✅ October 2026: 400 000 so‘m, paid",
    "can_pay_debt": True,
    "can_pay_ahead": True,
    "ahead": "1 050 000 so‘m",
    "can_type": True,
    "most": "4 800 000 so‘m",
    "starts": "1 September 2026",
    "ends": "",
    "prepaid": "0 so‘m",
}

dialog = Dialog(
    Window(
        T("🎓 <b>Tuition</b>"),
        T("You pay no monthly tuition here. When you join a group, its bills appear here.", when="is_empty"),
        choices(id="account", items="accounts", on_click=open_account, type_factory=row_id, pages="accounts"),
        Row(_ORDERS, _MENU),
        state=MyTuition.list,
        getter=my_accounts,
        preview_data={
            "accounts": [(1, "🔴 Matematika 9-A · debt 650 000 so‘m"), (2, "✅ Ingliz tili · nothing owed")],
            "is_empty": False,
        },
    ),
    Window(
        T("🎓 <b>{name}</b>"),
        T("{amount} a month, by day {day} of the month"),
        T("It begins on {starts}.", when="begins_later"),
        T("It goes on until {ends}.", when="will_end"),
        T("It ended on {ends}.", when="is_over"),
        T("You are not on the list any more.", when="has_left"),
        T("\n🔴 To pay: <b>{debt}</b>, of which {overdue} is overdue.", when="is_late"),
        T("\n⚪️ To pay: <b>{debt}</b>", when="is_only_due"),
        T("\n✅ Nothing is owed.", when="is_even"),
        T("\n✅ Paid ahead: <b>{prepaid}</b>", when="has_prepaid"),
        T("Next bill: {next_amount}, due on {next_day}", when="has_next"),
        T("\n{bills}", when="has_bills"),
        T("\nPlease pay at the centre's desk.", when="is_desk_only"),
        Button(Label("💳 Pay {debt}"), id="pay_debt", on_click=pay_debt, when="can_pay_debt"),
        Button(Label("💳 A month ahead: {ahead}"), id="pay_ahead", on_click=pay_ahead, when="can_pay_ahead"),
        SwitchTo(Label("✏️ Another amount"), id="other", state=MyTuition.amount, when="can_type"),
        Row(_ORDERS, _MENU),
        state=MyTuition.page,
        getter=my_page,
        preview_data=_PREVIEW,
    ),
    Window(
        T("🎓 <b>{name}</b>"),
        T("How much would you like to pay, in so'm? For example: 150 000"),
        T("At most {most} at once. What is more than you owe covers the next bills."),
        Typed(type_amount),
        SwitchTo(Label("⬅️ Back"), id="back", state=MyTuition.page),
        state=MyTuition.amount,
        getter=my_page,
        hint=N_("Please type the amount as a number."),
        preview_data=_PREVIEW,
    ),
    Window(
        T("🎓 <b>{name}</b>"),
        T("{amount} a month, by day {day} of the month"),
        T("It begins on {starts}.", when="begins_later"),
        T("It goes on until {ends}.", when="will_end"),
        T("\nWould you like to join? From then on you get a bill each month.", when="is_new"),
        T("\nYou are on the list already.", when="is_member"),
        Button(Label("✅ Join"), id="join", on_click=join, when="is_new"),
        Button(Label("🎓 Open my tuition"), id="open", on_click=to_joined, when="is_member"),
        _MENU,
        state=MyTuition.join,
        getter=join_question,
        preview_data={**_PREVIEW, "is_new": True},
    ),
)
