"""Students with a memory that follows FSRS-6's formulas, with parameters that the scheduler does not know.

The memory here is written from the formulas (https://github.com/open-spaced-repetition/awesome-fsrs/wiki/The-Algorithm),
not with the library, so that a mistake in how the library is used shows as a loss.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from math import exp

from domain.review.model import Grade, Memory, ReviewPlan
from domain.review.scheduling import chosen_day, graded

FIRST_DAY = date(2026, 1, 1)
RIGHT_SECONDS, WRONG_SECONDS = 8.0, 20.0
"""What an answer takes; after a wrong one the explanation is read."""
RECALLED = ((Grade.HARD, Grade.GOOD, Grade.EASY), (0.224, 0.631, 0.145))
"""How what is known is graded: the proportions of FSRS's own simulator."""
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


def simulate(
    w: tuple[float, ...], schedule: Schedule, *, days: int, new_a_day: int, seed: int, measured: int = 30
) -> Outcome:
    """Mistakes come in for the first half of the time, and all that is due is reviewed on its day."""
    rng = random.Random(seed)
    heads: dict[int, TrueMemory] = {}
    due: dict[int, list[int]] = defaultdict(list)
    outcome = Outcome()
    for day in range(days):
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
        if day < days // 2:
            for card in range(day * new_a_day, (day + 1) * new_a_day):
                heads[card] = TrueMemory(w)
                heads[card].learn(day, int(Grade.AGAIN))
                due[schedule(card, Grade.AGAIN, day)].append(card)
        if day >= days - measured:
            outcome.recalls.append(sum(head.recall(day) for head in heads.values()) / len(heads))
    return outcome


@dataclass(frozen=True)
class Student:
    """One student's outcomes with every schedule."""

    fixed: Outcome
    ladder: Outcome
    by_aim: Mapping[int, Outcome]
    """FSRS, by the percent that it aims at."""

    def at_equal_time(self, seconds: float) -> tuple[float, float]:
        """FSRS's aim that takes this long, and the retention there: on the line between the two simulated aims around
        it. Beyond the simulated ones it is the nearest of them that takes no more."""
        ordered = sorted(self.by_aim.items())
        for (aim, low), (next_aim, high) in pairwise(ordered):
            if low.seconds <= seconds <= high.seconds:
                share = (seconds - low.seconds) / max(high.seconds - low.seconds, 1e-9)
                return aim + share * (next_aim - aim), low.retention + share * (high.retention - low.retention)
        affordable = [(aim, outcome.retention) for aim, outcome in ordered if outcome.seconds <= seconds]
        aim, retention = affordable[-1] if affordable else (ordered[0][0], 0.0)
        return float(aim), retention


def study(seed: int, *, days: int, new_a_day: int, aims: Sequence[int], deviation: float = 1.25) -> Student:
    """The same head with each schedule. FSRS runs with its defaults, which are not the student's own."""
    w = parameters_of(random.Random(seed), deviation)

    def run(schedule: Schedule) -> Outcome:
        return simulate(w, schedule, days=days, new_a_day=new_a_day, seed=seed)

    return Student(run(fixed()), run(ladder()), {aim: run(by_fsrs(ReviewPlan(retention=aim))) for aim in aims})
