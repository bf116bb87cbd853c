"""What is taught: category → course → section → lesson → part."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from domain.fiscal import FiscalCodes
from domain.language import Language, Text
from domain.money import Money

CategoryId = NewType("CategoryId", int)
CourseId = NewType("CourseId", int)
SectionId = NewType("SectionId", int)
LessonId = NewType("LessonId", int)
PartId = NewType("PartId", int)
MediaId = NewType("MediaId", int)

MAX_TITLE = 120
MAX_DESCRIPTION = 2000
MAX_TEXT = 32_000
"""Characters of one text part; a rich message takes 32,768."""
MAX_CHECK_OPTIONS = 4
"""Of a check question: it is answered in passing."""


class CourseStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Sale(StrEnum):
    """How a course is sold: for nothing, as a whole, or lesson by lesson."""

    FREE = "free"
    COURSE = "course"
    LESSONS = "lessons"


class Level(StrEnum):
    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class PartKind(StrEnum):
    TEXT = "text"
    PHOTO = "photo"
    VIDEO = "video"
    AUDIO = "audio"
    VOICE = "voice"
    PDF = "pdf"
    SLIDES = "slides"
    DOCUMENT = "document"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A branch of the catalogue; a root category is a subject."""

    id: CategoryId
    slug: str
    emoji: str
    title: Text
    parent_id: CategoryId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    id: CourseId
    code: str
    """Short public name in links (`?start=c_<code>`); grants nothing."""
    category_id: CategoryId
    owner_id: int
    """The teacher's UserId."""
    language: Language
    title: Text
    description: Text | None
    level: Level | None
    sale: Sale
    price: Money | None
    """The price of the whole course; set exactly when it is sold as a whole."""
    status: CourseStatus
    cover_id: MediaId | None = None
    has_certificate: bool = False
    stars: int | None = None
    """The whole course's own price in Telegram Stars; None: by the centre's rate."""
    fiscal: FiscalCodes | None = None
    """Its own codes for fiscal receipts; None: the centre's usual ones."""
    teacher_ids: frozenset[int] = frozenset()
    """UserIds of those who teach it beside its owner."""
    slug: str | None = None
    """A readable name for links beside the code: small Latin letters, digits and single hyphens."""
    publish_at: datetime | None = None
    """When a draft is published by itself."""
    version: int = 1
    """Rises with each edit of its texts."""
    certificate_percent: int | None = None
    """The average quiz score that a certificate asks for, besides all lessons; None: any."""
    lesson_count: int = 0
    """Published lessons."""
    duration_seconds: int = 0
    """Of all published lessons."""
    student_count: int = 0
    """Who takes it or took it to its end."""
    rating_count: int = 0
    rating_sum: int = 0
    """The stars of all ratings together."""

    @property
    def is_published(self) -> bool:
        return self.status is CourseStatus.PUBLISHED

    @property
    def rating(self) -> float | None:
        """The average of its ratings, from 1 to 5; None without any."""
        return self.rating_sum / self.rating_count if self.rating_count else None

    def is_taught_by(self, user_id: int) -> bool:
        """The owner and the co-teachers work on a course alike."""
        return user_id == self.owner_id or user_id in self.teacher_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    id: SectionId
    course_id: CourseId
    position: int
    title: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    id: LessonId
    course_id: CourseId
    section_id: SectionId
    position: int
    title: Text
    is_preview: bool
    """Open to everybody, whatever the course costs."""
    price: Money | None
    """The price of this lesson alone, in a course that is sold lesson by lesson."""
    is_published: bool
    stars: int | None = None
    """This lesson's own price in Telegram Stars; None: by the centre's rate."""
    version: int = 1
    """Rises with each edit of its texts."""
    opens_at: datetime | None = None
    """Closed to students before this moment."""
    opens_after_days: int | None = None
    """Closed to each student for so many days after their enrolment. Never together with `opens_at`."""
    is_gate: bool = False
    """The lessons behind it open when it is passed."""
    pass_percent: int | None = None
    """The score of its quiz that passes it; None: any."""
    duration_seconds: int = 0
    archived_at: datetime | None = None
    """Deleted by its author, who may bring it back; who has paid for it keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A file: where its original is kept and how Telegram knows it."""

    id: MediaId
    kind: PartKind
    name: str
    mime: str
    size: int
    """Bytes."""
    sha256: str | None
    """Of the original in storage; None while only Telegram has it."""
    telegram_file_id: str | None
    """Reusable by the bot `bot_id` only."""
    bot_id: int | None
    duration_seconds: int | None = None
    """Of a video, audio or voice; None when it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Something outside of Telegram: a video, a page."""

    url: str
    provider: str
    """`YouTube`, `Vimeo`…; else the host's name."""
    duration_seconds: int | None = None
    thumbnail_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckQuestion:
    """One question that shows that a part was really watched. `correct` stays on the server until it is answered."""

    text: Text
    options: tuple[Text, ...]
    correct: int
    """Index of the right option, counting from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One piece of a lesson, shown in order."""

    id: PartId
    lesson_id: LessonId
    position: int
    kind: PartKind
    text: Text | None
    """Markdown with `$formulas$` for a text part, the caption for media."""
    media: dict[Language, Media] = field(default_factory=dict[Language, Media])
    """The file in each language that has one of its own."""
    version: int = 1
    """Rises with each edit."""
    duration_seconds: int = 0
    """How long it takes to read, hear or see."""
    link: Link | None = None
    """Set exactly for a part of the kind LINK."""
    question: CheckQuestion | None = None

    def media_in(self, language: Language) -> Media | None:
        """The file in the reader's language, else the first that there is."""
        return self.media.get(language) or next(iter(self.media.values()), None)


