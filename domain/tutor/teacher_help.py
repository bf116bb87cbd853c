"""“Ask the teacher instead”: the conversation goes to those who teach the course, and their answer comes back."""

from domain.clock import Clock
from domain.courses.authorship import owns, require_author
from domain.courses.errors import TeachersOnly
from domain.errors import InvalidInput
from domain.notifications.model import NoticeKind
from domain.tutor.errors import AlreadyForwarded, NoTeacher, NothingToAnswer, RequestAnswered, RequestGone, SessionGone
from domain.tutor.lessons import open_lesson
from domain.tutor.model import MAX_QUESTION, NewReply, ReplyKind, SessionId
from domain.tutor.prompts import MAX_HISTORY_MESSAGES
from domain.tutor.teacher_ports import RequestId, RequestPage, RequestThread, TeacherRequest
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import User, UserId

PAGE = 6
"""Requests on one page of a teacher's list."""


class TeacherHelp:
    """The student's side checks whose conversation it is; the teachers' who teaches the course, on every call.

    For teachers, a request of a course that is not theirs looks like none.
    """

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def ask_teacher(self, user_id: UserId, session_id: SessionId) -> RequestId:
        """Pass the conversation on as it is now.

        Raises SessionGone, NothingToAnswer for an empty one, NoTeacher, AlreadyForwarded.
        """
        now = self._now()
        async with self._begin() as uow:
            session = await uow.tutor.get_session(session_id, user_id)
            if session is None:
                raise SessionGone(session_id)
            facts = await open_lesson(uow, user_id, session.lesson_id, now)
            if facts is None:
                raise NoTeacher(session_id)
            latest = await uow.tutor.messages(session_id, limit=1)
            if not latest:
                raise NothingToAnswer(session_id)
            request_id = await uow.teacher_requests.add(session_id, facts.course.id, latest[-1].id, now)
            if request_id is None:
                raise AlreadyForwarded(session_id)
            for teacher_id in sorted({facts.course.owner_id, *facts.course.teacher_ids}):
                await uow.notifications.add(
                    UserId(teacher_id),
                    NoticeKind.DOUBT_ASKED,
                    f"doubt_asked:{request_id}",
                    {"request_id": request_id},
                    now,
                )
            await uow.commit()
        return request_id

    async def waiting(self, actor_id: UserId, after: RequestId | None = None) -> RequestPage:
        """What waits for this teacher. Raises TeachersOnly."""
        async with self._read() as uow:
            actor = await require_author(uow, actor_id)
            found = await uow.teacher_requests.waiting(actor.id, everywhere=actor.is_admin, after=after, limit=PAGE + 1)
        return RequestPage(requests=tuple(found[:PAGE]), next_after=found[PAGE - 1].id if len(found) > PAGE else None)

    async def thread(self, actor_id: UserId, request_id: RequestId) -> RequestThread:
        """Raises RequestGone, also for whoever does not teach the course."""
        async with self._read() as uow:
            request = await _own_request(uow, actor_id, request_id)
            messages = await uow.teacher_requests.messages(request, limit=MAX_HISTORY_MESSAGES)
        return RequestThread(request=request, messages=tuple(messages))

    async def waits(self, actor_id: UserId, request_id: RequestId) -> bool:
        """Whether this teacher can still answer it; False also for what is gone."""
        async with self._read() as uow:
            try:
                request = await _own_request(uow, actor_id, request_id)
            except RequestGone:
                return False
        return request.answered_at is None

    async def answer(self, actor_id: UserId, request_id: RequestId, text: str) -> None:
        """Put the answer into the student's conversation and tell them. One teacher answers.

        Raises RequestGone, RequestAnswered, InvalidInput("answer", "empty" or "too_long").
        """
        answer = text.replace("\x00", "").strip()
        if not answer:
            raise InvalidInput("answer", "empty")
        if len(answer) > MAX_QUESTION:
            raise InvalidInput("answer", "too_long")
        now = self._now()
        async with self._begin() as uow:
            request = await _own_request(uow, actor_id, request_id)
            if not await uow.teacher_requests.close(request_id, actor_id, now):
                raise RequestAnswered(request_id)
            message = await uow.tutor.add_reply(request.session_id, NewReply(text=answer, kind=ReplyKind.TEACHER), now)
            if message is None:
                raise RequestGone(request_id)
            await uow.notifications.add(
                request.student_id,
                NoticeKind.DOUBT_ANSWERED,
                f"doubt_answered:{request_id}",
                {"session_id": request.session_id, "message_id": message.id},
                now,
            )
            await uow.commit()


async def _own_request(uow: UnitOfWork, actor_id: UserId, request_id: RequestId) -> TeacherRequest:
    try:
        actor: User = await require_author(uow, actor_id)
    except TeachersOnly:
        raise RequestGone(request_id) from None
    request = await uow.teacher_requests.get(request_id)
    course = await uow.courses.get(request.course_id) if request else None
    if request is None or course is None or not owns(actor, course):
        raise RequestGone(request_id)
    return request
