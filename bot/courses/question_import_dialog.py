"""A test that is sent to become questions: waiting for it, what was read, and what is not taken."""

from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from bot.courses.inputs import Sent
from bot.courses.question_import_actions import (
    add_questions,
    cancel_import,
    choose_key,
    keep_as_part,
    leave_import,
    make_a_quiz,
    open_questions,
    send_test,
    turn_page,
    undo_import,
)
from bot.courses.question_import_getters import (
    import_asked,
    import_done,
    import_key,
    import_left_out,
    import_preview,
    import_reading,
    import_target,
)
from bot.courses.states import QuestionImportDesk
from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, Safe, T

_HINT = N_("Please send a test: a file (📎), a text, or forward quiz polls.")
_NAMES = {"name": "test.docx", "title": "Chegirmalar", "is_lesson": True, "is_bank": False}
_BACK = Button(Label("⬅️ Back"), id="back", on_click=leave_import)


def _pages(*, suffix: str = "") -> Row:
    return Row(
        Button(Label("◀️ Before"), id=f"before{suffix}", on_click=turn_page),
        Button(Label("After ▶️"), id=f"after{suffix}", on_click=turn_page),
        when="has_pages",
    )


question_import_dialog = Dialog(
    Window(
        T("📥 <b>Questions for “{title}”</b>\n"),
        T("{ways}"),
        T("A photo of a printed test will do, too.", when="reads_photos"),
        T("\nFor example:"),
        T("<code>? What is 15% of 200?\n+ 30\n- 15\n- 45</code>"),
        T("\nI show you what I read. Nothing is added until you confirm it."),
        Sent(send_test),
        _BACK,
        state=QuestionImportDesk.wait,
        getter=import_target,
        hint=_HINT,
        preview_data={**_NAMES, "ways": "Send it as a Word file.", "reads_photos": True},
    ),
    Window(
        T("📥 <b>{name}</b>"),
        T("I am reading it. What I find comes as a message here, usually within seconds.", when="is_waiting"),
        T("It is read: look at the message below, or send another one.", when="is_read"),
        Sent(send_test),
        _BACK,
        state=QuestionImportDesk.reading,
        getter=import_reading,
        hint=_HINT,
        preview_data={**_NAMES, "is_waiting": True, "is_read": False},
    ),
    Window(
        T("❓ <b>This looks like a test.</b>"),
        T("{found} question is in it.", "{found} questions are in it.", count="found", when="is_open"),
        T("What shall it be?", when="is_open"),
        T("This is settled already. The lesson shows what came of it.", when="is_closed"),
        Button(
            Label("❓ Make a quiz of it ({found})", "❓ Make a quiz of it ({found})", count="found"),
            id="quiz",
            on_click=make_a_quiz,
            when="is_open",
        ),
        Button(Label("📎 Add it as a text"), id="part", on_click=keep_as_part, when="is_open"),
        _BACK,
        state=QuestionImportDesk.asked,
        getter=import_asked,
        hint=N_("Please choose first what becomes of the text 👇"),
        preview_data={**_NAMES, "found": 12, "is_open": True, "is_closed": False},
    ),
    Window(
        T("📥 <b>{name}</b> → {title}\n"),
        T("{summary}", when="summary"),
        T("\n{questions}", when="questions"),
        T("\nPage {page} of {pages}", when="has_pages"),
        T("✅ These questions are added already.", when="is_added"),
        T("↩️ These questions were added and taken back. Send the test again to add it.", when="is_undone"),
        T("📎 It is a part of the lesson now.", when="is_filed"),
        Sent(send_test),
        _pages(),
        Button(
            Label("🔑 Choose {open_count} right answer", "🔑 Choose {open_count} right answers", count="open_count"),
            id="keys",
            on_click=lambda query, button, manager: manager.switch_to(QuestionImportDesk.key),
            when="must_choose",
        ),
        Button(
            Label("✅ Add {count} question", "✅ Add {count} questions", count="count"),
            id="add",
            on_click=add_questions,
            when="can_add",
        ),
        SwitchTo(
            Label(
                "📋 Look at the {left_out_count} left out",
                "📋 Look at the {left_out_count} left out",
                count="left_out_count",
            ),
            id="left_out",
            state=QuestionImportDesk.left_out,
            when="has_left_out",
        ),
        Button(Label("🗑 Cancel"), id="cancel", on_click=cancel_import, when="is_open"),
        _BACK,
        state=QuestionImportDesk.preview,
        getter=import_preview,
        hint=_HINT,
        preview_data={
            **_NAMES,
            "summary": Safe("✅ 28 questions can be added.\n❌ 2 cannot: they have mistakes."),
            "questions": Safe("<b>1. 200 ning 15 foizi?</b>\n✅ A) 30\n▫️ B) 15"),
            "count": 28,
            "page": 1,
            "pages": 10,
            "has_pages": True,
            "can_add": True,
            "must_choose": True,
            "open_count": 2,
            "has_left_out": True,
            "left_out_count": 2,
            "is_open": True,
            "is_added": False,
            "is_undone": False,
            "is_filed": False,
        },
    ),
    Window(
        T("📋 <b>What is not added from {name}</b>\n"),
        T("{lines}"),
        T("Nothing is left out any more.", when="is_empty"),
        T("\nPage {page} of {pages}", when="has_pages"),
        T("\nCorrect them and send the test again: what is there already is not added twice."),
        Sent(send_test),
        _pages(suffix="_m"),
        SwitchTo(Label("⬅️ Back"), id="preview", state=QuestionImportDesk.preview),
        state=QuestionImportDesk.left_out,
        getter=import_left_out,
        hint=_HINT,
        preview_data={
            **_NAMES,
            "lines": Safe("• Line 14, “Foiz nima?”: no answer is marked as right."),
            "is_empty": False,
            "has_pages": True,
            "page": 1,
            "pages": 2,
        },
    ),
    Window(
        T("🔑 <b>{question}</b>\n", when="is_asked"),
        T("Which answer is right?", when="is_asked"),
        T(
            "{left} question waits for its answer.",
            "{left} questions wait for their answers.",
            count="left",
            when="is_asked",
        ),
        T("Every question has its right answer now.", when="is_over"),
        choices(id="option", items="options", on_click=choose_key),
        choices(id="skip", items="skips", on_click=choose_key),
        SwitchTo(Label("⬅️ Back"), id="preview", state=QuestionImportDesk.preview),
        state=QuestionImportDesk.key,
        getter=import_key,
        hint=N_("Please choose the right answer with a button 👇"),
        preview_data={
            **_NAMES,
            "is_asked": True,
            "is_over": False,
            "left": 30,
            "question": "200 ning 15 foizi?",
            "options": [("p1-0", "30"), ("p1-1", "15")],
            "skips": [("p1-", "✖️ Leave this question out")],
        },
    ),
    Window(
        T("📥 <b>{title}</b>\n"),
        T(
            "✅ {added} question is added.",
            "✅ {added} questions are added.",
            count="added",
            when="is_added",
        ),
        T("↩️ They are taken back.", when="is_undone"),
        Button(Label("↩️ Undo"), id="undo", on_click=undo_import, when="is_added"),
        Button(Label("❓ Questions"), id="questions", on_click=open_questions, when="is_lesson"),
        Button(Label("⬅️ Back"), id="back", on_click=leave_import),
        state=QuestionImportDesk.done,
        getter=import_done,
        preview_data={**_NAMES, "added": 28, "is_added": True, "is_undone": False},
    ),
)
