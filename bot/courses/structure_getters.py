"""What the screens of a course's structure show."""

from typing import Any

from aiogram_dialog import DialogManager

from bot.courses.at_hand import shown_course
from bot.dialogs import given
from bot.i18n import current_language, shorten
from bot.services import current_user, services
from domain.courses.pasted import parse_outline
from domain.courses.workshop import LessonLine, Outline, SectionLines

SHOWN_LINES = 15
"""Lines around the one that moves."""
SHOWN_PASTED = 40


async def course_outline(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    outline = await _outline(dialog_manager)
    rows: list[tuple[str, str]] = []
    for section in outline.sections:
        rows.append((f"s{section.section.id}", f"📂 {_section_title(section)}"))
        rows += [(f"l{line.lesson.id}", _lesson_line(line)) for line in section.lessons]
    undone = dialog_manager.dialog_data.get("archived")
    return {
        "title": outline.course.title.read_in(current_language()),
        "rows": rows,
        "is_empty": not rows,
        "archived_count": outline.archived_count,
        "has_archived": outline.archived_count > 0,
        "can_copy": bool(rows),
        "archived_title": undone["title"] if undone else None,
        "can_undo": bool(undone),
    }


async def section_card(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    outline = await _outline(dialog_manager)
    chosen = dialog_manager.dialog_data.get("section_id")
    place = next((n for n, one in enumerate(outline.sections) if one.section.id == chosen), None)
    if place is None:
        return {"section": None, "is_gone": True, "lines": "", "neighbour": None}
    section = outline.sections[place]
    neighbour = (outline.sections[place - 1 : place] or outline.sections[place + 1 : place + 2] or (None,))[0]
    lines = [
        f"{'👉' if n == place else '▫️'} {_section_title(one)} · {len(one.lessons)}"
        for n, one in enumerate(outline.sections)
    ]
    return {
        "section": _section_title(section),
        "is_gone": False,
        "lines": _around(lines, place),
        "can_rise": place > 0,
        "can_sink": place + 1 < len(outline.sections),
        "is_blank": not section.lessons,
        "neighbour": _section_title(neighbour) if neighbour and section.lessons else None,
    }


async def lesson_card(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    outline = await _outline(dialog_manager)
    chosen = dialog_manager.dialog_data.get("lesson_id")
    lines: list[str] = []
    place, found, many = 0, None, len(outline.sections) > 1
    for section in outline.sections:
        lines.append(f"📂 {_section_title(section)}")
        for line in section.lessons:
            if line.lesson.id == chosen:
                place, found = len(lines), line
            mark = "👉" if line.lesson.id == chosen else "▫️"
            lines.append(f"{mark} {line.number}. {_lesson_title(line)}")
    if found is None:
        return {"lesson": None, "is_gone": True, "lines": ""}
    first, last = outline.sections[0], outline.sections[-1]
    return {
        "lesson": _lesson_title(found),
        "is_gone": False,
        "lines": _around(lines, place),
        "can_rise": found is not (first.lessons or (None,))[0],
        "can_sink": found is not (last.lessons or (None,))[-1],
        "has_sections": many,
    }


async def section_choices(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    outline = await _outline(dialog_manager)
    chosen = dialog_manager.dialog_data.get("lesson_id")
    line = next((one for one in outline.lessons if one.lesson.id == chosen), None)
    return {
        "lesson": _lesson_title(line) if line else "",
        "sections": [
            (section.section.id, f"📂 {_section_title(section)}")
            for section in outline.sections
            if line is None or section.section.id != line.lesson.section_id
        ],
    }


async def archived_lessons(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    lessons = await services(dialog_manager).structure.archived_lessons(
        current_user(dialog_manager).id, shown_course(dialog_manager)
    )
    language = current_language()
    return {
        "lessons": [(lesson.id, f"♻️ {shorten(lesson.title.read_in(language), 44)}") for lesson in lessons],
        "is_empty": not lessons,
        "has_lessons": bool(lessons),
    }


async def pasted_outline(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    pasted = parse_outline(given(dialog_manager, "pasted"))
    lines: list[str] = []
    for section in pasted:
        if section.title:
            lines.append(f"📂 {section.title}")
        lines += [f"▫️ {title}" for title in section.lessons]
    return {
        "lines": "\n".join(shorten(line, 80) for line in lines[:SHOWN_PASTED]),
        "more": max(len(lines) - SHOWN_PASTED, 0),
        "lesson_count": sum(len(section.lessons) for section in pasted),
    }


async def _outline(manager: DialogManager) -> Outline:
    return await services(manager).authoring.outline(current_user(manager).id, shown_course(manager))


def _section_title(section: SectionLines) -> str:
    return shorten(section.section.title.read_in(current_language()), 44)


def _lesson_title(line: LessonLine) -> str:
    return shorten(line.lesson.title.read_in(current_language()), 44)


def _lesson_line(line: LessonLine) -> str:
    mark = "▫️" if line.lesson.is_published else "✏️"
    gate = " 🚧" if line.lesson.is_gate else ""
    waits = " ⏰" if line.lesson.opens_at or line.lesson.opens_after_days else ""
    return f"{mark} {line.number}. {_lesson_title(line)}{gate}{waits}"


def _around(lines: list[str], place: int) -> str:
    start = max(min(place - SHOWN_LINES // 2, len(lines) - SHOWN_LINES), 0)
    shown = lines[start : start + SHOWN_LINES]
    return "\n".join([*(["…"] if start else []), *shown, *(["…"] if start + SHOWN_LINES < len(lines) else [])])
