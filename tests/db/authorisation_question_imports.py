"""The table: tests on their way into a quiz."""

from domain.quizzes.importing.imports import ImportSource, SentPoll, SentTest
from domain.quizzes.importing.imports import Target as Place
from tests.db.authorisation_table import Target, case, senders, staff

TYPED = SentTest(message_id=77, source=ImportSource.TEXT, text="? 1\n+ 1\n- 2", markdown="1", bot_id=1)
POLL = SentPoll(message_id=78, question="1?", options=("1", "2"), correct=(0,))


def lesson_of(target: Target) -> Place:
    return Place(lesson_id=target.lesson_id)


QUESTION_IMPORTS = (
    case("question_imports.admit", staff, lambda d, w, t: d.question_imports.admit(w, lesson_of(t))),
    case(
        "question_imports.looks_like_a_test",
        staff,
        lambda d, w, t: d.question_imports.looks_like_a_test(w, lesson_of(t), "? 1"),
    ),
    case("question_imports.receive", staff, lambda d, w, t: d.question_imports.receive(w, lesson_of(t), TYPED)),
    case("question_imports.collect", staff, lambda d, w, t: d.question_imports.collect(w, lesson_of(t), POLL)),
    case(
        "question_imports.name_right_answer",
        senders,
        lambda d, w, t: d.question_imports.name_right_answer(w, t.kit.question_import, "q0", 0),
    ),
    case("question_imports.preview", senders, lambda d, w, t: d.question_imports.preview(w, t.kit.question_import)),
    case("question_imports.save", senders, lambda d, w, t: d.question_imports.save(w, t.kit.question_import)),
    case(
        "question_imports.save into a bank",
        senders,
        lambda d, w, t: d.question_imports.save(w, t.kit.question_import, 20),
    ),
    case("question_imports.undo", senders, lambda d, w, t: d.question_imports.undo(w, t.kit.question_import)),
    case(
        "question_imports.keep_as_file",
        senders,
        lambda d, w, t: d.question_imports.keep_as_file(w, t.kit.question_import),
    ),
    case("question_imports.put_away", senders, lambda d, w, t: d.question_imports.put_away(w, t.kit.question_import)),
)
QUESTION_IMPORTS_WITHOUT_ACTOR = {
    f"question_imports.{name}": "the job's that reads tests"
    for name in ("note_progress", "note_read", "refuse", "waiting")
} | {"question_imports.tidy": "the clock's"}
