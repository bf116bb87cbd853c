"""Questions that a model proposes: what was ordered, what came of it, and what the teacher has decided.

A proposal is nobody's question. It becomes one of the quiz when a teacher of the lesson takes it, never by itself.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from domain.courses.model import LessonId
from domain.errors import InvalidInput
from domain.language import Language
from domain.quizzes.draft import DIFFICULTIES, QuestionDraft
from domain.quizzes.keys import QuestionKind
from domain.quizzes.model import QuestionId
from domain.users.model import UserId

GenerationId = NewType("GenerationId", int)
ProposalId = NewType("ProposalId", int)

SOURCE = "AI"
"""What stands in `source` of every question that came from a model."""
COUNTS = (5, 10, 20)
BATCH = 5
"""Questions that one call writes: a reply that is cut or broken costs no more than these."""
SPARE_BATCHES = 2
"""Calls beyond the needed ones, in the place of what was refused."""
MIN_MATERIAL = 200
MAX_MATERIAL = 24_000
"""Characters of text that questions are made from; what is longer is cut."""
WRITABLE = (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.TRUE_FALSE, QuestionKind.SHORT)
"""Kinds that a second reading can answer, and so check."""


class Scope(StrEnum):
    """What questions are made from."""

    LESSON = "lesson"
    SECTION = "section"
    """The texts of all lessons of the lesson's section."""
    MATERIAL = "material"
    """A text that the teacher sent."""


class GenerationState(StrEnum):
    WORKING = "working"
    READY = "ready"
    STOPPED = "stopped"
    FAILED = "failed"
    """It ended early; what had come until then can be taken."""


class Trouble(StrEnum):
    """Why a generation ended early."""

    BROKEN = "broken"
    """The model's reply was of no use, also after its fault was sent back."""
    BUSY = "busy"
    UNAVAILABLE = "unavailable"
    REFUSED = "refused"
    SPENT = "spent"
    """The day's tokens are used up."""
    NOTHING_NEW = "nothing_new"
    """Everything that came was known already or failed the second reading."""


class Verdict(StrEnum):
    """What the second reading found, which answers each question without its key and with options in another order."""

    GOOD = "good"
    """The same answer as the key's."""
    UNCLEAR = "unclear"
    """The same answer, but the reader called the question ambiguous: it is shown with the remark."""
    WRONG = "wrong"
    """Another answer than the key's: it is left out."""


class Decision(StrEnum):
    """What became of a proposal."""

    WAITING = "waiting"
    TAKEN = "taken"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a teacher asks for."""

    scope: Scope = Scope.LESSON
    material: str | None = None
    """Only for the scope MATERIAL."""
    count: int = 5
    kinds: tuple[QuestionKind, ...] = (QuestionKind.SINGLE,)
    difficulty: int | None = None
    """None: mixed."""
    language: Language

    def checked(self) -> "Order":
        """Raises InvalidInput for "count", "kinds", "difficulty" (out_of_range)."""
        if self.count not in COUNTS:
            raise InvalidInput("count", "out_of_range")
        if not self.kinds or not set(self.kinds) <= set(WRITABLE):
            raise InvalidInput("kinds", "out_of_range")
        if self.difficulty is not None and self.difficulty not in DIFFICULTIES:
            raise InvalidInput("difficulty", "out_of_range")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    id: GenerationId
    lesson_id: LessonId
    asked_by: UserId
    order: Order
    text: str
    """What the questions are made from, as it was when they were ordered."""
    state: GenerationState
    trouble: Trouble | None
    batches: int
    """Calls that have written and whose questions are stored."""
    tokens: int
    """Spent on this order."""
    progress_id: int | None
    created_at: datetime

    @property
    def is_working(self) -> bool:
        return self.state is GenerationState.WORKING

    @property
    def batches_allowed(self) -> int:
        return -(-self.order.count // BATCH) + SPARE_BATCHES


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    id: ProposalId
    generation_id: GenerationId
    lesson_id: LessonId
    number: int
    """Counting from 1 within its generation."""
    draft: QuestionDraft
    verdict: Verdict | None
    """None until the second reading, and for what a teacher has rewritten."""
    remark: str | None
    decision: Decision
    question_id: QuestionId | None

    @property
    def is_offered(self) -> bool:
        """Teachers never see what failed the second reading."""
        return self.verdict is not Verdict.WRONG

    @property
    def is_good(self) -> bool:
        return self.verdict is Verdict.GOOD and self.decision is Decision.WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How far a generation is."""

    wanted: int
    offered: int
    unchecked: int
    left_out: int
    """Failed the second reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """A generation with what waits for its teacher."""

    generation: Generation
    waiting: tuple[Proposal, ...]
    """Good ones first, then unclear and unread ones."""
    taken: int
    dropped: int
    left_out: int

    @property
    def good(self) -> int:
        return sum(proposal.is_good for proposal in self.waiting)
