"""What people tell about themselves, and to whom."""

import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

from domain.errors import InvalidInput
from domain.folding import fold
from domain.identity import UserId
from domain.language import Text
from domain.printable import printable_line, printable_lines
from domain.users.model import Role

SkillId = NewType("SkillId", int)
ProfileCode = NewType("ProfileCode", str)
"""The name of a profile in links (`u_<code>`): random, so that nobody is found by trying, and renewable."""

MAX_BIO = 300
MAX_LOCATION = 60
MAX_SKILL = 40
MAX_SKILLS = 20
SKILL_LEVELS = (1, 2, 3, 4, 5)


class LinkKind(StrEnum):
    """Where somebody can be found besides Telegram; one link of each kind."""

    INSTAGRAM = "instagram"
    YOUTUBE = "youtube"
    GITHUB = "github"
    LINKEDIN = "linkedin"
    WEBSITE = "website"


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """What somebody says they can do, from 1 (a beginner) to 5 (could teach it)."""

    id: SkillId
    name: str
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One's own profile, as its owner sees and changes it."""

    user_id: UserId
    full_name: str
    role: Role
    username: str | None
    """Telegram's @name without its sign, as it is now."""
    code: ProfileCode | None
    """None until the owner first looks at it."""
    is_public: bool | None = None
    """None: never decided. Teachers are then shown, as their courses already name them; nobody else is."""
    bio: str | None = None
    location: str | None = None
    shows_username: bool = False
    links: dict[LinkKind, str] = field(default_factory=dict[LinkKind, str])
    skills: tuple[Skill, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether others may see it."""
        return self.role is Role.TEACHER if self.is_public is None else self.is_public


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A category of courses, as a skill that may be had from them."""

    id: int
    title: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class TaughtCourse:
    """A published course of a teacher."""

    id: int
    title: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicCard:
    """What others see: neither a phone number nor a Telegram id, and the @name only if its owner shows it."""

    code: ProfileCode
    name: str
    is_teacher: bool
    bio: str | None
    location: str | None
    username: str | None
    links: dict[LinkKind, str]
    skills: tuple[Skill, ...]
    courses: tuple[TaughtCourse, ...]
    is_own: bool
    is_open: bool
    """False on one's own only: others are not shown a closed profile."""


def new_profile_code() -> ProfileCode:
    """96 random bits."""
    return ProfileCode(secrets.token_urlsafe(12))


def clean_bio(text: str) -> str:
    """Raises InvalidInput("bio", …): "empty", "too_long" over MAX_BIO characters."""
    bio = printable_lines(text)
    if not bio:
        raise InvalidInput("bio", "empty")
    if len(bio) > MAX_BIO:
        raise InvalidInput("bio", "too_long")
    return bio


def clean_location(text: str) -> str:
    """Raises InvalidInput("location", …): "empty" without a letter, "too_long" over MAX_LOCATION characters."""
    location = printable_line(text)
    if not any(character.isalpha() for character in location):
        raise InvalidInput("location", "empty")
    if len(location) > MAX_LOCATION:
        raise InvalidInput("location", "too_long")
    return location


def clean_skill(text: str) -> tuple[str, str]:
    """The name as it is shown, and folded: two skills of one person are never folded alike.

    Raises InvalidInput("skill", …): "empty" without a letter or digit, "too_long" over MAX_SKILL characters.
    """
    name = printable_line(text)
    folded = fold(name)
    if not any(character.isalnum() for character in folded):
        raise InvalidInput("skill", "empty")
    if len(name) > MAX_SKILL:
        raise InvalidInput("skill", "too_long")
    return name, folded


def checked_level(level: int) -> int:
    """Raises InvalidInput("level", "not_a_choice")."""
    if level not in SKILL_LEVELS:
        raise InvalidInput("level", "not_a_choice")
    return level
