"""One course as a learner sees it."""

from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from bot.dialogs import Dialog, Window, choices
from bot.i18n import Label, T
from bot.learning.actions import (
    buy_course,
    continue_course,
    edit_course,
    enrol,
    go_to_required,
    leave,
    open_lesson,
    to_menu,
    to_subject,
)
from bot.learning.course_extras import open_certificate, open_rating, open_reviews, open_teachers
from bot.learning.getters import course_card
from bot.learning.inputs import row_id
from bot.learning.states import CourseCard

_MENU = Button(Label("🏠 Menu"), id="menu", on_click=to_menu)

course_dialog = Dialog(
    Window(
        T("{subject} › <b>{title}</b>"),
        T("\n{description}", when="has_description"),
        T("\n👤 {teacher}"),
        T("{average}", when="average"),
        T("{lesson_count} lesson", "{lesson_count} lessons", count="lesson_count"),
        T("🎓 With a certificate", when="has_certificate"),
        T("💚 Free", when="is_free"),
        T("💳 The whole course: {price}", when="is_sold_whole"),
        T("💳 Lessons are sold one by one", when="is_sold_by_lesson"),
        T("✅ Paid", when="is_bought"),
        T("📝 Draft: only you see it", when="is_draft"),
        T("🎓 You have completed this course", when="is_completed"),
        T("\n🔒 First complete {required}: then the lessons open.", when="required"),
        T("\n{bar} {percent}%", when="is_started"),
        T("\nLessons are being prepared.", when="is_empty"),
        Button(Label("▶️ Continue"), id="continue", on_click=continue_course, when="is_started"),
        Button(Label("🛒 Buy for {price}"), id="buy_course", on_click=buy_course, when="is_sold_whole"),
        Button(Label("➕ Join the course"), id="enrol", on_click=enrol, when="can_enrol"),
        Button(Label("🎓 Get the certificate"), id="certificate", on_click=open_certificate, when="can_certify"),
        Button(Label("⭐ Rate the course"), id="rate", on_click=open_rating, when="can_rate"),
        Button(Label("📖 First: {first_required}"), id="required", on_click=go_to_required, when="required"),
        choices(id="lesson", items="lessons", on_click=open_lesson, type_factory=row_id, pages="outline"),
        Button(
            Label("🎓 About the certificate"),
            id="certificate_rule",
            on_click=open_certificate,
            when="can_ask_certificate",
        ),
        Row(
            Button(Label("👤 Teacher"), id="teacher", on_click=open_teachers, when="is_public"),
            Button(Label("💬 Ratings"), id="reviews", on_click=open_reviews, when="rating_count"),
        ),
        Button(Label("✏️ Edit the course"), id="edit", on_click=edit_course, when="is_staff"),
        SwitchTo(Label("Leave the course"), id="leave", state=CourseCard.leave, when="is_enrolled"),
        Row(Button(Label("⬅️ Courses"), id="subject", on_click=to_subject), _MENU),
        state=CourseCard.card,
        getter=course_card,
        preview_data={
            "subject": "📐 Matematika",
            "title": "Foizlar",
            "description": "Noldan boshlab.",
            "has_description": True,
            "teacher": "Dilnoza Rahimova",
            "lesson_count": 4,
            "average": "★ 4.7 (128)",
            "rating_count": 128,
            "has_certificate": True,
            "can_certify": True,
            "can_ask_certificate": True,
            "can_rate": True,
            "is_public": True,
            "price": "149 000 so‘m",
            "is_sold_whole": True,
            "is_started": True,
            "is_enrolled": True,
            "required": "“Sonlar”",
            "first_required": "Sonlar",
            "bar": "▰▰▰▰▰▱▱▱▱▱",
            "percent": 50,
            "lessons": [(1, "✅ 1. Foiz nima?"), (2, "🔒 2. Oshirish va kamaytirish")],
        },
    ),
    Window(
        T("Leave <b>{title}</b>? Your progress and what you paid for stay yours."),
        Button(Label("Leave"), id="leave_now", on_click=leave),
        SwitchTo(Label("⬅️ Stay"), id="stay", state=CourseCard.card),
        state=CourseCard.leave,
        getter=course_card,
        preview_data={"title": "Foizlar"},
    ),
)
