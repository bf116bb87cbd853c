"""Several questions at once: choose, label, copy."""

from aiogram_dialog.widgets.kbd import Button, Group, Row, SwitchTo

from bot.courses.inputs import Sent, tapped
from bot.courses.question_choice import (
    choice,
    choose_all,
    choose_difficulty,
    choose_none,
    choose_topic,
    copy,
    earlier,
    later,
    leave,
    places,
    to_banks,
    toggle,
    topics,
    type_source,
    type_topic,
    undo,
)
from bot.courses.question_states import QuestionChoice
from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.row_ids import row_id

_BACK = SwitchTo(Label("⬅️ Back"), id="questions", state=QuestionChoice.questions)
_CHOSEN = T("☑️ {chosen} question chosen", "☑️ {chosen} questions chosen", count="chosen")
_PREVIEW = {
    "title": "Foizlar",
    "questions": [(1, "☑️ 200 ning 15 foizi?")],
    "is_empty": True,
    "has_questions": True,
    "chosen": 1,
    "has_chosen": True,
    "has_more": True,
    "has_earlier": True,
    "labels": True,
    "done": "…",
    "can_undo": True,
    "topics": [(0, "🏷 Foizlar")],
    "levels": [(1, "📶 1")],
    "places": [("b1", "🗂 Foizlar · 12 ❓")],
    "has_places": True,
}

question_choice_dialog = Dialog(
    Window(
        T("☑️ <b>Questions of “{title}”</b>"),
        T("There are no questions to choose from.", when="is_empty"),
        T("Tap the questions that you mean. Then choose what to do with them.", when="has_questions"),
        T("☑️ {chosen} question chosen", "☑️ {chosen} questions chosen", count="chosen", when="has_chosen"),
        T("\n✅ {done}", when="done"),
        Button(Label("↩️ Undo"), id="undo", on_click=undo, when="can_undo"),
        choices(id="question", items="questions", on_click=toggle, type_factory=row_id),
        Row(
            Button(Label("◀️ Before"), id="earlier", on_click=earlier, when="has_earlier"),
            Button(Label("After ▶️"), id="later", on_click=later, when="has_more"),
        ),
        Row(
            Button(Label("☑️ All"), id="all", on_click=choose_all, when="has_questions"),
            Button(Label("▫️ None"), id="none", on_click=choose_none, when="has_chosen"),
        ),
        Group(
            SwitchTo(Label("🏷 Set the topic"), id="topic", state=QuestionChoice.topic, when="labels"),
            SwitchTo(Label("📶 Set the difficulty"), id="difficulty", state=QuestionChoice.difficulty, when="labels"),
            SwitchTo(Label("📚 Set the source"), id="source", state=QuestionChoice.source, when="labels"),
            SwitchTo(Label("📋 Copy to…"), id="where", state=QuestionChoice.where, when="has_chosen"),
            width=2,
        ),
        Button(Label("⬅️ Back"), id="leave", on_click=leave),
        state=QuestionChoice.questions,
        getter=choice,
        preview_data=_PREVIEW,
    ),
    Window(
        _CHOSEN,
        T("\n🏷 Which topic do they have? Choose one, or type a new one."),
        Sent(type_topic),
        choices(id="known", items="topics", on_click=tapped(choose_topic), type_factory=row_id, pages="label_topics"),
        _BACK,
        state=QuestionChoice.topic,
        getter=topics,
        hint=N_("Please type the topic as a text, like: Percents"),
        preview_data=_PREVIEW,
    ),
    Window(
        _CHOSEN,
        T("\n📶 How hard are they? 1 is easy, 5 is hard."),
        choices(id="level", items="levels", on_click=tapped(choose_difficulty), type_factory=row_id, columns=5),
        _BACK,
        state=QuestionChoice.difficulty,
        getter=topics,
        preview_data=_PREVIEW,
    ),
    Window(
        _CHOSEN,
        T("\n📚 Where are they from? Type it, for example: DTM 2024"),
        Sent(type_source),
        _BACK,
        state=QuestionChoice.source,
        getter=topics,
        hint=N_("Please type the source as a text, like: DTM 2024"),
        preview_data=_PREVIEW,
    ),
    Window(
        _CHOSEN,
        T("\n📋 Where do I copy them?", when="has_places"),
        T("Each copy is a question of its own: changing one leaves the other as it is.", when="has_places"),
        T("This course has no other bank or lesson yet. Make a bank first.", when="is_empty"),
        choices(id="place", items="places", on_click=tapped(copy), pages="copy_places"),
        Button(Label("🗂 Question banks"), id="banks", on_click=to_banks, when="is_empty"),
        _BACK,
        state=QuestionChoice.where,
        getter=places,
        preview_data=_PREVIEW,
    ),
)
