"""How a quiz is taken: one card of settings a quiz; what is not set is usual."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NewType

from domain.errors import InvalidInput

BankId = NewType("BankId", int)

MAX_POOLS = 20
MAX_DRAWN = 100
"""Questions that one attempt may have in all."""
TIME_LIMITS = range(1, 361)
"""Minutes for a whole attempt."""
QUESTION_LIMITS = range(5, 601)
"""Seconds for one question; Telegram's polls take 5 to 600."""
MAX_ATTEMPTS = 50
PENALTIES = range(101)
MAX_VERSIONS = 10


class Face(StrEnum):
    """How the questions of an attempt are shown."""

    BUTTONS = "buttons"
    POLLS = "polls"
    """Native quiz polls where their limits allow it; the other questions of the attempt have buttons."""


class Reveal(StrEnum):
    """When a student sees which answers were right."""

    AT_ONCE = "at_once"
    AT_END = "at_end"
    AFTER_CLOSE = "after_close"
    """Only after the quiz has closed for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """`count` questions drawn by chance from a bank, of one topic or difficulty if that is asked for."""

    bank_id: BankId
    count: int
    topic: str | None = None
    difficulty: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizSettings:
    """The pass mark is the lesson's (`pass_percent`), because the gate to the next lesson reads it there."""

    pools: tuple[Pool, ...] = ()
    """Drawn besides the quiz's own questions."""
    shuffles_questions: bool = False
    shuffles_options: bool = False
    max_attempts: int | None = None
    time_limit: timedelta | None = None
    """For the whole attempt; whole minutes."""
    question_limit: timedelta | None = None
    """For each question; whole seconds."""
    penalty_percent: int = 0
    """Of a question's points, taken away for a wrong answer; an answer that was not given costs nothing."""
    reveal: Reveal = Reveal.AT_ONCE
    opens_at: datetime | None = None
    """UTC; for an exam its one start for all."""
    closes_at: datetime | None = None
    face: Face = Face.BUTTONS
    is_exam: bool = False
    """One start for all, parallel versions, results held until it closes."""
    versions: int = 1
    """Parallel versions of an exam: neighbours get different ones."""

    def checked(self) -> "QuizSettings":
        """The settings as they may be kept: an exam shuffles, has buttons, one attempt, and reveals after its close.

        Raises InvalidInput for "pools" (too_many, count), "attempts", "time_limit", "question_limit", "penalty" and
        "versions" (out_of_range), "closes_at" (before_opening), "exam" (needs_dates), "reveal" (needs_close).
        """
        if len(self.pools) > MAX_POOLS:
            raise InvalidInput("pools", "too_many")
        if any(pool.count < 1 for pool in self.pools) or sum(pool.count for pool in self.pools) > MAX_DRAWN:
            raise InvalidInput("pools", "count")
        if self.max_attempts is not None and not 1 <= self.max_attempts <= MAX_ATTEMPTS:
            raise InvalidInput("attempts", "out_of_range")
        if self.time_limit is not None and self.time_limit // timedelta(minutes=1) not in TIME_LIMITS:
            raise InvalidInput("time_limit", "out_of_range")
        if self.question_limit is not None and self.question_limit // timedelta(seconds=1) not in QUESTION_LIMITS:
            raise InvalidInput("question_limit", "out_of_range")
        if self.penalty_percent not in PENALTIES:
            raise InvalidInput("penalty", "out_of_range")
        if not 1 <= self.versions <= MAX_VERSIONS:
            raise InvalidInput("versions", "out_of_range")
        if self.opens_at and self.closes_at and self.closes_at <= self.opens_at:
            raise InvalidInput("closes_at", "before_opening")
        if self.is_exam and (self.opens_at is None or self.closes_at is None):
            raise InvalidInput("exam", "needs_dates")
        if self.reveal is Reveal.AFTER_CLOSE and self.closes_at is None:
            raise InvalidInput("reveal", "needs_close")
        if not self.is_exam:
            return self
        return replace(
            self,
            shuffles_questions=True,
            shuffles_options=True,
            max_attempts=1,
            face=Face.BUTTONS,
            reveal=Reveal.AFTER_CLOSE,
        )

    def is_revealed(self, now: datetime, *, is_finished: bool) -> bool:
        """Whether a student may see the keys of what they answered."""
        if self.reveal is Reveal.AT_ONCE:
            return True
        if self.reveal is Reveal.AT_END:
            return is_finished
        return self.closes_at is not None and now >= self.closes_at

    def deadline(self, started_at: datetime) -> datetime | None:
        """When an attempt that begins then has to end: after its time, or with the quiz."""
        moments = [
            moment
            for moment in (self.closes_at, started_at + self.time_limit if self.time_limit else None)
            if moment is not None
        ]
        return min(moments, default=None)


def settings_to_data(settings: QuizSettings) -> dict[str, Any]:
    """As JSON, without what is usual."""
    return {name: value for name, value in _all(settings).items() if value != _USUAL[name]}


def _all(settings: QuizSettings) -> dict[str, Any]:
    return {
        "pools": [
            {"bank_id": pool.bank_id, "count": pool.count, "topic": pool.topic, "difficulty": pool.difficulty}
            for pool in settings.pools
        ],
        "shuffles_questions": settings.shuffles_questions,
        "shuffles_options": settings.shuffles_options,
        "max_attempts": settings.max_attempts,
        "time_limit": settings.time_limit // timedelta(seconds=1) if settings.time_limit else None,
        "question_limit": settings.question_limit // timedelta(seconds=1) if settings.question_limit else None,
        "penalty_percent": settings.penalty_percent,
        "reveal": settings.reveal.value,
        "opens_at": settings.opens_at.isoformat() if settings.opens_at else None,
        "closes_at": settings.closes_at.isoformat() if settings.closes_at else None,
        "face": settings.face.value,
        "is_exam": settings.is_exam,
        "versions": settings.versions,
    }


def settings_of_data(data: Mapping[str, Any]) -> QuizSettings:
    def seconds(name: str) -> timedelta | None:
        value = data.get(name)
        return timedelta(seconds=value) if value else None

    def moment(name: str) -> datetime | None:
        value = data.get(name)
        return datetime.fromisoformat(value) if value else None

    return QuizSettings(
        pools=tuple(
            Pool(
                bank_id=BankId(pool["bank_id"]),
                count=pool["count"],
                topic=pool.get("topic"),
                difficulty=pool.get("difficulty"),
            )
            for pool in data.get("pools", ())
        ),
        shuffles_questions=data.get("shuffles_questions", False),
        shuffles_options=data.get("shuffles_options", False),
        max_attempts=data.get("max_attempts"),
        time_limit=seconds("time_limit"),
        question_limit=seconds("question_limit"),
        penalty_percent=data.get("penalty_percent", 0),
        reveal=Reveal(data.get("reveal", Reveal.AT_ONCE)),
        opens_at=moment("opens_at"),
        closes_at=moment("closes_at"),
        face=Face(data.get("face", Face.BUTTONS)),
        is_exam=data.get("is_exam", False),
        versions=data.get("versions", 1),
    )


USUAL = QuizSettings()
_USUAL = _all(USUAL)
