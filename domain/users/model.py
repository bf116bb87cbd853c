"""Who uses the centre: students, teachers, admins."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from domain.language import Language

UserId = NewType("UserId", int)
"""The Telegram id: Telegram signs every update, so no other identity is needed."""

MAX_NAME = 100


class Role(StrEnum):
    STUDENT = "student"
    TEACHER = "teacher"
    ADMIN = "admin"


class RegistrationStep(StrEnum):
    """The next thing that registration asks; a half-done registration resumes here."""

    LANGUAGE = "language"
    NAME = "name"
    PHONE = "phone"
    SUBJECTS = "subjects"
    GOAL = "goal"
    MINUTES = "minutes"
    DONE = "done"


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
    """One person, as Telegram knows them and as they introduced themselves."""

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
    """The deep-link payload of the first `/start`, followed when registration is done."""
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
