"""How far one student is in a lesson: its parts, what is still missing, and how a long lesson is cut into steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.courses.model import LessonPage, Part, PartId, PartKind
from domain.language import Text
from domain.percent import whole_percent

STEP = 5
"""Parts that are sent at once; a lesson that has no more of them is sent as a whole."""
LONGEST_PAUSE = timedelta(minutes=10)
"""More than this between two actions was a break, of which so much counts."""
BETWEEN_TRIES = timedelta(minutes=1)
"""Between two answers to the same check question."""
SEEN_PERCENT = 95
"""Whoever stopped this far has seen the part: hardly anybody waits for the credits."""

TIMED = frozenset({PartKind.VIDEO, PartKind.AUDIO, PartKind.VOICE, PartKind.LINK})
"""Kinds in which one can stop at a moment, and mark one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartStanding:
    """One part of a lesson and what a student did with it. The key of its check question is not here."""

    part_id: PartId
    kind: PartKind
    caption: Text | None
    """What stands below a file; None for a text."""
    duration_seconds: int
    """How long it takes to read, hear or see; 0 when nobody knows."""
    shortest_seconds: int | None
    """Of the file in any of its languages; None when it is not known, or not a matter of time."""
    longest_seconds: int | None
    has_question: bool
    opened_at: datetime | None = None
    done_at: datetime | None = None
    answered_at: datetime | None = None
    position_seconds: int | None = None
    stopped_at: datetime | None = None

    @property
    def is_timed(self) -> bool:
        return self.kind in TIMED

    @property
    def is_done(self) -> bool:
        """Seen to its end, or its question answered.

        What has neither a known end nor a question needs only be opened, unless the student said that they stopped.
        """
        if self.done_at is not None:
            return True
        is_open_ended = not self.has_question and self.shortest_seconds is None
        return self.opened_at is not None and is_open_ended and self.position_seconds is None

    @property
    def seconds_left(self) -> int:
        return 0 if self.is_done else max(self.duration_seconds - (self.position_seconds or 0), 0)

    def is_seen_at(self, position: int) -> bool:
        """True when somebody who stopped there has seen the part."""
        return self.shortest_seconds is not None and 100 * position >= SEEN_PERCENT * self.shortest_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacks:
    """What is missing before a lesson may be finished."""

    unopened: int = 0
    """Parts that were not sent yet."""
    unanswered: tuple[PartId, ...] = ()
    """Opened parts whose check question waits for its right answer."""
    pass_percent: int | None = None
    """The result of the quiz that is asked for and not reached."""
    best_percent: int | None = None
    """The best result so far; None before the first."""

    @property
    def is_nothing(self) -> bool:
        return not self.unopened and not self.unanswered and self.pass_percent is None


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonStanding:
    """How far one student is in one lesson."""

    parts: tuple[PartStanding, ...]
    seconds: int = 0
    """Time at work in it."""
    best_points: int | None = None
    """Of the best finished attempt at its quiz, in hundredths of a point; below them what could be had."""
    best_max: int | None = None
    has_marked: bool = True
    """Whether the student has a note or a bookmark anywhere: who has, knows how."""

    @property
    def done_count(self) -> int:
        return sum(part.is_done for part in self.parts)

    @property
    def seconds_left(self) -> int:
        return sum(part.seconds_left for part in self.parts)

    @property
    def is_all_sent(self) -> bool:
        return all(part.opened_at is not None for part in self.parts)

    @property
    def stopped(self) -> PartStanding | None:
        """The part in which the student said last that they stopped, unless they have seen it since."""
        with_position = [(part.stopped_at, part.part_id, part) for part in self.parts if part.stopped_at]
        last = max(with_position, default=None, key=lambda entry: entry[:2])
        return last[2] if last and not last[2].is_done else None

    @property
    def positions(self) -> dict[PartId, int]:
        """Where the student stopped in the parts that they have not seen to the end, in seconds."""
        return {p.part_id: p.position_seconds for p in self.parts if p.position_seconds and not p.is_done}

    @property
    def sent(self) -> tuple[PartStanding, ...]:
        """The parts that the student has, and may bookmark."""
        return tuple(part for part in self.parts if part.opened_at is not None)

    @property
    def timed(self) -> tuple[PartStanding, ...]:
        """The parts that the student has and may mark a moment in."""
        return tuple(part for part in self.parts if part.is_timed and part.opened_at is not None)

    @property
    def asking(self) -> tuple[PartStanding, ...]:
        """The parts that the student has and whose question is not answered."""
        return tuple(p for p in self.parts if p.has_question and p.opened_at is not None and p.answered_at is None)

    def number_of(self, part_id: PartId) -> int | None:
        """Its place in the lesson, counting from 1; None when it is not there any more."""
        return next((number for number, part in enumerate(self.parts, start=1) if part.part_id == part_id), None)

    def lacks(self, pass_percent: int | None, *, has_quiz: bool) -> Lacks:
        """The rule of a lesson: everything opened, questions answered, the quiz passed if there is one to pass."""
        best = whole_percent(self.best_points or 0, self.best_max) if self.best_max else None
        is_passed = pass_percent is None or not has_quiz or (best is not None and best >= pass_percent)
        return Lacks(
            unopened=sum(part.opened_at is None for part in self.parts),
            unanswered=tuple(part.part_id for part in self.asking),
            pass_percent=None if is_passed else pass_percent,
            best_percent=best,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A lesson's screen: the lesson without its content, and how far its reader is."""

    page: LessonPage
    standing: LessonStanding

    @property
    def lacks(self) -> Lacks:
        return self.standing.lacks(self.page.lesson.pass_percent, has_quiz=self.page.has_quiz)


def next_step(parts: Sequence[Part], standing: LessonStanding, after: PartId | None = None) -> Sequence[Part]:
    """The parts to send now, STEP at most.

    Behind the part `after`. Without it a short lesson is sent as a whole, and a long one from where the student
    stopped: the first part that they are not done with, or the beginning when there is none. A part that was put in
    front of those that were sent is not forgotten: it comes when there is nothing behind.
    """
    ids = [part.id for part in parts]
    if after is not None and after in ids[:-1]:
        start = ids.index(after) + 1
        return parts[start : start + STEP]
    if after is None and len(parts) <= STEP:
        return parts
    unopened = {part.part_id for part in standing.parts if part.opened_at is None}
    waiting = {part.part_id for part in standing.parts if not part.is_done} if after is None else unopened
    start = next((place for place, part_id in enumerate(ids) if part_id in waiting), None)
    if start is None:
        return parts[:STEP] if after is None else ()
    return parts[start : start + STEP]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """A check question as a student sees it. It has no field for the right option."""

    part_id: PartId
    version: int
    """Of the part: an answer to an earlier one is not counted."""
    number: int
    """The part's place in the lesson."""
    text: Text
    options: tuple[Text, ...]
    is_answered: bool


class Verdict(StrEnum):
    """What became of an answer to a check question."""

    RIGHT = "right"
    WRONG = "wrong"
    TOO_SOON = "too_soon"
    """Less than a minute after the last try: it was not looked at."""
    ANSWERED = "answered"
    """It was right before."""
    CHANGED = "changed"
    """The teacher has changed the question meanwhile."""
