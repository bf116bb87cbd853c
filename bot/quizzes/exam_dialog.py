"""The waiting room of a student, and the board of those who teach."""

from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo
from aiogram_dialog.widgets.text import Format

from bot.dialogs import Dialog, Window, choices
from bot.i18n import Label, Safe, T
from bot.quizzes.exam_actions import (
    add_minutes,
    back_to_lesson,
    be_ready,
    close_now,
    first_page,
    next_page,
    open_exam,
    open_pair,
    previous_page,
    refresh,
    start_exam,
    to_desk,
    to_menu,
)
from bot.quizzes.exam_getters import exam_board, exam_results, own_exams, pair, pairs, waiting_room
from bot.quizzes.exam_states import ExamBoard, ExamRoom

_BOARD = SwitchTo(Label("⬅️ Back to the exam"), id="board", state=ExamBoard.board)
_BOARD_PREVIEW = {
    "title": "Foizlar",
    "opens": "21 November 2026, 10:00",
    "closes": "11:00:41",
    "stage": "✍️ Goes on · 42 min left",
    "candidates": 1000,
    "ready": 940,
    "writing": 900,
    "finished": 60,
    "answers": 12_345,
    "skew": "📣 “Start” reached the first ready student at 10:00:00, the last at 10:00:41.",
    "moment": "10:18:05",
    "minutes": [("5", "+5"), ("10", "+10")],
    "is_running": True,
    "is_closed": True,
    "pair_count": 2,
    "has_pairs": True,
    "has_begun": True,
    "is_telling": True,
    "untold": 3,
}

room_dialog = Dialog(
    Window(
        T("📝 <b>My exams</b>"),
        T("Tap one to open it.", when="has_exams"),
        T("No exams yet. When your teacher plans one, a message comes here.", when="is_empty"),
        choices(id="exam", items="exams", on_click=open_exam),
        Button(Label("🏠 Menu"), id="menu", on_click=to_menu),
        state=ExamRoom.mine,
        getter=own_exams,
        preview_data={"exams": [("s7", "🗓 Foizlar · 21 November 2026, 10:00")], "has_exams": True},
    ),
    Window(
        T("📝 <b>Exam: {title}</b>"),
        T("🗓 {opens} – {closes}"),
        T("⏱ {time} for {count} question", "⏱ {time} for {count} questions", count="count"),
        T("\n⏳ Begins in {left}.", when="is_waiting"),
        T("✅ You are ready. At the beginning a message with the button “Start” comes here.", when="is_ready"),
        T(
            "Tap “I am ready” before it begins: those who are ready are told first. You can start without it too.",
            when="can_be_ready",
        ),
        T(
            "\nOne attempt; everybody gets an order of their own; the results come when the exam closes."
            " The message cannot reach all in the same second, so the end moves by as much for everybody.",
            when="is_waiting",
        ),
        T("\n▶️ It goes on: {left} left.", when="is_open"),
        T("Tap “Start”. What is left of the time is yours.", when="is_late"),
        T("\n🏁 The exam is closed.", when="is_over"),
        Button(Label("🙋 I am ready"), id="ready", on_click=be_ready, when="can_be_ready"),
        Button(Label("▶️ Start"), id="start_exam", on_click=start_exam, when="is_open"),
        Button(Label("📊 See the result"), id="exam_result", on_click=start_exam, when="has_result"),
        Button(Label("🔄 Refresh"), id="refresh", on_click=refresh, when="is_waiting"),
        Button(Label("⬅️ Back to the lesson"), id="lesson", on_click=back_to_lesson),
        state=ExamRoom.waiting,
        getter=waiting_room,
        preview_data={
            "title": "Foizlar",
            "opens": "21 November 2026, 10:00",
            "closes": "11:00",
            "time": "1 h 0 min",
            "count": 30,
            "left": "4 min 10 s",
            "is_waiting": True,
            "is_ready": True,
            "can_be_ready": True,
            "is_open": True,
            "is_late": True,
            "is_over": True,
            "has_result": True,
        },
    ),
)

