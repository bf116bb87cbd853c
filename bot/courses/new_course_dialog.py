"""Making a course: title, subject, description, price."""

from aiogram_dialog.widgets.kbd import Button, SwitchTo

from bot.courses.category_actions import go_into, go_out
from bot.courses.course_actions import open_studio
from bot.courses.getters import branch_question, new_course, subject_question
from bot.courses.inputs import Sent
from bot.courses.new_course_actions import (
    choose_subject,
    make_free,
    put_here,
    sell_lessons,
    skip_description,
    type_amount,
    type_description,
    type_subject,
    type_title,
)
from bot.courses.states import NewCourse
from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.row_ids import row_id

_PREVIEW = {"title": "Foizlar", "subject": ""}

new_course_dialog = Dialog(
    Window(
        T("➕ <b>A new course</b>"),
        T("What is it called? Type the title."),
        Sent(type_title),
        Button(Label("⬅️ Your courses"), id="studio", on_click=open_studio),
        state=NewCourse.title,
        hint=N_("Please type the title as a text."),
    ),
    Window(
        T("🎓 <b>{title}</b>"),
        T("Which subject does it belong to?", when="has_subjects"),
        T("Or type the name of a new subject.", when="can_add"),
        T("Which subject does it belong to? Type its name.", when="is_first"),
        T("There are no subjects yet. Please ask an admin of the centre to add the first one.", when="must_ask"),
        Sent(type_subject),
        choices(id="subject", items="subjects", on_click=choose_subject, type_factory=row_id),
        SwitchTo(Label("⬅️ Back"), id="back", state=NewCourse.title),
        state=NewCourse.subject,
        getter=subject_question,
        hint=N_("Please choose the subject with a button below 👇"),
        preview_data={
            **_PREVIEW,
            "subjects": [(1, "📐 Matematika"), (2, "🇬🇧 Ingliz tili")],
            "has_subjects": True,
            "can_add": True,
            "must_ask": False,
        },
    ),
    Window(
        T("🎓 <b>{title}</b>"),
        T("{place}", when="is_branch"),
        T("Is there a branch that fits better?", when="has_branches"),
        choices(id="place", items="branches", on_click=go_into, type_factory=row_id, pages="places"),
        Button(Label("📥 Put it here"), id="here", on_click=put_here, when="is_branch"),
        Button(Label("⬆️ One level up"), id="out", on_click=go_out, when="is_branch"),
        SwitchTo(Label("⬅️ Back"), id="back", state=NewCourse.subject),
        state=NewCourse.branch,
        getter=branch_question,
        preview_data={
            **_PREVIEW,
            "place": "📐 Matematika",
            "branches": [(1, "📂 Algebra · 4")],
            "has_branches": True,
            "is_branch": True,
        },
    ),
    Window(
        T("🎓 <b>{title}</b>"),
        T("What is it about, and for whom? A few sentences help students to choose."),
        Sent(type_description),
        Button(Label("Skip"), id="skip", on_click=skip_description),
        SwitchTo(Label("⬅️ Back"), id="back", state=NewCourse.subject),
        state=NewCourse.description,
        getter=new_course,
        hint=N_("Please type the description as a text, or skip it."),
        preview_data=_PREVIEW,
    ),
    Window(
        T("🎓 <b>{title}</b>"),
        T("What does it cost? You can change this at any time."),
        Button(Label("🎁 Free"), id="free", on_click=make_free),
        SwitchTo(Label("🎓 Pay once for the whole course"), id="whole", state=NewCourse.amount),
        Button(Label("📖 Pay for each lesson"), id="lessons", on_click=sell_lessons),
        SwitchTo(Label("⬅️ Back"), id="back", state=NewCourse.description),
        state=NewCourse.price,
        getter=new_course,
        preview_data=_PREVIEW,
    ),
    Window(
        T("🎓 <b>{title}</b>"),
        T("How much is the whole course, in so'm? For example: 150 000"),
        Sent(type_amount),
        SwitchTo(Label("⬅️ Back"), id="back", state=NewCourse.price),
        state=NewCourse.amount,
        getter=new_course,
        hint=N_("Please type the price as a number."),
        preview_data=_PREVIEW,
    ),
)
