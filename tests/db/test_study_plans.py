"""The screens of learning ask little: three statements at most, and none that reads a table that grows with users."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from db.engine import Pool
from domain.courses.model import CourseId, LessonId, PartId
from domain.learning.bookmarks import BookmarkService
from domain.learning.model import EnrolmentStatus
from domain.learning.service import LearningService
from domain.learning.shelf import ShelfService
from domain.learning.shelf_model import ShelfKey
from domain.learning.study import StudyService
from domain.users.model import UserId
from tests.db.plans import Watched, watched
from tests.db.study_world import ALI, NOON, Hands, School, add_people

GROWING = frozenset({"users", "enrolments", "lesson_progress", "part_progress", "bookmarks", "parts"})
STUDENTS = 2_000


@pytest.fixture(scope="module")
async def crowd(database_url: str, pool: Pool) -> AsyncIterator[tuple[Watched, LessonId, PartId]]:
    """Some thousand students on some hundred courses; Ali is one of them."""
    await add_people(pool)
    async with watched(database_url) as seen:
        school = School(pool, seen.database, Hands())
        _, [lesson_id, _] = await school.course()
        part_id = await school.part(lesson_id, "video", seconds=600, has_question=True)
        for statement in (
            f"""insert into users (id, full_name, language, step, timezone, created_at)
                select 1000 + n, 'Ali', 'uz', 'done', 'Asia/Tashkent', now() from generate_series(1, {STUDENTS}) n""",
            """insert into courses (code, category_id, owner_id, language, title, sale, status, search, created_at)
                select 'plan' || n, category_id, owner_id, language, title, sale, status, '', created_at
                from courses cross join generate_series(1, 300) n where code like 'study%'""",
            """insert into sections (course_id, position, title)
                select id, 1, title from courses where code like 'plan%'""",
            """insert into lessons (course_id, section_id, position, title, is_published, created_at)
                select course_id, id, n, title, true, now() from sections cross join generate_series(3, 6) n""",
            """insert into parts (lesson_id, position, kind, text)
                select id, n, 'text', '{"uz": "x"}' from lessons cross join generate_series(10, 14) n
                where position > 2""",
            """insert into enrolments (user_id, course_id, status, enrolled_at)
                select u.id, c.id, 'active', now() from users u join courses c on c.id % 40 = u.id % 40""",
            """insert into lesson_progress (user_id, lesson_id, opened_at)
                select e.user_id, l.id, now() from enrolments e join lessons l on l.course_id = e.course_id""",
            """insert into part_progress (user_id, part_id, opened_at)
                select g.user_id, p.id, now() from lesson_progress g join parts p on p.lesson_id = g.lesson_id
                where g.lesson_id % 3 = 0""",
            """insert into bookmarks (user_id, lesson_id, part_id, second, title, created_at)
                select s.user_id, p.lesson_id, p.id, 5, '', now() from part_progress s join parts p on p.id = s.part_id
                where p.position = 10""",
        ):
            await pool.execute(statement)
        await school.send(ALI, lesson_id)
        await pool.execute("vacuum analyze")
        yield seen, lesson_id, part_id


Ask = Callable[[Watched, LessonId, PartId], Awaitable[object]]
KEY = ShelfKey(NOON, CourseId(5))


def learning(seen: Watched) -> LearningService:
    return LearningService(begin=seen.database.begin, read=seen.database.read, now=lambda: NOON)


def study(seen: Watched) -> StudyService:
    return StudyService(begin=seen.database.begin, read=seen.database.read, now=lambda: NOON)


def shelf(seen: Watched) -> ShelfService:
    return ShelfService(read=seen.database.read, now=lambda: NOON)


def bookmarks(seen: Watched) -> BookmarkService:
    return BookmarkService(begin=seen.database.begin, read=seen.database.read, now=lambda: NOON)


SCREENS: dict[str, tuple[int, Ask]] = {
    "lesson": (2, lambda seen, lesson, part: learning(seen).reading(ALI, lesson)),
    "check question": (3, lambda seen, lesson, part: study(seen).question(ALI, lesson, part)),
    "my courses": (1, lambda seen, lesson, part: shelf(seen).courses(ALI, EnrolmentStatus.ACTIVE)),
    "my courses, later": (1, lambda seen, lesson, part: shelf(seen).courses(ALI, EnrolmentStatus.ACTIVE, KEY)),
    "progress": (1, lambda seen, lesson, part: shelf(seen).progress(UserId(1007))),
    "progress, later": (1, lambda seen, lesson, part: shelf(seen).progress(UserId(1007), KEY)),
    "place": (1, lambda seen, lesson, part: shelf(seen).place(UserId(1007))),
    "bookmarks": (1, lambda seen, lesson, part: bookmarks(seen).page(UserId(1007))),
    "bookmarks of a lesson": (1, lambda seen, lesson, part: bookmarks(seen).page(UserId(1007), lesson)),
}
ACTIONS: dict[str, tuple[int, Ask]] = {
    "open": (5, lambda seen, lesson, part: learning(seen).open_lesson(ALI, lesson)),
    "next": (6, lambda seen, lesson, part: learning(seen).open_lesson(ALI, lesson, after=part)),
    "sent": (2, lambda seen, lesson, part: learning(seen).remember_sent(ALI, {}, [part])),
    "stopped": (4, lambda seen, lesson, part: study(seen).stop_at(ALI, lesson, part, 60)),
    "bookmark": (4, lambda seen, lesson, part: bookmarks(seen).add(ALI, lesson, part, 60, "x")),
    "bookmark of a part": (6, lambda seen, lesson, part: bookmarks(seen).add(ALI, lesson, part, None, "")),
    "answer": (5, lambda seen, lesson, part: study(seen).answer(ALI, lesson, part, version=1, option=1)),
    "done": (8, lambda seen, lesson, part: learning(seen).finish_lesson(ALI, LessonId(lesson + 1))),
}


@pytest.mark.parametrize("name", [*SCREENS, *ACTIONS])
async def test_a_screen_asks_little_and_reads_no_table_from_end_to_end(
    crowd: tuple[Watched, LessonId, PartId], name: str
) -> None:
    seen, lesson_id, part_id = crowd
    limit, ask = {**SCREENS, **ACTIONS}[name]
    seen.clear()

    await ask(seen, lesson_id, part_id)

    assert 0 < len(seen.asked) <= limit
    assert await seen.full_scans(GROWING) == []


async def test_a_statement_that_does_read_a_whole_table_is_noticed(
    crowd: tuple[Watched, LessonId, PartId],
) -> None:
    seen, _, _ = crowd
    seen.clear()

    await seen.pool.fetch("select user_id from lesson_progress where seconds = $1", 5)

    assert await seen.full_scans(GROWING) == ["lesson_progress"]
