"""What the main menu puts first: the lesson that is next, and the cards that wait."""

from dataclasses import dataclass

from domain.clock import Clock
from domain.learning.shelf_model import Place
from domain.review.calendar import day_of
from domain.unit_of_work import Begin
from domain.users.model import UserId


@dataclass(frozen=True, slots=True)
class Home:
    place: Place | None
    cards_left: int
    """Of today's set."""


class HomeService:
    def __init__(self, *, read: Begin, now: Clock) -> None:
        self._read = read
        self._now = now

    async def home(self, user_id: UserId) -> Home:
        """One statement. Cards that are held back are counted here too: looking for them would cost every menu more
        than a number that is one too high for the length of an exam. Raises CardGone when there is no such student."""
        now = self._now()
        async with self._read() as uow:
            place, today = await uow.review.home(user_id, now)
        return Home(place, today.left(day_of(now, today.timezone)))
