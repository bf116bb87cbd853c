"""What may be chosen for a plan, and what a day's set is made of."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.review.model import ReviewCard, ReviewCardId, ReviewPlan, Today
from domain.review.planning import with_choice
from domain.users.model import UserId

MONDAY = date(2026, 3, 2)


def a_card(number: int, count: int) -> ReviewCard:
    return ReviewCard(
        id=ReviewCardId(number),
        user_id=UserId(1),
        question=None,
        note=None,
        due_at=datetime(2026, 3, 2, tzinfo=UTC),
        memory=None,
        review_count=count,
    )


def today(*, plan: ReviewPlan | None = None, done: tuple[int, int] = (0, 0), due: tuple[int, int] = (0, 0)) -> Today:
    """`done` and `due`: reviews and new cards."""
    return Today(
        plan=plan or ReviewPlan(),
        timezone="Asia/Tashkent",
        reviews_done=done[0],
        new_done=done[1],
        reviews_due=due[0],
        new_due=due[1],
        review_card=a_card(1, 3) if due[0] else None,
        new_card=a_card(2, 0) if due[1] else None,
        next_due_at=None,
        has_cards=True,
    )


@pytest.mark.parametrize(
    ("done", "due", "left", "following"),
    [
        ((0, 0), (0, 0), 0, None),
        ((0, 0), (5, 5), 10, 1),
        ((0, 0), (50, 50), 30, 1),
        ((20, 0), (30, 50), 10, 2),
        ((20, 10), (30, 40), 0, None),
        ((25, 12), (3, 4), 0, None),
        ((0, 0), (0, 3), 3, 2),
    ],
)
def test_a_set_is_what_is_due_within_the_limits(
    done: tuple[int, int], due: tuple[int, int], left: int, following: int | None
) -> None:
    found = today(done=done, due=due)

    assert found.left(MONDAY) == left
    card = found.next_card(MONDAY)
    assert (card.id if card else None) == following


def test_on_a_quiet_day_there_is_no_set() -> None:
    found = today(plan=ReviewPlan(quiet_days=frozenset({1})), due=(5, 5))

    assert found.left(MONDAY) == 0
    assert found.next_card(MONDAY) is None
    assert found.left(date(2026, 3, 3)) == 10


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("reviews", "21", "not_a_choice"),
        ("new", "7", "not_a_choice"),
        ("retention", "99", "not_a_choice"),
        ("hour", "3", "not_a_choice"),
        ("hour", "24", "not_a_choice"),
        ("quiet", "0", "not_a_choice"),
        ("quiet", "8", "not_a_choice"),
        ("parameters", "1", "not_a_choice"),
        ("reviews", "", "not_a_choice"),
        ("reviews", "²", "not_a_choice"),
        ("reviews", "9" * 40, "not_a_choice"),
    ],
)
def test_what_no_button_offers_is_refused(name: str, value: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        with_choice(ReviewPlan(), name, value).checked()
    assert refused.value.reason == reason


def test_a_week_keeps_one_day_at_least() -> None:
    plan = ReviewPlan(quiet_days=frozenset(range(1, 7)))

    with pytest.raises(InvalidInput, match="all"):
        with_choice(plan, "quiet", "7").checked()
    assert 6 not in with_choice(plan, "quiet", "6").checked().quiet_days


@given(name=st.text(max_size=12), value=st.text(max_size=5))
def test_any_button_leads_to_a_plan_that_may_be_kept_or_is_refused(name: str, value: str) -> None:
    try:
        plan = with_choice(ReviewPlan(), name, value).checked()
    except InvalidInput:
        return
    assert plan == plan.checked()
