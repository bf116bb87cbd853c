"""Why there is no answer now, and when to come back."""

from datetime import UTC, datetime

from bot.errors import sentence_for
from bot.i18n import _, day_and_time, ngettext
from bot.tutor.errors import SENTENCES
from domain.errors import DomainError
from domain.tutor.errors import ModelBusy, ModelResting, ModelSpent
from domain.usage.model import Whose

_LONGEST_MINUTES = 60


def trouble_sentence(error: DomainError, timezone: str, now: datetime | None = None) -> str:
    """`timezone`: of whoever reads it."""
    now = now or datetime.now(UTC)
    match error:
        case ModelSpent(whose=Whose.PERSON):
            return _(
                "You have used what the centre gives each student for now. It begins anew on {when}."
                " Your question is kept."
            ).format(when=day_and_time(error.until, timezone))
        case ModelSpent():
            return _(
                "The centre has used up what it spends on the tutor for now. It begins anew on {when}."
                " Your question is kept."
            ).format(when=day_and_time(error.until, timezone))
        case ModelResting():
            minutes = _minutes((error.until - now).total_seconds())
            return ngettext(
                "The tutor cannot be reached right now. Please come back in {minutes} minute: your question is kept.",
                "The tutor cannot be reached right now. Please come back in {minutes} minutes: your question is kept.",
                minutes,
            ).format(minutes=minutes)
        case ModelBusy(seconds=float(seconds)):
            minutes = _minutes(seconds)
            return ngettext(
                "Too many people are asking right now. Please come back in {minutes} minute: your question is kept.",
                "Too many people are asking right now. Please come back in {minutes} minutes: your question is kept.",
                minutes,
            ).format(minutes=minutes)
        case _:
            return sentence_for(error, SENTENCES)


def _minutes(seconds: float) -> int:
    return min(max(-int(-seconds // 60), 1), _LONGEST_MINUTES)
