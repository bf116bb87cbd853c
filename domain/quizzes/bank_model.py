"""Banks of questions: what a course's quizzes draw from."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.courses.model import CourseId
from domain.errors import DomainError, Gone, InvalidInput
from domain.folding import fold
from domain.language import Language
from domain.quizzes.keys import QuestionKind
from domain.quizzes.model import Question
from domain.quizzes.settings import BankId
from domain.users.model import Role, UserId

MAX_BANK_TITLE = 80
MAX_BANK_QUESTIONS = 10_000
"""Of one bank."""
MAX_BANKS = 100
"""Of one course, without those in the archive."""
MAX_CHOSEN = 500
"""Questions that one call may relabel or copy."""
PAGE = 8


class BankGone(Gone):
    """There is no such bank, or it is in the archive."""


class BankTitleTaken(DomainError):
    """The course has a bank of this title in use."""


class TooManyBanks(DomainError):
    """The course has as many banks as it may have."""


class BankFull(DomainError):
    """The bank has as many questions as a bank may have."""


class QuestionKnown(DomainError):
    """The bank has this question already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """Whose a bank is, and who asks for it."""

    course_id: CourseId
    language: Language
    """That the course is written in."""
    actor_id: UserId
    actor_role: Role
    teaches_course: bool
    is_archived: bool = False
    """The bank, not the course."""

    @property
    def is_author(self) -> bool:
        """As for the questions of a lesson: those who teach the course while they are teachers, and every admin."""
        return self.actor_role is Role.ADMIN or (self.actor_role is Role.TEACHER and self.teaches_course)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    id: BankId
    course_id: CourseId
    title: str
    question_count: int
    is_archived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sieve:
    """Which questions of a bank are asked for; None: any."""

    topic: str | None = None
    difficulty: int | None = None
    kind: QuestionKind | None = None
    words: str = ""
    """Found in the question's text, whatever their case, alphabet and apostrophes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What is put on questions; None: as it was."""

    topic: str | None = None
    difficulty: int | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BankPage:
    """Newest questions first."""

    bank: Bank
    language: Language
    questions: Sequence[Question]
    has_more: bool
    topics: Sequence[tuple[str, int]]
    """Of the whole bank, with how many questions each has."""


def bank_title(typed: str) -> str:
    """Raises InvalidInput("bank", …): empty, too_long."""
    title = " ".join("".join(letter for letter in typed if letter.isprintable() or letter.isspace()).split())
    if not fold(title):
        raise InvalidInput("bank", "empty")
    if len(title) > MAX_BANK_TITLE:
        raise InvalidInput("bank", "too_long")
    return title
