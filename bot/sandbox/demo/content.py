"""Reads the demo centre from its files into plain facts; writing them to a database is somebody else's work.

`subjects.toml` lists the subjects, each folder of `courses/` holds one course: `course.toml`, the cover, and one folder
per lesson with its texts (`text.<language>.md`), its files and `quiz.toml`. Lesson texts are the Markdown of Telegram's
rich messages (headings, bold, lists, tables, quotes, `$…$` and `$$…$$` in LaTeX) and start without a title; quiz texts
are plain.
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bot.sandbox.demo.format import (
    LANGUAGES,
    CourseFile,
    InEveryLanguage,
    Language,
    LessonTable,
    Level,
    PartKind,
    PartTable,
    QuestionTable,
    QuizFile,
    Sale,
    SubjectsFile,
    Wording,
)

Table = TypeVar("Table", bound=BaseModel)

DEMO_DIR = Path(__file__).parent
RICH_TEXT_LENGTH = 32_768

_MIME_TYPES = {
    ".jpg": "image/jpeg",
    ".md": "text/markdown",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".png": "image/png",
}
_SUFFIXES: Mapping[PartKind, frozenset[str]] = {
    "text": frozenset({".md"}),
    "pdf": frozenset({".pdf"}),
    "slides": frozenset({".pdf"}),
    "video": frozenset({".mp4"}),
    "photo": frozenset({".jpg", ".png"}),
}


class DemoContentError(ValueError):
    """A file of the demo is missing or wrong; the message names the file and the place in it."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSubject:
    slug: str
    emoji: str
    title: Mapping[Language, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPart:
    """One part of a lesson, a file per language; the kind "text" has `texts`, every other kind has a `title`."""

    kind: PartKind
    title: Mapping[Language, str] | None
    files: Mapping[Language, Path]
    texts: Mapping[Language, str] | None

    def mime_type(self, language: Language) -> str:
        return _MIME_TYPES[self.files[language].suffix]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoQuestion:
    """A single-choice question in plain text; `correct` counts from 0 and is the same in every language."""

    slug: str
    text: Mapping[Language, str]
    options: Mapping[Language, tuple[str, ...]]
    explanation: Mapping[Language, str]
    correct: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoLesson:
    """`price` in tiyin, present exactly when the lesson is sold alone; a free preview is open to everybody."""

    slug: str
    title: Mapping[Language, str]
    price: int | None
    free_preview: bool
    parts: tuple[DemoPart, ...]
    questions: tuple[DemoQuestion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSection:
    slug: str
    title: Mapping[Language, str]
    lessons: tuple[DemoLesson, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCourse:
    """`price` in tiyin, present exactly when `sale` is "course"; `subject` is the slug of a `DemoSubject`."""

    code: str
    slug: str
    subject: str
    level: Level
    languages: tuple[Language, ...]
    sale: Sale
    price: int | None
    certificate: bool
    cover: Path
    title: Mapping[Language, str]
    description: Mapping[Language, str]
    sections: tuple[DemoSection, ...]

    @property
    def lessons(self) -> Iterator[DemoLesson]:
        """All lessons in the order in which they are taught."""
        return (lesson for section in self.sections for lesson in section.lessons)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCentre:
    subjects: tuple[DemoSubject, ...]
    courses: tuple[DemoCourse, ...]


def load_demo(directory: Path = DEMO_DIR) -> DemoCentre:
    """Read and check the whole demo; courses come in the order of their subjects, then codes.

    Raises DemoContentError at the first file that is missing or breaks a rule.
    """
    subjects_path = directory / "subjects.toml"
    subjects = tuple(
        DemoSubject(slug=table.slug, emoji=table.emoji, title=_by_language(table.title))
        for table in _read(subjects_path, SubjectsFile).subject
    )
    order = {subject.slug: place for place, subject in enumerate(subjects)}
    courses = sorted(
        (_course(path, order.keys()) for path in (directory / "courses").glob("*/course.toml")),
        key=lambda course: (order[course.subject], course.code),
    )
    if not courses:
        raise DemoContentError(directory / "courses", "there is no course")
    codes = [course.code for course in courses]
    if len(set(codes)) != len(codes):
        raise DemoContentError(directory / "courses", "two courses have the same code")
    return DemoCentre(subjects=subjects, courses=tuple(courses))


def _course(path: Path, subjects: Collection[str]) -> DemoCourse:
    folder, file = path.parent, _read(path, CourseFile)
    if file.subject not in subjects:
        raise DemoContentError(path, f"subject: {file.subject} is not in subjects.toml")
    if file.slug != folder.name:
        raise DemoContentError(path, f"slug: {file.slug} is not the name of the folder")
    return DemoCourse(
        code=file.code,
        slug=file.slug,
        subject=file.subject,
        level=file.level,
        languages=file.languages,
        sale=file.sale,
        price=file.price,
        certificate=file.certificate,
        cover=_existing(folder / file.cover, "photo"),
        title=_by_language(file.title),
        description=_by_language(file.description),
        sections=tuple(
            DemoSection(
                slug=section.slug,
                title=_by_language(section.title),
                lessons=tuple(_lesson(folder / lesson.slug, lesson) for lesson in section.lesson),
            )
            for section in file.section
        ),
    )


def _lesson(folder: Path, table: LessonTable) -> DemoLesson:
    return DemoLesson(
        slug=table.slug,
        title=_by_language(table.title),
        price=table.price,
        free_preview=table.free_preview,
        parts=tuple(_part(folder, part) for part in table.part),
        questions=tuple(_question(question) for question in _read(folder / "quiz.toml", QuizFile).question),
    )


def _part(folder: Path, table: PartTable) -> DemoPart:
    paths = _by_language(table.path)
    files: dict[Language, Path] = {language: _existing(folder / paths[language], table.kind) for language in LANGUAGES}
    texts: dict[Language, str] = {language: _text(path) for language, path in files.items() if table.kind == "text"}
    return DemoPart(
        kind=table.kind,
        title=_by_language(table.title) if table.title else None,
        files=files,
        texts=texts or None,
    )


def _question(table: QuestionTable) -> DemoQuestion:
    wordings: dict[Language, Wording] = {"uz": table.uz, "ru": table.ru, "en": table.en}
    return DemoQuestion(
        slug=table.slug,
        text={language: wordings[language].text for language in LANGUAGES},
        options={language: wordings[language].options for language in LANGUAGES},
        explanation={language: wordings[language].explanation for language in LANGUAGES},
        correct=table.correct,
    )


def _by_language(table: InEveryLanguage) -> dict[Language, str]:
    return {"uz": table.uz, "ru": table.ru, "en": table.en}


def _read(path: Path, shape: type[Table]) -> Table:
    try:
        return shape.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise DemoContentError(path, "the file does not exist") from error
    except tomllib.TOMLDecodeError as error:
        raise DemoContentError(path, f"not valid TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise DemoContentError(path, f"{place}: {first['msg']}" if place else first["msg"]) from error


def _existing(path: Path, kind: PartKind) -> Path:
    if not path.is_file():
        raise DemoContentError(path, "the file does not exist")
    if path.suffix not in _SUFFIXES[kind]:
        raise DemoContentError(path, f"a file of the kind {kind} ends in {' or '.join(sorted(_SUFFIXES[kind]))}")
    return path


def _text(path: Path) -> str:
    text = path.read_text(encoding="utf-8").strip()
    if not text:
        raise DemoContentError(path, "the text is empty")
    if len(text) > RICH_TEXT_LENGTH:
        raise DemoContentError(path, f"longer than the {RICH_TEXT_LENGTH} characters of a rich message")
    return text
