"""A student goes through lessons on PostgreSQL: parts, time, positions, check questions, completion."""

import random
from contextlib import suppress
from datetime import timedelta

import pytest

from db.engine import Pool
from db.unit_of_work import Database
from domain.courses.model import PartId
from domain.learning.errors import BeyondTheEnd, LessonUnfinished, PartGone
from domain.learning.study_model import LONGEST_PAUSE, Verdict
from tests.db.study_world import ALI, NOON, TEACHER, VALI, Hands, School, add_people


@pytest.fixture(scope="module", autouse=True)
async def people(pool: Pool) -> None:
    await add_people(pool)


@pytest.fixture
def school(pool: Pool, database: Database) -> School:
    return School(pool, database, Hands())


async def test_the_time_in_a_lesson_is_the_sum_of_the_pauses_between_its_actions_each_of_them_capped(
    school: School,
) -> None:
    _, [lesson_id, _] = await school.course()
    await school.part(lesson_id)
    for pause in (0, 90, 45.6, 3600, -7200, 30):
        school.clock.turn(pause)
        await school.learning.open_lesson(ALI, lesson_id)

    progress = await school.row("lesson_progress", ALI, lesson_id=lesson_id)

    assert progress["seconds"] == 90 + 46 + LONGEST_PAUSE.total_seconds() + 0 + 30
    assert progress["opened_at"] == NOON
    assert progress["seen_at"] == school.clock.now


async def test_a_long_lesson_is_sent_in_steps_and_goes_on_where_it_stopped(school: School) -> None:
    _, [lesson_id, _] = await school.course()
    parts = [await school.part(lesson_id) for _number in range(7)]

    assert await school.send(ALI, lesson_id) == parts[:5]
    again = await school.send(ALI, lesson_id)
    following = await school.learning.open_lesson(ALI, lesson_id, after=parts[4])
    stranger = await school.learning.open_lesson(VALI, lesson_id)
    start = await school.learning.open_lesson(ALI, lesson_id, from_start=True)

    assert again == parts[5:]
    assert [part.id for part in following.parts] == parts[5:]
    assert [part.id for part in stranger.parts] == parts[:5]
    assert [part.id for part in start.parts] == parts[:5]


async def test_going_on_is_done_with_the_parts_before_but_not_where_one_stopped_or_has_to_answer(
    school: School,
) -> None:
    _, [lesson_id, _] = await school.course()
    seen, stopped = (
        await school.part(lesson_id, "video", seconds=600),
        await school.part(lesson_id, "video", seconds=600),
    )
    asking = await school.part(lesson_id, has_question=True)
    for _number in range(4):
        await school.part(lesson_id)
    sent = await school.send(ALI, lesson_id)
    await school.study.stop_at(ALI, lesson_id, stopped, 120)

    await school.learning.open_lesson(ALI, lesson_id, after=sent[-1])
    reading = await school.learning.reading(ALI, lesson_id)

    done = {part.part_id: part.is_done for part in reading.standing.parts}
    assert (done[seen], done[stopped], done[asking]) == (True, False, False)
    assert reading.standing.stopped is not None
    assert reading.standing.stopped.position_seconds == 120


async def test_a_foreign_part_passes_nothing(school: School) -> None:
    _, [lesson_id, other_id] = await school.course()
    mine = await school.part(lesson_id, "video", seconds=60)
    foreign = await school.part(other_id)
    await school.send(ALI, lesson_id)

    await school.learning.open_lesson(ALI, lesson_id, after=foreign)

    assert (await school.row("part_progress", ALI, part_id=mine))["done_at"] is None


async def test_where_one_stopped_is_kept_and_the_last_word_counts(school: School) -> None:
    _, [lesson_id, _] = await school.course()
    part_id = await school.part(lesson_id, "video", seconds=1000)
    school.clock.turn(timedelta(days=300).total_seconds())  # Later than in every other test.
    await school.send(ALI, lesson_id)

    await school.study.stop_at(ALI, lesson_id, part_id, 760)
    await school.study.stop_at(ALI, lesson_id, part_id, 300)
    page = await school.learning.open_lesson(ALI, lesson_id)

    assert page.positions == {part_id: 300}
    place = await school.shelf.place(ALI)
    assert place is not None
    assert (place.lesson_id, place.part_number, place.position_seconds) == (lesson_id, 1, 300)


async def test_the_end_of_a_recording_makes_it_done_for_good_and_nobody_stops_behind_it(school: School) -> None:
    _, [lesson_id, _] = await school.course()
    part_id = await school.part(lesson_id, "video", seconds=1000)
    await school.send(ALI, lesson_id)

    with pytest.raises(BeyondTheEnd) as refused:
        await school.study.stop_at(ALI, lesson_id, part_id, 1001)
    await school.study.stop_at(ALI, lesson_id, part_id, 950)
    await school.study.stop_at(ALI, lesson_id, part_id, 5)

    assert refused.value.seconds == 1000
    row = await school.row("part_progress", ALI, part_id=part_id)
    assert row["done_at"] is not None
    assert (await school.learning.reading(ALI, lesson_id)).standing.done_count == 1


