"""Paying by a transfer: what the student sees, and where staff decides about the receipt."""

from aiogram.enums import ContentType
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, CopyText, Row, SwitchTo
from aiogram_dialog.widgets.media import DynamicMedia
from aiogram_dialog.widgets.text import Format

from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.payments.proof_actions import (
    confirm,
    open_next,
    open_successor,
    open_waiting,
    proof_number,
    reject,
    send_original,
    to_desk,
    to_menu,
    to_waiting,
    type_reason,
)
from bot.payments.proof_getters import proof_page, reason_list, waiting_proofs
from bot.payments.states import ProofDesk, Transfers
from bot.payments.transfer_actions import order_again, take_receipt, to_order, withdraw
from bot.payments.transfer_getters import transfer_page

_RECEIPT = DynamicMedia("receipt", when="receipt")
_WHOSE = T("👤 {student}")
_WHAT = T("{title} · <b>{price}</b>")
_TO_PROOF = SwitchTo(Label("⬅️ Back"), id="proof", state=ProofDesk.proof)
_PREVIEW = {
    "receipt": None,
    "code": "7K2M9QXW4TBN",
    "student": "Ali Karimov (@ali_karimov)",
    "name": "Ali Karimov",
    "title": "Kvadrat tenglamalar",
    "price": "149 000 so‘m",
    "sent": "21 November 2026, 10:00",
    "decider": "Rustam Aliyev",
    "decided": "21 November 2026, 11:00",
    "reason": "The amount is another one.",
    "is_waiting": True,
    "can_decide": True,
    "opens_course": True,
    "next_id": 2,
    "waiting_count": 3,
    "twins": "2B3C4D5E6F7G (Vali Aliyev)",
}

transfer_dialog = Dialog(
    Window(
        T("🏦 <b>Payment by transfer</b>"),
        T("{title}"),
        T("Amount: <b>{price}</b>"),
        T("Order: <code>{code}</code>"),
        T("\n❌ Your last receipt was not accepted: {reason}", when="is_rejected"),
        T("\n{details}", when="may_send"),
        T(
            "\n1. Transfer the amount and write the order's code into the comment.\n"
            "2. Send the receipt here: a photo, a screenshot or a PDF 👇",
            when="may_send",
        ),
        T(
            "\n⏳ Your receipt is being checked, usually within a working day. I will write to you when it is done.",
            when="is_waiting",
        ),
        T("If it was the wrong one, just send another: it takes the place of the first.", when="is_waiting"),
        T(
            "The time of this order is over: if you take the receipt back, you will have to order again.",
            when="is_overtime",
        ),
        T("\n✅ Paid on {paid}", when="is_paid"),
        T("\n⌛️ This order is closed.", when="is_closed"),
        T("If you have transferred the money already, order again and send the receipt there.", when="is_expired"),
        T("\nThis order is being paid in another way right now.", when="is_busy"),
        T("\nThis order cannot be paid by transfer.", when="is_impossible"),
        MessageInput(take_receipt, content_types=(ContentType.PHOTO, ContentType.DOCUMENT)),
        CopyText(Label("📋 Copy the card number"), Format("{card}"), when="card"),
        CopyText(Label("📋 Copy the order's code"), Format("{code}"), when="may_send"),
        Button(Label("↩️ Take the receipt back"), id="withdraw", on_click=withdraw, when="is_waiting"),
        Button(Label("🛒 Order again"), id="again", on_click=order_again, when="can_reorder"),
        Button(Label("⬅️ To the order"), id="order", on_click=to_order),
        state=Transfers.transfer,
        getter=transfer_page,
        preview_data={
            "title": "Kvadrat tenglamalar",
            "price": "149 000 so‘m",
            "code": "7K2M9QXW4TBN",
            "details": "Uzcard 8600 0000 0000 0000",
            "card": "8600000000000000",
            "may_send": True,
        },
        hint=N_("Please send the receipt as a photo, a screenshot or a PDF."),
    ),
)

