"""When a lesson opens: SQL and the domain agree at every door, and no tap in any order opens what is closed."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import orjson
import pytest

from db.engine import Pool
from db.opening import is_open
from domain.courses.model import CourseId, LessonId, LockReason, is_visible, lock_of
from domain.errors import DomainError
from domain.learning.errors import LessonLocked
from domain.learning.model import Product, ProductKind
from domain.learning.service import LearningService
from domain.quizzes.service import QuizService
from domain.tutor.indexing import LessonIndexer
from domain.tutor.lessons import open_lesson
from domain.tutor.search import search_query
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.db.quiz_world import ADMIN, ALI, NOON, TEACHER, VALI, World, add_people

PEOPLE = (ALI, VALI, TEACHER, ADMIN)
DAY = timedelta(days=1)


@dataclass
class Random:
    """A centre of courses with every mixture of sale, archive, date, gate and prerequisite; by a seed."""

    pool: Pool
    begin: Begin
    chance: random.Random
    courses: list[CourseId] = field(default_factory=list[CourseId])
    lessons: list[LessonId] = field(default_factory=list[LessonId])

    async def make(self) -> None:
        world = World(self.pool, self.begin)
        for number in range(4):
            self.courses.append(await self._course(number))
            for section in range(1, 3):
                section_id = await self.pool.fetchval(
                    """insert into sections (course_id, position, title) values ($1, $2, '{"uz": "B"}') returning id""",
                    self.courses[-1],
                    section,
                )
                for position in range(1, 4):
                    self.lessons.append(await self._lesson(section_id, position))
        for course_id, required in zip(self.courses[1:], self.courses, strict=False):
            if self.chance.random() < 0.5:
                await self.pool.execute("insert into course_prerequisites values ($1, $2)", course_id, required)
        for user_id in (ALI, VALI):
            await self._history(world, user_id)
        # What is archived now: some who paid did so before, some after it.
        await self.pool.execute(
            """
            update lessons set archived_at = $2::timestamptz + make_interval(mins => (id % 3)::int - 1),
                was_published = is_published, is_published = false where id = any ($1::bigint[])
            """,
            [lesson_id for lesson_id in self.lessons if self.chance.random() < 0.2],
            NOON,
        )

    async def _course(self, number: int) -> CourseId:
        sale = self.chance.choice(["free", "course", "lessons"])
        return await self.pool.fetchval(
            """
            insert into courses (code, category_id, owner_id, language, title, sale, price_tiyin, status, search,
                created_at)
            select $1, min(id), $2, 'uz', '{"uz": "Kurs"}', $3, $4, $5, '', $6 from categories returning id
            """,
            f"R{self.chance.random()}{number}",
            TEACHER,
            sale,
            100 if sale == "course" else None,
            self.chance.choices(["published", "archived", "draft"], [8, 1, 1])[0],
            NOON,
        )

    async def _lesson(self, section_id: int, position: int) -> LessonId:
        opens = self.chance.choice(["never", "never", "date", "days"])
        moment = NOON + self.chance.choice([-1, 0, 1, 3]) * DAY
        lesson_id = await self.pool.fetchval(
            """
            insert into lessons (course_id, section_id, position, title, price_tiyin, is_preview, is_published, is_gate,
                opens_at, opens_after_days, created_at)
            select course_id, id, $2, $3::jsonb, $4, $5, $6, $7, $8, $9, $10 from sections where id = $1 returning id
            """,
            section_id,
            position,
            orjson.dumps({"uz": f"Dars {self.chance.random()}"}).decode(),
            self.chance.choice([None, 500]),
            self.chance.random() < 0.15,
            self.chance.random() < 0.9,
            self.chance.random() < 0.3,
            moment if opens == "date" else None,
            self.chance.choice([1, 2, 5]) if opens == "days" else None,
            NOON,
        )
        await self.pool.execute(
            """insert into parts (lesson_id, position, kind, text) values ($1, 1, 'text', '{"uz": "Kvadrat"}')""",
            lesson_id,
        )
        return lesson_id

    async def _history(self, world: World, user_id: UserId) -> None:
        for course_id in self.courses:
            if self.chance.random() < 0.6:
                await self.pool.execute(
                    "insert into enrolments (user_id, course_id, status, enrolled_at, completed_at)"
                    " values ($1, $2, $3::varchar, $4, case when $3::varchar = 'completed' then $4::timestamptz end)",
                    user_id,
                    course_id,
                    self.chance.choice(["active", "active", "completed", "cancelled"]),
                    NOON - self.chance.choice([0, 1, 2, 6]) * DAY,
                )
            if self.chance.random() < 0.4:
                await world.sell(Product(ProductKind.COURSE, course_id), user_id)
        for lesson_id in self.lessons:
            if self.chance.random() < 0.2:
                await world.sell(Product(ProductKind.LESSON, lesson_id), user_id)
            if self.chance.random() < 0.35:
                await self.pool.execute(
                    "insert into lesson_progress values ($1, $2, $3, $4)",
                    user_id,
                    lesson_id,
                    NOON,
                    self.chance.choice([NOON, NOON, None]),
                )


@pytest.fixture(scope="module", autouse=True)
async def people(pool: Pool) -> None:
    await add_people(pool)
    await pool.execute(
        """insert into categories (slug, emoji, title, position) values ('opening', '🚪', '{"uz": "Fan"}', 1)"""
    )


@pytest.fixture(scope="module")
def world(pool: Pool, begin: Begin) -> World:
    return World(pool, begin)


@pytest.mark.parametrize("seed", range(12))
async def test_the_database_and_the_domain_open_the_same_lessons(pool: Pool, begin: Begin, seed: int) -> None:
    centre = Random(pool, begin, random.Random(seed))
    await centre.make()
    condition = f"select {is_open('$1', '$2')} from lessons l join courses c on c.id = l.course_id where l.id = $3"
    reasons: set[LockReason | None] = set()
    for user_id in PEOPLE:
        for now in (NOON, NOON + 1.5 * DAY):
            found: dict[LessonId, bool] = {}
            async with begin() as uow:
                for lesson_id in centre.lessons:
                    facts = await uow.catalogue.lesson_facts(lesson_id, user_id)
                    assert facts is not None
                    visible = is_visible(facts.course, facts.lesson, facts.entitlement)
                    lock = lock_of(facts.course, facts.lesson, facts.entitlement, now)
                    found[lesson_id] = visible and lock is None
                    reasons.add(lock)
                    opening = await uow.quizzes.opening(user_id, lesson_id)
                    assert opening is not None
                    assert opening.admission.is_open(now) == found[lesson_id]
                    assert await pool.fetchval(condition, user_id, now, lesson_id) == found[lesson_id]
                    assert (await open_lesson(uow, user_id, lesson_id, now) is not None) == found[lesson_id]
                for course_id in centre.courses:
                    page = await uow.catalogue.course_page(course_id, user_id, now)
                    assert page is not None
                    for entry in page.lessons:
                        facts = await uow.catalogue.lesson_facts(entry.lesson.id, user_id)
                        assert facts is not None
                        assert entry.lock is lock_of(facts.course, facts.lesson, facts.entitlement, now)
    assert len(reasons) >= 3


@pytest.mark.parametrize("seed", range(3))
async def test_the_tutor_quotes_open_lessons_only(pool: Pool, begin: Begin, seed: int) -> None:
    centre = Random(pool, begin, random.Random(100 + seed))
    await centre.make()
    for lesson_id in centre.lessons:
        await LessonIndexer(begin=begin).index_lesson(lesson_id)
    for user_id in PEOPLE:
        async with begin() as uow:
            passages = await uow.tutor.passages.search(
                user_id, search_query("kvadrat"), course_id=None, limit=500, now=NOON
            )
            found = {passage.lesson_id for passage in passages} & set(centre.lessons)
            expected = set[LessonId]()
            for lesson_id in centre.lessons:
                facts = await uow.catalogue.lesson_facts(lesson_id, user_id)
                opened = await open_lesson(uow, user_id, lesson_id, NOON)
                # Drafts of courses and archived lessons are not in the index at all.
                if facts and opened and facts.lesson.is_published and facts.course.status != "draft":
                    expected.add(lesson_id)
            assert found == expected


async def test_taps_in_any_order_open_nothing_that_is_closed(
    pool: Pool, begin: Begin, read: Begin, world: World
) -> None:
    """LRN-5: random taps, stale keyboards and other people's: what is noted as opened was open at that moment."""
    chance = random.Random(5)
    course_id = await world.course()
    lessons = [await world.lesson(course_id, questions=2) for _ in range(6)]
    await pool.execute("update lessons set is_gate = true where id = any ($1::bigint[])", lessons[1:4:2])
    await pool.execute("update lessons set opens_at = $2 where id = $1", lessons[5], NOON + DAY)
    clock = Clock(NOON)
    learning = LearningService(begin=begin, read=read, now=clock)
    quizzes = QuizService(begin=begin, read=read, now=clock)
    refused = opened = 0
    for _ in range(400):
        user_id, lesson_id = chance.choice([ALI, VALI]), chance.choice(lessons)
        if chance.random() < 0.01:
            clock.now += DAY / 2
        may = await _may_open(pool, user_id, lessons, lesson_id, clock.now)
        try:
            match chance.randrange(4):
                case 0:
                    assert ((await learning.open_lesson(user_id, lesson_id)).lock is None) == may
                case 1:
                    await learning.finish_lesson(user_id, lesson_id)
                    assert may
                case 2:
                    await quizzes.start_or_resume(user_id, lesson_id)
                    assert may
                case _:
                    # Somebody else's attempt, as a forwarded keyboard names it.
                    other = await pool.fetchval("select max(id) from attempts where user_id <> $1", user_id)
                    if other is not None:
                        with pytest.raises(DomainError):
                            await quizzes.current(user_id, other)
            opened += may
        except LessonLocked:
            assert not may
            refused += 1
    assert refused > 20
    assert opened > 20


