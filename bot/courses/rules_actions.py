"""What a teacher sets about the opening and passing of a lesson."""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from bot.courses.at_hand import shown_course, shown_lesson
from bot.courses.states import RulesDesk, show_lesson_desk, show_rules_desk
from bot.courses.words import opening_line
from bot.i18n import _, current_language
from bot.links import number_in
from bot.services import current_user, services
from domain.courses.workshop import LessonWork
from domain.errors import InvalidInput

_SCORES = (50, 60, 70, 80, 90, 100)


async def open_rules(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_rules_desk(manager, shown_course(manager), shown_lesson(manager))


async def back_to_lesson(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_lesson_desk(manager, shown_course(manager), shown_lesson(manager))


async def lesson_rules(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    work = await _work(dialog_manager)
    lesson = work.line.lesson
    opening = opening_line(lesson, current_user(dialog_manager).timezone)
    percent = lesson.pass_percent
    return {
        "number": work.line.number,
        "title": lesson.title.read_in(current_language()),
        "opening": opening or _("🔓 Opens at once"),
        "gate": _("🚧 The lessons behind it open when it is finished") if lesson.is_gate else None,
        "passing": _("🎯 Quiz: {percent}% or more").format(percent=percent) if percent is not None else None,
        "can_open": opening is not None,
        "can_gate": not lesson.is_gate,
        "can_ungate": lesson.is_gate,
        "has_questions": work.line.question_count > 0 or percent is not None,
    }


async def percents(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    facts = await lesson_rules(dialog_manager, **data)
    return {**facts, "percents": [(score, f"{score}%") for score in _SCORES], "has_percent": bool(facts["passing"])}


async def type_date(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    await services(manager).lesson_rules.open_at(current_user(manager).id, shown_lesson(manager), message.text)
    await manager.switch_to(RulesDesk.rules)
    return True


async def type_days(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    await services(manager).lesson_rules.open_after(current_user(manager).id, shown_lesson(manager), message.text)
    await manager.switch_to(RulesDesk.rules)
    return True


async def open_at_once(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).lesson_rules.open_now(current_user(manager).id, shown_lesson(manager))
    await query.answer(_("It waits for no date any more."))


async def make_gate(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).lesson_rules.set_gate(current_user(manager).id, shown_lesson(manager), is_gate=True)
    await query.answer(_("The lessons behind it open for whoever finishes it."))


async def no_gate(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).lesson_rules.set_gate(current_user(manager).id, shown_lesson(manager), is_gate=False)
    await query.answer(_("The lessons behind it do not wait for it any more."))


async def choose_percent(query: CallbackQuery, select: Select[int], manager: DialogManager, percent: int) -> None:
    await _pass_at(manager, percent)


async def type_percent(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    percent = number_in(message.text.strip().removesuffix("%").strip())
    if percent is None:
        raise InvalidInput("percent", "format")
    await _pass_at(manager, percent)
    return True


async def any_score(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _pass_at(manager, None)


async def _pass_at(manager: DialogManager, percent: int | None) -> None:
    await services(manager).lesson_rules.set_pass_percent(current_user(manager).id, shown_lesson(manager), percent)
    await manager.switch_to(RulesDesk.rules)


async def _work(manager: DialogManager) -> LessonWork:
    return await services(manager).authoring.lesson_work(current_user(manager).id, shown_lesson(manager))
