"""Bookmarks on PostgreSQL: one's own, unique, paged by keys, deleted with a way back."""

from datetime import timedelta

import pytest

from db.engine import Pool
from db.unit_of_work import Database
from domain.errors import InvalidInput
from domain.learning.bookmark_model import BookmarkId
from domain.learning.bookmarks import BOOKMARKS_PAGE
from domain.learning.errors import BeyondTheEnd, BookmarkGone, LessonGone, LessonLocked, PartGone
from tests.db.study_world import ALI, VALI, Hands, School, add_people


@pytest.fixture(scope="module", autouse=True)
async def people(pool: Pool) -> None:
    await add_people(pool)


@pytest.fixture
def school(pool: Pool, database: Database) -> School:
    return School(pool, database, Hands())


async def test_the_same_moment_is_one_bookmark_that_takes_the_later_title(school: School) -> None:
    _, [lesson_id, _] = await school.course()
    part_id = await school.part(lesson_id, "video", seconds=1000)
    await school.send(ALI, lesson_id)

    ids = {await school.bookmarks.add(ALI, lesson_id, part_id, 760, title) for title in ("", " the \n rule ", "")}
    other = await school.bookmarks.add(ALI, lesson_id, part_id, 761, "")

    assert len(ids) == 1
    [second, first] = (await school.bookmarks.page(ALI, lesson_id)).entries
    assert (first.title, first.second) == ("the rule", 760)
    assert second.id == other


async def test_only_a_moment_of_a_recording_that_one_has_is_marked(school: School) -> None:
    _, [lesson_id, _] = await school.course()
    text, video = await school.part(lesson_id), await school.part(lesson_id, "video", seconds=100)
    with pytest.raises(PartGone):
        await school.bookmarks.add(ALI, lesson_id, video, 10, "not sent yet")
    await school.send(ALI, lesson_id)

    with pytest.raises(PartGone):
        await school.bookmarks.add(ALI, lesson_id, text, 10, "a text has no time")
    with pytest.raises(BeyondTheEnd):
        await school.bookmarks.add(ALI, lesson_id, video, 101, "")
    with pytest.raises(InvalidInput):
        await school.bookmarks.add(ALI, lesson_id, video, 10, "x" * 121)
    await school.bookmarks.add(ALI, lesson_id, video, 10, "x" * 120)


async def test_bookmarks_of_others_are_as_those_that_are_not_there(school: School) -> None:
    _, [lesson_id, _] = await school.course()
    part_id = await school.part(lesson_id, "video", seconds=1000)
    await school.send(ALI, lesson_id)
    mine = await school.bookmarks.add(ALI, lesson_id, part_id, 760, "mine")

    for bookmark_id in (mine, BookmarkId(987_654_321)):
        for refused in (
            school.bookmarks.bookmark(VALI, bookmark_id),
            school.bookmarks.rename(VALI, bookmark_id, "yours"),
            school.bookmarks.restore(VALI, bookmark_id),
            school.bookmarks.open(VALI, bookmark_id),
        ):
            with pytest.raises(BookmarkGone):
                await refused
        await school.bookmarks.delete(VALI, bookmark_id)

    assert (await school.bookmarks.bookmark(ALI, mine)).title == "mine"
    assert (await school.bookmarks.page(VALI)).entries == []


async def test_what_was_deleted_comes_back_on_undo_and_goes_for_good_after_a_day(school: School, pool: Pool) -> None:
    _, [lesson_id, _] = await school.course()
    part_id = await school.part(lesson_id, "video", seconds=1000)
    await school.send(ALI, lesson_id)
    first = await school.bookmarks.add(ALI, lesson_id, part_id, 1, "first")
    second = await school.bookmarks.add(ALI, lesson_id, part_id, 2, "second")

    for _tap in range(3):
        await school.bookmarks.delete(ALI, first)
    assert [mark.id for mark in (await school.bookmarks.page(ALI, lesson_id)).entries] == [second]
    for _tap in range(3):
        await school.bookmarks.restore(ALI, first)
    assert [mark.id for mark in (await school.bookmarks.page(ALI, lesson_id)).entries] == [second, first]

    await school.bookmarks.delete(ALI, first)
    school.clock.turn(timedelta(days=1, seconds=1).total_seconds())
    await school.bookmarks.delete(ALI, second)

    assert await pool.fetchval("select array_agg(id) from bookmarks where lesson_id = $1", lesson_id) == [second]
    with pytest.raises(BookmarkGone):
        await school.bookmarks.restore(ALI, first)


