"""What authors write, on PostgreSQL: order under races, prices, codes, publication, what is not taken away."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import replace

import asyncpg
import pytest

from db.authoring import SqlCourses
from db.engine import Pool
from domain.courses.errors import CodeTaken, EditConflict, LessonSold
from domain.courses.materials import Upload, Writing
from domain.courses.model import (
    CategoryId,
    CourseId,
    CourseStatus,
    LessonId,
    PartKind,
    Sale,
    SectionId,
)
from domain.courses.service import AuthoringService
from domain.language import Language, Text
from domain.learning.model import Product, ProductKind
from domain.money import Money
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.keys import Single
from domain.search.service import SearchService
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.db.quiz_world import ADMIN, ALI, NOON, TEACHER, World, add_people

OTHER_TEACHER = UserId(5)
_numbers = itertools.count(1)
PDF = Upload(
    kind=PartKind.PDF,
    name="plan.pdf",
    mime="application/pdf",
    size=5,
    telegram_file_id="F1",
    bot_id=7,
    caption="1-hafta",
)


@pytest.fixture(scope="module")
async def maths(pool: Pool) -> CategoryId:
    await add_people(pool)
    await pool.execute(
        "insert into users (id, full_name, language, role, timezone, created_at)"
        " values ($1, 'Other', 'ru', 'teacher', 'Asia/Tashkent', $2)",
        OTHER_TEACHER,
        NOON,
    )
    return await pool.fetchval(
        """insert into categories (slug, emoji, title, position) values ('maths', '➗', '{"uz": "Matematika"}', 1)
        on conflict (slug) do update set position = 1 returning id"""
    )


@pytest.fixture
def authoring(begin: Begin, read: Begin, maths: CategoryId) -> AuthoringService:
    return AuthoringService(begin=begin, read=read, now=lambda: NOON)


@pytest.fixture
async def course_id(authoring: AuthoringService, maths: CategoryId) -> CourseId:
    return (await authoring.new_course(TEACHER, maths, f"Kurs {next(_numbers)}")).id


@pytest.fixture
async def lesson_id(authoring: AuthoringService, course_id: CourseId) -> LessonId:
    return (await authoring.add_lesson(TEACHER, course_id, "Dars")).id


async def test_a_course_is_kept_as_it_was_made(authoring: AuthoringService, maths: CategoryId) -> None:
    made = await authoring.new_course(
        TEACHER, maths, "Ulushlar <b>", description="Oddiy & o‘nli", sale=Sale.COURSE, price=Money.soms(150_000)
    )
    lesson = await authoring.add_lesson(TEACHER, made.id, "Birinchi")
    text = await authoring.add_part(TEACHER, lesson.id, Writing(text="**Salom** $x^2$"))
    file = await authoring.add_part(TEACHER, lesson.id, PDF)

    outline = await authoring.outline(TEACHER, made.id)
    work = await authoring.lesson_work(TEACHER, lesson.id)

    assert outline.course == made
    assert outline.category.id == maths
    assert [(line.number, line.part_count, line.question_count) for line in outline.lessons] == [(1, 2, 0)]
    assert outline.lessons[0].lesson == replace(lesson, duration_seconds=30)
    assert work.parts == (text, file)
    assert [part.position for part in work.parts] == [1, 2]
    media = file.media[Language.UZ]
    assert (media.name, media.telegram_file_id, media.bot_id, str(file.text)) == ("plan.pdf", "F1", 7, "1-hafta")


async def test_a_taken_code_leaves_the_transaction_usable(begin: Begin, maths: CategoryId) -> None:
    async def add(code: str) -> CourseId:
        return await uow.courses.add_course(
            code=code,
            category_id=maths,
            owner_id=TEACHER,
            language=Language.UZ,
            title=Text({Language.UZ: code}),
            description=None,
            level=None,
            sale=Sale.FREE,
            price=None,
            now=NOON,
        )

    async with begin() as uow:
        await add("TAKEN")
        with pytest.raises(CodeTaken):
            await add("TAKEN")
        other = await add("OTHER")
        await uow.commit()

    async with begin() as uow:
        assert (await uow.courses.get(other)) is not None


@pytest.mark.parametrize(
    ("sale", "price"), [("free", 100_000), ("lessons", 100_000), ("course", None), ("course", 0), ("course", -1)]
)
async def test_the_schema_refuses_a_price_that_does_not_fit_the_sale(
    pool: Pool, course_id: CourseId, sale: str, price: int | None
) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await pool.execute("update courses set sale = $2, price_tiyin = $3 where id = $1", course_id, sale, price)


@pytest.mark.parametrize("price", [0, -1])
async def test_the_schema_refuses_a_lesson_price_of_nothing(pool: Pool, lesson_id: LessonId, price: int) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await pool.execute("update lessons set price_tiyin = $2 where id = $1", lesson_id, price)


Add = Callable[[SqlCourses], Awaitable[int]]


class Unheld(SqlCourses):
    """The control: the same statements without the lock before them."""

    async def _hold(self, table: str, row_id: int) -> None:
        return None


async def race(pool: Pool, courses: type[SqlCourses], add: Add) -> None:
    """Two transactions add at the same place; the second begins when the first has added and not committed."""
    async with pool.acquire() as first, pool.acquire() as second:
        ahead = first.transaction()
        await ahead.start()
        await add(courses(first))

        async def follow() -> None:
            async with second.transaction():
                await add(courses(second))

        follower = asyncio.create_task(follow())
        while not await pool.fetchval("select exists (select 1 from pg_locks where not granted)"):
            assert not follower.done()
        await ahead.commit()
        await follower


@pytest.mark.parametrize("table", ["sections", "lessons", "parts"])
async def test_two_who_add_at_once_get_two_positions(
    pool: Pool, course_id: CourseId, lesson_id: LessonId, table: str
) -> None:
    section_id = SectionId(await pool.fetchval("select section_id from lessons where id = $1", lesson_id))
    adds: dict[str, tuple[str, int, Add]] = {
        "sections": ("course_id", course_id, lambda courses: courses.add_section(course_id, said("b"))),
        "lessons": (
            "section_id",
            section_id,
            lambda courses: courses.add_lesson(section_id, said("d"), is_preview=False, price=None, now=NOON),
        ),
        "parts": (
            "lesson_id",
            lesson_id,
            lambda courses: courses.add_part(lesson_id, PartKind.TEXT, said("t"), {}),
        ),
    }
    column, parent_id, add = adds[table]

    with pytest.raises(asyncpg.UniqueViolationError):
        await race(pool, Unheld, add)
    await race(pool, SqlCourses, add)

    rows = await pool.fetch(f"select position from {table} where {column} = $1 order by 1", parent_id)
    assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
    assert len(rows) >= 3


async def test_many_at_once_lose_nothing_and_make_one_section(
    authoring: AuthoringService, course_id: CourseId, pool: Pool
) -> None:
    await asyncio.gather(*(authoring.add_lesson(TEACHER, course_id, f"Dars {number}") for number in range(12)))

    outline = await authoring.outline(TEACHER, course_id)

    assert len(outline.sections) == 1
    assert {str(line.lesson.title) for line in outline.lessons} == {f"Dars {number}" for number in range(12)}
    assert [line.lesson.position for line in outline.lessons] == list(range(1, 13))


async def test_the_same_message_at_once_is_one_part(authoring: AuthoringService, lesson_id: LessonId) -> None:
    parts = await asyncio.gather(*(authoring.add_part(TEACHER, lesson_id, PDF) for _ in range(6)))

    assert len({part.id for part in parts}) == 1
    assert len((await authoring.lesson_work(TEACHER, lesson_id)).parts) == 1


async def test_a_renamed_course_is_found_by_its_new_name_only(
    authoring: AuthoringService, read: Begin, course_id: CourseId, lesson_id: LessonId
) -> None:
    search = SearchService(read=read, now=lambda: NOON)
    await authoring.add_part(TEACHER, lesson_id, Writing(text="x"))
    await authoring.rename(TEACHER, course_id, "Trigonometriya")
    await authoring.publish(TEACHER, course_id)
    assert (await search.search(ALI, "тригонометрия")).course_ids == [course_id]

    await authoring.rename(TEACHER, course_id, "Logarifmlar")

    assert (await search.search(ALI, "trigonometriya")).course_ids == []
    assert (await search.search(ALI, "logarifm")).course_ids == [course_id]


async def test_lessons_with_parts_or_questions_become_public_and_are_indexed(
    authoring: AuthoringService, begin: Begin, pool: Pool, course_id: CourseId, lesson_id: LessonId
) -> None:
    await authoring.add_part(TEACHER, lesson_id, Writing(text="x"))
    quiz = await authoring.add_lesson(TEACHER, course_id, "Test")
    async with begin() as uow:
        await uow.quizzes.add_question(TEACHER, quiz.id, question("2 + 2?"), NOON, limit=100)
        await uow.commit()
    empty = await authoring.add_lesson(TEACHER, course_id, "Bo‘sh")
    jobs = "select count(*) from pgqueuer where entrypoint = 'index_lesson'"
    before = await pool.fetchval(jobs)

    publication = await authoring.publish(TEACHER, course_id)

    assert publication.lesson_ids == (lesson_id, quiz.id)
    assert [str(title) for title in publication.left_out] == ["Bo‘sh"]
    assert await pool.fetchval(jobs) == before + 2
    public = {
        line.lesson.id: line.lesson.is_published for line in (await authoring.outline(TEACHER, course_id)).lessons
    }
    assert public == {lesson_id: True, quiz.id: True, empty.id: False}


async def test_a_retired_question_is_no_content(
    authoring: AuthoringService, begin: Begin, course_id: CourseId, lesson_id: LessonId
) -> None:
    async with begin() as uow:
        added = await uow.quizzes.add_question(TEACHER, lesson_id, question("2 + 2?"), NOON, limit=100)
        assert added is not None
        await uow.quizzes.retire_question(added.id, NOON)
        await uow.commit()

    outline = await authoring.outline(TEACHER, course_id)
    async with begin() as uow:
        assert await uow.courses.publish_lessons(course_id) == []

    assert not outline.lessons[0].has_content


@pytest.mark.parametrize("was_published", [True, False])
async def test_restoring_brings_back_what_it_was(
    authoring: AuthoringService, course_id: CourseId, lesson_id: LessonId, was_published: bool
) -> None:
    await authoring.add_part(TEACHER, lesson_id, Writing(text="x"))
    if was_published:
        await authoring.publish(TEACHER, course_id)
    await authoring.archive(TEACHER, course_id)

    restored = await authoring.restore(TEACHER, course_id)

    assert restored.status is (CourseStatus.PUBLISHED if was_published else CourseStatus.DRAFT)


@pytest.mark.parametrize("kind", [ProductKind.COURSE, ProductKind.LESSON])
async def test_a_lesson_that_somebody_paid_for_stays_public(
    authoring: AuthoringService,
    pool: Pool,
    begin: Begin,
    course_id: CourseId,
    lesson_id: LessonId,
    kind: ProductKind,
) -> None:
    await authoring.add_part(TEACHER, lesson_id, Writing(text="x"))
    await authoring.publish(TEACHER, course_id)
    product = Product(kind, lesson_id if kind is ProductKind.LESSON else course_id)
    order_id = await World(pool, begin).sell(product, ALI)

    with pytest.raises(LessonSold):
        await authoring.hide_lesson(TEACHER, lesson_id)
    async with begin() as uow:
        await uow.access.revoke(order_id, NOON)
        await uow.commit()
    hidden = await authoring.hide_lesson(TEACHER, lesson_id)

    assert not hidden.is_published


async def test_a_lesson_whose_order_is_open_stays_public(
    authoring: AuthoringService, pool: Pool, course_id: CourseId, lesson_id: LessonId
) -> None:
    await authoring.add_part(TEACHER, lesson_id, Writing(text="x"))
    await authoring.publish(TEACHER, course_id)
    await pool.execute(
        """
        insert into orders (code, user_id, product_kind, product_id, course_id, title, price_tiyin, state, created_at,
            expires_at)
        values (lpad($1::text, 12, 'O'), $2, 'course', $3, $3, '{"uz": "Kurs"}', 100, 'open', $4, $4)
        """,
        str(course_id),
        ALI,
        course_id,
        NOON,
    )

    with pytest.raises(LessonSold):
        await authoring.hide_lesson(TEACHER, lesson_id)


async def test_a_subject_is_opened_once(authoring: AuthoringService, pool: Pool) -> None:
    first = await authoring.add_subject(ADMIN, "O‘zbek tili")
    second = await authoring.add_subject(ADMIN, "Ўзбек тили")

    assert first == second
    assert await pool.fetchval("select count(*) from categories where slug = 'ozbek-tili'") == 1


async def test_own_courses_come_newest_first_and_archived_ones_last(
    authoring: AuthoringService, maths: CategoryId
) -> None:
    one = await authoring.new_course(OTHER_TEACHER, maths, "Один")
    two = await authoring.new_course(OTHER_TEACHER, maths, "Два")
    three = await authoring.new_course(OTHER_TEACHER, maths, "Три")
    await authoring.archive(OTHER_TEACHER, three.id)
    await authoring.add_lesson(OTHER_TEACHER, one.id, "Урок")

    entries = (await authoring.my_courses(OTHER_TEACHER)).entries
    everybodys = (await authoring.my_courses(ADMIN)).entries

    assert [(entry.course.id, entry.lesson_count) for entry in entries] == [(two.id, 0), (one.id, 1), (three.id, 0)]
    assert {one.id, two.id} <= {entry.course.id for entry in everybodys}
    assert two.language is Language.RU


def said(uzbek: str) -> Text:
    return Text({Language.UZ: uzbek})


def question(text: str) -> QuestionDraft:
    return QuestionDraft(text=said(text), options=(said("3"), said("4")), key=Single(1), explanation=None)


async def test_two_who_rename_a_course_at_once_lose_nothing(authoring: AuthoringService, course_id: CourseId) -> None:
    version = (await authoring.outline(TEACHER, course_id)).course.version

    outcomes = await asyncio.gather(
        *(authoring.rename(TEACHER, course_id, title, version=version) for title in ("Birinchi nom", "Ikkinchi nom")),
        return_exceptions=True,
    )
    (conflict,) = [outcome for outcome in outcomes if isinstance(outcome, EditConflict)]

    course = (await authoring.outline(TEACHER, course_id)).course
    assert conflict.current == course.title
    assert course.version == version + 1
    with pytest.raises(EditConflict):
        await authoring.describe(TEACHER, course_id, "Yangi tavsif", version=version)
    await authoring.rename(TEACHER, course_id, "Kelishilgan nom", version=course.version)
    await authoring.describe(TEACHER, course_id, "Yangi tavsif", version=course.version + 1)
