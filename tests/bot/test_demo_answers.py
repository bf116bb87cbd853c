"""The answers of the demo's quizzes that can be computed are computed again here."""

import re
from collections.abc import Callable
from fractions import Fraction

import pytest

from bot.sandbox.demo.content import DemoCentre, DemoQuestion, load_demo
from bot.sandbox.demo.format import LANGUAGES, Language


@pytest.fixture(scope="module")
def demo() -> DemoCentre:
    return load_demo()


def number(option: str, language: Language) -> Fraction:
    """The number that an option starts with, written as its language writes numbers."""
    found = re.match(r"−?\d[\d .,]*", option)
    assert found, option
    digits = found[0].strip().replace(" ", "").replace("−", "-")
    return Fraction(digits.replace(",", "") if language == "en" else digits.replace(",", "."))


def percent(value: int) -> Fraction:
    return Fraction(value, 100)


def grown(*changes: int) -> Fraction:
    """What is left of 1 after changes by so many percent, one after another."""
    left = Fraction(1)
    for change in changes:
        left *= 1 + percent(change)
    return left


NUMERIC_ANSWERS: dict[str, Fraction | int] = {
    "what-is-a-percent/part-of-a-number": 320 * percent(15),
    "what-is-a-percent/whole-from-part": 27 / percent(30),
    "what-is-a-percent/what-percentage": Fraction(34, 40) * 100,
    "what-is-a-percent/as-a-decimal": percent(7),
    "what-is-a-percent/swap": 25 * percent(48),
    "increase-and-decrease/multiplier": grown(-18),
    "increase-and-decrease/discount": 180_000 * grown(-15),
    "increase-and-decrease/going-back": 210_000 / grown(-30),
    "increase-and-decrease/two-discounts": (1 - grown(-20, -10)) * 100,
    "proportion/unknown-term": Fraction(12 * 5, 4),
    "proportion/notebooks": Fraction(31_500 * 4, 7),
    "proportion/pumps": Fraction(3 * 8, 4),
    "proportion/map-scale": Fraction(6 * 200_000, 100_000),
    "compound-interest/simple-interest": 2_000_000 * (1 + 2 * percent(15)),
    "compound-interest/compound-interest": 2_000_000 * grown(15, 15),
    "compound-interest/total-growth": (grown(10, 10) - 1) * 100,
    "compound-interest/rule-of-72": Fraction(72, 12),
    "compound-interest/real-gain": (grown(21) / grown(10) - 1) * 100,
    "discriminant/compute-the-discriminant": 2**2 - 4 * 3 * -1,
    "discriminant/number-of-roots": 0 if (-4) ** 2 - 4 * 7 < 0 else 2,
    "discriminant/one-root": 2 * 4,
    "discriminant/standard-form": -2,
    "vieta/sum-of-roots": sum(x for x in range(-50, 50) if x * x - 11 * x + 24 == 0),
    "vieta/product-not-monic": Fraction(6, 2),
    "vieta/sum-of-squares": 6**2 - 2 * 4,
    "parabola/vertex-x": min(range(-50, 50), key=lambda x: x * x - 8 * x + 3),
    "parabola/smallest-value": min(x * x + 4 * x + 1 for x in range(-50, 50)),
    "parabola/common-points": sum(x * x - 10 * x + 25 == 0 for x in range(-50, 50)),
    "parabola/ball": max(20 * Fraction(t, 10) - 5 * Fraction(t, 10) ** 2 for t in range(50)),
}

ROOTS: dict[str, Callable[[int], int]] = {
    "incomplete-equations/no-linear-term": lambda x: 2 * x * x - 50,
    "incomplete-equations/no-constant": lambda x: x * x - 6 * x,
    "discriminant/solve": lambda x: x * x - 3 * x - 18,
    "vieta/find-roots": lambda x: x * x + 3 * x - 28,
}


def questions(demo: DemoCentre) -> dict[str, DemoQuestion]:
    return {
        f"{lesson.slug}/{question.slug}": question
        for course in demo.courses
        for lesson in course.lessons
        for question in lesson.questions
    }


@pytest.mark.parametrize("name", NUMERIC_ANSWERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_only_the_right_option_has_the_computed_value(demo: DemoCentre, name: str, language: Language) -> None:
    question = questions(demo)[name]

    values = [number(option, language) for option in question.options[language]]

    right = [place for place, value in enumerate(values) if value == NUMERIC_ANSWERS[name]]
    assert right == [question.correct]


@pytest.mark.parametrize("name", ROOTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_only_the_right_option_lists_all_the_roots(demo: DemoCentre, name: str, language: Language) -> None:
    question = questions(demo)[name]
    roots = {x for x in range(-100, 101) if ROOTS[name](x) == 0}

    listed = [{int(n.replace("−", "-")) for n in re.findall(r"−?\d+", o)} for o in question.options[language]]

    assert [place for place, values in enumerate(listed) if values == roots] == [question.correct]


def test_a_rise_and_a_fall_by_half_leave_three_quarters(demo: DemoCentre) -> None:
    question = questions(demo)["increase-and-decrease/up-and-down"]

    assert grown(50, -50) == 1 - percent(25)
    assert {options[question.correct] for options in question.options.values()} == {
        "25% ga kamaydi",
        "снизилась на 25%",
        "it fell by 25%",
    }


def test_the_chosen_equation_has_the_roots_that_were_asked_for(demo: DemoCentre) -> None:
    question = questions(demo)["vieta/build-equation"]

    matching = []
    for place, option in enumerate(question.options["en"]):
        signs = re.fullmatch(r"x² ([+−]) (\d+)x ([+−]) (\d+) = 0", option)
        assert signs, option
        p = int(signs[2]) * (1 if signs[1] == "+" else -1)
        q = int(signs[4]) * (1 if signs[3] == "+" else -1)
        if all(x * x + p * x + q == 0 for x in (5, -2)):
            matching.append(place)

    assert matching == [question.correct]


def test_the_equation_without_real_roots_is_the_right_one(demo: DemoCentre) -> None:
    question = questions(demo)["incomplete-equations/no-real-roots"]
    coefficients = {"x² + 9 = 0": (1, 0, 9), "x² − 9 = 0": (1, 0, -9), "x² + 9x = 0": (1, 9, 0), "9x² = 0": (9, 0, 0)}

    rootless = [
        place
        for place, option in enumerate(question.options["uz"])
        if (abc := coefficients[option]) and abc[1] ** 2 - 4 * abc[0] * abc[2] < 0
    ]

    assert rootless == [question.correct]
