"""Several questions of a quiz or a bank: chosen by taps, and what is done with all of them at once."""

from collections.abc import Awaitable
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from bot.courses.at_hand import shown_course
from bot.courses.question_export import place_of
from bot.courses.question_states import QuestionChoice, show_bank, show_banks
from bot.courses.question_words import question_line
from bot.courses.states import LessonDesk, show_lesson_desk
from bot.dialogs import given
from bot.i18n import _, current_language, ngettext
from bot.links import number_in
from bot.services import current_user, services
from domain.courses.model import LessonId
from domain.errors import NotAllowed
from domain.quizzes.bank_model import MAX_CHOSEN, PAGE, BankGone, Sieve
from domain.quizzes.copying import Copied
from domain.quizzes.draft import DIFFICULTIES
from domain.quizzes.importing.imports import Target
from domain.quizzes.keys import QuestionKind
from domain.quizzes.model import Question, QuestionId
from domain.quizzes.settings import BankId


async def choice(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    data = dialog_manager.dialog_data
    questions, has_more = await _page(dialog_manager)
    chosen = set(_chosen(dialog_manager))
    done = data.get("done")
    place = place_of(dialog_manager)
    destination = await services(dialog_manager).question_imports.admit(current_user(dialog_manager).id, place)
    data["next_key"] = questions[-1].id if questions and has_more else None
    return {
        "title": destination.title.read_in(current_language()),
        "questions": [
            (question.id, f"{'☑️' if question.id in chosen else '▫️'} {question_line(question.draft, 40)}")
            for question in questions
        ],
        "is_empty": not questions,
        "has_questions": bool(questions),
        "chosen": len(chosen),
        "has_chosen": bool(chosen),
        "has_more": has_more,
        "has_earlier": bool(data.get("keys")),
        "labels": bool(chosen) and place.bank_id is not None,
        "done": done["line"] if done else None,
        "can_undo": bool(done and done["ids"]),
    }


async def later(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    if (key := manager.dialog_data.get("next_key")) is not None:
        manager.dialog_data["keys"] = [*manager.dialog_data.get("keys", []), key]


async def earlier(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data["keys"] = manager.dialog_data.get("keys", [])[:-1]


async def toggle(query: CallbackQuery, select: Select[int], manager: DialogManager, question_id: int) -> None:
    """What is no question of the place may be chosen by a forged button; the service passes it over."""
    chosen: list[int] = [*_chosen(manager)]
    if question_id in chosen:
        chosen = [each for each in chosen if each != question_id]
    elif len(chosen) < MAX_CHOSEN:
        chosen = [*chosen, question_id]
    manager.dialog_data["chosen"] = chosen


async def choose_all(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    actor_id, place = current_user(manager).id, place_of(manager)
    if place.bank_id is not None:
        ids = await services(manager).banks.found(actor_id, place.bank_id, _sieve(manager))
        if len(ids) == MAX_CHOSEN:
            await query.answer(
                _("The newest {n} are chosen: that is the most at a time.").format(n=MAX_CHOSEN), show_alert=True
            )
    else:
        ids = [question.id for question in await _of_the_quiz(manager)]
    manager.dialog_data["chosen"] = list(ids)


async def choose_none(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data["chosen"] = []


async def topics(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    place = place_of(dialog_manager)
    if place.bank_id is None:
        raise BankGone
    page = await services(dialog_manager).banks.page(current_user(dialog_manager).id, place.bank_id, Sieve())
    dialog_manager.dialog_data["topics"] = [topic for topic, _count in page.topics][:50]
    return {
        "chosen": len(_chosen(dialog_manager)),
        "topics": [(number, f"🏷 {topic}") for number, topic in enumerate(dialog_manager.dialog_data["topics"])],
        "levels": [(level, f"📶 {level}") for level in DIFFICULTIES],
    }


async def choose_topic(query: CallbackQuery, select: Select[int], manager: DialogManager, number: int) -> None:
    known = manager.dialog_data.get("topics", [])
    if number < len(known):
        await _relabel(manager, topic=known[number])


async def type_topic(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    await _relabel(manager, topic=message.text)
    return True


async def choose_difficulty(query: CallbackQuery, select: Select[int], manager: DialogManager, level: int) -> None:
    if level in DIFFICULTIES:
        await _relabel(manager, difficulty=level)


async def type_source(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    await _relabel(manager, source=message.text)
    return True


async def places(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The other banks and lessons of the course."""
    actor_id, course_id, here = current_user(dialog_manager).id, shown_course(dialog_manager), place_of(dialog_manager)
    banks = await services(dialog_manager).banks.banks(actor_id, course_id)
    outline = await services(dialog_manager).authoring.outline(actor_id, course_id)
    language = current_language()
    found = [
        *((f"b{bank.id}", f"🗂 {bank.title} · {bank.question_count} ❓") for bank in banks if bank.id != here.bank_id),
        *(
            (f"l{line.lesson.id}", f"📖 {line.lesson.title.read_in(language)} · {line.question_count} ❓")
            for line in outline.lessons
            if line.lesson.id != here.lesson_id
        ),
    ]
    return {"chosen": len(_chosen(dialog_manager)), "places": found, "is_empty": not found, "has_places": bool(found)}


async def copy(query: CallbackQuery, select: Select[str], manager: DialogManager, where: str) -> None:
    """`b<bank>` or `l<lesson>`."""
    number = number_in(where[1:])
    if number is None:
        return
    target = Target(bank_id=BankId(number)) if where.startswith("b") else Target(lesson_id=LessonId(number))
    actor_id = current_user(manager).id
    copied = await services(manager).question_copies.copy(actor_id, place_of(manager), _chosen(manager), target)
    await query.answer(_copied_text(copied), show_alert=bool(copied.known or copied.left_out or not copied.ids))
    if copied.ids:
        destination = await services(manager).question_imports.admit(actor_id, target)
        manager.dialog_data["done"] = {
            "line": _copied_to(len(copied.ids), destination.title.read_in(current_language())),
            "ids": list(copied.ids),
            "bank_id": target.bank_id,
            "lesson_id": target.lesson_id,
        }
        manager.dialog_data["chosen"] = []
    await manager.switch_to(QuestionChoice.questions)


async def undo(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """What was done last with the chosen ones; tapped again there is nothing to undo."""
    done = manager.dialog_data.pop("done", None)
    if done is None:
        return
    actor_id, ids = current_user(manager).id, [QuestionId(each) for each in done["ids"]]
    if done.get("is_relabelled"):
        undone: Awaitable[int] = services(manager).banks.unlabel(actor_id, BankId(done["bank_id"]), ids)
    else:
        target = Target(bank_id=done["bank_id"], lesson_id=done["lesson_id"])
        undone = services(manager).question_copies.take_back(actor_id, target, ids)
    try:
        count = await undone
    except (NotAllowed, BankGone):
        await query.answer(_("It is no longer there."))
        return
    await query.answer(ngettext("Undone for {n} question.", "Undone for {n} questions.", count).format(n=count))


async def leave(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    place = place_of(manager)
    if place.lesson_id is not None:
        await show_lesson_desk(manager, shown_course(manager), place.lesson_id, LessonDesk.questions)
    elif place.bank_id is not None:
        await show_bank(manager, shown_course(manager), place.bank_id)


async def to_banks(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_banks(manager, shown_course(manager))


async def _relabel(
    manager: DialogManager, *, topic: str | None = None, difficulty: int | None = None, source: str | None = None
) -> None:
    place = place_of(manager)
    if place.bank_id is None:
        raise BankGone
    versions = await services(manager).banks.relabel(
        current_user(manager).id,
        place.bank_id,
        _chosen(manager),
        topic=topic,
        difficulty=difficulty,
        source=source,
    )
    label = f"🏷 {topic}" if topic else f"📶 {difficulty}/5" if difficulty else f"📚 {source}"
    count = len(versions)
    changed = ngettext("{n} question: {label}", "{n} questions: {label}", count).format(n=count, label=label)
    manager.dialog_data["done"] = {
        "line": changed if versions else _("All of them have this label already."),
        "ids": list(versions),
        "bank_id": place.bank_id,
        "is_relabelled": True,
    }
    manager.dialog_data.update(chosen=[], keys=[])
    await manager.switch_to(QuestionChoice.questions)


async def _page(manager: DialogManager) -> tuple[list[Question], bool]:
    keys, place = manager.dialog_data.get("keys", []), place_of(manager)
    before = QuestionId(keys[-1]) if keys else None
    if place.bank_id is not None:
        page = await services(manager).banks.page(current_user(manager).id, place.bank_id, _sieve(manager), before)
        return list(page.questions), page.has_more
    questions = await _of_the_quiz(manager)
    first = next((number for number, question in enumerate(questions, start=1) if question.id == before), 0)
    return questions[first : first + PAGE], len(questions) > first + PAGE


async def _of_the_quiz(manager: DialogManager) -> list[Question]:
    lesson_id = LessonId(given(manager, "lesson_id") or 0)
    return list(await services(manager).questions.questions(current_user(manager).id, lesson_id))


def _chosen(manager: DialogManager) -> list[QuestionId]:
    to_copy = given(manager, "to_copy")
    chosen = manager.dialog_data.get("chosen")
    if chosen is None:
        chosen = [to_copy] if to_copy is not None else []
    return [QuestionId(each) for each in chosen]


def _sieve(manager: DialogManager) -> Sieve:
    data = given(manager, "sieve") or {}
    kind = data.get("kind")
    return Sieve(
        topic=data.get("topic"),
        difficulty=data.get("level"),
        kind=QuestionKind(kind) if kind else None,
        words=data.get("words") or "",
    )


def _copied_to(count: int, title: str) -> str:
    return ngettext("{n} question copied to “{title}”", "{n} questions copied to “{title}”", count).format(
        n=count, title=title
    )


def _copied_text(copied: Copied) -> str:
    count = len(copied.ids)
    lines = [ngettext("📋 Copied: {n} question.", "📋 Copied: {n} questions.", count).format(n=count)]
    if copied.known:
        lines.append(ngettext("{n} is there already.", "{n} are there already.", copied.known).format(n=copied.known))
    if copied.left_out:
        lines.append(
            ngettext("For {n} there is no room.", "For {n} there is no room.", copied.left_out).format(
                n=copied.left_out
            )
        )
    return " ".join(lines)