board_dialog = Dialog(
    Window(
        T("📝 <b>Exam: {title}</b>"),
        T("🗓 {opens} – {closes}"),
        Format("{stage}\n"),
        T("👥 In the course: {candidates}"),
        T("🙋 Ready: {ready}"),
        T("✍️ Writing: {writing}", when="has_begun"),
        T("🏁 Finished: {finished}", when="has_begun"),
        T("💬 Answers so far: {answers}", when="has_begun"),
        T("\n📣 Still being told: {untold}", when="is_telling"),
        Format("\n{skew}", when="skew"),
        T(
            "\n👀 {pair_count} pair with the same mistakes",
            "\n👀 {pair_count} pairs with the same mistakes",
            count="pair_count",
            when="has_pairs",
        ),
        T("\nAs of {moment}"),
        Button(Label("📊 Results"), id="results", on_click=first_page, when="is_closed"),
        SwitchTo(Label("👀 Look at the pairs"), id="pairs", state=ExamBoard.pairs, when="has_pairs"),
        SwitchTo(Label("➕ Give more time"), id="minutes", state=ExamBoard.minutes, when="is_running"),
        SwitchTo(Label("⏹ Close it now"), id="close", state=ExamBoard.close, when="is_running"),
        Button(Label("🔄 Refresh"), id="refresh", on_click=refresh),
        Button(Label("⬅️ To the lesson"), id="desk", on_click=to_desk),
        state=ExamBoard.board,
        getter=exam_board,
        preview_data=_BOARD_PREVIEW,
    ),
    Window(
        T("➕ <b>{title}</b>: ends at {closes}"),
        T("How many more minutes does everybody get? Those who write are told at once."),
        choices(id="more", items="minutes", on_click=add_minutes, columns=4),
        _BOARD,
        state=ExamBoard.minutes,
        getter=exam_board,
        preview_data=_BOARD_PREVIEW,
    ),
    Window(
        T("⏹ Close <b>{title}</b> now?"),
        T(
            "{writing} student still writes: what they have answered counts.",
            "{writing} students still write: what they have answered counts.",
            count="writing",
        ),
        T("This cannot be undone."),
        Button(Label("⏹ Close it for all"), id="close_now", on_click=close_now, when="is_running"),
        SwitchTo(Label("⬅️ Let it go on"), id="board", state=ExamBoard.board),
        state=ExamBoard.close,
        getter=exam_board,
        preview_data=_BOARD_PREVIEW,
    ),
    Window(
        T("📊 <b>Results: {title}</b>"),
        T("{count} student", "{count} students", count="count"),
        Format("\n{lines}", when="has_lines"),
        T("\nNobody sat this exam.", when="is_empty"),
        T(
            "\n<code>+0.50</code> is the Rasch score: with 0 an average question is answered right every second time."
            " In brackets: where the true score lies 95 times of 100.",
            when="has_abilities",
        ),
        T("Page {page} of {page_count}", when="is_paged"),
        Row(
            Button(Label("⬅️ Previous"), id="previous", on_click=previous_page, when="has_previous"),
            Button(Label("Next ➡️"), id="next", on_click=next_page, when="has_more"),
        ),
        _BOARD,
        state=ExamBoard.results,
        getter=exam_results,
        preview_data={
            "title": "Foizlar",
            "count": 2,
            "lines": Safe("<b>1.</b> Ali Karimov · <b>93%</b> (28/30) · <code>+1.84</code> [+1.02; +2.66]"),
            "has_lines": True,
            "has_abilities": True,
            "page": 1,
            "page_count": 2,
            "is_paged": True,
            "has_previous": True,
            "has_more": True,
        },
    ),
    Window(
        T("👀 <b>Pairs to look at: {title}</b>"),
        T(
            "Their wrong answers agree more than chance explains. In ten exams of honest students, one such pair is to"
            " be expected. Tap a pair to see which mistakes they share.",
            when="has_pairs",
        ),
        T("No pair stands out.", when="is_empty"),
        choices(id="pair", items="pairs", on_click=open_pair, pages="pairs_page"),
        _BOARD,
        state=ExamBoard.pairs,
        getter=pairs,
        preview_data={"title": "Foizlar", "pairs": [("2-3", "Ali · Vali (9/11)")], "has_pairs": True},
    ),
    Window(
        T("👀 <b>{first}</b>\n👀 <b>{second}</b>\n"),
        T("Questions that both answered wrongly: {both}. In the same way: {same}."),
        T("By chance about {expected} would be the same; chance makes {odds} pairs agree so often."),
        T("This proves nothing: they may have learnt together. Look at where they sat, and talk with them.\n"),
        Format("{questions}"),
        T("… and {more} more", "… and {more} more", count="more", when="has_more"),
        SwitchTo(Label("⬅️ Back to the pairs"), id="pairs", state=ExamBoard.pairs),
        state=ExamBoard.pair,
        getter=pair,
        preview_data={
            "first": "Ali Karimov",
            "second": "Vali Aliyev",
            "both": 11,
            "same": 9,
            "expected": "3.6",
            "odds": "about one of 4,000",
            "questions": Safe("• 320 ning 15 foizi?\n   ❌ B) 32 · 14 students in all"),
            "more": 1,
            "has_more": True,
        },
    ),
)

exam_dialogs = (room_dialog, board_dialog)
