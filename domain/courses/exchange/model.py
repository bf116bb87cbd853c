"""A course on its way in or out: everything about its content, and nothing about whose it is or who takes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from domain.courses.model import CheckQuestion, Level, Link, PartKind, Sale
from domain.fiscal import FiscalCodes
from domain.language import Language, Text
from domain.money import Money

MAX_SECTIONS = 1_000
MAX_LESSONS = 5_000
MAX_PARTS = 20_000
MAX_QUESTIONS = 20_000
"""Of a whole course; how many one lesson may have is the quizzes' own rule."""
MAX_RESOURCES = 5_000
MAX_RESOURCES_OF_LESSON = 50
RESOURCE_KINDS = frozenset({PartKind.AUDIO, PartKind.DOCUMENT, PartKind.PDF, PartKind.SLIDES})
"""Kinds that Telegram sends in groups of files or of recordings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDraft:
    """A file that the course names; `path` is where it lies in the archive, below `files/`."""

    path: str
    name: str
    """What its readers see; may be empty, as a photo's is."""
    mime: str
    duration_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizItem:
    """One question of a lesson's quiz; `correct` counts from 0."""

    text: Text
    options: tuple[Text, ...]
    correct: int | None
    """The right option of a plain choice; None when `details` say what is right."""
    explanation: Text | None = None
    details: str | None = None
    """Kind, key and the rest of every other question, as the quizzes write it."""


@dataclass(frozen=True, slots=True)
class QuizRules:
    """What a question has to pass. The quizzes know it, and they know courses: so it is handed in."""

    check: Callable[[QuizItem], QuizItem]
    """The question as it may be kept. Raises InvalidInput for "question", "options", "correct", "explanation"."""
    most: int
    """Questions of one lesson."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDraft:
    kind: PartKind
    text: Text | None = None
    files: Mapping[Language, str] = field(default_factory=dict[Language, str])
    """The path of the file in each language that has one of its own."""
    link: Link | None = None
    duration_seconds: int = 0
    question: CheckQuestion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceDraft:
    path: str
    kind: PartKind


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonDraft:
    title: Text
    is_preview: bool = False
    price: Money | None = None
    stars: int | None = None
    opens_at: datetime | None = None
    opens_after_days: int | None = None
    is_gate: bool = False
    pass_percent: int | None = None
    parts: tuple[PartDraft, ...] = ()
    questions: tuple[QuizItem, ...] = ()
    resources: tuple[ResourceDraft, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionDraft:
    title: Text
    lessons: tuple[LessonDraft, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseDraft:
    """Not here: owner, co-teachers, students, status and its dates. What is imported is a draft of its importer."""

    title: Text
    language: Language
    category: str = ""
    """The slug of its category; empty when it was not said."""
    description: Text | None = None
    level: Level | None = None
    slug: str | None = None
    sale: Sale = Sale.FREE
    price: Money | None = None
    stars: int | None = None
    has_certificate: bool = False
    certificate_percent: int | None = None
    fiscal: FiscalCodes | None = None
    cover: str | None = None
    """The path of its picture."""
    prerequisites: tuple[str, ...] = ()
    """Codes of the courses that have to be completed first, in alphabetical order."""
    sections: tuple[SectionDraft, ...] = ()
    files: Mapping[str, FileDraft] = field(default_factory=dict[str, FileDraft])
    """By path: all that cover, parts and resources name."""

    @property
    def lessons(self) -> tuple[LessonDraft, ...]:
        return tuple(lesson for section in self.sections for lesson in section.lessons)

    @property
    def counts(self) -> "Counts":
        lessons = self.lessons
        return Counts(
            sections=len(self.sections),
            lessons=len(lessons),
            parts=sum(len(lesson.parts) for lesson in lessons),
            questions=sum(len(lesson.questions) for lesson in lessons),
            files=len(self.files),
        )


@dataclass(frozen=True, slots=True)
class Counts:
    sections: int = 0
    lessons: int = 0
    parts: int = 0
    questions: int = 0
    files: int = 0
