"""How a student wants to review, and the report about it."""

from collections.abc import Callable
from datetime import date, timedelta

from domain.clock import Clock
from domain.review.calendar import day_of, days_ahead
from domain.review.model import ReviewPlan, ReviewReport
from domain.review.reminding import next_reminder
from domain.unit_of_work import Begin
from domain.users.model import UserId

FORECAST_DAYS = 30
WEEK = 7
REPORTED = timedelta(days=90)
"""The reviews that a report measures."""
BINS = 5
"""Groups of equally many reviews, by the recall that was expected of them."""


class ReviewPlans:
    """One's own plan only."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def plan(self, user_id: UserId) -> ReviewPlan:
        async with self._read() as uow:
            plan, _timezone = await uow.review.plan(user_id)
        return plan

    async def change(self, user_id: UserId, changed: Callable[[ReviewPlan], ReviewPlan]) -> ReviewPlan:
        """Keep what `changed` makes of the plan; the next reminder follows it at once. Cards that are planned already
        stay where they are: what is due on a day that has become quiet is asked on the next one.

        Raises InvalidInput as `ReviewPlan.checked` does.
        """
        now = self._now()
        async with self._begin() as uow:
            before, timezone = await uow.review.plan(user_id)
            plan = changed(before).checked()
            following = await next_reminder(uow, user_id, plan, timezone, now)
            await uow.review.save_plan(user_id, plan, following, now)
            await uow.commit()
        return plan

    async def report(self, user_id: UserId) -> ReviewReport:
        """What is due, and whether what was expected to be remembered was."""
        now = self._now()
        async with self._read() as uow:
            plan, timezone = await uow.review.plan(user_id)
            figures = await uow.review.figures(user_id, now, now - REPORTED, BINS)
        today = day_of(now, timezone)
        forecast = [0] * FORECAST_DAYS
        for day, cards in figures.loads.items():
            place = (_asked_on(day, plan) - today).days
            if place < FORECAST_DAYS:
                forecast[place] += cards
        return ReviewReport(
            plan=plan,
            card_count=figures.card_count,
            due_today=forecast[0],
            due_week=sum(forecast[:WEEK]),
            forecast=forecast,
            bins=figures.bins,
            is_tuned=plan.parameters is not None,
        )


def _asked_on(day: date, plan: ReviewPlan) -> date:
    while plan.is_quiet(day):
        day = days_ahead(day, 1)
    return day
