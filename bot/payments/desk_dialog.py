"""The staff desk: the day's numbers, everybody's orders, and what comparing the books found."""

from aiogram.enums import ContentType
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo
from aiogram_dialog.widgets.text import Format

from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.payments.desk_actions import (
    ask_days,
    ask_rail,
    ask_state,
    ask_student,
    choose_month,
    choose_rail,
    choose_state,
    choose_today,
    choose_yesterday,
    compare_everything,
    compare_recent,
    drop_all,
    drop_refunds,
    export_csv,
    export_xlsx,
    newer,
    next_differences,
    older,
    open_order,
    previous_differences,
    to_books,
    to_desk,
    to_menu,
    to_open_orders,
    to_orders,
    to_own,
    to_proofs,
    to_refunds,
    to_tuition,
    type_days,
    type_student,
)
from bot.payments.desk_getters import books_page, desk_home, desk_orders, rail_list, state_list
from bot.payments.states import Desk, DeskBooks
from domain.payments.model import OrderState, Rail

_TO_LIST = SwitchTo(Label("⬅️ Back"), id="list", state=Desk.orders)

desk_dialog = Dialog(
    Window(
        T("💼 <b>Payments of the centre</b>"),
        T("{day}\n"),
        T("{movements}", when="has_movements"),
        T("No money has moved today yet.", when="is_quiet"),
        T("\n✅ The books agree ({compared}).", when="is_in_order"),
        T(
            "\n⚠️ {differences} difference in the books ({compared}).",
            "\n⚠️ {differences} differences in the books ({compared}).",
            count="differences",
            when="has_differences",
        ),
        T("\nThe books have not been compared yet.", when="was_never_compared"),
        Button(Label("📋 All orders"), id="orders", on_click=to_orders),
        Button(
            Label(
                "🧾 {waiting_proofs} receipt to check", "🧾 {waiting_proofs} receipts to check", count="waiting_proofs"
            ),
            id="proofs",
            on_click=to_proofs,
            when="waiting_proofs",
        ),
        Button(
            Label(
                "↩️ {refunds_under_way} refund under way",
                "↩️ {refunds_under_way} refunds under way",
                count="refunds_under_way",
            ),
            id="refunds",
            on_click=to_refunds,
            when="refunds_under_way",
        ),
        Button(
            Label("⏳ {open_orders} order not paid yet", "⏳ {open_orders} orders not paid yet", count="open_orders"),
            id="open",
            on_click=to_open_orders,
            when="open_orders",
        ),
        Button(Label("⚖️ Compare the books"), id="books", on_click=to_books),
        Button(Label("🎓 Tuition"), id="tuition", on_click=to_tuition),
        Row(
            Button(Label("💳 My own payments"), id="own", on_click=to_own),
            Button(Label("🏠 Menu"), id="menu", on_click=to_menu),
        ),
        state=Desk.home,
        getter=desk_home,
        preview_data={
            "day": "21 November 2026",
            "movements": "✅ Payme: 1 490 000 so‘m (10)",
            "has_movements": True,
            "open_orders": 3,
            "waiting_proofs": 2,
            "refunds_under_way": 1,
            "differences": 2,
            "compared": "21 November 2026, 06:10",
            "has_differences": True,
        },
    ),
    Window(
        T("📋 <b>Orders</b>"),
        T("Newest first. Page {page}.", when="has_pages"),
        T("Tap an order to see all about it.", when="has_orders"),
        T("There are no such orders.", when="is_empty"),
        Row(
            Button(Format("{state_chip}"), id="state", on_click=ask_state),
            Button(Format("{rail_chip}"), id="rail", on_click=ask_rail),
        ),
        Row(
            Button(Format("{student_chip}"), id="student", on_click=ask_student),
            Button(Format("{days_chip}"), id="days", on_click=ask_days),
        ),
        Button(Format("{refund_chip}"), id="refund_chip", on_click=drop_refunds, when="has_refund_chip"),
        Button(Label("✖️ Show all orders"), id="all", on_click=drop_all, when="is_filtered"),
        choices(id="order", items="orders", on_click=open_order),
        Row(
            Button(Label("⬅️ Newer"), id="newer", on_click=newer, when="has_newer"),
            Button(Label("Older ➡️"), id="older", on_click=older, when="has_older"),
        ),
        Row(
            Button(Label("📊 Excel file"), id="xlsx", on_click=export_xlsx),
            Button(Label("📄 CSV file"), id="csv", on_click=export_csv),
            when="has_orders",
        ),
        Button(Label("⬅️ Back"), id="home", on_click=to_desk),
        state=Desk.orders,
        getter=desk_orders,
        preview_data={
            "orders": [("7K2M9QXW4TBN", "✅ Ali Karimov · Foizlar · 149 000 so‘m")],
            "state_chip": "✖️ Paid",
            "rail_chip": "🏦 Way to pay",
            "student_chip": "👤 Student",
            "days_chip": "📅 Days",
            "refund_chip": "✖️ Refund under way",
            "has_refund_chip": True,
            "page": 2,
            "has_pages": True,
            "has_orders": True,
            "has_newer": True,
            "has_older": True,
            "is_filtered": True,
        },
    ),
    Window(
        T("📌 <b>Orders in which state?</b>"),
        choices(id="which", items="states", on_click=choose_state, type_factory=OrderState),
        _TO_LIST,
        state=Desk.state,
        getter=state_list,
        preview_data={"states": [("paid", "✅ Paid")]},
    ),
    Window(
        T("🏦 <b>Orders paid how?</b>"),
        choices(id="which_rail", items="rails", on_click=choose_rail, type_factory=Rail),
        _TO_LIST,
        state=Desk.rail,
        getter=rail_list,
        preview_data={"rails": [("payme", "Payme")]},
    ),
    Window(
        T("👤 <b>Whose orders?</b>"),
        T("Type a name, a @username, a phone number or the code of an order."),
        MessageInput(type_student, content_types=ContentType.TEXT),
        _TO_LIST,
        state=Desk.student,
        preview_data={},
        hint=N_("Please type a name, a @username, a phone number or the code of an order."),
    ),
    Window(
        T("📅 <b>Orders of which days?</b>"),
        T("Shown is what was ordered, paid or closed on those days."),
        T("\nChoose below, or type a day or two, like 21.11.2026 or 1.11.2026 - 15.11.2026"),
        MessageInput(type_days, content_types=ContentType.TEXT),
        Row(
            Button(Label("Today"), id="today", on_click=choose_today),
            Button(Label("Yesterday"), id="yesterday", on_click=choose_yesterday),
            Button(Label("This month"), id="month", on_click=choose_month),
        ),
        _TO_LIST,
        state=Desk.days,
        preview_data={},
        hint=N_("Please type a day like 21.11.2026, or two days like 1.11.2026 - 15.11.2026"),
    ),
)

