"""Who teaches here."""

from aiogram_dialog.widgets.kbd import Button, Row, Url
from aiogram_dialog.widgets.text import Format

from bot.dialogs import Dialog, Window, choices
from bot.i18n import Label, T
from bot.learning.actions import open_course, to_catalogue, to_menu
from bot.learning.states import Teachers
from bot.learning.teachers_screens import (
    back_to_course,
    course_teachers,
    next_page,
    open_teacher,
    previous_page,
    teacher_card,
    teacher_list,
    to_teachers,
)
from bot.row_ids import row_id

_MENU = Button(Label("🏠 Menu"), id="menu", on_click=to_menu)
_PAGES = Row(
    Button(Label("⬅️ Back"), id="previous_page", on_click=previous_page, when="has_previous"),
    Button(Label("More ➡️"), id="next_page", on_click=next_page, when="has_next"),
)
_TEACHERS = choices(id="teacher", items="teachers", on_click=open_teacher, type_factory=row_id)
_PREVIEW = {"teachers": [(1, "Dilnoza Rahimova · ★ 4.7 (128)")], "has_previous": True, "has_next": True}

teachers_dialog = Dialog(
    Window(
        T("👩‍🏫 <b>Teachers</b>"),
        T("Nobody teaches here yet. Please come back soon.", when="is_empty"),
        T("Choose a teacher to see their courses.", when="has_teachers"),
        _TEACHERS,
        _PAGES,
        Row(Button(Label("📚 Catalogue"), id="catalogue", on_click=to_catalogue), _MENU),
        state=Teachers.list,
        getter=teacher_list,
        preview_data={**_PREVIEW, "is_empty": True, "has_teachers": True},
    ),
    Window(
        T("👩‍🏫 <b>Who teaches the course</b>"),
        _TEACHERS,
        Row(Button(Label("📖 Course"), id="course", on_click=back_to_course), _MENU),
        state=Teachers.of_course,
        getter=course_teachers,
        preview_data=_PREVIEW,
    ),
    Window(
        T("👤 <b>{name}</b>"),
        T("{average}", when="average"),
        T("📚 {course_count} course", "📚 {course_count} courses", count="course_count"),
        T("🎒 {student_count} student", "🎒 {student_count} students", count="student_count", when="student_count"),
        T("\n{bio}", when="bio"),
        choices(id="course", items="courses", on_click=open_course, type_factory=row_id),
        _PAGES,
        Url(Label("👤 Public profile"), Format("{link}"), when="link"),
        Button(Label("📖 Back to the course"), id="back", on_click=back_to_course, when="came_from_course"),
        Row(Button(Label("👩‍🏫 All teachers"), id="teachers", on_click=to_teachers), _MENU),
        state=Teachers.card,
        getter=teacher_card,
        preview_data={
            "name": "Dilnoza Rahimova",
            "average": "★ 4.7 (128)",
            "course_count": 3,
            "student_count": 412,
            "bio": "Matematika o‘qituvchisi.",
            "courses": [(1, "Foizlar · ★ 4.7 (128)")],
            "has_previous": True,
            "has_next": True,
            "link": "https://t.me/ustoz_bot?start=u_1",
            "came_from_course": True,
        },
    ),
)
