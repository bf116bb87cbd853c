"""A course gets more teachers: its owner, or an admin, invites them by links that work once."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from domain.clock import Clock
from domain.courses.authorship import lock_course, owns, require_author
from domain.courses.coteaching_ports import CourseInvitation, TeachersPage
from domain.courses.errors import CourseInvitationSpent, NotYetTeacher, TooManyTeachers, WorkGone
from domain.courses.model import Course, CourseId
from domain.errors import NotAllowed
from domain.notifications.model import NoticeKind
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import INVITATION_LIFETIME, Offer, User, UserId

MAX_CO_TEACHERS = 20


def new_token() -> str:
    """192 random bits in 32 characters that a deep link may carry."""
    return secrets.token_urlsafe(24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """What whoever opens an invitation decides about."""

    course: Course
    token_hash: bytes
    is_member: bool
    """They teach the course already: there is nothing to decide, and the link stays unused."""


class CoTeaching:
    """The owner and admins invite and remove; whoever teaches the course sees who does.

    Roles and owners are read anew on each call. Methods about a course raise TeachersOnly for whoever may not teach,
    and WorkGone for what is missing or not their own.
    """

    def __init__(self, *, begin: Begin, read: Begin, now: Clock, make_token: Callable[[], str] = new_token) -> None:
        self._begin = begin
        self._read = read
        self._now = now
        self._make_token = make_token

    async def teachers(self, actor_id: UserId, course_id: CourseId) -> TeachersPage:
        async with self._read() as uow:
            actor = await require_author(uow, actor_id)
            page = await uow.course_teachers.page(course_id)
        if page is None or not owns(actor, page.course):
            raise WorkGone(f"course {course_id}")
        return replace(page, may_change=_commands(actor, page.course))

    async def invite(self, actor_id: UserId, course_id: CourseId) -> Offer:
        """A token that makes one teacher a co-teacher within 72 hours. Raises NotAllowed for co-teachers.

        Whoever has the token can use it, so only its SHA-256 is kept.
        """
        offer = Offer(token=self._make_token(), expires_at=self._now() + INVITATION_LIFETIME)
        async with self._begin() as uow:
            course = await _lock_to_command(uow, actor_id, course_id)
            if len(course.teacher_ids) >= MAX_CO_TEACHERS:
                raise TooManyTeachers(course_id)
            await uow.course_teachers.invite(
                CourseInvitation(
                    token_hash=digest(offer.token),
                    course_id=course_id,
                    created_by=actor_id,
                    expires_at=offer.expires_at,
                )
            )
            await uow.commit()
        return offer

    async def look_at(self, user_id: UserId, token: str) -> Welcome:
        """What the link invites to; nothing changes. Raises CourseInvitationSpent, NotYetTeacher."""
        async with self._read() as uow:
            user = await uow.users.get(user_id)
            invitation = await uow.course_teachers.invitation(digest(token))
            course = await uow.courses.get(invitation.course_id) if invitation else None
            if user is None or invitation is None or course is None:
                raise CourseInvitationSpent
            is_member = user.may_teach and course.is_taught_by(user_id)
            if not is_member:
                if invitation.taken_by is not None or invitation.expires_at <= self._now():
                    raise CourseInvitationSpent
                if not user.may_teach:
                    raise NotYetTeacher
                if not await _still_stands(uow, invitation, course):
                    raise CourseInvitationSpent
        return Welcome(course=course, token_hash=invitation.token_hash, is_member=is_member)

    async def join(self, user_id: UserId, token_hash: bytes) -> Course:
        """Teach the course from now on, and let the inviter and the owner know.

        Harmless for whoever teaches it already: the link stays unused. Raises NotYetTeacher, the link unused too;
        CourseInvitationSpent, also when the inviter may not invite any more; TooManyTeachers.
        """
        now = self._now()
        async with self._begin() as uow:
            user = await uow.users.get(user_id)
            invitation = await uow.course_teachers.invitation(token_hash)
            if user is None or invitation is None or await uow.courses.lock(invitation.course_id) is None:
                raise CourseInvitationSpent
            if not user.may_teach:
                raise NotYetTeacher
            # Read once more: whoever waited for the lock has seen the teachers from before.
            course = await uow.courses.get(invitation.course_id)
            if course is None:
                raise CourseInvitationSpent
            if course.is_taught_by(user_id):
                return course
            taken = await uow.course_teachers.take(token_hash, user_id, now)
            if taken is None or not await _still_stands(uow, taken, course):
                raise CourseInvitationSpent
            if len(course.teacher_ids) >= MAX_CO_TEACHERS:
                raise TooManyTeachers(course.id)
            await uow.course_teachers.add(course.id, user_id, now)
            for told in sorted({taken.created_by, UserId(course.owner_id)}):
                await uow.notifications.add(
                    told,
                    NoticeKind.CO_TEACHER_JOINED,
                    f"co_teacher_joined:{token_hash.hex()}",
                    {"user_id": user_id, "name": user.full_name, "course_id": course.id},
                    now,
                )
            await uow.commit()
        return replace(course, teacher_ids=course.teacher_ids | {user_id})

    async def remove(self, actor_id: UserId, course_id: CourseId, user_id: UserId) -> None:
        """Take a co-teacher off the course; twice is once. Raises NotAllowed for co-teachers."""
        async with self._begin() as uow:
            await _lock_to_command(uow, actor_id, course_id)
            await uow.course_teachers.remove(course_id, user_id)
            await uow.commit()

    async def leave(self, actor_id: UserId, course_id: CourseId) -> None:
        """A co-teacher leaves the course. Raises NotAllowed for the owner, and for an admin who does not teach it."""
        async with self._begin() as uow:
            await lock_course(uow, actor_id, course_id)
            if not await uow.course_teachers.remove(course_id, actor_id):
                raise NotAllowed
            await uow.commit()


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _commands(actor: User, course: Course) -> bool:
    return actor.is_admin or actor.id == course.owner_id


async def _lock_to_command(uow: UnitOfWork, actor_id: UserId, course_id: CourseId) -> Course:
    actor = await require_author(uow, actor_id)
    course = await lock_course(uow, actor_id, course_id)
    if not _commands(actor, course):
        raise NotAllowed
    return course


async def _still_stands(uow: UnitOfWork, invitation: CourseInvitation, course: Course) -> bool:
    """Whether its inviter could invite today: an owner who is a teacher still, or an admin."""
    inviter = await uow.users.get(invitation.created_by)
    return inviter is not None and inviter.may_teach and _commands(inviter, course)
