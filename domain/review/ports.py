"""What the rules of spaced review need kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from domain.learning.shelf_model import Place
from domain.notes.model import NoteId
from domain.quizzes.model import AttemptId, QuestionId
from domain.quizzes.settings import QuizSettings
from domain.review.model import (
    CalibrationBin,
    Grade,
    LoggedReview,
    Memory,
    ReviewCard,
    ReviewCardId,
    ReviewPlan,
    Today,
)
from domain.users.model import UserId

REMIND_JOB = "remind_of_reviews"
"""Of the clock: everybody whose hour has come."""
TUNE_JOB = "tune_reviews"
"""Of the clock: looks for logs that have grown."""
TUNE_STUDENT_JOB = "tune_reviews_of_student"
"""Payload: `user_id`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDoor:
    """What one statement sees when somebody answers or grades a card."""

    card: ReviewCard
    plan: ReviewPlan
    timezone: str
    is_held: bool
    """Its question is in an attempt of the student's whose answers are not revealed yet."""
    is_removed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReview:
    """A grade on its way into the log."""

    card: ReviewCard
    """As it was read; its version decides whether the grade still fits."""
    grade: Grade
    memory: Memory
    due_at: datetime
    seconds: int | None
    predicted: float | None


@dataclass(frozen=True, slots=True)
class DueReminder:
    user_id: UserId
    at: datetime
    """What the clock was set to: whoever moves it from there owns the reminder."""
    is_silent: bool
    """Muted, or not reachable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a report is made of."""

    card_count: int
    loads: Mapping[date, int]
    """Cards by the day on which they are due; what is held back is left out."""
    bins: Sequence[CalibrationBin]


class Review(Protocol):
    """Everything is found by card and student together: a foreign card looks like none."""

    async def add_mistakes(
        self, user_id: UserId, attempt_id: AttemptId, now: datetime, *, not_before: datetime | None = None
    ) -> int:
        """A card for each question of the finished attempt that was answered wrong or not at all; how many are new.

        The wrong answer is FSRS's first grade, "again", and counts at the moment when it was given. A question (in
        whichever version) that has a card already comes back the next day at the latest, also when its card had been
        removed. `not_before`: when the quiz reveals its answers; no such card is due earlier. Running it again changes
        nothing; after a teacher has marked essays it adds those that were wrong. One statement.
        """
        ...

    async def finished_attempt(self, attempt_id: AttemptId) -> tuple[UserId, QuizSettings] | None:
        """Whose it is, and how its quiz is taken; None while it is open."""
        ...

    async def pin_question(
        self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId, now: datetime
    ) -> ReviewCardId | None:
        """A card for a question of one's own finished attempt, or the one that is there; None when there is none."""
        ...

    async def pin_note(self, user_id: UserId, note_id: NoteId, now: datetime) -> ReviewCardId | None:
        """As `pin_question`, for one's own note."""
        ...

    async def remove(self, user_id: UserId, card_id: ReviewCardId, now: datetime) -> bool:
        """Ask it no more; True also when it was removed before."""
        ...

    async def restore(self, user_id: UserId, card_id: ReviewCardId) -> bool: ...

    async def today(self, user_id: UserId, now: datetime) -> Today:
        """Raises CardGone when there is no such student."""
        ...

    async def home(self, user_id: UserId, now: datetime) -> tuple[Place | None, Today]:
        """Where the student goes on, and the numbers of today's set, without its cards and with those that are held
        back. Raises CardGone when there is no such student."""
        ...

    async def door(self, user_id: UserId, card_id: ReviewCardId, now: datetime) -> CardDoor | None: ...

    async def loads(self, user_id: UserId, first: datetime, last: datetime, timezone: str) -> Mapping[date, int]:
        """Cards by the day on which they are due, from `first` to before `last`."""
        ...

    async def grade(self, user_id: UserId, review: NewReview, now: datetime) -> bool:
        """Log the grade and move the card. One atomic statement; False, with nothing changed, when the card is not at
        the version that was read, is not due, or was removed."""
        ...

    async def take_back(self, user_id: UserId, card_id: ReviewCardId, number: int, since: datetime) -> bool:
        """Undo the card's last grade, if that is `number` and not older than `since`; False, with nothing changed,
        otherwise."""
        ...

    async def summary(self, user_id: UserId, since: datetime) -> tuple[int, int, int]:
        """Grades in sets since then, those that were remembered, and seconds."""
        ...

    async def plan(self, user_id: UserId) -> tuple[ReviewPlan, str]:
        """The student's plan, else the usual one; and their time zone. Raises CardGone when there is no student."""
        ...

    async def save_plan(self, user_id: UserId, plan: ReviewPlan, next_reminder_at: datetime, now: datetime) -> None:
        """All but the parameters, which nobody sets by hand."""
        ...

    async def usual_hour(self, user_id: UserId, timezone: str, since: datetime) -> int | None:
        """The hour of the day with most reviews and answers since then; None when there are none."""
        ...

    async def due_reminders(self, now: datetime, limit: int) -> Sequence[DueReminder]: ...

    async def move_reminder(self, user_id: UserId, seen: datetime, following: datetime) -> bool:
        """Set the clock of the next reminder; False when somebody else has moved it from `seen` already."""
        ...

    async def figures(self, user_id: UserId, now: datetime, since: datetime, bins: int) -> Figures: ...

    async def to_tune(self, after: UserId | None, limit: int) -> Sequence[UserId]:
        """Students whose log has grown enough, behind `after` in the order of their ids."""
        ...

    async def log(self, user_id: UserId, timezone: str, limit: int) -> Sequence[LoggedReview]:
        """The last `limit` grades, oldest first."""
        ...

    async def note_tuning(self, user_id: UserId, parameters: Sequence[float] | None, now: datetime) -> None:
        """The log was looked at; with `parameters`, they are the student's from now on."""
        ...


class Optimiser(Protocol):
    """Finds the parameters of the memory model that explain a log best."""

    async def optimise(self, reviews: Sequence[LoggedReview]) -> Sequence[float] | None:
        """None when no parameters can be found."""
        ...
