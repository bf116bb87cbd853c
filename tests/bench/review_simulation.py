"""Students with a memory that follows FSRS-6's formulas, with parameters that the scheduler does not know.

The memory here is written from the formulas (https://github.com/open-spaced-repetition/awesome-fsrs/wiki/The-Algorithm),
not with the library, so that a mistake in how the library is used shows as a loss.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from math import exp

from bot.clients.fsrs_optimiser import RustOptimiser
from domain.review.model import Grade, LoggedReview, Memory, ReviewCardId, ReviewPlan
from domain.review.scheduling import chosen_day, graded
from domain.review.tuning import HELD_OUT, MIN_REVIEWS, is_better

FIRST_DAY = date(2026, 1, 1)
RIGHT_SECONDS, WRONG_SECONDS = 8.0, 20.0
"""What an answer takes; after a wrong one the explanation is read."""
RECALLED = ((Grade.HARD, Grade.GOOD, Grade.EASY), (0.224, 0.631, 0.145))
"""How what is known is graded: the proportions of FSRS's own simulator."""
MISTAKES = ((Grade.AGAIN,), (1.0,))
"""First grades of cards that all come from wrong answers."""
ALL_SORTS = (tuple(Grade), (0.24, 0.094, 0.495, 0.171))
"""First grades of pinned questions and notes: the proportions of FSRS's own simulator (fsrs-optimizer)."""
FIXED = (1, 3, 7, 14, 30)
"""Days between the reviews of a fixed schedule, whatever the answers; the last one goes on for ever."""
LADDER = (1, 3, 7, 14, 30, 60, 120)
"""Steps of a schedule that looks at the answers a little: a wrong one begins anew."""

DEFAULTS = (
    0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796, 1.4835, 0.0614, 0.2629,
    1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542,
)  # fmt: skip


def parameters_of(rng: random.Random, deviation: float) -> tuple[float, ...]:
    """A person's own: each parameter up to `deviation` times the default or as much below it, within FSRS's bounds."""
    own = [value * deviation ** rng.uniform(-1, 1) for value in DEFAULTS]
    own[13] = min(own[13], 0.9)
    own[15] = min(own[15], 1.0)
    own[16] = max(own[16], 1.0)
    own[20] = min(max(own[20], 0.1), 0.8)
    return tuple(own)


@dataclass
class TrueMemory:
    """One card in somebody's head; days are whole."""

    w: tuple[float, ...]
    stability: float = 0.0
    difficulty: float = 0.0
    last: int = 0

    def recall(self, day: int) -> float:
        decay = -self.w[20]
        factor = 0.9 ** (1 / decay) - 1
        return (1 + factor * max(day - self.last, 0) / self.stability) ** decay

    def learn(self, day: int, grade: int) -> None:
        w = self.w
        self.stability = w[grade - 1]
        self.difficulty = self._clamped(w[4] - exp(w[5] * (grade - 1)) + 1)
        self.last = day

    def review(self, day: int, grade: int) -> None:
        w, s, d, r = self.w, self.stability, self.difficulty, self.recall(day)
        if grade == 1:
            forgotten = w[11] * d ** -w[12] * ((s + 1) ** w[13] - 1) * exp(w[14] * (1 - r))
            self.stability = min(forgotten, s / exp(w[17] * w[18]))
        else:
            bonus = {2: w[15], 3: 1.0, 4: w[16]}[grade]
            self.stability = s * (1 + exp(w[8]) * (11 - d) * s ** -w[9] * (exp(w[10] * (1 - r)) - 1) * bonus)
        moved = d - w[6] * (grade - 3) * (10 - d) / 9
        easiest = w[4] - exp(w[5] * 3) + 1
        self.difficulty = self._clamped(w[7] * easiest + (1 - w[7]) * moved)
        self.stability = max(self.stability, 0.001)
        self.last = day

    @staticmethod
    def _clamped(difficulty: float) -> float:
        return min(max(difficulty, 1.0), 10.0)


@dataclass
class Outcome:
    seconds: float = 0.0
    reviews: int = 0
    recalls: list[float] = field(default_factory=list)
    """The mean probability of recall over all cards, on each of the last 30 days."""
    loads: list[int] = field(default_factory=list)
    """Reviews on each day."""

    @property
    def retention(self) -> float:
        return sum(self.recalls) / len(self.recalls)


@dataclass(frozen=True)
class Habits:
    """How a student learns."""

    days: int = 365
    new_days: int = 182
    """New cards come on the first so many days."""
    new_a_day: int = 5
    firsts: tuple[tuple[Grade, ...], tuple[float, ...]] = MISTAKES
    measured: int = 30


Schedule = Callable[[int, Grade, int], int]
"""(card, grade, day) to the day on which it is asked again."""


def fixed() -> Schedule:
    asked: dict[int, int] = defaultdict(int)

    def schedule(card: int, _grade: Grade, day: int) -> int:
        asked[card] += 1
        return day + FIXED[min(asked[card], len(FIXED)) - 1]

    return schedule


def ladder() -> Schedule:
    steps: dict[int, int] = defaultdict(int)

    def schedule(card: int, grade: Grade, day: int) -> int:
        steps[card] = 0 if grade is Grade.AGAIN else steps[card] + 1
        return day + LADDER[min(steps[card], len(LADDER) - 1)]

    return schedule


