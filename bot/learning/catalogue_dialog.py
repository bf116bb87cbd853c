"""Finding a course: the catalogue."""

from aiogram.enums import ContentType
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row

from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.learning.actions import (
    next_page,
    open_course,
    open_subject,
    previous_page,
    search,
    to_catalogue,
    to_menu,
)
from bot.learning.course_extras import open_all_teachers
from bot.learning.getters import catalogue, found_courses, subject
from bot.learning.inputs import row_id
from bot.learning.states import Catalogue

_COURSES = choices(id="course", items="courses", on_click=open_course, type_factory=row_id)
_PAGES = Row(
    Button(Label("⬅️ Earlier"), id="previous_page", on_click=previous_page, when="has_previous"),
    Button(Label("Later ➡️"), id="next_page", on_click=next_page, when="has_next"),
)
_SEARCH = MessageInput(search, content_types=ContentType.TEXT)
_MENU = Button(Label("🏠 Menu"), id="menu", on_click=to_menu)
_SOME_COURSES = [(1, "📖 Foizlar · 50%"), (2, "Kvadrat tenglamalar · 149 000 so‘m")]
_PAGE_PREVIEW = {"page": 1, "page_count": 2, "has_pages": True, "has_previous": False, "has_next": True}

catalogue_dialog = Dialog(
    Window(
        T("📚 <b>Catalogue</b>"),
        T("Choose a subject, or type a word to search.", when="subjects"),
        T("There are no courses yet. Please come back soon.", when="is_empty"),
        _SEARCH,
        choices(id="subject", items="subjects", on_click=open_subject, type_factory=row_id),
        Button(Label("👩‍🏫 Teachers"), id="teachers", on_click=open_all_teachers),
        _MENU,
        state=Catalogue.subjects,
        getter=catalogue,
        preview_data={"subjects": [(1, "📐 Matematika · 2")], "is_empty": False},
        hint=N_("Please choose a subject below, or type what you want to learn."),
    ),
    Window(
        T("📚 Catalogue › <b>{title}</b>"),
        T("There are no courses in this subject yet.", when="is_empty"),
        T("Page {page} of {page_count}", when="has_pages"),
        _SEARCH,
        _COURSES,
        _PAGES,
        Button(Label("⬅️ Subjects"), id="subjects", on_click=to_catalogue),
        state=Catalogue.courses,
        getter=subject,
        preview_data={"title": "Matematika", "courses": _SOME_COURSES, "is_empty": False, **_PAGE_PREVIEW},
        hint=N_("Please choose a course below, or type what you want to learn."),
    ),
    Window(
        T("🔎 <b>{words}</b>"),
        T("{count} course found", "{count} courses found", when="count"),
        T("Nothing found. Try another word, or look through the subjects.", when="is_empty"),
        _SEARCH,
        _COURSES,
        Button(Label("⬅️ Subjects"), id="subjects", on_click=to_catalogue),
        state=Catalogue.search,
        getter=found_courses,
        preview_data={"words": "foiz", "courses": _SOME_COURSES, "count": 2, "is_empty": False},
        hint=N_("Please choose a course below, or type what you want to learn."),
    ),
)
