"""What the answers say about the questions: classical item statistics, and which questions the teacher should look at.

Difficulty is the share of right answers. Discrimination is the point-biserial correlation of being right with the share
of the *other* questions that were right (the corrected item-total correlation, Henrysson 1963), so that a question does
not agree with itself. Only a student's first attempt counts: in later ones the answers are known.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.quizzes.keys import Key, Multiple, Single, TrueFalse
from domain.quizzes.model import Question

FEW = 20
"""Fewer students than this: what is said is a hint. Below FEWEST nothing is said."""
FEWEST = 8
TOO_EASY = 0.95
TOO_HARD = 0.2
"""Difficulties outside of 0.2 to 0.9 tell students apart badly (Kelley, Ebel & Linacre 2002); an easy question may be
meant to be easy, so only what nearly everybody knows is mentioned."""
LOW_DISCRIMINATION = 0.19
"""Ebel and Frisbie (1991), after Ebel 1979: up to 0.19 a question is poor and should be rewritten."""
UNUSED_SHARE = 0.05
"""A distractor that fewer than 5 % choose does not work (Haladyna & Downing 1993)."""
UNUSED_AFTER = 40
"""Students from whom on that share can be seen."""
SLOW_TIMES = 3.0
SLOWEST_USUAL = 90.0
"""Seconds: a question is slow when it takes three times the quiz's usual time, and more than this."""


class Reason(StrEnum):
    """Why a teacher should look at a question; the most urgent first."""

    KEY_MAY_BE_WRONG = "key_may_be_wrong"
    NEGATIVE = "negative"
    TOO_HARD = "too_hard"
    LOW = "low"
    TOO_EASY = "too_easy"
    UNUSED_OPTION = "unused_option"
    SLOW = "slow"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceCount:
    option: int
    """In the kept order, counting from 0."""
    chosen: int
    rest: float | None
    """The mean share of the other questions that those who chose it got right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSums:
    """What is kept of all answers to a question; rests in ten-thousandths."""

    asked: int
    answered: int
    correct: int
    timed: int
    seconds: int
    rested: int
    rested_correct: int
    rest_sum: int
    rest_squares: int
    rest_correct: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    question: Question
    is_retired: bool
    """A version that no new attempt gets."""
    sums: ItemSums
    choices: Sequence[ChoiceCount]

    @property
    def difficulty(self) -> float:
        """The share of right answers: 1 is the easiest."""
        return self.sums.correct / self.sums.asked if self.sums.asked else 0.0

    @property
    def seconds(self) -> float | None:
        """On average; a break counts as ten minutes."""
        return self.sums.seconds / self.sums.timed if self.sums.timed else None

    @property
    def discrimination(self) -> float | None:
        """From -1 to 1; None while all answered alike."""
        return discrimination(self.sums)

    @property
    def is_small(self) -> bool:
        return self.sums.asked < FEW


@dataclass(frozen=True, slots=True)
class Finding:
    item: Item
    reason: Reason
    option: int | None = None
    """The option that it is about."""


def discrimination(sums: ItemSums) -> float | None:
    count, right = sums.rested, sums.rested_correct
    spread = count * sums.rest_squares - sums.rest_sum**2
    answers = right * (count - right)
    if count < 2 or spread <= 0 or answers <= 0:
        return None
    return (count * sums.rest_correct - right * sums.rest_sum) / math.sqrt(float(spread) * answers)


def right_options(key: Key) -> frozenset[int] | None:
    """None for what is not answered by choosing."""
    match key:
        case Single(correct):
            return frozenset({correct})
        case Multiple(correct):
            return correct
        case TrueFalse(is_true):
            return frozenset({0 if is_true else 1})
        case _:
            return None


def look_at(items: Sequence[Item]) -> list[Finding]:
    """The questions in use that deserve a look, each with its most urgent reason, the most urgent ones first."""
    times = sorted(item.seconds for item in items if item.seconds is not None)
    usual = times[len(times) // 2] if times else 0.0
    found = [finding for item in items if not item.is_retired and (finding := _finding(item, usual)) is not None]
    order = list(Reason)
    return sorted(found, key=lambda finding: order.index(finding.reason))


def _finding(item: Item, usual: float) -> Finding | None:
    if item.sums.asked < FEWEST:
        return None
    better = _stronger_than_the_key(item)
    if better is not None:
        return Finding(item, Reason.KEY_MAY_BE_WRONG, better)
    power = item.discrimination
    if power is not None and power < 0 and not item.is_small:
        return Finding(item, Reason.NEGATIVE)
    if item.difficulty < TOO_HARD:
        return Finding(item, Reason.TOO_HARD)
    if item.difficulty > TOO_EASY:
        return Finding(item, Reason.TOO_EASY)
    if power is not None and power <= LOW_DISCRIMINATION and not item.is_small:
        return Finding(item, Reason.LOW)
    unused = _unused(item)
    if unused is not None:
        return Finding(item, Reason.UNUSED_OPTION, unused)
    if item.seconds is not None and item.seconds > max(SLOW_TIMES * usual, SLOWEST_USUAL):
        return Finding(item, Reason.SLOW)
    return None


def _stronger_than_the_key(item: Item) -> int | None:
    """A wrong option that more chose than the right one, and those who did are not the weaker ones."""
    if not isinstance(item.question.key, Single | TrueFalse):
        return None
    right = next(iter(right_options(item.question.key) or ()))
    counts = {choice.option: choice for choice in item.choices}
    key = counts.get(right)
    wrong = max(
        (choice for choice in item.choices if choice.option != right), key=lambda each: each.chosen, default=None
    )
    if wrong is None or wrong.chosen <= (key.chosen if key else 0):
        return None
    if key is not None and key.rest is not None and wrong.rest is not None and wrong.rest < key.rest:
        return None
    return wrong.option


def _unused(item: Item) -> int | None:
    right = right_options(item.question.key)
    if right is None or isinstance(item.question.key, TrueFalse) or item.sums.answered < UNUSED_AFTER:
        return None
    chosen = {choice.option: choice.chosen for choice in item.choices}
    wrong = [option for option in range(len(item.question.options)) if option not in right]
    rarest = min(wrong, key=lambda option: chosen.get(option, 0), default=None)
    if rarest is None or chosen.get(rarest, 0) >= UNUSED_SHARE * item.sums.answered:
        return None
    return rarest
