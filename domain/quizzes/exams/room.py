"""What a student does before an exam begins; taking it is `QuizService`'s, as with every quiz."""

from domain.clock import Clock
from domain.courses.model import LessonId
from domain.learning.errors import LessonGone, LessonLocked
from domain.quizzes.exams.errors import ExamCalledOff, ExamGone, ExamOver
from domain.quizzes.exams.model import PAGE, ExamLine, ExamStage, Room
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId


class ExamRooms:
    """Asks anew on every call whether the lesson is open to the student."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def mine(self, user_id: UserId) -> tuple[ExamLine, ...]:
        """The latest exams that are theirs to sit or to hold."""
        async with self._read() as uow:
            return tuple(await uow.exams.mine(user_id, PAGE))

    async def room(self, user_id: UserId, lesson_id: LessonId) -> Room:
        """Raises LessonGone, LessonLocked, ExamGone; ExamCalledOff, which is one, when it was planned once."""
        async with self._read() as uow:
            return await self._look(uow, user_id, lesson_id)

    async def be_ready(self, user_id: UserId, lesson_id: LessonId) -> Room:
        """Whoever is ready is told first that it begins. Twice is once, and once it has begun it changes nothing.

        Raises LessonGone, LessonLocked, ExamGone, ExamOver.
        """
        async with self._begin() as uow:
            room = await self._look(uow, user_id, lesson_id)
            if room.is_over:
                raise ExamOver(lesson_id)
            standing = await uow.exams.standing(user_id, lesson_id)
            if standing is not None and not room.is_open and await uow.exams.lock(standing.exam.quiz_id) is not None:
                await uow.exams.be_ready(user_id, standing.exam.quiz_id, self._now())
                room = await self._look(uow, user_id, lesson_id)
            await uow.commit()
        return room

    async def _look(self, uow: UnitOfWork, user_id: UserId, lesson_id: LessonId) -> Room:
        now = self._now()
        opening = await uow.quizzes.opening(user_id, lesson_id)
        if opening is None or not opening.admission.is_visible:
            raise LessonGone(lesson_id)
        lock = opening.admission.lock(now)
        if lock is not None:
            raise LessonLocked(lesson_id, lock)
        standing = await uow.exams.standing(user_id, lesson_id)
        if standing is None:
            raise ExamGone(lesson_id)
        if standing.exam.stage is ExamStage.CANCELLED:
            raise ExamCalledOff(lesson_id)
        exam = standing.exam
        return Room(
            lesson_id=lesson_id,
            lesson_title=exam.lesson_title,
            opens_at=exam.opens_at,
            closes_at=exam.closes_at,
            settings=exam.settings,
            question_count=opening.question_count,
            is_ready=standing.is_ready,
            is_open=exam.opens_at <= now < exam.closes_at,
            is_over=now >= exam.closes_at,
            has_begun=standing.has_begun,
        )
