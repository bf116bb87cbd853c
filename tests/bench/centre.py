"""A database with people, a course and a quiz, made by the program's own repositories, and emptied for each program."""

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from db.embedded import Embedded
from db.engine import create_pool
from db.migrate import migrate
from db.unit_of_work import Database
from domain.clock import utc_now
from domain.courses.model import CourseId, CourseStatus, LessonId, PartKind, Sale
from domain.language import Language, Text
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.keys import Single
from domain.quizzes.model import MAX_QUESTIONS
from domain.users.model import UserId
from tests.bench.people import FIRST_ID, LANGUAGES

TEMPLATE = "bench_template"
PEOPLE = 400
TEACHER = UserId(4_000_000)
LESSONS = 6
QUESTIONS = 10


def _in_three(uz: str, ru: str, en: str) -> Text:
    return Text({Language.UZ: uz, Language.RU: ru, Language.EN: en})


@dataclass(frozen=True, slots=True)
class Centre:
    """The servers, and a template of a learning centre in which everybody is known and enrolled."""

    embedded: Embedded
    lesson_id: LessonId
    """The lesson with the quiz."""

    @property
    def redis_url(self) -> str:
        return self.embedded.redis_url or ""

    async def clone(self, name: str) -> str:
        """A database of one program's own; its URL."""
        admin = await asyncpg.connect(self.embedded.database_url)
        try:
            await admin.execute(f"create database {name} template {TEMPLATE}")
        finally:
            await admin.close()
        return _named(self.embedded, name)


async def make_centre(embedded: Embedded) -> Centre:
    admin = await asyncpg.connect(embedded.database_url)
    try:
        await admin.execute(f"create database {TEMPLATE}")
    finally:
        await admin.close()
    url = _named(embedded, TEMPLATE)
    await migrate(url)
    pool = await create_pool(url, size=2)
    try:
        await pool.execute(
            """
            insert into users (id, full_name, username, language, role, step, timezone, created_at)
            select $1, 'Dilnoza Rahimova', null, 'uz', 'teacher', 'done', 'Asia/Tashkent', now()
            union all
            select $2 + n, 'Ali Karimov', 'user' || ($2 + n), ($3::text[])[1 + ($2 + n) % 3], 'student', 'done',
                'Asia/Tashkent', now()
            from generate_series(0, $4 - 1) n
            """,
            TEACHER,
            FIRST_ID,
            list(LANGUAGES),
            PEOPLE,
        )
        course_id, lesson_id = await _write_course(Database(pool))
        await pool.execute(
            "insert into enrolments (user_id, course_id, status, enrolled_at)"
            " select id, $1, 'active', now() from users where role = 'student'",
            course_id,
        )
        await pool.execute("vacuum analyze")
    finally:
        await pool.close()
    return Centre(embedded, lesson_id)


async def _write_course(database: Database) -> tuple[CourseId, LessonId]:
    now = utc_now()
    async with database.begin() as uow:
        category_id = await uow.courses.add_category(
            slug="math",
            emoji="📐",
            title=_in_three("Matematika", "Математика", "Mathematics"),
            parent_id=None,
            position=1,
        )
        course_id = await uow.courses.add_course(
            code="percent",
            category_id=category_id,
            owner_id=TEACHER,
            language=Language.UZ,
            title=_in_three("Foizlar", "Проценты", "Percentages"),
            description=_in_three("Noldan boshlab.", "С нуля.", "From zero."),
            level=None,
            sale=Sale.FREE,
            price=None,
            now=now,
        )
        section_id = await uow.courses.add_section(course_id, _in_three("Asoslar", "Основы", "Basics"))
        lessons: list[LessonId] = []
        for number in range(1, LESSONS + 1):
            lesson_id = await uow.courses.add_lesson(
                section_id,
                _in_three(f"Foiz nima? {number}", f"Что такое процент? {number}", f"What is a percent? {number}"),
                is_preview=False,
                price=None,
                now=now,
            )
            text = _in_three("**Foiz** – yuzdan bir.", "**Процент** – сотая доля.", "A **percent** is a hundredth.")
            await uow.courses.add_part(lesson_id, PartKind.TEXT, text, {})
            lessons.append(lesson_id)
        for number in range(1, QUESTIONS + 1):
            await uow.quizzes.add_question(TEACHER, lessons[0], _question(number).checked(), now, limit=MAX_QUESTIONS)
        await uow.courses.set_status(course_id, CourseStatus.PUBLISHED, now)
        await uow.courses.publish_lessons(course_id)
        await uow.commit()
    return course_id, lessons[0]


def _question(number: int) -> QuestionDraft:
    whole, percent = 40 * number, 5 * number
    values = (whole * percent / 100, whole + percent, whole - percent, whole / 10)
    return QuestionDraft(
        text=_in_three(
            f"{whole} ning {percent} foizi nechaga teng?",
            f"Сколько составляют {percent} процентов от {whole}?",
            f"What is {percent} percent of {whole}?",
        ),
        options=tuple(_in_three(*[f"{place}) {value:g}"] * 3) for place, value in enumerate(values, start=1)),
        key=Single(0),
        explanation=_in_three(
            f"{whole} · {percent} / 100 = {values[0]:g}",
            f"{whole} · {percent} / 100 = {values[0]:g}",
            f"{whole} · {percent} / 100 = {values[0]:g}",
        ),
    )


def _named(embedded: Embedded, name: str) -> str:
    return urlunsplit(urlsplit(embedded.database_url or "")._replace(path=f"/{name}"))
