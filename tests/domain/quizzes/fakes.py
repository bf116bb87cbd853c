"""Quizzes in memory, by the letter of the ports: what a commit puts in place counts, the rest is gone."""

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import cast

from domain.courses.model import (
    CategoryId,
    Course,
    CourseId,
    CourseStatus,
    Entitlement,
    Lesson,
    LessonId,
    Sale,
    SectionId,
)
from domain.jobs import JobPayload
from domain.language import Language, Text
from domain.money import Money
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.drawing import Candidate, Candidates, asked_for
from domain.quizzes.keys import Single
from domain.quizzes.model import (
    Admission,
    AttemptId,
    Authorship,
    ClosedBy,
    Opening,
    Question,
    QuestionId,
    QuizId,
    Result,
    ResultEntry,
    Score,
)
from domain.quizzes.ports import (
    AnswerDoor,
    AskedQuestion,
    AttemptState,
    FinishedAttempt,
    GivenAnswer,
    Marked,
)
from domain.quizzes.settings import USUAL, Face, Pool, QuizSettings
from domain.unit_of_work import UnitOfWork
from domain.users.model import Role, UserId

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEACHER = UserId(1)
ALI = UserId(2)
VALI = UserId(3)
ADMIN = UserId(4)
OTHER_TEACHER = UserId(5)
ROLES = {
    TEACHER: Role.TEACHER,
    ALI: Role.STUDENT,
    VALI: Role.STUDENT,
    ADMIN: Role.ADMIN,
    OTHER_TEACHER: Role.TEACHER,
}


def said(english: str) -> Text:
    return Text({Language.EN: english})


def draft(text: str = "2 + 2?", correct: int = 1, options: Sequence[str] = ("3", "4", "5")) -> QuestionDraft:
    return QuestionDraft(
        text=said(text),
        options=tuple(said(option) for option in options),
        key=Single(correct),
        explanation=said(f"Because of {text}"),
    )


def scored(result: Result) -> Score:
    """The score of a result that is not held back."""
    assert result.score is not None
    return result.score


class Watch:
    """A clock that the test moves."""

    def __init__(self, now: datetime = NOON) -> None:
        self.time = now

    def __call__(self) -> datetime:
        return self.time

    def pass_by(self, **parts: float) -> None:
        self.time += timedelta(**parts)


@dataclass
class FakeAttempt:
    id: AttemptId
    user_id: UserId
    lesson_id: LessonId
    number: int
    question_ids: list[QuestionId]
    started_at: datetime
    max_points: int
    seed: int
    face: Face
    deadline_at: datetime | None
    asked: dict[QuestionId, datetime] = field(default_factory=dict[QuestionId, datetime])
    answers: dict[QuestionId, Marked] = field(default_factory=dict[QuestionId, Marked])
    finished_at: datetime | None = None
    closed_by: ClosedBy | None = None


@dataclass
class Kept:
    """What a database would hold."""

    courses: dict[CourseId, Course] = field(default_factory=dict[CourseId, Course])
    lessons: dict[LessonId, Lesson] = field(default_factory=dict[LessonId, Lesson])
    owned_courses: set[tuple[UserId, CourseId]] = field(default_factory=set[tuple[UserId, CourseId]])
    owned_lessons: set[tuple[UserId, LessonId]] = field(default_factory=set[tuple[UserId, LessonId]])
    roles: dict[UserId, Role] = field(default_factory=lambda: dict(ROLES))
    questions: dict[QuestionId, Question] = field(default_factory=dict[QuestionId, Question])
    retired: set[QuestionId] = field(default_factory=set[QuestionId])
    attempts: dict[AttemptId, FakeAttempt] = field(default_factory=dict[AttemptId, FakeAttempt])
    settings: dict[LessonId, QuizSettings] = field(default_factory=dict[LessonId, QuizSettings])
    polls: dict[tuple[AttemptId, QuestionId], tuple[str, int]] = field(
        default_factory=dict[tuple[AttemptId, QuestionId], tuple[str, int]]
    )
    jobs: list[tuple[str, JobPayload]] = field(default_factory=list[tuple[str, JobPayload]])

    def add_course(
        self, number: int = 1, *, sale: Sale = Sale.FREE, status: CourseStatus = CourseStatus.PUBLISHED
    ) -> CourseId:
        course_id = CourseId(number)
        self.courses[course_id] = Course(
            id=course_id,
            code=f"course{number}",
            category_id=CategoryId(1),
            owner_id=TEACHER,
            language=Language.EN,
            title=said(f"Course {number}"),
            description=None,
            level=None,
            sale=sale,
            price=Money.soms(100_000) if sale is Sale.COURSE else None,
            status=status,
        )
        return course_id

    def add_lesson(
        self, course_id: CourseId, number: int = 1, *, price: Money | None = None, is_published: bool = True
    ) -> LessonId:
        lesson_id = LessonId(number)
        self.lessons[lesson_id] = Lesson(
            id=lesson_id,
            course_id=course_id,
            section_id=SectionId(1),
            position=number,
            title=said(f"Lesson {number}"),
            is_preview=False,
            price=price,
            is_published=is_published,
        )
        return lesson_id


