"""One student's account at the office: bills, payments, cash, what is forgiven."""

from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.tuition.inputs import Typed, row_id
from bot.tuition.office_actions import (
    cash_debt,
    choose_bill,
    confirm_cash,
    remove,
    to_menu,
    to_schedule,
    type_cash,
    type_reason,
)
from bot.tuition.office_getters import account_page, cash_question, voidable_bills
from bot.tuition.states import TuitionAccount

_TO_PAGE = SwitchTo(Label("⬅️ Back"), id="page", state=TuitionAccount.page)
_WHO = T("👤 <b>{student}</b>")
_PREVIEW = {
    "student": "Ali Karimov (@ali_karimov)",
    "name": "Matematika 9-A",
    "amount": "400 000 so‘m",
    "standing": "debt 650 000 so‘m",
    "debt": "650 000 so‘m",
    "has_debt": True,
    "bills": "⚪️ November 2026: 400 000 so‘m, to be paid by 5 November 2026",
    "has_bills": True,
    "payments": "💳 5 October 2026: 150 000 so‘m, Payme",
    "has_payments": True,
    "is_member": True,
    "can_void": True,
    "cash": "650 000 so‘m",
}

account_dialog = Dialog(
    Window(
        _WHO,
        T("🎓 {name} · {amount}"),
        T("Balance: <b>{standing}</b>"),
        T("They are not on the list any more.", when="has_left"),
        T("\n{bills}", when="has_bills"),
        T("\nPayments:\n{payments}", when="has_payments"),
        SwitchTo(Label("💵 Record cash"), id="cash", state=TuitionAccount.cash),
        SwitchTo(Label("✖️ Void a bill"), id="void", state=TuitionAccount.bills, when="can_void"),
        SwitchTo(Label("➖ Remove"), id="remove", state=TuitionAccount.remove, when="is_member"),
        Row(
            Button(Label("⬅️ The schedule"), id="schedule", on_click=to_schedule),
            Button(Label("🏠 Menu"), id="menu", on_click=to_menu),
        ),
        state=TuitionAccount.page,
        getter=account_page,
        preview_data=_PREVIEW,
    ),
    Window(
        _WHO,
        T("How much cash did you get, in so'm? Type the amount."),
        Typed(type_cash),
        Button(Label("💵 {debt}"), id="debt", on_click=cash_debt, when="has_debt"),
        _TO_PAGE,
        state=TuitionAccount.cash,
        getter=cash_question,
        hint=N_("Please type the amount as a number."),
        preview_data=_PREVIEW,
    ),
    Window(
        _WHO,
        T("Record <b>{cash}</b> in cash for {name}? The student is told at once."),
        Button(Label("✅ Record {cash}"), id="confirm", on_click=confirm_cash),
        SwitchTo(Label("✏️ Another amount"), id="another", state=TuitionAccount.cash),
        _TO_PAGE,
        state=TuitionAccount.confirm_cash,
        getter=cash_question,
        preview_data=_PREVIEW,
    ),
    Window(
        _WHO,
        T("Which bill do you want to void? Nobody owes it afterwards."),
        T("There is no bill to void.", when="is_empty"),
        choices(id="bill", items="bills", on_click=choose_bill, type_factory=row_id, pages="pages"),
        _TO_PAGE,
        state=TuitionAccount.bills,
        getter=voidable_bills,
        preview_data={**_PREVIEW, "bills": [(1, "⚪️ November 2026: 400 000 so‘m")], "is_empty": False},
    ),
    Window(
        _WHO,
        T("{bill}"),
        T("Why is the bill voided? The reason is kept, and the bill cannot come back."),
        Typed(type_reason),
        SwitchTo(Label("⬅️ Back"), id="bills", state=TuitionAccount.bills),
        state=TuitionAccount.reason,
        getter=voidable_bills,
        hint=N_("Please type in a few words why."),
        preview_data={**_PREVIEW, "bill": "⚪️ November 2026: 400 000 so‘m", "bills": []},
    ),
    Window(
        _WHO,
        T("Remove them from {name}? They get no more bills. Their balance stays: {standing}."),
        Button(Label("➖ Remove"), id="remove_now", on_click=remove),
        _TO_PAGE,
        state=TuitionAccount.remove,
        getter=account_page,
        preview_data=_PREVIEW,
    ),
)
