"""What a tap below a lesson does: sending its parts, marking where one stopped, check questions, Done."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button, Select

from bot.dialogs import given
from bot.i18n import _, current_language
from bot.learning.actions import shown_lesson
from bot.learning.delivery import LessonDelivery
from bot.learning.states import Lessons, show_bookmarks, show_course, show_lesson
from bot.services import current_user, services
from domain.courses.model import LessonPage, Part, PartId, PartKind
from domain.errors import InvalidInput
from domain.language import Language, Text
from domain.learning.errors import BeyondTheEnd, LessonUnfinished, PartGone
from domain.learning.model import SentPart
from domain.learning.study_model import PartStanding, Verdict
from domain.learning.timecodes import format_timecode, leading_timecode, parse_timecode
from domain.users.model import UserId

_RECORDINGS = frozenset({PartKind.VIDEO, PartKind.AUDIO, PartKind.VOICE})


async def open_parts(_start_data: Any, manager: DialogManager) -> None:
    """A lesson that was just opened is sent; one that was only left for its quiz is there already."""
    if not given(manager, "is_sent"):
        await _send_parts(manager)


async def send_again(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    manager.dialog_data.pop("passed", None)
    await _send_parts(manager, from_start=True)


async def next_part(query: CallbackQuery, _select: Select[int], manager: DialogManager, after: int) -> None:
    """The parts behind that one, once: the second tap of a double tap names the same part."""
    if manager.dialog_data.get("passed") == after:
        return
    manager.dialog_data["passed"] = after
    await _send_parts(manager, after=PartId(after))
    await manager.switch_to(Lessons.reading)


async def _send_parts(manager: DialogManager, *, after: PartId | None = None, from_start: bool = False) -> None:
    """The lesson itself goes into the chat as messages that stay; its buttons move below them."""
    user = current_user(manager)
    learning = services(manager).learning
    page = await learning.open_lesson(user.id, shown_lesson(manager), after=after, from_start=from_start)
    if page.lock is not None or not page.parts:
        return
    await send_page(manager, with_places(page, current_language()))
    manager.dialog_data["last_part"] = page.parts[-1].id
    manager.show_mode = ShowMode.DELETE_AND_SEND


async def send_page(manager: DialogManager, page: LessonPage) -> None:
    """Send the parts of the page, and remember what was sent when it was."""
    data = manager.middleware_data
    user, learning = current_user(manager), services(manager).learning
    parts = [part.id for part in page.parts]

    async def note(user_id: UserId, shown: Mapping[int, SentPart]) -> None:
        await learning.remember_sent(user_id, shown, parts)

    delivery = LessonDelivery(data["bot"], data["storage_of_files"], learning.remember_file_id, note)
    await delivery.send(user.id, page, current_language())


def with_places(page: LessonPage, language: Language) -> LessonPage:
    """Recordings say in their caption where the student stopped: a tap on the time goes there."""
    return replace(page, parts=tuple(_with_place(part, page.positions.get(part.id), language) for part in page.parts))


def _with_place(part: Part, position: int | None, language: Language) -> Part:
    if position is None or part.kind not in _RECORDINGS:
        return part
    place = _("⏸ You stopped at {time}").format(time=format_timecode(position))
    caption = part.text.read_in(language) if part.text else ""
    return replace(part, text=Text({language: f"{place}\n\n{caption}".rstrip()}))


async def finish_lesson(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    user, lesson_id = current_user(manager), shown_lesson(manager)
    try:
        next_id = await services(manager).learning.finish_lesson(user.id, lesson_id)
    except LessonUnfinished:
        await manager.switch_to(Lessons.unfinished)
        return
    if next_id is not None:
        await show_lesson(manager, next_id)
        return
    page = await services(manager).learning.lesson(user.id, lesson_id)
    course = await services(manager).learning.course(user.id, page.course.id)
    if course.completed_at is not None:
        await query.answer(_("🎉 That was the last lesson of the course. Well done!"), show_alert=True)
    else:
        await query.answer(_("✅ Done. Some earlier lessons of the course are still waiting."), show_alert=True)
    await show_course(manager, page.course.id)


async def say_where_stopped(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _choose(query, manager, Lessons.stopped.state or "", (await _reading_parts(manager))[0])


async def add_bookmark(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Recordings are asked for the moment; what has no time is marked at once."""
    reading = await services(manager).learning.reading(current_user(manager).id, shown_lesson(manager))
    await _choose(query, manager, Lessons.bookmark.state or "", reading.standing.sent)


