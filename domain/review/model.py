"""Spaced review: what a student is asked again, when, and how it went.

A card is a question that went wrong (or was pinned) or a pinned note. What is remembered of it is FSRS's: its
stability (days until recall falls to 90 %) and its difficulty (1 to 10). Days are those of the student's own calendar.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import NewType

from domain.errors import InvalidInput
from domain.language import Text
from domain.notes.model import NoteId
from domain.quizzes.draft import Picture
from domain.quizzes.keys import QuestionKind, Response
from domain.quizzes.model import Question, QuestionId
from domain.users.model import UserId

ReviewCardId = NewType("ReviewCardId", int)

DAILY_REVIEWS = (5, 10, 20, 30, 50, 100, 200)
"""The choices for reviews a day."""
DAILY_NEW = (0, 5, 10, 20, 50)
"""The choices for cards a day that are asked for the first time."""
RETENTIONS = (80, 85, 90, 95)
"""Percent. Above 95 the work doubles for little; below 80 more is forgotten than a set teaches."""
WEEKDAYS = range(1, 8)
"""ISO: Monday is 1."""
USUAL_HOUR = 8
"""Of the reminder, while nothing is known about a student's habits."""
REMINDER_HOURS = range(7, 21)
"""A habit outside of these hours is reminded of at the nearest of them: nobody is woken."""
CHOSEN_HOURS = range(5, 21)
"""What a student may choose."""


class Grade(IntEnum):
    """How well a card was remembered, in FSRS's four steps."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


@dataclass(frozen=True, slots=True)
class Memory:
    """What FSRS knows about one card after its last grade."""

    stability: float
    difficulty: float
    reviewed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPlan:
    """How one student wants to review."""

    daily_reviews: int = 20
    daily_new: int = 10
    quiet_days: frozenset[int] = frozenset()
    """ISO weekdays on which nothing is asked."""
    retention: int = 90
    """Percent of the cards that are to be known when they are asked."""
    reminds: bool = True
    reminder_hour: int | None = None
    """None: the hour at which the student usually learns."""
    parameters: tuple[float, ...] | None = None
    """Of the memory model, learnt from the student's own log; None: FSRS's defaults."""

    def checked(self) -> "ReviewPlan":
        """Raises InvalidInput for "daily_reviews", "daily_new", "retention", "reminder_hour" (not_a_choice) and
        "quiet_days" (not_a_choice; all: a week without any day is no plan)."""
        if self.daily_reviews not in DAILY_REVIEWS:
            raise InvalidInput("daily_reviews", "not_a_choice")
        if self.daily_new not in DAILY_NEW:
            raise InvalidInput("daily_new", "not_a_choice")
        if self.retention not in RETENTIONS:
            raise InvalidInput("retention", "not_a_choice")
        if self.reminder_hour is not None and self.reminder_hour not in CHOSEN_HOURS:
            raise InvalidInput("reminder_hour", "not_a_choice")
        if not self.quiet_days <= set(WEEKDAYS):
            raise InvalidInput("quiet_days", "not_a_choice")
        if len(self.quiet_days) == len(WEEKDAYS):
            raise InvalidInput("quiet_days", "all")
        return self

    def is_quiet(self, day: date) -> bool:
        return day.isoweekday() in self.quiet_days


@dataclass(frozen=True, slots=True, kw_only=True)
class CardNote:
    """A pinned note, as far as a card shows it."""

    id: NoteId
    markdown: str
    beginning: str
    """Its first words, which are what is asked; empty for a recording."""
    is_spoken: bool
    lesson_title: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCard:
    """One card with what it asks. It holds the key, so it stays on the server."""

    id: ReviewCardId
    user_id: UserId
    question: Question | None
    """The newest version in use, else the one that the card was made from."""
    note: CardNote | None
    due_at: datetime
    memory: Memory | None
    """None before the first grade."""
    review_count: int
    """Grades in daily sets; it is the card's version too."""

    @property
    def is_new(self) -> bool:
        """Never asked in a set: the wrong answer that made it does not count."""
        return self.review_count == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What one statement reads before a set goes on."""

    plan: ReviewPlan
    timezone: str
    reviews_done: int
    """Today, of cards that had been asked before."""
    new_done: int
    reviews_due: int
    new_due: int
    review_card: ReviewCard | None
    """The one that has been due for the longest time."""
    new_card: ReviewCard | None
    next_due_at: datetime | None
    """Of the first card that is not due yet."""
    has_cards: bool

    def reviews_left(self) -> int:
        return max(min(self.plan.daily_reviews - self.reviews_done, self.reviews_due), 0)

    def new_left(self) -> int:
        return max(min(self.plan.daily_new - self.new_done, self.new_due), 0)

    def left(self, today: date) -> int:
        """Cards that are still to be asked today."""
        return 0 if self.plan.is_quiet(today) else self.reviews_left() + self.new_left()

    def next_card(self, today: date) -> ReviewCard | None:
        """What is known already comes first: it is forgotten while it waits."""
        if self.plan.is_quiet(today):
            return None
        if self.review_card is not None and self.reviews_left():
            return self.review_card
        return self.new_card if self.new_left() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """A card as its student sees it before the answer: there is no field for the key."""

    id: ReviewCardId
    version: int
    question: "AskedAgain | None"
    note: CardNote | None
    done: int
    """Cards that were graded today."""
    total: int
    """Of today's set."""

    @property
    def is_self_graded(self) -> bool:
        return self.question is None or self.question.is_self_graded


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAgain:
    """A question with its options in the order of this review."""

    id: QuestionId
    kind: QuestionKind
    text: Text
    options: tuple[Text, ...]
    rights: tuple[Text, ...] = ()
    picture: Picture | None = None

    @property
    def is_self_graded(self) -> bool:
        return self.kind in SELF_GRADED


