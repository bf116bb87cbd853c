"""People tell about themselves, decide who may see it, and look at each other's cards."""

from collections.abc import Awaitable, Callable, Sequence

from domain.folding import fold
from domain.language import Language
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.errors import ProfileGone, SkillGone, TooManySkills, UserUnknown
from domain.users.model import Role, UserId
from domain.users.profile_ports import Profiles
from domain.users.profiles import (
    MAX_SKILL,
    LinkKind,
    Profile,
    ProfileCode,
    PublicCard,
    Skill,
    SkillId,
    Topic,
    checked_level,
    clean_bio,
    clean_location,
    clean_skill,
    new_profile_code,
)
from domain.users.social import clean_link

MAX_COURSES = 10
"""Courses on a card."""
MAX_SUGGESTIONS = 6
FIRST_LEVEL = 3


class ProfileService:
    """Everybody changes their own profile only: no method takes anybody else's id."""

    def __init__(self, *, begin: Begin, read: Begin, new_code: Callable[[], ProfileCode] = new_profile_code) -> None:
        self._begin = begin
        self._read = read
        self._new_code = new_code

    async def own(self, user_id: UserId) -> Profile:
        """One's own profile; the first look gives it its code. Raises UserUnknown."""
        async with self._read() as uow:
            profile = await uow.profiles.get(user_id)
        if profile is None:
            raise UserUnknown(user_id)
        if profile.code is not None:
            return profile
        await self._change(user_id, _nothing)
        async with self._read() as uow:
            return await uow.profiles.get(user_id) or profile

    async def public_card(self, viewer_id: UserId, code: str) -> PublicCard:
        """What the viewer may see of the profile with this code.

        Raises ProfileGone alike for a closed and for an unknown one; owners see their own also when it is closed.
        """
        async with self._read() as uow:
            profile = await uow.profiles.with_code(ProfileCode(code))
            is_own = profile is not None and profile.user_id == viewer_id
            if profile is None or profile.code is None or not (profile.is_open or is_own):
                raise ProfileGone
            courses = await uow.profiles.taught_by(profile.user_id, MAX_COURSES)
        return PublicCard(
            code=profile.code,
            name=profile.full_name,
            is_teacher=profile.role is Role.TEACHER or bool(courses),
            bio=profile.bio,
            location=profile.location,
            username=profile.username if profile.shows_username else None,
            links=profile.links,
            skills=profile.skills,
            courses=tuple(courses),
            is_own=is_own,
            is_open=profile.is_open,
        )

    async def code_to_show(self, user_id: UserId) -> ProfileCode | None:
        """The code that leads others to this profile, for whoever names the person anyway, as a course its teacher;
        None while it is closed."""
        async with self._read() as uow:
            profile = await uow.profiles.get(user_id)
        if profile is None or not profile.is_open:
            return None
        if profile.code is not None:
            return profile.code
        return (await self.own(user_id)).code

    async def renew_code(self, user_id: UserId) -> None:
        """Links that were given away lead nowhere from now on."""
        await self._change(user_id, lambda profiles: profiles.set_code(user_id, self._new_code()))

    async def open_to_everyone(self, user_id: UserId, *, is_public: bool) -> None:
        await self._change(user_id, lambda profiles: profiles.set_public(user_id, is_public))

    async def tell_bio(self, user_id: UserId, text: str | None) -> None:
        """None takes it away. Raises InvalidInput("bio", …)."""
        bio = None if text is None else clean_bio(text)
        await self._change(user_id, lambda profiles: profiles.set_bio(user_id, bio))

    async def tell_location(self, user_id: UserId, text: str | None) -> None:
        """None takes it away. Raises InvalidInput("location", …)."""
        location = None if text is None else clean_location(text)
        await self._change(user_id, lambda profiles: profiles.set_location(user_id, location))

    async def show_username(self, user_id: UserId, *, is_shown: bool) -> None:
        await self._change(user_id, lambda profiles: profiles.show_username(user_id, is_shown))

    async def set_link(self, user_id: UserId, kind: LinkKind, text: str | None) -> None:
        """None takes it away. Raises InvalidInput("link", …)."""
        url = None if text is None else clean_link(kind, text)
        await self._change(user_id, lambda profiles: profiles.set_link(user_id, kind, url))

    async def suggestions(self, user_id: UserId) -> Sequence[Topic]:
        """Topics of finished courses that are not among the user's skills yet."""
        async with self._read() as uow:
            topics = await uow.profiles.finished_topics(user_id)
            profile = await uow.profiles.get(user_id)
        known = {fold(skill.name) for skill in profile.skills} if profile else set[str]()
        fresh = [topic for topic in topics if known.isdisjoint(_folded_names(topic))]
        return fresh[:MAX_SUGGESTIONS]

    async def add_skill(self, user_id: UserId, text: str, level: int = FIRST_LEVEL) -> Skill:
        """The skill of that name; one that is there already stays as it is.

        Raises InvalidInput("skill", …), InvalidInput("level", …), TooManySkills.
        """
        name, folded = clean_skill(text)
        level = checked_level(level)
        async with self._begin() as uow:
            await _lock(uow, user_id)
            skill = await uow.profiles.add_skill(user_id, name, folded, level)
            if skill is None:
                raise TooManySkills
            await uow.commit()
        return skill

    async def add_suggested(self, user_id: UserId, topic_id: int, language: Language) -> Skill:
        """A topic of a finished course, called as the language calls it; a long title is cut.

        Raises SkillGone for what was not suggested, TooManySkills.
        """
        async with self._read() as uow:
            topics = await uow.profiles.finished_topics(user_id)
        topic = next((topic for topic in topics if topic.id == topic_id), None)
        if topic is None:
            raise SkillGone(topic_id)
        return await self.add_skill(user_id, topic.title.read_in(language)[:MAX_SKILL])

    async def set_level(self, user_id: UserId, skill_id: SkillId, level: int) -> None:
        """Raises InvalidInput("level", …), SkillGone."""
        level = checked_level(level)
        async with self._begin() as uow:
            if not await uow.profiles.set_level(user_id, skill_id, level):
                raise SkillGone(skill_id)
            await uow.commit()

    async def remove_skill(self, user_id: UserId, skill_id: SkillId) -> None:
        """Raises SkillGone."""
        async with self._begin() as uow:
            if not await uow.profiles.remove_skill(user_id, skill_id):
                raise SkillGone(skill_id)
            await uow.commit()

    async def _change(self, user_id: UserId, change: Callable[[Profiles], Awaitable[None]]) -> None:
        """Of a profile that has a code, from its first change on. Raises UserUnknown."""
        async with self._begin() as uow:
            await _lock(uow, user_id)
            await uow.profiles.begin(user_id, self._new_code())
            await change(uow.profiles)
            await uow.commit()


async def _nothing(_profiles: Profiles) -> None:
    return None


async def _lock(uow: UnitOfWork, user_id: UserId) -> None:
    if await uow.users.lock(user_id) is None:
        raise UserUnknown(user_id)


def _folded_names(topic: Topic) -> set[str]:
    """In each of its languages, as a skill of that name would be folded."""
    return {fold(name[:MAX_SKILL]) for name in topic.title.variants.values()}
