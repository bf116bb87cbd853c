"""What the screens of translations show."""

from typing import Any

from aiogram_dialog import DialogManager

from bot.course_words import LANGUAGES
from bot.courses.at_hand import shown_course
from bot.courses.words import ICONS, KINDS
from bot.i18n import _, current_language, shorten
from bot.limits import units
from bot.services import current_user, services
from domain.courses.model import Course, PartId
from domain.courses.translation_ports import CourseText, FilePart, TextKey, TextKind
from domain.courses.translations import TextPage, is_caption
from domain.errors import Gone
from domain.language import Language

MAX_MESSAGE = 4000
"""UTF-16 units that somebody can type in one message, and a little less."""
SHOWN_TEXT = 1500
"""Characters of a text on its screen; the whole text comes in messages of its own."""


async def translation_languages(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    coverage = await services(dialog_manager).translations.coverage(
        current_user(dialog_manager).id, shown_course(dialog_manager)
    )
    lines = [
        (language.value, f"{LANGUAGES[language]} · {share.done}/{share.total}")
        for language, share in coverage.shares.items()
    ]
    return {**_facts(coverage.course), "languages": lines, "taught_in": LANGUAGES[coverage.course.language]}


async def translation_language(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    coverage = await services(dialog_manager).translations.coverage(
        current_user(dialog_manager).id, shown_course(dialog_manager)
    )
    language = shown_language(dialog_manager)
    share = coverage.shares[language]
    return {
        **_facts(coverage.course),
        "language": LANGUAGES[language],
        "done": share.done,
        "total": share.total,
        "missing": share.total - share.done,
        "is_missing": share.done < share.total,
        "is_whole": share.done >= share.total,
    }


async def translated_text(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The version that is shown here is the one that a translation answers to."""
    language = shown_language(dialog_manager)
    page = await shown_text(dialog_manager)
    is_walk = bool(dialog_manager.dialog_data.get("is_walk"))
    if page is None:
        return {"title": "", "language": LANGUAGES[language], "is_gone": True, "is_there": False, "is_walk": is_walk}
    item = page.item
    dialog_manager.dialog_data["version"] = item.version
    original = item.original(page.course, language)
    words = original[1] if original else ""
    current = item.text.variants.get(language)
    return {
        **_facts(page.course),
        "is_gone": False,
        "is_there": True,
        "language": LANGUAGES[language],
        "where": text_place(item),
        "from_language": LANGUAGES[original[0]] if original else "",
        "original": shorten(words, SHOWN_TEXT),
        "has_original": original is not None,
        "is_long": len(words) > SHOWN_TEXT,
        "current": shorten(current or "", SHOWN_TEXT),
        "has_current": current is not None,
        "is_walk": is_walk and not goes_on(dialog_manager, item),
        "takes_pieces": takes_pieces(page, language),
        "goes_on": is_walk and goes_on(dialog_manager, item),
    }


async def text_list(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    raw: str = dialog_manager.dialog_data.get("after") or ""
    found = await services(dialog_manager).translations.texts(
        current_user(dialog_manager).id, shown_course(dialog_manager), TextKey.read(raw)
    )
    language = shown_language(dialog_manager)
    lines = [
        (str(item.key), f"{'✅' if language in item.text.variants else '▫️'} {_text_line(item, language)}")
        for item in found.items
    ]
    return {
        **_facts(found.course),
        "language": LANGUAGES[language],
        "texts": lines,
        "has_more": found.has_more,
        "is_later": bool(raw),
        "is_empty": not lines,
    }


async def file_list(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    after: int | None = dialog_manager.dialog_data.get("after_file")
    found = await services(dialog_manager).translations.files(
        current_user(dialog_manager).id, shown_course(dialog_manager), PartId(after) if after else None
    )
    language = shown_language(dialog_manager)
    lines = [
        (item.part_id, f"{'✅' if language in item.names else '▫️'} {file_line(item, language)}") for item in found.items
    ]
    return {
        **_facts(found.course),
        "language": LANGUAGES[language],
        "files": lines,
        "has_more": found.has_more,
        "is_later": bool(after),
        "is_empty": not lines and not after,
    }


async def translated_file(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    language = shown_language(dialog_manager)
    try:
        page = await services(dialog_manager).translations.file(
            current_user(dialog_manager).id, shown_course(dialog_manager), PartId(dialog_manager.dialog_data["file"])
        )
    except Gone:
        return {"title": "", "language": LANGUAGES[language], "is_gone": True, "is_there": False}
    item = page.item
    dialog_manager.dialog_data["version"] = item.version
    return {
        **_facts(page.course),
        "is_gone": False,
        "is_there": True,
        "language": LANGUAGES[language],
        "file": file_line(item, language, 120),
        "lesson": item.lesson_title.read_in(current_language()),
        "there_are": ", ".join(LANGUAGES[each] for each in item.names),
        "has_own": language in item.names,
        "has_none": language not in item.names,
        "can_drop": language in item.names and len(item.names) > 1,
    }


async def shown_text(manager: DialogManager) -> TextPage | None:
    """None when somebody has deleted it meanwhile."""
    key = TextKey.read(manager.dialog_data.get("key") or "")
    if key is None:
        return None
    try:
        return await services(manager).translations.text(current_user(manager).id, shown_course(manager), key)
    except Gone:
        return None


def takes_pieces(page: TextPage, language: Language) -> bool:
    """A text that no single message holds is translated in several."""
    original = page.item.original(page.course, language)
    return original is not None and units(original[1]) > MAX_MESSAGE


def goes_on(manager: DialogManager, item: CourseText) -> bool:
    """Whether what is typed next continues what was typed last."""
    return manager.dialog_data.get("goes_on") == str(item.key)


def shown_language(manager: DialogManager) -> Language:
    """The language that is translated into."""
    return Language(manager.dialog_data["into"])


def text_place(item: CourseText) -> str:
    """`Title of the course`, `Caption of 🎬 in “Fractions”`."""
    match item.key.kind:
        case TextKind.TITLE:
            return _("The title of the course")
        case TextKind.DESCRIPTION:
            return _("The description of the course")
        case TextKind.SECTION:
            return _("The title of a section")
        case TextKind.LESSON:
            return _("The title of a lesson")
        case TextKind.PART:
            lesson = shorten(item.lesson_title.read_in(current_language()), 60) if item.lesson_title else ""
            if is_caption(item):
                return _("The words under a file in “{lesson}”").format(lesson=lesson)
            return _("A text in “{lesson}”").format(lesson=lesson)


def file_line(item: FilePart, language: Language, limit: int = 44) -> str:
    name = item.names.get(language) or next((name for name in item.names.values() if name), "") or _(KINDS[item.kind])
    return f"{ICONS[item.kind]} {shorten(name, limit)}"


def _text_line(item: CourseText, language: Language) -> str:
    words = shorten(" ".join(item.text.read_in(language).split()), 44)
    match item.key.kind:
        case TextKind.TITLE:
            return f"🎓 {words}"
        case TextKind.DESCRIPTION:
            return f"ℹ️ {words}"
        case TextKind.SECTION:
            return f"📚 {words}"
        case TextKind.LESSON:
            return f"📖 {words}"
        case TextKind.PART:
            return f"{ICONS[item.part_kind] if item.part_kind else '📝'} {words}"


def _facts(course: Course) -> dict[str, Any]:
    return {"title": course.title.read_in(current_language())}
