"""A student's certificates."""

from aiogram_dialog.widgets.kbd import Button, CopyText, Row, SwitchTo, Url
from aiogram_dialog.widgets.text import Const, Format

from bot.certificates.actions import (
    choose_language,
    claim,
    correct_name,
    next_page,
    open_certificate,
    open_picture,
    open_rule,
    previous_page,
    send_pdf,
    to_catalogue,
    to_course,
    to_list,
    to_menu,
)
from bot.certificates.getters import certificate_card, certificate_rule, own_certificates
from bot.certificates.states import Certificates, OneCertificate
from bot.course_words import LANGUAGES
from bot.dialogs import Dialog, Window, choices
from bot.i18n import Label, T
from bot.row_ids import row_id
from domain.language import Language

_MENU = Button(Label("🏠 Menu"), id="menu", on_click=to_menu)
_PREVIEW = {
    "course": "Foizlar",
    "name": "Ali Karimov",
    "present_name": "Ali Karimov-Nabiyev",
    "number": "K7QM-2XVD-93HT-WB5R",
    "date": "21 November 2026",
    "percent": 93,
    "has_percent": True,
    "ended": "22 November 2026",
    "reason": "Somebody else took the quizzes",
    "is_valid": True,
    "is_revoked": True,
    "is_refunded": True,
    "is_replaced": True,
    "may_correct": True,
    "needs_centre": True,
    "hints_at_name": True,
    "link": "https://t.me/ustoz_bot?start=v_K7QM2XVD93HTWB5R",
    "share": "https://t.me/share/url?url=x",
}

certificates_dialog = Dialog(
    Window(
        T("🎓 <b>My certificates</b>"),
        T(
            "You have none yet. Finish all lessons of a course that gives a certificate, and it comes by itself.",
            when="is_empty",
        ),
        T("🎁 Waiting for you:", when="has_earnable"),
        choices(id="earnable", items="earnable", on_click=open_rule, type_factory=row_id),
        choices(id="certificate", items="certificates", on_click=open_certificate),
        Row(
            Button(Label("⬅️ Newer"), id="previous_page", on_click=previous_page, when="has_previous"),
            Button(Label("Older ➡️"), id="next_page", on_click=next_page, when="has_next"),
        ),
        Button(Label("📚 Catalogue"), id="catalogue", on_click=to_catalogue, when="is_empty"),
        _MENU,
        state=Certificates.list,
        getter=own_certificates,
        preview_data={
            "certificates": [("K7QM2XVD93HTWB5R", "🎓 Foizlar")],
            "earnable": [(1, "🎁 Kvadrat tenglamalar")],
            "has_earnable": True,
            "is_empty": True,
            "has_previous": True,
            "has_next": True,
        },
    ),
    Window(
        T("🎓 <b>{title}</b>"),
        T("Your certificate is ready.", when="has_one"),
        T("✅ Everything is done. The certificate is yours!", when="can_claim"),
        T("What is missing for the certificate:\n\n{missing}", when="missing"),
        T("⛔ It was revoked: {reason}\nOnly your teacher or the centre can issue it again.", when="is_withdrawn"),
        Button(Label("🎓 Open the certificate"), id="open", on_click=claim, when="has_one"),
        Button(Label("🎓 Get the certificate"), id="claim", on_click=claim, when="can_claim"),
        Row(Button(Label("📖 Course"), id="course", on_click=to_course), _MENU),
        state=Certificates.rule,
        getter=certificate_rule,
        preview_data={
            "title": "Foizlar",
            "has_one": True,
            "can_claim": True,
            "missing": "📖 2 lessons are left.",
            "is_withdrawn": True,
            "reason": "Somebody else took the quizzes",
        },
    ),
)

certificate_dialog = Dialog(
    Window(
        T("🎓 <b>{course}</b>"),
        T("{name}"),
        T("Result: {percent}%", when="has_percent"),
        T("Issued on {date}\nNo. <code>{number}</code>"),
        T("\n⛔ Revoked on {ended}: {reason}", when="is_revoked"),
        T("\n↩️ The price of the course went back to you on {ended}, so it is not valid any more.", when="is_refunded"),
        T("\n♻️ Replaced on {ended} by a newer one: /certificates", when="is_replaced"),
        T("\n✏️ Your profile says {present_name}. The certificate can follow.", when="may_correct"),
        T("\nA mistake in the name? Change it in /me and come back here.", when="hints_at_name"),
        T(
            "\n✏️ Your profile says {present_name}. You have corrected it three times: please ask the centre now.",
            when="needs_centre",
        ),
        Button(Label("📄 Send the PDF"), id="pdf", on_click=send_pdf, when="is_valid"),
        Row(
            Button(Const(LANGUAGES[Language.UZ]), id=Language.UZ.value, on_click=choose_language),
            Button(Const(LANGUAGES[Language.RU]), id=Language.RU.value, on_click=choose_language),
            Button(Const(LANGUAGES[Language.EN]), id=Language.EN.value, on_click=choose_language),
            when="is_valid",
        ),
        Row(
            CopyText(Label("🔗 Copy the link"), Format("{link}")),
            Url(Label("📤 Share"), Format("{share}")),
            when="is_valid",
        ),
        SwitchTo(Label("✏️ Correct the name"), id="correct", state=OneCertificate.correct, when="may_correct"),
        Row(Button(Label("⬅️ My certificates"), id="list", on_click=to_list), _MENU),
        state=OneCertificate.card,
        getter=certificate_card,
        preview_data=_PREVIEW,
    ),
    Window(
        T("✏️ <b>{course}</b>"),
        T("The certificate says: {name}\nYour profile says: {present_name}"),
        T(
            "\nShall I issue a new one with the name of your profile? The old number will lead to it.",
            when="may_correct",
        ),
        Button(Label("✏️ Issue a new one"), id="correct", on_click=correct_name, when="may_correct"),
        SwitchTo(Label("⬅️ Keep it"), id="keep", state=OneCertificate.card),
        state=OneCertificate.correct,
        getter=certificate_card,
        preview_data=_PREVIEW,
    ),
    on_start=open_picture,
)
