"""The same rules as on the fakes, on PostgreSQL: what is stored, counted and shown."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import product
from typing import Any, cast

import asyncpg
import pytest

from db.engine import Pool
from db.unit_of_work import Database
from domain.courses.model import CourseStatus, LessonId, Sale
from domain.errors import NotAllowed
from domain.language import Language
from domain.learning.errors import LessonGone, LessonLocked
from domain.learning.model import Product, ProductKind
from domain.quizzes.authoring import QuestionService
from domain.quizzes.drawing import Candidate
from domain.quizzes.errors import AttemptGone, QuestionGone, QuizGone
from domain.quizzes.keys import Single, one, only
from domain.quizzes.model import AttemptId, AttemptView, Feedback, QuestionId
from domain.quizzes.service import QuizService
from domain.quizzes.settings import Face
from domain.unit_of_work import Begin
from tests.db.quiz_world import ADMIN, ALI, NOON, TEACHER, VALI, World, add_people, draft
from tests.domain.quizzes.fakes import Watch, scored


@pytest.fixture(scope="module", autouse=True)
async def people(pool: Pool) -> None:
    await add_people(pool)


@pytest.fixture(scope="module")
def world(pool: Pool, begin: Begin) -> World:
    return World(pool, begin)


@pytest.fixture
def watch() -> Watch:
    return Watch(NOON)


@pytest.fixture
def quizzes(begin: Begin, read: Begin, watch: Watch) -> QuizService:
    return QuizService(begin=begin, read=read, now=watch)


@pytest.fixture
def authoring(begin: Begin, read: Begin) -> QuestionService:
    return QuestionService(begin=begin, read=read, now=lambda: NOON)


async def give(quizzes: QuizService, attempt: AttemptView, option: int) -> tuple[Feedback, AttemptView]:
    assert attempt.question is not None
    feedback = await quizzes.answer(ALI, attempt.id, attempt.question.id, one(option))
    return feedback, await quizzes.current(ALI, attempt.id)


async def take(quizzes: QuizService, lesson_id: LessonId, options: list[int]) -> AttemptView:
    attempt = await quizzes.start_or_resume(ALI, lesson_id)
    for option in options:
        _feedback, attempt = await give(quizzes, attempt, option)
    return attempt


async def test_an_attempt_is_walked_through_question_by_question(
    quizzes: QuizService, world: World, watch: Watch
) -> None:
    lesson_id = await world.lesson()
    attempt = await quizzes.start_or_resume(ALI, lesson_id)
    assert (attempt.number, attempt.total, attempt.answered, attempt.lesson_id) == (1, 3, 0, lesson_id)
    assert attempt.question is not None
    assert attempt.question.text.read_in(Language.RU) == "Вопрос 1"
    assert [option.read_in(Language.UZ) for option in attempt.question.options] == ["a-uz", "b-uz", "c-uz"]

    feedbacks: list[Feedback] = []
    for option in (1, 0, 1):
        watch.pass_by(seconds=10)
        feedback, attempt = await give(quizzes, attempt, option)
        feedbacks.append(feedback)

    assert [(f.question.number, f.is_correct, f.answered, f.is_last) for f in feedbacks] == [
        (1, True, 1, False),
        (2, False, 2, False),
        (3, True, 3, True),
    ]
    assert attempt.question is None
    result = await quizzes.result(ALI, attempt.id)
    assert (scored(result).correct, scored(result).total, result.spent) == (2, 3, timedelta(seconds=30))
    assert result.finished_at == NOON + timedelta(seconds=30)
    assert [(m.question.number, only(m.response), only(m.solution)) for m in result.mistakes] == [(2, 0, 1)]
    assert result.mistakes[0].explanation is not None
    assert result.mistakes[0].explanation.read_in(Language.UZ) == "Chunki 2"


async def test_a_repeated_answer_keeps_the_first_one_and_its_counters(
    quizzes: QuizService, world: World, pool: Pool
) -> None:
    attempt = await quizzes.start_or_resume(ALI, await world.lesson())
    assert attempt.question is not None
    first = await quizzes.answer(ALI, attempt.id, attempt.question.id, one(0))

    repeated = await quizzes.answer(ALI, attempt.id, attempt.question.id, one(1))
    await give(quizzes, await quizzes.current(ALI, attempt.id), 1)
    late = await quizzes.answer(ALI, attempt.id, attempt.question.id, one(1))

    assert repeated == first
    assert (only(late.response), late.is_correct, late.answered) == (0, False, 2)
    counted = await pool.fetchrow("select answered_count, correct_count from attempts where id = $1", attempt.id)
    assert counted is not None
    assert tuple(counted) == (2, 1)


async def test_no_answer_is_taken_ahead_of_its_turn_or_beyond_the_options(
    quizzes: QuizService, world: World, pool: Pool
) -> None:
    lesson_id = await world.lesson()
    attempt = await quizzes.start_or_resume(ALI, lesson_id)
    ids = [question.id for question in await world.questions(lesson_id)]

    for question_id, option in ((ids[1], 1), (ids[0], 3), (ids[0], 11), (QuestionId(10**12), 0)):
        with pytest.raises(QuestionGone):
            await quizzes.answer(ALI, attempt.id, question_id, one(option))

    assert await pool.fetchval("select count(*) from answers where attempt_id = $1", attempt.id) == 0


async def test_foreign_attempts_are_not_there(quizzes: QuizService, world: World) -> None:
    attempt = await take(quizzes, await world.lesson(), [1, 1, 1])

    for attempt_id in (attempt.id, AttemptId(10**12)):
        with pytest.raises(AttemptGone):
            await quizzes.current(VALI, attempt_id)
        with pytest.raises(AttemptGone):
            await quizzes.answer(VALI, attempt_id, QuestionId(1), one(1))
        with pytest.raises(QuestionGone):
            await quizzes.feedback(VALI, attempt_id, QuestionId(1))
        with pytest.raises(AttemptGone):
            await quizzes.result(VALI, attempt_id)
        with pytest.raises(AttemptGone):
            await quizzes.retake(VALI, attempt_id)


async def test_access_is_asked_for_at_every_step(quizzes: QuizService, world: World, pool: Pool, begin: Begin) -> None:
    course_id = await world.course(Sale.LESSONS)
    lesson_id = await world.lesson(course_id, price=2_000_000)
    with pytest.raises(LessonLocked):
        await quizzes.start_or_resume(ALI, lesson_id)
    order_id = await world.sell(Product(ProductKind.LESSON, lesson_id), ALI)

    attempt = await quizzes.start_or_resume(ALI, lesson_id)
    async with begin() as uow:
        await uow.access.revoke(order_id, NOON)
        await uow.commit()

    assert attempt.question is not None
    with pytest.raises(LessonLocked):
        await quizzes.current(ALI, attempt.id)
    with pytest.raises(LessonLocked):
        await quizzes.answer(ALI, attempt.id, attempt.question.id, one(1))
    assert await pool.fetchval("select count(*) from answers where attempt_id = $1", attempt.id) == 0
    assert (await quizzes.start_or_resume(TEACHER, lesson_id)).total == 3
    assert (await quizzes.start_or_resume(ADMIN, lesson_id)).total == 3


@pytest.mark.parametrize("status", [CourseStatus.PUBLISHED, CourseStatus.ARCHIVED, CourseStatus.DRAFT])
@pytest.mark.parametrize("sale", Sale)
@pytest.mark.parametrize("owned", [None, ProductKind.COURSE, ProductKind.LESSON])
async def test_the_statement_stores_an_answer_exactly_where_the_domain_lets_the_student_in(
    begin: Begin, world: World, pool: Pool, status: CourseStatus, sale: Sale, owned: ProductKind | None
) -> None:
    """The rule of `Admission.is_open` is in the statement too: all its cases, on both sides."""
    verdicts: list[tuple[bool, bool]] = []
    for is_published, is_preview, price in product((True, False), (True, False), (None, 5_000)):
        course_id = await world.course(sale, status)
        lesson_id = await world.lesson(course_id, questions=1, price=price, is_published=is_published)
        await pool.execute("update lessons set is_preview = $2 where id = $1", lesson_id, is_preview)
        if owned:
            await world.sell(Product(owned, lesson_id if owned is ProductKind.LESSON else course_id), ALI)
        question = (await world.questions(lesson_id))[0]
        async with begin() as uow:
            opening = await uow.quizzes.opening(ALI, lesson_id)
            assert opening is not None
            assert opening.quiz_id is not None
            attempt_id = await uow.quizzes.start(
                ALI,
                opening.quiz_id,
                [Candidate(question.id, 1)],
                NOON,
                seed=-1,
                face=Face.BUTTONS,
                deadline_at=None,
                max_attempts=None,
            )
            assert attempt_id is not None
            found = await uow.quizzes.attempt(ALI, attempt_id, NOON)
        assert found is not None
        _admission, state = found
        assert state.waiting is not None
        verdicts.append((state.waiting.asked_at is not None, opening.admission.is_open(NOON)))

    assert all(asked == allowed for asked, allowed in verdicts)


async def test_a_course_that_was_bought_opens_its_quizzes(quizzes: QuizService, world: World) -> None:
    course_id = await world.course(Sale.COURSE)
    lesson_id = await world.lesson(course_id)
    with pytest.raises(LessonLocked):
        await quizzes.intro(ALI, lesson_id)
    await world.sell(Product(ProductKind.COURSE, course_id), ALI)

    assert (await quizzes.intro(ALI, lesson_id)).question_count == 3


async def test_drafts_and_lessons_without_questions_have_no_quiz(quizzes: QuizService, world: World) -> None:
    hidden = await world.lesson(await world.course(status=CourseStatus.DRAFT))
    empty = await world.lesson(questions=0)

    with pytest.raises(LessonGone):
        await quizzes.intro(ALI, hidden)
    with pytest.raises(LessonGone):
        await quizzes.intro(ALI, LessonId(10**12))
    with pytest.raises(QuizGone):
        await quizzes.start_or_resume(ALI, empty)
    assert (await quizzes.intro(TEACHER, hidden)).question_count == 3


async def test_the_door_knows_the_best_result_and_the_open_attempt(quizzes: QuizService, world: World) -> None:
    lesson_id = await world.lesson()
    for options in ([0, 1, 0], [1, 1, 0], [0, 0, 0], [1]):
        attempt = await take(quizzes, lesson_id, options)

    intro = await quizzes.intro(ALI, lesson_id)

    assert attempt.number == 4
    assert intro.best is not None
    assert (intro.best.correct, intro.finished_count, intro.answered, intro.question_count) == (2, 3, 1, 3)
    assert (await quizzes.intro(VALI, lesson_id)).best is None


async def test_the_history_is_paged_with_open_attempts_first(begin: Begin, read: Begin, world: World) -> None:
    quizzes = QuizService(begin=begin, read=read, now=lambda: NOON)
    lesson_id = await world.lesson(questions=1)
    question = (await world.questions(lesson_id))[0]
    ids: list[AttemptId] = []
    for option in (0, 1, 0, 1, 0, 1, 0):
        attempt = await quizzes.start_or_resume(VALI, lesson_id)
        await quizzes.answer(VALI, attempt.id, question.id, one(option))
        ids.append(attempt.id)
    unfinished = await quizzes.retake(VALI, ids[0])

    first, second = [await quizzes.results(VALI, page) for page in range(2)]

    assert [entry.attempt_id for entry in first.entries] == [unfinished.id, *ids[:1:-1]]
    assert [entry.attempt_id for entry in second.entries] == [ids[1], ids[0]]
    assert (first.page_count, second.entries[0].score.percent, first.entries[0].finished_at) == (2, 100, None)
    assert (await quizzes.results(VALI, 40)).page == 0


async def test_the_result_leads_to_the_next_public_lesson_of_the_course(quizzes: QuizService, world: World) -> None:
    course_id = await world.course()
    first = await world.lesson(course_id)
    await world.lesson(course_id, questions=0, is_published=False)
    last = await world.lesson(course_id)

    after_first = await quizzes.result(ALI, (await take(quizzes, first, [1, 1, 1])).id)
    after_last = await quizzes.result(ALI, (await take(quizzes, last, [1, 1, 1])).id)

    assert (after_first.next_lesson_id, after_last.next_lesson_id) == (last, None)


async def test_an_edit_is_a_new_version_and_running_attempts_keep_theirs(
    quizzes: QuizService, authoring: QuestionService, world: World
) -> None:
    lesson_id = await world.lesson(questions=2)
    old = (await authoring.questions(TEACHER, lesson_id))[0]
    attempt = await quizzes.start_or_resume(ALI, lesson_id)

    changed = await authoring.change_question(TEACHER, old.id, draft("yangi", correct=2))
    feedback, attempt = await give(quizzes, attempt, 1)
    await give(quizzes, attempt, 1)
    again = await quizzes.retake(ALI, attempt.id)

    assert (changed.position, changed.version, changed.key) == (1, 2, Single(2))
    assert feedback.is_correct
    assert again.question is not None
    assert again.question.id == changed.id
    with pytest.raises(NotAllowed):
        await authoring.change_question(TEACHER, old.id, draft("Yana"))


async def test_a_deleted_question_leaves_new_attempts_and_its_place_is_not_reused_wrongly(
    quizzes: QuizService, authoring: QuestionService, world: World
) -> None:
    lesson_id = await world.lesson(questions=3)
    questions = await authoring.questions(TEACHER, lesson_id)

    await authoring.delete_question(TEACHER, questions[0].id)
    await authoring.add_question(ADMIN, lesson_id, draft("To‘rtinchi"))

    assert [q.position for q in await authoring.questions(TEACHER, lesson_id)] == [2, 3, 4]
    assert (await quizzes.start_or_resume(ALI, lesson_id)).total == 3


async def test_nobody_but_the_author_touches_questions(authoring: QuestionService, world: World) -> None:
    lesson_id = await world.lesson()
    question = (await authoring.questions(TEACHER, lesson_id))[0]

    with pytest.raises(NotAllowed):
        await authoring.questions(ALI, lesson_id)
    with pytest.raises(NotAllowed):
        await authoring.add_question(ALI, lesson_id, draft("Begona"))
    with pytest.raises(NotAllowed):
        await authoring.delete_question(ALI, question.id)
    with pytest.raises(NotAllowed):
        await authoring.add_question(TEACHER, LessonId(10**12), draft("Yo‘q dars"))
    assert len(await authoring.questions(ADMIN, lesson_id)) == 3


async def test_the_limit_of_questions_is_held_by_the_statement(begin: Begin, world: World) -> None:
    lesson_id = await world.lesson(questions=2)

    async with begin() as uow:
        refused = await uow.quizzes.add_question(TEACHER, lesson_id, draft("Ortiqcha"), NOON, limit=2)

    assert refused is None
    assert len(await world.questions(lesson_id)) == 2


class WatchedPool:
    """A pool that notes what is asked of the database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._statements: list[str] = []

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Any]:
        async with self._pool.acquire() as connection:
            with connection.query_logger(self._note):
                yield connection

    def _note(self, record: Any) -> None:
        self._statements.append(record.query)

    async def cost_of(self, work: Awaitable[object]) -> tuple[int, int]:
        """How many statements, and how many of them only begin or end a transaction."""
        self._statements.clear()
        await work
        await asyncio.sleep(0)
        edges = sum(statement.upper().startswith(("BEGIN", "COMMIT")) for statement in self._statements)
        return len(self._statements), edges


