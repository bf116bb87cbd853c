"""The table: questions that a model writes for teachers, and practice of students."""

from domain.language import Language
from domain.quizzes.generation_errors import TooLittleText
from domain.quizzes.generation_model import GenerationId, Order, ProposalId, Scope
from domain.quizzes.practice_model import PracticeId
from tests.db.authorisation_table import Outcome, Target, case, openers, staff
from tests.db.authorisation_world import MISSING
from tests.db.quiz_world import draft

ORDER = Order(scope=Scope.MATERIAL, material="A percent is one hundredth. " * 20, language=Language.UZ)
NOTHING = 999_999_999_999


def nobody(_person: str, _target: Target) -> Outcome:
    """Ids of nothing; whose proposals and sets are whose, tests/db/test_generation.py shows."""
    return Outcome.GONE


NONE = (MISSING,)
GENERATED = (
    case("generations.order", staff, lambda d, w, t: d.generations.order(w, t.lesson_id, ORDER)),
    case("generations.door", staff, lambda d, w, t: d.generations.door(w, t.lesson_id)),
    case("generations.review", nobody, lambda d, w, t: d.generations.review(w, GenerationId(NOTHING)), courses=NONE),
    case("generations.stop", nobody, lambda d, w, t: d.generations.stop(w, GenerationId(NOTHING)), courses=NONE),
    case("generations.take", nobody, lambda d, w, t: d.generations.take(w, ProposalId(NOTHING)), courses=NONE),
    case(
        "generations.take_good", nobody, lambda d, w, t: d.generations.take_good(w, GenerationId(NOTHING)), courses=NONE
    ),
    case("generations.drop", nobody, lambda d, w, t: d.generations.drop(w, ProposalId(NOTHING)), courses=NONE),
    case(
        "generations.bring_back", nobody, lambda d, w, t: d.generations.bring_back(w, ProposalId(NOTHING)), courses=NONE
    ),
    case(
        "generations.rewrite",
        nobody,
        lambda d, w, t: d.generations.rewrite(w, ProposalId(NOTHING), draft("x")),
        courses=NONE,
    ),
    case(
        "practice.ask",
        lambda person, target: Outcome.GONE if openers(person, target) is Outcome.CLOSED else openers(person, target),
        lambda d, w, t: d.practice.ask(w, t.lesson_id),
        meets=(TooLittleText,),
    ),
    case("practice.current", nobody, lambda d, w, t: d.practice.current(w, PracticeId(NOTHING)), courses=NONE),
    case("practice.answer", nobody, lambda d, w, t: d.practice.answer(w, PracticeId(NOTHING), 1, 0), courses=NONE),
    case("practice.feedback", nobody, lambda d, w, t: d.practice.feedback(w, PracticeId(NOTHING), 1), courses=NONE),
)
NEVER_DONE = {"practice.ask", *(case.name for case in GENERATED if case.courses == NONE)}
"""The lessons of the table have too little text: whoever may ask is told so, and everybody else nothing."""