async def test_pages_are_walked_by_keys_and_show_everything_once(school: School) -> None:
    _, [lesson_id, _] = await school.course()
    part_id = await school.part(lesson_id, "audio", seconds=1000)
    await school.send(ALI, lesson_id)
    made = [await school.bookmarks.add(ALI, lesson_id, part_id, second, "") for second in range(2 * BOOKMARKS_PAGE + 1)]

    seen, behind = list[int](), None
    for _page in range(3):
        page = await school.bookmarks.page(ALI, lesson_id, behind)
        seen += [mark.id for mark in page.entries]
        behind = page.next_id

    assert behind is None
    assert seen == made[::-1]


async def test_a_bookmark_opens_only_what_its_owner_may_open_now(school: School, pool: Pool) -> None:
    course_id, [lesson_id, _] = await school.course(sale="course")
    part_id = await school.part(lesson_id, "video", seconds=1000)
    await school.grant(ALI, course_id)
    await school.send(ALI, lesson_id)
    mine = await school.bookmarks.add(ALI, lesson_id, part_id, 760, "mine")

    mark, page, part = await school.bookmarks.open(ALI, mine)
    assert (mark.id, [one.id for one in page.parts], part.id) == (mine, [part_id], part_id)
    await pool.execute("update access_grants set revoked_at = now() where user_id = $1", ALI)
    with pytest.raises(LessonLocked):
        await school.bookmarks.open(ALI, mine)
    await pool.execute("update courses set status = 'archived' where id = $1", course_id)
    with pytest.raises(LessonGone):
        await school.bookmarks.open(ALI, mine)
    assert (await school.bookmarks.bookmark(ALI, mine)).title == "mine", "the words stay their writer's"


@pytest.mark.parametrize("kind", ["text", "photo", "video", "pdf", "slides", "document", "link"])
async def test_any_part_that_one_has_is_marked_as_a_whole_and_once(school: School, kind: str) -> None:
    _, [lesson_id, _] = await school.course()
    part_id = await school.part(lesson_id, kind)
    with pytest.raises(PartGone):
        await school.bookmarks.add(ALI, lesson_id, part_id, None, "not sent yet")
    await school.send(ALI, lesson_id)

    ids = {await school.bookmarks.add(ALI, lesson_id, part_id, None, title) for title in ("", "mine", "")}

    assert len(ids) == 1
    [mark] = (await school.bookmarks.page(ALI, lesson_id)).entries
    assert (mark.second, mark.title, mark.kind) == (None, "mine", kind)
    _, page, part = await school.bookmarks.open(ALI, mark.id)
    assert ([one.id for one in page.parts], part.id) == ([part_id], part_id)


async def test_a_whole_part_is_called_by_its_first_words(school: School, pool: Pool) -> None:
    _, [lesson_id, _] = await school.course()
    text, bare = await school.part(lesson_id), await school.part(lesson_id, "pdf", seconds=0)
    words = "# **Diskriminant**\n\n> [nima](https://a.uz) ~bu~ $D$? " + "so‘z " * 900
    await pool.execute("update parts set text = jsonb_build_object('uz', $2::text) where id = $1", text, words)
    await pool.execute("update parts set text = null where id = $1", bare)
    await school.send(ALI, lesson_id)
    for part_id in (text, bare):
        await school.bookmarks.add(ALI, lesson_id, part_id, None, "")

    bare_mark, text_mark = (await school.bookmarks.page(ALI, lesson_id)).entries

    assert text_mark.title.startswith("Diskriminant nima bu D? so‘z")
    assert len(text_mark.title) <= 61
    assert bare_mark.title == "v.mp4"


async def test_marks_of_parts_that_are_gone_do_not_stand_in_each_other_s_way(school: School, pool: Pool) -> None:
    """Without a part, many marks of one user have the same second, or none."""
    _, [lesson_id, _] = await school.course()
    parts = [await school.part(lesson_id, "video", seconds=100) for _ in range(2)]
    await school.send(ALI, lesson_id)
    for part_id in parts:
        for second in (None, 10):
            await school.bookmarks.add(ALI, lesson_id, part_id, second, "mark")

    await pool.execute("delete from parts where id = any($1::bigint[])", parts)

    assert [mark.part_id for mark in (await school.bookmarks.page(ALI, lesson_id)).entries] == [None] * 4
