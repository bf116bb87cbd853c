"""A student practises with questions that a model made from a lesson that is open to them."""

from collections.abc import Awaitable, Callable
from datetime import date

from domain.clock import Clock
from domain.courses.model import LessonId
from domain.learning.errors import LessonGone
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.errors import QuizGone
from domain.quizzes.generation_errors import PracticeGone, PracticeSpent, ReplyBroken, TokensSpent, TooLittleText
from domain.quizzes.generation_model import MAX_MATERIAL, MIN_MATERIAL, Verdict
from domain.quizzes.generation_ports import QuestionWriter
from domain.quizzes.keys import QuestionKind, Single, fits, one, share_of
from domain.quizzes.likeness import Known
from domain.quizzes.practice_model import (
    FEWEST_QUESTIONS,
    PRACTICE_QUESTIONS,
    PracticeFeedback,
    PracticeId,
    PracticeSet,
    PracticeState,
    PracticeView,
    feedback_of,
    view_of,
)
from domain.quizzes.practice_ports import PRACTICE_JOB
from domain.quizzes.writing import Pen, TokenCaps
from domain.tutor.errors import ModelError, NoModel
from domain.tutor.lessons import lesson_context, open_lesson
from domain.tutor.model import local_day
from domain.unit_of_work import Begin, UnitOfWork
from domain.usage.model import Feature, Payer
from domain.usage.payer import paid_by
from domain.users.model import User, UserId

OnMistake = Callable[[UserId, PracticeId, QuestionDraft], Awaitable[None]]


class PracticeService:
    """Everything is found by the student's own id; whether the lesson is open to them is asked at every call."""

    def __init__(
        self,
        *,
        begin: Begin,
        read: Begin,
        now: Clock,
        is_connected: bool,
        sets_a_day: int,
        on_mistake: OnMistake | None = None,
    ) -> None:
        """`on_mistake`: hears of each wrong answer after it is stored, for whoever makes it come back later."""
        self._begin = begin
        self._read = read
        self._now = now
        self.is_connected = is_connected
        self._sets_a_day = sets_a_day
        self._on_mistake = on_mistake

    async def ask(self, user_id: UserId, lesson_id: LessonId) -> PracticeView:
        """The student's open set of this lesson, else a new one, which a job fills.

        Raises LessonGone, NoModel, TooLittleText, PracticeSpent.
        """
        now = self._now()
        async with self._begin() as uow:
            user = await uow.users.get(user_id)
            context = await lesson_context(uow, user, lesson_id, now) if user else None
            if user is None or context is None:
                raise LessonGone(lesson_id)
            practice_id = await uow.practices.open_one(user.id, lesson_id)
            if practice_id is None:
                if not self.is_connected:
                    raise NoModel
                if len(context.text) < MIN_MATERIAL:
                    raise TooLittleText(lesson_id)
                practice_id = await self._new(uow, user.id, lesson_id, local_day(now, user.timezone))
            practice = await uow.practices.get(practice_id)
            await uow.commit()
        if practice is None:
            raise PracticeGone(practice_id)
        return view_of(practice)

    async def current(self, user_id: UserId, practice_id: PracticeId) -> PracticeView:
        """Raises PracticeGone, also when the lesson is closed to the student now."""
        async with self._read() as uow:
            return view_of(await self._own(uow, user_id, practice_id))

    async def answer(self, user_id: UserId, practice_id: PracticeId, number: int, option: int) -> PracticeFeedback:
        """Store an answer, then tell what it was worth; a second answer to a question changes nothing.

        Raises PracticeGone when the question is not the one that waits, unless it is answered already.
        """
        response = one(option)
        async with self._begin() as uow:
            practice = await self._own(uow, user_id, practice_id)
            item = next((item for item in practice.items if item.number == number), None)
            if item is None or not fits(item.draft.key, len(item.draft.options), response):
                raise PracticeGone(practice_id)
            is_new = False
            if item.response is None:
                if practice.waiting is not item:
                    raise PracticeGone(practice_id)
                is_correct = share_of(item.draft.key, response) == 1.0
                is_new = await uow.practices.answer(practice_id, number, response, self._now(), is_correct=is_correct)
            stored = await uow.practices.get(practice_id)
            await uow.commit()
        if stored is None:
            raise PracticeGone(practice_id)
        feedback = feedback_of(stored, stored.items[number - 1])
        if feedback is None:
            raise PracticeGone(practice_id)
        if is_new and not feedback.is_correct and self._on_mistake is not None:
            await self._on_mistake(user_id, practice_id, item.draft)
        return feedback

    async def feedback(self, user_id: UserId, practice_id: PracticeId, number: int) -> PracticeFeedback:
        """Of an answer that is stored. Raises PracticeGone."""
        async with self._read() as uow:
            practice = await self._own(uow, user_id, practice_id)
        item = next((item for item in practice.items if item.number == number), None)
        feedback = feedback_of(practice, item) if item else None
        if feedback is None:
            raise PracticeGone(practice_id)
        return feedback

    async def _new(self, uow: UnitOfWork, user_id: UserId, lesson_id: LessonId, day: date) -> PracticeId:
        if not await uow.practices.count(user_id, day, self._sets_a_day):
            raise PracticeSpent(self._sets_a_day)
        practice_id = await uow.practices.add(user_id, lesson_id, day, self._now())
        if practice_id is None:
            # Another tap was a moment faster; its set is the one, and it has counted.
            await uow.practices.uncount(user_id, day)
            practice_id = await uow.practices.open_one(user_id, lesson_id)
            if practice_id is None:
                raise QuizGone(lesson_id)
            return practice_id
        await uow.jobs.enqueue(PRACTICE_JOB, {"practice_id": practice_id}, key=f"{PRACTICE_JOB}:{practice_id}")
        return practice_id

    async def _own(self, uow: UnitOfWork, user_id: UserId, practice_id: PracticeId) -> PracticeSet:
        practice = await uow.practices.get(practice_id)
        if practice is None or practice.user_id != user_id:
            raise PracticeGone(practice_id)
        if await open_lesson(uow, user_id, practice.lesson_id, self._now()) is None:
            raise PracticeGone(practice_id)
        return practice


