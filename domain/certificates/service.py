"""Certificates: earned by a rule, corrected, revoked, and verified by anybody."""

from collections.abc import Callable
from dataclasses import dataclass

from domain.certificates.errors import (
    CertificateEnded,
    CertificateGone,
    CertificateWithdrawn,
    CorrectionsSpent,
    NotEarned,
    NothingToCorrect,
)
from domain.certificates.issuing import (
    PAGE,
    CertificateList,
    Issuing,
    hold,
    is_staff,
    issue,
    new_code,
    page_of,
    shown_to,
    standing_in,
    tell_issued,
)
from domain.certificates.model import (
    OWN_CORRECTIONS,
    Certificate,
    CertificateCode,
    CertificateDraft,
    CertificateFile,
    CertificateId,
    Ending,
    FileKind,
    Standing,
    Verdict,
    parse_code,
)
from domain.clock import Clock
from domain.courses.model import CourseId
from domain.language import Language
from domain.learning.errors import CourseGone
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """A student's way to the certificate of one course."""

    standing: Standing
    certificate: Certificate | None
    """The newest one, valid or not."""
    user_id: UserId

    @property
    def is_withdrawn(self) -> bool:
        return self.certificate is not None and self.certificate.ending is Ending.REVOKED


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateView:
    """One certificate as its owner, a teacher of its course, or an admin sees it; each flag says what they may do."""

    certificate: Certificate
    is_own: bool
    is_staff: bool
    may_correct: bool
    needs_centre: bool
    """The name differs, and its owner has spent their own corrections."""
    may_revoke: bool
    may_issue_again: bool
    present_name: str
    """The student's name in their profile."""


