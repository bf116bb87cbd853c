"""What the screens show that set more than a price in so'm."""

from typing import Any

from aiogram_dialog import DialogManager

from bot.courses.at_hand import shown_course
from bot.courses.getters import course_facts, lesson_facts, shown_work
from bot.courses.in_stars import sold_alone_for, sold_whole_for, stars_facts
from bot.courses.words import fiscal_line, lesson_price
from bot.services import current_user, services
from domain.learning.model import ProductKind


async def course_tariff(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """What a course costs in each way, and what its receipts say."""
    outline = await services(dialog_manager).authoring.outline(
        current_user(dialog_manager).id, shown_course(dialog_manager)
    )
    course = outline.course
    return {
        **course_facts(course),
        **stars_facts(dialog_manager, ProductKind.COURSE, sold_whole_for(course), course.stars),
        "fiscal": fiscal_line(course.fiscal),
        "has_own_codes": course.fiscal is not None,
    }


async def lesson_tariff(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """What a lesson costs in each way."""
    work = await shown_work(dialog_manager)
    lesson = work.line.lesson
    return {
        **lesson_facts(work),
        "price": lesson_price(work.course, lesson),
        **stars_facts(dialog_manager, ProductKind.LESSON, sold_alone_for(work), lesson.stars),
    }
