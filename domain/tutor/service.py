"""A student asks, is answered, and comes back to what was asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from domain.clock import Clock
from domain.courses.model import LessonId
from domain.errors import Gone
from domain.tutor.answering import AnswerWriter, Show
from domain.tutor.errors import (
    AnswerRunning,
    DailyQuotaSpent,
    NoModel,
    NothingToAnswer,
    NothingToContinue,
    NothingToSolve,
    SessionGone,
)
from domain.tutor.indexing import LessonIndexer
from domain.tutor.lessons import gather_context, open_lesson
from domain.tutor.model import (
    MAX_CONTINUATIONS,
    Answer,
    Conversation,
    MessageId,
    NewReply,
    Passage,
    ReplyKind,
    Role,
    Run,
    RunningAnswer,
    SessionId,
    SessionList,
    TutorDesk,
    TutorLimits,
    TutorMessage,
    TutorSession,
    checked_question,
    local_day,
    session_title,
)
from domain.tutor.ports import INTERRUPTED_JOB, REDELIVER_JOB, Model
from domain.tutor.prompts import MAX_HISTORY_MESSAGES, conversation
from domain.tutor.safety import ALERT_JOB, suggests_danger
from domain.tutor.search import quoted, search_query
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import User, UserId

PAGE = 6
"""Conversations on one page of the list."""
PASSAGE_LIMIT = 3
UNDO_TIME = timedelta(minutes=15)
"""A deleted conversation can be brought back for so long."""
MAX_WORDS_SOUGHT = 60
"""Characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPassages:
    """What the lessons say in the question's words; no model took part."""

    session: TutorSession
    passages: Sequence[Passage]
    quotations: str
    """Markdown; empty when nothing was found."""


