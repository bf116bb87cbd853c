"""Finding a course: the catalogue."""

from aiogram.enums import ContentType
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row
from aiogram_dialog.widgets.text import Format

from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.learning.actions import to_menu
from bot.learning.catalogue_actions import (
    change_language,
    change_level,
    change_order,
    change_price,
    clear_filters,
    go_up,
    list_branch,
    next_branches,
    next_courses,
    open_branch,
    open_catalogue,
    open_listed,
    previous_branches,
    previous_courses,
    search,
)
from bot.learning.catalogue_getters import branch_screen, course_list
from bot.learning.course_extras import open_all_teachers
from bot.learning.states import Catalogue
from bot.row_ids import row_id

_SEARCH = MessageInput(search, content_types=ContentType.TEXT)
_MENU = Button(Label("🏠 Menu"), id="menu", on_click=to_menu)
_SOME_COURSES = [(1, "📖 Foizlar · 50%"), (2, "Kvadrat tenglamalar · 149 000 so‘m")]
_PAGE_PREVIEW = {"page": 1, "page_count": 2, "has_pages": True, "has_previous": False, "has_next": True}
_WAY_PREVIEW = {"is_branch": True, "is_deep": True, "above": "Matematika", "title": "Algebra", "up": "Matematika"}

catalogue_dialog = Dialog(
    Window(
        T("📚 <b>Catalogue</b>", when="is_root"),
        T("📚 Catalogue › <b>{title}</b>", when="is_subject"),
        T("📚 Catalogue › {above} › <b>{title}</b>", when="is_deep"),
        T("Choose a subject, or type a word to search.", when="has_courses"),
        T("Choose a topic, or type a word to search.", when="is_branch"),
        T("There are no courses yet. Please come back soon.", when="is_empty"),
        _SEARCH,
        choices(id="subject", items="branches", on_click=open_branch, type_factory=row_id),
        Row(
            Button(Label("⬅️ Earlier"), id="previous_page", on_click=previous_branches, when="has_previous"),
            Button(Label("Later ➡️"), id="next_page", on_click=next_branches, when="has_next"),
        ),
        Button(Label("👩‍🏫 Teachers"), id="teachers", on_click=open_all_teachers, when="is_root"),
        Button(Label("📖 All courses"), id="everything", on_click=list_branch, when="has_courses"),
        Button(Label("📖 All {course_count} courses here"), id="all", on_click=list_branch, when="is_branch"),
        Button(Label("⬅️ {up}"), id="up", on_click=go_up, when="is_deep"),
        Button(Label("⬅️ Subjects"), id="subjects", on_click=go_up, when="is_subject"),
        _MENU,
        state=Catalogue.subjects,
        getter=branch_screen,
        preview_data={
            **_WAY_PREVIEW,
            "branches": [(1, "➗ Tenglamalar · 12"), (2, "📈 Funksiyalar · 7")],
            "course_count": 19,
            "has_next": True,
        },
        hint=N_("Please choose a subject below, or type what you want to learn."),
    ),
    Window(
        T("📚 Catalogue › <b>All courses</b>", when="is_everything"),
        T("📚 Catalogue › <b>{title}</b>", when="is_subject"),
        T("📚 Catalogue › {above} › <b>{title}</b>", when="is_deep"),
        T("There are no courses in this subject yet.", when="is_empty"),
        T("No course fits these filters. Change one, or show all.", when="is_filtered_away"),
        _SEARCH,
        choices(id="course", items="courses", on_click=open_listed, type_factory=row_id),
        Row(
            Button(Label("⬅️ Earlier"), id="previous_page", on_click=previous_courses, when="has_previous"),
            Button(Label("Later ➡️"), id="next_page", on_click=next_courses, when="has_next"),
        ),
        Row(
            Button(Format("{level}"), id="level", on_click=change_level),
            Button(Format("{price}"), id="price", on_click=change_price),
        ),
        Row(
            Button(Format("{language}"), id="language", on_click=change_language),
            Button(Format("{order}"), id="order", on_click=change_order),
        ),
        Button(Label("✖️ Show all"), id="clear", on_click=clear_filters, when="is_filtered"),
        Row(
            Button(Label("⬅️ {up}"), id="up", on_click=go_up, when="is_deep"),
            Button(Label("⬅️ Subjects"), id="subjects", on_click=go_up, when="is_subject"),
            Button(Label("⬅️ Subjects"), id="root", on_click=go_up, when="is_everything"),
            _MENU,
        ),
        state=Catalogue.courses,
        getter=course_list,
        preview_data={
            **_WAY_PREVIEW,
            "courses": _SOME_COURSES,
            "has_previous": True,
            "has_next": True,
            "level": "🟢 Beginner",
            "price": "Any price",
            "language": "Any language",
            "order": "🔥 Popular first",
            "is_filtered": True,
        },
        hint=N_("Please choose a course below, or type what you want to learn."),
    ),
    on_start=open_catalogue,
)
