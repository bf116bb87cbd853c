"""What the rules about users need kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.users.model import Card, Invitation, Role, SubjectId, User, UserId


class Users(Protocol):
    async def get(self, user_id: UserId) -> User | None: ...

    async def lock(self, user_id: UserId) -> User | None:
        """Read them to change them: nobody else does until this transaction ends."""
        ...

    async def add(self, user: User) -> User:
        """Keep a new user; when another update was faster, the stored one is returned unchanged."""
        ...

    async def save(self, user: User) -> None:
        """Keep what people change about themselves: all but role and reachability, which others decide."""
        ...

    async def set_role(self, user_id: UserId, role: Role, *, by: UserId | None = None) -> bool:
        """False when nobody has this id. `by` goes into the audit log; None: the operator's settings say so."""
        ...

    async def set_reachable(self, user_id: UserId, is_reachable: bool) -> bool:
        """Note that Telegram does (not) let the bot write to them; True when that changed something."""
        ...

    async def subjects_of(self, user_id: UserId) -> Sequence[SubjectId]: ...

    async def add_subject(self, user_id: UserId, subject: SubjectId) -> None:
        """Twice is once; an id that is no subject (root category) is left out."""
        ...

    async def remove_subject(self, user_id: UserId, subject: SubjectId) -> None: ...

    async def card(self, user_id: UserId) -> Card | None:
        """One query for the whole card."""
        ...

    async def admins(self) -> Sequence[User]: ...


class Invitations(Protocol):
    async def add(self, invitation: Invitation) -> None: ...

    async def get(self, token_hash: bytes) -> Invitation | None: ...

    async def take(self, token_hash: bytes, taken_by: UserId, now: datetime) -> Invitation | None:
        """Use it up if it is unused and not expired: one conditional update, so that one of two racers wins."""
        ...
