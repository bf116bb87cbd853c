"""One choice of a student's plan at a time, as a button says it."""

from dataclasses import replace

from domain.errors import InvalidInput
from domain.review.model import WEEKDAYS, ReviewPlan

_USUAL, _OFF = "usual", "off"


def with_choice(plan: ReviewPlan, name: str, value: str) -> ReviewPlan:
    """The plan with one thing chosen: "reviews", "new", "retention", "hour" ("usual", "off" or an hour), or "quiet"
    (a weekday that becomes quiet, or loud again). Whether it may be chosen, `ReviewPlan.checked` says.

    Raises InvalidInput(name, "not_a_choice") for what is no choice at all.
    """
    if name == "hour" and value in (_USUAL, _OFF):
        return replace(plan, reminds=value == _USUAL, reminder_hour=None)
    if not (value.isascii() and value.isdigit() and len(value) <= 3):
        raise InvalidInput(name, "not_a_choice")
    number = int(value)
    match name:
        case "reviews":
            return replace(plan, daily_reviews=number)
        case "new":
            return replace(plan, daily_new=number)
        case "retention":
            return replace(plan, retention=number)
        case "hour":
            return replace(plan, reminds=True, reminder_hour=number)
        case "quiet" if number in WEEKDAYS:
            return replace(plan, quiet_days=plan.quiet_days ^ {number})
        case _:
            raise InvalidInput(name, "not_a_choice")
