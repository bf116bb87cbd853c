"""The question banks of a course."""

from aiogram_dialog.widgets.kbd import Button, Group, Row, SwitchTo

from bot.courses.bank_actions import (
    add_question,
    all_questions,
    archive,
    back_to_course,
    bank_page,
    banks,
    choose_bank,
    choose_question,
    earlier,
    edit,
    find,
    later,
    put_back,
    question_card,
    remove,
    rename,
    restore,
    sieve_kind,
    sieve_level,
    sieve_topic,
    type_bank,
)
from bot.courses.inputs import Sent
from bot.courses.question_states import BankDesk
from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.row_ids import row_id

_TO_BANK = SwitchTo(Label("⬅️ Back"), id="bank", state=BankDesk.bank)
_PREVIEW = {
    "title": "Foizlar",
    "question_count": 12,
    "questions": [(1, "❓ 200 ning 15 foizi?")],
    "sieved": "🏷 Foizlar",
    "removed": "2 + 2?",
    "has_more": True,
    "has_earlier": True,
    "topics": [(0, "🏷 Foizlar")],
    "levels": [(1, "📶 1")],
    "kinds": [("single", "🔘 One right answer")],
}

bank_dialog = Dialog(
    Window(
        T("🗂 <b>Question banks of the course</b>"),
        T("A quiz can draw its questions from a bank by chance, so that every attempt is another one."),
        T("There are none yet. Make the first one.", when="is_empty"),
        T("\n🗄 In the archive: {archived}", when="archived"),
        Button(Label("↩️ Undo: bring it back"), id="restore", on_click=restore, when="archived"),
        choices(id="bank", items="banks", on_click=choose_bank, type_factory=row_id, pages="banks"),
        SwitchTo(Label("➕ New bank"), id="new", state=BankDesk.title),
        Button(Label("⬅️ To the course"), id="course", on_click=back_to_course),
        state=BankDesk.banks,
        getter=banks,
        preview_data={"banks": [(1, "🗂 Foizlar · 12 ❓")], "is_empty": True, "archived": "Kasrlar"},
    ),
    Window(
        T("🗂 What is the bank called? Type its name, for example: Percents"),
        Sent(type_bank),
        SwitchTo(Label("⬅️ Back"), id="banks", state=BankDesk.banks),
        state=BankDesk.title,
        hint=N_("Please type the name as a text."),
    ),
    Window(
        T("🗂 <b>{title}</b>"),
        T("{question_count} question", "{question_count} questions", count="question_count"),
        T("{sieved}", when="sieved"),
        T("It is empty. Add the first question.", when="is_empty"),
        T("Nothing like that is in it.", when="is_none"),
        T("\n🗑 Deleted: {removed}", when="removed"),
        T("\n👇 Type a word to find questions by it."),
        Sent(find),
        Button(Label("↩️ Undo"), id="put_back", on_click=put_back, when="removed"),
        choices(id="question", items="questions", on_click=choose_question, type_factory=row_id),
        Row(
            Button(Label("◀️ Newer"), id="earlier", on_click=earlier, when="has_earlier"),
            Button(Label("Older ▶️"), id="later", on_click=later, when="has_more"),
        ),
        Button(Label("✖️ Show all"), id="all", on_click=all_questions, when="sieved"),
        Group(
            Button(Label("➕ Add a question"), id="add", on_click=add_question),
            SwitchTo(Label("🏷 By topic or kind"), id="filters", state=BankDesk.filters),
            SwitchTo(Label("✏️ Rename"), id="rename", state=BankDesk.rename),
            Button(Label("🗄 Archive"), id="archive", on_click=archive),
            width=2,
        ),
        SwitchTo(Label("⬅️ All banks"), id="banks", state=BankDesk.banks),
        state=BankDesk.bank,
        getter=bank_page,
        hint=N_("Please type a word of the question that you look for."),
        preview_data=_PREVIEW,
    ),
    Window(
        T("🏷 Which questions of <b>{title}</b>?"),
        choices(id="topic", items="topics", on_click=sieve_topic, type_factory=row_id, pages="topics"),
        choices(id="level", items="levels", on_click=sieve_level, type_factory=row_id, columns=5),
        choices(id="kind", items="kinds", on_click=sieve_kind, columns=2),
        _TO_BANK,
        state=BankDesk.filters,
        getter=bank_page,
        preview_data=_PREVIEW,
    ),
    Window(
        T("🗂 <b>{title}</b>"),
        T("Type the new name."),
        Sent(rename),
        _TO_BANK,
        state=BankDesk.rename,
        getter=bank_page,
        hint=N_("Please type the name as a text."),
        preview_data=_PREVIEW,
    ),
    Window(
        T("❓ <b>{question}</b>\n", when="question"),
        T("{answers}", when="question"),
        T("\n💡 {explanation}", when="explanation"),
        T("\n{labels}", when="question"),
        T("This question has been deleted.", when="is_gone"),
        Button(Label("✏️ Change"), id="edit", on_click=edit, when="question"),
        Button(Label("🗑 Delete the question"), id="delete", on_click=remove, when="question"),
        _TO_BANK,
        state=BankDesk.question,
        getter=question_card,
        preview_data={
            "question": "2 + 2?",
            "answers": "✅ 4\n▫️ 3",
            "explanation": "2, 3, 4.",
            "labels": "🔘",
            "is_gone": False,
        },
    ),
)
