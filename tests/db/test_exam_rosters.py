"""The board's list of students: who has begun, how far, who is missing; page by page, and for its teachers only."""

from datetime import timedelta

import pytest

from db.engine import Pool
from domain.quizzes.exams.errors import ExamGone, ExamNotOver
from domain.quizzes.exams.model import CALL_BEFORE
from domain.quizzes.exams.roster import ROSTER_PAGE, ExamRoster
from domain.quizzes.statistics import QuizStatisticsService
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.db.quiz_world import ADMIN, ALI, TEACHER, World, add_people
from tests.db.test_exams import CLOSES, NOON, OPENS, Hall
from tests.domain.quizzes.fakes import Watch


@pytest.fixture
async def hall(pool: Pool, begin: Begin, read: Begin) -> Hall:
    await add_people(pool)
    hall = Hall(pool, begin, read, Watch(NOON), await World(pool, begin).lesson(questions=3))
    await hall.fill(5)
    await hall.plan()
    return hall


def roster_of(hall: Hall, read: Begin) -> ExamRoster:
    return ExamRoster(read=read, now=hall.watch)


async def test_each_student_is_there_with_how_far_they_are(hall: Hall, read: Begin) -> None:
    roster = roster_of(hall, read)
    await hall.at(NOON)
    await hall.at(OPENS - CALL_BEFORE)
    ready, writing, done, absent, left = hall.students
    await hall.rooms.be_ready(ready, hall.lesson_id)
    early = {sitter.user_id: sitter for sitter in (await roster.page(TEACHER, hall.lesson_id)).sitters}
    assert [early[student].is_ready for student in hall.students] == [True, False, False, False, False]
    await hall.at(OPENS)

    await hall.take(writing, "ba")
    await hall.take(done, "bbb")
    # ALI comes to the open course without joining it; somebody else has left it.
    await hall.take(ALI, "b")
    await hall.pool.execute("update enrolments set status = 'cancelled' where user_id = $1", left)

    page = await roster.page(ADMIN, hall.lesson_id)
    found = {sitter.user_id: (sitter.answered, sitter.total, sitter.finished_at is not None) for sitter in page.sitters}
    assert page.has_opened
    assert found == {
        ALI: (1, 3, False),
        ready: (0, 0, False),
        writing: (2, 3, False),
        done: (3, 3, True),
        absent: (0, 0, False),
    }
    missing = await roster.page(TEACHER, hall.lesson_id, only_missing=True)
    assert {sitter.user_id for sitter in missing.sitters} == {ready, absent}


async def test_pages_follow_the_names_and_nobody_is_on_two_of_them(hall: Hall, read: Begin) -> None:
    roster = roster_of(hall, read)
    first_five = hall.students
    await hall.fill(2 * ROSTER_PAGE)
    await hall.pool.execute("update users set full_name = 'Same Name' where id = any ($1)", hall.students)
    await hall.at(NOON)

    seen: list[UserId] = []
    after, pages = None, 0
    while pages == 0 or after is not None:
        page = await roster.page(TEACHER, hall.lesson_id, after)
        seen += [sitter.user_id for sitter in page.sitters]
        after, pages = page.next_after, pages + 1

    assert pages == 3
    assert len(seen) == len(set(seen))
    assert set(seen) == {*first_five, *hall.students}


@pytest.mark.parametrize("who", [ALI, UserId(99)])
async def test_the_list_is_not_there_for_whoever_does_not_teach(hall: Hall, read: Begin, who: UserId) -> None:
    with pytest.raises(ExamGone):
        await roster_of(hall, read).page(who, hall.lesson_id)


async def test_a_quiz_that_is_no_exam_has_no_such_list(hall: Hall, begin: Begin, read: Begin) -> None:
    with pytest.raises(ExamGone):
        await roster_of(hall, read).page(TEACHER, await World(hall.pool, begin).lesson())


async def test_results_and_statistics_are_held_back_until_it_closes(hall: Hall, begin: Begin, read: Begin) -> None:
    statistics = QuizStatisticsService(begin=begin, read=read, now=hall.watch)
    await hall.begin()
    await hall.take(hall.students[0], "bbb")
    await statistics.fold()

    for moment in (OPENS + timedelta(minutes=1), CLOSES - timedelta(seconds=1)):
        hall.watch.time = moment
        with pytest.raises(ExamNotOver):
            await statistics.results(TEACHER, hall.lesson_id)
        with pytest.raises(ExamNotOver):
            await statistics.items(ADMIN, hall.lesson_id)
        with pytest.raises(ExamNotOver):
            await anext(statistics.export(TEACHER, hall.lesson_id))

    hall.watch.time = CLOSES
    table = await statistics.results(TEACHER, hall.lesson_id)
    assert [line.attempt.score.percent for line in table.lines] == [100]
    assert table.is_exam
