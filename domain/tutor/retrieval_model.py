"""What is searched for in lessons and materials, and what counts as found."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from domain.courses.model import CourseId, LessonId
from domain.language import Language, Text
from domain.tutor.model import SearchQuery

PassageId = NewType("PassageId", int)

EMBEDDING_DIMENSIONS = 384
"""Length of a model's vector: what the index has room for."""

LEAST_WORDS = 1 / 3
"""Of a question's telling words. A passage that has fewer of them shares a word by chance."""
LEAST_SPELLING = 0.4
"""Likeness of spelling, from 0 to 1, that is enough without a whole word: a misspelt question."""
BESIDE_THE_BEST = 0.5
"""A passage with less than this part of the words of the best one is not about the question."""


class Shelf(StrEnum):
    """Where one looks."""

    ALL = "all"
    """Everything that the reader may open: lessons, own materials, materials shared with their courses."""
    OWN = "own"
    """The reader's own materials."""
    COURSE = "course"
    """One course: its lessons, and the materials shared with it."""
    LESSONS = "lessons"
    """Lessons of all courses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A shelf, and what on it. It narrows what a reader may open and never widens it."""

    shelf: Shelf = Shelf.ALL
    course_id: CourseId | None = None
    """The course of `Shelf.COURSE`."""
    material_id: int | None = None
    """Only this material, with any shelf."""

    def __post_init__(self) -> None:
        if (self.shelf is Shelf.COURSE) != (self.course_id is not None):
            raise ValueError("a course belongs to the shelf of courses")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """A question as a model understands it."""

    vector: tuple[float, ...]
    """Of length 1."""
    model: str
    floor: float
    """Likeness below which this model's vectors tell nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question in every form that is searched for. Without `meaning` it is searched by words and spelling alone."""

    query: SearchQuery
    meaning: Meaning | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why a passage was found: three likenesses, each from 0 to 1."""

    words: float
    """The part of the question's telling words that the passage has, endings and typing mistakes forgiven."""
    spelling: float
    meaning: float | None = None
    """None where no model has seen both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonPlace:
    lesson_id: LessonId
    title: Text
    course_id: CourseId
    course_title: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialPlace:
    material_id: int
    page_from: int
    page_to: int
    """Both count from 1, as a reader of the file counts."""
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPassage:
    id: PassageId
    place: LessonPlace | MaterialPlace
    heading: str
    """For materials the way of headings down to the passage."""
    text: str
    language: Language | None
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An empty one is an honest answer: nothing that this reader may open says anything about it."""

    passages: Sequence[FoundPassage]
    is_by_meaning: bool
    """Whether a model took part; else it was found by words alone, which the screen says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialEntry:
    """A piece of a material with the forms that it is searched in."""

    position: int
    page_from: int
    page_to: int
    heading: str
    text: str
    folded: str
    vector: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unembedded:
    """A passage that the present model has not seen."""

    id: PassageId
    text: str
    """With its heading."""
    stamp: str
    """Of the text: an embedding of a text that was replaced meanwhile is thrown away."""


def is_relevant(evidence: Evidence, floor: float | None) -> bool:
    """Whether a passage says anything about the question at all. `floor`: of the model that took part, if one did."""
    return (
        evidence.words >= LEAST_WORDS
        or evidence.spelling >= LEAST_SPELLING
        or (floor is not None and evidence.meaning is not None and evidence.meaning >= floor)
    )


def worth_showing(found: Sequence[FoundPassage], floor: float | None) -> list[FoundPassage]:
    """Those that are relevant, and not far behind the best in words unless they mean the same. The order is kept."""
    relevant = [passage for passage in found if is_relevant(passage.evidence, floor)]
    most = max((passage.evidence.words for passage in relevant), default=0.0)
    return [
        passage
        for passage in relevant
        if passage.evidence.words >= BESIDE_THE_BEST * most
        or is_relevant(Evidence(words=0, spelling=0, meaning=passage.evidence.meaning), floor)
    ]
