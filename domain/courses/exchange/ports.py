"""What importing and exporting need kept and read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, NewType, Protocol

from domain.courses.exchange.issues import Refusal
from domain.courses.exchange.model import CourseDraft, QuizItem, SectionDraft
from domain.courses.model import Course, CourseId, Lesson, Media, MediaId, Part, PartKind, Section
from domain.identity import UserId

PARSE_IMPORT_JOB = "parse_import"
"""Payload: `import_id`. Reads the file that was sent, and shows what it found."""
EXPORT_JOB = "export_course"
"""Payload: `course_id`, `user_id`."""

ImportId = NewType("ImportId", int)


class ImportState(StrEnum):
    WAITING = "waiting"
    """Its file is still to be read."""
    READY = "ready"
    """It can be saved."""
    REFUSED = "refused"
    """Its file cannot be read, or has mistakes."""
    IMPORTED = "imported"
    EXPIRED = "expired"
    """Put away by its owner, or forgotten after a week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A file that somebody sent to be imported."""

    message_id: int
    """In the chat of its sender; the same message is the same import."""
    name: str
    size: int
    """Bytes; 0 when Telegram did not say."""
    telegram_file_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A file on its way to a course. Nothing of it is part of any course before its owner confirms it."""

    id: ImportId
    owner_id: UserId
    course_id: CourseId | None
    """The course that its lessons are for; None: it makes a new one."""
    arrival: Arrival
    state: ImportState
    refusal: Refusal | None
    parsed: Mapping[str, Any] | None
    """What the file holds, as `load_tables` takes it."""
    sha256: str | None
    """Of the file in the storage."""
    category: str | None
    """The slug that its owner chose."""
    imported_id: CourseId | None
    """The course that came of it."""
    progress_id: int | None
    """The message that says how far it is; None again when its owner was told what came of it."""

    @property
    def is_untold(self) -> bool:
        """Its file was read, and whoever waits for the answer does not have it yet."""
        return self.progress_id is not None and self.state in (ImportState.READY, ImportState.REFUSED)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of the archive whose content is in the storage."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonContent:
    lesson: Lesson
    parts: tuple[Part, ...]
    questions: tuple[QuizItem, ...]
    resources: tuple[Media, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseContent:
    """A course with everything in it but what its authors have deleted."""

    course: Course
    category: str
    """The slug."""
    prerequisites: tuple[str, ...]
    """Codes."""
    cover: Media | None
    sections: tuple[tuple[Section, tuple[LessonContent, ...]], ...]


class CourseImports(Protocol):
    async def add(self, owner_id: UserId, course_id: CourseId | None, arrival: Arrival, now: datetime) -> Import:
        """One for each message of its owner: the same again is the one that is there."""
        ...

    async def get(self, import_id: ImportId) -> Import | None: ...
    async def lock(self, import_id: ImportId) -> Import | None:
        """Whoever else confirms it waits until this transaction ends."""
        ...

    async def note_progress(self, import_id: ImportId, message_id: int | None) -> None: ...
    async def note_stored(self, import_id: ImportId, sha256: str) -> None: ...
    async def note_read(self, import_id: ImportId, parsed: Mapping[str, Any], state: ImportState) -> bool:
        """Only while it waits."""
        ...

    async def refuse(self, import_id: ImportId, refusal: Refusal) -> bool:
        """Only while it waits."""
        ...

    async def choose_category(self, import_id: ImportId, slug: str) -> None: ...
    async def note_imported(self, import_id: ImportId, course_id: CourseId) -> None: ...
    async def put_away(self, import_id: ImportId) -> None:
        """With what its file held; what was imported stays imported."""
        ...

    async def expire(self, before: datetime) -> int:
        """Put away what was sent before that moment and came to nothing; how many."""
        ...

    async def visible_codes(self, codes: Iterable[str], user_id: UserId) -> Mapping[str, CourseId]:
        """Of courses that are published, or that the user teaches."""
        ...

    async def taken_slugs(self, slugs: Sequence[str]) -> frozenset[str]: ...


class CourseContents(Protocol):
    """A whole course in few statements."""

    async def content(self, course_id: CourseId) -> CourseContent | None: ...

    async def set_details(self, course_id: CourseId, draft: CourseDraft, slug: str | None) -> bool:
        """What `Courses.add_course` does not set, but for prices in Stars and codes. False: the slug is taken."""
        ...

    async def add_prerequisites(self, course_id: CourseId, required: Iterable[CourseId]) -> None: ...

    async def add_files(
        self,
        draft: CourseDraft,
        stored: Mapping[str, StoredFile],
        wanted: Iterable[tuple[str, PartKind]],
        owner_id: UserId,
        now: datetime,
    ) -> Mapping[tuple[str, PartKind], MediaId]:
        """A media for each path and kind."""
        ...

    async def add_sections(
        self,
        course_id: CourseId,
        sections: Sequence[SectionDraft],
        media: Mapping[tuple[str, PartKind], MediaId],
        owner_id: UserId,
        now: datetime,
    ) -> None:
        """Behind the course's last section, with all that is in them; drafts."""
        ...


class CourseFiles(Protocol):
    """Looks into files that strangers sent."""

    async def read(self, file: Path, *, language: str, only_word: bool, name: str = "") -> Mapping[str, Any]:
        """What the file holds, as `load_tables` takes it. `name`: what its sender calls it.

        Raises ParseRefused with a Refusal or a FileFault.
        """
        ...

    def unpack(self, file: Path, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """The files of an archive that was read before, by their paths. Not for the event loop."""
        ...
