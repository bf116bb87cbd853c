"""What a certificate says, when a student has earned one, and what it is printed from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from math import floor
from typing import NewType

from domain.courses.model import Course, CourseId, CourseStatus, Entitlement, Lesson, payment_lock_of
from domain.identity import UserId
from domain.language import Language, Text

CertificateId = NewType("CertificateId", int)
CertificateCode = NewType("CertificateCode", str)
"""The public number: 80 random bits in 16 signs, so that nobody finds one by trying."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: without I, L, O and U, which are misread."""
CODE_LENGTH = 16
OWN_CORRECTIONS = 3
"""How often a student may have the name on one course's certificate corrected without the centre."""

_SEPARATORS = re.compile(r"[\s\-_]+")
_MISREAD = str.maketrans("OIL", "011")


def parse_code(raw: str) -> CertificateCode | None:
    """The code as somebody typed or scanned it, groups and small letters included; None when it can be none."""
    if len(raw) > 64:
        return None
    code = _SEPARATORS.sub("", raw).upper().translate(_MISREAD)
    return CertificateCode(code) if len(code) == CODE_LENGTH and all(sign in ALPHABET for sign in code) else None


def grouped(code: CertificateCode) -> str:
    """`K7QM-2XVD-93HT-WB5R`: as it is printed and read out."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


class Ending(StrEnum):
    """Why a certificate is not valid any more."""

    REPLACED = "replaced"
    """A newer one was issued in its place: the name was corrected."""
    REVOKED = "revoked"
    """Staff took it back, with a reason."""
    REFUNDED = "refunded"
    """The price of its course went back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What was certified, as it was on that day: later names, titles and lessons change nothing in it."""

    id: CertificateId
    code: CertificateCode
    user_id: UserId
    course_id: CourseId
    full_name: str
    course_title: Text
    teacher_name: str
    duration_seconds: int
    """Of the course's lessons; 0 when it is not known."""
    percent: int | None
    """The average of the best quiz scores; None in a course without quizzes."""
    issued_at: datetime
    issued_by: UserId | None = None
    """None: because the rule was met; else who had it made anew."""
    replaces_id: CertificateId | None = None
    ended_at: datetime | None = None
    ending: Ending | None = None
    reason: str | None = None
    """Why staff revoked it."""

    @property
    def is_valid(self) -> bool:
        return self.ending is None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateDraft:
    """A certificate before it is kept."""

    code: CertificateCode
    user_id: UserId
    course_id: CourseId
    full_name: str
    course_title: Text
    teacher_name: str
    duration_seconds: int
    percent: int | None
    issued_at: datetime
    issued_by: UserId | None = None
    replaces_id: CertificateId | None = None


def is_paid_for(course: Course, lesson: Lesson, *, owns_course: bool, owns_lesson: bool) -> bool:
    """Whether nothing has to be paid for the lesson, or it is paid and not refunded.

    Dates and gates do not matter here: what is finished was open once. Being staff does not pay either.
    """
    paid = Entitlement(owns_course=owns_course, owns_lesson=owns_lesson)
    return payment_lock_of(course, lesson, paid) is None


class Shortfall(StrEnum):
    """What stands between a student and a certificate."""

    NOT_OFFERED = "not_offered"
    """The course gives none."""
    TEACHES = "teaches"
    """Whoever teaches a course is not certified by it."""
    UNPAID = "unpaid"
    """A lesson is not bought, or the money went back."""
    LESSONS = "lessons"
    """Published lessons are not finished."""
    SCORE = "score"
    """The average of their best quiz attempts is below what the course asks for."""


@dataclass(frozen=True, slots=True)
class Score:
    """One finished attempt."""

    correct: int
    total: int

    @property
    def share(self) -> Fraction:
        return Fraction(self.correct, self.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonStanding:
    """One published lesson, as far as one student is in it."""

    is_paid: bool
    """See `is_paid_for`."""
    is_finished: bool
    has_quiz: bool
    best: Score | None
    """Their best finished attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far one student is from the certificate of one course."""

    course: Course
    teacher_name: str
    lessons: Sequence[LessonStanding]
    is_member: bool = False
    """They take the course, took it, or left it."""

    @property
    def lessons_left(self) -> int:
        return sum(not lesson.is_finished for lesson in self.lessons)

    @property
    def average(self) -> Fraction | None:
        """Of the best attempts, from 0 to 1; a quiz that was never finished counts as 0. None without any quiz."""
        quizzes = [lesson for lesson in self.lessons if lesson.has_quiz]
        if not quizzes:
            return None
        return sum((lesson.best.share for lesson in quizzes if lesson.best), Fraction(0)) / len(quizzes)

    @property
    def percent(self) -> int | None:
        """The average as it is shown: rounded down, so that it never claims what was not reached."""
        return None if self.average is None else floor(self.average * 100)

    def shortfalls(self, user_id: UserId) -> tuple[Shortfall, ...]:
        """Everything that is missing; nothing when the certificate is earned. The lessons are those of this moment."""
        course = self.course
        if not course.has_certificate or course.status is CourseStatus.DRAFT or not self.lessons:
            return (Shortfall.NOT_OFFERED,)
        if course.is_taught_by(user_id):
            return (Shortfall.TEACHES,)
        needed, average = course.certificate_percent, self.average
        found: list[Shortfall] = []
        if not all(lesson.is_paid for lesson in self.lessons):
            found.append(Shortfall.UNPAID)
        if self.lessons_left:
            found.append(Shortfall.LESSONS)
        if needed is not None and average is not None and average * 100 < needed:
            found.append(Shortfall.SCORE)
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What anybody may learn about a number: nothing about the person but the name on a valid certificate."""

    code: CertificateCode
    ending: Ending | None
    ended_at: datetime | None
    full_name: str | None
    course_title: Text
    issued_at: datetime
    newer: CertificateCode | None = None
    """The newest certificate that was issued in its place, valid or not."""


class FileKind(StrEnum):
    PDF = "pdf"
    PNG = "png"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFile:
    """One print, kept by its SHA-256; the printed link is that of the bot `bot_id`, and so is the file_id."""

    kind: FileKind
    language: Language
    bot_id: int
    sha256: str
    telegram_file_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Everything that is printed, already in words of one language; every value is text and never markup."""

    language: Language
    centre: str
    heading: str
    lead: str
    name: str
    finished: str
    """Between the name and the course."""
    course: str
    facts: Sequence[tuple[str, str]]
    """Label and value: date, hours, result, teacher."""
    number_label: str
    number: str
    check: str
    """Says what the code is for."""
    link: str


@dataclass(frozen=True, slots=True)
class Printed:
    pdf: bytes
    png: bytes
