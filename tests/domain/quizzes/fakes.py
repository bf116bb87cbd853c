"""Quizzes in memory, by the letter of the ports: what a commit puts in place counts, the rest is gone."""

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
from domain.language import Language, Text
from domain.money import Money
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.model import (
    Admission,
    AttemptId,
    AttemptView,
    Authorship,
    Feedback,
    Mistake,
    Opening,
    Question,
    QuestionId,
    QuestionView,
    QuizId,
    Result,
    ResultEntry,
    Score,
    time_spent,
)
from domain.quizzes.ports import Answered
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
        correct=correct,
        explanation=said(f"Because of {text}"),
    )


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
    answers: dict[QuestionId, tuple[int, datetime]] = field(default_factory=dict[QuestionId, tuple[int, datetime]])
    finished_at: datetime | None = None


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
        right = sum(self._kept.questions[key].correct == chosen for key, (chosen, _at) in attempt.answers.items())
        return Score(right, len(attempt.question_ids))

    def _question_view(self, attempt: FakeAttempt, question_id: QuestionId) -> QuestionView:
        question = self._kept.questions[question_id]
        return QuestionView(
            id=question_id,
            number=attempt.question_ids.index(question_id) + 1,
            text=question.text,
            options=question.options,
        )

    def _view(self, attempt: FakeAttempt) -> AttemptView:
        answered = len(attempt.answers)
        waiting = attempt.question_ids[answered] if answered < len(attempt.question_ids) else None
        return AttemptView(
            id=attempt.id,
            number=attempt.number,
            lesson_id=attempt.lesson_id,
            lesson_title=self._kept.lessons[attempt.lesson_id].title,
            total=len(attempt.question_ids),
            answered=answered,
            question=self._question_view(attempt, waiting) if waiting is not None else None,
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
            question_count=len(questions),
            best=max(scores, key=lambda score: score.correct / score.total) if scores else None,
            finished_count=len(finished),
            open_attempt_id=current.id if current else None,
            open_answered=len(current.answers) if current else 0,
            open_total=len(current.question_ids) if current else 0,
        )

    async def start(self, user_id: UserId, quiz_id: QuizId, now: datetime) -> AttemptView | None:
        lesson_id = LessonId(quiz_id)
        questions = await self.questions(lesson_id)
        mine = self._of(user_id, lesson_id)
        if not questions or any(not attempt.finished_at for attempt in mine):
            return None
        attempt = FakeAttempt(
            id=AttemptId(len(self._kept.attempts) + 1),
            user_id=user_id,
            lesson_id=lesson_id,
            number=len(mine) + 1,
            question_ids=[question.id for question in questions],
            started_at=now,
        )
        self._kept.attempts[attempt.id] = attempt
        return self._view(attempt)

    async def open_attempt(self, user_id: UserId, quiz_id: QuizId) -> AttemptView | None:
        for attempt in self._of(user_id, LessonId(quiz_id)):
            if not attempt.finished_at:
                return self._view(attempt)
        return None

    async def attempt(self, user_id: UserId, attempt_id: AttemptId) -> tuple[Admission, AttemptView] | None:
        attempt = self._own(user_id, attempt_id)
        if attempt is None:
            return None
        return self._admission(user_id, self._kept.lessons[attempt.lesson_id]), self._view(attempt)

    async def answer(
        self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId, option: int, now: datetime
    ) -> Answered | None:
        attempt = self._own(user_id, attempt_id)
        if attempt is None:
            return None
        admission = self._admission(user_id, self._kept.lessons[attempt.lesson_id])
        waiting = self._view(attempt).question
        if admission.is_open(now) and waiting and waiting.id == question_id and option < len(waiting.options):
            attempt.answers[question_id] = (option, now)
            if len(attempt.answers) == len(attempt.question_ids):
                attempt.finished_at = now
        return Answered(admission=admission, feedback=await self.feedback(user_id, attempt_id, question_id))

    async def feedback(self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId) -> Feedback | None:
        attempt = self._own(user_id, attempt_id)
        if attempt is None or question_id not in attempt.answers:
            return None
        question = self._kept.questions[question_id]
        return Feedback(
            attempt_id=attempt.id,
            lesson_id=attempt.lesson_id,
            lesson_title=self._kept.lessons[attempt.lesson_id].title,
            question=self._question_view(attempt, question_id),
            chosen=attempt.answers[question_id][0],
            correct=question.correct,
            explanation=question.explanation,
            total=len(attempt.question_ids),
            answered=len(attempt.answers),
        )

    async def result(self, user_id: UserId, attempt_id: AttemptId) -> Result | None:
        attempt = self._own(user_id, attempt_id)
        if attempt is None or attempt.finished_at is None:
            return None
        lesson = self._kept.lessons[attempt.lesson_id]
        course = self._kept.courses[lesson.course_id]
        following = [
            other.id
            for other in self._kept.lessons.values()
            if other.course_id == course.id and other.is_published and other.position > lesson.position
        ]
        wrong = [
            (number, self._kept.questions[key], attempt.answers[key][0])
            for number, key in enumerate(attempt.question_ids, start=1)
            if attempt.answers[key][0] != self._kept.questions[key].correct
        ]
        return Result(
            attempt_id=attempt.id,
            number=attempt.number,
            lesson_id=lesson.id,
            lesson_title=lesson.title,
            course_title=course.title,
            score=self._score(attempt),
            started_at=attempt.started_at,
            finished_at=attempt.finished_at,
            spent=time_spent(attempt.started_at, [at for _chosen, at in attempt.answers.values()]),
            mistakes=tuple(
                Mistake(
                    number=number,
                    text=question.text,
                    options=question.options,
                    chosen=chosen,
                    correct=question.correct,
                    explanation=question.explanation,
                )
                for number, question, chosen in wrong
            ),
            next_lesson_id=min(following, default=None),
        )

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
        return await self.authorship(actor_id, question.lesson_id)

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
            correct=draft.correct,
            explanation=draft.explanation,
        )
        self._kept.questions[question.id] = question
        return question


class FakeUnitOfWork:
    """Only what the rules about quizzes ask for; anything else is an AttributeError."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.is_committed = False

    @property
    def quizzes(self) -> FakeQuizzes:
        return FakeQuizzes(self.kept)

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
