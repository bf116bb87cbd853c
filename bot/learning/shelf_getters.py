"""What one's own courses and the progress in them look like. The keys of the pages that were shown are kept."""

from datetime import datetime
from html import escape
from typing import Any

from aiogram_dialog import DialogManager

from bot.i18n import N_, Safe, _, current_language, ngettext, shorten
from bot.learning.getters import bar
from bot.services import current_user, services
from domain.courses.model import CourseId, CourseStatus
from domain.language import Text
from domain.learning.model import EnrolmentStatus
from domain.learning.shelf_model import Place, SectionProgress, ShelfEntry, ShelfKey, ShelfPage
from domain.learning.timecodes import format_timecode

_SECTIONS = {
    EnrolmentStatus.ACTIVE: N_("📖 In progress"),
    EnrolmentStatus.COMPLETED: N_("✅ Finished"),
    EnrolmentStatus.CANCELLED: N_("🗂 Left"),
}
_ICONS = {EnrolmentStatus.ACTIVE: "📖", EnrolmentStatus.COMPLETED: "✅", EnrolmentStatus.CANCELLED: "🗂"}
_TITLE = 48
_SECTIONS_SHOWN = 10
"""Of one course, so that three of them fit into a message."""


async def courses(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Two statements: the page, and where to go on."""
    user, shelf = current_user(dialog_manager), services(dialog_manager).shelf
    section = EnrolmentStatus(dialog_manager.dialog_data.get("section", EnrolmentStatus.ACTIVE))
    page = await shelf.courses(user.id, section, _behind(dialog_manager))
    place = await shelf.place(user.id)
    return {
        **{f"is_{status}": status is section for status in EnrolmentStatus},
        **{f"has_no_{status}": status is section and not page.entries for status in EnrolmentStatus},
        **_place_facts(place if section is EnrolmentStatus.ACTIVE else None),
        **_pages(dialog_manager, page),
        "lines": Safe("\n".join(_line(entry) for entry in page.entries)),
        "courses": [(entry.course.id, f"{_icon(entry, section)} {_title(entry)}") for entry in page.entries],
        "sections": [(status, _(label)) for status, label in _SECTIONS.items() if status is not section],
    }


async def progress(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    user, shelf = current_user(dialog_manager), services(dialog_manager).shelf
    page = await shelf.progress(user.id, _behind(dialog_manager))
    place = await shelf.place(user.id)
    return {
        **_place_facts(place),
        **_pages(dialog_manager, page),
        "lines": Safe("\n\n".join(_with_sections(entry) for entry in page.entries)),
        "is_empty": not page.entries,
    }


def _behind(manager: DialogManager) -> ShelfKey | None:
    keys = manager.dialog_data.get("keys")
    return ShelfKey(datetime.fromisoformat(keys[-1][0]), CourseId(keys[-1][1])) if keys else None


def _pages(manager: DialogManager, page: ShelfPage) -> dict[str, bool]:
    key = page.next_key
    manager.dialog_data["next_key"] = [key.enrolled_at.isoformat(), key.course_id] if key else None
    return {"has_previous": bool(manager.dialog_data.get("keys")), "has_next": key is not None}


def _place_facts(place: Place | None) -> dict[str, Any]:
    if place is None:
        return {"lesson": None}
    has_position = place.position_seconds is not None
    return {
        "lesson": place.lesson_title.read_in(current_language()),
        "time": format_timecode(place.position_seconds or 0) if has_position else None,
        "part": place.part_number,
    }


def _icon(entry: ShelfEntry, section: EnrolmentStatus) -> str:
    return "🗄" if entry.course.status is CourseStatus.ARCHIVED else _ICONS[section]


def _title(entry: ShelfEntry) -> str:
    return shorten(entry.course.title.read_in(current_language()), _TITLE)


def _line(entry: ShelfEntry) -> str:
    line = f"{_bar(entry.done_count, entry.course.lesson_count)} · {escape(_title(entry), quote=False)}"
    return f"{line} · {_('archived')}" if entry.course.status is CourseStatus.ARCHIVED else line


def _with_sections(entry: ShelfEntry) -> str:
    lessons = ngettext("{done} of {n} lesson", "{done} of {n} lessons", entry.course.lesson_count).format(
        done=entry.done_count, n=entry.course.lesson_count
    )
    facts = [_bar(entry.done_count, entry.course.lesson_count), lessons]
    if entry.seconds >= 60:
        facts.append(f"⏱ {_duration(entry.seconds)}")
    shown = entry.sections if len(entry.sections) > 1 else ()
    lines = [f"<b>{escape(_title(entry), quote=False)}</b>", " · ".join(facts)]
    lines += [_section_line(section) for section in shown[:_SECTIONS_SHOWN]]
    if (more := len(shown) - _SECTIONS_SHOWN) > 0:
        lines.append(ngettext("… and {n} more section", "… and {n} more sections", more).format(n=more))
    return "\n".join(lines)


def _section_line(section: SectionProgress) -> str:
    mark = "✅" if section.done_count >= section.lesson_count else "▫️"
    return f"{mark} {escape(_short(section.title), quote=False)} · {section.done_count}/{section.lesson_count}"


def _short(title: Text) -> str:
    return shorten(title.read_in(current_language()), _TITLE)


def _bar(done: int, total: int) -> str:
    return f"{bar(done, total)} {100 * done // total if total else 0}%"


def _duration(seconds: int) -> str:
    hours, minutes = divmod(seconds // 60, 60)
    if not hours:
        return _("{minutes} min").format(minutes=minutes)
    return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