async def test_the_menu_leads_past_what_waits_but_not_past_what_is_to_be_bought(
    pool: Pool, begin: Begin, read: Begin, world: World
) -> None:
    learning = LearningService(begin=begin, read=read, now=lambda: NOON)
    course_id = await world.course()
    lessons = [await world.lesson(course_id, questions=0) for _ in range(4)]
    await pool.execute("update lessons set opens_at = $2 where id = $1", lessons[1], NOON + DAY)
    await learning.finish_lesson(ALI, lessons[0])
    await pool.execute("update lesson_progress set seen_at = $2, finished_at = $2 where lesson_id = $1",
        lessons[0], NOON + 3650 * DAY)  # fmt: skip

    async def following(user_id: UserId) -> LessonId | None:
        found = await learning.lesson_to_continue(user_id)
        return found[0] if found else None

    assert await following(ALI) == lessons[2]
    await pool.execute("update courses set sale = 'lessons' where id = $1", course_id)
    await pool.execute("update lessons set price_tiyin = 500 where id = $1", lessons[2])
    assert await following(ALI) == lessons[2]
    await pool.execute("update lessons set opens_at = $2 where id = any ($1::bigint[])", lessons, NOON + DAY)
    assert await following(ALI) == lessons[1]


async def test_a_newcomer_does_not_begin_with_a_lesson_that_waits(
    pool: Pool, begin: Begin, read: Begin, world: World
) -> None:
    await pool.execute("update courses set status = 'archived'")
    learning = LearningService(begin=begin, read=read, now=lambda: NOON)
    course_id = await world.course()
    lessons = [await world.lesson(course_id, questions=0) for _ in range(2)]
    await pool.execute("update lessons set opens_after_days = 3 where id = $1", lessons[0])

    assert await learning.first_lesson(VALI) == lessons[1]


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


async def _may_open(pool: Pool, user_id: UserId, lessons: list[LessonId], lesson_id: LessonId, now: datetime) -> bool:
    """By the words of the rule, without its code."""
    done = {
        row["lesson_id"]: row["finished_at"]
        for row in await pool.fetch("select * from lesson_progress where user_id = $1", user_id)
    }
    if lesson_id in done:
        return True
    place = lessons.index(lesson_id)
    gates = [lessons[1], lessons[3]]
    if any(done.get(gate) is None for gate in gates if lessons.index(gate) < place):
        return False
    return place < 5 or now >= NOON + DAY
