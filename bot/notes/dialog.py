"""A student's notebook."""

from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, RichLine, Safe, T
from bot.notes.actions import (
    begin,
    choose_course,
    choose_note,
    delete,
    forget_course,
    forget_words,
    listen,
    newer,
    older,
    open_lesson,
    pin,
    search,
    take_note,
    to_menu,
    type_words,
    undo,
)
from bot.notes.export import export_markdown, export_word
from bot.notes.getters import course_list, export_choice, note_card, note_list, note_to_rewrite
from bot.notes.inputs import Sent, row_id
from bot.notes.states import Notes
from bot.rich import RICH

_MENU = Button(Label("🏠 Menu"), id="menu", on_click=to_menu)
_TO_LIST = SwitchTo(Label("⬅️ Notes"), id="list", state=Notes.list)

dialog = Dialog(
    Window(
        T("📒 <b>My notes</b>"),
        T("{total} note", "{total} notes", count="total", when="has_any"),
        T("📚 {course}", when="course"),
        T("🔎 {words}", when="words"),
        T("\n🗑 The note is deleted.", when="is_deleted"),
        T("\nNo note has exactly these words. These have similar ones:", when="is_near"),
        T("\nNothing found. Try another word, or take the filter away below.", when="is_not_found"),
        T(
            "\nThere are no notes yet. While you read a lesson, <b>reply to any of its messages</b> with a text or a "
            "voice message, and it is noted here. Or begin with the button below.",
            when="is_empty",
        ),
        T("Type a word to search.", when="has_any"),
        Sent(search),
        choices(id="note", items="notes", on_click=choose_note, type_factory=row_id),
        Row(
            Button(Label("⬅️ Newer"), id="newer", on_click=newer, when="has_newer"),
            Button(Label("Older ➡️"), id="older", on_click=older, when="has_older"),
        ),
        Button(Label("↩️ Undo"), id="undo", on_click=undo, when="is_deleted"),
        Row(
            SwitchTo(Label("📚 Course"), id="course", state=Notes.courses, when="may_choose_course"),
            Button(Label("✖️ {course_chip}"), id="no_course", on_click=forget_course, when="course"),
            Button(Label("✖️ {words_chip}"), id="no_words", on_click=forget_words, when="words"),
        ),
        Row(
            SwitchTo(Label("➕ New note"), id="new", state=Notes.new),
            SwitchTo(Label("📤 Export"), id="export", state=Notes.export, when="has_any"),
        ),
        _MENU,
        state=Notes.list,
        getter=note_list,
        hint=N_("Type a word to search your notes, or choose one below 👇"),
        preview_data={
            "total": 12,
            "has_any": True,
            "words": "kvadrat",
            "words_chip": "kvadrat",
            "notes": [(1, "📝 Kvadrat tenglama: D = b² − 4ac"), (2, "🎤 0:32 · Voice note")],
            "has_older": True,
            "may_choose_course": True,
        },
    ),
    Window(
        T("📚 <b>Notes about which course?</b>", when="courses"),
        T("None of your notes is about a course yet.", when="is_empty"),
        choices(id="course", items="courses", on_click=choose_course, type_factory=row_id, pages="courses"),
        _TO_LIST,
        state=Notes.courses,
        getter=course_list,
        preview_data={"courses": [(1, "Foizlar")], "is_empty": False},
    ),
    Window(
        RichLine("📖 **{lesson}**\n", when="lesson"),
        RichLine("📝 **Note**\n", when="is_free"),
        RichLine("🕓 {when}\n"),
        RichLine("✏️ Changed: {edited}\n", when="edited"),
        RichLine("🔒 The lesson is closed to you now; your note stays.\n", when="is_closed"),
        RichLine("🎤 Voice, {length}\n", when="length"),
        RichLine("{text}", when="has_text"),
        Button(Label("🎤 Listen"), id="listen", on_click=listen, when="length"),
        Button(Label("📖 Open the lesson"), id="lesson", on_click=open_lesson, when="may_open"),
        Button(Label("📌 Review later"), id="pin", on_click=pin),
        Row(
            SwitchTo(Label("✏️ Edit"), id="rewrite", state=Notes.rewrite),
            Button(Label("🗑 Delete"), id="delete", on_click=delete),
        ),
        Row(_TO_LIST, _MENU),
        state=Notes.card,
        parse_mode=RICH,
        getter=note_card,
        preview_data={
            "when": "2026-yil 2-mart, 17:00",
            "lesson": "Foizlar › Foiz nima?",
            "length": "0:32",
            "text": Safe("**Foiz** bu $\\frac{1}{100}$."),
            "has_text": True,
            "may_open": True,
        },
    ),
    Window(
        T("✏️ <b>Send the new text of this note</b>"),
        T("Now: {beginning}", when="beginning"),
        T("The recording stays with it.", when="has_voice"),
        Sent(type_words),
        SwitchTo(Label("⬅️ Leave it as it is"), id="card", state=Notes.card),
        state=Notes.rewrite,
        getter=note_to_rewrite,
        hint=N_("Please type the new text of the note."),
        preview_data={"beginning": "Kvadrat tenglama", "has_voice": True},
    ),
    Window(
        T("📝 <b>A new note</b>"),
        T("Type it or say it. For a note about a lesson, reply to the lesson's message instead."),
        Sent(take_note),
        _TO_LIST,
        state=Notes.new,
        hint=N_("A note is a text or a voice message. Please send one of them."),
    ),
    Window(
        T("📤 <b>Take your notes along</b>"),
        T("All notes go into one file, by course and lesson.", when="is_whole"),
        T("The notes about “{course}” go into one file.", when="course"),
        T("Recordings are listed with their length and stay in this chat."),
        Button(Label("📄 Word document"), id="word", on_click=export_word),
        Button(Label("📄 Markdown text"), id="markdown", on_click=export_markdown),
        _TO_LIST,
        state=Notes.export,
        getter=export_choice,
        preview_data={"course": "", "is_whole": True},
    ),
    on_start=begin,
)
