"""Which course and lesson a screen is about."""

from typing import Any

from aiogram_dialog import DialogManager

from bot.courses.states import CourseDesk, FilesDesk, LessonDesk, PartDesk, RulesDesk, Structure
from bot.dialogs import given
from domain.courses.model import CourseId, LessonId

_OF_A_LESSON = (LessonDesk, PartDesk, RulesDesk, FilesDesk)


def shown_course(manager: DialogManager) -> CourseId:
    return CourseId(given(manager, "course_id"))


def shown_lesson(manager: DialogManager) -> LessonId:
    return LessonId(given(manager, "lesson_id"))


def course_at_hand(manager: DialogManager) -> CourseId | None:
    """The course that the open screen is about: a command then means this one."""
    return (
        CourseId(_started_with(manager)["course_id"])
        if _is_open(manager, CourseDesk, Structure, *_OF_A_LESSON)
        else None
    )


def lesson_at_hand(manager: DialogManager) -> LessonId | None:
    return LessonId(_started_with(manager)["lesson_id"]) if _is_open(manager, *_OF_A_LESSON) else None


def _is_open(manager: DialogManager, *groups: Any) -> bool:
    return manager.has_context() and manager.current_context().state.group in groups


def _started_with(manager: DialogManager) -> dict[str, Any]:
    data = manager.start_data
    return data if isinstance(data, dict) else {}
