"""Courses that certify, made behind the screens; what is tested is tapped."""

from bot.sandbox import SandboxUser
from domain.certificates.model import CertificateCode
from tests.bot.conftest import Centre


async def certified_course(
    centre: Centre, teacher: SandboxUser, title: str, *, lessons: int = 2, percent: int | None = None
) -> tuple[int, list[int]]:
    course_id = await centre.pool.fetchval(
        """
        insert into courses (code, category_id, owner_id, language, title, sale, status, search, created_at,
            has_certificate, certificate_percent, duration_seconds)
        select 'C' || nextval('courses_id_seq'), min(id), $1, 'en', jsonb_build_object('en', $2::text), 'free',
            'published', '', now(), true, $3, 7200 from categories returning id
        """,
        teacher.id,
        title,
        percent,
    )
    section_id = await centre.pool.fetchval(
        'insert into sections (course_id, position, title) values ($1, 1, \'{"en": "All"}\') returning id', course_id
    )
    ids = [
        await centre.pool.fetchval(
            """
            insert into lessons (course_id, section_id, position, title, is_published, created_at)
            values ($1, $2, $3::integer, jsonb_build_object('en', 'Lesson ' || $3::text), true, now()) returning id
            """,
            course_id,
            section_id,
            number,
        )
        for number in range(1, lessons + 1)
    ]
    return course_id, ids


async def open_course(centre: Centre, person: SandboxUser, course_id: int) -> str:
    """The card of the course; what it says."""
    code = await centre.pool.fetchval("select code from courses where id = $1", course_id)
    await person.start(f"c_{code}")
    await person.settle()
    return (await person.last_message()).text


async def finish(centre: Centre, person: SandboxUser, lessons: list[int]) -> None:
    """Behind the screens, for tests that are about what comes after."""
    await centre.pool.execute(
        "insert into lesson_progress (user_id, lesson_id, opened_at, finished_at)"
        " select $1, id, now(), now() from unnest($2::bigint[]) id on conflict do nothing",
        person.id,
        lessons,
    )
    await centre.pool.execute(
        "insert into enrolments (user_id, course_id, status, enrolled_at)"
        " select $1, course_id, 'active', now() from lessons where id = $2 on conflict do nothing",
        person.id,
        lessons[0],
    )


async def code_of(centre: Centre, person: SandboxUser) -> CertificateCode:
    return await centre.pool.fetchval(
        "select code from certificates where user_id = $1 order by id desc limit 1", person.id
    )