proof_dialog = Dialog(
    Window(
        T("🧾 <b>Receipts to check</b>"),
        T("{count} receipt is waiting.", "{count} receipts are waiting.", count="count", when="count"),
        T("The oldest {shown} of them:", when="is_cut"),
        T("\n{lines}", when="count"),
        T("✅ All receipts are checked.", when="is_empty"),
        choices(id="waiting", items="proofs", on_click=open_waiting, type_factory=proof_number),
        SwitchTo(Label("🔄 Refresh"), id="refresh", state=ProofDesk.waiting),
        Row(
            Button(Label("⬅️ Payments"), id="desk", on_click=to_desk),
            Button(Label("🏠 Menu"), id="menu", on_click=to_menu),
        ),
        state=ProofDesk.waiting,
        getter=waiting_proofs,
        preview_data={
            "count": 12,
            "shown": 8,
            "is_cut": True,
            "is_empty": False,
            "lines": "1. Ali Karimov · Foizlar · 149 000 so‘m · 21 November 2026, 10:00",
            "proofs": [(1, "1. Ali Karimov · 149 000 so‘m"), (2, "2. Vali Aliyev · 15 000 so‘m")],
        },
    ),
    Window(
        _RECEIPT,
        T("🧾 <b>Receipt for order {code}</b>"),
        _WHOSE,
        _WHAT,
        T("Sent on {sent}"),
        T("⏳ It waits for a decision.", when="is_waiting"),
        T("It is your own receipt: another admin decides about it.", when="is_own"),
        T("✅ {decider} confirmed it on {decided}.", when="is_confirmed"),
        T("❌ {decider} rejected it on {decided}: {reason}", when="is_rejected"),
        T("↩️ The student took it back on {decided}.", when="is_withdrawn"),
        T("\n⚠️ The same file was sent for another order: {twins}", when="twins"),
        Row(
            SwitchTo(Label("✅ Confirm"), id="confirm", state=ProofDesk.confirm),
            SwitchTo(Label("❌ Reject"), id="reject", state=ProofDesk.reject),
            when="can_decide",
        ),
        Button(Label("➡️ Newer receipt of this order"), id="successor", on_click=open_successor, when="successor_id"),
        Button(
            Label("➡️ Next ({waiting_count} waits)", "➡️ Next ({waiting_count} wait)", count="waiting_count"),
            id="next",
            on_click=open_next,
            when="next_id",
        ),
        Button(Label("📎 The original file"), id="original", on_click=send_original, when="is_kept"),
        Row(
            Button(Label("🗂 All receipts"), id="all", on_click=to_waiting),
            Button(Label("🏠 Menu"), id="menu", on_click=to_menu),
        ),
        state=ProofDesk.proof,
        getter=proof_page,
        preview_data=_PREVIEW,
    ),
    Window(
        _RECEIPT,
        T("✅ <b>Has this money come?</b>"),
        _WHOSE,
        _WHAT,
        T("Order {code}"),
        T("\nWhen you confirm, the order is paid, its course opens and {name} is told.", when="opens_course"),
        T("\nWhen you confirm, the order is paid, its lesson opens and {name} is told.", when="opens_lesson"),
        T("\nWhen you confirm, the order is paid and {name} is told.", when="opens_nothing"),
        T("It cannot be undone, only refunded.", when="can_decide"),
        T("\n⚠️ The same file was sent for another order: {twins}", when="twins"),
        T("\nIt was decided in the meantime.", when="is_decided"),
        Button(Label("✅ Yes, {price} has come"), id="confirm_now", on_click=confirm, when="can_decide"),
        _TO_PROOF,
        state=ProofDesk.confirm,
        getter=proof_page,
        preview_data=_PREVIEW,
    ),
    Window(
        _RECEIPT,
        T("❌ <b>What is wrong with it?</b>"),
        _WHOSE,
        _WHAT,
        T("{name} will read the reason and can send another receipt.", when="can_decide"),
        T("\nIt was decided in the meantime.", when="is_decided"),
        MessageInput(type_reason, content_types=ContentType.TEXT),
        choices(id="why", items="reasons", on_click=reject, when="can_decide"),
        SwitchTo(Label("✏️ Another reason"), id="reason", state=ProofDesk.reason, when="can_decide"),
        _TO_PROOF,
        state=ProofDesk.reject,
        getter=(proof_page, reason_list),
        preview_data={**_PREVIEW, "reasons": [("unreadable", "It cannot be read.")]},
    ),
    Window(
        _RECEIPT,
        T("✏️ <b>Type the reason.</b>"),
        _WHOSE,
        _WHAT,
        T("{name} will read it as you write it. 200 characters at most."),
        MessageInput(type_reason, content_types=ContentType.TEXT),
        SwitchTo(Label("⬅️ Back"), id="reject", state=ProofDesk.reject),
        state=ProofDesk.reason,
        getter=proof_page,
        preview_data=_PREVIEW,
        hint=N_("Please type the reason as a text."),
    ),
)
