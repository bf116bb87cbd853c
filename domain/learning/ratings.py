"""What finished students say about a course: one to five stars and, if they like, a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from domain.clock import Clock
from domain.courses.model import Course, CourseId
from domain.errors import DomainError, Gone, InvalidInput, NotAllowed
from domain.identity import UserId
from domain.learning.errors import CourseGone
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.names import tidy

RatingId = NewType("RatingId", int)

MOST_STARS = 5
MAX_COMMENT = 500
MIN_HIDE_REASON = 3
MAX_HIDE_REASON = 200
PAGE = 5


class NotFinished(DomainError):
    """Only who has finished a course rates it."""


class NotRated(DomainError):
    """A sentence goes with stars: they come first."""


class RatingGone(Gone):
    """There is no such rating, or not any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    id: RatingId
    course_id: CourseId
    user_id: UserId
    stars: int
    """From 1 to 5."""
    comment: str | None
    created_at: datetime
    updated_at: datetime
    hidden_at: datetime | None = None
    hide_reason: str | None = None
    """Why an admin hid it: it is shown to nobody else and counts for nothing, whatever its author changes in it."""

    @property
    def is_hidden(self) -> bool:
        return self.hidden_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingFacts:
    """All that decides whether somebody may rate a course, and what they said already."""

    course: Course
    is_member: bool
    """They take the course, took it, or left it."""
    has_finished: bool
    """The enrolment is completed, or every published lesson is done."""
    own: Rating | None

    def may_rate(self, user_id: UserId) -> bool:
        return self.has_finished and not self.course.is_taught_by(user_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One rating as others see it."""

    rating: Rating
    author: str
    """First name and an initial."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviews:
    """One page of what is said about a course, newest first."""

    course: Course
    reviews: Sequence[Review]
    older: RatingId | None
    """Where the next page begins; None on the last one."""
    own: Rating | None
    may_rate: bool
    may_hide: bool


class RatingService:
    """A rating is its author's; hiding one is the admins'."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def facts(self, user_id: UserId, course_id: CourseId) -> RatingFacts:
        """Raises CourseGone."""
        async with self._read() as uow:
            return await _facts(uow, user_id, course_id)

    async def rate(self, user_id: UserId, course_id: CourseId, stars: int) -> Rating:
        """Give stars, or change them: a student has one rating a course. Raises NotFinished, CourseGone,
        InvalidInput("stars", "not_a_choice")."""
        if not 1 <= stars <= MOST_STARS:
            raise InvalidInput("stars", "not_a_choice")
        async with self._begin() as uow:
            if not (await _facts(uow, user_id, course_id)).may_rate(user_id):
                raise NotFinished
            rating = await uow.ratings.give(user_id, course_id, stars, self._now())
            await uow.commit()
        return rating

    async def comment(self, user_id: UserId, course_id: CourseId, text: str | None) -> Rating:
        """Say why in a sentence, or take the sentence back (None). Raises NotRated, InvalidInput("comment", …)."""
        comment = None if text is None else clean_comment(text)
        async with self._begin() as uow:
            await _facts(uow, user_id, course_id)
            rating = await uow.ratings.set_comment(user_id, course_id, comment, self._now())
            if rating is None:
                raise NotRated
            await uow.commit()
        return rating

    async def remove(self, user_id: UserId, course_id: CourseId) -> bool:
        """Take one's own rating back; of a hidden one the words go and the fact stays. False when there was none."""
        async with self._begin() as uow:
            removed = await uow.ratings.remove(user_id, course_id)
            await uow.commit()
        return removed

    async def reviews(self, user_id: UserId, course_id: CourseId, before: RatingId | None = None) -> Reviews:
        """Hidden ones are shown to admins only. Raises CourseGone."""
        async with self._read() as uow:
            facts = await _facts(uow, user_id, course_id)
            viewer = await uow.users.get(user_id)
            is_admin = viewer is not None and viewer.is_admin
            found = await uow.ratings.of_course(course_id, before, PAGE + 1, with_hidden=is_admin)
        shown = found[:PAGE]
        return Reviews(
            course=facts.course,
            reviews=[Review(rating=rating, author=short_name(name)) for rating, name in shown],
            older=shown[-1][0].id if len(found) > PAGE else None,
            own=facts.own,
            may_rate=facts.may_rate(user_id),
            may_hide=is_admin,
        )

    async def review(self, actor_id: UserId, rating_id: RatingId) -> Review:
        """One review, for an admin who decides about it. Raises NotAllowed, RatingGone."""
        async with self._read() as uow:
            await _require_admin(uow, actor_id)
            found = await uow.ratings.get(rating_id)
        if found is None:
            raise RatingGone
        return Review(rating=found[0], author=short_name(found[1]))

    async def hide(self, actor_id: UserId, rating_id: RatingId, reason: str) -> None:
        """Show it to nobody and count it for nothing. Twice keeps the first reason.

        Raises NotAllowed, RatingGone, InvalidInput("reason", …).
        """
        reason = tidy(reason)
        if len(reason) < MIN_HIDE_REASON:
            raise InvalidInput("reason", "too_short")
        if len(reason) > MAX_HIDE_REASON:
            raise InvalidInput("reason", "too_long")
        async with self._begin() as uow:
            await _require_admin(uow, actor_id)
            if await uow.ratings.get(rating_id) is None:
                raise RatingGone
            await uow.ratings.hide(rating_id, actor_id, reason, self._now())
            await uow.commit()

    async def unhide(self, actor_id: UserId, rating_id: RatingId) -> None:
        """Show it again. Raises NotAllowed, RatingGone."""
        async with self._begin() as uow:
            await _require_admin(uow, actor_id)
            if await uow.ratings.get(rating_id) is None:
                raise RatingGone
            await uow.ratings.unhide(rating_id, actor_id)
            await uow.commit()


def clean_comment(text: str) -> str:
    """One paragraph of visible characters; markup in it stays text.

    Raises InvalidInput("comment", …): "empty" without a letter, digit or sign, "too_long" over 500 characters.
    """
    comment = tidy(text)
    if not comment:
        raise InvalidInput("comment", "empty")
    if len(comment) > MAX_COMMENT:
        raise InvalidInput("comment", "too_long")
    return comment


def short_name(full_name: str) -> str:
    """`Ali K.`: enough to see a person, too little to find one. A first name that is very long is cut."""
    first, *others = full_name.split()
    name = first if len(first) <= 24 else f"{first[:23]}…"
    return f"{name} {others[0][0].upper()}." if others else name


async def _facts(uow: UnitOfWork, user_id: UserId, course_id: CourseId) -> RatingFacts:
    facts = await uow.ratings.facts(user_id, course_id)
    if facts is None or not (facts.course.is_published or facts.is_member):
        raise CourseGone(course_id)
    return facts


async def _require_admin(uow: UnitOfWork, actor_id: UserId) -> None:
    actor = await uow.users.get(actor_id)
    if actor is None or not actor.is_admin:
        raise NotAllowed
