"""The teachers' side of the tutor: questions that students passed on, and how the tutor helps in a course."""

from aiogram.enums import ContentType
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, SwitchTo

from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, RichLine, T
from bot.rich import RICH
from bot.row_ids import row_id
from bot.tutor.states import TutorTeaching
from bot.tutor.teaching import (
    back,
    choose_mode,
    first_requests,
    more_requests,
    open_shown,
    request_list,
    take_answer,
    thread,
    to_menu,
    tutor_mode,
)

teaching_dialog = Dialog(
    Window(
        T("🙋 <b>Questions of your students</b>"),
        T("Nobody waits for an answer. Well done!", when="is_empty"),
        T("They asked the tutor first and would like to hear you. The longest waiting is on top.", when="has_requests"),
        choices(id="request", items="requests", on_click=open_shown, type_factory=row_id),
        Button(Label("Later ones ➡️"), id="more", on_click=more_requests, when="has_more"),
        Button(Label("⬅️ From the beginning"), id="first", on_click=first_requests, when="is_further"),
        Button(Label("⬅️ To the menu"), id="menu", on_click=to_menu),
        state=TutorTeaching.requests,
        getter=request_list,
        preview_data={
            "requests": [(1, "Ali · x² = 4 nechta ildizga ega?")],
            "is_empty": False,
            "has_requests": True,
            "has_more": True,
            "is_further": False,
        },
    ),
    Window(
        RichLine("🙋 **{name}** · {when}\n"),
        RichLine("📖 {lesson}\n", when="lesson"),
        RichLine("{messages}"),
        RichLine("\nThis question has its answer.", when="is_answered"),
        RichLine("\nType your answer: the student gets it as you write it 👇", when="is_waiting"),
        MessageInput(take_answer, content_types=ContentType.TEXT),
        SwitchTo(Label("⬅️ All questions"), id="list", state=TutorTeaching.requests),
        state=TutorTeaching.thread,
        parse_mode=RICH,
        getter=thread,
        preview_data={
            "name": "Ali",
            "when": "21-noyabr 2026, 10:00",
            "lesson": "Kvadrat tenglamalar",
            "messages": "👤 x² = 4 nechta ildizga ega?\n\n🤖 Kvadrati $4$ bo‘lgan sonlarni o‘ylab ko‘ring.",
            "is_answered": False,
            "is_waiting": True,
        },
        hint=N_("Please type your answer as a text."),
    ),
    Window(
        T("🤖 <b>{title}</b>"),
        T("Now the tutor gives hints first: a hint, one more, a step, and only then the solution.", when="is_hints"),
        T("Now the tutor solves exercises at once.", when="is_direct"),
        T("Now the tutor is off in this course: students ask you.", when="is_off"),
        T("\nDuring an exam it is off for everybody who writes it. How shall it help?"),
        choices(id="mode", items="modes", on_click=choose_mode),
        Button(Label("⬅️ Back"), id="back", on_click=back),
        state=TutorTeaching.mode,
        getter=tutor_mode,
        preview_data={
            "title": "Foizlar",
            "is_hints": True,
            "is_direct": False,
            "is_off": False,
            "modes": [("hints", "✓ 💡 Hints first"), ("direct", "📘 Solve at once"), ("off", "⏻ Switch it off")],
        },
    ),
)
