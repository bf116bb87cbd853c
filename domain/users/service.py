"""People arrive, introduce themselves, change their mind, and get their roles."""

import hashlib
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from domain.clock import Clock
from domain.errors import NotAllowed
from domain.language import Language
from domain.notifications.model import NoticeKind
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.errors import (
    ForeignContact,
    InvitationSpent,
    NotYetThere,
    PhoneRequired,
    RoleIsFixed,
    UserUnknown,
)
from domain.users.model import (
    INVITATION_LIFETIME,
    Card,
    Goal,
    Invitation,
    Offer,
    RegistrationStep,
    Role,
    SubjectId,
    User,
    UserId,
)
from domain.users.names import clean_name, name_at_first_sight
from domain.users.phone import normalise_phone


def new_token() -> str:
    """192 random bits in 32 characters that a deep link may carry."""
    return secrets.token_urlsafe(24)


class UserService:
    """One method per use case. Ids of actors come from Telegram's signed updates, and roles from the database."""

    def __init__(
        self,
        *,
        begin: Begin,
        read: Begin,
        now: Clock,
        admin_ids: Collection[int] = (),
        default_language: Language = Language.UZ,
        timezone: str = "Asia/Tashkent",
        phone_required: bool = False,
        make_token: Callable[[], str] = new_token,
    ) -> None:
        self._begin = begin
        self._read = read
        self._now = now
        self._admin_ids = frozenset(admin_ids)
        self._default_language = default_language
        self._timezone = timezone
        self.phone_required = phone_required
        self._make_token = make_token

    async def find(self, user_id: UserId) -> User | None:
        async with self._read() as uow:
            return await uow.users.get(user_id)

    async def arrive(
        self,
        user_id: UserId,
        full_name: str,
        username: str | None,
        language_code: str | None,
        link_payload: str | None = None,
    ) -> User:
        """The user, created at first contact; of two updates that both are the first, one creates them.

        Names and language are Telegram's until they introduce themselves. Whoever the operator's settings name is an
        admin from here on.
        """
        known = await self.find(user_id)
        if known is not None:
            return await self.welcome(known, username, link_payload)
        newcomer = User(
            id=user_id,
            full_name=name_at_first_sight(full_name, username, user_id),
            username=username,
            language=Language.of_code(language_code, self._default_language),
            role=Role.ADMIN if user_id in self._admin_ids else Role.STUDENT,
            step=RegistrationStep.LANGUAGE,
            phone=None,
            timezone=self._timezone,
            goal=None,
            daily_minutes=None,
            pending_link=None,
            is_muted=False,
            created_at=self._now(),
        ).bring_link(link_payload)
        async with self._begin() as uow:
            stored = await uow.users.add(newcomer)
            await uow.commit()
        return stored

    async def welcome(self, user: User, username: str | None, link_payload: str | None = None) -> User:
        """Somebody known says `/start`: heard and told things again, at their new @name, on the way to the link.

        `user` was just read. Costs no statement when nothing has changed, which is the rule.
        """
        is_new_admin = user.id in self._admin_ids and not user.is_admin
        if user.is_reachable and not is_new_admin and _returned(user, username, link_payload) == user:
            return user
        async with self._begin() as uow:
            before = await _known(uow, user.id)
            user = _returned(before, username, link_payload)
            await uow.users.save(user)
            if is_new_admin:
                await uow.users.set_role(user.id, Role.ADMIN)
            if await uow.users.set_reachable(user.id, is_reachable=True) or before.is_muted:
                await uow.notifications.requeue_blocked(user.id)
            await uow.commit()
        return replace(user, is_reachable=True, role=Role.ADMIN if is_new_admin else user.role)

    async def choose_language(self, user_id: UserId, language: Language) -> User:
        return await self._change(user_id, lambda user: user.speak(language))

    async def introduce(self, user_id: UserId, full_name: str) -> User:
        """Raises InvalidInput("full_name", …) as `names.clean_name` does."""
        name = clean_name(full_name)
        return await self._change(user_id, lambda user: user.introduce(name))

    async def share_phone(self, user_id: UserId, contact_user_id: int | None, phone: str) -> User:
        """Only a contact that Telegram says is the sender's own counts: a number alone proves nothing.

        Raises ForeignContact, InvalidInput("phone", "format").
        """
        if contact_user_id != user_id:
            raise ForeignContact
        number = normalise_phone(phone)
        return await self._change(user_id, lambda user: user.call_at(number))

    async def forget_phone(self, user_id: UserId) -> User:
        """Raises PhoneRequired where the centre wants a number of everybody."""
        if self.phone_required:
            raise PhoneRequired
        return await self._change(user_id, lambda user: replace(user, phone=None))

    async def choose_subject(self, user_id: UserId, subject: SubjectId, *, is_chosen: bool) -> None:
        """Add or take away one subject; the question stays open, because one may choose several."""
        async with self._begin() as uow:
            if is_chosen:
                await uow.users.add_subject(user_id, subject)
            else:
                await uow.users.remove_subject(user_id, subject)
            await uow.commit()

    async def subjects_of(self, user_id: UserId) -> Sequence[SubjectId]:
        async with self._read() as uow:
            return await uow.users.subjects_of(user_id)

    async def choose_goal(self, user_id: UserId, goal: Goal | None) -> User:
        return await self._change(user_id, lambda user: user.aim_at(goal))

    async def choose_daily_minutes(self, user_id: UserId, minutes: int | None) -> User:
        """Raises InvalidInput("daily_minutes", "not_a_choice")."""
        return await self._change(user_id, lambda user: user.study_daily(minutes))

    async def skip(self, user_id: UserId, step: RegistrationStep) -> User:
        """Go on from a question with the answer that there is, or none.

        Raises PhoneRequired, and NotYetThere for language and name.
        """
        match step:
            case RegistrationStep.LANGUAGE | RegistrationStep.NAME:
                raise NotYetThere
            case RegistrationStep.PHONE if self.phone_required:
                raise PhoneRequired
            case _:
                return await self._change(user_id, lambda user: user.answered(step))

    async def start_learning(self, user_id: UserId) -> User:
        """End the registration, the skippable questions unasked. Raises NotYetThere."""
        return await self._change(user_id, lambda user: user.start_learning())

    async def link_followed(self, user_id: UserId) -> None:
        """Forget the deep link that has led somewhere now."""
        await self._change(user_id, lambda user: replace(user, pending_link=None))

    async def card(self, user_id: UserId) -> Card:
        async with self._read() as uow:
            card = await uow.users.card(user_id)
        if card is None:
            raise UserUnknown(user_id)
        return card

    async def log_out(self, user_id: UserId) -> None:
        """Nothing is sent unasked until the next `/start`. What they own and did stays."""
        await self._change(user_id, lambda user: replace(user, is_muted=True))

    async def come_back(self, user_id: UserId) -> None:
        """They unblocked the bot: what could not be delivered meanwhile goes out now."""
        async with self._begin() as uow:
            if await uow.users.set_reachable(user_id, is_reachable=True):
                await uow.notifications.requeue_blocked(user_id)
            await uow.commit()

    async def blocked_the_bot(self, user_id: UserId) -> None:
        async with self._begin() as uow:
            await uow.users.set_reachable(user_id, is_reachable=False)
            await uow.commit()

    async def invite_teacher(self, actor_id: UserId) -> Offer:
        """A token that makes one person a teacher within 72 hours. Raises NotAllowed.

        Whoever has the token can use it, so only its SHA-256 is kept: a copy of the database makes nobody a teacher.
        """
        offer = Offer(token=self._make_token(), expires_at=self._now() + INVITATION_LIFETIME)
        invitation = Invitation(token_hash=_digest(offer.token), created_by=actor_id, expires_at=offer.expires_at)
        async with self._begin() as uow:
            await _require_admin(uow, actor_id)
            await uow.invitations.add(invitation)
            await uow.commit()
        return offer

    async def accept_invitation(self, user_id: UserId, token: str) -> User:
        """Become a teacher and let the inviter know. Harmless for whoever may teach already: the link stays unused.

        Raises InvitationSpent also when the inviter is no longer an admin.
        """
        async with self._begin() as uow:
            user = await _known(uow, user_id)
            if user.may_teach:
                return user
            invitation = await uow.invitations.take(_digest(token), user_id, self._now())
            inviter = await uow.users.get(invitation.created_by) if invitation else None
            if invitation is None or inviter is None or not inviter.is_admin:
                raise InvitationSpent
            await uow.users.set_role(user_id, Role.TEACHER, by=inviter.id)
            await uow.notifications.add(
                inviter.id,
                NoticeKind.TEACHER_JOINED,
                f"teacher_joined:{invitation.token_hash.hex()}",
                {"user_id": user_id, "name": user.full_name},
                self._now(),
            )
            await uow.commit()
        return replace(user, role=Role.TEACHER)

    async def set_role(self, actor_id: UserId, user_id: UserId, role: Role) -> User:
        """An admin gives somebody a role; it counts from that person's next update on.

        Raises NotAllowed, RoleIsFixed (one's own, or an admin of the operator's settings), UserUnknown.
        """
        async with self._begin() as uow:
            await _require_admin(uow, actor_id)
            if user_id == actor_id or (user_id in self._admin_ids and role is not Role.ADMIN):
                raise RoleIsFixed
            user = await _known(uow, user_id)
            await uow.users.set_role(user_id, role, by=actor_id)
            await uow.commit()
        return replace(user, role=role)

    async def _change(self, user_id: UserId, change: Callable[[User], User]) -> User:
        async with self._begin() as uow:
            before = await _known(uow, user_id)
            after = change(before)
            if after != before:
                await uow.users.save(after)
                await uow.commit()
        return after


def _returned(user: User, username: str | None, link_payload: str | None) -> User:
    return replace(user, username=username, is_muted=False).bring_link(link_payload)


async def _known(uow: UnitOfWork, user_id: UserId) -> User:
    user = await uow.users.lock(user_id)
    if user is None:
        raise UserUnknown(user_id)
    return user


async def _require_admin(uow: UnitOfWork, actor_id: UserId) -> None:
    actor = await uow.users.get(actor_id)
    if actor is None or not actor.is_admin:
        raise NotAllowed


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
