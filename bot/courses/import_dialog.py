"""A course that comes as a file: waiting for it, and what it would make."""

from aiogram_dialog.widgets.kbd import Button, SwitchTo

from bot.courses.import_actions import (
    another_file,
    choose_category,
    confirm,
    leave_import,
    put_away,
    send_course_file,
    send_mistakes,
    send_template,
)
from bot.courses.import_getters import import_categories, import_preview, import_question, import_reading
from bot.courses.inputs import Sent
from bot.courses.states import ImportDesk
from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.row_ids import row_id

_HINT = N_("Please send the file as a document: .xlsx, .zip or .docx.")

import_dialog = Dialog(
    Window(
        T("📥 <b>Import a course</b>", when="is_new"),
        T(
            "Send me a workbook (.xlsx), an archive of it with files (.zip), or a Word syllabus (.docx).\n"
            "I show you what I read, with every mistake and its row.\n"
            "Nothing is saved until you confirm it.",
            when="is_new",
        ),
        T("📥 <b>Lessons for “{title}”</b>", when="is_into"),
        T(
            "Send me a Word syllabus (.docx): headings become sections and lessons, the text below them their parts.\n"
            "They go behind the lessons that are there.\n"
            "Nothing is saved until you confirm it.",
            when="is_into",
        ),
        Sent(send_course_file),
        Button(Label("📄 Template"), id="template", on_click=send_template, when="is_new"),
        Button(Label("⬅️ Back"), id="back", on_click=leave_import),
        state=ImportDesk.wait,
        getter=import_question,
        hint=_HINT,
        preview_data={"is_new": True, "is_into": True, "title": "Foizlar"},
    ),
    Window(
        T("📥 <b>{name}</b>"),
        T("I am reading it. What I find comes as a message here, usually within a minute.", when="is_waiting"),
        T("It is read: look at the message below, or send another file.", when="is_read"),
        Sent(send_course_file),
        Button(Label("⬅️ Back"), id="back", on_click=leave_import),
        state=ImportDesk.reading,
        getter=import_reading,
        hint=_HINT,
        preview_data={"name": "course.xlsx", "is_waiting": True, "is_read": False},
    ),
    Window(
        T("{text}"),
        Sent(send_course_file),
        Button(Label("✅ Make the course"), id="make", on_click=confirm, when="can_make"),
        Button(Label("✅ Add the lessons"), id="add", on_click=confirm, when="can_add"),
        Button(Label("🎓 Open the course"), id="open", on_click=confirm, when="is_saved"),
        SwitchTo(Label("📂 Choose the subject"), id="subject", state=ImportDesk.category, when="can_choose"),
        Button(Label("📋 All of it as XLSX"), id="mistakes", on_click=send_mistakes, when="has_issues"),
        Button(Label("📥 Send another file"), id="again", on_click=another_file, when="is_open"),
        Button(Label("🗑 Put away"), id="put_away", on_click=put_away, when="is_open"),
        Button(Label("⬅️ Back"), id="back", on_click=leave_import),
        state=ImportDesk.preview,
        getter=import_preview,
        hint=_HINT,
        preview_data={
            "text": "📥 Foizlar\n1 section · 3 lessons · 5 parts · 10 questions · 2 files",
            "can_make": True,
            "can_add": True,
            "is_saved": True,
            "can_choose": True,
            "has_issues": True,
            "is_open": True,
        },
    ),
    Window(
        T("📂 Which subject is the course about?"),
        T("There are no subjects yet. Please ask an admin to add one.", when="is_empty"),
        choices(id="category", items="categories", on_click=choose_category, type_factory=row_id, pages="categories"),
        SwitchTo(Label("⬅️ Back"), id="back", state=ImportDesk.preview),
        state=ImportDesk.category,
        getter=import_categories,
        preview_data={"categories": [(1, "📐 Matematika")], "is_empty": False},
    ),
)
