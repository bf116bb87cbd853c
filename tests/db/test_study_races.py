"""Double taps and two replicas in a lesson: each race is also run without its rule, and must then go wrong."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from db.engine import Pool, create_pool
from db.learning import SqlEnrolments
from db.unit_of_work import Database
from domain.courses.model import LessonId, PartId
from domain.learning.study_model import Verdict
from domain.users.model import UserId
from tests.db.study_world import ALI, NOON, Hands, School, add_people

TAPS = 10
ROUNDS = 15


@pytest.fixture(scope="module", autouse=True)
async def people(pool: Pool) -> None:
    await add_people(pool)


@pytest.fixture(scope="module")
async def replicas(database_url: str, pool: Pool) -> AsyncIterator[list[School]]:
    """Two processes' worth of services: each with connections of its own."""
    second = await create_pool(database_url, size=20)
    await asyncio.gather(*(pool.fetchval("select pg_sleep(0.05)") for _ in range(TAPS)))
    yield [School(pool, Database(pool), Hands()), School(second, Database(second), Hands())]
    await second.close()


async def _two_last_lessons(replicas: list[School]) -> str:
    """Both lessons of a course are finished at once; what becomes of the enrolment."""
    course_id, lessons = await replicas[0].course(2)
    await replicas[0].learning.enrol(ALI, course_id)
    await asyncio.gather(
        *(replicas[place].learning.finish_lesson(ALI, lesson_id) for place, lesson_id in enumerate(lessons))
    )
    return await replicas[0].pool.fetchval(
        "select status from enrolments where user_id = $1 and course_id = $2", ALI, course_id
    )


async def test_two_last_lessons_finished_at_once_complete_the_course(replicas: list[School]) -> None:
    assert {await _two_last_lessons(replicas) for _round in range(ROUNDS)} == {"completed"}


