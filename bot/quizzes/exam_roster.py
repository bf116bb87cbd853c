"""The board's list of students: who is ready, how far each is, and who is missing."""

from html import escape
from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo
from aiogram_dialog.widgets.text import Format

from bot.dialogs import Window
from bot.i18n import Label, Safe, T, _, current_language
from bot.quizzes.exam_getters import lesson_of
from bot.quizzes.exam_states import ExamBoard
from bot.services import current_user, services
from domain.quizzes.exams.roster import Roster
from domain.quizzes.exams.roster_ports import Sitter

_TRAIL, _MISSING, _NEXT = "roster_trail", "roster_missing", "roster_next"


def _trail(manager: DialogManager) -> list[list[Any]]:
    """Where the pages before the open one ended, without the first."""
    return manager.dialog_data.setdefault(_TRAIL, [])


def _line(sitter: Sitter, roster: Roster) -> str:
    name = escape(sitter.name, quote=False)
    if sitter.finished_at is not None:
        return f"🏁 {name} · {sitter.answered}/{sitter.total}"
    if sitter.has_begun:
        return f"✍️ {name} · {sitter.answered}/{sitter.total}"
    if roster.has_opened:
        return f"▫️ {name} · {_('not started')}"
    return f"🙋 {name} · {_('ready')}" if sitter.is_ready else f"▫️ {name}"


async def roster_page(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    trail = _trail(dialog_manager)
    only_missing = bool(dialog_manager.dialog_data.get(_MISSING))
    after = (str(trail[-1][0]), int(trail[-1][1])) if trail else None
    roster = await services(dialog_manager).exam_roster.page(
        current_user(dialog_manager).id, lesson_of(dialog_manager), after, only_missing=only_missing
    )
    dialog_manager.dialog_data[_NEXT] = list(roster.next_after) if roster.next_after else None
    return {
        "title": roster.title.read_in(current_language()),
        "lines": Safe("\n".join(_line(sitter, roster) for sitter in roster.sitters)),
        "has_lines": bool(roster.sitters),
        "is_empty": not roster.sitters and not trail and not only_missing,
        "is_complete": not roster.sitters and not trail and only_missing,
        "only_missing": only_missing,
        "can_narrow": roster.has_opened and not only_missing,
        "tells_signs": roster.has_opened and not only_missing,
        "has_previous": bool(trail),
        "has_next": roster.next_after is not None,
    }


async def open_roster(_query: CallbackQuery, _button: Any, manager: DialogManager) -> None:
    manager.dialog_data[_MISSING] = False
    _trail(manager).clear()
    await manager.switch_to(ExamBoard.students)


async def narrow_roster(_query: CallbackQuery, _button: Any, manager: DialogManager) -> None:
    """Everybody, or only who has not begun."""
    manager.dialog_data[_MISSING] = not manager.dialog_data.get(_MISSING)
    _trail(manager).clear()


async def later_names(_query: CallbackQuery, _button: Any, manager: DialogManager) -> None:
    following = manager.dialog_data.get(_NEXT)
    if following is not None:
        _trail(manager).append(following)


async def earlier_names(_query: CallbackQuery, _button: Any, manager: DialogManager) -> None:
    if _trail(manager):
        _trail(manager).pop()


async def redraw_roster(_query: CallbackQuery, _button: Any, _manager: DialogManager) -> None:
    """The getter reads it anew."""


roster_window = Window(
    T("👥 <b>Students: {title}</b>"),
    T("Those who have not started yet.", when="only_missing"),
    Format("\n{lines}", when="has_lines"),
    T("\nNobody takes this course yet.", when="is_empty"),
    T("\n✅ Everybody has started.", when="is_complete"),
    T("\n✍️ writes, 🏁 has finished: how many questions are answered of how many.", when="tells_signs"),
    Row(
        Button(Label("⬅️ Previous"), id="earlier", on_click=earlier_names, when="has_previous"),
        Button(Label("Next ➡️"), id="later", on_click=later_names, when="has_next"),
    ),
    Button(Label("🔎 Who is missing"), id="missing", on_click=narrow_roster, when="can_narrow"),
    Button(Label("👥 Everybody"), id="everybody", on_click=narrow_roster, when="only_missing"),
    Button(Label("🔄 Refresh"), id="refresh_roster", on_click=redraw_roster),
    SwitchTo(Label("⬅️ Back to the exam"), id="board", state=ExamBoard.board),
    state=ExamBoard.students,
    getter=roster_page,
    preview_data={
        "title": "Foizlar",
        "lines": Safe("✍️ Ali Karimov · 12/30\n▫️ Vali Aliyev · not started"),
        "has_lines": True,
        "is_empty": True,
        "is_complete": True,
        "only_missing": True,
        "can_narrow": True,
        "tells_signs": True,
        "has_previous": True,
        "has_next": True,
    },
)
