"""The screens that a lesson's buttons lead to: what is missing, where one stopped, a bookmark, a check question."""

from aiogram.enums import ContentType
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, SwitchTo

from bot.dialogs import Window, choices
from bot.i18n import N_, Label, T
from bot.learning.actions import take_quiz
from bot.learning.reading_actions import (
    answer_question,
    choose_part,
    finish_lesson,
    lesson_bookmarks,
    next_part,
    open_question,
    save_whole,
    see_all,
    type_bookmark,
    type_position,
)
from bot.learning.reading_getters import check_question, part_choice, typed_part, unfinished
from bot.learning.states import Lessons
from bot.row_ids import row_id

_BACK = SwitchTo(Label("⬅️ Back to the lesson"), id="reading", state=Lessons.reading)
_GONE = T("This part is not in the lesson any more.", when="is_gone")
_A_PART = "2. 🎬 Parabola"

reading_windows = (
    Window(
        T("<b>{title}</b>\n"),
        T("Almost done. What is still missing:", when="is_missing"),
        T("• {unopened} part to open", "• {unopened} parts to open", count="unopened", when="has_unopened"),
        T(
            "• {unanswered} check question to answer",
            "• {unanswered} check questions to answer",
            count="unanswered",
            when="has_unanswered",
        ),
        T("• the quiz, with at least {pass_percent}%", when="needs_quiz"),
        T("Your best result: <b>{best}%</b>", when="has_best"),
        T("✅ Nothing is missing any more.", when="is_ready"),
        choices(id="next_part", items="next_parts", on_click=next_part, type_factory=row_id),
        Button(Label("❓ Answer the check question"), id="check", on_click=open_question, when="has_unanswered"),
        Button(Label("📝 Take the quiz"), id="quiz", on_click=take_quiz, when="needs_quiz"),
        Button(Label("✅ Done, go on"), id="finish", on_click=finish_lesson, when="is_ready"),
        _BACK,
        state=Lessons.unfinished,
        getter=unfinished,
        preview_data={
            "title": "Foiz nima?",
            "is_missing": True,
            "unopened": 2,
            "has_unopened": True,
            "unanswered": 1,
            "has_unanswered": True,
            "pass_percent": 80,
            "needs_quiz": True,
            "best": 60,
            "has_best": True,
            "next_parts": [(3, "▶️ Next part")],
        },
    ),
    Window(
        T("❓ Which question?", when="is_question"),
        T("Which part is it about?", when="is_recording"),
        choices(id="part", items="parts", on_click=choose_part, type_factory=row_id, pages="parts"),
        Button(Label("🔖 Bookmarks of this lesson"), id="bookmarks", on_click=lesson_bookmarks, when="is_bookmark"),
        _BACK,
        state=Lessons.part,
        getter=part_choice,
        preview_data={"is_recording": True, "parts": [(2, _A_PART), (3, "3. 🎵 Dialog")]},
    ),
    Window(
        _GONE,
        T("⏸ <b>{part}</b>\n\nAt what time did you stop? For example: 12:40", when="part"),
        MessageInput(type_position, content_types=ContentType.TEXT),
        Button(Label("✅ I have seen it all"), id="seen", on_click=see_all, when="part"),
        _BACK,
        state=Lessons.stopped,
        getter=typed_part,
        hint=N_("Please type the time at which you stopped, like 12:40."),
        preview_data={"part": _A_PART},
    ),
    Window(
        _GONE,
        T("🔖 <b>{part}</b>\n\nType the time and a title. For example: 12:40 The rule of signs", when="part"),
        T("Quicker: reply so to the part itself.", when="part"),
        MessageInput(type_bookmark, content_types=ContentType.TEXT),
        Button(Label("🔖 Mark it as a whole"), id="whole", on_click=save_whole, when="part"),
        Button(Label("🔖 Bookmarks of this lesson"), id="bookmarks", on_click=lesson_bookmarks),
        _BACK,
        state=Lessons.bookmark,
        getter=typed_part,
        hint=N_("Please type the time and a title, like: 12:40 The rule of signs"),
        preview_data={"part": _A_PART},
    ),
    Window(
        _GONE,
        T("❓ Part {number}\n\n<b>{question}</b>", when="question"),
        T("\n{options}", when="has_letters"),
        T("\n✅ You have answered this question already.", when="is_answered"),
        choices(id="option", items="choices", on_click=answer_question, when="is_open"),
        _BACK,
        state=Lessons.question,
        getter=check_question,
        hint=N_("Please tap the answer that you think is right."),
        preview_data={
            "number": 2,
            "question": "320 ning 15 foizi nechaga teng?",
            "is_open": True,
            "choices": [("1-0", "32"), ("1-1", "48")],
        },
    ),
)