class CertificateService:
    """Every method checks who asks: numbers come from links and buttons, and prove nothing but themselves."""

    def __init__(
        self, *, begin: Begin, read: Begin, now: Clock, make_code: Callable[[], CertificateCode] = new_code
    ) -> None:
        self._begin = begin
        self._read = read
        self._now = now
        self._make_code = make_code

    async def prospect(self, user_id: UserId, course_id: CourseId) -> Prospect:
        """What the student still lacks. Raises CourseGone for what they cannot see."""
        async with self._read() as uow:
            standing = await standing_in(uow, user_id, course_id)
            certificate = await uow.certificates.latest(user_id, course_id)
        return Prospect(standing=standing, certificate=certificate, user_id=user_id)

    async def claim(self, user_id: UserId, course_id: CourseId) -> Certificate:
        """The student's valid certificate of the course, issued now if the rule is met. Twice is once.

        Raises NotEarned, CertificateWithdrawn, CourseGone.
        """
        async with self._begin() as uow:
            certificate, is_new = await self._issue(uow, user_id, course_id)
            if is_new:
                await uow.commit()
        return certificate

    async def certify(self, user_id: UserId, course_id: CourseId) -> None:
        """The job behind a completed course: issue what was earned and tell the student; else nothing."""
        async with self._begin() as uow:
            try:
                certificate, is_new = await self._issue(uow, user_id, course_id)
            except (NotEarned, CertificateWithdrawn, CourseGone):
                return
            if is_new:
                await tell_issued(uow, certificate, self._now())
                await uow.commit()

    async def mine(self, user_id: UserId, before: CertificateId | None = None) -> CertificateList:
        async with self._read() as uow:
            found = await uow.certificates.of_student(user_id, before, PAGE + 1)
            earnable = await uow.certificates.earnable(user_id, PAGE) if before is None else ()
        return page_of(found, earnable)

    async def view(self, actor_id: UserId, code: CertificateCode) -> CertificateView:
        """Its owner's, or for the staff of its course. Raises CertificateGone."""
        async with self._read() as uow:
            dossier, actor = await shown_to(uow, actor_id, code)
        certificate = dossier.certificate
        is_own, teaches = certificate.user_id == actor_id, is_staff(actor, dossier.course)
        can_correct = certificate.is_valid and dossier.present_name != certificate.full_name
        return CertificateView(
            certificate=certificate,
            is_own=is_own,
            is_staff=teaches,
            may_correct=can_correct and (actor.is_admin or (is_own and dossier.corrections < OWN_CORRECTIONS)),
            needs_centre=can_correct and is_own and not actor.is_admin and dossier.corrections >= OWN_CORRECTIONS,
            may_revoke=teaches and certificate.is_valid,
            may_issue_again=teaches and certificate.ending is Ending.REVOKED,
            present_name=dossier.present_name,
        )

    async def verify(self, raw: str) -> Verdict | None:
        """What anybody may know about a number; None when it is none, whatever is wrong with it."""
        code = parse_code(raw)
        if code is None:
            return None
        async with self._read() as uow:
            certificate = await uow.certificates.with_code(code)
            if certificate is None:
                return None
            newer = None
            if not certificate.is_valid:
                newer = await uow.certificates.latest(certificate.user_id, certificate.course_id)
        return Verdict(
            code=code,
            ending=certificate.ending,
            ended_at=certificate.ended_at,
            full_name=certificate.full_name if certificate.is_valid else None,
            course_title=certificate.course_title,
            issued_at=certificate.issued_at,
            newer=newer.code if newer and newer.id != certificate.id else None,
        )

    async def correct_name(self, actor_id: UserId, code: CertificateCode) -> Certificate:
        """Replace the certificate by one with the name that is in the profile now.

        The student may do so three times a course, an admin always. Raises CertificateGone, CertificateEnded,
        NothingToCorrect, CorrectionsSpent. Of two at once one replaces, the other meets CertificateEnded.
        """
        async with self._begin() as uow:
            dossier, actor, student = await hold(uow, actor_id, code)
            certificate = dossier.certificate
            if not (actor.is_admin or certificate.user_id == actor_id):
                raise CertificateGone
            if not certificate.is_valid:
                raise CertificateEnded
            if certificate.full_name == student.full_name:
                raise NothingToCorrect
            if not actor.is_admin and dossier.corrections >= OWN_CORRECTIONS:
                raise CorrectionsSpent
            now = self._now()
            if not await uow.certificates.end(certificate.id, Ending.REPLACED, now, by=actor_id):
                raise CertificateEnded
            newer = await uow.certificates.add(
                CertificateDraft(
                    code=self._make_code(),
                    user_id=certificate.user_id,
                    course_id=certificate.course_id,
                    full_name=student.full_name,
                    course_title=certificate.course_title,
                    teacher_name=certificate.teacher_name,
                    duration_seconds=certificate.duration_seconds,
                    percent=certificate.percent,
                    issued_at=now,
                    issued_by=actor_id,
                    replaces_id=certificate.id,
                )
            )
            if newer is None:
                raise CertificateEnded
            if actor_id != newer.user_id:
                await tell_issued(uow, newer, self._now())
            await uow.commit()
        return newer

    async def file(
        self, actor_id: UserId, code: CertificateCode, language: Language, kind: FileKind
    ) -> CertificateFile | None:
        """The print that is kept, for those who may see the certificate. Raises CertificateGone."""
        async with self._read() as uow:
            dossier, _actor = await shown_to(uow, actor_id, code)
            return await uow.certificates.file(dossier.certificate.id, language, kind)

    async def keep_file(self, certificate_id: CertificateId, file: CertificateFile) -> None:
        async with self._begin() as uow:
            await uow.certificates.keep_file(certificate_id, file)
            await uow.commit()

    async def _issue(self, uow: UnitOfWork, user_id: UserId, course_id: CourseId) -> tuple[Certificate, bool]:
        student = await uow.users.lock(user_id)
        if student is None:
            raise CourseGone(course_id)
        latest = await uow.certificates.latest(user_id, course_id)
        if latest is not None and latest.is_valid:
            return latest, False
        if latest is not None and latest.ending is Ending.REVOKED:
            raise CertificateWithdrawn
        issuing = Issuing(code=self._make_code(), now=self._now())
        return await issue(uow, student, course_id, issuing), True