class LockReason(StrEnum):
    """Why a lesson is closed to a student."""

    COURSE_UNPAID = "course_unpaid"
    LESSON_UNPAID = "lesson_unpaid"
    PREREQUISITE = "prerequisite"
    """Another course has to be completed first."""
    NOT_YET = "not_yet"
    """Its date has not come, or the student's days since enrolment are not over."""
    GATE = "gate"
    """A lesson before it has to be finished first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A course or lesson by its id and title: what a student is sent to first."""

    id: int
    title: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """The facts that decide whether somebody may see and open a lesson; each fails to the closed side."""

    is_staff: bool = False
    """Teaches the course, or an admin."""
    owns_course: bool = False
    owns_lesson: bool = False
    keeps_lesson: bool = False
    """Ordered it, alone or with its course, before it was archived, and has paid."""
    has_begun: bool = False
    """Has opened the lesson before: what was open once is not closed by a date, a gate or a prerequisite of later."""
    enrolled_at: datetime | None = None
    """Of the first enrolment: leaving and coming back does not set it back."""
    gate: Named | None = None
    """The first lesson before this one that is a gate and not finished."""
    missing: tuple[Named, ...] = ()
    """Courses that have to be completed first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Barrier:
    """What closes a lesson to a student, with all that they need to hear about it."""

    reason: LockReason
    opens_at: datetime | None = None
    """Of NOT_YET, and of what is not paid yet either; None while nobody knows, because the days count from an enrolment
    that is not there."""
    opens_after_days: int | None = None
    """Of NOT_YET without a moment: so many days after enrolment."""
    gate: Named | None = None
    """Of GATE."""
    courses: tuple[Named, ...] = ()
    """Of PREREQUISITE."""


def is_visible(course: Course, lesson: Lesson, entitlement: Entitlement) -> bool:
    """Drafts are for their authors. What somebody paid for stays theirs when it is archived, course or lesson."""
    if entitlement.is_staff:
        return True
    if lesson.archived_at is not None:
        return entitlement.keeps_lesson
    return lesson.is_published and (course.is_published or entitlement.owns_course or entitlement.owns_lesson)


def barrier_of(course: Course, lesson: Lesson, entitlement: Entitlement, now: datetime) -> Barrier | None:
    """None when the lesson is open; else what is asked of the student first. `is_visible` is asked before.

    Who paid keeps what they bought whatever the teacher changes later; a preview lesson is open to everybody, always.
    What has to be paid is told first, then courses, dates and gates. db/opening.py says the same in SQL.
    """
    if entitlement.is_staff or lesson.is_preview:
        return None
    opens_at = opening_of(lesson, entitlement.enrolled_at)
    unpaid = payment_lock_of(course, lesson, entitlement)
    if unpaid is not None:
        # Who buys it early hears when it opens.
        is_early = opens_at is not None and now < opens_at
        return Barrier(reason=unpaid, opens_at=opens_at if is_early else None)
    if entitlement.has_begun:
        return None
    if entitlement.missing:
        return Barrier(reason=LockReason.PREREQUISITE, courses=entitlement.missing)
    if lesson.opens_after_days is not None and opens_at is None:
        return Barrier(reason=LockReason.NOT_YET, opens_after_days=lesson.opens_after_days)
    if opens_at is not None and now < opens_at:
        return Barrier(reason=LockReason.NOT_YET, opens_at=opens_at)
    if entitlement.gate is not None:
        return Barrier(reason=LockReason.GATE, gate=entitlement.gate)
    return None


def lock_of(course: Course, lesson: Lesson, entitlement: Entitlement, now: datetime) -> LockReason | None:
    """None when the lesson is open; else why it is not. See `barrier_of`."""
    barrier = barrier_of(course, lesson, entitlement, now)
    return barrier.reason if barrier else None


def opening_of(lesson: Lesson, enrolled_at: datetime | None) -> datetime | None:
    """The moment before which the lesson is closed; None: there is none, or it counts from a missing enrolment."""
    if lesson.opens_after_days is None:
        return lesson.opens_at
    return enrolled_at + timedelta(days=lesson.opens_after_days) if enrolled_at else None


def payment_lock_of(course: Course, lesson: Lesson, entitlement: Entitlement) -> LockReason | None:
    """What has to be paid for the lesson, whatever else closes it; None when nothing has, or no longer."""
    if lesson.is_preview or entitlement.owns_course or entitlement.owns_lesson:
        return None
    match course.sale:
        case Sale.FREE:
            return None
        case Sale.COURSE:
            return LockReason.COURSE_UNPAID
        case Sale.LESSONS:
            return None if lesson.price is None or lesson.price.is_free else LockReason.LESSON_UNPAID


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryEntry:
    """A line of the catalogue."""

    category: Category
    course_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseEntry:
    """A line of a course list."""

    course: Course
    lesson_count: int
    is_enrolled: bool = False
    done_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonEntry:
    """A line of an outline, as one reader sees it."""

    lesson: Lesson
    lock: LockReason | None
    is_done: bool
    barrier: Barrier | None = None
    """What the lock is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionEntry:
    section: Section
    lessons: tuple[LessonEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursePage:
    """A course as one reader sees it: one query."""

    course: Course
    category: Category
    teacher_name: str
    sections: tuple[SectionEntry, ...]
    entitlement: Entitlement
    is_enrolled: bool
    completed_at: datetime | None = None
    """When the reader completed it."""

    @property
    def lessons(self) -> tuple[LessonEntry, ...]:
        return tuple(entry for section in self.sections for entry in section.lessons)

    @property
    def current(self) -> tuple[LessonEntry, ...]:
        """The lessons that count: archived ones, which who paid may still open, do not."""
        return tuple(entry for entry in self.lessons if entry.lesson.archived_at is None)

    @property
    def done_count(self) -> int:
        return sum(entry.is_done for entry in self.current)


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonPage:
    """A lesson as one reader sees it; `parts` is empty while it is locked, so that nothing paid can leak."""

    course: Course
    section: Section
    lesson: Lesson
    number: int
    """Counting from 1 through the whole course."""
    lesson_count: int
    lock: LockReason | None
    parts: tuple[Part, ...]
    previous_id: LessonId | None
    next_id: LessonId | None
    finished_at: datetime | None
    has_quiz: bool
    is_staff: bool = False
    barrier: Barrier | None = None
    """What the lock is about."""
    positions: dict[PartId, int] = field(default_factory=dict[PartId, int])
    """Where the reader stopped in recordings that they have not seen to the end, in seconds."""
    file_count: int = 0
    """Files beside it, to take along; none of a locked lesson."""