class TutorService:
    """Every method checks whose conversation it is and what lesson is open: ids come from buttons and prove nothing.

    A question goes through three steps: `ask` (one transaction: counted, stored, the run taken), `answer` (the model
    streams without a transaction, then one transaction stores the reply) and `delivered`. A process that dies in
    between leaves its run behind, which `sweep` turns into a notice or a second delivery.
    """

    def __init__(
        self, *, begin: Begin, read: Begin, now: Clock, model: Model | None, limits: TutorLimits | None = None
    ) -> None:
        self._begin = begin
        self._read = read
        self._now = now
        self._limits = limits or TutorLimits()
        self.indexer = LessonIndexer(begin=begin)
        self._writer = AnswerWriter(begin=begin, now=now, model=model, limits=self._limits) if model else None

    @property
    def has_model(self) -> bool:
        return self._writer is not None

    async def desk(
        self, user_id: UserId, *, lesson_id: LessonId | None = None, session_id: SessionId | None = None
    ) -> TutorDesk:
        """What the tutor's window shows. A conversation that is gone is shown as a new one."""
        now = self._now()
        async with self._read() as uow:
            user = await _user(uow, user_id)
            standing = await uow.tutor.standing(user_id, local_day(now, user.timezone), now)
            session = await uow.tutor.get_session(session_id, user_id) if session_id else None
            latest = await uow.tutor.messages(session.id, limit=1) if session else ()
            facts = await open_lesson(uow, user_id, session.lesson_id if session else lesson_id, self._now())
            rules = await uow.tutor_modes.rules(user_id, facts.course.id if facts else None)
        return TutorDesk(
            has_model=self.has_model,
            remaining=max(self._limits.questions_a_day - standing.asked, 0),
            questions_a_day=self._limits.questions_a_day,
            is_running=standing.is_running,
            session=session,
            last_message=latest[-1] if latest else None,
            lesson_title=facts.lesson.title if facts else None,
            session_count=standing.session_count,
            mode=rules.mode,
            sits_exam=rules.sits_exam,
        )

    async def care(
        self,
        user_id: UserId,
        question: str,
        *,
        lesson_id: LessonId | None = None,
        session_id: SessionId | None = None,
    ) -> Answer | None:
        """The answer to a message that suggests danger, kept and without a model; None for any other message.

        It is never refused and counts as no question: not during an exam, not when the day is full, not while
        another answer is under way. The staff's chat is alerted, where the centre wants it.
        """
        text = checked_question(question)
        if not suggests_danger(text):
            return None
        now = self._now()
        async with self._begin() as uow:
            await _user(uow, user_id)
            session = await self._session(uow, user_id, text, lesson_id, session_id)
            if await uow.tutor.add_question(session.id, text, now) is None:
                raise SessionGone(session.id)
            message = await uow.tutor.add_reply(session.id, NewReply(text="", kind=ReplyKind.CARE), now)
            if message is None:
                raise SessionGone(session.id)
            await uow.jobs.enqueue(
                ALERT_JOB, {"user_id": user_id, "message_id": message.id}, key=f"{ALERT_JOB}:{message.id}"
            )
            await uow.commit()
        return Answer(session=session, message=message, remaining=0)

    async def ask(
        self,
        user_id: UserId,
        question: str,
        *,
        lesson_id: LessonId | None = None,
        session_id: SessionId | None = None,
    ) -> RunningAnswer:
        """Count and keep the question and become the student's running answer; go on with `answer`.

        `session_id` continues a conversation, else a new one begins, about `lesson_id` if that lesson is open to the
        student. Raises InvalidInput, NoModel, SessionGone, AnswerRunning, DailyQuotaSpent.
        """
        text = checked_question(question)
        self._require_model()
        async with self._begin() as uow:
            user = await _user(uow, user_id)
            session = await self._session(uow, user_id, text, lesson_id, session_id)
            asked = await uow.tutor.add_question(session.id, text, self._now())
            if asked is None:
                raise SessionGone(session.id)
            running = await self._start(uow, user, session, asked.id)
            await uow.commit()
        return running

    async def climb(self, user_id: UserId, session_id: SessionId, rung: ReplyKind) -> RunningAnswer:
        """Start the next help with the exercise that was just hinted at. It belongs to its question: not counted.

        `rung`: what the button promised. One that is not the next one, because the button is old or forged, is
        refused. Raises NoModel, SessionGone, AnswerRunning, NothingToSolve, ExamRunning, TutorOff.
        """

        def wanted(messages: Sequence[TutorMessage]) -> _Wish:
            if messages[-1].next_rung is not rung:
                raise NothingToSolve(session_id)
            return _Wish(rung=rung)

        return await self._continue(user_id, session_id, wanted)

    async def go_on(self, user_id: UserId, session_id: SessionId) -> RunningAnswer:
        """Continue a reply that broke off or was stopped. It belongs to its question: not counted, and bounded.

        Raises NoModel, SessionGone, AnswerRunning, NothingToContinue, ExamRunning, TutorOff.
        """
        return await self._continue(user_id, session_id, _continued)

    async def ask_again(self, user_id: UserId, session_id: SessionId) -> RunningAnswer:
        """Start the answer to the last question, which has none because something failed or was interrupted.

        Where a next rung or a continuation was interrupted, that is what is asked for again.
        Raises NoModel, SessionGone, AnswerRunning, DailyQuotaSpent, NothingToAnswer, ExamRunning, TutorOff.
        """

        def wanted(messages: Sequence[TutorMessage]) -> _Wish:
            last = messages[-1]
            if last.role is Role.STUDENT:
                return _Wish()
            if last.is_open:
                return _continued(messages)
            if last.next_rung is None:
                raise NothingToAnswer(session_id)
            return _Wish(rung=last.next_rung)

        return await self._continue(user_id, session_id, wanted)

    async def answer(self, running: RunningAnswer, show: Show) -> Answer:
        """Write and store the answer; `show` hears the whole text so far whenever it grows.

        Raises a ModelError when nothing came (the question is then not counted), AnswerLost when nobody waits.
        Call `delivered` when the student has the answer.
        """
        return await self._require_model().write(running, show)

    async def delivered(self, running: RunningAnswer) -> None:
        """The student has been sent the answer: the run is over, the next question may come."""
        async with self._begin() as uow:
            await uow.tutor.end_run(running.user_id, running.question_id)
            await uow.commit()

    async def stop(self, user_id: UserId) -> bool:
        """Ask the student's running answer to end, in whatever process it runs; False when there is none."""
        async with self._begin() as uow:
            is_asked = await uow.tutor.ask_to_stop(user_id)
            await uow.commit()
        return is_asked

    async def passages(
        self,
        user_id: UserId,
        question: str,
        *,
        lesson_id: LessonId | None = None,
        session_id: SessionId | None = None,
    ) -> FoundPassages:
        """What the lessons that are open to this student say in the question's words; kept as a conversation too."""
        text = checked_question(question)
        async with self._begin() as uow:
            user = await _user(uow, user_id)
            session = await self._session(uow, user_id, text, lesson_id, session_id)
            facts = await open_lesson(uow, user_id, session.lesson_id, self._now())
            (await uow.tutor_modes.rules(user_id, facts.course.id if facts else None)).check()
            passages = await uow.tutor.passages.search(
                user_id,
                search_query(text),
                course_id=facts.course.id if facts else None,
                limit=PASSAGE_LIMIT,
                now=self._now(),
            )
            quotations = quoted(passages, user.language)
            await uow.tutor.add_question(session.id, text, self._now())
            await uow.tutor.add_reply(session.id, NewReply(text=quotations, kind=ReplyKind.PASSAGES), self._now())
            await uow.commit()
        return FoundPassages(session=session, passages=passages, quotations=quotations)

    async def history(self, user_id: UserId, page: int, words: str = "") -> SessionList:
        """The student's conversations; with `words`, those in which they were said, by either side."""
        page = max(page, 0)
        words = " ".join(words.replace("\x00", "").split())[:MAX_WORDS_SOUGHT]
        async with self._read() as uow:
            sessions, total = await uow.tutor.sessions_of(user_id, limit=PAGE, offset=page * PAGE, words=words)
        return SessionList(sessions=tuple(sessions), page=page, page_count=max(-(-total // PAGE), 1))

    async def conversation(self, user_id: UserId, session_id: SessionId) -> Conversation:
        """The conversation with its latest messages. Raises SessionGone."""
        async with self._read() as uow:
            session = await _own_session(uow, user_id, session_id)
            messages = await uow.tutor.messages(session_id, limit=MAX_HISTORY_MESSAGES)
        return Conversation(session=session, messages=tuple(messages))

    async def message(self, user_id: UserId, message_id: MessageId) -> TutorMessage | None:
        """One message of the student's own conversations."""
        async with self._read() as uow:
            return await uow.tutor.get_message(message_id, user_id)

    async def delete(self, user_id: UserId, session_id: SessionId) -> bool:
        """Delete the conversation and everything in it; a running answer of it ends. The day's count stays.

        It can be brought back for `UNDO_TIME`; then the sweep erases it.
        """
        async with self._begin() as uow:
            is_deleted = await uow.tutor.delete_session(session_id, user_id, self._now())
            await uow.commit()
        return is_deleted

    async def restore(self, user_id: UserId, session_id: SessionId) -> bool:
        """Bring a deleted conversation back; False when it is erased. Twice is once."""
        async with self._begin() as uow:
            is_back = await uow.tutor.restore_session(session_id, user_id)
            await uow.commit()
        return is_back

    async def sweep(self) -> int:
        """Take up the answers whose process vanished: give the question back and enqueue the notice. How many.

        Conversations that were deleted `UNDO_TIME` ago are erased.
        """
        async with self._begin() as uow:
            await uow.tutor.purge_sessions(self._now() - UNDO_TIME)
            lost = await uow.tutor.take_lost_runs(self._now())
            for run in lost:
                await _take_up(uow, run)
            await uow.commit()
        return len(lost)

    def _require_model(self) -> AnswerWriter:
        if self._writer is None:
            raise NoModel
        return self._writer

    async def _session(
        self,
        uow: UnitOfWork,
        user_id: UserId,
        question: str,
        lesson_id: LessonId | None,
        session_id: SessionId | None,
    ) -> TutorSession:
        if session_id is not None:
            return await _own_session(uow, user_id, session_id)
        facts = await open_lesson(uow, user_id, lesson_id, self._now())
        return await uow.tutor.add_session(
            user_id, facts.lesson.id if facts else None, session_title(question), self._now()
        )

    async def _continue(
        self, user_id: UserId, session_id: SessionId, wanted: Callable[[Sequence[TutorMessage]], "_Wish"]
    ) -> RunningAnswer:
        self._require_model()
        async with self._begin() as uow:
            user = await _user(uow, user_id)
            session = await _own_session(uow, user_id, session_id)
            messages = await uow.tutor.messages(session_id, limit=MAX_HISTORY_MESSAGES)
            asked = next((message for message in reversed(messages) if message.role is Role.STUDENT), None)
            if asked is None:
                raise NothingToAnswer(session_id)
            running = await self._start(uow, user, session, asked.id, wanted(messages))
            await uow.commit()
        return running

    async def _start(
        self, uow: UnitOfWork, user: User, session: TutorSession, question_id: MessageId, wish: "_Wish | None" = None
    ) -> RunningAnswer:
        wish = wish or _Wish()
        now = self._now()
        day = local_day(now, user.timezone)
        facts = await open_lesson(uow, user.id, session.lesson_id, now)
        rules = await uow.tutor_modes.rules(user.id, facts.course.id if facts else None)
        rules.check()
        for run in await uow.tutor.take_lost_runs(now, user_id=user.id):
            await _take_up(uow, run)
        is_first = await uow.tutor.start_run(
            user.id, session.id, question_id, day, now + self._limits.lease, is_counted=wish.is_counted
        )
        if not is_first:
            raise AnswerRunning(user.id)
        if not wish.is_counted:
            asked = (await uow.tutor.standing(user.id, day, now)).asked
        else:
            counted = await uow.tutor.count_question(user.id, day, self._limits.questions_a_day)
            if counted is None:
                raise DailyQuotaSpent(self._limits.questions_a_day)
            asked = counted
        # Read after the run is taken: until then another answer of this conversation might have been added.
        history = await uow.tutor.messages(session.id, limit=MAX_HISTORY_MESSAGES)
        cites = wish.rung in (None, ReplyKind.ANSWER)
        given = await gather_context(uow, user, facts, history, now, with_passages=cites)
        return RunningAnswer(
            user_id=user.id,
            session=session,
            question_id=question_id,
            messages=conversation(
                history,
                user.language,
                given.lesson,
                rung=wish.rung,
                mode=rules.mode,
                sources=given.others,
                goes_on=wish.goes_on,
            ),
            remaining=max(self._limits.questions_a_day - asked, 0),
            mode=rules.mode,
            rung=wish.rung,
            sources=given.sources,
        )


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is asked of the model besides the question."""

    rung: ReplyKind | None = None
    goes_on: bool = False

    @property
    def is_counted(self) -> bool:
        return self.rung is None and not self.goes_on


def _continued(messages: Sequence[TutorMessage]) -> _Wish:
    last = messages[-1]
    broken = 0
    while broken < len(messages) and messages[-1 - broken].is_open:
        broken += 1
    if not last.is_open or broken > MAX_CONTINUATIONS:
        raise NothingToContinue(last.session_id)
    return _Wish(rung=last.kind, goes_on=True)


async def _user(uow: UnitOfWork, user_id: UserId) -> User:
    user = await uow.users.get(user_id)
    if user is None:
        raise Gone(user_id)
    return user


async def _own_session(uow: UnitOfWork, user_id: UserId, session_id: SessionId) -> TutorSession:
    session = await uow.tutor.get_session(session_id, user_id)
    if session is None:
        raise SessionGone(session_id)
    return session


async def _take_up(uow: UnitOfWork, run: Run) -> None:
    """An answer that was stored is delivered again; one that was not is given back and apologised for."""
    if run.answer_id is not None:
        await uow.jobs.enqueue(
            REDELIVER_JOB,
            {"user_id": run.user_id, "session_id": run.session_id, "message_id": run.answer_id},
            key=f"{REDELIVER_JOB}:{run.answer_id}",
        )
        return
    if run.is_counted:
        await uow.tutor.uncount_question(run.user_id, run.day)
    await uow.jobs.enqueue(
        INTERRUPTED_JOB,
        {"user_id": run.user_id, "session_id": run.session_id},
        key=f"{INTERRUPTED_JOB}:{run.question_id}",
    )
