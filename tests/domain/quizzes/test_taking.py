import dataclasses
from copy import deepcopy

import pytest

from domain.courses.model import CourseId, CourseStatus, LessonId, Sale
from domain.learning.errors import LessonGone, LessonLocked
from domain.money import Money
from domain.quizzes.errors import AttemptGone, QuestionGone, QuizGone
from domain.quizzes.keys import one, only
from domain.quizzes.model import AttemptId, AttemptView, QuestionId, QuestionView
from domain.quizzes.service import QuizService
from tests.domain.quizzes.fakes import ALI, TEACHER, VALI, FakeDatabase, Watch, scored

LESSON = LessonId(1)
COURSE = CourseId(1)


@pytest.fixture
def database() -> FakeDatabase:
    database = FakeDatabase()
    database.kept.add_lesson(database.kept.add_course())
    database.write_questions(LESSON, 3)
    return database


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def quizzes(database: FakeDatabase, watch: Watch) -> QuizService:
    return QuizService(begin=database.begin, read=database.read, now=watch)


async def take(quizzes: QuizService, options: list[int], lesson_id: LessonId = LESSON) -> AttemptId:
    attempt = await quizzes.start_or_resume(ALI, lesson_id)
    for option in options:
        assert attempt.question is not None
        await quizzes.answer(ALI, attempt.id, attempt.question.id, one(option))
        attempt = await quizzes.current(ALI, attempt.id)
    return attempt.id


async def test_an_attempt_asks_the_questions_in_their_order(quizzes: QuizService) -> None:
    attempt = await quizzes.start_or_resume(ALI, LESSON)

    seen: list[tuple[int, str]] = []
    while attempt.question:
        seen.append((attempt.question.number, str(attempt.question.text)))
        await quizzes.answer(ALI, attempt.id, attempt.question.id, one(0))
        attempt = await quizzes.current(ALI, attempt.id)

    assert seen == [(1, "Question 1"), (2, "Question 2"), (3, "Question 3")]


async def test_starting_again_resumes_where_the_attempt_was_left(quizzes: QuizService) -> None:
    attempt_id = await take(quizzes, [1])

    resumed = await quizzes.start_or_resume(ALI, LESSON)

    assert resumed.id == attempt_id
    assert resumed.answered == 1
    assert resumed.question is not None
    assert resumed.question.number == 2


async def test_the_answer_is_stored_before_it_is_judged(quizzes: QuizService, database: FakeDatabase) -> None:
    attempt = await quizzes.start_or_resume(ALI, LESSON)
    assert attempt.question is not None
    with pytest.raises(QuestionGone):
        await quizzes.feedback(ALI, attempt.id, attempt.question.id)

    feedback = await quizzes.answer(ALI, attempt.id, attempt.question.id, one(2))

    assert database.kept.attempts[attempt.id].answers[attempt.question.id].response == one(2)
    assert (feedback.is_correct, only(feedback.response), only(feedback.solution)) == (False, 2, 1)
    assert str(feedback.explanation) == "Because of Question 1"
    assert feedback == await quizzes.feedback(ALI, attempt.id, attempt.question.id)


async def test_a_repeated_answer_gets_the_first_ones_feedback_and_changes_nothing(
    quizzes: QuizService, database: FakeDatabase
) -> None:
    attempt = await quizzes.start_or_resume(ALI, LESSON)
    assert attempt.question is not None
    first = await quizzes.answer(ALI, attempt.id, attempt.question.id, one(2))
    before = deepcopy(database.kept.attempts[attempt.id])

    second = await quizzes.answer(ALI, attempt.id, attempt.question.id, one(1))

    assert second == first
    assert database.kept.attempts[attempt.id] == before


async def test_the_last_answer_finishes_the_attempt(quizzes: QuizService, database: FakeDatabase, watch: Watch) -> None:
    attempt_id = await take(quizzes, [1, 1])
    attempt = await quizzes.current(ALI, attempt_id)
    watch.pass_by(seconds=30)

    assert attempt.question is not None
    feedback = await quizzes.answer(ALI, attempt_id, attempt.question.id, one(1))

    assert feedback.is_last
    assert database.kept.attempts[attempt_id].finished_at == watch()
    assert (await quizzes.current(ALI, attempt_id)).question is None