class FakeQuizzes:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def _admission(self, user_id: UserId, lesson: Lesson) -> Admission:
        course = self._kept.courses[lesson.course_id]
        return Admission(
            course=course,
            lesson=lesson,
            entitlement=Entitlement(
                is_staff=course.owner_id == user_id or self._kept.roles.get(user_id) is Role.ADMIN,
                owns_course=(user_id, course.id) in self._kept.owned_courses,
                owns_lesson=(user_id, lesson.id) in self._kept.owned_lessons,
            ),
        )

    def _own(self, user_id: UserId, attempt_id: AttemptId) -> FakeAttempt | None:
        attempt = self._kept.attempts.get(attempt_id)
        return attempt if attempt and attempt.user_id == user_id else None

    def _of(self, user_id: UserId, lesson_id: LessonId) -> list[FakeAttempt]:
        return [a for a in self._kept.attempts.values() if (a.user_id, a.lesson_id) == (user_id, lesson_id)]

    def _score(self, attempt: FakeAttempt) -> Score:
        right = sum(marked.is_correct is True for marked in attempt.answers.values())
        points = sum(marked.points for marked in attempt.answers.values())
        return Score(right, len(attempt.question_ids), points, attempt.max_points)

    def _asked(self, attempt: FakeAttempt, question_id: QuestionId) -> AskedQuestion:
        return AskedQuestion(
            question=self._kept.questions[question_id],
            number=attempt.question_ids.index(question_id) + 1,
            asked_at=attempt.asked.get(question_id),
        )

    def _state(self, attempt: FakeAttempt) -> AttemptState:
        answered = len(attempt.answers)
        lesson = self._kept.lessons[attempt.lesson_id]
        return AttemptState(
            id=attempt.id,
            quiz_id=QuizId(attempt.lesson_id),
            course_id=lesson.course_id,
            number=attempt.number,
            lesson_id=attempt.lesson_id,
            lesson_title=lesson.title,
            settings=self._kept.settings.get(attempt.lesson_id, USUAL),
            seed=attempt.seed,
            face=attempt.face,
            deadline_at=attempt.deadline_at,
            total=len(attempt.question_ids),
            answered=answered,
            points=sum(marked.points for marked in attempt.answers.values()),
            max_points=attempt.max_points,
            finished_at=attempt.finished_at,
            waiting=None if attempt.finished_at else self._asked(attempt, attempt.question_ids[answered]),
        )

    async def opening(self, user_id: UserId, lesson_id: LessonId) -> Opening | None:
        lesson = self._kept.lessons.get(lesson_id)
        if lesson is None:
            return None
        questions = await self.questions(lesson_id)
        mine = self._of(user_id, lesson_id)
        finished = [attempt for attempt in mine if attempt.finished_at]
        current = next((attempt for attempt in mine if not attempt.finished_at), None)
        scores = [self._score(attempt) for attempt in finished]
        return Opening(
            admission=self._admission(user_id, lesson),
            quiz_id=QuizId(lesson_id) if questions or mine else None,
            question_count=len(questions) + sum(pool.count for pool in self._kept.settings.get(lesson_id, USUAL).pools),
            best=max(scores, key=lambda score: (score.points or 0) / (score.max_points or 1)) if scores else None,
            finished_count=len(finished),
            open_attempt_id=current.id if current else None,
            open_answered=len(current.answers) if current else 0,
            open_total=len(current.question_ids) if current else 0,
            open_deadline_at=current.deadline_at if current else None,
            settings=self._kept.settings.get(lesson_id, USUAL),
        )

    async def candidates(self, quiz_id: QuizId, pools: Sequence[Pool], seed: int) -> Candidates:
        own = [Candidate(question.id, question.points) for question in await self.questions(LessonId(quiz_id))]
        offered: list[list[Candidate]] = []
        for pool in pools:
            fitting = [
                Candidate(question.id, question.points)
                for question in self._kept.questions.values()
                if question.bank_id == pool.bank_id
                and question.id not in self._kept.retired
                and pool.topic in (None, question.topic)
                and pool.difficulty in (None, question.difficulty)
            ]
            random.Random(seed).shuffle(fitting)
            offered.append(fitting[: asked_for(pools)])
        return Candidates(own=own, pools=offered)

    async def start(
        self,
        user_id: UserId,
        quiz_id: QuizId,
        questions: Sequence[Candidate],
        now: datetime,
        *,
        seed: int,
        face: Face,
        deadline_at: datetime | None,
        max_attempts: int | None,
    ) -> AttemptId | None:
        lesson_id = LessonId(quiz_id)
        mine = self._of(user_id, lesson_id)
        if any(not attempt.finished_at for attempt in mine) or (max_attempts is not None and len(mine) >= max_attempts):
            return None
        attempt = FakeAttempt(
            id=AttemptId(len(self._kept.attempts) + 1),
            user_id=user_id,
            lesson_id=lesson_id,
            number=len(mine) + 1,
            question_ids=[QuestionId(question.id) for question in questions],
            max_points=100 * sum(question.points for question in questions),
            started_at=now,
            seed=seed,
            face=face,
            deadline_at=deadline_at,
        )
        self._kept.attempts[attempt.id] = attempt
        return attempt.id

    async def open_attempt(self, user_id: UserId, quiz_id: QuizId) -> AttemptId | None:
        return next((a.id for a in self._of(user_id, LessonId(quiz_id)) if not a.finished_at), None)

    async def attempt(
        self, user_id: UserId, attempt_id: AttemptId, now: datetime
    ) -> tuple[Admission, AttemptState] | None:
        attempt = self._own(user_id, attempt_id)
        if attempt is None:
            return None
        admission = self._admission(user_id, self._kept.lessons[attempt.lesson_id])
        if admission.is_open(now) and not attempt.finished_at:
            attempt.asked.setdefault(attempt.question_ids[len(attempt.answers)], now)
        return admission, self._state(attempt)

    async def answer_door(
        self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId, now: datetime
    ) -> AnswerDoor | None:
        attempt = self._own(user_id, attempt_id)
        if attempt is None:
            return None
        marked = attempt.answers.get(question_id)
        return AnswerDoor(
            admission=self._admission(user_id, self._kept.lessons[attempt.lesson_id]),
            state=self._state(attempt),
            asked=self._asked(attempt, question_id) if question_id in attempt.question_ids else None,
            given=_given(marked) if marked else None,
        )

    async def store(
        self,
        user_id: UserId,
        attempt_id: AttemptId,
        question_id: QuestionId,
        marked: Marked,
        *,
        answered_before: int,
        finishes: bool,
    ) -> bool:
        attempt = self._own(user_id, attempt_id)
        if attempt is None or attempt.finished_at or len(attempt.answers) != answered_before:
            return False
        if attempt.question_ids[answered_before] != question_id:
            return False
        attempt.answers[question_id] = marked
        if finishes:
            attempt.finished_at, attempt.closed_by = marked.answered_at, ClosedBy.STUDENT
        return True

    async def close(self, user_id: UserId, attempt_id: AttemptId, at: datetime, by: ClosedBy) -> bool:
        attempt = self._own(user_id, attempt_id)
        if attempt is None or attempt.finished_at:
            return False
        attempt.finished_at, attempt.closed_by = max(at, attempt.started_at), by
        return True

    async def overdue(self, before: datetime, limit: int) -> Sequence[tuple[UserId, AttemptId, datetime]]:
        return [
            (attempt.user_id, attempt.id, attempt.deadline_at)
            for attempt in self._kept.attempts.values()
            if not attempt.finished_at and attempt.deadline_at is not None and attempt.deadline_at < before
        ][:limit]

    async def finished(self, user_id: UserId, attempt_id: AttemptId) -> FinishedAttempt | None:
        attempt = self._own(user_id, attempt_id)
        if attempt is None or attempt.finished_at is None or attempt.closed_by is None:
            return None
        lesson = self._kept.lessons[attempt.lesson_id]
        course = self._kept.courses[lesson.course_id]
        following = [
            other.id
            for other in self._kept.lessons.values()
            if other.course_id == course.id and other.is_published and other.position > lesson.position
        ]
        mine = self._of(user_id, attempt.lesson_id)
        return FinishedAttempt(
            id=attempt.id,
            number=attempt.number,
            quiz_id=QuizId(lesson.id),
            lesson_id=lesson.id,
            lesson_title=lesson.title,
            course_title=course.title,
            settings=self._kept.settings.get(lesson.id, USUAL),
            pass_percent=lesson.pass_percent,
            seed=attempt.seed,
            score=self._score(attempt),
            waiting=sum(marked.is_correct is None for marked in attempt.answers.values()),
            finished_count=sum(other.finished_at is not None for other in mine),
            has_open_attempt=any(other.finished_at is None for other in mine),
            started_at=attempt.started_at,
            finished_at=attempt.finished_at,
            closed_by=attempt.closed_by,
            answers=[
                (self._kept.questions[key], number, _given(attempt.answers[key]) if key in attempt.answers else None)
                for number, key in enumerate(attempt.question_ids, start=1)
            ],
            next_lesson_id=min(following, default=None),
        )

    async def note_poll(
        self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId, poll_id: str, message_id: int
    ) -> bool:
        attempt = self._own(user_id, attempt_id)
        if attempt is None or question_id not in attempt.asked or (attempt_id, question_id) in self._kept.polls:
            return False
        self._kept.polls[attempt_id, question_id] = (poll_id, message_id)
        return True

    async def asked_by_poll(self, poll_id: str) -> tuple[UserId, AttemptId, QuestionId] | None:
        for (attempt_id, question_id), (known, _message) in self._kept.polls.items():
            if known == poll_id:
                return self._kept.attempts[attempt_id].user_id, attempt_id, question_id
        return None

    async def poll_of(self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId) -> tuple[str, int] | None:
        return self._kept.polls.get((attempt_id, question_id)) if self._own(user_id, attempt_id) else None

    async def results(self, user_id: UserId, *, limit: int, offset: int) -> tuple[Sequence[ResultEntry], int]:
        mine = [attempt for attempt in self._kept.attempts.values() if attempt.user_id == user_id]
        mine.sort(key=lambda attempt: (attempt.finished_at is None, attempt.id), reverse=True)
        entries = [
            ResultEntry(
                attempt_id=attempt.id,
                number=attempt.number,
                lesson_id=attempt.lesson_id,
                lesson_title=self._kept.lessons[attempt.lesson_id].title,
                course_title=self._kept.courses[self._kept.lessons[attempt.lesson_id].course_id].title,
                score=self._score(attempt),
                answered=len(attempt.answers),
                started_at=attempt.started_at,
                finished_at=attempt.finished_at,
            )
            for attempt in mine[offset : offset + limit]
        ]
        return entries, len(mine) if entries else 0

    async def lesson_of(self, user_id: UserId, attempt_id: AttemptId) -> LessonId | None:
        attempt = self._own(user_id, attempt_id)
        return attempt.lesson_id if attempt else None

    async def authorship(self, actor_id: UserId, lesson_id: LessonId) -> Authorship | None:
        lesson = self._kept.lessons.get(lesson_id)
        role = self._kept.roles.get(actor_id)
        if lesson is None or role is None:
            return None
        teaches = self._kept.courses[lesson.course_id].is_taught_by(actor_id)
        return Authorship(lesson_id=lesson_id, actor_id=actor_id, actor_role=role, teaches_course=teaches)

    async def authorship_of(self, actor_id: UserId, question_id: QuestionId) -> Authorship | None:
        question = self._kept.questions.get(question_id)
        if question is None or question_id in self._kept.retired:
            return None
        return await self.authorship(actor_id, question.lesson_id) if question.lesson_id is not None else None

    async def questions(self, lesson_id: LessonId) -> Sequence[Question]:
        current = [
            question
            for question in self._kept.questions.values()
            if question.lesson_id == lesson_id and question.id not in self._kept.retired
        ]
        return sorted(current, key=lambda question: question.position)

    async def add_question(
        self, actor_id: UserId, lesson_id: LessonId, draft: QuestionDraft, now: datetime, *, limit: int
    ) -> Question | None:
        present = await self.questions(lesson_id)
        if len(present) >= limit:
            return None
        return self._keep(lesson_id, draft, position=max((q.position for q in present), default=0) + 1, version=1)

    async def replace_question(
        self, actor_id: UserId, question_id: QuestionId, draft: QuestionDraft, now: datetime
    ) -> Question | None:
        if not await self.retire_question(question_id, now):
            return None
        old = self._kept.questions[question_id]
        if old.lesson_id is None:
            return None
        return self._keep(old.lesson_id, draft, position=old.position, version=old.version + 1)

    async def retire_question(self, question_id: QuestionId, now: datetime) -> bool:
        if question_id not in self._kept.questions or question_id in self._kept.retired:
            return False
        self._kept.retired.add(question_id)
        return True

    def _keep(self, lesson_id: LessonId, draft: QuestionDraft, *, position: int, version: int) -> Question:
        question = Question(
            id=QuestionId(len(self._kept.questions) + 1),
            lesson_id=lesson_id,
            position=position,
            version=version,
            text=draft.text,
            options=draft.options,
            key=draft.key,
            explanation=draft.explanation,
            topic=draft.topic,
            difficulty=draft.difficulty,
            points=draft.points,
            source=draft.source,
            picture=draft.picture,
        )
        self._kept.questions[question.id] = question
        return question


