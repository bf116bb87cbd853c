"""A test that somebody sent, read: its questions, and where it could not be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.quizzes.draft import QuestionDraft


class TestFormat(StrEnum):
    """How the test was written."""

    __test__ = False

    SIGNS = "signs"
    """`?` question, `+` right, `=` or `-` wrong."""
    LETTERS = "letters"
    """`a) b) c)*`: a star, a plus or bold at the right option."""
    KEYED = "keyed"
    """Numbered questions with lettered options, and a line of answers: `ABCDA` or `1A 2B`."""
    GIFT = "gift"
    """Moodle's text format."""
    TABLE = "table"
    """A row a question."""
    PHOTO = "photo"
    """Read off a picture by a model."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why a question cannot be taken; `field` and `reason` as in `InvalidInput`."""

    line: int
    """Of the text, or the row of the table; counting from 1."""
    field: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadQuestion:
    """One question of the test: a draft, or what is wrong with it."""

    line: int
    """Where it begins, counting from 1."""
    excerpt: str
    """The beginning of it, to find it by."""
    draft: QuestionDraft | None
    mistakes: tuple[Mistake, ...] = ()
    keyless: QuestionDraft | None = None
    """A choice that is whole but for its key, which somebody has to name; its key means nothing. `draft` is None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTest:
    format: TestFormat
    questions: tuple[ReadQuestion, ...]

    @property
    def drafts(self) -> Sequence[QuestionDraft]:
        """The questions that can be taken."""
        return [question.draft for question in self.questions if question.draft is not None]
