"""Results of a lesson's quiz and what its answers say about the questions, for those who teach it."""

from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from bot.dialogs import Dialog, Window, choices
from bot.i18n import Label, Safe, T
from bot.quizzes.desk_actions import choose_item, newer, older, to_exam, to_lesson
from bot.quizzes.desk_export import begin_workbook
from bot.quizzes.desk_getters import quiz_item, quiz_items, quiz_results
from bot.quizzes.states import QuizDesk
from bot.row_ids import row_id

quiz_desk_dialog = Dialog(
    Window(
        T("📊 <b>Results: {title}</b>"),
        T("Nobody has finished this quiz yet. Results appear here by themselves.", when="is_empty"),
        T("\n{lines}", when="has_lines"),
        T(
            "\n⚖️ 50 is this group's average; questions weigh as hard as they proved to be. "
            "The true score is within ± 95 times of 100.",
            when="has_scale",
        ),
        T("\n⚖️ The Rasch score appears from {fewest} students on.", when="no_scale_yet"),
        Row(
            Button(Label("⬅️ Newer"), id="newer", on_click=newer, when="has_previous"),
            Button(Label("Older ➡️"), id="older", on_click=older, when="has_next"),
        ),
        SwitchTo(Label("🔎 How the questions work"), id="items", state=QuizDesk.items),
        Button(Label("🎓 Exam board"), id="exam_board", on_click=to_exam, when="is_exam"),
        Button(Label("📥 Excel file"), id="workbook", on_click=begin_workbook, when="has_lines"),
        Button(Label("⬅️ To the lesson"), id="lesson", on_click=to_lesson),
        state=QuizDesk.results,
        getter=quiz_results,
        preview_data={
            "title": "Foizlar",
            "lines": Safe("1. Ali Karimov\n<b>80%</b> · 8/10 · ⚖️ 56 ± 12 · 4:05"),
            "has_lines": True,
            "is_empty": True,
            "has_scale": True,
            "no_scale_yet": True,
            "is_exam": True,
            "fewest": 20,
            "has_previous": True,
            "has_next": True,
        },
    ),
    Window(
        T("🔎 <b>Questions: {title}</b>"),
        T("No answers are counted yet. Come back when students have finished the quiz.", when="is_empty"),
        T("\n<b>Questions to look at</b>\n{findings}", when="has_findings"),
        T("\n✅ All questions work well so far.", when="all_well"),
        T("\nSo far there are few answers: take this as a hint.", when="is_small"),
        T("\nThe percent says how many got it right at the first attempt. Tap a question:", when="items"),
        choices(id="item", items="items", on_click=choose_item, type_factory=row_id, pages="items"),
        SwitchTo(Label("⬅️ Results"), id="results", state=QuizDesk.results),
        state=QuizDesk.items,
        getter=quiz_items,
        preview_data={
            "title": "Foizlar",
            "findings": Safe("⚠️ <b>200 ning 15 foizi?</b>\n…"),
            "has_findings": True,
            "all_well": True,
            "is_empty": True,
            "is_small": True,
            "items": [(1, "⚠️ 62% · 200 ning 15 foizi?")],
        },
    ),
    Window(
        T("No answers to this question are counted yet.", when="is_gone"),
        T("🔎 <b>{text}</b>", when="is_there"),
        T("An older version: new attempts do not get it.", when="is_retired"),
        T("\n⚠️ {reason}", when="reason"),
        T("\nRight: {right} ({correct} of {asked})\n{power}", when="is_there"),
        T("{time}", when="time"),
        T("\n{choices}", when="choices"),
        T(
            "\n“The rest” is how well those who chose it did in the other questions.",
            when="choices",
        ),
        T("\nSo far there are few answers: take this as a hint.", when="is_small"),
        SwitchTo(Label("⬅️ Questions"), id="items", state=QuizDesk.items),
        state=QuizDesk.item,
        getter=quiz_item,
        preview_data={
            "is_gone": True,
            "is_there": True,
            "text": "200 ning 15 foizi?",
            "is_retired": True,
            "reason": "…",
            "right": "62%",
            "correct": 31,
            "asked": 50,
            "power": "…",
            "time": "0:41",
            "choices": Safe("✅ A) 30: 31 (62%)"),
            "is_small": True,
        },
    ),
)
