from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from db.content import COURSE_COLUMNS, LESSON_JSON, course_of, dump_text, lesson_of, load_text
from db.engine import Connection
from db.progress import is_finished
from domain.certificates.model import (
    Certificate,
    CertificateCode,
    CertificateDraft,
    CertificateFile,
    CertificateId,
    Ending,
    FileKind,
    LessonStanding,
    Score,
    Standing,
    is_paid_for,
)
from domain.certificates.ports import Dossier, EarnableCourse
from domain.courses.model import Course, CourseId
from domain.folding import folded_words
from domain.identity import UserId
from domain.language import Language

_COLUMNS = """
    k.id, k.code as number, k.user_id, k.course_id as certified_id, k.full_name, k.course_title as certified_title,
    k.teacher_name, k.duration_seconds as certified_seconds, k.percent, k.issued_at, k.issued_by,
    k.replaces_id, k.revoked_at, k.ending, k.revoke_reason
"""
_STANDING = f"""
    select {COURSE_COLUMNS}, t.full_name as teacher_name,
        exists (select from access_grants g where g.user_id = $2 and g.product_kind = 'course'
            and g.product_id = c.id and g.revoked_at is null) as owns_course,
        exists (select from enrolments e where e.course_id = c.id and e.user_id = $2) as is_member,
        (select coalesce(jsonb_agg({LESSON_JSON} || jsonb_build_object(
            'is_finished', exists (select from lesson_progress p where p.lesson_id = l.id
                and p.user_id = $2 and p.finished_at is not null),
            'is_owned', exists (select from access_grants g where g.user_id = $2
                and g.product_kind = 'lesson' and g.product_id = l.id and g.revoked_at is null),
            'has_quiz', exists (select from quizzes q where q.lesson_id = l.id and (q.settings ? 'pools'
                or exists (select from questions n where n.quiz_id = q.id and n.retired_at is null))),
            'best', (select jsonb_build_array(greatest(a.points, 0), a.max_points)
                from quizzes q join attempts a on a.quiz_id = q.id and a.user_id = $2
                where q.lesson_id = l.id and a.finished_at is not null and a.waiting_count = 0
                order by a.points::float8 / a.max_points desc limit 1)
        )), '[]') from lessons l where l.course_id = c.id and l.is_published) as lessons
    from courses c join users t on t.id = c.owner_id
    where c.id = $1
"""

_DOSSIER = f"""
    select {_COLUMNS}, {COURSE_COLUMNS}, u.full_name as present_name,
        (select count(*) from certificates m
         where m.user_id = k.user_id and m.course_id = k.course_id and m.issued_by = k.user_id) as corrections
    from certificates k join courses c on c.id = k.course_id join users u on u.id = k.user_id
    where k.code = $1
"""

_FINISHED_LATELY, _JOINED_LATELY = 30, 10
"""Courses of a student that are looked at for one with a certificate to be had; in older ones it is on their card."""


