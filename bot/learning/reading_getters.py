"""What the screens below a lesson show."""

from typing import Any

from aiogram_dialog import DialogManager

from bot.i18n import _, current_language, shorten
from bot.learning.actions import shown_lesson
from bot.learning.reading_actions import chosen_part
from bot.learning.states import Lessons
from bot.services import current_user, services
from domain.courses.model import PartKind
from domain.learning.errors import PartGone
from domain.learning.study_model import PartStanding, Reading
from domain.learning.timecodes import format_timecode

_ICONS = {PartKind.VIDEO: "🎬", PartKind.AUDIO: "🎵", PartKind.VOICE: "🎙", PartKind.LINK: "🔗"}
_ICON = "📄"
_LETTERS = "ABCDEFGHIJ"
_SHORT = 32
"""Options up to this length stand on their buttons alone."""


def icon_of(kind: PartKind | None) -> str:
    """What stands before a part in lists; None for one that is gone."""
    return _ICON if kind is None else _ICONS.get(kind, _ICON)


def standing_facts(reading: Reading, dialog_data: dict[str, Any]) -> dict[str, Any]:
    """How far the reader is: for an open lesson only."""
    standing = reading.standing
    total, is_done = len(standing.parts), reading.page.finished_at is not None
    minutes = -(-standing.seconds_left // 60)
    stopped = standing.stopped if not is_done else None
    number = standing.number_of(stopped.part_id) if stopped else None
    following = _following(reading, dialog_data)
    return {
        "done": standing.done_count,
        "total": total,
        "minutes": minutes,
        "has_parts": total > 1 and not is_done and minutes == 0,
        "has_parts_left": total > 1 and not is_done and minutes > 0,
        "stopped": format_timecode(stopped.position_seconds or 0) if stopped else None,
        "stopped_in": number,
        "has_stopped": stopped is not None and total == 1,
        "has_stopped_in_part": stopped is not None and total > 1,
        "next_parts": [(following, _("▶️ Next part"))] if following is not None else [],
        "is_asking": bool(standing.asking),
        "has_recordings": bool(standing.timed),
        "has_parts_to_mark": bool(standing.sent),
        "may_learn_to_mark": bool(standing.sent) and not standing.has_marked,
    }


def _following(reading: Reading, dialog_data: dict[str, Any]) -> int | None:
    """Behind which part the next step begins; None when everything was sent and shown."""
    parts = reading.standing.parts
    last = dialog_data.get("last_part")
    if last is None or reading.standing.number_of(last) is None:
        sent = [part.part_id for part in parts if part.opened_at is not None]
        last = sent[-1] if sent else 0
    is_at_the_end = bool(parts) and last == parts[-1].part_id
    return None if not parts or (is_at_the_end and reading.standing.is_all_sent) else last


async def unfinished(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """What the lesson still asks for, and the buttons that lead there."""
    reading = await services(dialog_manager).learning.reading(
        current_user(dialog_manager).id, shown_lesson(dialog_manager)
    )
    lacks = reading.lacks
    return {
        "title": reading.page.lesson.title.read_in(current_language()),
        "unopened": lacks.unopened,
        "has_unopened": lacks.unopened > 0,
        "unanswered": len(lacks.unanswered),
        "has_unanswered": bool(lacks.unanswered),
        "pass_percent": lacks.pass_percent,
        "needs_quiz": lacks.pass_percent is not None,
        "best": lacks.best_percent,
        "has_best": lacks.pass_percent is not None and lacks.best_percent is not None,
        "is_ready": lacks.is_nothing,
        "is_missing": not lacks.is_nothing,
        "next_parts": standing_facts(reading, dialog_manager.dialog_data)["next_parts"] if lacks.unopened else [],
    }


async def part_choice(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    reading = await services(dialog_manager).learning.reading(
        current_user(dialog_manager).id, shown_lesson(dialog_manager)
    )
    purpose, standing = dialog_manager.dialog_data.get("purpose"), reading.standing
    is_question, is_bookmark = purpose == Lessons.question.state, purpose == Lessons.bookmark.state
    parts = standing.asking if is_question else standing.sent if is_bookmark else standing.timed
    return {
        "parts": [(part.part_id, _part_line(reading, part)) for part in parts],
        "is_question": is_question,
        "is_recording": not is_question,
        "is_bookmark": is_bookmark,
    }


async def typed_part(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The recording that a time is typed for."""
    reading = await services(dialog_manager).learning.reading(
        current_user(dialog_manager).id, shown_lesson(dialog_manager)
    )
    part_id = chosen_part(dialog_manager)
    part = next((one for one in reading.standing.timed if one.part_id == part_id), None)
    if part is None:
        return {"part": None, "is_gone": True}
    return {"part": _part_line(reading, part), "is_gone": False}


async def check_question(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    language = current_language()
    try:
        view = await services(dialog_manager).study.question(
            current_user(dialog_manager).id, shown_lesson(dialog_manager), chosen_part(dialog_manager)
        )
    except PartGone:
        return {"is_gone": True, "question": None, "choices": []}
    options = [option.read_in(language) for option in view.options]
    letters = [_LETTERS[place] if place < len(_LETTERS) else str(place + 1) for place in range(len(options))]
    has_letters = any(len(option) > _SHORT for option in options)
    return {
        "is_gone": False,
        "is_open": not view.is_answered,
        "is_answered": view.is_answered,
        "number": view.number,
        "question": view.text.read_in(language),
        "options": "\n".join(f"{letter}) {option}" for letter, option in zip(letters, options, strict=True)),
        "has_letters": has_letters,
        "choices": [
            (f"{view.version}-{place}", letters[place] if has_letters else option)
            for place, option in enumerate(options)
        ],
    }


def _part_line(reading: Reading, part: PartStanding) -> str:
    number = reading.standing.number_of(part.part_id)
    caption = " ".join(part.caption.read_in(current_language()).split()) if part.caption else ""
    name = caption or _("Part {number}").format(number=number)
    return f"{number}. {icon_of(part.kind)} {shorten(name, 40)}"
