"""The order of a course where its author changes it."""

from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from bot.courses.inputs import Sent
from bot.courses.states import Structure
from bot.courses.structure_actions import (
    add_pasted,
    archive_lesson,
    choose_row,
    copy_course,
    delete_section,
    duplicate_lesson,
    forget_archived,
    lesson_down,
    lesson_up,
    open_lesson_desk,
    pour_section,
    put_lesson,
    restore_lesson,
    section_down,
    section_up,
    to_course,
    type_again,
    type_section,
    type_section_title,
    undo_archive,
)
from bot.courses.structure_getters import (
    archived_lessons,
    course_outline,
    lesson_card,
    pasted_outline,
    section_card,
    section_choices,
)
from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.row_ids import row_id

_TO_OUTLINE = SwitchTo(Label("⬅️ Back"), id="outline", state=Structure.outline)
_OUTLINE = {
    "title": "Foizlar",
    "rows": [("s1", "📂 Asoslar"), ("l1", "▫️ 1. Foiz nima?"), ("l2", "✏️ 2. Chegirmalar 🚧")],
    "is_empty": False,
    "archived_count": 1,
    "has_archived": True,
    "can_copy": True,
    "archived_title": "Eski dars",
    "can_undo": True,
}

structure_dialog = Dialog(
    Window(
        T("🧱 <b>{title}</b>"),
        T("\nTap a section or a lesson to move, copy or archive it."),
        T("There are no lessons yet.", when="is_empty"),
        T("\n🗄 “{archived_title}” is in the archive.", when="archived_title"),
        Button(Label("↩️ Undo"), id="undo", on_click=undo_archive, when="can_undo"),
        choices(id="row", items="rows", on_click=choose_row, pages="rows"),
        Row(
            SwitchTo(Label("📂 Add a section"), id="section", state=Structure.new_section, on_click=forget_archived),
            SwitchTo(
                Label("📑 Copy the course"),
                id="copy",
                state=Structure.copy,
                on_click=forget_archived,
                when="can_copy",
            ),
        ),
        SwitchTo(
            Label("🗄 Archived lessons · {archived_count}"),
            id="archived",
            state=Structure.archived,
            on_click=forget_archived,
            when="has_archived",
        ),
        Button(Label("⬅️ To the course"), id="course", on_click=to_course),
        state=Structure.outline,
        getter=course_outline,
        preview_data=_OUTLINE,
    ),
    Window(
        T("📂 <b>{section}</b>\n", when="section"),
        T("{lines}", when="section"),
        T("This section is no longer there.", when="is_gone"),
        Row(
            Button(Label("⬆️ Up"), id="up", on_click=section_up, when="can_rise"),
            Button(Label("⬇️ Down"), id="down", on_click=section_down, when="can_sink"),
            when="section",
        ),
        SwitchTo(Label("✏️ Rename"), id="rename", state=Structure.section_title, when="section"),
        Button(Label("🗑 Delete the empty section"), id="delete", on_click=delete_section, when="is_blank"),
        Button(
            Label("🗑 Move its lessons to “{neighbour}” and delete"), id="pour", on_click=pour_section, when="neighbour"
        ),
        _TO_OUTLINE,
        state=Structure.section,
        getter=section_card,
        preview_data={
            "section": "Asoslar",
            "lines": "👉 Asoslar · 2\n▫️ Amaliyot · 3",
            "is_gone": False,
            "can_rise": True,
            "can_sink": True,
            "is_blank": True,
            "neighbour": "Amaliyot",
        },
    ),
    Window(
        T("📂 <b>{section}</b>", when="section"),
        T("Type the new title."),
        Sent(type_section_title),
        SwitchTo(Label("⬅️ Back"), id="back", state=Structure.section),
        state=Structure.section_title,
        getter=section_card,
        hint=N_("Please type the title as a text."),
        preview_data={"section": "Asoslar"},
    ),
    Window(
        T("📂 What is the new section called? Type its title."),
        Sent(type_section),
        _TO_OUTLINE,
        state=Structure.new_section,
        hint=N_("Please type the title as a text."),
        preview_data={},
    ),
    Window(
        T("📖 <b>{lesson}</b>\n", when="lesson"),
        T("{lines}", when="lesson"),
        T("This lesson is no longer here.", when="is_gone"),
        Row(
            Button(Label("⬆️ Up"), id="up", on_click=lesson_up, when="can_rise"),
            Button(Label("⬇️ Down"), id="down", on_click=lesson_down, when="can_sink"),
            when="lesson",
        ),
        SwitchTo(Label("📂 To another section"), id="sections", state=Structure.sections, when="has_sections"),
        Row(
            Button(Label("📖 Open"), id="open", on_click=open_lesson_desk),
            Button(Label("📑 Copy"), id="copy", on_click=duplicate_lesson),
            Button(Label("🗄 Archive"), id="archive", on_click=archive_lesson),
            when="lesson",
        ),
        _TO_OUTLINE,
        state=Structure.lesson,
        getter=lesson_card,
        preview_data={
            "lesson": "Chegirmalar",
            "lines": "📂 Asoslar\n▫️ 1. Foiz nima?\n👉 2. Chegirmalar",
            "is_gone": False,
            "can_rise": True,
            "can_sink": True,
            "has_sections": True,
        },
    ),
    Window(
        T("📖 <b>{lesson}</b>"),
        T("Which section does it go to?"),
        choices(id="section", items="sections", on_click=put_lesson, type_factory=row_id, pages="sections"),
        SwitchTo(Label("⬅️ Back"), id="back", state=Structure.lesson),
        state=Structure.sections,
        getter=section_choices,
        preview_data={"lesson": "Chegirmalar", "sections": [(2, "📂 Amaliyot")]},
    ),
    Window(
        T("🗄 <b>Archived lessons</b>"),
        T("Only students who paid for them see them. Tap one to bring it back.", when="has_lessons"),
        T("The archive is empty.", when="is_empty"),
        choices(id="lesson", items="lessons", on_click=restore_lesson, type_factory=row_id, pages="lessons"),
        _TO_OUTLINE,
        state=Structure.archived,
        getter=archived_lessons,
        preview_data={"lessons": [(1, "♻️ Eski dars")], "has_lessons": True, "is_empty": False},
    ),
    Window(
        T(
            "📑 Make a copy of <b>{title}</b>? It is a draft of your own "
            "with all lessons and questions, without students."
        ),
        Button(Label("📑 Make the copy"), id="copy_now", on_click=copy_course),
        _TO_OUTLINE,
        state=Structure.copy,
        getter=course_outline,
        preview_data=_OUTLINE,
    ),
    Window(
        T("🧱 <b>I read this outline:</b>\n"),
        T("{lines}"),
        T("…and {more} more", "…and {more} more", count="more", when="more"),
        T("\nLessons are made empty; you fill them one by one."),
        Button(
            Label("✅ Add {lesson_count} lesson", "✅ Add {lesson_count} lessons", count="lesson_count"),
            id="add",
            on_click=add_pasted,
        ),
        Button(Label("✏️ Type it again"), id="again", on_click=type_again),
        Button(Label("⬅️ To the course"), id="course", on_click=to_course),
        state=Structure.paste,
        getter=pasted_outline,
        preview_data={"lines": "📂 Asoslar\n▫️ Foiz nima?\n▫️ Chegirmalar", "more": 3, "lesson_count": 2},
    ),
)
