"""Marking written answers."""

from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from bot.courses.inputs import Sent
from bot.courses.marking import (
    choose_entry,
    choose_share,
    earlier,
    later,
    sheet,
    to_courses,
    type_comment,
    type_mark,
    undo,
    waiting,
)
from bot.courses.question_states import Marking
from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.row_ids import row_id

_PREVIEW = {
    "student": "Ali Valiyev",
    "lesson": "Chegirmalar",
    "question": "Nega?",
    "answer": "Chunki…",
    "guide": "Ikki sabab",
    "most": 4,
    "points": "3",
    "comment": "Yaxshi",
    "marked_by": "Dilnoza Rahimova",
    "shares": [(0, "0%"), (100, "100%")],
    "is_marked": True,
}

marking_dialog = Dialog(
    Window(
        T("✍️ <b>Written answers to mark</b>"),
        T("Nothing waits for you. Enjoy your tea!", when="is_empty"),
        T("The oldest comes first. Choose one to read it.", when="has_entries"),
        choices(id="entry", items="entries", on_click=choose_entry, type_factory=row_id),
        Row(
            Button(Label("◀️ Older"), id="earlier", on_click=earlier, when="has_earlier"),
            Button(Label("Newer ▶️"), id="later", on_click=later, when="has_more"),
        ),
        Button(Label("⬅️ Your courses"), id="studio", on_click=to_courses),
        state=Marking.waiting,
        getter=waiting,
        preview_data={
            "entries": [(0, "✍️ Ali · Chegirmalar")],
            "is_empty": True,
            "has_entries": True,
            "has_more": True,
            "has_earlier": True,
        },
    ),
    Window(
        T("✍️ <b>{student}</b> · {lesson}\n"),
        T("❓ {question}"),
        T("\n<blockquote>{answer}</blockquote>"),
        T("\n🔎 To look for: {guide}", when="guide"),
        T("\n✅ {points} of {most}, by {marked_by}", when="is_marked"),
        T("💬 {comment}", when="comment"),
        T(
            "\n👇 How much of the {most} point? Choose, or type points (1.5) or a share (80%).",
            "\n👇 How much of the {most} points? Choose, or type points (1.5) or a share (80%).",
            count="most",
        ),
        Sent(type_mark),
        choices(id="share", items="shares", on_click=choose_share, type_factory=row_id, columns=5),
        SwitchTo(Label("💬 Comment for the student"), id="comment", state=Marking.comment),
        Button(Label("↩️ Undo: no mark"), id="undo", on_click=undo, when="is_marked"),
        SwitchTo(Label("⬅️ To the list"), id="list", state=Marking.waiting),
        state=Marking.sheet,
        getter=sheet,
        hint=N_("Please type the points as a number, like 1.5, or a share, like 80%."),
        preview_data=_PREVIEW,
    ),
    Window(
        T("💬 What do you want to say to {student} about this answer? Type it."),
        Sent(type_comment),
        SwitchTo(Label("⬅️ Back"), id="sheet", state=Marking.sheet),
        state=Marking.comment,
        getter=sheet,
        hint=N_("Please type it as a text."),
        preview_data=_PREVIEW,
    ),
)
