"""Where in a quiz a dialog is, and what the tap that led there has just read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from aiogram_dialog import DialogManager

from domain.courses.model import LessonId
from domain.quizzes.keys import QuestionKind
from domain.quizzes.model import AttemptId, AttemptView, QuestionId

View = TypeVar("View")

_FRESH = "quiz_view"
_ONE_TAP = (QuestionKind.SINGLE, QuestionKind.TRUE_FALSE)


@dataclass(frozen=True, slots=True)
class Asked:
    """The question that the window shows."""

    id: QuestionId
    number: int
    takes_one_tap: bool
    """The tap is the answer, so that nothing has to be read before it is stored."""


def hand_over(manager: DialogManager, view: object) -> None:
    """Let the getter of this very update draw what an action has in its hands, instead of asking the database again."""
    manager.middleware_data[_FRESH] = view


def handed(data: Mapping[str, Any], kind: type[View]) -> View | None:
    view = data.get(_FRESH)
    return view if isinstance(view, kind) else None


def place_of(attempt: AttemptView) -> dict[str, Any]:
    """What a dialog has to remember of the attempt and of the question that waits in it."""
    asked = attempt.question
    return {
        "lesson_id": attempt.lesson_id,
        "attempt_id": attempt.id,
        "question_id": asked.id if asked else None,
        "number": asked.number if asked else None,
        "one_tap": asked.kind in _ONE_TAP if asked else None,
    }


def note_attempt(manager: DialogManager, attempt: AttemptView) -> None:
    """From now on this dialog is about the attempt and the question that waits in it."""
    manager.dialog_data.update(place_of(attempt))
    hand_over(manager, attempt)


def lesson_shown(manager: DialogManager) -> LessonId:
    return LessonId(_place(manager)["lesson_id"])


def attempt_shown(manager: DialogManager) -> AttemptId:
    return AttemptId(_place(manager)["attempt_id"])


def question_shown(manager: DialogManager) -> Asked | None:
    place = _place(manager)
    if place.get("question_id") is None:
        return None
    return Asked(QuestionId(place["question_id"]), place["number"], bool(place.get("one_tap")))


def comes_from_history(manager: DialogManager) -> bool:
    """True when there is a list of results to go back to."""
    return "attempt_id" in _start(manager) and not _start(manager).get("from_lesson")


def mistake_shown(manager: DialogManager) -> int:
    """Counting from 0; it may point beyond the last one."""
    return manager.dialog_data.get("mistake", 0)


def show_mistake(manager: DialogManager, index: int) -> None:
    manager.dialog_data["mistake"] = max(index, 0)


def reviews_all(manager: DialogManager) -> bool:
    """Whether every question is looked at, or the mistakes only."""
    return manager.dialog_data.get("reviews_all", False)


def choose_review(manager: DialogManager, *, everything: bool) -> None:
    manager.dialog_data["reviews_all"] = everything
    show_mistake(manager, 0)


def note_reviewed(manager: DialogManager, question_id: QuestionId) -> None:
    manager.dialog_data["reviewed_id"] = question_id


def reviewed_shown(manager: DialogManager) -> QuestionId | None:
    """The question on the review screen, for what may be done with it there."""
    return manager.dialog_data.get("reviewed_id")


def page_shown(manager: DialogManager) -> int:
    return manager.dialog_data.get("page", 0)


def show_page(manager: DialogManager, page: int) -> None:
    manager.dialog_data["page"] = max(page, 0)


def _place(manager: DialogManager) -> dict[str, Any]:
    return {**_start(manager), **manager.dialog_data}


def _start(manager: DialogManager) -> dict[str, Any]:
    return manager.start_data if isinstance(manager.start_data, dict) else {}
