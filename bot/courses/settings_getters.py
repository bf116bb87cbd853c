"""What the screens of a course's settings show."""

from typing import Any

from aiogram import Bot
from aiogram_dialog import DialogManager

from bot.course_words import LANGUAGES
from bot.courses.at_hand import shown_course
from bot.courses.category_getters import picked_place
from bot.courses.settings_words import LEVELS, level_word, path_line
from bot.i18n import _, current_language, day_and_time, shorten
from bot.services import current_user, services
from domain.courses.model import Course, CourseId, CourseStatus
from domain.courses.settings import CANDIDATES, proposed_slug
from domain.courses.settings_ports import SettingsPage

_LISTED = 3
"""Prerequisites named on the first screen; their own screen has all."""


async def course_options(dialog_manager: DialogManager, bot: Bot, **_data: Any) -> dict[str, Any]:
    page = await shown_settings(dialog_manager)
    course = page.course
    names = [shorten(each.title.read_in(current_language()), 40) for each in page.prerequisites]
    more = len(names) - _LISTED
    return {
        **course_facts(course),
        "path": path_line(page.path),
        "level": level_word(course.level),
        "language": LANGUAGES[course.language],
        "cover": _("there is one") if course.cover_id is not None else _("none yet"),
        "link": await course_link(bot, course),
        "certificate": certificate_line(course),
        "prerequisites": ", ".join(names[:_LISTED]) + (f" +{more}" if more > 0 else ""),
        "has_prerequisites": bool(names),
        "is_draft": course.status is CourseStatus.DRAFT,
        **plan_facts(dialog_manager, course),
    }


async def category_choice(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    return await picked_place(dialog_manager)


async def course_choice(dialog_manager: DialogManager, bot: Bot, **_data: Any) -> dict[str, Any]:
    """What the screens share that change one thing."""
    page = await shown_settings(dialog_manager)
    course = page.course
    proposal = proposed_slug(course)
    return {
        **course_facts(course),
        "level": level_word(course.level),
        "levels": [(level.value if level else "", _(word)) for level, word in LEVELS.items()],
        "language": LANGUAGES[course.language],
        "languages": [(language.value, name) for language, name in LANGUAGES.items()],
        "has_cover": course.cover_id is not None,
        "has_no_cover": course.cover_id is None,
        "link": await course_link(bot, course),
        "has_slug": course.slug is not None,
        "proposal": proposal or "",
        "can_propose": proposal is not None and proposal != course.slug,
        "certificate": certificate_line(course),
        "has_certificate": course.has_certificate,
        "has_no_certificate": not course.has_certificate,
        "has_percent": course.certificate_percent is not None,
        **plan_facts(dialog_manager, course),
    }


async def prerequisite_list(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    page = await shown_settings(dialog_manager)
    language = current_language()
    lines = [
        (each.course_id, f"✖️ {'' if each.is_published else '🗄 '}{shorten(each.title.read_in(language), 48)}")
        for each in page.prerequisites
    ]
    return {**course_facts(page.course), "required": lines, "has_required": bool(lines), "has_none": not lines}


async def candidate_list(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    data = dialog_manager.dialog_data
    words: str = data.get("words", "")
    before: int | None = data.get("before")
    user, course_id = current_user(dialog_manager), shown_course(dialog_manager)
    found = await services(dialog_manager).course_settings.candidates(
        user.id, course_id, words=words, before=CourseId(before) if before else None
    )
    language = current_language()
    return {
        "words": words,
        "candidates": [(each.id, shorten(each.title.read_in(language), 56)) for each in found],
        "is_empty": not found,
        "has_more": not words and len(found) == CANDIDATES,
        "is_filtered": bool(words or before),
    }


async def shown_settings(manager: DialogManager) -> SettingsPage:
    return await services(manager).course_settings.page(current_user(manager).id, shown_course(manager))


def course_facts(course: Course) -> dict[str, Any]:
    return {"title": course.title.read_in(current_language())}


def certificate_line(course: Course) -> str:
    if not course.has_certificate:
        return _("none")
    if course.certificate_percent is None:
        return _("when all lessons are done")
    return _("when all lessons are done and the quizzes average {percent}%").format(percent=course.certificate_percent)


async def course_link(bot: Bot, course: Course) -> str:
    return f"https://t.me/{(await bot.me()).username}?start=c_{course.slug or course.code}"


def plan_facts(manager: DialogManager, course: Course) -> dict[str, Any]:
    moment = course.publish_at
    return {
        "moment": day_and_time(moment, current_user(manager).timezone) if moment else "",
        "is_planned": moment is not None,
        "is_not_planned": moment is None,
    }
