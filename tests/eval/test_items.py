"""The evaluation set is balanced, its answers are right, and they stand where it says."""

from collections import Counter
from fractions import Fraction

import pytest

from bot.sandbox.demo.content import load_demo
from tests.eval.items import Item, Kind, Tongue, load_items
from tests.eval.samples import SAMPLES, made, read_pages
from tests.eval.wording import leaks, says, says_fact

ITEMS = load_items()
LESSONS = {lesson.slug: lesson for course in load_demo().courses for lesson in course.lessons}
PAGES = {f"{sample.name}#{number}": text for sample in SAMPLES for number, text in enumerate(sample.pages, start=1)}


def text_of(item: Item) -> str:
    """What the item's places say in its language, the lesson as a whole."""
    place = item.places[0]
    if place.work not in LESSONS:
        return PAGES[f"{place.work}#{place.section}"]
    texts = next(part.texts for part in LESSONS[place.work].parts if part.texts)
    return texts["uz" if item.tongue is Tongue.UZ_CYRILLIC else item.tongue.value]


def test_the_set_is_large_and_balanced_over_languages_and_kinds() -> None:
    by_tongue, by_kind = Counter(item.tongue for item in ITEMS), Counter(item.kind for item in ITEMS)

    assert len(ITEMS) >= 150
    assert max(by_tongue[each] for each in (Tongue.UZ, Tongue.RU, Tongue.EN)) <= 1.1 * min(
        by_tongue[each] for each in (Tongue.UZ, Tongue.RU, Tongue.EN)
    )
    assert by_tongue[Tongue.UZ_CYRILLIC] >= 15
    assert all(by_kind[kind] >= 15 for kind in Kind)
    assert len({item.question for item in ITEMS}) == len(ITEMS)


@pytest.mark.parametrize("item", [item for item in ITEMS if item.places], ids=lambda item: item.id)
def test_every_source_is_a_lesson_with_that_heading_or_a_page(item: Item) -> None:
    for place in item.places:
        if place.work in LESSONS:
            texts = next(part.texts for part in LESSONS[place.work].parts if part.texts)
            assert f"## {place.section}\n" in texts["en"]
        else:
            assert f"{place.work}#{place.section}" in PAGES


@pytest.mark.parametrize(
    "item", [item for item in ITEMS if item.kind is Kind.ANSWERABLE and item.facts], ids=lambda item: item.id
)
def test_every_fact_stands_in_the_source_in_the_students_language(item: Item) -> None:
    assert [fact for fact in item.facts if not says_fact(text_of(item), fact)] == []


@pytest.mark.parametrize("item", [item for item in ITEMS if item.final], ids=lambda item: item.id)
def test_no_question_gives_its_own_answer_away_and_its_answer_is_seen(item: Item) -> None:
    for way in item.final:
        assert not all(says(item.question, part) for part in way)
        assert leaks(f"… = {' ; '.join(way)}.", item.final, item.question)


SOLVED = {
    "two-discounts-jacket": [450_000 * Fraction(80, 100) * Fraction(90, 100)],
    "before-discount": [187_500 / Fraction(75, 100)],
    "savings-two-years": [3_000_000 * Fraction(120, 100) ** 2],
    "pumps": [Fraction(5 * 12, 8)],
    "percent-of-number": [650 * Fraction(18, 100)],
    "full-quadratic": [Fraction(11 - 5, 4), Fraction(11 + 5, 4)],
    "incomplete-quadratic": [Fraction(-7), Fraction(7)],
    "vieta-roots": [Fraction(6), Fraction(9)],
    "vertex-point": [Fraction(6), Fraction(6**2 - 12 * 6 + 20)],
    "closed-lesson": [850 * Fraction(16, 100)],
    "role-play": [Fraction(7), Fraction(8)],
    "quiz-question": [180_000 * Fraction(85, 100)],
}


@pytest.mark.parametrize("name", SOLVED)
def test_the_final_answers_of_exercises_are_right(name: str) -> None:
    item = next(item for item in ITEMS if item.id.startswith(f"{name}."))

    assert sorted(Fraction(part) for part in item.final[0]) == sorted(SOLVED[name])


def test_roots_solve_their_equations() -> None:
    assert all(2 * x * x - 11 * x + 12 == 0 for x in SOLVED["full-quadratic"])
    assert all(3 * x * x - 147 == 0 for x in SOLVED["incomplete-quadratic"])
    assert all(x * x - 15 * x + 54 == 0 for x in SOLVED["vieta-roots"])
    assert all(x * x - 15 * x + 56 == 0 for x in SOLVED["role-play"])


def test_the_sample_files_are_read_back_page_by_page() -> None:
    for sample in SAMPLES:
        read = read_pages(sample.name, made(sample))

        assert [page.split() for page in read] == [page.split() for page in sample.pages]
