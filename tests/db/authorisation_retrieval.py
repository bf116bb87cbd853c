"""The table: finding passages. Everybody may ask; what is found is the reader's own or open to them."""

from domain.tutor.retrieval_model import Scope, Shelf
from tests.db.authorisation_learning import SELF
from tests.db.authorisation_table import case, everybody

RETRIEVAL = (
    case("retrieval.find", everybody, lambda d, w, t: d.retrieval.find(w, "lesson of the course"), **SELF),
    case(
        "retrieval.find",
        everybody,
        lambda d, w, t: d.retrieval.find(
            w, "lesson of the course", scope=Scope(shelf=Shelf.COURSE, course_id=t.kit.course_id)
        ),
    ),
)
RETRIEVAL_CLOCK = {"embedding.embed_waiting": "the job's that shows the model what is new"}
