"""A search from the first word to what it leads to."""

from aiogram.enums import ContentType
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.row_ids import row_id
from bot.search.actions import (
    more_courses,
    more_lessons,
    more_notes,
    next_page,
    open_course,
    open_lesson,
    open_note,
    previous_page,
    search,
    to_catalogue,
    to_menu,
)
from bot.search.getters import found, shelf
from bot.search.states import Search

_WORDS = MessageInput(search, content_types=ContentType.TEXT)
_COURSES = choices(id="course", items="courses", on_click=open_course, type_factory=row_id)
_LESSONS = choices(id="lesson", items="lessons", on_click=open_lesson, type_factory=row_id)
_BACK = Row(
    Button(Label("📚 Catalogue"), id="catalogue", on_click=to_catalogue),
    Button(Label("🏠 Menu"), id="menu", on_click=to_menu),
)
_HINT = N_("Please send a word or two of what you look for.")
_PREVIEW = {
    "words": "foyiz",
    "meant": "foiz",
    "courses": [(1, "Foizlar va proporsiyalar · bepul")],
    "lessons": [(1, "📄 Foiz nima? · Foizlar"), (2, "🔒 Murakkab foiz · Foizlar")],
    "notes": [(1, "📝 Foiz bu yuzdan bir")],
    "more_courses": True,
    "more_lessons": True,
    "more_notes": True,
}

dialog = Dialog(
    Window(
        T(
            "🔎 <b>Search</b>\nWhat would you like to learn? Send a word or two: I look through courses, "
            "lessons and your notes."
        ),
        _WORDS,
        _BACK,
        state=Search.words,
        hint=_HINT,
        preview_data={},
    ),
    Window(
        T("🔎 <b>{words}</b>"),
        T("Shown for <b>{meant}</b>.", when="meant"),
        T("Nothing found. Try another word, or look through the catalogue.", when="is_empty"),
        T("Choose one below, or send other words.", when="courses"),
        _WORDS,
        _COURSES,
        Button(Label("📖 More courses"), id="more_courses", on_click=more_courses, when="more_courses"),
        _LESSONS,
        Button(Label("📄 More lessons"), id="more_lessons", on_click=more_lessons, when="more_lessons"),
        choices(id="note", items="notes", on_click=open_note, type_factory=row_id),
        Button(Label("📒 More notes"), id="more_notes", on_click=more_notes, when="more_notes"),
        _BACK,
        state=Search.found,
        getter=found,
        preview_data=_PREVIEW,
        hint=_HINT,
    ),
    Window(
        T("🔎 <b>{words}</b>"),
        T("Shown for <b>{meant}</b>.", when="meant"),
        T("📖 Courses", when="is_courses"),
        T("📄 Lessons", when="is_lessons"),
        _WORDS,
        _COURSES,
        _LESSONS,
        Row(
            Button(Label("⬅️ Earlier"), id="previous_page", on_click=previous_page, when="has_previous"),
            Button(Label("Later ➡️"), id="next_page", on_click=next_page, when="has_next"),
        ),
        SwitchTo(Label("⬅️ All results"), id="back", state=Search.found),
        _BACK,
        state=Search.shelf,
        getter=shelf,
        preview_data={**_PREVIEW, "is_courses": True, "has_previous": True, "has_next": True},
        hint=_HINT,
    ),
)
