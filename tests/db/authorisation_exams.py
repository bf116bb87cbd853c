"""The table: exams, before their beginning for those who sit them, and on the board of those who teach."""

from typing import Any

from domain.quizzes.exams.errors import ExamGoesOn, ExamNotOver
from tests.db.authorisation_table import ONE, Outcome, Target, case, everybody, openers, staff
from tests.db.authorisation_world import EXAM_CLOSES, IDS

SECOND: dict[str, Any] = {"lessons": ("second",)}
"""The lesson whose quiz is an exam, which goes on."""
HELD: dict[str, Any] = {**SECOND, "meets": (ExamNotOver,)}
"""What those who may are told while it goes on."""


def sitters(person: str, target: Target) -> Outcome:
    """Whoever may see the inside of the lesson."""
    return openers(person, target)


EXAMS = (
    case("exam_rooms.mine", everybody, lambda d, w, t: d.exam_rooms.mine(w), courses=ONE),
    case("exam_rooms.room", sitters, lambda d, w, t: d.exam_rooms.room(w, t.lesson_id), **SECOND),
    case("exam_rooms.be_ready", sitters, lambda d, w, t: d.exam_rooms.be_ready(w, t.lesson_id), **SECOND),
    case(
        "quiz_settings.set_versions",
        staff,
        lambda d, w, t: d.quiz_settings.set_versions(w, t.lesson_id, 2),
        **SECOND,
        meets=(ExamGoesOn,),
    ),
    case("exam_roster.page", staff, lambda d, w, t: d.exam_roster.page(w, t.lesson_id), **SECOND),
    case("exam_desk.board", staff, lambda d, w, t: d.exam_desk.board(w, t.lesson_id), **SECOND),
    case(
        "exam_desk.add_minutes",
        staff,
        lambda d, w, t: d.exam_desk.add_minutes(w, t.lesson_id, 5, EXAM_CLOSES),
        **SECOND,
    ),
    case("exam_desk.close_now", staff, lambda d, w, t: d.exam_desk.close_now(w, t.lesson_id), **SECOND),
    case("exam_desk.results", staff, lambda d, w, t: d.exam_desk.results(w, t.lesson_id), **HELD),
    case("exam_desk.lookalikes", staff, lambda d, w, t: d.exam_desk.lookalikes(w, t.lesson_id), **HELD),
    case(
        "exam_desk.evidence",
        staff,
        lambda d, w, t: d.exam_desk.evidence(w, t.lesson_id, IDS["buyer"], IDS["enrolled"]),
        **HELD,
    ),
)
EXAM_CLOCK = {
    "exam_keeper.advance": "the clock's",
    "exam_keeper.ask": "the clock's",
    "exam_keeper.due": "the clock's",
    "exam_keeper.exam": "the sender's: whether a notice is still true",
    "exam_keeper.note_told": "the sender's",
    "exam_keeper.answers": "the job's that judges",
    "exam_keeper.keep_judgement": "the job's that judges",
}
HELD_BACK = {"exam_desk.results", "exam_desk.lookalikes", "exam_desk.evidence", "quiz_settings.set_versions"}
"""While an exam goes on, its teacher is refused these too; what they do before or later is in test_exams.py and
test_exam_settings.py."""
