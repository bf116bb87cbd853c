"""The files beside a lesson."""

from aiogram_dialog.widgets.kbd import Button

from bot.courses.files_actions import back_to_lesson, delete_file, lesson_files, send_resource, undo_file
from bot.courses.inputs import Sent
from bot.courses.states import FilesDesk
from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.row_ids import row_id

files_dialog = Dialog(
    Window(
        T("📎 <b>Files of “{title}”</b>"),
        T("Students take them along: worksheets, code, tables, recordings, archives.\n"),
        T("{lines}", when="lines"),
        T("There are no files yet.", when="is_empty"),
        T("\n✅ Added: {added}", when="added"),
        T(
            "It is larger than {unkept} MB: no copy is kept here, and students get it all the same. Please keep the "
            "original yourself.",
            when="unkept",
        ),
        T("\n🗑 Deleted: {deleted}", when="deleted"),
        T("\n👇 <b>Send files here</b>, several in a row if you like. Tap one below to delete it.", when="lines"),
        T("\n👇 <b>Send files here</b>, several in a row if you like.", when="is_empty"),
        Sent(send_resource),
        Button(Label("↩️ Undo"), id="undo", on_click=undo_file, when="can_undo"),
        choices(id="file", items="files", on_click=delete_file, type_factory=row_id, pages="files"),
        Button(Label("⬅️ To the lesson"), id="lesson", on_click=back_to_lesson),
        state=FilesDesk.files,
        getter=lesson_files,
        hint=N_("Please send it as a file (📎 → File), or as music."),
        preview_data={
            "title": "Chegirmalar",
            "lines": "1. mashq.docx\n2. kod.py",
            "is_empty": False,
            "added": "kod.py",
            "deleted": None,
            "can_undo": True,
            "files": [(1, "🗑 mashq.docx"), (2, "🗑 kod.py")],
        },
    ),
)
