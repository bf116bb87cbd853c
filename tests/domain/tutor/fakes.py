"""The tutor's surroundings in memory, for tests of its rules."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.courses.model import (
    Course,
    CourseId,
    CourseStatus,
    Entitlement,
    Lesson,
    LessonId,
    Part,
    PartId,
    PartKind,
    Sale,
    Section,
    SectionId,
)
from domain.courses.ports import LessonFacts
from domain.language import Language, Text
from domain.money import Money
from domain.tutor.mode_ports import ClassRules
from domain.tutor.model import (
    Beat,
    ChatMessage,
    Chunk,
    MessageId,
    NewReply,
    Passage,
    PictureMessage,
    Role,
    Run,
    SearchQuery,
    SessionId,
    Standing,
    TutorMessage,
    TutorMode,
    TutorSession,
)
from domain.users.model import RegistrationStep, User, UserId
from domain.users.model import Role as UserRole

NOON = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
ALI = UserId(1)
VALI = UserId(2)
OPEN = LessonId(10)
LOCKED = LessonId(11)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> None:
        self.now += timedelta(**parts)


def user(user_id: UserId, *, timezone: str = "Asia/Tashkent") -> User:
    return User(
        id=user_id,
        full_name="Ali",
        username=None,
        language=Language.UZ,
        role=UserRole.STUDENT,
        step=RegistrationStep.DONE,
        phone=None,
        timezone=timezone,
        goal=None,
        daily_minutes=None,
        pending_link=None,
        is_muted=False,
        created_at=NOON,
    )


def lesson_facts(lesson_id: LessonId, *, is_locked: bool) -> LessonFacts:
    english = Text({Language.EN: "Algebra"})
    course = Course(
        id=CourseId(5),
        code="alg",
        category_id=1,  # pyright: ignore[reportArgumentType]
        owner_id=99,
        language=Language.EN,
        title=english,
        description=None,
        level=None,
        sale=Sale.COURSE if is_locked else Sale.FREE,
        price=Money.soms(100) if is_locked else None,
        status=CourseStatus.PUBLISHED,
    )
    section = Section(id=SectionId(1), course_id=course.id, position=1, title=english)
    lesson = Lesson(
        id=lesson_id,
        course_id=course.id,
        section_id=section.id,
        position=1,
        title=Text({Language.EN: f"Lesson {lesson_id}"}),
        is_preview=False,
        price=None,
        is_published=True,
    )
    return LessonFacts(
        course=course,
        section=section,
        lesson=lesson,
        entitlement=Entitlement(),
        number=1,
        lesson_count=1,
        previous_id=None,
        next_id=None,
        finished_at=None,
        has_quiz=False,
    )


@dataclass
class State:
    users: dict[UserId, User] = field(default_factory=lambda: {ALI: user(ALI), VALI: user(VALI)})
    sessions: dict[SessionId, TutorSession] = field(default_factory=dict)
    messages: list[TutorMessage] = field(default_factory=list)
    days: dict[tuple[UserId, date], int] = field(default_factory=dict)
    runs: dict[UserId, Run] = field(default_factory=dict)
    until: dict[UserId, datetime] = field(default_factory=dict)
    stops: set[UserId] = field(default_factory=set)
    deleted: dict[SessionId, tuple[TutorSession, datetime]] = field(default_factory=dict)
    jobs: list[tuple[str, Mapping[str, Any], str | None]] = field(default_factory=list)
    last_id: int = 0

    def next_id(self) -> int:
        self.last_id += 1
        return self.last_id


class FakePassages:
    def __init__(self, centre: "Centre") -> None:
        self._centre = centre

    async def search(
        self, user_id: UserId, query: SearchQuery, *, course_id: CourseId | None, limit: int, now: datetime
    ) -> Sequence[Passage]:
        self._centre.searches.append((user_id, query, course_id))
        return self._centre.passages[:limit]


class FakeTutor:
    def __init__(self, centre: "Centre", state: State) -> None:
        self._state = state
        self.passages = FakePassages(centre)

    async def add_session(self, user_id: UserId, lesson_id: LessonId | None, title: str, now: datetime) -> TutorSession:
        session = TutorSession(
            id=SessionId(self._state.next_id()),
            user_id=user_id,
            lesson_id=lesson_id,
            title=title,
            created_at=now,
            last_at=now,
        )
        self._state.sessions[session.id] = session
        return session

    async def get_session(self, session_id: SessionId, user_id: UserId) -> TutorSession | None:
        session = self._state.sessions.get(session_id)
        return session if session and session.user_id == user_id else None

    async def sessions_of(
        self, user_id: UserId, *, limit: int, offset: int, words: str = ""
    ) -> tuple[Sequence[TutorSession], int]:
        said = {message.session_id for message in self._state.messages if words.lower() in message.text.lower()}
        own = [
            session
            for session in self._state.sessions.values()
            if session.user_id == user_id and (not words or session.id in said)
        ]
        own.sort(key=lambda session: session.last_at, reverse=True)
        return own[offset : offset + limit], len(own)

    async def delete_session(self, session_id: SessionId, user_id: UserId, now: datetime) -> bool:
        if await self.get_session(session_id, user_id) is None:
            return False
        self._state.deleted[session_id] = (self._state.sessions.pop(session_id), now)
        self._state.runs = {key: run for key, run in self._state.runs.items() if run.session_id != session_id}
        return True

    async def restore_session(self, session_id: SessionId, user_id: UserId) -> bool:
        if session_id in self._state.deleted and self._state.deleted[session_id][0].user_id == user_id:
            self._state.sessions[session_id] = self._state.deleted.pop(session_id)[0]
        return await self.get_session(session_id, user_id) is not None

    async def purge_sessions(self, before: datetime) -> int:
        gone = [each for each, (_, at) in self._state.deleted.items() if at < before]
        for session_id in gone:
            del self._state.deleted[session_id]
            self._state.messages = [message for message in self._state.messages if message.session_id != session_id]
        return len(gone)

    async def add_question(self, session_id: SessionId, text: str, now: datetime) -> TutorMessage | None:
        return self._add(
            session_id,
            TutorMessage(id=MessageId(0), session_id=session_id, role=Role.STUDENT, text=text, created_at=now),
        )

    async def add_reply(self, session_id: SessionId, reply: NewReply, now: datetime) -> TutorMessage | None:
        return self._add(
            session_id,
            TutorMessage(
                id=MessageId(0),
                session_id=session_id,
                role=Role.TUTOR,
                text=reply.text,
                created_at=now,
                kind=reply.kind,
                ending=reply.ending,
                usage=reply.usage,
                model=reply.model,
                latency_ms=reply.latency_ms,
                details=reply.details,
            ),
        )

    def _add(self, session_id: SessionId, message: TutorMessage) -> TutorMessage | None:
        if session_id not in self._state.sessions:
            return None
        stored = replace(message, id=MessageId(self._state.next_id()))
        self._state.messages.append(stored)
        return stored

    async def messages(self, session_id: SessionId, *, limit: int) -> Sequence[TutorMessage]:
        return [message for message in self._state.messages if message.session_id == session_id][-limit:]

    async def get_message(self, message_id: MessageId, user_id: UserId) -> TutorMessage | None:
        found = [message for message in self._state.messages if message.id == message_id]
        return found[0] if found and self._state.sessions[found[0].session_id].user_id == user_id else None

    async def count_question(self, user_id: UserId, day: date, questions_a_day: int) -> int | None:
        asked = self._state.days.get((user_id, day), 0)
        if asked >= questions_a_day:
            return None
        self._state.days[user_id, day] = asked + 1
        return asked + 1

    async def uncount_question(self, user_id: UserId, day: date) -> None:
        self._state.days[user_id, day] -= 1

    async def standing(self, user_id: UserId, day: date, now: datetime) -> Standing:
        return Standing(
            asked=self._state.days.get((user_id, day), 0),
            is_running=user_id in self._state.runs and self._state.until[user_id] >= now,
            session_count=len([s for s in self._state.sessions.values() if s.user_id == user_id]),
        )

    async def start_run(
        self,
        user_id: UserId,
        session_id: SessionId,
        question_id: MessageId,
        day: date,
        until: datetime,
        *,
        is_counted: bool,
    ) -> bool:
        if user_id in self._state.runs:
            return False
        self._state.runs[user_id] = Run(
            user_id=user_id,
            session_id=session_id,
            question_id=question_id,
            day=day,
            is_counted=is_counted,
            answer_id=None,
        )
        self._state.until[user_id] = until
        self._state.stops.discard(user_id)
        return True

    async def beat(self, user_id: UserId, question_id: MessageId, until: datetime) -> Beat:
        run = self._state.runs.get(user_id)
        if run is None or run.question_id != question_id or run.answer_id is not None:
            return Beat.LOST
        self._state.until[user_id] = until
        return Beat.STOP if user_id in self._state.stops else Beat.GO_ON

    async def ask_to_stop(self, user_id: UserId) -> bool:
        run = self._state.runs.get(user_id)
        if run is None or run.answer_id is not None:
            return False
        self._state.stops.add(user_id)
        return True

    async def set_answer(
        self, user_id: UserId, question_id: MessageId, answer_id: MessageId, until: datetime
    ) -> Run | None:
        run = self._state.runs.get(user_id)
        if run is None or run.question_id != question_id or run.answer_id is not None:
            return None
        self._state.runs[user_id] = replace(run, answer_id=answer_id)
        self._state.until[user_id] = until
        return run

    async def end_run(self, user_id: UserId, question_id: MessageId) -> Run | None:
        run = self._state.runs.get(user_id)
        if run is None or run.question_id != question_id:
            return None
        return self._state.runs.pop(user_id)

    async def take_lost_runs(self, now: datetime, *, user_id: UserId | None = None) -> Sequence[Run]:
        lost = [run for key, run in self._state.runs.items() if self._state.until[key] < now and user_id in (None, key)]
        for run in lost:
            del self._state.runs[run.user_id]
        return lost


class FakeModes:
    def __init__(self, centre: "Centre") -> None:
        self._centre = centre

    async def rules(self, user_id: UserId, course_id: CourseId | None) -> ClassRules:
        mode = self._centre.mode if course_id is not None else TutorMode.HINTS
        return ClassRules(mode, user_id in self._centre.exams)


class FakeUsers:
    def __init__(self, state: State) -> None:
        self._state = state

    async def get(self, user_id: UserId) -> User | None:
        return self._state.users.get(user_id)


class FakeCatalogue:
    def __init__(self, centre: "Centre") -> None:
        self._centre = centre

    async def lesson_facts(self, lesson_id: LessonId, user_id: int) -> LessonFacts | None:
        return self._centre.lessons.get(lesson_id)

    async def parts(self, lesson_id: LessonId) -> Sequence[Part]:
        text = Text({Language.EN: f"secret of lesson {lesson_id}", Language.UZ: f"{lesson_id}-dars siri"})
        return [Part(id=PartId(1), lesson_id=lesson_id, position=1, kind=PartKind.TEXT, text=text)]


class FakeJobs:
    def __init__(self, state: State) -> None:
        self._state = state

    async def enqueue(
        self, name: str, payload: Mapping[str, Any], *, key: str | None = None, after: datetime | None = None
    ) -> None:
        self._state.jobs.append((name, payload, key))


class FakeUnitOfWork:
    """Works on a copy of the state that replaces the original when it is committed."""

    def __init__(self, centre: "Centre") -> None:
        self._centre = centre
        self._state = deepcopy(centre.state)
        self.users = FakeUsers(self._state)
        self.catalogue = FakeCatalogue(centre)
        self.tutor = FakeTutor(centre, self._state)
        self.jobs = FakeJobs(self._state)
        self.tutor_modes = FakeModes(centre)

    async def commit(self) -> None:
        self._centre.state = self._state


@dataclass
class Centre:
    state: State = field(default_factory=State)
    lessons: dict[LessonId, LessonFacts] = field(
        default_factory=lambda: {
            OPEN: lesson_facts(OPEN, is_locked=False),
            LOCKED: lesson_facts(LOCKED, is_locked=True),
        }
    )
    passages: list[Passage] = field(default_factory=list)
    searches: list[tuple[UserId, SearchQuery, CourseId | None]] = field(default_factory=list)
    open_units: int = 0
    mode: TutorMode = TutorMode.HINTS
    """Of the one course."""
    exams: set[UserId] = field(default_factory=set)
    """Students who are sitting one."""

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Any]:
        self.open_units += 1
        try:
            yield FakeUnitOfWork(self)
        finally:
            self.open_units -= 1

    def texts(self) -> list[str]:
        return [message.text for message in self.state.messages]

    def asked(self, user_id: UserId = ALI) -> int:
        return sum(count for (user, _), count in self.state.days.items() if user == user_id)


class FakeModel:
    """Replies with its pieces; an exception among them is raised there, an event is waited for."""

    name = "fake"

    def __init__(self, centre: Centre, *pieces: "str | Chunk | Exception | asyncio.Event") -> None:
        self._centre = centre
        self.pieces: Sequence[str | Chunk | Exception | asyncio.Event] = pieces
        self.next_pieces: Sequence[Sequence[str | Chunk | Exception | asyncio.Event]] = ()
        """Whole replies, one for each of the next calls; then `pieces` again."""
        self.prompts: list[Sequence[Any]] = []
        self.units_while_streaming: list[int] = []
        self.closed = 0

    async def stream(
        self, messages: Sequence[ChatMessage | PictureMessage], max_tokens: int
    ) -> AsyncGenerator[Chunk, None]:
        self.prompts.append(messages)
        pieces, self.next_pieces = (
            (self.next_pieces[0], self.next_pieces[1:]) if self.next_pieces else (self.pieces, ())
        )
        try:
            for piece in pieces:
                self.units_while_streaming.append(self._centre.open_units)
                if isinstance(piece, Exception):
                    raise piece
                if isinstance(piece, asyncio.Event):
                    await piece.wait()
                else:
                    yield piece if isinstance(piece, Chunk) else Chunk(text=piece)
        finally:
            self.closed += 1
