"""Writing one question of any kind."""

from aiogram_dialog.widgets.kbd import Button, Group, SwitchTo

from bot.courses.inputs import Sent
from bot.courses.question_editor import (
    choose_difficulty,
    choose_kind,
    choose_piece,
    clear_piece,
    difficulties,
    example,
    kinds,
    leave,
    no_picture,
    piece,
    preview,
    save,
    type_piece,
    write,
    write_again,
)
from bot.courses.question_states import QuestionEditor
from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.row_ids import row_id

_TO_PREVIEW = SwitchTo(Label("⬅️ Back"), id="back", state=QuestionEditor.preview)

question_editor_dialog = Dialog(
    Window(
        T("🧩 <b>A new question</b>"),
        T("What kind is it? Choose one, and I show you how to type it."),
        T("Or send it at once: I see the kind from the signs."),
        Sent(write),
        choices(id="kind", items="kinds", on_click=choose_kind, columns=2),
        Button(Label("⬅️ Back"), id="leave", on_click=leave),
        state=QuestionEditor.kind,
        getter=kinds,
        hint=N_("Please choose the kind, or type the question with its answers."),
        preview_data={"kinds": [("single", "🔘 One right answer"), ("essay", "✍️ An essay")]},
    ),
    Window(
        T("<b>{kind}</b>"),
        T("Send it in one message, like this:"),
        T("<code>{example}</code>"),
        T("! explains it. A line like “topic: Percents”, “difficulty: 3” or “points: 2” may come last."),
        T("A photo with the question as its caption becomes its picture."),
        Sent(write),
        SwitchTo(Label("🧩 Another kind"), id="kinds", state=QuestionEditor.kind),
        Button(Label("⬅️ Back"), id="leave", on_click=leave),
        state=QuestionEditor.write,
        getter=example,
        hint=N_("Please type the question like in the example."),
        preview_data={"kind": "🔘 One right answer", "example": "2 + 2?\n+ 4\n- 3", "has_draft": False},
    ),
    Window(
        T("👁 <b>{question}</b>\n"),
        T("{answers}"),
        T("\n💡 {explanation}", when="explanation"),
        T("\n{labels}"),
        T("\nTo change the text or the answers, send the question anew; a photo becomes its picture."),
        T("Results that hold the old question keep it.", when="is_old"),
        Sent(write_again),
        Button(Label("✅ Save"), id="save", on_click=save),
        Group(
            Button(Label("💡 Explanation"), id="explanation", on_click=choose_piece),
            Button(Label("🏷 Topic"), id="topic", on_click=choose_piece),
            SwitchTo(Label("📶 Difficulty"), id="difficulty", state=QuestionEditor.difficulty),
            Button(Label("⚖️ Points"), id="points", on_click=choose_piece),
            Button(Label("📚 Source"), id="source", on_click=choose_piece),
            Button(Label("🖼 No picture"), id="no_picture", on_click=no_picture, when="has_picture"),
            width=2,
        ),
        Button(Label("✖️ Do not save"), id="leave", on_click=leave),
        state=QuestionEditor.preview,
        getter=preview,
        hint=N_("Please send the question as a text, or a photo for its picture."),
        preview_data={
            "question": "2 + 2?",
            "answers": "✅ 4\n▫️ 3",
            "explanation": "2, 3, 4.",
            "labels": "🔘 · 🏷 Qo‘shish",
            "is_old": True,
            "has_picture": True,
        },
    ),
    Window(
        T("💡 Why is it so? Type the explanation that students see after the answer.", when="asks_explanation"),
        T("🏷 Which topic is it about? Type it, for example: Percents", when="asks_topic"),
        T("⚖️ How many points is it worth? Type a number from 1 to 100.", when="asks_points"),
        T("📚 Where is it from? Type it, for example: DTM 2024", when="asks_source"),
        Sent(type_piece),
        Button(Label("🗑 Leave it out"), id="clear", on_click=clear_piece, when="can_clear"),
        _TO_PREVIEW,
        state=QuestionEditor.piece,
        getter=piece,
        hint=N_("Please type it as a text."),
        preview_data={"asks_topic": True, "can_clear": True},
    ),
    Window(
        T("📶 How hard is it? 1 is easy, 5 is hard."),
        choices(id="level", items="levels", on_click=choose_difficulty, type_factory=row_id, columns=5),
        _TO_PREVIEW,
        state=QuestionEditor.difficulty,
        getter=difficulties,
        preview_data={"levels": [(1, "1"), (5, "5")]},
    ),
)