class PracticeMaker:
    """The job's side: writes a set, reads it blind, and keeps only what the reader confirms."""

    def __init__(
        self,
        *,
        begin: Begin,
        read: Begin,
        now: Clock,
        writer: QuestionWriter | None,
        caps: TokenCaps,
        timezone: str,
    ) -> None:
        self._begin = begin
        self._read = read
        self._now = now
        self._writer = writer
        self._caps = caps
        self._timezone = timezone

    async def make(self, practice_id: PracticeId) -> tuple[PracticeSet, User] | None:
        """The set as it ended, with its student; None when there is no such set. One that failed is not counted."""
        async with self._read() as uow:
            practice = await uow.practices.get(practice_id)
            user = await uow.users.get(practice.user_id) if practice else None
            if practice is None or user is None:
                return None
            context = await lesson_context(uow, user, practice.lesson_id, self._now())
        if practice.state is not PracticeState.MAKING:
            return practice, user
        drafts: list[QuestionDraft] = []
        if context is not None and self._writer is not None:
            day = local_day(self._now(), self._timezone)
            pen = Pen(self._begin, self._writer, self._caps, user.id, day)
            try:
                with paid_by(Payer(feature=Feature.PRACTICE, user_id=user.id, lesson_id=practice.lesson_id)):
                    drafts = await self._drafts(pen, context.text[:MAX_MATERIAL], user)
            except (ReplyBroken, TokensSpent, ModelError):
                drafts = []
        async with self._begin() as uow:
            if len(drafts) >= FEWEST_QUESTIONS:
                await uow.practices.fill(practice_id, drafts, self._now())
            elif await uow.practices.fail(practice_id, self._now()):
                await uow.practices.uncount(practice.user_id, practice.day)
            ended = await uow.practices.get(practice_id)
            await uow.commit()
        return (ended, user) if ended else None

    async def _drafts(self, pen: Pen, material: str, user: User) -> list[QuestionDraft]:
        kinds = (QuestionKind.SINGLE,)
        written = await pen.write(material, user.language, kinds, None, PRACTICE_QUESTIONS, ())
        seen = Known()
        fresh = [draft for draft in written if isinstance(draft.key, Single) and seen.takes(draft)]
        if not fresh:
            return []
        verdicts = await pen.read(material, user.language, fresh)
        return [draft for place, draft in enumerate(fresh) if verdicts[place][0] is Verdict.GOOD]
