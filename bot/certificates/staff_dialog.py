"""The certificates of one course, for those who teach it and for admins."""

from aiogram.enums import ContentType
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from bot.certificates.actions import (
    choose_certificate,
    correct_for_student,
    issue_again,
    next_page,
    previous_page,
    revoke,
    search,
    show_all,
    show_picture,
    to_desk,
    type_reason,
)
from bot.certificates.getters import course_certificate, course_certificates
from bot.certificates.states import CourseCertificates
from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T

_BACK = SwitchTo(Label("⬅️ Back"), id="back", state=CourseCertificates.card)
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
    "new_reason": "Somebody else took the quizzes",
    "is_valid": True,
    "is_revoked": True,
    "is_refunded": True,
    "is_replaced": True,
    "may_correct": True,
    "may_revoke": True,
    "may_issue_again": True,
}

staff_dialog = Dialog(
    Window(
        T("🎓 <b>Certificates: {title}</b>"),
        T("This course gives no certificates now.", when="gives_none"),
        T("Nobody has one yet. They come by themselves when students finish the course.", when="is_empty"),
        T("🔎 {words}", when="words"),
        T("No certificate with this name.", when="is_unknown"),
        T("Type a name to search."),
        MessageInput(search, content_types=ContentType.TEXT),
        choices(id="certificate", items="certificates", on_click=choose_certificate),
        Row(
            Button(Label("⬅️ Newer"), id="previous_page", on_click=previous_page, when="has_previous"),
            Button(Label("Older ➡️"), id="next_page", on_click=next_page, when="has_next"),
        ),
        Button(Label("✖️ Show all"), id="all", on_click=show_all, when="words"),
        Button(Label("⬅️ To the course"), id="desk", on_click=to_desk),
        state=CourseCertificates.list,
        getter=course_certificates,
        hint=N_("Please type a student's name, or choose a certificate below."),
        preview_data={
            "title": "Foizlar",
            "words": "ali",
            "certificates": [("K7QM2XVD93HTWB5R", "🎓 Ali Karimov · 21 November 2026")],
            "gives_none": True,
            "is_empty": True,
            "is_unknown": True,
            "has_previous": True,
            "has_next": True,
        },
    ),
    Window(
        T("🎓 <b>{name}</b>"),
        T("{course}"),
        T("Result: {percent}%", when="has_percent"),
        T("Issued on {date}\nNo. <code>{number}</code>"),
        T("\n✅ Valid", when="is_valid"),
        T("\n⛔ Revoked on {ended}: {reason}", when="is_revoked"),
        T("\n↩️ The price of the course went back on {ended}.", when="is_refunded"),
        T("\n♻️ Replaced on {ended}.", when="is_replaced"),
        T("\n✏️ The profile says {present_name}.", when="may_correct"),
        Button(Label("👁 Show it"), id="show", on_click=show_picture, when="is_valid"),
        SwitchTo(Label("✏️ Correct the name"), id="correct", state=CourseCertificates.correct, when="may_correct"),
        SwitchTo(Label("⛔ Revoke"), id="revoke", state=CourseCertificates.reason, when="may_revoke"),
        Button(Label("♻️ Issue again"), id="again", on_click=issue_again, when="may_issue_again"),
        SwitchTo(Label("⬅️ Certificates"), id="list", state=CourseCertificates.list),
        state=CourseCertificates.card,
        getter=course_certificate,
        preview_data=_PREVIEW,
    ),
    Window(
        T("⛔ <b>{name}</b> · {course}"),
        T("Why is the certificate revoked? Type the reason: the student will read it."),
        MessageInput(type_reason, content_types=ContentType.TEXT),
        _BACK,
        state=CourseCertificates.reason,
        getter=course_certificate,
        hint=N_("Please type the reason as a text."),
        preview_data=_PREVIEW,
    ),
    Window(
        T("⛔ Revoke the certificate of <b>{name}</b>?"),
        T("Reason: {new_reason}"),
        T("\nIts link will say that it is revoked, and the student is told."),
        Button(Label("⛔ Revoke"), id="revoke_now", on_click=revoke, when="may_revoke"),
        SwitchTo(Label("⬅️ Keep it"), id="keep", state=CourseCertificates.card),
        state=CourseCertificates.revoke,
        getter=course_certificate,
        preview_data=_PREVIEW,
    ),
    Window(
        T("✏️ <b>{course}</b>"),
        T("The certificate says: {name}\nThe profile says: {present_name}"),
        T("\nIssue a new one with the name of the profile? The old number will lead to it."),
        Button(Label("✏️ Issue a new one"), id="correct_now", on_click=correct_for_student, when="may_correct"),
        SwitchTo(Label("⬅️ Keep it"), id="keep", state=CourseCertificates.card),
        state=CourseCertificates.correct,
        getter=course_certificate,
        preview_data=_PREVIEW,
    ),
)
