"""`make bench-review`: what FSRS makes of a student's time, beside schedules of fixed intervals.

Students with memories of their own get three cards a day for half a year and review for a whole one. All schedules see
the same students and cards; FSRS begins with its default parameters, which are nobody's, and its aim is turned until it
takes exactly the other's time, or keeps exactly as much.

    make bench-review
    make bench-review ARGS="--deviation 1.5"                # memories that differ more: by up to half, not a quarter
    make bench-review ARGS="--students 6 --days 120"        # small, in half a minute
    make bench-review ARGS="--students 6 --tuned"           # parameters fitted to each student's log; takes long
"""

import argparse
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from statistics import mean

from domain.review.model import Grade
from tests.bench.review_simulation import ALL_SORTS, FIXED, LADDER, MISTAKES, Habits, Outcome, Student

USUAL_AIM = 90
DECKS = {
    "Mistakes: every card begins with a wrong answer": MISTAKES,
    "All sorts: first grades as in FSRS's own simulator, "
    + ", ".join(
        f"{grade.name.lower()} {share:.0%}" for grade, share in zip(Grade, ALL_SORTS[1], strict=True)
    ): ALL_SORTS,
}


@dataclass(frozen=True)
class Measured:
    """One student with one schedule, and FSRS beside it."""

    retention: float
    seconds: float
    busiest: int
    in_the_same_time: float
    aim: float
    seconds_for_as_much: float


@dataclass(frozen=True)
class Compared:
    fixed: Measured
    ladder: Measured
    usual: tuple[float, float, int]
    """FSRS with its usual aim: retention, seconds, cards on the busiest day."""


def compared(seed: int, *, habits: Habits, deviation: float, is_tuned: bool) -> Compared:
    student = Student(seed, habits, deviation=deviation, is_tuned=is_tuned)

    def beside(other: Outcome) -> Measured:
        aim, retention = student.at_equal_time(other)
        _aim, seconds = student.at_equal_retention(other)
        return Measured(other.retention, other.seconds, max(other.loads), retention, aim, seconds)

    usual = student.aiming_at(USUAL_AIM)
    return Compared(beside(student.fixed), beside(student.ladder), (usual.retention, usual.seconds, max(usual.loads)))


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-review")
    parser.add_argument("--students", type=int, default=20)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--new", type=int, default=3, help="cards a day, in the first half of the days")
    parser.add_argument("--deviation", type=float, default=1.25)
    parser.add_argument("--tuned", action="store_true")
    options = parser.parse_args()
    begun = time.perf_counter()
    print(f"{options.students} students, {options.days} days, {options.new} new cards a day in the first half.")
    print(
        f"Each of the 21 parameters of a memory is up to {options.deviation:g} times the default, or as much below it."
    )
    print("FSRS fits them to each student's log." if options.tuned else "FSRS keeps its defaults.")
    print("Retention: the probability that a card is known, over all cards and the last 30 days.")
    with ProcessPoolExecutor() as pool:
        for deck, firsts in DECKS.items():
            habits = Habits(days=options.days, new_days=options.days // 2, new_a_day=options.new, firsts=firsts)
            work = partial(compared, habits=habits, deviation=options.deviation, is_tuned=options.tuned)
            students = list(pool.map(work, range(options.students)))
            print(f"\n{deck}")
            _show(f"fixed intervals: {', '.join(map(str, FIXED))}, {FIXED[-1]} … days, whatever the answers",
                  [each.fixed for each in students], options.days)  # fmt: skip
            _show(f"a ladder: {', '.join(map(str, LADDER))} days; a wrong answer begins anew",
                  [each.ladder for each in students], options.days)  # fmt: skip
            print(
                f"  FSRS with its usual aim of {USUAL_AIM} %: "
                f"{mean(each.usual[1] for each in students) / 60 / options.days:.1f} minutes a day, "
                f"retention {mean(each.usual[0] for each in students):.1%}, "
                f"busiest day {mean(each.usual[2] for each in students):.0f} cards",
                flush=True,
            )
    print(f"\n({time.perf_counter() - begun:.0f} s)")


def _show(title: str, each: Sequence[Measured], days: int) -> None:
    gains = [100 * (one.in_the_same_time - one.retention) for one in each]
    saved = [100 * (1 - one.seconds_for_as_much / one.seconds) for one in each]
    print(f"  {title}")
    print(
        f"    {mean(one.seconds for one in each) / 60 / days:.1f} minutes a day, retention "
        f"{mean(one.retention for one in each):.1%}, busiest day {mean(one.busiest for one in each):.0f} cards"
    )
    print(
        f"    FSRS in the same time: {mean(one.in_the_same_time for one in each):.1%}, gain {mean(gains):+.1f} points "
        f"({min(gains):+.1f} to {max(gains):+.1f}), ahead for {sum(gain > 0 for gain in gains)} of {len(each)}, "
        f"aims {min(one.aim for one in each):.0f} to {max(one.aim for one in each):.0f} %"
    )
    print(
        f"    FSRS for the same retention: {mean(saved):+.0f} % of the time saved "
        f"({min(saved):+.0f} to {max(saved):+.0f})"
    )


if __name__ == "__main__":
    main()