async def test_without_the_lock_on_the_enrolment_neither_sees_the_other(
    replicas: list[School], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unlocked(*_nothing: object) -> bool:
        return False

    complete = SqlEnrolments.complete

    async def slowly(self: SqlEnrolments, user_id: UserId, course_id: object, now: object) -> bool:
        done = await complete(self, user_id, course_id, now)  # pyright: ignore[reportArgumentType]
        await asyncio.sleep(0.02)
        return done

    ordinary = SqlEnrolments.activate
    monkeypatch.setattr(SqlEnrolments, "complete", slowly)
    seen: Counter[str] = Counter()
    for _round in range(ROUNDS):
        course_id, lessons = await replicas[0].course(2)
        await replicas[0].learning.enrol(ALI, course_id)
        monkeypatch.setattr(SqlEnrolments, "activate", unlocked)
        await asyncio.gather(
            *(replicas[place].learning.finish_lesson(ALI, lesson_id) for place, lesson_id in enumerate(lessons))
        )
        monkeypatch.setattr(SqlEnrolments, "activate", ordinary)
        seen[
            await replicas[0].pool.fetchval(
                "select status from enrolments where user_id = $1 and course_id = $2", ALI, course_id
            )
        ] += 1

    assert seen["active"] > 0


async def test_ten_taps_on_done_finish_once_complete_once_and_congratulate_once(replicas: list[School]) -> None:
    for _round in range(ROUNDS):
        course_id, [lesson_id] = await replicas[0].course(1)
        await replicas[0].part(lesson_id)
        await replicas[0].send(ALI, lesson_id)

        await asyncio.gather(*(replicas[tap % 2].learning.finish_lesson(ALI, lesson_id) for tap in range(TAPS)))

        pool = replicas[0].pool
        assert (
            await pool.fetchval("select count(*) from notifications where key = $1", f"course_completed:{course_id}")
            == 1
        )
        enrolment = await replicas[0].row("enrolments", ALI, course_id=course_id)
        assert (enrolment["status"], enrolment["completed_at"]) == ("completed", NOON)
        assert (await replicas[0].row("lesson_progress", ALI, lesson_id=lesson_id))["finished_at"] == NOON


async def test_ten_taps_on_next_note_each_part_once(replicas: list[School]) -> None:
    for _round in range(ROUNDS):
        _, [lesson_id, _] = await replicas[0].course()
        parts = [await replicas[0].part(lesson_id) for _number in range(7)]

        await asyncio.gather(*(replicas[tap % 2].send(ALI, lesson_id) for tap in range(TAPS)))

        count = await replicas[0].pool.fetchval(
            "select count(*) from part_progress where user_id = $1 and part_id = any ($2::bigint[])", ALI, parts
        )
        assert count in (5, 7)
        assert (await replicas[0].row("lesson_progress", ALI, lesson_id=lesson_id))["seconds"] == 0


async def _ten_guesses(replicas: list[School]) -> Counter[Verdict]:
    _, [lesson_id, _] = await replicas[0].course()
    part_id = await replicas[0].part(lesson_id, has_question=True)
    await replicas[0].send(ALI, lesson_id)
    return Counter(
        await asyncio.gather(*(_guess(replicas[tap % 2], lesson_id, part_id, tap % 3) for tap in range(TAPS)))
    )


async def _guess(school: School, lesson_id: LessonId, part_id: PartId, option: int) -> Verdict:
    return await school.study.answer(ALI, lesson_id, part_id, version=1, option=option)


async def test_of_ten_guesses_at_once_one_is_looked_at(replicas: list[School]) -> None:
    for _round in range(ROUNDS):
        verdicts = await _ten_guesses(replicas)

        assert verdicts[Verdict.RIGHT] + verdicts[Verdict.WRONG] == 1


async def test_without_the_minute_between_two_tries_several_guesses_are_looked_at(
    replicas: list[School], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.study.BETWEEN_TRIES", timedelta())

    looked_at = 0
    for _round in range(20):
        verdicts = await _ten_guesses(replicas)
        looked_at = max(looked_at, verdicts[Verdict.RIGHT] + verdicts[Verdict.WRONG])
        if looked_at > 1:
            break

    assert looked_at > 1


@pytest.mark.parametrize("second", [10, None])
async def test_ten_taps_on_a_moment_or_a_part_make_one_bookmark(replicas: list[School], second: int | None) -> None:
    for _round in range(ROUNDS):
        _, [lesson_id, _] = await replicas[0].course()
        part_id = await replicas[0].part(lesson_id, "video", seconds=100)
        await replicas[0].send(ALI, lesson_id)

        ids = await asyncio.gather(
            *(replicas[tap % 2].bookmarks.add(ALI, lesson_id, part_id, second, "x") for tap in range(TAPS))
        )

        assert len(set(ids)) == 1


async def test_without_the_unique_key_one_moment_is_kept_twice(replicas: list[School]) -> None:
    """The rule is the key's alone: the statement itself would not run without it."""
    pool = replicas[0].pool
    _, [lesson_id, _] = await replicas[0].course()
    part_id = await replicas[0].part(lesson_id, "video", seconds=100)
    await pool.execute("drop index uq_bookmarks_user_id_part_id_second")
    try:
        for _tap in range(2):
            await pool.execute(
                "insert into bookmarks (user_id, lesson_id, part_id, second, title, created_at)"
                " values ($1, $2, $3, 10, '', $4)",
                ALI,
                lesson_id,
                part_id,
                NOON,
            )
        made = await pool.fetchval("select count(*) from bookmarks where part_id = $1", part_id)
    finally:
        await pool.execute("delete from bookmarks where part_id = $1", part_id)
        await pool.execute(
            "create unique index uq_bookmarks_user_id_part_id_second on bookmarks (user_id, part_id, second)"
            " nulls not distinct where part_id is not null"
        )

    assert made == 2


async def test_ten_actions_at_one_moment_add_no_time_twice(replicas: list[School]) -> None:
    _, [lesson_id, _] = await replicas[0].course()
    await replicas[0].learning.open_lesson(ALI, lesson_id)
    for school in replicas:
        school.clock.turn(60)
    try:
        await asyncio.gather(*(replicas[tap % 2].learning.open_lesson(ALI, lesson_id) for tap in range(TAPS)))
    finally:
        for school in replicas:
            school.clock.turn(-60)

    assert (await replicas[0].row("lesson_progress", ALI, lesson_id=lesson_id))["seconds"] == 60
