"""The table: what a student reviews. Cards are their student's alone, whatever anybody's role."""

from dataclasses import replace

from domain.language import Language
from domain.quizzes.keys import one
from domain.quizzes.model import AttemptId
from domain.review.errors import NotAnAnswer
from domain.review.model import Grade
from tests.db.authorisation_learning import OWN, SELF
from tests.db.authorisation_table import Outcome, Target, case, everybody, owners


def nobody(_person: str, _target: Target) -> Outcome:
    """There is no finished attempt in this world; who may pin of their own is in `test_review.py`."""
    return Outcome.GONE


REVIEW = (
    case("home.home", everybody, lambda d, w, t: d.home.home(w), **SELF),
    case("review.state", everybody, lambda d, w, t: d.review.state(w), **SELF),
    case("review.summary", everybody, lambda d, w, t: d.review.summary(w), **SELF),
    case("review.uncover", owners, lambda d, w, t: d.review.uncover(w, t.own.card, 0), **OWN),
    case(
        "review.answer",
        owners,
        lambda d, w, t: d.review.answer(w, t.own.card, 0, one(0), seconds=1, language=Language.EN),
        meets=(NotAnAnswer,),
        **OWN,
    ),
    case("review.grade", owners, lambda d, w, t: d.review.grade(w, t.own.card, 0, Grade.GOOD, seconds=1), **OWN),
    case("review.take_back", owners, lambda d, w, t: d.review.take_back(w, t.own.graded_card, 1), **OWN),
    case("review.remove", owners, lambda d, w, t: d.review.remove(w, t.own.card), **OWN),
    case("review.restore", owners, lambda d, w, t: d.review.restore(w, t.own.card), **OWN),
    case("pins.pin_note", owners, lambda d, w, t: d.pins.pin_note(w, t.own.note), **OWN),
    case("pins.pin_question", nobody, lambda d, w, t: d.pins.pin_question(w, AttemptId(1), t.kit.question), **SELF),
    case("review_plans.plan", everybody, lambda d, w, t: d.review_plans.plan(w), **SELF),
    case("review_plans.report", everybody, lambda d, w, t: d.review_plans.report(w), **SELF),
    case(
        "review_plans.change",
        everybody,
        lambda d, w, t: d.review_plans.change(w, lambda plan: replace(plan, daily_reviews=50)),
        **SELF,
    ),
)
NEVER_DONE_REVIEW = {"review.answer", "pins.pin_question"}
"""The cards of this world are notes, which are graded and not answered."""
REVIEW_WITHOUT_ACTOR = {
    "review_reminders.remind_due": "the clock's",
    "review_reminders.count_left": "the sender's, for the message to its own reader",
    "mistakes.collect": "the job's that follows a finished attempt",
}