class SqlCertificates:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def standing(self, user_id: UserId, course_id: CourseId) -> Standing | None:
        row = await self._connection.fetchrow(_STANDING, course_id, user_id)
        if row is None:
            return None
        course = course_of(row)
        return Standing(
            course=course,
            teacher_name=row["teacher_name"],
            lessons=[_lesson_standing(data, row, course) for data in orjson.loads(row["lessons"])],
            is_member=row["is_member"],
        )

    async def hold_access(self, user_id: UserId, course_id: CourseId) -> None:
        await self._connection.execute(
            """
            select from access_grants g
            where g.user_id = $1 and g.revoked_at is null and (
                g.product_kind = 'course' and g.product_id = $2
                or g.product_kind = 'lesson' and g.product_id in (select l.id from lessons l where l.course_id = $2))
            order by g.id for share
            """,
            user_id,
            course_id,
        )

    async def latest(self, user_id: UserId, course_id: CourseId) -> Certificate | None:
        row = await self._connection.fetchrow(
            f"select {_COLUMNS} from certificates k where user_id = $1 and course_id = $2 order by id desc limit 1",
            user_id,
            course_id,
        )
        return _certificate(row) if row else None

    async def with_code(self, code: CertificateCode) -> Certificate | None:
        row = await self._connection.fetchrow(f"select {_COLUMNS} from certificates k where code = $1", code)
        return _certificate(row) if row else None

    async def dossier(self, code: CertificateCode) -> Dossier | None:
        row = await self._connection.fetchrow(_DOSSIER, code)
        if row is None:
            return None
        return Dossier(
            certificate=_certificate(row),
            course=course_of(row),
            present_name=row["present_name"],
            corrections=row["corrections"],
        )

    async def add(self, draft: CertificateDraft) -> Certificate | None:
        row = await self._connection.fetchrow(
            f"""
            insert into certificates as k (code, user_id, course_id, full_name, search, course_title, teacher_name,
                duration_seconds, percent, issued_at, issued_by, replaces_id)
            values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9, $10, $11, $12)
            on conflict (user_id, course_id) where revoked_at is null do nothing
            returning {_COLUMNS}
            """,
            draft.code,
            draft.user_id,
            draft.course_id,
            draft.full_name,
            "".join(f" {word}" for word in folded_words(draft.full_name)),
            dump_text(draft.course_title),
            draft.teacher_name,
            draft.duration_seconds,
            draft.percent,
            draft.issued_at,
            draft.issued_by,
            draft.replaces_id,
        )
        return _certificate(row) if row else None

    async def end(
        self,
        certificate_id: CertificateId,
        ending: Ending,
        now: datetime,
        *,
        by: UserId,
        reason: str | None = None,
    ) -> bool:
        status = await self._connection.execute(
            """
            update certificates set revoked_at = $2, ending = $3, revoked_by = $4, revoke_reason = $5
            where id = $1 and revoked_at is null
            """,
            certificate_id,
            now,
            ending,
            by,
            reason,
        )
        return status == "UPDATE 1"

    async def of_student(self, user_id: UserId, before: CertificateId | None, limit: int) -> Sequence[Certificate]:
        rows = await self._connection.fetch(
            f"""
            select {_COLUMNS} from certificates k
            where user_id = $1 and ($2::bigint is null or id < $2) and ending is distinct from 'replaced'
                and not exists (select from certificates n where n.replaces_id = k.id)
            order by id desc limit $3
            """,
            user_id,
            before,
            limit,
        )
        return [_certificate(row) for row in rows]

    async def earnable(self, user_id: UserId, limit: int) -> Sequence[EarnableCourse]:
        rows = await self._connection.fetch(
            f"""
            select c.id, c.title from (
                (select * from enrolments e where e.user_id = $1 and e.status = 'completed'
                    order by e.enrolled_at desc limit {_FINISHED_LATELY})
                union all
                (select * from enrolments e where e.user_id = $1 and e.status = 'active'
                    order by e.enrolled_at desc limit {_JOINED_LATELY})
            ) e join courses c on c.id = e.course_id
            where c.has_certificate and c.status <> 'draft' and c.lesson_count > 0
                and not exists (select from certificates k where k.user_id = $1 and k.course_id = c.id
                    and (k.revoked_at is null or k.ending = 'revoked'))
                and not exists (select from lessons l where l.course_id = c.id and l.is_published
                    and not {is_finished("$1", "l.id")} offset 0)
            order by e.enrolled_at desc, c.id limit $2
            """,
            user_id,
            limit,
        )
        return [EarnableCourse(course_id=row["id"], title=load_text(row["title"])) for row in rows]

    async def of_course(
        self, course_id: CourseId, words: Sequence[str], before: CertificateId | None, limit: int
    ) -> Sequence[Certificate]:
        # A pattern that begins a word is found through the index of trigrams, however short it is; one condition each,
        # because no index serves `like all`.
        named = "".join(f" and search like ${number}" for number in range(4, 4 + len(words)))
        rows = await self._connection.fetch(
            f"""
            select {_COLUMNS} from certificates k
            where course_id = $1 and ($2::bigint is null or id < $2) and ending is distinct from 'replaced'
                and not exists (select from certificates n where n.replaces_id = k.id){named}
            order by id desc limit $3
            """,
            course_id,
            before,
            limit,
            *(f"% {word}%" for word in words),
        )
        return [_certificate(row) for row in rows]

    async def file(self, certificate_id: CertificateId, language: Language, kind: FileKind) -> CertificateFile | None:
        row = await self._connection.fetchrow(
            "select bot_id, sha256, telegram_file_id from certificate_files"
            " where certificate_id = $1 and language = $2 and kind = $3",
            certificate_id,
            language,
            kind,
        )
        if row is None:
            return None
        return CertificateFile(
            kind=kind,
            language=language,
            bot_id=row["bot_id"],
            sha256=row["sha256"],
            telegram_file_id=row["telegram_file_id"],
        )

    async def keep_file(self, certificate_id: CertificateId, file: CertificateFile) -> None:
        await self._connection.execute(
            """
            insert into certificate_files (certificate_id, language, kind, bot_id, sha256, telegram_file_id)
            values ($1, $2, $3, $4, $5, $6)
            on conflict (certificate_id, language, kind) do update
            set bot_id = $4, sha256 = $5, telegram_file_id = $6
            """,
            certificate_id,
            file.language,
            file.kind,
            file.bot_id,
            file.sha256,
            file.telegram_file_id,
        )


def _lesson_standing(data: dict[str, Any], row: asyncpg.Record, course: Course) -> LessonStanding:
    lesson, owns_course = lesson_of(data, course), row["owns_course"]
    return LessonStanding(
        is_paid=is_paid_for(course, lesson, owns_course=owns_course, owns_lesson=data["is_owned"]),
        is_finished=data["is_finished"],
        has_quiz=data["has_quiz"],
        best=Score(*data["best"]) if data["best"] else None,
    )


def _certificate(row: asyncpg.Record) -> Certificate:
    return Certificate(
        id=row["id"],
        code=row["number"],
        user_id=row["user_id"],
        course_id=row["certified_id"],
        full_name=row["full_name"],
        course_title=load_text(row["certified_title"]),
        teacher_name=row["teacher_name"],
        duration_seconds=row["certified_seconds"],
        percent=row["percent"],
        issued_at=row["issued_at"],
        issued_by=row["issued_by"],
        replaces_id=row["replaces_id"],
        ended_at=row["revoked_at"],
        ending=Ending(row["ending"]) if row["ending"] else None,
        reason=row["revoke_reason"],
    )
