"""How a certificate comes to be, and who may look at one: what its services share."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.certificates.errors import CertificateEnded, CertificateGone, NotEarned
from domain.certificates.model import (
    ALPHABET,
    CODE_LENGTH,
    Certificate,
    CertificateCode,
    CertificateDraft,
    CertificateId,
    Standing,
)
from domain.certificates.ports import Dossier, EarnableCourse
from domain.courses.authorship import owns
from domain.courses.model import Course, CourseId, CourseStatus
from domain.learning.errors import CourseGone
from domain.notifications.model import NoticeKind
from domain.unit_of_work import UnitOfWork
from domain.users.model import User, UserId

PAGE = 8


def new_code() -> CertificateCode:
    return CertificateCode("".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)))


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateList:
    """One page, newest first."""

    certificates: Sequence[Certificate]
    older: CertificateId | None
    """Where the next page begins; None on the last one."""
    earnable: Sequence[EarnableCourse] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuing:
    """Issue one certificate: when, under which number, by whom (None: because the rule was met), instead of which."""

    code: CertificateCode
    now: datetime
    by: UserId | None = None
    replaces: CertificateId | None = None


async def issue(uow: UnitOfWork, student: User, course_id: CourseId, issuing: Issuing) -> Certificate:
    """Under the student's lock. What they own is held first, so that the standing is that of the commit.

    Raises NotEarned, CourseGone.
    """
    await uow.certificates.hold_access(student.id, course_id)
    standing = await standing_in(uow, student.id, course_id)
    shortfalls = standing.shortfalls(student.id)
    if shortfalls:
        raise NotEarned(shortfalls)
    certificate = await uow.certificates.add(
        CertificateDraft(
            code=issuing.code,
            user_id=student.id,
            course_id=course_id,
            full_name=student.full_name,
            course_title=standing.course.title,
            teacher_name=standing.teacher_name,
            duration_seconds=standing.course.duration_seconds,
            percent=standing.percent,
            issued_at=issuing.now,
            issued_by=issuing.by,
            replaces_id=issuing.replaces,
        )
    )
    if certificate is None:
        raise CertificateEnded
    return certificate


async def tell_issued(uow: UnitOfWork, certificate: Certificate, now: datetime) -> None:
    key, data = f"certificate:{certificate.id}", {"code": certificate.code}
    await uow.notifications.add(certificate.user_id, NoticeKind.CERTIFICATE_ISSUED, key, data, now)


async def standing_in(uow: UnitOfWork, user_id: UserId, course_id: CourseId) -> Standing:
    """Drafts are not there; what a student finished stays visible when the course is archived."""
    standing = await uow.certificates.standing(user_id, course_id)
    if standing is None or standing.course.status is CourseStatus.DRAFT:
        raise CourseGone(course_id)
    if not (standing.course.is_published or standing.is_member):
        raise CourseGone(course_id)
    return standing


async def shown_to(uow: UnitOfWork, actor_id: UserId, code: CertificateCode) -> tuple[Dossier, User]:
    """The certificate and who asks, if they may see it at all. Raises CertificateGone."""
    actor = await uow.users.get(actor_id)
    dossier = await uow.certificates.dossier(code)
    if actor is None or dossier is None:
        raise CertificateGone
    if dossier.certificate.user_id != actor_id and not is_staff(actor, dossier.course):
        raise CertificateGone
    return dossier, actor


async def hold(uow: UnitOfWork, actor_id: UserId, code: CertificateCode) -> tuple[Dossier, User, User]:
    """The certificate with actor and student, to change it: read once more under the student's lock."""
    known, actor = await shown_to(uow, actor_id, code)
    student = await uow.users.lock(known.certificate.user_id)
    dossier = await uow.certificates.dossier(code)
    if student is None or dossier is None:
        raise CertificateGone
    return dossier, actor, student


def is_staff(actor: User, course: Course) -> bool:
    return actor.may_teach and owns(actor, course)


def page_of(found: Sequence[Certificate], earnable: Sequence[EarnableCourse] = ()) -> CertificateList:
    shown = found[:PAGE]
    older = shown[-1].id if len(found) > PAGE else None
    return CertificateList(certificates=shown, older=older, earnable=earnable)
