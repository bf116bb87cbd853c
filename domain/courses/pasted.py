"""An outline as teachers paste it: one lesson a line, `# Section` or `Section:` begins a section."""

import re
from dataclasses import dataclass

from domain.courses.model import MAX_TITLE
from domain.courses.wording import clean_title
from domain.errors import InvalidInput

MAX_PASTED = 100
"""Lines of one outline."""

_MARK = re.compile(r"^(?:[-–—•*▪◦·]+\s+|\(?\d{1,3}(?:\.\d{1,3})*[.)]\s+)+")


@dataclass(frozen=True, slots=True)
class PastedSection:
    title: str | None
    """None: the lessons before the first heading go behind the course's last one."""
    lessons: tuple[str, ...]


def is_outline(text: str) -> bool:
    """More than one line means more than one title."""
    return sum(bool(line.strip()) for line in text.splitlines()) > 1


def parse_outline(text: str) -> tuple[PastedSection, ...]:
    """Sections with titles, numbers and bullets before them left out; lines without a letter or digit are rulers.

    Raises InvalidInput("outline", …): "empty" without a lesson, "too_many" over MAX_PASTED lines, "too_long" for a line
    that is longer than a title may be.
    """
    lines = [line.strip() for line in text.splitlines() if any(character.isalnum() for character in line)]
    if len(lines) > MAX_PASTED:
        raise InvalidInput("outline", "too_many")
    found: list[tuple[str | None, list[str]]] = []
    for line in lines:
        is_section = line.startswith("#") or line.endswith(":")
        title = _title(line.lstrip("#").rstrip(":") if is_section else line)
        if is_section:
            found.append((title, []))
        elif found:
            found[-1][1].append(title)
        else:
            found.append((None, [title]))
    if not any(lessons for _title_, lessons in found):
        raise InvalidInput("outline", "empty")
    return tuple(PastedSection(title, tuple(lessons)) for title, lessons in found)


def _title(line: str) -> str:
    stripped = _MARK.sub("", line.strip())
    kept = stripped if any(character.isalnum() for character in stripped) else line
    try:
        return clean_title(kept)
    except InvalidInput as error:
        raise InvalidInput("outline", error.reason) from None


def first_title(words: str, file_name: str) -> str | None:
    """What a lesson is called that is made of one message: the first line of its words, else its file's name."""
    stem = file_name.rpartition(".")[0] or file_name
    for line in (*words.splitlines(), stem.replace("_", " ")):
        bare = line.strip().lstrip("#*_>~|` ").rstrip("*_~|` ")
        try:
            return clean_title(_cut(" ".join(bare.split())))
        except InvalidInput:
            continue
    return None


def copy_title(title: str) -> str:
    """`Foizlar (2)`, and of that `Foizlar (3)`."""
    match = re.fullmatch(r"(?P<base>.*\S)\s*\((?P<number>\d{1,4})\)", title, re.DOTALL)
    base, number = (match["base"], int(match["number"]) + 1) if match else (title, 2)
    ending = f" ({number})"
    return f"{base[: MAX_TITLE - len(ending)].rstrip()}{ending}"


def _cut(title: str) -> str:
    """At a word's end, when there is one near."""
    if len(title) <= MAX_TITLE:
        return title
    kept = title[: MAX_TITLE - 1]
    at_word = kept.rpartition(" ")[0]
    return f"{(at_word if len(at_word) > MAX_TITLE // 2 else kept).rstrip()}…"
