from aiogram.enums import ContentType
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, RichLine, T
from bot.rich import RICH
from bot.row_ids import row_id
from bot.tutor.actions import (
    answer_again,
    begin_anew,
    continue_shown,
    delete_shown,
    leave,
    next_page,
    open_doubt,
    previous_page,
    solve,
    stop,
    take_question,
)
from bot.tutor.getters import conversation, doubts, tutor_desk
from bot.tutor.states import Tutor
from bot.tutor.voices import take_voice

dialog = Dialog(
    Window(
        T("🤖 <b>Tutor</b>"),
        T("📖 {lesson}", when="lesson"),
        T("💬 {title}", when="title"),
        T("I guide you to the solution of an exercise, and simply answer other questions.", when="has_questions"),
        T(
            "No model is connected, so I search the lessons for your words and show what I find.",
            when="is_searching",
        ),
        T("\nI am answering your last question.", when="is_running"),
        T(
            "\n{remaining} question is left today.",
            "\n{remaining} questions are left today.",
            count="remaining",
            when="has_questions",
        ),
        T("\nYou have asked all your questions for today. New ones come at midnight 🌙", when="is_spent"),
        T("\nType your question 👇", when="may_ask"),
        MessageInput(take_question, content_types=ContentType.TEXT),
        MessageInput(take_voice, content_types=[ContentType.VOICE, ContentType.AUDIO]),
        Button(Label("💡 Full solution"), id="solve", on_click=solve, when="may_solve"),
        Button(Label("🔁 Ask again"), id="again", on_click=answer_again, when="may_repeat"),
        Button(Label("⏹ Stop"), id="stop", on_click=stop, when="is_running"),
        Button(Label("🆕 Another topic"), id="anew", on_click=begin_anew, when="title"),
        SwitchTo(Label("🗂 My questions ({doubt_count})"), id="doubts", state=Tutor.doubts, when="has_doubts"),
        Button(Label("⬅️ Back"), id="back", on_click=leave),
        state=Tutor.asking,
        getter=tutor_desk,
        preview_data={
            "lesson": "Kvadrat tenglamalar",
            "title": "x² = 4 nechta ildizga ega?",
            "remaining": 19,
            "has_questions": True,
            "is_spent": False,
            "is_running": False,
            "is_searching": False,
            "may_ask": True,
            "may_solve": True,
            "may_repeat": False,
            "doubt_count": 3,
            "has_doubts": True,
        },
        hint=N_("Please type your question: I cannot read pictures yet."),
    ),
    Window(
        T("🗂 <b>My questions</b>"),
        T("You have not asked anything yet.", when="is_empty"),
        T("Page {page} of {page_count}", when="has_pages"),
        choices(id="doubt", items="doubts", on_click=open_doubt, type_factory=row_id),
        Row(
            Button(Label("⬅️ Newer"), id="previous_page", on_click=previous_page, when="has_previous"),
            Button(Label("Older ➡️"), id="next_page", on_click=next_page, when="has_next"),
        ),
        SwitchTo(Label("⬅️ To the tutor"), id="ask", state=Tutor.asking),
        state=Tutor.doubts,
        getter=doubts,
        preview_data={
            "doubts": [(1, "💬 x² = 4 nechta ildizga ega?"), (2, "💬 Kasr nima?")],
            "is_empty": False,
            "page": 1,
            "page_count": 2,
            "has_pages": True,
            "has_previous": False,
            "has_next": True,
        },
    ),
    Window(
        RichLine("**{title}**\n"),
        RichLine("{when}\n"),
        RichLine("{messages}"),
        Button(Label("💬 Continue"), id="continue", on_click=continue_shown),
        SwitchTo(Label("🗑 Delete"), id="delete", state=Tutor.delete),
        SwitchTo(Label("⬅️ Back"), id="back", state=Tutor.doubts),
        state=Tutor.conversation,
        parse_mode=RICH,
        getter=conversation,
        preview_data={
            "title": "x² = 4 nechta ildizga ega?",
            "when": "21-noyabr 2026, 10:00",
            "messages": "👤 x² = 4 nechta ildizga ega?\n\n🤖 Kvadrati $4$ bo‘lgan sonlarni o‘ylab ko‘ring.",
        },
    ),
    Window(
        T("🗑 Delete this conversation?"),
        T("<b>{title}</b>"),
        T("Its questions and answers cannot be brought back."),
        Button(Label("🗑 Delete"), id="delete_now", on_click=delete_shown),
        SwitchTo(Label("⬅️ Keep it"), id="keep", state=Tutor.conversation),
        state=Tutor.delete,
        getter=conversation,
        preview_data={"title": "x² = 4 nechta ildizga ega?"},
    ),
)
