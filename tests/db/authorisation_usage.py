"""The table: what models cost and may cost, and questions that were spoken."""

from domain.tutor.errors import NoModel
from domain.tutor.turns import SpokenId, Voice
from domain.usage.errors import BudgetChanged
from domain.usage.model import BudgetVersion, Period, Unit, Whose
from tests.db.authorisation_table import ONE, Outcome, Target, case
from tests.db.authorisation_world import MISSING

NOTHING = SpokenId(999_999_999_999)
LIMIT = (Whose.CENTRE, Period.DAY, Unit.TOKENS, 5)
VOICE = Voice(message_id=1, file_id="V", seconds=3, size=10)


def any_admin(person: str, _target: Target) -> Outcome:
    return Outcome.DONE if person == "admin" else Outcome.GONE


def known(person: str, _target: Target) -> Outcome:
    return Outcome.DONE if person != "unknown" else Outcome.GONE


def nobody(_person: str, _target: Target) -> Outcome:
    """Ids of nothing; whose recordings are whose, tests/db/test_turns.py shows."""
    return Outcome.GONE


def silence(_person: str, _target: Target) -> Outcome:
    return Outcome.SILENT


NONE = (MISSING,)
USAGE = (
    case("usage.overview", any_admin, lambda d, w, t: d.usage.overview(w), courses=ONE),
    case("usage.spenders", any_admin, lambda d, w, t: d.usage.spenders(w), courses=ONE),
    case("usage.totals", any_admin, lambda d, w, t: d.usage.totals(w, 7), courses=ONE),
    case("usage.budgets", any_admin, lambda d, w, t: d.usage.budgets(w), courses=ONE),
    case("usage.set_limit", any_admin, lambda d, w, t: d.usage.set_limit(w, *LIMIT), courses=ONE),
    case(
        "usage.undo",
        any_admin,
        lambda d, w, t: d.usage.undo(w, BudgetVersion(1)),
        courses=ONE,
        meets=(BudgetChanged,),
    ),
    case("speech.take", known, lambda d, w, t: d.speech.take(w, VOICE), courses=ONE, meets=(NoModel,)),
    case("speech.own", nobody, lambda d, w, t: d.speech.own(w, NOTHING), courses=NONE),
    case("speech.retry", nobody, lambda d, w, t: d.speech.retry(w, NOTHING), courses=NONE),
    case("speech.correct", nobody, lambda d, w, t: d.speech.correct(w, NOTHING, "x"), courses=NONE),
    case("speech.drop", silence, lambda d, w, t: d.speech.drop(w, NOTHING), courses=NONE),
)
NEVER_DONE_USAGE = {"usage.undo", "speech.own", "speech.retry", "speech.correct"}
"""There is no change to take back, and no recording of anybody's."""
USAGE_WITHOUT_ACTOR = {
    "speech.waiting": "the job's that hears recordings",
    "speech.hear": "the job's that hears recordings",
    "speech.note_progress": "the job's that hears recordings",
}