async def test_a_link_of_unknown_length_remembers_the_place_until_it_was_seen(school: School) -> None:
    _, [lesson_id, _] = await school.course()
    part_id = await school.part(lesson_id, "link")
    await school.send(ALI, lesson_id)

    await school.study.stop_at(ALI, lesson_id, part_id, 5000)
    stopped = (await school.learning.reading(ALI, lesson_id)).standing
    for _tap in range(2):
        await school.study.see(ALI, lesson_id, part_id)
    seen = (await school.learning.reading(ALI, lesson_id)).standing

    assert (stopped.done_count, stopped.positions) == (0, {part_id: 5000})
    assert (seen.done_count, seen.positions, seen.stopped) == (1, {}, None)


async def test_one_stops_only_in_a_recording_that_one_was_sent(school: School) -> None:
    _, [lesson_id, other_id] = await school.course()
    text, video = await school.part(lesson_id), await school.part(lesson_id, "video", seconds=60)
    foreign = await school.part(other_id, "video", seconds=60)

    with pytest.raises(PartGone):
        await school.study.stop_at(ALI, lesson_id, video, 10)
    await school.send(ALI, lesson_id)
    for part_id in (text, foreign, PartId(987_654_321)):
        with pytest.raises(PartGone):
            await school.study.stop_at(ALI, lesson_id, part_id, 10)
    await school.study.stop_at(ALI, lesson_id, video, 10)


async def test_a_check_question_is_tried_once_a_minute_until_it_is_right(school: School) -> None:
    _, [lesson_id, _] = await school.course()
    part_id = await school.part(lesson_id, "video", seconds=60, has_question=True)
    await school.send(ALI, lesson_id)
    version = (await school.study.question(ALI, lesson_id, part_id)).version

    async def answer(option: int, version: int = version) -> Verdict:
        return await school.study.answer(ALI, lesson_id, part_id, version=version, option=option)

    assert await answer(0) is Verdict.WRONG
    school.clock.turn(59)
    assert await answer(1) is Verdict.TOO_SOON
    school.clock.turn(1)
    assert await answer(1, version=version + 1) is Verdict.CHANGED
    assert await answer(-1) is Verdict.CHANGED
    assert await answer(3) is Verdict.CHANGED
    assert await answer(1) is Verdict.RIGHT
    assert await answer(0) is Verdict.ANSWERED

    row = await school.row("part_progress", ALI, part_id=part_id)
    assert row["chosen"] == 1
    assert row["answered_at"] == row["done_at"] == NOON + timedelta(seconds=60)
    assert (await school.study.question(ALI, lesson_id, part_id)).is_answered


async def test_a_question_is_not_shown_before_its_part_was_sent(school: School) -> None:
    _, [lesson_id, _] = await school.course()
    part_id = await school.part(lesson_id, has_question=True)

    with pytest.raises(PartGone):
        await school.study.question(ALI, lesson_id, part_id)
    with pytest.raises(PartGone):
        await school.study.answer(ALI, lesson_id, part_id, version=1, option=1)


async def test_watching_to_the_end_does_not_answer_the_question(school: School) -> None:
    _, [lesson_id, _] = await school.course()
    part_id = await school.part(lesson_id, "video", seconds=60, has_question=True)
    await school.send(ALI, lesson_id)
    await school.study.stop_at(ALI, lesson_id, part_id, 60)

    with pytest.raises(LessonUnfinished) as refused:
        await school.learning.finish_lesson(ALI, lesson_id)

    assert refused.value.lacks.unanswered == (part_id,)


async def test_the_last_lesson_completes_the_course_once_and_a_later_one_does_not_take_that_away(
    school: School, pool: Pool
) -> None:
    course_id, lessons = await school.course()
    for lesson_id in lessons:
        await school.part(lesson_id)

    await school.finish(ALI, lessons[1])
    before = await school.row("enrolments", ALI, course_id=course_id)
    school.clock.turn(60)
    await school.finish(ALI, lessons[0])
    completed_at = school.clock.now
    await pool.execute(
        "insert into lessons (course_id, section_id, position, title, is_published, created_at)"
        " select course_id, section_id, 99, title, true, created_at from lessons where id = $1",
        lessons[0],
    )
    school.clock.turn(60)
    await school.finish(ALI, lessons[0])

    after = await school.row("enrolments", ALI, course_id=course_id)
    assert (before["status"], before["completed_at"]) == ("active", None)
    assert (after["status"], after["completed_at"]) == ("completed", completed_at)
    assert await _notices(pool, course_id) == 1


