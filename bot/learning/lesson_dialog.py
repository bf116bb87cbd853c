"""The buttons below a lesson."""

from aiogram_dialog.widgets.kbd import Button, Row

from bot.dialogs import Dialog, Window, choices
from bot.i18n import Label, T
from bot.learning.actions import (
    ask,
    buy,
    edit_lesson,
    go_first,
    next_lesson,
    practise,
    previous_lesson,
    send_files,
    take_quiz,
    to_course,
    to_menu,
)
from bot.learning.getters import lesson
from bot.learning.reading_actions import (
    add_bookmark,
    finish_lesson,
    next_part,
    open_parts,
    open_question,
    say_where_stopped,
    send_again,
)
from bot.learning.reading_windows import reading_windows
from bot.learning.states import Lessons
from bot.row_ids import row_id

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
        T("{done} of {total} parts", when="has_parts"),
        T(
            "{done} of {total} parts · ~{minutes} minute left",
            "{done} of {total} parts · ~{minutes} minutes left",
            count="minutes",
            when="has_parts_left",
        ),
        T("⏸ You stopped at {stopped}", when="has_stopped"),
        T("⏸ You stopped at {stopped}, part {stopped_in}", when="has_stopped_in_part"),
        T(
            "\n💡 Reply to a part: words become a note, “12:40 title” a bookmark at that time, 🔖 one of the part.",
            when="may_learn_to_mark",
        ),
        T("🗄 The course goes on without this lesson. You paid for it, so it stays yours.", when="is_archived"),
        T("📝 Draft: only you see it", when="is_draft"),
        Button(Label("🛒 Buy for {price}"), id="buy", on_click=buy, when="is_unpaid"),
        Button(Label("▶️ Go to that lesson"), id="first", on_click=go_first, when="leads_to_lesson"),
        Button(Label("📖 Go to that course"), id="required", on_click=go_first, when="leads_to_course"),
        Button(Label("📖 Join the course"), id="join", on_click=to_course, when="must_join"),
        choices(id="next_part", items="next_parts", on_click=next_part, type_factory=row_id),
        Button(Label("❓ Answer the check question"), id="check", on_click=open_question, when="is_asking"),
        Button(Label("📝 Take the quiz"), id="quiz", on_click=take_quiz, when="has_quiz"),
        Button(Label("🎯 Practise"), id="practise", on_click=practise, when="can_practise"),
        Button(Label("✅ Done, go on"), id="finish", on_click=finish_lesson, when="can_finish"),
        Row(
            Button(Label("⏸ I stopped at…"), id="stopped", on_click=say_where_stopped, when="has_recordings"),
            Button(Label("🔖 Bookmark"), id="bookmark", on_click=add_bookmark, when="has_parts_to_mark"),
        ),
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
            "done": 3,
            "total": 5,
            "minutes": 12,
            "has_parts_left": True,
            "stopped": "12:40",
            "stopped_in": 4,
            "has_stopped_in_part": True,
            "next_parts": [(5, "▶️ Next part")],
            "is_asking": True,
            "has_recordings": True,
            "has_parts_to_mark": True,
            "may_learn_to_mark": True,
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
    *reading_windows,
    on_start=open_parts,
)
