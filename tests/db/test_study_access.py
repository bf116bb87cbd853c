"""Who may do what in a lesson: every use case by everybody, with ids of their own and with others'."""

from collections.abc import Awaitable, Callable

import pytest

from db.engine import Pool
from db.unit_of_work import Database
from domain.courses.model import LessonId, LockReason, PartId
from domain.learning.errors import LessonGone, LessonLocked
from domain.users.model import UserId
from tests.db.study_world import ADMIN, ALI, NOON, OTHER_TEACHER, TEACHER, VALI, Hands, School, add_people

NOBODYS = LessonId(987_654_321)
Act = Callable[[School, UserId, LessonId, PartId], Awaitable[object]]
ACTS: dict[str, Act] = {
    "open": lambda school, who, lesson, part: _opened(school, who, lesson),
    "finish": lambda school, who, lesson, part: school.learning.finish_lesson(who, lesson),
    "stop at": lambda school, who, lesson, part: school.study.stop_at(who, lesson, part, 10),
    "see": lambda school, who, lesson, part: school.study.see(who, lesson, part),
    "question": lambda school, who, lesson, part: school.study.question(who, lesson, part),
    "answer": lambda school, who, lesson, part: school.study.answer(who, lesson, part, version=1, option=1),
    "bookmark": lambda school, who, lesson, part: school.bookmarks.add(who, lesson, part, 10, "x"),
}
"""In an order in which each of them is possible: the question is answered before the lesson is finished."""
ORDER = ("open", "stop at", "see", "question", "answer", "bookmark", "finish")


async def _opened(school: School, who: UserId, lesson_id: LessonId) -> None:
    """Opening a locked lesson is no error: it shows what has to be bought, and no part."""
    page = await school.learning.open_lesson(who, lesson_id)
    if page.lock is not None:
        assert page.parts == ()
        raise LessonLocked(lesson_id, page.lock)


@pytest.fixture(scope="module", autouse=True)
async def people(pool: Pool) -> None:
    await add_people(pool)


@pytest.fixture
def school(pool: Pool, database: Database) -> School:
    return School(pool, database, Hands())


async def lesson_in(school: School, status: str) -> tuple[LessonId, PartId]:
    """Paid; bought by Ali. Everybody has been sent its part, so that only access decides."""
    course_id, [lesson_id, _] = await school.course(sale="course", status=status)
    part_id = await school.part(lesson_id, "video", seconds=100, has_question=True)
    await school.grant(ALI, course_id)
    for who in (ALI, VALI, TEACHER, OTHER_TEACHER, ADMIN):
        await school.pool.execute(
            "insert into part_progress (user_id, part_id, opened_at) values ($1, $2, $3)", who, part_id, NOON
        )
    return lesson_id, part_id


async def traces(school: School, who: UserId, lesson_id: LessonId) -> list[int]:
    return [
        await school.pool.fetchval(question, who, lesson_id)
        for question in (
            "select count(*) from lesson_progress where user_id = $1 and lesson_id = $2",
            "select count(*) from bookmarks where user_id = $1 and lesson_id = $2",
            """select count(*) from part_progress s join parts p on p.id = s.part_id
               where s.user_id = $1 and p.lesson_id = $2 and (s.stopped_at is not null or s.tried_at is not null)""",
        )
    ]


@pytest.mark.parametrize(
    ("who", "published", "draft", "archived"),
    [
        (ALI, None, None, None),
        (TEACHER, None, None, None),
        (ADMIN, None, None, None),
        (VALI, LessonLocked, LessonGone, LessonGone),
        (OTHER_TEACHER, LessonLocked, LessonGone, LessonGone),
    ],
    ids=["paid", "its teacher", "admin", "not paid", "another teacher"],
)
@pytest.mark.parametrize("status", ["published", "draft", "archived"])
async def test_every_use_case_asks_anew_who_may(
    school: School,
    who: UserId,
    status: str,
    published: type[Exception] | None,
    draft: type[Exception] | None,
    archived: type[Exception] | None,
) -> None:
    lesson_id, part_id = await lesson_in(school, status)
    refusal = {"published": published, "draft": draft, "archived": archived}[status]

    for name in ORDER:
        if refusal is None:
            await ACTS[name](school, who, lesson_id, part_id)
        else:
            with pytest.raises(refusal):
                await ACTS[name](school, who, lesson_id, part_id)

    assert await traces(school, who, lesson_id) == ([1, 1, 1] if refusal is None else [0, 0, 0])


@pytest.mark.parametrize("name", ORDER)
async def test_a_hidden_lesson_and_one_that_is_not_there_are_refused_alike(school: School, name: str) -> None:
    lesson_id, part_id = await lesson_in(school, "draft")

    told: list[str] = []
    for number in (lesson_id, NOBODYS):
        with pytest.raises(LessonGone) as refused:
            await ACTS[name](school, VALI, number, part_id)
        told.append(str(refused.value).replace(str(number), "?"))

    assert told[0] == told[1]


async def test_the_screen_of_a_locked_lesson_shows_its_price_and_counts_nothing(school: School) -> None:
    lesson_id, _ = await lesson_in(school, "published")

    reading = await school.learning.reading(VALI, lesson_id)

    assert reading.page.lock is LockReason.COURSE_UNPAID
    assert reading.page.parts == ()
    assert await traces(school, VALI, lesson_id) == [0, 0, 0]


async def test_whoever_gets_their_money_back_stops_where_they_are(school: School) -> None:
    lesson_id, part_id = await lesson_in(school, "published")
    await ACTS["open"](school, ALI, lesson_id, part_id)
    await school.pool.execute("update access_grants set revoked_at = now() where user_id = $1", ALI)

    for name in ORDER:
        with pytest.raises(LessonLocked):
            await ACTS[name](school, ALI, lesson_id, part_id)


async def test_progress_and_shelf_are_ones_own(school: School) -> None:
    course_id, [lesson_id, _] = await school.course()
    await school.finish(ALI, lesson_id)

    other = await school.learning.reading(VALI, lesson_id)
    progress = await school.shelf.progress(VALI)

    assert other.page.finished_at is None
    assert course_id not in [entry.course.id for entry in progress.entries]


@pytest.mark.parametrize(("sent_to", "is_a_recording"), [(ALI, True), (VALI, False)])
async def test_only_who_has_a_recording_may_reply_to_it_with_a_time(
    school: School, sent_to: UserId, is_a_recording: bool
) -> None:
    lesson_id, part_id = await lesson_in(school, "published")

    assert await school.study.is_recording(sent_to, lesson_id, part_id) is is_a_recording
    assert not await school.study.is_recording(sent_to, NOBODYS, part_id)
