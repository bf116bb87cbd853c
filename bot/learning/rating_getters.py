"""What the screens about ratings show."""

from typing import Any

from aiogram_dialog import DialogManager

from bot.course_words import average
from bot.dialogs import given
from bot.i18n import current_language, day, shorten
from bot.learning.rating_words import stars
from bot.services import current_user, services
from domain.courses.model import CourseId
from domain.learning.ratings import MOST_STARS, RatingId, Review

CHOICES = [(number, "★" * number) for number in range(MOST_STARS, 0, -1)]


def trail(manager: DialogManager) -> list[int]:
    """Where the pages behind the first one began; the last of them is the open one."""
    return manager.dialog_data.setdefault("trail", [])


async def own_rating(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    user = current_user(dialog_manager)
    facts = await services(dialog_manager).ratings.facts(user.id, CourseId(given(dialog_manager, "course_id")))
    own, may_rate = facts.own, facts.may_rate(user.id)
    return {
        "title": facts.course.title.read_in(current_language()),
        "choices": CHOICES,
        "asks": may_rate and own is None,
        "is_closed": not may_rate and own is None,
        "is_rated": own is not None,
        "may_change": may_rate and own is not None,
        "stars": stars(own.stars) if own else "",
        "comment": own.comment if own else None,
        "has_no_comment": own is not None and own.comment is None,
        "is_hidden": own is not None and own.is_hidden,
        "hide_reason": (own.hide_reason or "") if own else "",
    }


async def review_list(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    user = current_user(dialog_manager)
    pages = trail(dialog_manager)
    found = await services(dialog_manager).ratings.reviews(
        user.id, CourseId(given(dialog_manager, "course_id")), RatingId(pages[-1]) if pages else None
    )
    dialog_manager.dialog_data["older"] = found.older
    course = found.course
    return {
        "title": course.title.read_in(current_language()),
        "average": average(course.rating, course.rating_count),
        "reviews": "\n\n".join(_said(review, user.timezone) for review in found.reviews),
        "is_empty": not found.reviews and not pages,
        "may_hide": found.may_hide,
        "choices": [
            (
                review.rating.id,
                f"{'🙈' if review.rating.is_hidden else '⚖️'} {stars(review.rating.stars)} {review.author}",
            )
            for review in found.reviews
        ]
        if found.may_hide
        else [],
        "may_rate": found.may_rate and found.own is None,
        "has_own": found.own is not None,
        "has_previous": bool(pages),
        "has_next": found.older is not None,
    }


async def one_review(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    user = current_user(dialog_manager)
    review = await services(dialog_manager).ratings.review(user.id, RatingId(dialog_manager.dialog_data["rating_id"]))
    rating = review.rating
    return {
        "review": _said(review, user.timezone),
        "is_hidden": rating.is_hidden,
        "is_shown": not rating.is_hidden,
        "hide_reason": rating.hide_reason or "",
    }


def _said(review: Review, timezone: str) -> str:
    rating = review.rating
    head = f"{stars(rating.stars)} {review.author} · {day(rating.updated_at, timezone)}"
    if rating.is_hidden:
        head = f"🙈 {head}"
    return f"{head}\n{shorten(rating.comment, 500)}" if rating.comment else head