def _given(marked: Marked) -> GivenAnswer:
    return GivenAnswer(
        response=marked.response,
        is_correct=marked.is_correct,
        points=marked.points,
        answered_at=marked.answered_at,
    )


class FakeJobs:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    async def enqueue(
        self, name: str, payload: JobPayload, *, key: str | None = None, after: datetime | None = None
    ) -> None:
        self._kept.jobs.append((name, payload))


class FakeUnitOfWork:
    """Only what the rules about quizzes ask for; anything else is an AttributeError."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.is_committed = False

    @property
    def quizzes(self) -> FakeQuizzes:
        return FakeQuizzes(self.kept)

    @property
    def jobs(self) -> FakeJobs:
        return FakeJobs(self.kept)

    async def commit(self) -> None:
        self.is_committed = True


class FakeDatabase:
    """`begin` works on a copy that a commit puts in place, so a forgotten commit or a rollback shows.

    Outside a transaction each statement is durable by itself, as on a database.
    """

    def __init__(self) -> None:
        self.kept = Kept()
        self.commits = 0

    def write_questions(self, lesson_id: LessonId, count: int = 3) -> list[Question]:
        """`count` questions whose right option is the second one."""
        unit = FakeQuizzes(self.kept)
        return [
            unit._keep(lesson_id, draft(f"Question {position}"), position=position, version=1)
            for position in range(1, count + 1)
        ]

    def change_course(self, course_id: CourseId, *, status: CourseStatus) -> None:
        self.kept.courses[course_id] = replace(self.kept.courses[course_id], status=status)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        unit = FakeUnitOfWork(deepcopy(self.kept))
        yield cast("UnitOfWork", unit)
        if unit.is_committed:
            self.kept = unit.kept
            self.commits += 1

    @asynccontextmanager
    async def read(self) -> AsyncIterator[UnitOfWork]:
        yield cast("UnitOfWork", FakeUnitOfWork(self.kept))
