"""Bookmarks: the list, one of them, its title."""

from typing import Any

from aiogram.enums import ContentType
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.learning.actions import to_menu
from bot.learning.bookmarks_actions import (
    back_to_lesson,
    choose,
    delete,
    earlier,
    later,
    play,
    to_all,
    type_title,
    undo,
)
from bot.learning.bookmarks_getters import bookmark, bookmarks
from bot.learning.states import Marks
from bot.row_ids import row_id

_MARK: dict[str, Any] = {
    "time": "12:40",
    "title": "Ishoralar qoidasi",
    "lesson": "Parabola",
    "course": "Kvadrat tenglamalar",
    "is_there": True,
    "is_moment": True,
    "can_play": True,
}

bookmarks_dialog = Dialog(
    Window(
        T("🔖 <b>Bookmarks</b>", when="is_of_all"),
        T("🔖 <b>Bookmarks</b> · {lesson}", when="lesson"),
        T(
            "\nNone yet. Reply to a video of a lesson with a time and a title, like: 12:40 The rule of signs",
            when="is_empty",
        ),
        T("Reply 🔖 to any other part, and it is kept here too.", when="is_empty"),
        T("\n🗑 Deleted.", when="is_deleted"),
        Button(Label("↩️ Undo"), id="undo", on_click=undo, when="is_deleted"),
        choices(id="mark", items="marks", on_click=choose, type_factory=row_id),
        Row(
            Button(Label("⬅️ Earlier"), id="previous_page", on_click=earlier, when="has_previous"),
            Button(Label("Later ➡️"), id="next_page", on_click=later, when="has_next"),
        ),
        Button(Label("🔖 All bookmarks"), id="all", on_click=to_all, when="is_of_lesson"),
        Button(Label("⬅️ Back to the lesson"), id="lesson", on_click=back_to_lesson, when="is_of_lesson"),
        Button(Label("🏠 Menu"), id="menu", on_click=to_menu),
        state=Marks.list,
        getter=bookmarks,
        preview_data={
            "is_of_all": True,
            "is_deleted": True,
            "marks": [(1, "12:40 Ishoralar qoidasi · Parabola")],
            "has_next": True,
        },
    ),
    Window(
        T("🔖 <b>{time}</b> {title}\n📖 {lesson}\n📚 {course}", when="is_moment"),
        T("🔖 {icon} {title}\n📖 {lesson}\n📚 {course}", when="is_whole"),
        T("\nThe teacher has replaced this recording since.", when="is_replaced"),
        T("\nThis part is not in the lesson any more.", when="is_taken_out"),
        T("🔖 This bookmark is not there any more.", when="is_gone"),
        Button(Label("▶️ Open"), id="open", on_click=play, when="can_play"),
        Row(
            SwitchTo(Label("✏️ Rename"), id="rename", state=Marks.rename),
            Button(Label("🗑 Delete"), id="delete", on_click=delete),
            when="is_there",
        ),
        SwitchTo(Label("⬅️ Bookmarks"), id="list", state=Marks.list),
        state=Marks.mark,
        getter=bookmark,
        preview_data=_MARK,
    ),
    Window(
        T("✏️ A new title for <b>{time}</b> {title}:", when="is_moment"),
        T("✏️ A new title for “{title}”:", when="is_whole"),
        T("🔖 This bookmark is not there any more.", when="is_gone"),
        MessageInput(type_title, content_types=ContentType.TEXT),
        SwitchTo(Label("⬅️ Back"), id="back", state=Marks.mark),
        state=Marks.rename,
        getter=bookmark,
        hint=N_("Please type the title."),
        preview_data=_MARK,
    ),
)
