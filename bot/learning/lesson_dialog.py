"""The buttons below a lesson."""

from aiogram_dialog.widgets.kbd import Button, Row

from bot.dialogs import Dialog, Window
from bot.i18n import Label, T
from bot.learning.actions import (
    ask,
    buy,
    edit_lesson,
    finish_lesson,
    go_first,
    next_lesson,
    open_parts,
    previous_lesson,
    send_again,
    send_files,
    take_quiz,
    to_course,
    to_menu,
)
from bot.learning.getters import lesson
from bot.learning.states import Lessons

_MENU = Button(Label("🏠 Menu"), id="menu", on_click=to_menu)

lesson_dialog = Dialog(
    Window(
        T("📚 {course}", when="is_flat"),
        T("📚 {course} › {section}", when="section"),
        T("<b>{number} / {lesson_count} · {title}</b>"),
        T("\n🔒 This lesson costs {price}.", when="needs_lesson"),
        T("\n🔒 This lesson is part of the paid course: {price}.", when="needs_course"),
        T("\n{barrier}", when="barrier"),
        T("✅ Done", when="is_done"),
        T("🗄 The course goes on without this lesson. You paid for it, so it stays yours.", when="is_archived"),
        T("📝 Draft: only you see it", when="is_draft"),
        Button(Label("🛒 Buy for {price}"), id="buy", on_click=buy, when="is_unpaid"),
        Button(Label("▶️ Go to that lesson"), id="first", on_click=go_first, when="leads_to_lesson"),
        Button(Label("📖 Go to that course"), id="required", on_click=go_first, when="leads_to_course"),
        Button(Label("📖 Join the course"), id="join", on_click=to_course, when="must_join"),
        Button(Label("📝 Take the quiz"), id="quiz", on_click=take_quiz, when="has_quiz"),
        Button(Label("✅ Done, go on"), id="finish", on_click=finish_lesson, when="can_finish"),
        Button(Label("🤖 Ask the tutor"), id="ask", on_click=ask, when="is_open"),
        Row(
            Button(Label("⬅️ Previous"), id="previous", on_click=previous_lesson, when="has_previous"),
            Button(Label("Next ➡️"), id="next", on_click=next_lesson, when="has_next"),
        ),
        Button(
            Label("📎 {file_count} file", "📎 {file_count} files", count="file_count"),
            id="files",
            on_click=send_files,
            when="has_files",
        ),
        Button(Label("📄 Send the lesson again"), id="again", on_click=send_again, when="is_sent"),
        Button(Label("✏️ Edit the lesson"), id="edit", on_click=edit_lesson, when="is_staff"),
        Row(Button(Label("📖 Course"), id="course", on_click=to_course), _MENU),
        state=Lessons.reading,
        getter=lesson,
        preview_data={
            "title": "Foiz nima?",
            "course": "Foizlar",
            "section": "Asoslar",
            "number": 1,
            "lesson_count": 4,
            "is_open": True,
            "price": "15 000 so‘m",
            "can_finish": True,
            "has_quiz": True,
            "has_next": True,
            "barrier": "🔒 “Foizlar” darsini tugating",
            "file_count": 2,
            "has_files": True,
        },
    ),
    on_start=open_parts,
)
