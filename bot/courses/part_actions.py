"""What a teacher does with one part of a lesson, and where that leads."""

from html import escape
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button

from bot.courses.at_hand import shown_course, shown_lesson
from bot.courses.kept_part import packed
from bot.courses.materials import material_of
from bot.courses.states import LessonDesk, PartDesk, show_lesson_desk
from bot.courses.words import KINDS, part_line, seconds_words
from bot.dialogs import given
from bot.i18n import _, current_language, shorten
from bot.limits import units
from bot.services import current_user, services
from bot.writing import markdown_of
from domain.courses.errors import EditConflict, WorkGone
from domain.courses.links import parse_duration
from domain.courses.materials import Writing
from domain.courses.model import Course, Part, PartId, PartKind
from domain.courses.parts import ASKED_OF
from domain.language import Text
from domain.quizzes.checks import check_question

SHOWN = 3000
"""UTF-16 units of a text that fits on the screen where it is edited; a longer one is sent before it, in pieces."""
SHOWN_IN_CONFLICT = 1200


def shown_part(manager: DialogManager) -> PartId:
    return PartId(given(manager, "part_id"))


async def part_card(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    try:
        course, part = await _part(dialog_manager)
    except WorkGone:
        return {"part": None, "is_gone": True}
    words = _words(course, part)
    return {
        "part": part_line(part, current_language(), limit=300),
        "is_gone": False,
        "kind": _(KINDS[part.kind]),
        "words": words,
        "is_wordless": not words,
        "is_short": bool(words) and units(words) <= SHOWN,
        "is_long": units(words) > SHOWN,
        "url": part.link.url if part.link else None,
        "duration": seconds_words(part.duration_seconds) if part.duration_seconds else None,
        "question": part.question.text.read_in(current_language()) if part.question else None,
        "options": _options(part),
        "is_text": part.kind is PartKind.TEXT,
        "has_file": bool(part.media),
        "is_link": part.link is not None,
        "may_ask": part.kind in ASKED_OF,
    }


async def conflict(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    data = dialog_manager.dialog_data
    theirs = data.get("theirs")
    return {
        "mine": shorten(data.get("mine", ""), SHOWN_IN_CONFLICT),
        "theirs": shorten(theirs, SHOWN_IN_CONFLICT) if theirs else None,
        "is_gone": not data.get("their_version"),
        "can_replace": bool(data.get("their_version")),
    }


async def back_to_parts(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_lesson_desk(manager, shown_course(manager), shown_lesson(manager), LessonDesk.parts)


async def part_up(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _move(query, manager, up=True)


async def part_down(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _move(query, manager, up=False)


async def edit_text(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """The text as it is now comes with its version: whoever saves over a newer one is told."""
    course, part = await _part(manager)
    manager.dialog_data["version"] = part.version
    words = _words(course, part)
    if units(words) > SHOWN:
        bot = manager.middleware_data["bot"]
        for start in range(0, len(words), SHOWN // 2):
            piece = escape(words[start : start + SHOWN // 2], quote=False)
            await bot.send_message(query.from_user.id, f"<pre>{piece}</pre>")
        manager.show_mode = ShowMode.DELETE_AND_SEND
    await manager.switch_to(PartDesk.text)


async def send_text(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    await _save(manager, markdown_of(message), manager.dialog_data.get("version", 1))
    return True


async def replace_theirs(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _save(manager, manager.dialog_data["mine"], manager.dialog_data["their_version"])


async def keep_theirs(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data.pop("mine", None)
    await manager.switch_to(PartDesk.card)


async def add_mine(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Neither of the two texts is lost: mine goes behind the lesson's last part."""
    writing = Writing(text=manager.dialog_data.pop("mine"))
    part = await services(manager).authoring.add_part(current_user(manager).id, shown_lesson(manager), writing)
    added = {"part_id": part.id, "line": part_line(part, current_language())}
    await show_lesson_desk(manager, shown_course(manager), shown_lesson(manager), added=added)


async def send_file(message: Message, manager: DialogManager) -> bool:
    material = material_of(message, manager.middleware_data["bot"].id)
    if material is None:
        return False
    await services(manager).part_editing.replace_file(
        current_user(manager).id, shown_lesson(manager), shown_part(manager), material
    )
    await _to_card(manager)
    return True


async def type_duration(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    seconds = parse_duration(message.text)
    await services(manager).part_editing.set_link_duration(
        current_user(manager).id, shown_lesson(manager), shown_part(manager), seconds
    )
    await _to_card(manager)
    return True


async def type_question(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    course, part = await _part(manager)
    question = check_question(course.language, message.text)
    await services(manager).part_editing.set_question(
        current_user(manager).id, shown_lesson(manager), part.id, question
    )
    await _to_card(manager)
    return True


async def drop_question(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).part_editing.set_question(
        current_user(manager).id, shown_lesson(manager), shown_part(manager), None
    )
    await query.answer(_("No question any more."))
    await manager.switch_to(PartDesk.card)


async def delete_part(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    lesson_id = shown_lesson(manager)
    part = await services(manager).part_editing.remove(current_user(manager).id, lesson_id, shown_part(manager))
    await query.answer(_("Deleted."))
    removed = {"part": packed(part), "line": part_line(part, current_language())}
    await show_lesson_desk(manager, shown_course(manager), lesson_id, LessonDesk.parts, removed=removed)


async def _part(manager: DialogManager) -> tuple[Course, Part]:
    return await services(manager).part_editing.part(
        current_user(manager).id, shown_lesson(manager), shown_part(manager)
    )


async def _move(query: CallbackQuery, manager: DialogManager, *, up: bool) -> None:
    moved = await services(manager).part_editing.move(
        current_user(manager).id, shown_lesson(manager), shown_part(manager), up=up
    )
    if not moved:
        await query.answer(_("It is the first part already.") if up else _("It is the last part already."))
        return
    await query.answer(_("Moved."))
    await show_lesson_desk(manager, shown_course(manager), shown_lesson(manager), LessonDesk.parts)


async def _save(manager: DialogManager, text: str, version: int) -> None:
    editing, actor_id = services(manager).part_editing, current_user(manager).id
    try:
        await editing.rewrite(actor_id, shown_lesson(manager), shown_part(manager), text, version)
    except EditConflict as error:
        await _ask(manager, text, error.current)
        return
    manager.dialog_data.pop("mine", None)
    await _to_card(manager)


async def _ask(manager: DialogManager, mine: str, current: Text | None) -> None:
    data = manager.dialog_data
    data["mine"], data["theirs"], data["their_version"] = mine, None, None
    try:
        course, part = await _part(manager)
    except WorkGone:
        data["their_version"] = None
    else:
        data["theirs"] = current.read_in(course.language) if current else _words(course, part)
        data["their_version"] = part.version
    manager.show_mode = ShowMode.DELETE_AND_SEND
    await manager.switch_to(PartDesk.conflict)


async def _to_card(manager: DialogManager) -> None:
    manager.show_mode = ShowMode.DELETE_AND_SEND
    await manager.switch_to(PartDesk.card)


def _words(course: Course, part: Part) -> str:
    return part.text.read_in(course.language) if part.text else ""


def _options(part: Part) -> str:
    if part.question is None:
        return ""
    language, correct = current_language(), part.question.correct
    return "\n".join(
        f"{'✅' if number == correct else '▫️'} {option.read_in(language)}"
        for number, option in enumerate(part.question.options)
    )
