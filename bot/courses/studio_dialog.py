"""A teacher's own courses, and choosing one of them for a command."""

from aiogram_dialog.widgets.kbd import Button, Row

from bot.courses.category_actions import open_categories
from bot.courses.course_actions import (
    back_to_desk,
    choose_course,
    choose_lesson,
    make_course,
    open_course,
    open_menu,
    open_new_lesson,
    open_studio,
)
from bot.courses.getters import lessons_to_pick
from bot.courses.import_actions import begin_import
from bot.courses.inputs import Sent
from bot.courses.own_list import earlier, find, find_or_import, forget_typed, later, own_courses, pickable_courses
from bot.courses.states import Studio
from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.row_ids import row_id

_PREVIEW_COURSES = [(1, "🟢 Foizlar · 8"), (2, "✏️ Kvadrat tenglamalar · 2")]
_FINDING = (
    T("💡 Type a part of a name to find a course.", when="is_long"),
    T("🔎 <b>{typed}</b>", when="typed"),
    T("No course is called that. Try another word, or see them all.", when="is_unknown"),
)
_PAGES = (
    Row(
        Button(Label("⬅️ Earlier"), id="previous_page", on_click=earlier, when="has_previous"),
        Button(Label("Later ➡️"), id="next_page", on_click=later, when="has_next"),
    ),
    Button(Label("✖️ All courses"), id="all_courses", on_click=forget_typed, when="typed"),
)

studio_dialog = Dialog(
    Window(
        T("🎬 <b>Your courses</b>"),
        T(
            "You have no courses yet. Make the first one: it takes a minute, and nobody sees it until you publish it.",
            when="is_empty",
        ),
        T("Choose a course to work on it.", when="has_courses"),
        *_FINDING,
        choices(id="course", items="courses", on_click=open_course, type_factory=row_id),
        *_PAGES,
        Sent(find_or_import),
        Button(Label("➕ New course"), id="new", on_click=make_course),
        Button(Label("📥 Import"), id="import", on_click=begin_import),
        Button(Label("🗂 Subjects and branches"), id="categories", on_click=open_categories, when="is_admin"),
        Button(Label("🏠 Menu"), id="menu", on_click=open_menu),
        state=Studio.courses,
        getter=own_courses,
        hint=N_("Type a part of a course’s name to find it, send a file to import it, or choose below 👇"),
        preview_data={
            "has_courses": True,
            "is_empty": False,
            "is_admin": True,
            "is_long": True,
            "has_next": True,
            "courses": _PREVIEW_COURSES,
        },
    ),
    Window(
        T("Which course?"),
        *_FINDING,
        choices(id="course", items="courses", on_click=choose_course, type_factory=row_id),
        *_PAGES,
        Sent(find),
        Button(Label("⬅️ Your courses"), id="studio", on_click=open_studio),
        state=Studio.pick_course,
        getter=pickable_courses,
        hint=N_("Type a part of a course’s name to find it, or choose below 👇"),
        preview_data={"courses": _PREVIEW_COURSES, "typed": "foiz", "has_previous": True},
    ),
    Window(
        T("🎓 <b>{title}</b>"),
        T("Which lesson is the question for?"),
        T("There is no lesson yet. Add one first.", when="is_empty"),
        choices(id="lesson", items="lessons", on_click=choose_lesson, type_factory=row_id, pages="lessons"),
        Button(Label("➕ Add a lesson"), id="add_lesson", on_click=open_new_lesson),
        Button(Label("⬅️ To the course"), id="desk", on_click=back_to_desk),
        state=Studio.pick_lesson,
        getter=lessons_to_pick,
        preview_data={"title": "Foizlar", "is_empty": False, "lessons": [(1, "1. Foiz nima? · 3 📎")]},
    ),
)
