"""Who teaches a course together."""

from aiogram_dialog.widgets.kbd import Button, SwitchTo

from bot.courses.co_teacher_actions import (
    back_to_options,
    choose_teacher,
    invite,
    join,
    leave,
    open_menu,
    remove,
)
from bot.courses.co_teacher_getters import course_invitation, teacher_card, teacher_list
from bot.courses.settings_states import CoTeachers, JoinCourse
from bot.dialogs import Dialog, Window, choices
from bot.i18n import Label, T
from bot.row_ids import row_id

_BACK = SwitchTo(Label("⬅️ Back"), id="list", state=CoTeachers.list)
_PREVIEW = {
    "title": "Foizlar",
    "owner": "Dilnoza Rahimova",
    "teachers": [(1, "👤 Botir Aliyev")],
    "has_teachers": True,
    "is_alone": False,
    "may_change": True,
    "may_leave": True,
    "name": "Botir Aliyev",
}

co_teacher_dialog = Dialog(
    Window(
        T("👥 <b>{title}</b>"),
        T("👑 {owner}"),
        T("Nobody else teaches this course yet.", when="is_alone"),
        T("They work on the course together:", when="has_teachers"),
        T("\nAn invitation is a link for one teacher; it works once, for 72 hours.", when="may_change"),
        choices(id="teacher", items="teachers", on_click=choose_teacher, type_factory=row_id, pages="teachers"),
        Button(Label("➕ Invite a teacher"), id="invite", on_click=invite, when="may_change"),
        SwitchTo(Label("🚪 Leave this course"), id="leave", state=CoTeachers.leave, when="may_leave"),
        Button(Label("⬅️ Back"), id="options", on_click=back_to_options),
        state=CoTeachers.list,
        getter=teacher_list,
        preview_data=_PREVIEW,
    ),
    Window(
        T("👤 <b>{name}</b> teaches <b>{title}</b> with you.", when="name"),
        T("They do not teach this course any more.", when="is_gone"),
        Button(Label("✖️ Take off the course"), id="remove", on_click=remove, when="may_remove"),
        _BACK,
        state=CoTeachers.card,
        getter=teacher_card,
        preview_data={**_PREVIEW, "is_gone": False, "may_remove": True},
    ),
    Window(
        T("🚪 Leave <b>{title}</b>? You come back only by a new invitation."),
        Button(Label("🚪 Leave"), id="leave_now", on_click=leave),
        SwitchTo(Label("⬅️ Stay"), id="list", state=CoTeachers.list),
        state=CoTeachers.leave,
        getter=teacher_list,
        preview_data=_PREVIEW,
    ),
)

join_course_dialog = Dialog(
    Window(
        T("👥 You are invited to teach <b>{title}</b> together."),
        T("You will see and change everything in the course, like its owner."),
        Button(Label("✅ Teach it together"), id="join", on_click=join),
        Button(Label("Not now"), id="menu", on_click=open_menu),
        state=JoinCourse.question,
        getter=course_invitation,
        preview_data=_PREVIEW,
    ),
)
