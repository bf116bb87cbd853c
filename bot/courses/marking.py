"""Written answers that wait for a mark."""

from datetime import datetime
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from bot.courses.question_states import Marking
from bot.courses.states import show_studio
from bot.i18n import _, current_language, shorten
from bot.services import current_user, services
from domain.errors import InvalidInput
from domain.quizzes.card_model import AlreadyMarked, Sheet
from domain.quizzes.keys import Essay
from domain.quizzes.marks import typed_points
from domain.quizzes.model import HUNDREDTHS, AttemptId, QuestionId

_SHARES = (0, 25, 50, 75, 100)
_SHOWN = 3_000
"""Characters of an answer on the screen."""


async def waiting(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    data = dialog_manager.dialog_data
    keys = data.get("keys", [])
    entries, has_more = await services(dialog_manager).marking.waiting(
        current_user(dialog_manager).id, _key(keys[-1]) if keys else None
    )
    language = current_language()
    data["shown"] = [[entry.attempt_id, entry.question_id] for entry in entries]
    last = entries[-1] if has_more else None
    data["next_key"] = [last.answered_at.isoformat(), last.attempt_id, last.question_id] if last else None
    return {
        "entries": [
            (number, f"✍️ {shorten(entry.student, 20)} · {shorten(entry.lesson_title.read_in(language), 24)}")
            for number, entry in enumerate(entries)
        ],
        "is_empty": not entries and not keys,
        "has_entries": bool(entries),
        "has_more": has_more,
        "has_earlier": bool(keys),
    }


async def later(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    if (key := manager.dialog_data.get("next_key")) is not None:
        manager.dialog_data["keys"] = [*manager.dialog_data.get("keys", []), key]


async def earlier(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data["keys"] = manager.dialog_data.get("keys", [])[:-1]


async def to_courses(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_studio(manager)


async def choose_entry(query: CallbackQuery, select: Select[int], manager: DialogManager, number: int) -> None:
    shown = manager.dialog_data.get("shown", [])
    if number < len(shown):
        manager.dialog_data.update(sheet=shown[number], comment=None, keys=[])
        await manager.switch_to(Marking.sheet)


async def sheet(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    shown = await _sheet(dialog_manager)
    dialog_manager.dialog_data["seen"] = shown.marked_at.isoformat() if shown.marked_at else None
    key, language = shown.question.key, shown.language
    comment = dialog_manager.dialog_data.get("comment")
    return {
        "student": shown.student,
        "lesson": shown.lesson_title.read_in(current_language()),
        "question": shorten(shown.question.text.read_in(language), 400),
        "answer": shorten(shown.text, _SHOWN),
        "guide": shorten(key.guide.read_in(language), 300) if isinstance(key, Essay) and key.guide else None,
        "most": shown.question.points,
        "points": _points(shown.points) if shown.points is not None else None,
        "comment": comment if comment is not None else shown.comment,
        "marked_by": shown.marked_by,
        "shares": [(share, f"{share}%") for share in _SHARES],
        "is_marked": shown.points is not None,
    }


async def choose_share(query: CallbackQuery, select: Select[int], manager: DialogManager, share: int) -> None:
    if share in _SHARES:
        most = (await _sheet(manager)).question.points
        await _mark(manager, most * share * HUNDREDTHS // 100)
        await query.answer(_("✅ Marked"))


async def type_mark(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    await _mark(manager, typed_points(message.text, (await _sheet(manager)).question.points))
    return True


async def type_comment(message: Message, manager: DialogManager) -> bool:
    """It is kept with the mark: at once when there is one already."""
    if message.text is None:
        return False
    if len(message.text) > 2_000:
        raise InvalidInput("comment", "too_long")
    manager.dialog_data["comment"] = message.text
    shown = await _sheet(manager)
    if shown.points is not None:
        await _mark(manager, shown.points)
    await manager.switch_to(Marking.sheet)
    return True


async def undo(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    seen = _seen(manager)
    if seen is None:
        raise AlreadyMarked
    await services(manager).marking.take_back(current_user(manager).id, *_ids(manager), seen)


async def _mark(manager: DialogManager, points: int) -> None:
    """A mark that a colleague has set since this screen was drawn is not overwritten."""
    shown = await _sheet(manager)
    comment = manager.dialog_data.get("comment")
    await services(manager).marking.mark(
        current_user(manager).id,
        *_ids(manager),
        points,
        comment=comment if comment is not None else shown.comment,
        seen=_seen(manager),
    )


async def _sheet(manager: DialogManager) -> Sheet:
    return await services(manager).marking.sheet(current_user(manager).id, *_ids(manager))


def _ids(manager: DialogManager) -> tuple[AttemptId, QuestionId]:
    attempt_id, question_id = manager.dialog_data.get("sheet", (0, 0))
    return AttemptId(attempt_id), QuestionId(question_id)


def _seen(manager: DialogManager) -> datetime | None:
    seen = manager.dialog_data.get("seen")
    return datetime.fromisoformat(seen) if seen else None


def _key(raw: list[Any]) -> tuple[datetime, AttemptId, QuestionId]:
    return datetime.fromisoformat(raw[0]), AttemptId(raw[1]), QuestionId(raw[2])


def _points(hundredths: int) -> str:
    return f"{hundredths / HUNDREDTHS:g}"
