"""A notebook as one Markdown page, by course and lesson."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.i18n import escape_markdown


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One note, in words."""

    course: str
    course_id: int | None
    """None: about no course."""
    lesson: str
    """Empty: about the course as a whole, or about a lesson that is gone."""
    lesson_id: int | None
    when: str
    voice: str
    """How long the recording is; empty without one."""
    markdown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    title: str
    entries: Sequence[Entry]
    """Oldest first."""
    nothing: str
    """What stands there instead of notes when there are none."""


def chapters(page: Page) -> Iterator[tuple[Entry, Iterator[tuple[Entry, Iterator[Entry]]]]]:
    """Courses and, in them, lessons; each in the order in which it was first noted about, free notes last."""
    first_of_course: dict[int | None, int] = {}
    first_of_lesson: dict[tuple[int | None, int | None], int] = {}
    for number, entry in enumerate(page.entries):
        first_of_course.setdefault(entry.course_id, number)
        first_of_lesson.setdefault((entry.course_id, entry.lesson_id), number)

    def place(entry: Entry) -> tuple[bool, int, int]:
        lesson = (entry.course_id, entry.lesson_id)
        return entry.course_id is None, first_of_course[entry.course_id], first_of_lesson[lesson]

    ordered = sorted(page.entries, key=place)
    for _course_id, of_course in groupby(ordered, key=lambda entry: entry.course_id):
        entries = list(of_course)
        yield entries[0], _lessons(entries)


def _lessons(entries: Sequence[Entry]) -> Iterator[tuple[Entry, Iterator[Entry]]]:
    for _lesson_id, of_lesson in groupby(entries, key=lambda entry: entry.lesson_id):
        notes = list(of_lesson)
        yield notes[0], iter(notes)


def _closed(markdown: str) -> str:
    """A fence that its author left open would swallow all notes behind it."""
    fences = sum(line.startswith("```") for line in markdown.split("\n"))
    return f"{markdown}\n```" if fences % 2 else markdown


def markdown_file(page: Page) -> str:
    blocks = [f"# {escape_markdown(page.title)}"]
    for course, lessons in chapters(page):
        blocks.append(f"## {escape_markdown(course.course)}")
        for lesson, notes in lessons:
            if lesson.lesson:
                blocks.append(f"### {escape_markdown(lesson.lesson)}")
            for note in notes:
                blocks.append(f"*{escape_markdown(note.when)}*")
                blocks += [escape_markdown(note.voice)] if note.voice else []
                blocks += [_closed(note.markdown)] if note.markdown else []
    if not page.entries:
        blocks.append(escape_markdown(page.nothing))
    return "\n\n".join(blocks) + "\n"
