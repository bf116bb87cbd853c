"""The table: questions taken away as a file, and copied."""

from domain.quizzes.exporting.service import ExportFormat
from domain.quizzes.importing.imports import Target as Place
from tests.db.authorisation_table import Target, case, staff


def bank_of(target: Target) -> Place:
    return Place(bank_id=target.kit.bank)


def lesson_of(target: Target) -> Place:
    return Place(lesson_id=target.kit.lessons["second"])


EXPORT = (
    case("question_exports.offer", staff, lambda d, w, t: d.question_exports.offer(w, lesson_of(t))),
    case("question_exports.offer of a bank", staff, lambda d, w, t: d.question_exports.offer(w, bank_of(t))),
    case("question_exports.ask", staff, lambda d, w, t: d.question_exports.ask(w, bank_of(t), ExportFormat.PDF)),
    case(
        "question_exports.ask of a quiz",
        staff,
        lambda d, w, t: d.question_exports.ask(w, lesson_of(t), ExportFormat.GIFT),
    ),
    case("question_exports.package", staff, lambda d, w, t: d.question_exports.package(w, bank_of(t))),
    case("question_exports.package of a quiz", staff, lambda d, w, t: d.question_exports.package(w, lesson_of(t))),
    case(
        "question_copies.copy into a quiz",
        staff,
        lambda d, w, t: d.question_copies.copy(w, bank_of(t), [t.kit.bank_question], lesson_of(t)),
    ),
    case(
        "question_copies.copy into a bank",
        staff,
        lambda d, w, t: d.question_copies.copy(w, lesson_of(t), [t.kit.question], bank_of(t)),
    ),
    case(
        "question_copies.take_back",
        staff,
        lambda d, w, t: d.question_copies.take_back(w, bank_of(t), [t.kit.bank_question]),
    ),
)
