import pytest

from domain.courses.model import LessonId
from domain.errors import InvalidInput, NotAllowed
from domain.language import Language, Text
from domain.quizzes.authoring import QuestionService
from domain.quizzes.draft import QuestionDraft, draft_of_poll
from domain.quizzes.errors import QuizFull
from domain.quizzes.keys import Multiple, Single, one
from domain.quizzes.model import MAX_QUESTIONS, QuestionId
from domain.quizzes.service import QuizService
from domain.users.model import Role, UserId
from tests.domain.quizzes.fakes import ADMIN, ALI, OTHER_TEACHER, TEACHER, FakeDatabase, Watch, draft, said

LESSON = LessonId(1)


@pytest.fixture
def database() -> FakeDatabase:
    database = FakeDatabase()
    database.kept.add_lesson(database.kept.add_course())
    return database


@pytest.fixture
def authoring(database: FakeDatabase) -> QuestionService:
    return QuestionService(begin=database.begin, read=database.read, now=Watch())


@pytest.fixture
def quizzes(database: FakeDatabase) -> QuizService:
    return QuizService(begin=database.begin, read=database.read, now=Watch())


@pytest.mark.parametrize("author", [TEACHER, ADMIN])
async def test_the_owner_and_an_admin_write_questions(authoring: QuestionService, author: UserId) -> None:
    await authoring.add_question(author, LESSON, draft("First"))
    await authoring.add_question(author, LESSON, draft("Second"))

    kept = await authoring.questions(author, LESSON)

    assert [(question.position, str(question.text)) for question in kept] == [(1, "First"), (2, "Second")]


@pytest.mark.parametrize("stranger", [ALI, OTHER_TEACHER, UserId(99)])
async def test_nobody_else_reads_or_writes_questions(
    authoring: QuestionService, database: FakeDatabase, stranger: UserId
) -> None:
    question = await authoring.add_question(TEACHER, LESSON, draft())
    before = database.kept

    for missing in (LESSON, LessonId(77)):
        with pytest.raises(NotAllowed):
            await authoring.questions(stranger, missing)
        with pytest.raises(NotAllowed):
            await authoring.add_question(stranger, missing, draft())
    for missing in (question.id, QuestionId(77)):
        with pytest.raises(NotAllowed):
            await authoring.change_question(stranger, missing, draft())
        with pytest.raises(NotAllowed):
            await authoring.delete_question(stranger, missing)

    assert database.kept is before


async def test_an_owner_who_no_longer_teaches_writes_no_questions(
    authoring: QuestionService, database: FakeDatabase
) -> None:
    database.kept.roles[TEACHER] = Role.STUDENT

    with pytest.raises(NotAllowed):
        await authoring.add_question(TEACHER, LESSON, draft())


async def test_a_running_attempt_keeps_the_version_that_it_began_with(
    authoring: QuestionService, quizzes: QuizService
) -> None:
    question = await authoring.add_question(TEACHER, LESSON, draft("Old", correct=0))
    attempt = await quizzes.start_or_resume(ALI, LESSON)

    changed = await authoring.change_question(TEACHER, question.id, draft("New", correct=2))
    feedback = await quizzes.answer(ALI, attempt.id, question.id, one(0))
    again = await quizzes.retake(ALI, attempt.id)

    assert (changed.position, changed.version) == (question.position, 2)
    assert feedback.is_correct
    assert again.question is not None
    assert str(again.question.text) == "New"


async def test_a_deleted_question_is_left_out_of_new_attempts_and_stays_in_results(
    authoring: QuestionService, quizzes: QuizService
) -> None:
    first = await authoring.add_question(TEACHER, LESSON, draft("First"))
    await authoring.add_question(TEACHER, LESSON, draft("Second"))
    attempt = await quizzes.start_or_resume(ALI, LESSON)

    await authoring.delete_question(TEACHER, first.id)
    await quizzes.answer(ALI, attempt.id, first.id, one(0))
    current = await quizzes.current(ALI, attempt.id)
    assert current.question is not None
    await quizzes.answer(ALI, attempt.id, current.question.id, one(1))

    assert [str(mistake.question.text) for mistake in (await quizzes.result(ALI, attempt.id)).mistakes] == ["First"]
    assert (await quizzes.intro(ALI, LESSON)).question_count == 1


