"""Courses that certify, students who finish them, and the services about it."""

from collections.abc import Sequence

from db.engine import Pool
from domain.certificates.office import CertificateOffice
from domain.certificates.service import CertificateService
from domain.courses.model import CourseId, LessonId, Sale
from domain.learning.ratings import RatingService
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.db.quiz_world import NOON, World


class Certified(World):
    def __init__(self, pool: Pool, begin: Begin, read: Begin) -> None:
        super().__init__(pool, begin)
        self._pool = pool
        self.certificates = CertificateService(begin=begin, read=read, now=lambda: NOON)
        self.office = CertificateOffice(begin=begin, read=read, now=lambda: NOON)
        self.ratings = RatingService(begin=begin, read=read, now=lambda: NOON)

    async def certified_course(
        self, lessons: int = 2, *, sale: Sale = Sale.FREE, percent: int | None = None, questions: int = 0
    ) -> tuple[CourseId, list[LessonId]]:
        course_id = await self.course(sale)
        await self._pool.execute(
            "update courses set has_certificate = true, certificate_percent = $2,"
            " code = 'cert' || id, duration_seconds = 5400 where id = $1",
            course_id,
            percent,
        )
        return course_id, [await self.lesson(course_id, questions=questions) for _ in range(lessons)]

    async def finish(self, user_id: UserId, lessons: Sequence[LessonId]) -> None:
        async with self._begin() as uow:
            for lesson_id in lessons:
                course_id = await self._pool.fetchval("select course_id from lessons where id = $1", lesson_id)
                await uow.progress.finish(user_id, lesson_id, NOON)
                await uow.enrolments.activate(user_id, course_id, NOON)
            await uow.commit()

    async def score(self, user_id: UserId, lesson_id: LessonId, correct: int, total: int = 4) -> None:
        """A finished attempt at the lesson's quiz."""
        await self._pool.execute(
            """
            insert into attempts (user_id, quiz_id, number, question_ids, answered_count, correct_count, points,
                max_points, started_at, finished_at, closed_by)
            select $1, q.id, 1 + (select count(*) from attempts a where a.quiz_id = q.id and a.user_id = $1),
                array_fill(1::bigint, array[$4::integer]), $4, $3::int, 100 * $3::int, 100 * $4, $5, $5, 'student'
            from quizzes q where q.lesson_id = $2
            """,
            user_id,
            lesson_id,
            correct,
            total,
            NOON,
        )

    async def student(self, user_id: int, name: str, role: str = "student") -> UserId:
        await self._pool.execute(
            "insert into users (id, full_name, language, role, timezone, created_at)"
            " values ($1, $2, 'uz', $3, 'Asia/Tashkent', $4) on conflict (id) do update set full_name = $2, role = $3",
            user_id,
            name,
            role,
            NOON,
        )
        return UserId(user_id)
