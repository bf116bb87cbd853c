"""Which questions a teacher should look at, and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.language import Language, Text
from domain.quizzes.items import ChoiceCount, Item, ItemSums, Reason, discrimination, look_at
from domain.quizzes.keys import Single
from domain.quizzes.model import Question, QuestionId

ORDINARY = (25, 50, 25)
"""How often each of three options was chosen; the second one is right."""


def sums_of(pairs: list[tuple[bool, int]], seconds: int = 20) -> ItemSums:
    """From each student whether they were right, and their rest in ten-thousandths."""
    right = sum(is_right for is_right, _rest in pairs)
    return ItemSums(
        asked=len(pairs),
        answered=len(pairs),
        correct=right,
        timed=len(pairs),
        seconds=seconds * len(pairs),
        rested=len(pairs),
        rested_correct=right,
        rest_sum=sum(rest for _right, rest in pairs),
        rest_squares=sum(rest**2 for _right, rest in pairs),
        rest_correct=sum(rest for is_right, rest in pairs if is_right),
    )


def item(
    chosen: tuple[int, ...] = ORDINARY,
    rests: tuple[int, ...] = (3_000, 7_000, 3_000),
    *,
    number: int = 1,
    seconds: int = 20,
    is_retired: bool = False,
) -> Item:
    """`rests`: of those who chose each option, half of them a little better and half a little worse."""
    pairs = [
        (option == 1, rest + (500 if place % 2 else -500))
        for option, (count, rest) in enumerate(zip(chosen, rests, strict=True))
        for place in range(count)
    ]
    question = Question(
        id=QuestionId(number),
        lesson_id=None,
        position=number,
        version=1,
        text=Text({Language.EN: "?"}),
        options=tuple(Text({Language.EN: option}) for option in "abc"),
        key=Single(1),
        explanation=None,
    )
    choices = [
        ChoiceCount(option=option, chosen=count, rest=rest / 10_000)
        for option, (count, rest) in enumerate(zip(chosen, rests, strict=True))
        if count
    ]
    return Item(question=question, is_retired=is_retired, sums=sums_of(pairs, seconds), choices=choices)


def reasons(*items: Item) -> list[tuple[Reason, int | None]]:
    return [(finding.reason, finding.option) for finding in look_at(items)]


def test_an_ordinary_question_needs_no_look() -> None:
    assert reasons(item()) == []


@pytest.mark.parametrize(
    ("chosen", "rests", "reason", "option"),
    [
        ((60, 30, 10), (7_000, 4_000, 4_000), Reason.KEY_MAY_BE_WRONG, 0),
        ((30, 50, 20), (7_000, 4_000, 7_000), Reason.NEGATIVE, None),
        ((45, 10, 45), (3_000, 7_000, 3_000), Reason.TOO_HARD, None),
        ((25, 50, 25), (5_000, 5_000, 5_000), Reason.LOW, None),
        ((1, 98, 1), (3_000, 7_000, 3_000), Reason.TOO_EASY, None),
        ((48, 50, 2), (3_000, 7_000, 3_000), Reason.UNUSED_OPTION, 2),
        ((50, 50, 0), (3_000, 7_000, 3_000), Reason.UNUSED_OPTION, 2),
    ],
)
def test_each_reason(chosen: tuple[int, ...], rests: tuple[int, ...], reason: Reason, option: int | None) -> None:
    assert reasons(item(chosen, rests)) == [(reason, option)]


def test_a_wrong_option_that_only_weak_students_prefer_is_no_wrong_key() -> None:
    assert Reason.KEY_MAY_BE_WRONG not in dict(reasons(item((60, 30, 10), (3_000, 7_000, 3_000))))


def test_a_question_that_takes_far_longer_than_the_others_is_slow() -> None:
    others = [item(number=number) for number in range(2, 6)]

    assert reasons(item(seconds=200), *others) == [(Reason.SLOW, None)]
    assert reasons(item(seconds=80), *others) == []


def test_nothing_is_said_of_a_few_students_or_of_an_old_version() -> None:
    assert reasons(item((5, 2, 0), (7_000, 4_000, 4_000))) == []
    assert reasons(item((60, 30, 10), (7_000, 4_000, 4_000), is_retired=True)) == []
    assert item((5, 10, 4)).is_small


def test_the_most_urgent_come_first() -> None:
    easy = item((1, 98, 1), number=1)
    wrong = item((60, 30, 10), (7_000, 4_000, 4_000), number=2)

    assert [reason for reason, _option in reasons(easy, wrong)] == [Reason.KEY_MAY_BE_WRONG, Reason.TOO_EASY]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 10_000)), max_size=30))
def test_discrimination_is_a_correlation_or_unknown(pairs: list[tuple[bool, int]]) -> None:
    power = discrimination(sums_of(pairs))

    assert power is None or -1.0000001 <= power <= 1.0000001
    if len({is_right for is_right, _rest in pairs}) < 2 or len({rest for _right, rest in pairs}) < 2:
        assert power is None