books_dialog = Dialog(
    Window(
        T("⚖️ <b>Do the books agree?</b>"),
        T(
            "Every night I compare what Payme, Telegram and the receipts say with the orders, the ledger "
            "and what is open to students."
        ),
        T("\nThe books have not been compared yet.", when="was_never_compared"),
        T("\nCompared on {compared}: {since} – {until}", when="was_compared"),
        T("{counted} order looked at.", "{counted} orders looked at.", count="counted", when="was_compared"),
        T("\nBy payments · by the ledger:\n{sums}", when="has_sums"),
        T("\n✅ Everything agrees.", when="is_in_order"),
        T(
            "\n<b>{differences} difference</b>",
            "\n<b>{differences} differences</b>",
            count="differences",
            when="has_differences",
        ),
        T("\n{lines}", when="has_differences"),
        choices(id="difference", items="codes", on_click=open_order),
        Row(
            Button(Label("⬅️"), id="previous", on_click=previous_differences),
            Button(Label("{page} / {pages}"), id="page"),
            Button(Label("➡️"), id="next", on_click=next_differences),
            when="has_pages",
        ),
        Button(Label("🔄 Compare the last 35 days"), id="recent", on_click=compare_recent),
        Button(Label("🔎 Compare everything"), id="everything", on_click=compare_everything),
        Button(Label("⬅️ Back"), id="home", on_click=to_desk),
        state=DeskBooks.books,
        getter=books_page,
        preview_data={
            "compared": "21 November 2026, 06:10",
            "since": "17 October 2026",
            "until": "21 November 2026, 06:09",
            "counted": 120,
            "was_compared": True,
            "sums": "Payme: 1 490 000 so‘m · 1 490 000 so‘m",
            "has_sums": True,
            "differences": 2,
            "has_differences": True,
            "lines": "7K2M9QXW4TBN\n⚠️ The order is paid, but what was bought is not open to the student.",
            "codes": [("7K2M9QXW4TBN", "Open order 7K2M9QXW4TBN")],
            "page": 1,
            "pages": 2,
            "has_pages": True,
        },
    ),
)