async def test_a_question_that_was_replaced_can_be_neither_changed_nor_deleted(authoring: QuestionService) -> None:
    question = await authoring.add_question(TEACHER, LESSON, draft("Old"))
    await authoring.change_question(TEACHER, question.id, draft("New"))

    with pytest.raises(NotAllowed):
        await authoring.change_question(TEACHER, question.id, draft("Newer"))
    with pytest.raises(NotAllowed):
        await authoring.delete_question(TEACHER, question.id)


async def test_a_quiz_holds_a_limited_number_of_questions(authoring: QuestionService) -> None:
    for number in range(MAX_QUESTIONS):
        await authoring.add_question(TEACHER, LESSON, draft(f"Question {number}"))

    with pytest.raises(QuizFull):
        await authoring.add_question(TEACHER, LESSON, draft("One too many"))


def both(uz: str, ru: str) -> Text:
    return Text({Language.UZ: uz, Language.RU: ru})


@pytest.mark.parametrize(
    ("wrong", "field", "reason"),
    [
        (draft(" \x00 "), "question", "empty"),
        (draft("x" * 3_001), "question", "too_long"),
        (draft(options=["4"], correct=0), "options", "too_few"),
        (draft(options=[str(n) for n in range(13)]), "options", "too_many"),
        (draft(options=["4", " "]), "options", "empty"),
        (draft(options=["4", "x" * 501]), "options", "too_long"),
        (draft(options=["Four", "four "]), "options", "duplicate"),
        (draft(correct=3), "correct", "unknown"),
        (draft(correct=-1), "correct", "unknown"),
        (
            QuestionDraft(text=said("?"), options=(said("a"), said("b")), key=Single(0), explanation=said("x" * 2_001)),
            "explanation",
            "too_long",
        ),
        (QuestionDraft(text=both("?", "?"), options=(said("a"), said("b")), key=Single(0)), "options", "languages"),
        (
            QuestionDraft(text=both("?", "?"), options=(both("a", "v"), both("b", "v")), key=Single(0)),
            "options",
            "duplicate",
        ),
    ],
)
async def test_a_draft_that_breaks_a_rule_is_named_and_not_kept(
    authoring: QuestionService, database: FakeDatabase, wrong: QuestionDraft, field: str, reason: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        await authoring.add_question(TEACHER, LESSON, wrong)

    assert (caught.value.field, caught.value.reason) == (field, reason)
    assert database.kept.questions == {}


async def test_what_is_kept_has_no_characters_that_break_a_database(authoring: QuestionService) -> None:
    dirty = QuestionDraft(
        text=said("  $x\x00^2$\nis?\ud800"),
        options=(said("a\u0007"), said("b")),
        key=Single(1),
        explanation=said(" \x00"),
    )

    kept = await authoring.add_question(TEACHER, LESSON, dirty)

    assert str(kept.text) == "$x^2$\nis?"
    assert [str(option) for option in kept.options] == ["a", "b"]
    assert kept.explanation is None


def test_a_native_quiz_poll_becomes_a_question() -> None:
    question = draft_of_poll(Language.UZ, "2 + 2?", ["3", "4"], [1], "2 ta juft").checked()

    assert question.key == Single(1)
    assert question.text.variants == {Language.UZ: "2 + 2?"}
    assert str(question.explanation) == "2 ta juft"


@pytest.mark.parametrize("correct", [None, []])
def test_a_poll_without_a_right_option_is_refused(correct: list[int] | None) -> None:
    with pytest.raises(InvalidInput) as caught:
        draft_of_poll(Language.UZ, "2 + 2?", ["3", "4"], correct, None)

    assert (caught.value.field, caught.value.reason) == ("correct", "missing")


def test_a_poll_with_several_right_options_asks_for_all_of_them() -> None:
    question = draft_of_poll(Language.UZ, "2 + 2?", ["4", "5", "four"], [0, 2], None).checked()

    assert question.key == Multiple(frozenset({0, 2}))
