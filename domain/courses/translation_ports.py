"""The texts and files of a course in several languages, and what translating them needs kept."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, Self

from domain.courses.model import Course, CourseId, LessonId, Media, MediaId, PartId, PartKind
from domain.language import Language, Text

_KEY = re.compile(r"([tdslp])([0-9]{1,15})", re.ASCII)


class TextKind(StrEnum):
    """What a text of a course is."""

    TITLE = "t"
    DESCRIPTION = "d"
    SECTION = "s"
    LESSON = "l"
    PART = "p"
    """A text part, or the caption of a file."""


@dataclass(frozen=True, slots=True)
class TextKey:
    """Which text of a course: `l12` is the title of lesson 12. It names, and proves nothing."""

    kind: TextKind
    id: int

    def __str__(self) -> str:
        return f"{self.kind.value}{self.id}"

    @classmethod
    def read(cls, raw: str) -> Self | None:
        """None for what is no key."""
        match = _KEY.fullmatch(raw)
        return cls(TextKind(match[1]), int(match[2])) if match else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseText:
    """One text of a course."""

    key: TextKey
    text: Text
    version: int
    """Of what it belongs to: another one means that somebody has changed it."""
    lesson_id: LessonId | None = None
    lesson_title: Text | None = None
    """Of the lesson that a part is in."""
    part_kind: PartKind | None = None

    def original(self, course: Course, language: Language) -> tuple[Language, str] | None:
        """What is translated into `language`: the text in the course's language, else in another one; None when it is
        written in this language alone."""
        others = {each: words for each, words in self.text.variants.items() if each is not language}
        if not others:
            return None
        chosen = course.language if course.language in others else next(iter(others))
        return chosen, others[chosen]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePart:
    """A part that is a file, in each language that has one of its own."""

    part_id: PartId
    kind: PartKind
    version: int
    lesson_id: LessonId
    lesson_title: Text
    names: Mapping[Language, str]
    """May be empty words: photos have no name."""


@dataclass(frozen=True, slots=True)
class Share:
    """How much of something is done."""

    done: int
    total: int


class Translations(Protocol):
    """The texts of one course in their order, archived lessons left out. One statement each."""

    async def progress(self, course_id: CourseId) -> Mapping[Language, Share]:
        """How many of the course's texts there are in each language."""
        ...

    async def texts(
        self, course_id: CourseId, *, missing_in: Language | None, after: TextKey | None, limit: int
    ) -> Sequence[CourseText]:
        """Those behind `after`, or from the first one on; all, or only those without a variant in the language."""
        ...

    async def text(self, course_id: CourseId, key: TextKey) -> CourseText | None:
        """None also for a text of another course."""
        ...

    async def save(self, course_id: CourseId, key: TextKey, language: Language, words: str, version: int) -> bool:
        """Write one variant and raise the version; False when the version is another one by now."""
        ...

    async def files(self, course_id: CourseId, *, after: PartId | None, limit: int) -> Sequence[FilePart]: ...
    async def file(self, course_id: CourseId, part_id: PartId) -> FilePart | None: ...
    async def media(self, part_id: PartId, language: Language) -> Media | None:
        """The file of just this language."""
        ...

    async def set_file(self, part_id: PartId, language: Language, media_id: MediaId, version: int) -> bool:
        """False when the version is another one by now."""
        ...

    async def drop_file(self, part_id: PartId, language: Language, version: int) -> bool:
        """False when the version is another one by now, or when it is the part's only file."""
        ...
