"""What the teacher's screens of a quiz show. The service decides who may see it."""

from html import escape
from typing import Any

from aiogram_dialog import DialogManager

from bot.dialogs import given
from bot.i18n import Safe, current_language
from bot.quizzes.desk_words import (
    choice_lines,
    discrimination_words,
    item_line,
    reason_of,
    result_lines,
    time_words,
    title_of,
)
from bot.services import current_user, services
from domain.courses.model import LessonId
from domain.quizzes.items import FEWEST
from domain.quizzes.model import AttemptId, QuestionId
from domain.quizzes.rasch import FEWEST_PEOPLE
from domain.quizzes.statistics import PAGE

_FINDINGS = 5
"""On the list of questions; the others have their sign."""


def shown_lesson(manager: DialogManager) -> LessonId:
    return LessonId(given(manager, "lesson_id"))


def trail(manager: DialogManager) -> list[int]:
    """Where the pages before the open one ended, without the first: the last of them begins the open page."""
    return manager.dialog_data.setdefault("trail", [])


async def quiz_results(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    pages = trail(dialog_manager)
    table = await services(dialog_manager).quiz_statistics.results(
        current_user(dialog_manager).id, shown_lesson(dialog_manager), AttemptId(pages[-1]) if pages else None
    )
    dialog_manager.dialog_data["next"] = table.next_before
    first = 1 + len(pages) * PAGE
    return {
        "title": table.title.read_in(current_language()),
        "lines": Safe("\n".join(result_lines(first + place, line) for place, line in enumerate(table.lines))),
        "has_lines": bool(table.lines),
        "is_empty": not table.lines and not pages,
        "people": table.people,
        "has_scale": table.people > 0,
        "no_scale_yet": not table.people and bool(table.lines),
        "is_exam": table.is_exam,
        "fewest": FEWEST_PEOPLE,
        "has_previous": bool(pages),
        "has_next": table.next_before is not None,
    }


async def quiz_items(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    table = await services(dialog_manager).quiz_statistics.items(
        current_user(dialog_manager).id, shown_lesson(dialog_manager)
    )
    doubtful = {finding.item.question.id for finding in table.findings}
    findings = [
        f"⚠️ <b>{escape(title_of(finding.item), quote=False)}</b>\n{reason_of(finding)}"
        for finding in table.findings[:_FINDINGS]
    ]
    return {
        "title": table.title.read_in(current_language()),
        "findings": Safe("\n".join(findings)),
        "has_findings": bool(findings),
        "all_well": not findings and any(item.sums.asked >= FEWEST for item in table.items),
        "is_empty": not table.items,
        "is_small": any(item.is_small for item in table.items),
        "people": table.people,
        "items": [
            (item.question.id, item_line(item, is_doubtful=item.question.id in doubtful)) for item in table.items
        ],
    }


async def quiz_item(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    question_id = QuestionId(dialog_manager.dialog_data.get("question_id", 0))
    table = await services(dialog_manager).quiz_statistics.items(
        current_user(dialog_manager).id, shown_lesson(dialog_manager)
    )
    item = next((each for each in table.items if each.question.id == question_id), None)
    if item is None:
        return {"is_gone": True, "is_there": False}
    finding = next((each for each in table.findings if each.item.question.id == question_id), None)
    return {
        "is_gone": False,
        "is_there": True,
        "text": title_of(item, 1_000),
        "reason": reason_of(finding) if finding else "",
        "right": f"{item.difficulty:.0%}",
        "correct": item.sums.correct,
        "asked": item.sums.asked,
        "power": discrimination_words(item),
        "time": time_words(item),
        "choices": Safe(choice_lines(item)),
        "is_retired": item.is_retired,
        "is_small": item.is_small,
    }
