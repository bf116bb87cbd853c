"""The users' part of a unit of work in memory: changes count when committed, and are gone otherwise."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from domain.notifications.model import NoticeData, NoticeKind, NoticeStatus, Notification, NotificationId
from domain.unit_of_work import UnitOfWork
from domain.users.model import Card, Invitation, Role, SubjectId, User, UserId


@dataclass
class Kept:
    """What a database would hold."""

    users: dict[UserId, User] = field(default_factory=dict[UserId, User])
    subjects: dict[UserId, list[SubjectId]] = field(default_factory=dict[UserId, list[SubjectId]])
    invitations: dict[bytes, Invitation] = field(default_factory=dict[bytes, Invitation])
    notices: dict[tuple[UserId, str], NoticeKind] = field(default_factory=dict[tuple[UserId, str], NoticeKind])
    requeued: list[UserId] = field(default_factory=list[UserId])
    roles: list[tuple[UserId | None, UserId, Role]] = field(default_factory=list[tuple[UserId | None, UserId, Role]])
    """Who gave whom which role."""


class FakeUsers:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    async def get(self, user_id: UserId) -> User | None:
        return self._kept.users.get(user_id)

    async def lock(self, user_id: UserId) -> User | None:
        return self._kept.users.get(user_id)

    async def add(self, user: User) -> User:
        return self._kept.users.setdefault(user.id, user)

    async def save(self, user: User) -> None:
        stored = self._kept.users[user.id]
        self._kept.users[user.id] = replace(user, role=stored.role, is_reachable=stored.is_reachable)

    async def set_role(self, user_id: UserId, role: Role, *, by: UserId | None = None) -> bool:
        if user_id not in self._kept.users:
            return False
        self._kept.roles.append((by, user_id, role))
        self._kept.users[user_id] = replace(self._kept.users[user_id], role=role)
        return True

    async def set_reachable(self, user_id: UserId, is_reachable: bool) -> bool:
        user = self._kept.users.get(user_id)
        if user is None or user.is_reachable == is_reachable:
            return False
        self._kept.users[user_id] = replace(user, is_reachable=is_reachable)
        return True

    async def subjects_of(self, user_id: UserId) -> Sequence[SubjectId]:
        return self._kept.subjects.get(user_id, [])

    async def add_subject(self, user_id: UserId, subject: SubjectId) -> None:
        self._kept.subjects[user_id] = sorted({*self._kept.subjects.get(user_id, ()), subject})

    async def remove_subject(self, user_id: UserId, subject: SubjectId) -> None:
        self._kept.subjects[user_id] = [kept for kept in self._kept.subjects.get(user_id, ()) if kept != subject]

    async def card(self, user_id: UserId) -> Card | None:
        user = self._kept.users.get(user_id)
        return Card(user=user, subjects=(), course_count=0, lessons_done=0) if user else None

    async def admins(self) -> Sequence[User]:
        return [user for user in self._kept.users.values() if user.is_admin]


class FakeInvitations:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    async def add(self, invitation: Invitation) -> None:
        self._kept.invitations[invitation.token_hash] = invitation

    async def get(self, token_hash: bytes) -> Invitation | None:
        return self._kept.invitations.get(token_hash)

    async def take(self, token_hash: bytes, taken_by: UserId, now: datetime) -> Invitation | None:
        invitation = self._kept.invitations.get(token_hash)
        if invitation is None or invitation.taken_by is not None or invitation.expires_at <= now:
            return None
        self._kept.invitations[token_hash] = replace(invitation, taken_by=taken_by)
        return self._kept.invitations[token_hash]


class FakeNotifications:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    async def add(self, user_id: UserId, kind: NoticeKind, key: str, data: NoticeData, now: datetime) -> bool:
        if (user_id, key) in self._kept.notices:
            return False
        self._kept.notices[user_id, key] = kind
        return True

    async def get(self, notification_id: NotificationId) -> Notification | None:
        raise LookupError(notification_id)

    async def set_status(self, notification_id: NotificationId, status: NoticeStatus, now: datetime) -> None:
        raise LookupError(notification_id)

    async def requeue_blocked(self, user_id: UserId) -> int:
        self._kept.requeued.append(user_id)
        return 1


class FakeUnitOfWork:
    """Only what the users' rules ask for; anything else is an AttributeError."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.is_committed = False

    @property
    def users(self) -> FakeUsers:
        return FakeUsers(self.kept)

    @property
    def invitations(self) -> FakeInvitations:
        return FakeInvitations(self.kept)

    @property
    def notifications(self) -> FakeNotifications:
        return FakeNotifications(self.kept)

    async def commit(self) -> None:
        self.is_committed = True


class FakeDatabase:
    """`begin` works on a copy that a commit puts in place, so a forgotten commit or a rollback shows."""

    def __init__(self) -> None:
        self.kept = Kept()
        self.transactions = 0
        self.commits = 0

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        self.transactions += 1
        unit = FakeUnitOfWork(deepcopy(self.kept))
        yield cast("UnitOfWork", unit)
        if unit.is_committed:
            self.kept = unit.kept
            self.commits += 1

    @asynccontextmanager
    async def read(self) -> AsyncIterator[UnitOfWork]:
        yield cast("UnitOfWork", FakeUnitOfWork(deepcopy(self.kept)))
