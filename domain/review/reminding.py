"""Once a day at most, at the student's usual hour, and only when something is due."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from domain.clock import Clock
from domain.notifications.model import NoticeKind
from domain.review.calendar import at_hour, day_of, days_ahead
from domain.review.model import REMINDER_HOURS, USUAL_HOUR, ReviewPlan
from domain.review.ports import DueReminder
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

HABIT = timedelta(days=30)
AT_ONCE = 200
"""Reminders that one look takes from the database."""
LATEST = 21
"""The hour from which a reminder that is late (the program was down) waits for the next day."""


class ReviewReminders:
    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def remind_due(self) -> int:
        """Remind everybody whose hour has come; how many were told. Harmless when it runs twice, or in two processes.

        A student's clock and the notification move in one transaction, whichever process is faster, and the
        notification's key has the day in it, so that it is one a day even when the student changes the hour.
        """
        told = 0
        while due := await self._due():
            for reminder in due:
                told += await self._remind(reminder)
            if len(due) < AT_ONCE:
                break
        return told

    async def count_left(self, user_id: UserId, day: date) -> int:
        """For the message, when it goes out: cards of that day's set that are still to be asked; none on another day
        and at night, when the message is not worth sending any more."""
        now = self._now()
        async with self._read() as uow:
            today = await uow.review.today(user_id, now)
        here = day_of(now, today.timezone)
        return today.left(here) if here == day and not _is_night(now, today.timezone, here) else 0

    async def _due(self) -> Sequence[DueReminder]:
        async with self._read() as uow:
            return await uow.review.due_reminders(self._now(), AT_ONCE)

    async def _remind(self, reminder: DueReminder) -> bool:
        now, user_id = self._now(), reminder.user_id
        async with self._begin() as uow:
            today = await uow.review.today(user_id, now)
            here = day_of(now, today.timezone)
            following = await next_reminder(uow, user_id, today.plan, today.timezone, now)
            if not await uow.review.move_reminder(user_id, reminder.at, following):
                return False
            is_told = False
            if not reminder.is_silent and today.left(here) and not _is_night(now, today.timezone, here):
                is_told = await uow.notifications.add(
                    user_id, NoticeKind.REVIEW_DUE, f"review:{here.isoformat()}", {"day": here.isoformat()}, now
                )
            await uow.commit()
        return is_told


async def next_reminder(uow: UnitOfWork, user_id: UserId, plan: ReviewPlan, timezone: str, now: datetime) -> datetime:
    """The next moment behind `now` at the chosen hour, else at the usual one, on a day that is not quiet."""
    hour = plan.reminder_hour
    if hour is None:
        habit = await uow.review.usual_hour(user_id, timezone, now - HABIT)
        hour = min(max(USUAL_HOUR if habit is None else habit, REMINDER_HOURS.start), REMINDER_HOURS.stop - 1)
    day = day_of(now, timezone)
    while plan.is_quiet(day) or at_hour(day, hour, timezone) <= now:
        day = days_ahead(day, 1)
    return at_hour(day, hour, timezone)


def _is_night(now: datetime, timezone: str, day: date) -> bool:
    return now >= at_hour(day, LATEST, timezone)
