"""Who uses the centre: students, teachers, admins."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from domain.errors import InvalidInput
from domain.identity import UserId
from domain.language import Language, Text
from domain.users.errors import NotYetThere

SubjectId = NewType("SubjectId", int)
"""The id of a root category: what somebody wants to learn."""

MAX_NAME = 100
MAX_LINK = 64
"""Characters of a deep-link payload, by Telegram's rule."""
INVITATION_LIFETIME = timedelta(hours=72)


class Role(StrEnum):
    STUDENT = "student"
    TEACHER = "teacher"
    ADMIN = "admin"


class RegistrationStep(StrEnum):
    """The next thing that registration asks, in this order; a half-done registration resumes here."""

    LANGUAGE = "language"
    NAME = "name"
    PHONE = "phone"
    SUBJECTS = "subjects"
    GOAL = "goal"
    MINUTES = "minutes"
    DONE = "done"

    @property
    def next(self) -> "RegistrationStep":
        """The step after this one; nothing comes after DONE."""
        return _ORDER[min(_ORDER.index(self) + 1, len(_ORDER) - 1)]


_ORDER = tuple(RegistrationStep)
_REQUIRED = (RegistrationStep.LANGUAGE, RegistrationStep.NAME, RegistrationStep.PHONE)
"""Steps that must be answered (the phone: answered or, where the centre permits it, declined)."""


class Goal(StrEnum):
    """Why somebody learns; asked once, changeable in the settings."""

    EXAM = "exam"
    SCHOOL = "school"
    WORK = "work"
    SELF = "self"


DAILY_MINUTES = (5, 10, 15, 30, 60)
"""The choices for minutes of study a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One person, as Telegram knows them and as they introduced themselves.

    Answers to registration are the same methods as later edits: an answer moves registration on only from its own
    step, so answering twice, or editing long afterwards, changes the answer and nothing else.
    """

    id: UserId
    full_name: str
    username: str | None
    language: Language
    role: Role
    step: RegistrationStep
    phone: str | None
    timezone: str
    goal: Goal | None
    daily_minutes: int | None
    pending_link: str | None
    """The deep-link payload of a `/start` before registration, followed when registration is done."""
    is_muted: bool
    """True after `/logout`: nothing is sent that was not asked for, until the next `/start`."""
    is_reachable: bool = True
    """False while they have blocked the bot."""
    created_at: datetime

    @property
    def is_registered(self) -> bool:
        return self.step is RegistrationStep.DONE

    @property
    def may_teach(self) -> bool:
        return self.role in (Role.TEACHER, Role.ADMIN)

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN

    def answered(self, step: RegistrationStep) -> "User":
        """Registration goes on to the next question if this one was the open one."""
        return replace(self, step=step.next) if self.step is step else self

    def speak(self, language: Language) -> "User":
        return replace(self, language=language).answered(RegistrationStep.LANGUAGE)

    def introduce(self, full_name: str) -> "User":
        """`full_name` is clean already (see `names.clean_name`)."""
        return replace(self, full_name=full_name).answered(RegistrationStep.NAME)

    def call_at(self, phone: str) -> "User":
        """`phone` is E.164 and proven to be theirs."""
        return replace(self, phone=phone).answered(RegistrationStep.PHONE)

    def aim_at(self, goal: Goal | None) -> "User":
        return replace(self, goal=goal).answered(RegistrationStep.GOAL)

    def study_daily(self, minutes: int | None) -> "User":
        """Minutes a day; None is no aim. Raises InvalidInput for a number that is not one of the choices."""
        if minutes is not None and minutes not in DAILY_MINUTES:
            raise InvalidInput("daily_minutes", "not_a_choice")
        return replace(self, daily_minutes=minutes).answered(RegistrationStep.MINUTES)

    def start_learning(self) -> "User":
        """Leave out the questions that are still open. Raises NotYetThere while a required one is among them."""
        if self.step in _REQUIRED:
            raise NotYetThere
        return replace(self, step=RegistrationStep.DONE)

    def bring_link(self, payload: str | None) -> "User":
        """Remember where a `/start` was to lead until registration is done; a newer link replaces an older one."""
        if self.is_registered or not payload or len(payload) > MAX_LINK:
            return self
        return replace(self, pending_link=payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A link that makes somebody a teacher, once. Only the SHA-256 of its token is kept."""

    token_hash: bytes
    created_by: UserId
    expires_at: datetime
    taken_by: UserId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A fresh invitation, as its inviter passes it on; the token is known only now."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What somebody sees about themselves."""

    user: User
    subjects: tuple[Text, ...]
    course_count: int
    lessons_done: int
