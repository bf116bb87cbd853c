"""The shape of the demo's TOML files, as they are written on disk.

Every table refuses keys that it does not know, so a misspelt key is an error and not a silent default. Prices are whole
tiyin (1 so‘m = 100 tiyin). Titles and file paths are tables with exactly one entry per language.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Language = Literal["uz", "ru", "en"]
Sale = Literal["free", "course", "lessons"]
Level = Literal["beginner", "intermediate", "advanced"]
PartKind = Literal["text", "pdf", "slides", "video", "photo"]

LANGUAGES: tuple[Language, ...] = ("uz", "ru", "en")

QUESTION_LENGTH = 300
OPTION_LENGTH = 100
EXPLANATION_LENGTH = 200

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=48)]
# Goes into a deep link (`?start=c_CODE`), where Telegram allows these characters only.
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=32)]
Tiyin = Annotated[int, Field(gt=0, strict=True)]
Option = Annotated[Line, StringConstraints(max_length=OPTION_LENGTH)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class InEveryLanguage(_Table):
    """A sentence or a path, once per language."""

    uz: Line
    ru: Line
    en: Line


class SubjectTable(_Table):
    slug: Slug
    emoji: Line
    title: InEveryLanguage


class SubjectsFile(_Table):
    subject: list[SubjectTable] = Field(min_length=1)


class PartTable(_Table):
    """One part of a lesson; paths are relative to the lesson's folder. A file needs a title, a text has its own."""

    kind: PartKind
    path: InEveryLanguage
    title: InEveryLanguage | None = None

    @model_validator(mode="after")
    def _a_file_has_a_title(self) -> Self:
        if self.kind != "text" and self.title is None:
            raise ValueError(f"a part of the kind {self.kind} needs a title")
        return self


class LessonTable(_Table):
    slug: Slug
    title: InEveryLanguage
    price: Tiyin | None = None
    free_preview: bool = False
    part: list[PartTable] = Field(min_length=1)


class SectionTable(_Table):
    slug: Slug
    title: InEveryLanguage
    lesson: list[LessonTable] = Field(min_length=1)


class CourseFile(_Table):
    """A course: sold not at all, as a whole, or lesson by lesson; the prices must say the same as `sale`."""

    code: Code
    slug: Slug
    subject: Slug
    level: Level
    languages: tuple[Language, ...] = Field(min_length=1)
    sale: Sale
    price: Tiyin | None = None
    certificate: bool = False
    cover: Line
    title: InEveryLanguage
    description: InEveryLanguage
    section: list[SectionTable] = Field(min_length=1)

    @model_validator(mode="after")
    def _the_prices_agree_with_the_sale(self) -> Self:
        if (self.price is not None) != (self.sale == "course"):
            raise ValueError("a course has a price exactly when it is sold as a whole")
        for section in self.section:
            for lesson in section.lesson:
                sold_alone = self.sale == "lessons" and not lesson.free_preview
                if (lesson.price is not None) != sold_alone:
                    raise ValueError(f"lesson {lesson.slug}: a price is given exactly when the lesson is sold alone")
        return self

    @model_validator(mode="after")
    def _the_languages_are_all_of_them(self) -> Self:
        if sorted(self.languages) != sorted(LANGUAGES):
            raise ValueError(f"languages must be {', '.join(LANGUAGES)}")
        return self

    @model_validator(mode="after")
    def _slugs_are_unique(self) -> Self:
        sections = [section.slug for section in self.section]
        lessons = [lesson.slug for section in self.section for lesson in section.lesson]
        for slugs in (sections, lessons):
            twice = sorted({slug for slug in slugs if slugs.count(slug) > 1})
            if twice:
                raise ValueError(f"used twice: {', '.join(twice)}")
        return self


class Wording(_Table):
    """A question in one language, within the limits of a Telegram quiz poll."""

    text: Annotated[Line, StringConstraints(max_length=QUESTION_LENGTH)]
    options: tuple[Option, ...] = Field(min_length=3, max_length=4)
    explanation: Annotated[Line, StringConstraints(max_length=EXPLANATION_LENGTH)]

    @model_validator(mode="after")
    def _options_differ(self) -> Self:
        if len({option.casefold() for option in self.options}) != len(self.options):
            raise ValueError("two options are the same")
        return self


class QuestionTable(_Table):
    """A single-choice question. `correct` counts from 0 and is the same option in every language."""

    slug: Slug
    correct: Annotated[int, Field(ge=0, strict=True)]
    uz: Wording
    ru: Wording
    en: Wording

    @model_validator(mode="after")
    def _the_languages_agree(self) -> Self:
        counts = {len(self.uz.options), len(self.ru.options), len(self.en.options)}
        if len(counts) > 1:
            raise ValueError("the number of options differs between languages")
        if self.correct >= counts.pop():
            raise ValueError("correct points past the last option")
        return self


class QuizFile(_Table):
    question: list[QuestionTable] = Field(min_length=1)

    @model_validator(mode="after")
    def _slugs_are_unique(self) -> Self:
        slugs = [question.slug for question in self.question]
        if len(set(slugs)) != len(slugs):
            raise ValueError("two questions have the same slug")
        return self