async def open_question(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _choose(query, manager, Lessons.question.state or "", (await _reading_parts(manager))[1])


async def _reading_parts(manager: DialogManager) -> tuple[tuple[PartStanding, ...], tuple[PartStanding, ...]]:
    reading = await services(manager).learning.reading(current_user(manager).id, shown_lesson(manager))
    return reading.standing.timed, reading.standing.asking


async def _choose(query: CallbackQuery, manager: DialogManager, purpose: str, parts: tuple[PartStanding, ...]) -> None:
    """Straight on with the only part, or ask which of several; a button that came too late only redraws."""
    manager.dialog_data["purpose"] = purpose
    if len(parts) == 1:
        await _with_part(query, manager, parts[0].part_id, is_timed=parts[0].is_timed)
    elif parts:
        await manager.switch_to(Lessons.part)
    else:
        await manager.switch_to(Lessons.reading)


async def choose_part(query: CallbackQuery, _select: Select[int], manager: DialogManager, part_id: int) -> None:
    reading = await services(manager).learning.reading(current_user(manager).id, shown_lesson(manager))
    part = next((one for one in reading.standing.parts if one.part_id == part_id), None)
    await _with_part(query, manager, part_id, is_timed=part is None or part.is_timed)


async def _with_part(query: CallbackQuery, manager: DialogManager, part_id: int, *, is_timed: bool) -> None:
    """The screen says so when the part is gone."""
    manager.dialog_data["part_id"] = part_id
    if manager.dialog_data.get("purpose") == Lessons.bookmark.state and not is_timed:
        await _save_whole(query, manager)
        return
    purposes = {state.state: state for state in (Lessons.stopped, Lessons.bookmark, Lessons.question)}
    await manager.switch_to(purposes.get(manager.dialog_data.get("purpose"), Lessons.reading))


def chosen_part(manager: DialogManager) -> PartId:
    return PartId(manager.dialog_data.get("part_id", 0))


async def type_position(message: Message, _input: Any, manager: DialogManager) -> None:
    """Unreadable times and times behind the end are explained, and asked for once more."""
    manager.show_mode = ShowMode.DELETE_AND_SEND
    position = parse_timecode(message.text or "")
    if position is None:
        await message.answer(not_a_time())
        return
    user, lesson_id = current_user(manager), shown_lesson(manager)
    try:
        part = await services(manager).study.stop_at(user.id, lesson_id, chosen_part(manager), position)
    except BeyondTheEnd as error:
        await message.answer(beyond_the_end(error))
        return
    except PartGone:
        await message.answer(part_gone())
    else:
        await message.answer(stop_noted(part, position))
    await manager.switch_to(Lessons.reading)


async def see_all(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    user, lesson_id = current_user(manager), shown_lesson(manager)
    try:
        await services(manager).study.see(user.id, lesson_id, chosen_part(manager))
    except PartGone:
        await query.answer(part_gone(), show_alert=True)
    await manager.switch_to(Lessons.reading)


async def type_bookmark(message: Message, _input: Any, manager: DialogManager) -> None:
    manager.show_mode = ShowMode.DELETE_AND_SEND
    text = message.text or ""
    whole = parse_timecode(text)
    mark = (whole, "") if whole is not None else leading_timecode(text)
    if mark is None:
        await message.answer(not_a_time())
        return
    user, lesson_id = current_user(manager), shown_lesson(manager)
    try:
        await services(manager).bookmarks.add(user.id, lesson_id, chosen_part(manager), *mark)
    except BeyondTheEnd as error:
        await message.answer(beyond_the_end(error))
        return
    except InvalidInput:
        await message.answer(title_too_long())
        return
    except PartGone:
        await message.answer(part_gone())
    else:
        await message.answer(bookmark_saved(*mark), parse_mode=None)
    await manager.switch_to(Lessons.reading)


async def save_whole(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _save_whole(query, manager)


async def _save_whole(query: CallbackQuery, manager: DialogManager) -> None:
    """The chosen part without a time; a second tap marks nothing new."""
    user, lesson_id = current_user(manager), shown_lesson(manager)
    try:
        await services(manager).bookmarks.add(user.id, lesson_id, chosen_part(manager), None, "")
    except PartGone:
        await query.answer(part_gone(), show_alert=True)
    else:
        await query.answer(f"🔖 {_('Saved. /bookmarks shows all of them.')}")
    await manager.switch_to(Lessons.reading)


async def lesson_bookmarks(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_bookmarks(manager, shown_lesson(manager))


async def answer_question(query: CallbackQuery, _select: Select[str], manager: DialogManager, choice: str) -> None:
    """`choice` is the part's version and the option: what was asked, not what the question may be by now."""
    version, _separator, option = choice.partition("-")
    user, lesson_id = current_user(manager), shown_lesson(manager)
    try:
        verdict = await services(manager).study.answer(
            user.id, lesson_id, chosen_part(manager), version=_number(version), option=_number(option)
        )
    except PartGone:
        await query.answer(part_gone(), show_alert=True)
        await manager.switch_to(Lessons.reading)
        return
    match verdict:
        case Verdict.RIGHT:
            await query.answer(_("✅ Right! This part is done."))
        case Verdict.ANSWERED:
            await query.answer(_("You have answered this question already."))
        case Verdict.WRONG:
            await query.answer(_("Not quite. Look at the part once more, and try again in a minute."), show_alert=True)
        case Verdict.TOO_SOON:
            await query.answer(_("One try a minute: look at the part once more meanwhile."), show_alert=True)
        case Verdict.CHANGED:
            await query.answer(_("The question has changed. Here is the new one."), show_alert=True)
    if verdict in (Verdict.RIGHT, Verdict.ANSWERED):
        await manager.switch_to(Lessons.reading)


def _number(raw: str) -> int:
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 9 else -1


def not_a_time() -> str:
    return _("I could not read the time. Please write it like 12:40 or 1:02:03.")


def beyond_the_end(error: BeyondTheEnd) -> str:
    return _("The recording ends at {time}. Please check the time and send it again.").format(
        time=format_timecode(error.seconds)
    )


def title_too_long() -> str:
    return _("The title is too long: up to 120 characters, please.")


def part_gone() -> str:
    return _("This part is not in the lesson any more.")


def bookmark_saved(second: int | None, title: str) -> str:
    """Plain text: the title is as its writer typed it."""
    time = "" if second is None else f" {format_timecode(second)}"
    mark = f"🔖{time} {title}".rstrip()
    return f"{mark}\n\n{_('Saved. /bookmarks shows all of them.')}"


def stop_noted(part: PartStanding, position: int) -> str:
    if part.is_seen_at(position):
        return _("✅ You have seen this part to the end.")
    return _("⏸ Noted: {time}. The lesson will remind you where you stopped.").format(time=format_timecode(position))