def by_fsrs(plan: ReviewPlan) -> Schedule:
    """The product's own way: `graded` says how long, `chosen_day` on which day."""
    memories: dict[int, Memory] = {}
    loads: dict[date, int] = defaultdict(int)

    def schedule(card: int, grade: Grade, day: int) -> int:
        today = FIRST_DAY + timedelta(days=day)
        memories[card], days = graded(memories.get(card), grade, plan, datetime.combine(today, time(), UTC), "UTC")
        due = chosen_day(today, days, plan, loads)
        loads[due] += 1
        return (due - FIRST_DAY).days

    return schedule


def by_tuned_fsrs(plan: ReviewPlan) -> Schedule:
    """The same with parameters that are fitted to the student's own log as the product does it, but not as often: at
    400 reviews and whenever they have doubled."""
    memories: dict[int, Memory] = {}
    loads: dict[date, int] = defaultdict(int)
    log: list[LoggedReview] = []
    used, next_fit, optimiser = plan, MIN_REVIEWS, RustOptimiser()

    def schedule(card: int, grade: Grade, day: int) -> int:
        nonlocal used, next_fit
        today = FIRST_DAY + timedelta(days=day)
        log.append(LoggedReview(ReviewCardId(card), today, grade))
        if len(log) >= next_fit:
            next_fit *= 2
            learnt = round(len(log) * (1 - HELD_OUT))
            found = asyncio.run(optimiser.optimise(log[:learnt]))
            if found is not None and is_better(tuple(found), used.parameters, log, learnt):
                used = replace(plan, parameters=tuple(found))
        memories[card], days = graded(memories.get(card), grade, used, datetime.combine(today, time(), UTC), "UTC")
        due = chosen_day(today, days, used, loads)
        loads[due] += 1
        return (due - FIRST_DAY).days

    return schedule


def simulate(w: tuple[float, ...], schedule: Schedule, habits: Habits, *, seed: int) -> Outcome:
    """All that is due is reviewed on its day. The first grade of a card costs the same time with every schedule, and
    is not counted."""
    rng, firsts = random.Random(seed), random.Random(~seed)
    heads: dict[int, TrueMemory] = {}
    due: dict[int, list[int]] = defaultdict(list)
    outcome = Outcome()
    for day in range(habits.days):
        today = due.pop(day, [])
        for card in today:
            head = heads[card]
            knows = rng.random() < head.recall(day)
            grade = rng.choices(*RECALLED)[0] if knows else Grade.AGAIN
            outcome.seconds += RIGHT_SECONDS if knows else WRONG_SECONDS
            head.review(day, int(grade))
            due[schedule(card, grade, day)].append(card)
        outcome.reviews += len(today)
        outcome.loads.append(len(today))
        if day < habits.new_days:
            for card in range(day * habits.new_a_day, (day + 1) * habits.new_a_day):
                grade = firsts.choices(*habits.firsts)[0]
                heads[card] = TrueMemory(w)
                heads[card].learn(day, int(grade))
                due[schedule(card, grade, day)].append(card)
        if day >= habits.days - habits.measured:
            outcome.recalls.append(sum(head.recall(day) for head in heads.values()) / len(heads))
    return outcome


LOWEST_AIM, HIGHEST_AIM = 40, 98
"""Percent. The product offers a narrower range; here the aim is only what is turned until the time is the same."""


class Student:
    """The same head with each schedule. FSRS begins with its defaults, which are not the student's own."""

    def __init__(self, seed: int, habits: Habits, *, deviation: float = 1.25, is_tuned: bool = False) -> None:
        self._w = parameters_of(random.Random(seed), deviation)
        self._habits = habits
        self._seed = seed
        self._fsrs = by_tuned_fsrs if is_tuned else by_fsrs
        self.fixed = self._run(fixed())
        self.ladder = self._run(ladder())
        self.aiming_at = cache(self._aiming_at)

    def at_equal_time(self, other: Outcome) -> tuple[float, float]:
        """FSRS's aim that takes as long as the other, and the retention there."""
        return self._where(lambda outcome: outcome.seconds, other.seconds, lambda outcome: outcome.retention)

    def at_equal_retention(self, other: Outcome) -> tuple[float, float]:
        """FSRS's aim that keeps as much as the other, and the seconds that this takes."""
        return self._where(lambda outcome: outcome.retention, other.retention, lambda outcome: outcome.seconds)

    def _where(
        self, measure: Callable[[Outcome], float], wanted: float, reading: Callable[[Outcome], float]
    ) -> tuple[float, float]:
        """On the line between the two neighbouring whole percents around the wanted measure; beyond the lowest and the
        highest aim it is that aim."""
        low, high = LOWEST_AIM, HIGHEST_AIM
        while high - low > 1:
            middle = (low + high) // 2
            if measure(self.aiming_at(middle)) <= wanted:
                low = middle
            else:
                high = middle
        below, above = self.aiming_at(low), self.aiming_at(high)
        width = measure(above) - measure(below)
        share = min(max((wanted - measure(below)) / width, 0.0), 1.0) if width > 0 else 0.0
        return low + share, reading(below) + share * (reading(above) - reading(below))

    def _aiming_at(self, aim: int) -> Outcome:
        return self._run(self._fsrs(ReviewPlan(retention=aim)))

    def _run(self, schedule: Schedule) -> Outcome:
        return simulate(self._w, schedule, self._habits, seed=self._seed)
