"""What the rules about profiles need kept."""

from collections.abc import Sequence
from typing import Protocol

from domain.identity import UserId
from domain.users.profiles import LinkKind, Profile, ProfileCode, Skill, SkillId, TaughtCourse, Topic


class Profiles(Protocol):
    async def get(self, user_id: UserId) -> Profile | None:
        """With links and skills, also when nothing was ever told; None when nobody has this id."""
        ...

    async def with_code(self, code: ProfileCode) -> Profile | None: ...

    async def set_code(self, user_id: UserId, code: ProfileCode) -> None:
        """A new code in place of the old one."""
        ...

    async def begin(self, user_id: UserId, code: ProfileCode) -> ProfileCode:
        """The code that there is; this one when there was none."""
        ...

    async def set_public(self, user_id: UserId, is_public: bool) -> None:
        """This and the other setters change a profile that was begun."""
        ...

    async def set_bio(self, user_id: UserId, bio: str | None) -> None: ...

    async def set_location(self, user_id: UserId, location: str | None) -> None: ...

    async def show_username(self, user_id: UserId, is_shown: bool) -> None: ...

    async def set_link(self, user_id: UserId, kind: LinkKind, url: str | None) -> None: ...

    async def add_skill(self, user_id: UserId, name: str, folded: str, level: int) -> Skill | None:
        """The skill of that name, new or not; None when there is no place for another one."""
        ...

    async def set_level(self, user_id: UserId, skill_id: SkillId, level: int) -> bool: ...

    async def remove_skill(self, user_id: UserId, skill_id: SkillId) -> bool: ...

    async def finished_topics(self, user_id: UserId) -> Sequence[Topic]:
        """Categories and subjects of the courses that the user has finished."""
        ...

    async def taught_by(self, user_id: UserId, limit: int) -> Sequence[TaughtCourse]:
        """Published courses of somebody who may teach, as owner or co-teacher; newest first."""
        ...
