"""One order as staff sees it, and giving its money back."""

from aiogram.enums import ContentType
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo, Url
from aiogram_dialog.widgets.text import Format

from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.payments.desk_actions import (
    back_from_order,
    choose_reason,
    earlier_history,
    later_history,
    refund,
    type_reason,
    withdraw_refund,
)
from bot.payments.desk_getters import desk_order, refund_effect, refund_reasons
from bot.payments.states import DeskOrder

_TO_ORDER = SwitchTo(Label("⬅️ Back"), id="order", state=DeskOrder.order)
_PREVIEW = {
    "mark": "✅",
    "code": "7K2M9QXW4TBN",
    "title": "Kvadrat tenglamalar",
    "kind": "Course",
    "student": "Ali Karimov (@ali_karimov)",
    "name": "Ali Karimov",
    "price": "149 000 so‘m",
    "returned": "149 000 so‘m",
    "state": "Paid",
    "rail": "Payme",
    "has_rail": True,
    "created": "21 November 2026, 10:00",
    "paid": "21 November 2026, 10:05",
    "was_paid": True,
    "reason": "Bought by mistake",
}

desk_order_dialog = Dialog(
    Window(
        T("🧾 <b>{title}</b>"),
        T("{kind} · <b>{price}</b>"),
        T("👤 {student}"),
        T("{mark} {state}"),
        T("Way to pay: {rail}", when="has_rail"),
        T("Ordered: {created}"),
        T("To be paid before: {expires}", when="is_waiting"),
        T("Paid: {paid}", when="was_paid"),
        T("Closed: {closed}", when="is_closed"),
        T("🔓 Open to the student by this order", when="is_open"),
        T("🧪 An order of the provider's sandbox", when="is_test"),
        T("Order <code>{code}</code>"),
        T("Payment:\n{payments}", when="has_payments"),
        T("Fiscal receipts:\n{receipts}", when="has_receipts"),
        T(
            "\n↩️ <b>A refund is under way.</b>\n{asker} asked for it on {asked}: {refund_reason}",
            when="is_refund_waiting",
        ),
        T(
            "Open Payme's cabinet, find the payment <code>{payme_id}</code> and cancel it. "
            "As soon as Payme tells me, the order closes and the student is told.",
            when="is_at_payme",
        ),
        T("Telegram is asked to return the Stars. If it refuses, {asker} is told.", when="is_at_telegram"),
        T("\n<b>What happened</b>"),
        T("{history}"),
        Row(
            Button(Label("⬅️"), id="earlier", on_click=earlier_history),
            Button(Label("{history_page} / {history_pages}"), id="history"),
            Button(Label("➡️"), id="later", on_click=later_history),
            when="has_history_pages",
        ),
        Url(Label("🏦 Open Payme's cabinet"), Format("{cabinet_url}"), id="cabinet", when="is_at_payme"),
        Button(Label("✖️ Withdraw the refund"), id="withdraw", on_click=withdraw_refund, when="is_refund_waiting"),
        SwitchTo(Label("↩️ Refund"), id="refund", state=DeskOrder.reason, when="can_refund"),
        Row(
            SwitchTo(Label("🔄 Refresh"), id="refresh", state=DeskOrder.order),
            Button(Label("⬅️ Back"), id="back", on_click=back_from_order),
        ),
        state=DeskOrder.order,
        getter=desk_order,
        preview_data={
            **_PREVIEW,
            "is_open": True,
            "payments": "5e8c0f1a2b3c4d5e6f708192",
            "has_payments": True,
            "receipts": "Receipt of the payment",
            "has_receipts": True,
            "is_refund_waiting": True,
            "asker": "Rustam Aliyev",
            "asked": "21 November 2026, 12:00",
            "refund_reason": "Bought by mistake",
            "is_at_payme": True,
            "payme_id": "5e8c0f1a2b3c4d5e6f708192",
            "cabinet_url": "https://merchant.payme.uz",
            "history": "• 21 November 2026, 10:00 · Ordered for 149 000 so‘m · Ali Karimov",
            "history_page": 2,
            "history_pages": 2,
            "has_history_pages": True,
        },
    ),
    Window(
        T("↩️ <b>Why is the money given back?</b>"),
        T("👤 {student}"),
        T("{title} · <b>{price}</b>"),
        MessageInput(type_reason, content_types=ContentType.TEXT),
        choices(id="why", items="reasons", on_click=choose_reason),
        SwitchTo(Label("✏️ Another reason"), id="words", state=DeskOrder.words),
        _TO_ORDER,
        state=DeskOrder.reason,
        getter=(desk_order, refund_reasons),
        preview_data={**_PREVIEW, "reasons": [("asked", "The student asked for it")]},
    ),
    Window(
        T("✏️ <b>Type the reason.</b>"),
        T("It stays in the history of the order. 3 to 200 characters."),
        MessageInput(type_reason, content_types=ContentType.TEXT),
        SwitchTo(Label("⬅️ Back"), id="reason", state=DeskOrder.reason),
        state=DeskOrder.words,
        preview_data={},
        hint=N_("Please type the reason as a text."),
    ),
    Window(
        T("↩️ <b>Give {returned} back?</b>"),
        T("👤 {student}"),
        T("{title} · {kind}"),
        T("Order {code}, paid on {paid}"),
        T("Reason: {reason}\n"),
        T("• You hand the money back, or transfer it, yourself. Confirm when that is done.", when="by_cash"),
        T("• Telegram returns the Stars at once.", when="by_stars"),
        T("• You cancel the payment in Payme's cabinet; I will show you how.", when="by_payme"),
        T("• {name} loses access.", when="closes"),
        T("• The balance of {name} goes down by this amount.", when="lowers_balance"),
        T("• {name} is told when Payme has returned it. Until then you can withdraw it.", when="by_payme"),
        T("• {name} is told at once. It cannot be undone.", when="is_at_once"),
        T("The order has changed, so there is nothing to confirm here.", when="is_void"),
        choices(id="refund_now", items="confirmations", on_click=refund),
        _TO_ORDER,
        state=DeskOrder.confirm,
        getter=refund_effect,
        preview_data={
            **_PREVIEW,
            "by_cash": True,
            "closes": True,
            "is_at_once": True,
            "confirmations": [("0123456789abcdef", "↩️ Yes, give 149 000 so‘m back")],
        },
    ),
)
