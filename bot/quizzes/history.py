from operator import itemgetter

from aiogram_dialog.widgets.kbd import Button, Column, Row, Select
from aiogram_dialog.widgets.text import Format

from bot.dialogs import Dialog, Window
from bot.i18n import Label, T
from bot.quizzes.actions import next_page, open_attempt, open_menu, previous_page
from bot.quizzes.getters import history_page
from bot.quizzes.states import Results

history = Dialog(
    Window(
        T("📊 <b>My quiz results</b>"),
        T("Tap one to see it, or to go on with it.", when="has_entries"),
        T("There are none yet. Every lesson with a quiz has a “📝 Quiz” button.", when="is_empty"),
        T("Page {page} of {page_count}", when="is_paged"),
        Column(
            Select(
                Format("{item[label]}"),
                id="attempt",
                item_id_getter=itemgetter("id"),
                items="entries",
                on_click=open_attempt,
            ),
        ),
        Row(
            Button(Label("⬅️ Newer"), id="previous", on_click=previous_page, when="has_previous"),
            Button(Label("Older ➡️"), id="next", on_click=next_page, when="has_more"),
        ),
        Button(Label("🏠 Menu"), id="menu", on_click=open_menu),
        state=Results.history,
        getter=history_page,
        preview_data={
            "entries": [
                {"id": "7", "label": "▶️ Proporsiya · go on (2 / 6)"},
                {"id": "6", "label": "📊 80% · Foiz nima? · 2 March 2026"},
            ],
            "is_empty": False,
            "has_entries": True,
            "page": 1,
            "page_count": 2,
            "is_paged": True,
            "has_previous": False,
            "has_more": True,
        },
    ),
)
