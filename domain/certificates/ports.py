"""What the rules about certificates need kept, and the press that prints them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.certificates.model import (
    Certificate,
    CertificateCode,
    CertificateDraft,
    CertificateFile,
    CertificateId,
    Ending,
    FileKind,
    Printed,
    Sheet,
    Standing,
)
from domain.courses.model import Course, CourseId
from domain.identity import UserId
from domain.language import Language, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class EarnableCourse:
    """A course that one student has finished and that gives a certificate they do not have."""

    course_id: CourseId
    title: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """One certificate with all that decides who may do what with it."""

    certificate: Certificate
    course: Course
    present_name: str
    """The student's name in their profile."""
    corrections: int
    """How many of the course's certificates the student had made anew themselves."""


class Certificates(Protocol):
    """A student's certificates change under the lock of their row (`users.lock`); the schema allows one valid one."""

    async def standing(self, user_id: UserId, course_id: CourseId) -> Standing | None:
        """One query for all that the rule asks; None without such a course."""
        ...

    async def hold_access(self, user_id: UserId, course_id: CourseId) -> None:
        """A refund of what the student owns of the course waits until this transaction ends."""
        ...

    async def latest(self, user_id: UserId, course_id: CourseId) -> Certificate | None:
        """The newest one, valid or not."""
        ...

    async def with_code(self, code: CertificateCode) -> Certificate | None: ...

    async def dossier(self, code: CertificateCode) -> Dossier | None: ...

    async def add(self, draft: CertificateDraft) -> Certificate | None:
        """None while the student has a valid one of this course."""
        ...

    async def end(
        self,
        certificate_id: CertificateId,
        ending: Ending,
        now: datetime,
        *,
        by: UserId,
        reason: str | None = None,
    ) -> bool:
        """False when it had ended before: the first ending stays."""
        ...

    async def of_student(self, user_id: UserId, before: CertificateId | None, limit: int) -> Sequence[Certificate]:
        """Newest first; those that were replaced are left out."""
        ...

    async def earnable(self, user_id: UserId, limit: int) -> Sequence[EarnableCourse]:
        """Finished courses with a certificate that the student does not have; scores are not looked at."""
        ...

    async def of_course(
        self, course_id: CourseId, words: Sequence[str], before: CertificateId | None, limit: int
    ) -> Sequence[Certificate]:
        """Newest first, replaced ones left out; `words` are folded, and each begins a word of the name."""
        ...

    async def file(
        self, certificate_id: CertificateId, language: Language, kind: FileKind
    ) -> CertificateFile | None: ...

    async def keep_file(self, certificate_id: CertificateId, file: CertificateFile) -> None:
        """The print in this language and kind is this one from now on."""
        ...


class Press(Protocol):
    async def press(self, sheet: Sheet) -> Printed:
        """Print one sheet. Raises PressFailed."""
        ...