async def test_screens_cost_one_statement_an_answer_two_and_a_start_four(world: World, pool: Pool) -> None:
    watched = WatchedPool(pool)
    database = Database(cast("Pool", watched))
    quizzes = QuizService(begin=database.begin, read=database.read, now=lambda: NOON)
    lesson_id = await world.lesson(questions=2)
    first, question = await world.questions(lesson_id)

    assert await watched.cost_of(quizzes.intro(ALI, lesson_id)) == (1, 0)
    assert await watched.cost_of(quizzes.start_or_resume(ALI, lesson_id)) == (6, 2)
    attempt = await quizzes.start_or_resume(ALI, lesson_id)
    assert await watched.cost_of(quizzes.current(ALI, attempt.id)) == (1, 0)
    assert await watched.cost_of(quizzes.answer(ALI, attempt.id, first.id, one(1))) == (2, 0)
    assert await watched.cost_of(quizzes.answer(ALI, attempt.id, question.id, one(1))) == (5, 2)
    assert await watched.cost_of(quizzes.answer(ALI, attempt.id, question.id, one(0))) == (1, 0)
    assert await watched.cost_of(quizzes.result(ALI, attempt.id)) == (1, 0)
    assert await watched.cost_of(quizzes.results(ALI, 0)) == (1, 0)


@pytest.mark.parametrize(
    "breach",
    [
        "update questions set key = '{\"correct\": 3}' where id = (select max(id) from questions)",
        "update attempts set answered_count = 4 where id = (select max(id) from attempts)",
        "update attempts set correct_count = answered_count + 1 where id = (select max(id) from attempts)",
        "update attempts set finished_at = now() where id = (select max(id) from attempts)",
    ],
)
async def test_the_schema_refuses_what_cannot_be_true(
    quizzes: QuizService, world: World, pool: Pool, breach: str
) -> None:
    await quizzes.start_or_resume(ALI, await world.lesson())

    with pytest.raises(asyncpg.CheckViolationError):
        await pool.execute(breach)