async def test_a_question_cannot_be_answered_before_it_is_shown(quizzes: QuizService, database: FakeDatabase) -> None:
    attempt = await quizzes.start_or_resume(ALI, LESSON)

    with pytest.raises(QuestionGone):
        await quizzes.answer(ALI, attempt.id, QuestionId(3), one(1))

    assert database.kept.attempts[attempt.id].answers == {}


@pytest.mark.parametrize("option", [-1, 3, 12, 10**9])
async def test_an_option_that_is_not_there_is_refused(
    quizzes: QuizService, database: FakeDatabase, option: int
) -> None:
    attempt = await quizzes.start_or_resume(ALI, LESSON)
    assert attempt.question is not None

    with pytest.raises(QuestionGone):
        await quizzes.answer(ALI, attempt.id, attempt.question.id, one(option))

    assert database.kept.attempts[attempt.id].answers == {}


async def test_somebody_elses_attempt_looks_like_none_at_all(quizzes: QuizService, database: FakeDatabase) -> None:
    attempt_id = await take(quizzes, [1, 1, 1])

    for foreign in (attempt_id, AttemptId(99)):
        with pytest.raises(AttemptGone):
            await quizzes.current(VALI, foreign)
        with pytest.raises(AttemptGone):
            await quizzes.answer(VALI, foreign, QuestionId(1), one(1))
        with pytest.raises(QuestionGone):
            await quizzes.feedback(VALI, foreign, QuestionId(1))
        with pytest.raises(AttemptGone):
            await quizzes.result(VALI, foreign)
        with pytest.raises(AttemptGone):
            await quizzes.retake(VALI, foreign)
    assert len(database.kept.attempts) == 1


async def test_a_lesson_without_questions_has_no_quiz(quizzes: QuizService, database: FakeDatabase) -> None:
    empty = database.kept.add_lesson(COURSE, 2)

    with pytest.raises(QuizGone):
        await quizzes.intro(ALI, empty)
    with pytest.raises(QuizGone):
        await quizzes.start_or_resume(ALI, empty)
    with pytest.raises(LessonGone):
        await quizzes.start_or_resume(ALI, LessonId(77))


@pytest.fixture
def paid(database: FakeDatabase) -> LessonId:
    course_id = database.kept.add_course(2, sale=Sale.LESSONS)
    lesson_id = database.kept.add_lesson(course_id, 5, price=Money.soms(30_000))
    database.write_questions(lesson_id, 2)
    return lesson_id


async def test_a_locked_lessons_quiz_stays_closed(quizzes: QuizService, database: FakeDatabase, paid: LessonId) -> None:
    with pytest.raises(LessonLocked):
        await quizzes.intro(ALI, paid)
    with pytest.raises(LessonLocked):
        await quizzes.start_or_resume(ALI, paid)

    assert database.kept.attempts == {}


async def test_access_that_was_taken_back_closes_the_running_attempt(
    quizzes: QuizService, database: FakeDatabase, paid: LessonId
) -> None:
    database.kept.owned_lessons.add((ALI, paid))
    attempt = await quizzes.start_or_resume(ALI, paid)
    assert attempt.question is not None
    database.kept.owned_lessons.clear()

    with pytest.raises(LessonLocked):
        await quizzes.current(ALI, attempt.id)
    with pytest.raises(LessonLocked):
        await quizzes.answer(ALI, attempt.id, attempt.question.id, one(1))
    with pytest.raises(LessonLocked):
        await quizzes.start_or_resume(ALI, paid)

    assert database.kept.attempts[attempt.id].answers == {}


async def test_a_finished_result_stays_readable_when_the_lesson_is_locked_again(
    quizzes: QuizService, database: FakeDatabase, paid: LessonId
) -> None:
    database.kept.owned_lessons.add((ALI, paid))
    attempt_id = await take(quizzes, [1, 0], paid)
    database.kept.owned_lessons.clear()

    result = await quizzes.result(ALI, attempt_id)

    assert scored(result).percent == 50
    with pytest.raises(LessonLocked):
        await quizzes.retake(ALI, attempt_id)


@pytest.mark.parametrize("status", [CourseStatus.DRAFT, CourseStatus.ARCHIVED])
async def test_a_course_that_is_not_public_is_there_for_its_teacher_only(
    quizzes: QuizService, database: FakeDatabase, status: CourseStatus
) -> None:
    database.change_course(COURSE, status=status)

    with pytest.raises(LessonGone):
        await quizzes.start_or_resume(ALI, LESSON)

    assert (await quizzes.start_or_resume(TEACHER, LESSON)).total == 3