async def test_lessons_that_were_hidden_meanwhile_are_not_waited_for(school: School, pool: Pool) -> None:
    course_id, lessons = await school.course()
    await school.finish(ALI, lessons[0])
    await pool.execute("update lessons set is_published = false where id = $1", lessons[1])

    await school.learning.open_lesson(ALI, lessons[0])

    assert (await school.row("enrolments", ALI, course_id=course_id))["status"] == "completed"
    assert await _notices(pool, course_id) == 1


async def test_whoever_left_comes_back_to_all_they_had_done(school: School) -> None:
    course_id, lessons = await school.course(3)
    await school.finish(ALI, lessons[0])

    assert await school.learning.leave(ALI, course_id)
    left = await school.row("enrolments", ALI, course_id=course_id)
    assert await school.learning.enrol(ALI, course_id)
    page = await school.learning.course(ALI, course_id)

    assert left["status"] == "cancelled"
    assert page.done_count == 1
    assert page.is_enrolled


async def test_a_completed_course_is_not_left(school: School) -> None:
    course_id, lessons = await school.course(1)
    await school.finish(ALI, *lessons)

    assert not await school.learning.leave(ALI, course_id)
    assert not await school.learning.enrol(ALI, course_id)
    assert (await school.learning.course(ALI, course_id)).completed_at == NOON


async def test_a_draft_is_not_completed_by_its_author(school: School, pool: Pool) -> None:
    course_id, lessons = await school.course(1, status="draft")

    await school.finish(TEACHER, *lessons)

    assert (await school.row("enrolments", TEACHER, course_id=course_id))["status"] == "active"
    assert await _notices(pool, course_id) == 0


async def test_what_was_done_in_a_part_goes_with_the_part_and_the_lesson_lives_on(school: School, pool: Pool) -> None:
    _, [lesson_id, _] = await school.course()
    old = await school.part(lesson_id, "video", seconds=100)
    await school.send(ALI, lesson_id)
    await school.study.stop_at(ALI, lesson_id, old, 50)
    await school.bookmarks.add(ALI, lesson_id, old, 50, "here")
    await pool.execute("delete from parts where id = $1", old)
    new = await school.part(lesson_id, "video", seconds=200)

    reading = await school.learning.reading(ALI, lesson_id)
    [mark] = (await school.bookmarks.page(ALI, lesson_id)).entries

    assert reading.standing.stopped is None
    assert reading.lacks.unopened == 1
    assert (mark.part_id, mark.title) == (None, "here")
    with pytest.raises(PartGone):
        await school.bookmarks.open(ALI, mark.id)
    assert await school.send(ALI, lesson_id) == [new]


async def _notices(pool: Pool, course_id: int) -> int:
    return await pool.fetchval("select count(*) from notifications where key = $1", f"course_completed:{course_id}")


@pytest.mark.parametrize("seed", range(20))
async def test_whatever_is_tapped_in_any_order_a_lesson_is_done_only_by_its_rule(school: School, seed: int) -> None:
    """LRN-5: a model that knows only what was sent and answered says which Done may succeed."""
    chance = random.Random(seed)
    _, [lesson_id, _] = await school.course()
    kinds = [chance.choice(("text", "video")) for _number in range(chance.randint(1, 12))]
    parts = [
        await school.part(lesson_id, kind, seconds=60 if kind == "video" else None, has_question=chance.random() < 0.25)
        for kind in kinds
    ]
    asking = set(
        await school.pool.fetchval(
            "select coalesce(array_agg(id), '{}') from parts where lesson_id = $1 and question is not null", lesson_id
        )
    )
    sent, answered, is_done = set[int](), set[int](), False
    for _tap in range(60):
        school.clock.turn(chance.choice((0, 30, 61)))
        part_id = chance.choice(parts)
        match chance.choice(("send", "next", "stop", "answer", "finish")):
            case "send":
                sent |= set(await school.send(ALI, lesson_id))
            case "next":
                page = await school.learning.open_lesson(ALI, lesson_id, after=part_id)
                await school.learning.remember_sent(ALI, {}, [part.id for part in page.parts])
                sent |= {part.id for part in page.parts}
            case "stop":
                with suppress(PartGone):
                    await school.study.stop_at(ALI, lesson_id, part_id, chance.randint(0, 60))
            case "answer":
                option = chance.randint(0, 2)
                try:
                    verdict = await school.study.answer(ALI, lesson_id, part_id, version=1, option=option)
                except PartGone:
                    assert part_id not in sent & asking
                else:
                    assert part_id in sent & asking
                    if verdict is Verdict.RIGHT:
                        assert option == 1
                        answered.add(part_id)
            case _:
                may = is_done or (sent == set(parts) and answered == asking)
                try:
                    await school.learning.finish_lesson(ALI, lesson_id)
                except LessonUnfinished:
                    assert not may
                else:
                    assert may
                    is_done = True
