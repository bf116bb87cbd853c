"""Answers that look alike: what is found, and how seldom honest students are."""

import math
import random
from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.identity import UserId
from domain.quizzes.similarity import FALSE_FLAGS, FEWEST, Mistakes, lookalikes, tail

QUESTIONS = 40
OPTIONS = 4


def sat(
    students: int, seed: int, *, versions: int = 1, drawn: int = QUESTIONS
) -> list[tuple[float, dict[int, tuple[str, bool]]]]:
    """Honest students: an ability each, and by question their choice and whether it was right.

    Distractors attract unequally, and one of them attracts the weak more than the others: that makes the weak alike.
    """
    chance = random.Random(seed)
    difficulty = [chance.gauss(0, 1) for _ in range(QUESTIONS)]
    weights = [[chance.uniform(0.3, 2.0) for _ in range(OPTIONS - 1)] for _ in range(QUESTIONS)]
    sets = [chance.sample(range(QUESTIONS), drawn) for _ in range(versions)]
    everybody: list[tuple[float, dict[int, tuple[str, bool]]]] = []
    for number in range(students):
        ability = chance.gauss(0, 1)
        answers: dict[int, tuple[str, bool]] = {}
        for question in sets[number % versions]:
            if chance.random() < 1 / (1 + math.exp(difficulty[question] - ability)):
                answers[question] = ("right", True)
                continue
            pull = list(weights[question])
            pull[0] *= math.exp(-0.5 * ability)
            answers[question] = (f"o{chance.choices(range(OPTIONS - 1), pull)[0]}", False)
        everybody.append((ability, answers))
    return everybody


def mistakes(everybody: Sequence[tuple[float, dict[int, tuple[str, bool]]]]) -> list[Mistakes]:
    return [
        Mistakes(
            UserId(number),
            sum(is_right for _choice, is_right in answers.values()),
            {question: choice for question, (choice, is_right) in answers.items() if not is_right},
        )
        for number, (_ability, answers) in enumerate(everybody)
    ]


def copied(
    source: dict[int, tuple[str, bool]], own: dict[int, tuple[str, bool]], share: float, seed: int
) -> dict[int, tuple[str, bool]]:
    chance = random.Random(seed)
    return {
        question: source[question] if question in source and chance.random() < share else answer
        for question, answer in own.items()
    }


def test_a_thousand_honest_students_are_left_alone() -> None:
    """Half a million pairs in each exam; one flag in ten exams is expected at most."""
    flags = sum(len(lookalikes(mistakes(sat(1_000, seed)))) for seed in range(3))

    assert flags <= 1


def test_small_classes_of_honest_students_are_flagged_no_more_than_was_said() -> None:
    classes = 200

    flags = sum(bool(lookalikes(mistakes(sat(30, seed)))) for seed in range(classes))

    # Three standard deviations above the mean of what FALSE_FLAGS allows.
    most = FALSE_FLAGS * classes + 3 * math.sqrt(FALSE_FLAGS * classes)
    assert flags <= most


def test_without_the_care_for_many_pairs_honest_students_would_be_flagged(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: at one chance in a hundred for each pair alone, a class would be full of flags."""
    monkeypatch.setattr("domain.quizzes.similarity.FALSE_FLAGS", 0.01 * 1_000 * 999 / 2)

    assert len(lookalikes(mistakes(sat(1_000, 1)))) > 10


def test_somebody_who_copied_is_found_among_a_thousand_with_the_questions() -> None:
    everybody = sat(1_000, 5)
    # A weak student has mistakes to copy.
    source, copier = sorted(range(1_000), key=lambda number: everybody[number][0])[150:152]
    everybody[copier] = (everybody[copier][0], copied(everybody[source][1], everybody[copier][1], 0.95, 7))

    found = lookalikes(mistakes(everybody))

    assert [{pair.first, pair.second} for pair in found] == [{source, copier}]
    assert found[0].expected < len(found[0].same) <= found[0].both_wrong
    for question in found[0].same:
        choice, is_right = everybody[source][1][question]
        assert everybody[copier][1][question] == (choice, is_right)
        assert not is_right


def test_a_pair_of_one_class_is_found_when_most_was_copied() -> None:
    found = 0
    for seed in range(40):
        everybody = sat(30, 500 + seed)
        source, copier = sorted(range(30), key=lambda number: everybody[number][0])[6:8]
        everybody[copier] = (0, copied(everybody[source][1], everybody[copier][1], 0.9, seed))
        found += any({pair.first, pair.second} == {source, copier} for pair in lookalikes(mistakes(everybody)))

    assert found >= 32


def test_parallel_versions_are_compared_in_what_they_have_in_common() -> None:
    everybody = sat(300, 11, versions=2, drawn=30)
    order = sorted(range(300), key=lambda number: everybody[number][0])
    source = order[40]
    copier = next(number for number in order[41:] if number % 2 != source % 2)
    everybody[copier] = (0, copied(everybody[source][1], everybody[copier][1], 1.0, 3))

    found = lookalikes(mistakes(everybody))

    assert {source, copier} in [{pair.first, pair.second} for pair in found]
    common = set(everybody[source][1]) & set(everybody[copier][1])
    assert all(set(pair.same) <= common for pair in found if {pair.first, pair.second} == {source, copier})


def test_a_mistake_that_everybody_makes_is_no_evidence() -> None:
    everybody = [Mistakes(UserId(number), 30, dict.fromkeys(range(10), "trap")) for number in range(40)]

    assert lookalikes(everybody) == ()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_an_empty_exam_has_no_pairs(count: int) -> None:
    assert lookalikes([Mistakes(UserId(number), 3, {}) for number in range(count)]) == ()


def test_a_few_rare_mistakes_are_not_enough() -> None:
    crowd = [Mistakes(UserId(number), 5, dict.fromkeys(range(20), f"{number}")) for number in range(2, 50)]
    pair = [Mistakes(UserId(n), 5, {q: "odd" if q < FEWEST - 1 else f"{n}-{q}" for q in range(20)}) for n in range(2)]

    assert lookalikes([*crowd, *pair]) == ()


@given(st.lists(st.floats(0, 1), min_size=0, max_size=7), st.integers(0, 7))
def test_the_tail_is_what_counting_every_outcome_gives(chances: list[float], count: int) -> None:
    counted = sum(
        math.prod(p if happens else 1 - p for p, happens in zip(chances, outcome, strict=True))
        for outcome in product((True, False), repeat=len(chances))
        if sum(outcome) >= count
    )

    assert tail(chances, count) == pytest.approx(counted, abs=1e-12)