async def test_the_result_tells_the_score_the_time_and_every_mistake(quizzes: QuizService, watch: Watch) -> None:
    attempt = await quizzes.start_or_resume(ALI, LESSON)
    for option, seconds in ((1, 20), (0, 40), (2, 5)):
        watch.pass_by(seconds=seconds)
        assert attempt.question is not None
        await quizzes.answer(ALI, attempt.id, attempt.question.id, one(option))
        attempt = await quizzes.current(ALI, attempt.id)

    result = await quizzes.result(ALI, attempt.id)

    assert (scored(result).correct, scored(result).total, scored(result).percent) == (1, 3, 33)
    assert result.spent.total_seconds() == 65
    assert [(m.question.number, only(m.response), only(m.solution), str(m.explanation)) for m in result.mistakes] == [
        (2, 0, 1, "Because of Question 2"),
        (3, 2, 1, "Because of Question 3"),
    ]


async def test_an_unfinished_attempt_has_no_result(quizzes: QuizService) -> None:
    attempt_id = await take(quizzes, [1, 1])

    with pytest.raises(AttemptGone):
        await quizzes.result(ALI, attempt_id)


async def test_the_result_leads_to_the_next_public_lesson(quizzes: QuizService, database: FakeDatabase) -> None:
    database.kept.add_lesson(COURSE, 2, is_published=False)
    following = database.kept.add_lesson(COURSE, 3)
    attempt_id = await take(quizzes, [1, 1, 1])

    assert (await quizzes.result(ALI, attempt_id)).next_lesson_id == following


async def test_trying_again_is_a_new_attempt_and_pressing_twice_is_one(
    quizzes: QuizService, database: FakeDatabase
) -> None:
    first = await take(quizzes, [0, 0, 0])

    second = await quizzes.retake(ALI, first)
    third = await quizzes.retake(ALI, first)

    assert (second.id, second.number) == (third.id, 2)
    assert second.question is not None
    assert len(database.kept.attempts) == 2


async def test_the_door_shows_the_best_result_and_the_open_attempt(quizzes: QuizService) -> None:
    fresh = await quizzes.intro(ALI, LESSON)
    first = await take(quizzes, [1, 1, 0])
    await quizzes.retake(ALI, first)
    await take(quizzes, [0, 0, 0])
    await quizzes.retake(ALI, first)
    await take(quizzes, [1])

    later = await quizzes.intro(ALI, LESSON)

    assert (fresh.best, fresh.finished_count, fresh.answered, fresh.question_count) == (None, 0, None, 3)
    assert later.best is not None
    assert (later.best.percent, later.finished_count, later.answered) == (67, 2, 1)


async def test_the_history_lists_open_attempts_first_then_the_newest(quizzes: QuizService) -> None:
    first = await take(quizzes, [1, 1, 1])
    for _number in range(6):
        await quizzes.retake(ALI, first)
        await take(quizzes, [0, 0, 0])
    last = await quizzes.retake(ALI, first)
    await take(quizzes, [0, 0, 0])
    unfinished = await quizzes.retake(ALI, first)

    pages = [await quizzes.results(ALI, page) for page in range(2)]
    beyond = await quizzes.results(ALI, 9)

    assert [page.page_count for page in pages] == [2, 2]
    assert [entry.attempt_id for entry in pages[0].entries][:2] == [unfinished.id, last.id]
    assert pages[1].entries[-1].attempt_id == first
    assert pages[1].entries[-1].score.percent == 100
    assert (beyond.page, beyond.entries) == (0, pages[0].entries)
    assert (await quizzes.results(VALI, 0)).entries == []


async def test_what_an_unanswered_question_shows_has_no_place_for_the_key(quizzes: QuizService) -> None:
    attempt = await quizzes.start_or_resume(ALI, LESSON)

    shown = {field.name for field in dataclasses.fields(QuestionView)}
    assert shown == {"id", "number", "kind", "text", "options", "rights", "picture", "topic", "points", "until"}
    assert not {"correct", "explanation"} & {field.name for field in dataclasses.fields(AttemptView)}
    assert "Because" not in repr(attempt) + repr(await quizzes.current(ALI, attempt.id))
    assert "Because" not in repr(await quizzes.intro(ALI, LESSON)) + repr(await quizzes.results(ALI, 0))