SELF_GRADED = frozenset({QuestionKind.MATCHING, QuestionKind.ORDERING, QuestionKind.ESSAY})
"""Looked at and graded by the student: laying them out again takes longer than remembering them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetState:
    """Where a student stands in today's set."""

    card: CardView | None
    done: int
    total: int
    is_quiet: bool
    next_due_on: date | None
    """When something is asked again; None when there is no card at all."""
    waiting: int = 0
    """Due, but more than today's limit."""
    has_cards: bool = True


@dataclass(frozen=True, slots=True)
class Outlook:
    """What one grade would lead to."""

    grade: Grade
    due_on: date
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncovered:
    """A self-graded card with its answer, waiting for the grade."""

    card: CardView
    solution: Response | None
    """By places on the screen; None for a note and for an essay."""
    explanation: Text | None
    guide: Text | None
    """Of an essay: what the teacher looks for."""
    outlooks: tuple[Outlook, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """What a grade has led to. It exists only once the grade is stored."""

    card_id: ReviewCardId
    number: int
    """Of the card's grades, to take this one back."""
    grade: Grade
    card: CardView
    response: Response | None
    """By places on the screen; None for a card that its student has graded."""
    is_correct: bool | None
    solution: Response | None
    explanation: Text | None
    due_on: date
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSummary:
    """Today's set, when it is over."""

    done: int
    remembered: int
    seconds: int
    next_due_on: date | None
    next_count: int
    """Cards on that day."""


@dataclass(frozen=True, slots=True)
class LoggedReview:
    """One grade of the log, as the optimiser reads it; `day` in the student's calendar."""

    card_id: ReviewCardId
    day: date
    grade: Grade


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Reviews whose recall was expected alike."""

    count: int
    predicted: float
    """The mean of what was expected, 0 to 1."""
    recalled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewReport:
    plan: ReviewPlan
    card_count: int
    due_today: int
    due_week: int
    """Today and the six days after it."""
    forecast: Sequence[int]
    """Cards on each of the next 30 days, today first; what is overdue counts for today."""
    bins: Sequence[CalibrationBin]
    is_tuned: bool

    @property
    def graded(self) -> int:
        return sum(bin_.count for bin_ in self.bins)

    @property
    def measured_percent(self) -> int | None:
        return round(100 * sum(bin_.recalled for bin_ in self.bins) / self.graded) if self.graded else None

    @property
    def predicted_percent(self) -> int | None:
        if not self.graded:
            return None
        return round(100 * sum(bin_.predicted * bin_.count for bin_ in self.bins) / self.graded)
