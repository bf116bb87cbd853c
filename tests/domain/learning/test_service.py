"""A student finds, opens and finishes lessons; what is closed stays closed."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import cast

import pytest

from domain.courses.model import (
    Category,
    CategoryId,
    Course,
    CourseId,
    CoursePage,
    CourseStatus,
    Entitlement,
    Lesson,
    LessonId,
    LockReason,
    Part,
    PartId,
    PartKind,
    Sale,
    Section,
    SectionId,
    lock_of,
)
from domain.courses.ports import LessonFacts
from domain.jobs import JobPayload
from domain.language import Language, Text
from domain.learning.errors import CourseGone, LessonGone, LessonLocked, LessonUnfinished
from domain.learning.ports import CERTIFY_JOB
from domain.learning.service import LearningService
from domain.learning.study_model import Lacks, LessonStanding, PartStanding
from domain.money import Money
from domain.notifications.model import NoticeKind
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

NOON = datetime(2026, 11, 21, 7, tzinfo=UTC)
ALI = UserId(1001)
FREE = Course(
    id=CourseId(1),
    code="MATH-1",
    category_id=CategoryId(1),
    owner_id=2001,
    language=Language.UZ,
    title=Text({Language.UZ: "Foizlar"}),
    description=None,
    level=None,
    sale=Sale.FREE,
    price=None,
    status=CourseStatus.PUBLISHED,
)
WHOLE = replace(FREE, sale=Sale.COURSE, price=Money.soms(149_000))
PIECEWISE = replace(FREE, sale=Sale.LESSONS)
LESSON = Lesson(
    id=LessonId(9),
    course_id=FREE.id,
    section_id=SectionId(1),
    position=1,
    title=Text({Language.UZ: "Foiz nima?"}),
    is_preview=False,
    price=None,
    is_published=True,
)
PAID_LESSON = replace(LESSON, price=Money.soms(15_000))
TEXT = Part(
    id=PartId(1),
    lesson_id=LESSON.id,
    position=1,
    kind=PartKind.TEXT,
    text=Text({Language.UZ: "Yuzdan bir ulush"}),
)

SENT = PartStanding(
    part_id=TEXT.id,
    kind=TEXT.kind,
    caption=None,
    duration_seconds=60,
    shortest_seconds=None,
    longest_seconds=None,
    has_question=False,
    opened_at=NOON,
)


def facts(course: Course = FREE, lesson: Lesson = LESSON, *, owns_course: bool = False) -> LessonFacts:
    return LessonFacts(
        course=course,
        section=Section(id=SectionId(1), course_id=course.id, position=1, title=Text({Language.UZ: "Asoslar"})),
        lesson=lesson,
        entitlement=Entitlement(owns_course=owns_course),
        number=1,
        lesson_count=2,
        previous_id=None,
        next_id=LessonId(10),
        finished_at=None,
        has_quiz=True,
    )


@dataclass
class FakeCatalogue:
    known: dict[int, LessonFacts]
    pages: dict[int, CoursePage] = field(default_factory=dict[int, CoursePage])

    async def lesson_facts(self, lesson_id: LessonId, user_id: int) -> LessonFacts | None:
        return self.known.get(lesson_id)

    async def parts(self, lesson_id: LessonId) -> Sequence[Part]:
        return [TEXT]

    async def course_page(self, course_id: CourseId, user_id: int, now: datetime) -> CoursePage | None:
        return self.pages.get(course_id)


@dataclass
class FakeUnitOfWork:
    """The catalogue, and a diary of what was written."""

    catalogue: FakeCatalogue
    stands: LessonStanding = field(default_factory=lambda: LessonStanding(parts=(SENT,)))
    is_last: bool = False
    """Whether the lesson is the last one of its course that was not finished."""
    written: list[tuple[str, int, int]] = field(default_factory=list[tuple[str, int, int]])
    commits: int = 0

    @property
    def progress(self) -> "FakeUnitOfWork":
        return self

    @property
    def enrolments(self) -> "FakeUnitOfWork":
        return self

    @property
    def study(self) -> "FakeUnitOfWork":
        return self

    @property
    def notifications(self) -> "FakeUnitOfWork":
        return self

    @property
    def jobs(self) -> "FakeUnitOfWork":
        return self

    async def enqueue(self, name: str, payload: JobPayload, *, key: str | None = None) -> None:
        self.written.append((name, int(payload["user_id"] or 0), int(payload["course_id"] or 0)))

    async def standing(self, user_id: UserId, lesson_id: LessonId) -> LessonStanding:
        return self.stands

    async def act(self, user_id: UserId, lesson_id: LessonId, now: datetime) -> None:
        self.written.append(("act", user_id, lesson_id))

    async def complete(self, user_id: UserId, course_id: CourseId, now: datetime) -> bool:
        return self.is_last

    async def add(self, user_id: UserId, kind: NoticeKind, key: str, data: object, now: datetime) -> bool:
        self.written.append((kind, user_id, FREE.id))
        return True

    async def finish(self, user_id: UserId, lesson_id: LessonId, now: datetime) -> bool:
        self.written.append(("finish", user_id, lesson_id))
        return True

    async def activate(self, user_id: UserId, course_id: CourseId, now: datetime) -> bool:
        self.written.append(("enrol", user_id, course_id))
        return True

    async def commit(self) -> None:
        self.commits += 1


def learning(*known: LessonFacts) -> tuple[LearningService, FakeUnitOfWork]:
    uow = FakeUnitOfWork(FakeCatalogue({each.lesson.id: each for each in known}))

    @asynccontextmanager
    async def begin() -> AsyncGenerator[UnitOfWork, None]:
        yield cast("UnitOfWork", uow)

    opened: Begin = begin
    return LearningService(begin=opened, read=opened, now=lambda: NOON), uow


async def test_opening_a_free_lesson_notes_it_and_joins_the_course() -> None:
    service, uow = learning(facts())

    page = await service.open_lesson(ALI, LESSON.id)

    assert page.parts == (TEXT,)
    assert page.lock is None
    assert uow.written == [("enrol", ALI, FREE.id), ("act", ALI, LESSON.id)]
    assert uow.commits == 1


@pytest.mark.parametrize(
    ("closed", "reason"),
    [
        (facts(WHOLE), LockReason.COURSE_UNPAID),
        (facts(PIECEWISE, PAID_LESSON), LockReason.LESSON_UNPAID),
    ],
)
async def test_a_locked_lesson_shows_its_lock_and_none_of_its_content(closed: LessonFacts, reason: LockReason) -> None:
    service, uow = learning(closed)

    opened = await service.open_lesson(ALI, LESSON.id)
    looked_at = await service.lesson(ALI, LESSON.id)

    assert (opened.lock, opened.parts) == (reason, ())
    assert (looked_at.lock, looked_at.parts) == (reason, ())
    assert (uow.written, uow.commits) == ([], 0)


async def test_a_locked_lesson_cannot_be_finished() -> None:
    service, uow = learning(facts(WHOLE))

    with pytest.raises(LessonLocked):
        await service.finish_lesson(ALI, LESSON.id)

    assert (uow.written, uow.commits) == ([], 0)


async def test_finishing_a_lesson_leads_to_the_next() -> None:
    service, uow = learning(facts(WHOLE, owns_course=True))

    assert await service.finish_lesson(ALI, LESSON.id) == LessonId(10)
    assert uow.written == [("enrol", ALI, FREE.id), ("act", ALI, LESSON.id), ("finish", ALI, LESSON.id)]
    assert uow.commits == 1


async def test_the_last_lesson_completes_the_course_and_is_told_in_the_same_transaction() -> None:
    service, uow = learning(facts())
    uow.is_last = True

    await service.finish_lesson(ALI, LESSON.id)

    assert uow.written[-2:] == [(NoticeKind.COURSE_COMPLETED, ALI, FREE.id), (CERTIFY_JOB, ALI, FREE.id)]
    assert uow.commits == 1


@pytest.mark.parametrize(
    ("stands", "lesson", "lacks"),
    [
        (LessonStanding(parts=(replace(SENT, opened_at=None),)), LESSON, Lacks(unopened=1)),
        (LessonStanding(parts=(replace(SENT, has_question=True),)), LESSON, Lacks(unanswered=(TEXT.id,))),
        (LessonStanding(parts=(SENT,)), replace(LESSON, pass_percent=80), Lacks(pass_percent=80)),
        (
            LessonStanding(parts=(SENT,), best_points=3, best_max=4),
            replace(LESSON, pass_percent=80),
            Lacks(pass_percent=80, best_percent=75),
        ),
    ],
)
async def test_a_lesson_whose_rule_is_not_met_cannot_be_finished(
    stands: LessonStanding, lesson: Lesson, lacks: Lacks
) -> None:
    service, uow = learning(facts(lesson=lesson))
    uow.stands = stands

    with pytest.raises(LessonUnfinished) as refused:
        await service.finish_lesson(ALI, LESSON.id)

    assert refused.value.lacks == lacks
    assert (uow.written, uow.commits) == ([], 0)


@pytest.mark.parametrize(
    ("stands", "has_quiz"),
    [
        (LessonStanding(parts=(replace(SENT, has_question=True, answered_at=NOON),)), True),
        (LessonStanding(parts=(SENT,), best_points=4, best_max=5), True),
        (LessonStanding(parts=(SENT,)), False),
        (LessonStanding(parts=()), False),
    ],
    ids=["answered", "passed", "a quiz without questions asks for nothing", "empty"],
)
async def test_a_lesson_whose_rule_is_met_is_finished(stands: LessonStanding, has_quiz: bool) -> None:
    rule = replace(LESSON, pass_percent=80) if not has_quiz or stands.best_max else LESSON
    service, uow = learning(replace(facts(lesson=rule), has_quiz=has_quiz))
    uow.stands = stands

    await service.finish_lesson(ALI, LESSON.id)

    assert uow.commits == 1


async def test_a_finished_lesson_stays_so_whatever_its_teacher_asks_for_later() -> None:
    service, uow = learning(replace(facts(lesson=replace(LESSON, pass_percent=80)), finished_at=NOON))
    uow.stands = LessonStanding(parts=(replace(SENT, opened_at=None),))

    assert await service.finish_lesson(ALI, LESSON.id) == LessonId(10)


async def test_a_missing_lesson_is_reported_and_nothing_is_saved() -> None:
    service, uow = learning()

    with pytest.raises(LessonGone):
        await service.finish_lesson(ALI, LessonId(9))

    assert uow.commits == 0


@pytest.mark.parametrize("status", [CourseStatus.DRAFT, CourseStatus.ARCHIVED])
@pytest.mark.parametrize(
    ("owned", "is_seen"),
    [
        (Entitlement(), False),
        (Entitlement(is_staff=True), True),
        (Entitlement(owns_course=True), True),
        (Entitlement(owns_lesson=True), True),
    ],
)
async def test_what_is_not_public_is_seen_by_its_authors_and_by_those_who_paid(
    status: CourseStatus, owned: Entitlement, is_seen: bool
) -> None:
    service, _ = learning(replace(facts(replace(WHOLE, status=status)), entitlement=owned))

    if is_seen:
        assert (await service.lesson(ALI, LESSON.id)).parts == (TEXT,)
    else:
        with pytest.raises(LessonGone):
            await service.lesson(ALI, LESSON.id)


@pytest.mark.parametrize(
    ("owned", "is_seen"),
    [(Entitlement(), False), (Entitlement(is_staff=True), True), (Entitlement(owns_course=True), True)],
)
async def test_whoever_bought_a_course_and_left_it_still_finds_it_when_it_is_archived(
    owned: Entitlement, is_seen: bool
) -> None:
    service, uow = learning()
    uow.catalogue.pages[WHOLE.id] = CoursePage(
        course=replace(WHOLE, status=CourseStatus.ARCHIVED),
        category=Category(id=CategoryId(1), slug="math", emoji="📐", title=WHOLE.title),
        teacher_name="Olim",
        sections=(),
        entitlement=owned,
        is_enrolled=False,
    )

    if is_seen:
        assert (await service.course(ALI, WHOLE.id)).course.id == WHOLE.id
        assert await service.enrol(ALI, WHOLE.id)
    else:
        with pytest.raises(CourseGone):
            await service.course(ALI, WHOLE.id)


async def test_an_unknown_course_is_not_told_from_a_foreign_one() -> None:
    service, _ = learning()

    with pytest.raises(CourseGone):
        await service.course(ALI, CourseId(404))


@pytest.mark.parametrize(
    ("course", "lesson", "entitlement", "lock"),
    [
        (FREE, LESSON, Entitlement(), None),
        (WHOLE, LESSON, Entitlement(), LockReason.COURSE_UNPAID),
        (WHOLE, replace(LESSON, is_preview=True), Entitlement(), None),
        (WHOLE, LESSON, Entitlement(owns_course=True), None),
        (WHOLE, LESSON, Entitlement(owns_lesson=True), None),
        (WHOLE, LESSON, Entitlement(is_staff=True), None),
        (PIECEWISE, LESSON, Entitlement(), None),
        (PIECEWISE, PAID_LESSON, Entitlement(), LockReason.LESSON_UNPAID),
        (PIECEWISE, PAID_LESSON, Entitlement(owns_lesson=True), None),
        (PIECEWISE, replace(PAID_LESSON, is_preview=True), Entitlement(), None),
        (FREE, PAID_LESSON, Entitlement(), None),
    ],
)
def test_what_opens_a_lesson(course: Course, lesson: Lesson, entitlement: Entitlement, lock: LockReason | None) -> None:
    assert lock_of(course, lesson, entitlement, NOON) is lock
