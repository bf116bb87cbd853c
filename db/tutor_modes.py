"""How the tutor helps in each course, and who is sitting an exam."""

from db.engine import Connection
from domain.courses.model import CourseId
from domain.tutor.mode_ports import ClassRules
from domain.tutor.model import TutorMode
from domain.users.model import UserId


class SqlTutorModes:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def rules(self, user_id: UserId, course_id: CourseId | None) -> ClassRules:
        row = await self._connection.fetchrow(
            """
            select (select mode from tutor_modes where course_id = $2::bigint) as mode,
                exists (
                    select from attempts a join exams e on e.quiz_id = a.quiz_id
                    where a.user_id = $1 and a.finished_at is null and a.started_at >= e.opens_at
                        and e.stage not in ('closed', 'cancelled')
                ) as sits_exam
            """,
            user_id,
            course_id,
        )
        if row is None:
            raise RuntimeError("a select of constants has one row")
        return ClassRules(TutorMode(row["mode"] or TutorMode.HINTS), row["sits_exam"])

    async def mode(self, course_id: CourseId) -> TutorMode:
        mode = await self._connection.fetchval("select mode from tutor_modes where course_id = $1", course_id)
        return TutorMode(mode or TutorMode.HINTS)

    async def set_mode(self, course_id: CourseId, mode: TutorMode) -> None:
        await self._connection.execute(
            "insert into tutor_modes (course_id, mode) values ($1, $2) on conflict (course_id) do update set mode = $2",
            course_id,
            mode,
        )
