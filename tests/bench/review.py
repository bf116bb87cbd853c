"""`make bench-review`: what FSRS makes of a student's time, beside schedules of fixed intervals.

Students with memories of their own learn five mistakes a day for half a year and review for a whole one. All schedules
see the same students; FSRS runs with its default parameters, which are nobody's, and gets exactly the same time.
`make bench-review ARGS=1.5` is about people whose memories differ more: each parameter by up to half, not a quarter.
"""

import statistics
import sys
import time

from tests.bench.review_simulation import FIXED, LADDER, Outcome, Student, study

STUDENTS = 20
DAYS = 365
NEW_A_DAY = 5
AIMS = (50, 60, 70, 76, 81, 85, 88, 90, 93, 96)


def main() -> None:
    begun = time.perf_counter()
    deviation = float(sys.argv[1]) if len(sys.argv) > 1 else 1.25
    students = [study(seed, days=DAYS, new_a_day=NEW_A_DAY, aims=AIMS, deviation=deviation) for seed in range(STUDENTS)]
    print(f"{STUDENTS} students, {DAYS} days, {NEW_A_DAY} mistakes a day in the first half.")
    print(f"Each of the 21 parameters of a memory is up to {deviation:g} times the default, or as much below it.")
    print("Retention: the probability that a card is known, over all cards and the last 30 days.\n")
    _compare(
        f"Fixed intervals: {', '.join(map(str, FIXED))}, {FIXED[-1]} … days, whatever the answers",
        students,
        [student.fixed for student in students],
    )
    _compare(
        f"A ladder: {', '.join(map(str, LADDER))} days; a wrong answer begins anew",
        students,
        [student.ladder for student in students],
    )
    usual = [student.by_aim[90] for student in students]
    print(
        "FSRS with its usual aim of 90 %: "
        f"{_mean([each.seconds / 60 / DAYS for each in usual]):.1f} minutes a day, "
        f"retention {_mean([each.retention for each in usual]):.1%}, "
        f"busiest day {_mean([max(each.loads) for each in usual]):.0f} cards"
    )
    print(f"({time.perf_counter() - begun:.0f} s)")


def _compare(title: str, students: list[Student], others: list[Outcome]) -> None:
    print(title)
    print("  student   minutes a day   retention   FSRS in the same time   gain    aim")
    gains: list[float] = []
    ours: list[float] = []
    for number, (student, other) in enumerate(zip(students, others, strict=True), start=1):
        aim, retention = student.at_equal_time(other.seconds)
        gains.append(100 * (retention - other.retention))
        ours.append(retention)
        print(
            f"  {number:>7}   {other.seconds / 60 / DAYS:>13.1f}   {other.retention:>9.1%}   {retention:>21.1%}"
            f"   {gains[-1]:>+4.1f}   {aim:>3.0f}%"
        )
    print(
        f"  mean retention {_mean([other.retention for other in others]):.1%}, FSRS {_mean(ours):.1%}; gain "
        f"{_mean(gains):+.1f} points (worst {min(gains):+.1f}, best {max(gains):+.1f}), ahead for "
        f"{sum(gain > 0 for gain in gains)} of {len(gains)}; busiest day "
        f"{_mean([max(other.loads) for other in others]):.0f} cards\n"
    )


def _mean(values: list[float]) -> float:
    return statistics.mean(values)


if __name__ == "__main__":
    main()
