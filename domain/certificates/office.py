"""What those who teach a course, and admins, do with its certificates."""

from collections.abc import Callable

from domain.certificates.errors import CertificateEnded, CertificateGone
from domain.certificates.issuing import (
    PAGE,
    CertificateList,
    Issuing,
    hold,
    is_staff,
    issue,
    new_code,
    page_of,
    tell_issued,
)
from domain.certificates.model import Certificate, CertificateCode, CertificateId, Ending
from domain.clock import Clock
from domain.courses.model import Course, CourseId
from domain.errors import InvalidInput
from domain.folding import folded_words
from domain.learning.errors import CourseGone
from domain.notifications.model import NoticeKind
from domain.unit_of_work import Begin
from domain.users.model import UserId
from domain.users.names import tidy

MAX_REASON = 200
MIN_REASON = 3
MAX_WORDS = 5


class CertificateOffice:
    """Role and course are read anew on every call; somebody else's certificates do not exist."""

    def __init__(
        self, *, begin: Begin, read: Begin, now: Clock, make_code: Callable[[], CertificateCode] = new_code
    ) -> None:
        self._begin = begin
        self._read = read
        self._now = now
        self._make_code = make_code

    async def of_course(
        self, actor_id: UserId, course_id: CourseId, words: str = "", before: CertificateId | None = None
    ) -> tuple[Course, CertificateList]:
        """For those who teach the course and for admins. Raises CourseGone for everybody else."""
        async with self._read() as uow:
            actor = await uow.users.get(actor_id)
            course = await uow.courses.get(course_id)
            if actor is None or course is None or not is_staff(actor, course):
                raise CourseGone(course_id)
            found = await uow.certificates.of_course(course_id, folded_words(words)[:MAX_WORDS], before, PAGE + 1)
        return course, page_of(found)

    async def revoke(self, actor_id: UserId, code: CertificateCode, reason: str) -> Certificate:
        """Take the certificate back and tell the student why.

        For those who teach its course and for admins. Raises CertificateGone, CertificateEnded,
        InvalidInput("reason", …): "too_short", "too_long".
        """
        reason = clean_reason(reason)
        async with self._begin() as uow:
            dossier, actor, _student = await hold(uow, actor_id, code)
            certificate = dossier.certificate
            if not is_staff(actor, dossier.course):
                raise CertificateGone
            if not await uow.certificates.end(certificate.id, Ending.REVOKED, self._now(), by=actor_id, reason=reason):
                raise CertificateEnded
            await uow.notifications.add(
                certificate.user_id,
                NoticeKind.CERTIFICATE_REVOKED,
                f"certificate:{certificate.id}:revoked",
                {"code": code},
                self._now(),
            )
            revoked = await uow.certificates.with_code(code)
            await uow.commit()
        return revoked or certificate

    async def issue_again(self, actor_id: UserId, code: CertificateCode) -> Certificate:
        """A new certificate instead of one that staff revoked, under the same rule as every other.

        For those who teach its course and for admins. Raises CertificateGone, CertificateEnded when it is not the
        student's newest or was not revoked, NotEarned.
        """
        async with self._begin() as uow:
            dossier, actor, student = await hold(uow, actor_id, code)
            certificate = dossier.certificate
            if not is_staff(actor, dossier.course):
                raise CertificateGone
            latest = await uow.certificates.latest(certificate.user_id, certificate.course_id)
            if certificate.ending is not Ending.REVOKED or latest is None or latest.id != certificate.id:
                raise CertificateEnded
            issuing = Issuing(code=self._make_code(), now=self._now(), by=actor_id, replaces=certificate.id)
            newer = await issue(uow, student, certificate.course_id, issuing)
            await tell_issued(uow, newer, self._now())
            await uow.commit()
        return newer


def clean_reason(reason: str) -> str:
    """One visible line. Raises InvalidInput("reason", …): "too_short", "too_long"."""
    cleaned = tidy(reason)
    if len(cleaned) < MIN_REASON:
        raise InvalidInput("reason", "too_short")
    if len(cleaned) > MAX_REASON:
        raise InvalidInput("reason", "too_long")
    return cleaned
