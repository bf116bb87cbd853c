"""A teacher's own courses, and choosing one of them for a command."""

from aiogram_dialog.widgets.kbd import Button

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
from bot.courses.getters import lessons_to_pick, own_courses, pickable_courses
from bot.courses.import_actions import begin_import, send_to_studio
from bot.courses.inputs import Sent
from bot.courses.states import Studio
from bot.dialogs import Dialog, Window, choices
from bot.i18n import Label, T
from bot.row_ids import row_id

_PREVIEW_COURSES = [(1, "🟢 Foizlar · 8"), (2, "✏️ Kvadrat tenglamalar · 2")]

studio_dialog = Dialog(
    Window(
        T("🎬 <b>Your courses</b>"),
        T(
            "You have no courses yet. Make the first one: it takes a minute, and nobody sees it until you publish it.",
            when="is_empty",
        ),
        T(
            "{count} course. Choose it to work on it.",
            "{count} courses. Choose one to work on it.",
            count="count",
            when="has_courses",
        ),
        choices(id="course", items="courses", on_click=open_course, type_factory=row_id, pages="courses"),
        Sent(send_to_studio),
        Button(Label("➕ New course"), id="new", on_click=make_course),
        Button(Label("📥 Import"), id="import", on_click=begin_import),
        Button(Label("🗂 Subjects and branches"), id="categories", on_click=open_categories, when="is_admin"),
        Button(Label("🏠 Menu"), id="menu", on_click=open_menu),
        state=Studio.courses,
        getter=own_courses,
        preview_data={
            "count": 2,
            "has_courses": True,
            "is_empty": False,
            "is_admin": True,
            "courses": _PREVIEW_COURSES,
        },
    ),
    Window(
        T("Which course?"),
        choices(id="course", items="courses", on_click=choose_course, type_factory=row_id, pages="courses"),
        Button(Label("⬅️ Your courses"), id="studio", on_click=open_studio),
        state=Studio.pick_course,
        getter=pickable_courses,
        preview_data={"courses": _PREVIEW_COURSES},
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
