"""What teachers tell about themselves, for their cards."""

from domain.identity import UserId
from domain.learning.teachers import PublicProfile
from domain.unit_of_work import Begin


class OpenProfiles:
    """Only profiles that their owners show to everybody."""

    def __init__(self, *, read: Begin) -> None:
        self._read = read

    async def public_profile(self, user_id: UserId) -> PublicProfile | None:
        async with self._read() as uow:
            profile = await uow.profiles.get(user_id)
        if profile is None or not profile.is_open:
            return None
        return PublicProfile(bio=profile.bio, link=f"u_{profile.code}" if profile.code else None)
