"""The daily set: a card, its answer, what the grade has led to; and the report."""

from operator import itemgetter

from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo
from aiogram_dialog.widgets.text import Format

from bot.dialogs import Dialog, Window, answers_to_choose, choices
from bot.i18n import N_, Label, RichLine, Safe
from bot.review.actions import (
    answer_picked,
    choose_grade,
    choose_option,
    do_not_know,
    next_card,
    open_note,
    open_settings,
    remove,
    restore,
    take_back,
    to_menu,
    type_answer,
    uncover,
)
from bot.review.getters import card_page, graded_page, report_page, uncovered_page
from bot.review.picture import send_forecast
from bot.review.states import Review
from bot.rich import RICH

_MENU = Button(Label("🏠 Menu"), id="menu", on_click=to_menu)
_QUESTION = Safe("320 ning 15 foizi nechaga teng?\n\nA\\) 32\n\nB\\) 48")

dialog = Dialog(
    Window(
        Format("🔁 {bar} {number} / {total}\n", when="is_open"),
        RichLine("Do you remember this note?\n", when="is_note"),
        Format("{text}", when="is_open"),
        RichLine("\n✍️ Type the answer.", when="is_typed"),
        RichLine("\nTick every right answer, then press “Answer”.", when="is_several"),
        RichLine("🔁 **Review**\n", when="is_over"),
        RichLine("🎉 Today’s set is done!\n", when="is_done"),
        RichLine(
            "{done} card, {remembered} remembered\n",
            "{done} cards, {remembered} remembered\n",
            count="done",
            when="is_done",
        ),
        RichLine("🌱 What was forgotten comes back tomorrow. That is how it stays.\n", when="has_forgotten"),
        RichLine("⏱ {minutes}\n", when="minutes"),
        RichLine("🌙 Today is one of your quiet days: nothing is asked.\n", when="is_quiet"),
        RichLine("✅ Nothing is due now.\n", when="is_idle"),
        RichLine(
            "{waiting} more card waits for the coming days, so that today stays short.\n",
            "{waiting} more cards wait for the coming days, so that today stays short.\n",
            count="waiting",
            when="waiting",
        ),
        RichLine("📅 Next: {next}", when="next"),
        RichLine(
            "Nothing to review yet. Every question that goes wrong in a quiz comes here by itself, and comes back "
            "until you know it. You can also add a question or a note with “📌 Review later”.",
            when="is_empty",
        ),
        MessageInput(type_answer),
        answers_to_choose(choose_option),
        Button(Label("✅ Answer"), id="answer", on_click=answer_picked, when="is_several"),
        Button(Label("👀 Show the answer"), id="uncover", on_click=uncover, when="is_covered"),
        Button(Label("🤷 I do not know"), id="unknown", on_click=do_not_know, when="is_question"),
        Row(
            SwitchTo(Label("📈 Report"), id="report", state=Review.report),
            Button(Label("⚙️ Settings"), id="settings", on_click=open_settings),
            when="is_over",
        ),
        _MENU,
        state=Review.card,
        parse_mode=RICH,
        getter=card_page,
        preview_data={
            "is_open": True,
            "bar": "▰▰▱▱▱",
            "number": 3,
            "total": 5,
            "text": _QUESTION,
            "is_question": True,
            "as_lines": True,
            "choices": [
                {"id": "7-0-0", "letter": "A", "label": "A) 32"},
                {"id": "7-0-1", "letter": "B", "label": "B) 48"},
            ],
        },
    ),
    Window(
        Format("{text}\n"),
        RichLine("👀 **Answer**\n"),
        Format("{answer}\n", when="answer"),
        RichLine("🎤 The recording is in your notebook.\n", when="is_spoken"),
        Format("💡 {explanation}\n", when="explanation"),
        RichLine("How well did you remember it? Each button says when it comes back."),
        choices(
            id="grade",
            items="grades",
            on_click=choose_grade,
            text=Format("{item[label]}"),
            key=itemgetter("id"),
            columns=2,
        ),
        Button(Label("🎤 Open the note"), id="note", on_click=open_note, when="is_spoken"),
        _MENU,
        state=Review.uncovered,
        parse_mode=RICH,
        getter=uncovered_page,
        hint=N_("Please tap how well you remembered it 👇"),
        preview_data={
            "text": Safe("Kvadrat tenglamaning ildizlari"),
            "answer": Safe("D = b² − 4ac"),
            "explanation": "",
            "grades": [{"id": "7-0-1", "label": "❌ Again · 1 d"}, {"id": "7-0-3", "label": "👍 Good · 4 d"}],
        },
    ),
    Window(
        Format("{text}\n"),
        RichLine("✅ Right!\n", when="is_right"),
        RichLine("❌ Not yet.\n", when="is_wrong"),
        RichLine("{grade}\n", when="is_own"),
        RichLine("The answer: {answer}\n", when="answer"),
        Format("💡 {explanation}\n", when="explanation"),
        RichLine("📅 It comes back {due}.", when="is_kept"),
        RichLine("🗑 It is not asked any more.", when="is_removed"),
        Button(Label("Next ➡️"), id="next", on_click=next_card),
        Button(Label("↩️ Ask it again"), id="restore", on_click=restore, when="is_removed"),
        Row(
            Button(Label("↩️ Undo"), id="undo", on_click=take_back),
            Button(Label("🗑 Stop asking"), id="remove", on_click=remove),
            when="is_kept",
        ),
        _MENU,
        state=Review.graded,
        parse_mode=RICH,
        getter=graded_page,
        hint=N_("This card is graded. Tap “Next” to go on 👇"),
        preview_data={
            "text": _QUESTION,
            "is_right": True,
            "explanation": Safe("10% – 32, 5% – 16."),
            "answer": "",
            "due": "tomorrow",
            "is_kept": True,
        },
    ),
    Window(
        RichLine("📈 **How your reviews go**\n"),
        RichLine(
            "There is nothing to report yet. Take a quiz: what goes wrong there comes back here until you know it.\n",
            when="is_empty",
        ),
        RichLine("{card_count} card in all", "{card_count} cards in all", count="card_count", when="has_cards"),
        RichLine("\nDue today: {due_today}, in seven days: {due_week}\n", when="has_cards"),
        RichLine(
            "🌱 After {missing} more review you see here how much you remember.\n",
            "🌱 After {missing} more reviews you see here how much you remember.\n",
            count="missing",
            when="has_few",
        ),
        RichLine(
            "Remembered in the last 90 days: **{measured}%** of {graded} reviews. Expected: {predicted}%, "
            "aim: {wanted}%.\n",
            when="has_measure",
        ),
        RichLine("From the hardest to the easiest fifth:\n", when="has_bins"),
        Format("{bins}\n", when="has_bins"),
        RichLine("The dates follow your own memory: they are computed from your reviews.", when="is_tuned"),
        Button(Label("🗓 The next 30 days"), id="forecast", on_click=send_forecast, when="has_forecast"),
        Row(
            SwitchTo(Label("⬅️ Review"), id="card", state=Review.card),
            Button(Label("⚙️ Settings"), id="settings", on_click=open_settings),
        ),
        _MENU,
        state=Review.report,
        parse_mode=RICH,
        getter=report_page,
        preview_data={
            "has_cards": True,
            "card_count": 120,
            "due_today": 12,
            "due_week": 60,
            "has_measure": True,
            "measured": 91,
            "graded": 240,
            "predicted": 90,
            "wanted": 90,
            "has_bins": True,
            "bins": Safe("80% → 78%"),
            "has_forecast": True,
        },
    ),
)
