"""One course as a learner sees it."""

from aiogram_dialog.widgets.kbd import Button, Row, SwitchInlineQuery, SwitchTo
from aiogram_dialog.widgets.media import DynamicMedia
from aiogram_dialog.widgets.text import Format

from bot.dialogs import Dialog, Window, choices
from bot.i18n import Label, T
from bot.learning.actions import (
    buy_course,
    continue_course,
    edit_course,
    enrol,
    leave,
    open_lesson,
    to_menu,
)
from bot.learning.card_actions import next_lessons, open_required, previous_lessons, to_list, try_lesson
from bot.learning.card_getters import about, course_card
from bot.learning.course_extras import open_certificate, open_rating, open_reviews, open_teachers
from bot.learning.states import CourseCard
from bot.row_ids import row_id

_MENU = Button(Label("🏠 Menu"), id="menu", on_click=to_menu)

course_dialog = Dialog(
    Window(
        DynamicMedia("cover", when="cover"),
        T("{subject} › <b>{title}</b>"),
        T("\n{description}", when="has_description"),
        T("\n👤 {teachers}"),
        T("{average}", when="average"),
        T("{level}", when="level"),
        T("🗣 {languages}"),
        T("{lesson_count} lesson", "{lesson_count} lessons", count="lesson_count"),
        T("🕑 {length}", when="length"),
        T("👥 {student_count} student", "👥 {student_count} students", count="student_count", when="has_students"),
        T("🎓 With a certificate", when="has_certificate"),
        T("🧩 To know before: {required}", when="required"),
        T("💚 Free", when="is_free"),
        T("💳 The whole course: {price}", when="is_sold_whole"),
        T("💳 Lessons are sold one by one", when="is_sold_by_lesson"),
        T("✅ Paid", when="is_bought"),
        T("📝 Draft: only you see it", when="is_draft"),
        T("🎓 You have completed this course", when="is_completed"),
        T("\n{bar} {percent}%", when="is_started"),
        T("\n{sections}", when="sections"),
        T("\nLessons are being prepared.", when="is_empty"),
        T("\n🔗 {link}", when="may_share"),
        Button(Label("▶️ Continue"), id="continue", on_click=continue_course, when="can_continue"),
        Button(Label("🛒 Buy for {price}"), id="buy_course", on_click=buy_course, when="is_sold_whole"),
        Button(Label("➕ Join the course"), id="enrol", on_click=enrol, when="can_enrol"),
        Button(Label("🎓 Get the certificate"), id="certificate", on_click=open_certificate, when="can_certify"),
        Button(Label("⭐ Rate the course"), id="rate", on_click=open_rating, when="can_rate"),
        choices(
            id="required",
            items="missing",
            on_click=open_required,
            type_factory=row_id,
            text=Label("🧩 First: {item[1]}"),
        ),
        choices(
            id="preview",
            items="previews",
            on_click=try_lesson,
            type_factory=row_id,
            text=Label("👀 Try for free: {item[1]}"),
        ),
        choices(id="lesson", items="lessons", on_click=open_lesson, type_factory=row_id),
        Row(
            Button(Label("⬅️ Earlier"), id="previous_page", on_click=previous_lessons, when="has_previous"),
            Button(Label("Later ➡️"), id="next_page", on_click=next_lessons, when="has_next"),
        ),
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
        SwitchTo(Label("📄 More about the course"), id="about", state=CourseCard.about, when="is_long"),
        SwitchInlineQuery(Label("📤 Share"), Format("{code}"), id="share", when="may_share"),
        Button(Label("✏️ Edit the course"), id="edit", on_click=edit_course, when="is_staff"),
        SwitchTo(Label("Leave the course"), id="leave", state=CourseCard.leave, when="is_enrolled"),
        Row(Button(Label("⬅️ Courses"), id="subject", on_click=to_list), _MENU),
        state=CourseCard.card,
        getter=course_card,
        preview_data={
            "subject": "📐 Matematika",
            "title": "Foizlar",
            "description": "Noldan boshlab.",
            "has_description": True,
            "teachers": "Dilnoza Rahimova",
            "level": "🟢 Beginner",
            "languages": "🇺🇿 O‘zbekcha, 🇷🇺 Русский",
            "lesson_count": 4,
            "average": "★ 4.7 (128)",
            "rating_count": 128,
            "has_certificate": True,
            "can_certify": True,
            "can_ask_certificate": True,
            "can_rate": True,
            "is_public": True,
            "length": "≈ 1 h 20 min",
            "student_count": 120,
            "has_students": True,
            "price": "149 000 so‘m",
            "is_sold_whole": True,
            "is_started": True,
            "can_continue": True,
            "is_enrolled": True,
            "required": "Sonlar",
            "bar": "▰▰▰▰▰▱▱▱▱▱",
            "percent": 50,
            "sections": "Asoslar: 1–2",
            "previews": [(1, "Foiz nima?")],
            "missing": [(3, "Arifmetika")],
            "lessons": [(1, "✅ 1. Foiz nima?"), (2, "🔒 2. Oshirish va kamaytirish")],
            "has_next": True,
            "code": "MATH-1",
            "may_share": True,
            "link": "https://t.me/ustoz_bot?start=c_MATH-1",
        },
    ),
    Window(
        T("<b>{title}</b>\n\n{description}"),
        SwitchTo(Label("⬅️ Back"), id="back", state=CourseCard.card),
        state=CourseCard.about,
        getter=about,
        preview_data={"title": "Foizlar", "description": "Noldan boshlab."},
    ),
    Window(
        T("Leave <b>{title}</b>? Your progress and what you paid for stay yours."),
        Button(Label("Leave"), id="leave_now", on_click=leave),
        SwitchTo(Label("⬅️ Stay"), id="stay", state=CourseCard.card),
        state=CourseCard.leave,
        getter=about,
        preview_data={"title": "Foizlar"},
    ),
)
