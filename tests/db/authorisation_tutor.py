"""The table: how the tutor helps in a course, and questions that were passed on to its teachers."""

from domain.tutor.model import SessionId, TutorMode
from domain.tutor.teacher_ports import RequestId
from tests.db.authorisation_learning import SELF
from tests.db.authorisation_table import ONE, Outcome, Target, case, staff, teachers


def nobody(_person: str, _target: Target) -> Outcome:
    """There is no conversation in this world; who may read and answer which is in `test_doubts.py`."""
    return Outcome.GONE


def nobody_silently(_person: str, _target: Target) -> Outcome:
    return Outcome.SILENT


TUTOR = (
    case("tutor_modes.page", staff, lambda d, w, t: d.tutor_modes.page(w, t.course_id)),
    case("tutor_modes.choose", staff, lambda d, w, t: d.tutor_modes.choose(w, t.course_id, TutorMode.OFF)),
    case("teacher_help.ask_teacher", nobody, lambda d, w, t: d.teacher_help.ask_teacher(w, SessionId(1)), **SELF),
    case("teacher_help.waiting", teachers, lambda d, w, t: d.teacher_help.waiting(w), courses=ONE),
    case("teacher_help.thread", nobody, lambda d, w, t: d.teacher_help.thread(w, RequestId(1)), **SELF),
    case("teacher_help.waits", nobody_silently, lambda d, w, t: d.teacher_help.waits(w, RequestId(1)), **SELF),
    case("teacher_help.answer", nobody, lambda d, w, t: d.teacher_help.answer(w, RequestId(1), "Mine"), **SELF),
)
NEVER_DONE_TUTOR = {"teacher_help.ask_teacher", "teacher_help.thread", "teacher_help.waits", "teacher_help.answer"}
