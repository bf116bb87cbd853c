"""The settings card of a quiz: each line of it is a button that changes it."""

from dataclasses import replace
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from bot.courses.at_hand import shown_course, shown_lesson
from bot.courses.inputs import tapped
from bot.courses.question_states import QuizCard, show_banks
from bot.courses.quiz_card_words import CHOICES, PROMPTS, REVEALS, card_lines, pool_line
from bot.courses.states import LessonDesk, show_lesson_desk
from bot.i18n import _, current_language, day_and_time
from bot.quizzes.states import show_exam_board
from bot.services import current_user, services
from domain.courses.model import LessonId
from domain.quizzes.card_model import SettingsCard
from domain.quizzes.cards import QuizSettingsService, whole_number
from domain.quizzes.exams.changes import Hold
from domain.quizzes.settings import BankId, Face, Pool, Reveal
from domain.users.model import UserId


async def card(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    shown = await _card(dialog_manager)
    facts, settings = shown.facts, shown.facts.settings
    return {
        "title": facts.lesson_title.read_in(current_language()),
        "lines": card_lines(shown, current_user(dialog_manager).timezone),
        "warns_of_polls": shown.warns_of_polls,
        "buttons": facts.unpollable_count,
        "is_short": any(line.is_short for line in shown.pools),
        "is_exam": settings.is_exam,
        "is_usual": not settings.is_exam,
        "is_free": shown.hold is None,
        "is_planned": settings.is_exam and shown.hold is None,
        "goes_on": shown.hold is Hold.GOES_ON,
        "was_sat": shown.hold is Hold.SAT,
    }


async def back_to_lesson(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_lesson_desk(manager, shown_course(manager), shown_lesson(manager), LessonDesk.questions)


@tapped
async def shuffle_questions(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    settings = (await _card(manager)).facts.settings
    await _service(manager).shuffle(*_who_where(manager), questions=not settings.shuffles_questions)


async def shuffle_options(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    settings = (await _card(manager)).facts.settings
    await _service(manager).shuffle(*_who_where(manager), options=not settings.shuffles_options)


@tapped
async def change_face(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    face = (await _card(manager)).facts.settings.face
    await _service(manager).set_face(*_who_where(manager), Face.POLLS if face is Face.BUTTONS else Face.BUTTONS)


@tapped
async def begin_exam(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """What an exam lacks is told here, before the question whether to make it one."""
    replace((await _card(manager)).facts.settings, is_exam=True).checked()
    await manager.switch_to(QuizCard.exam)


async def exam_question(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    facts = (await _card(dialog_manager)).facts
    settings, timezone = facts.settings, current_user(dialog_manager).timezone
    return {
        "title": facts.lesson_title.read_in(current_language()),
        "opens": day_and_time(settings.opens_at, timezone) if settings.opens_at else "",
        "closes": day_and_time(settings.closes_at, timezone) if settings.closes_at else "",
        "has_dates": settings.opens_at is not None and settings.closes_at is not None,
        "is_exam": settings.is_exam,
        "is_usual": not settings.is_exam,
    }


@tapped
async def make_exam(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _service(manager).set_exam(*_who_where(manager), is_exam=True)
    await query.answer(_("🎓 It is an exam now. Everybody in the course is being told."))
    await manager.switch_to(QuizCard.card)


@tapped
async def call_off(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _service(manager).set_exam(*_who_where(manager), is_exam=False)
    await query.answer(_("✖️ The exam is called off. Its students are being told."))
    await manager.switch_to(QuizCard.card)


async def open_board(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_exam_board(manager, shown_lesson(manager))


async def choose_line(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """One of the lines that are numbers."""
    if button.widget_id in PROMPTS:
        manager.dialog_data["line"] = button.widget_id
        await manager.switch_to(QuizCard.number)


async def choose_moment(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data["line"] = button.widget_id
    await manager.switch_to(QuizCard.moment)


async def number_line(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    line = dialog_manager.dialog_data.get("line", "attempts")
    return {
        "prompt": _(PROMPTS[line]),
        "numbers": [(number, str(number)) for number in CHOICES[line]],
        "can_lift": line not in ("penalty", "pass", "versions"),
        "is_passing": line == "pass",
    }


@tapped
async def choose_number(query: CallbackQuery, select: Select[int], manager: DialogManager, number: int) -> None:
    await _set(manager, number)


async def type_number(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    await _set(manager, whole_number(message.text, "number"))
    return True


@tapped
async def lift(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Without a limit, or without a pass mark."""
    await _set(manager, None)


async def moment_line(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    is_opening = dialog_manager.dialog_data.get("line", "opens") == "opens"
    is_exam = (await _card(dialog_manager)).facts.settings.is_exam
    return {
        "is_opening": is_opening,
        "is_closing": not is_opening,
        "moves_exam": is_opening and is_exam,
        "can_open_now": is_opening and not is_exam,
        "can_stay_open": not is_opening and not is_exam,
    }


async def type_moment(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    await _set_moment(manager, message.text)
    return True


@tapped
async def no_moment(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _set_moment(manager, None)


async def reveals(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    return {"reveals": [(reveal.value, _(words)) for reveal, words in REVEALS.items()]}


@tapped
async def choose_reveal(query: CallbackQuery, select: Select[str], manager: DialogManager, reveal: str) -> None:
    if reveal in set(Reveal):
        await _service(manager).set_reveal(*_who_where(manager), Reveal(reveal))
    await manager.switch_to(QuizCard.card)


async def pools(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    shown = await _card(dialog_manager)
    return {
        "title": shown.facts.lesson_title.read_in(current_language()),
        "pools": [(number, f"🗑 {pool_line(line)}") for number, line in enumerate(shown.pools)],
        "has_pools": bool(shown.pools),
        "is_empty": not shown.pools,
    }


@tapped
async def remove_pool(query: CallbackQuery, select: Select[int], manager: DialogManager, number: int) -> None:
    lines = (await _card(manager)).pools
    if number < len(lines):
        await _service(manager).remove_pool(*_who_where(manager), lines[number].pool)


async def bank_choices(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Banks, and in the one that was chosen its topics."""
    actor_id = current_user(dialog_manager).id
    found = await services(dialog_manager).banks.banks(actor_id, shown_course(dialog_manager))
    return {
        "banks": [(bank.id, f"🗂 {bank.title} · {bank.question_count} ❓") for bank in found if bank.question_count],
        "is_empty": not any(bank.question_count for bank in found),
    }


async def choose_bank(query: CallbackQuery, select: Select[int], manager: DialogManager, bank_id: int) -> None:
    manager.dialog_data.update(bank_id=bank_id, topic=None, level=None)
    await manager.switch_to(QuizCard.count)


async def open_banks(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_banks(manager, shown_course(manager))


async def pool_count(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    data = dialog_manager.dialog_data
    pool = _pool(dialog_manager, 1)
    available, topics = await _service(dialog_manager).offer(*_who_where(dialog_manager), pool)
    data["topics"] = [topic for topic, _count in topics][:30]
    return {
        "available": available,
        "topic": pool.topic,
        "level": pool.difficulty,
        "topics": [(number, f"🏷 {topic}") for number, topic in enumerate(data["topics"])],
        "levels": [(level, f"📶 {level}") for level in range(1, 6)],
        "counts": [(count, str(count)) for count in (5, 10, 20, 30, 50) if count <= available],
    }


async def choose_topic(query: CallbackQuery, select: Select[int], manager: DialogManager, number: int) -> None:
    """A second tap takes it back."""
    topics = manager.dialog_data.get("topics", [])
    if number < len(topics):
        chosen = topics[number]
        manager.dialog_data["topic"] = None if manager.dialog_data.get("topic") == chosen else chosen


async def choose_level(query: CallbackQuery, select: Select[int], manager: DialogManager, level: int) -> None:
    """Like `choose_topic`."""
    manager.dialog_data["level"] = None if manager.dialog_data.get("level") == level else level


@tapped
async def choose_count(query: CallbackQuery, select: Select[int], manager: DialogManager, count: int) -> None:
    await _service(manager).add_pool(*_who_where(manager), _pool(manager, count))
    await manager.switch_to(QuizCard.pools)


async def type_count(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    count = whole_number(message.text, "number")
    await _service(manager).add_pool(*_who_where(manager), _pool(manager, count))
    await manager.switch_to(QuizCard.pools)
    return True


async def _set(manager: DialogManager, number: int | None) -> None:
    service, (actor_id, lesson_id) = _service(manager), _who_where(manager)
    match manager.dialog_data.get("line"):
        case "pass":
            # The lesson's, because other lessons may wait for it.
            await services(manager).lesson_rules.set_pass_percent(actor_id, lesson_id, number)
        case "attempts":
            await service.limit_attempts(actor_id, lesson_id, number)
        case "time":
            await service.limit_time(actor_id, lesson_id, number)
        case "seconds":
            await service.limit_question(actor_id, lesson_id, number)
        case "versions":
            await service.set_versions(actor_id, lesson_id, number or 1)
        case _:
            await service.set_penalty(actor_id, lesson_id, number or 0)
    await manager.switch_to(QuizCard.card)


async def _set_moment(manager: DialogManager, typed: str | None) -> None:
    change = _service(manager).open_at if manager.dialog_data.get("line") == "opens" else _service(manager).close_at
    await change(*_who_where(manager), typed)
    await manager.switch_to(QuizCard.card)


def _pool(manager: DialogManager, count: int) -> Pool:
    data = manager.dialog_data
    return Pool(
        bank_id=BankId(data.get("bank_id") or 0), count=count, topic=data.get("topic"), difficulty=data.get("level")
    )


def _service(manager: DialogManager) -> QuizSettingsService:
    return services(manager).quiz_settings


def _who_where(manager: DialogManager) -> tuple[UserId, LessonId]:
    return current_user(manager).id, shown_lesson(manager)


async def _card(manager: DialogManager) -> SettingsCard:
    return await _service(manager).card(*_who_where(manager))
