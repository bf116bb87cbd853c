"""A student reviews: one card at a time, the grade stored first, then what the answer was worth."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from domain.clock import Clock
from domain.language import Language
from domain.quizzes.keys import Essay, Response
from domain.review.asking import kept_response, shown_solution, view_of
from domain.review.calendar import day_of, days_ahead, start_of
from domain.review.errors import CardGone, CardMoved, GradeGone, NotAnAnswer
from domain.review.grading import grade_of
from domain.review.model import (
    SELF_GRADED,
    Grade,
    Graded,
    Outlook,
    ReviewCardId,
    SetState,
    SetSummary,
    Today,
    Uncovered,
)
from domain.review.ports import CardDoor, NewReview
from domain.review.scheduling import graded, outlook, predicted, widest_range
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

LONGEST_SECONDS = 3_600
"""More than an hour between a question and its answer says nothing about it."""
REGRET = timedelta(hours=1)
"""For how long a grade can be taken back."""


class ReviewService:
    """Cards are their student's alone, whatever anybody's role: others' cards are like those that do not exist."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def state(self, user_id: UserId) -> SetState:
        """Where today's set is, with the card that is next."""
        now = self._now()
        async with self._read() as uow:
            today = await uow.review.today(user_id, now)
        return _state(today, day_of(now, today.timezone))

    async def answer(
        self,
        user_id: UserId,
        card_id: ReviewCardId,
        version: int,
        response: Response | None,
        *,
        seconds: float | None,
        language: Language,
    ) -> Graded:
        """Grade a question by its answer (see `grading`), given by places on the screen; None: "I do not know".

        Raises CardGone, CardMoved (also for the second of two taps), NotAnAnswer.
        """
        now = self._now()
        async with self._read() as uow:
            door = await _door(uow, user_id, card_id, version, now)
            card, question = door.card, door.card.question
            if question is None or question.kind in SELF_GRADED:
                raise NotAnAnswer
            kept = None if response is None else kept_response(card, question, response)
            grade = Grade.AGAIN if kept is None else grade_of(question, kept, seconds, language)
            loads = await _loads(uow, door, (grade,), now)
        reached = await self._store(user_id, door, grade, seconds, loads, now)
        return _graded(door, reached, response=response, is_correct=grade is not Grade.AGAIN)

    async def uncover(self, user_id: UserId, card_id: ReviewCardId, version: int) -> Uncovered:
        """The answer of a card that its student grades, and what each grade would lead to.

        Raises CardGone, CardMoved, NotAnAnswer for a question that is answered instead.
        """
        now = self._now()
        async with self._read() as uow:
            door = await _door(uow, user_id, card_id, version, now)
            card, question = door.card, door.card.question
            if question is not None and question.kind not in SELF_GRADED:
                raise NotAnAnswer
            loads = await _loads(uow, door, tuple(Grade), now)
        return Uncovered(
            card=view_of(card, 0, 0),
            solution=shown_solution(card),
            explanation=question.explanation if question else None,
            guide=question.key.guide if question and isinstance(question.key, Essay) else None,
            outlooks=tuple(outlook(card.memory, grade, door.plan, now, door.timezone, loads)[1] for grade in Grade),
        )

    async def grade(
        self, user_id: UserId, card_id: ReviewCardId, version: int, grade: Grade, *, seconds: float | None
    ) -> Graded:
        """The student's own grade of a card that was uncovered. Raises CardGone, CardMoved, NotAnAnswer."""
        now = self._now()
        async with self._read() as uow:
            door = await _door(uow, user_id, card_id, version, now)
            question = door.card.question
            if question is not None and question.kind not in SELF_GRADED:
                raise NotAnAnswer
            loads = await _loads(uow, door, (grade,), now)
        reached = await self._store(user_id, door, grade, seconds, loads, now)
        return _graded(door, reached, response=None, is_correct=None)

    async def take_back(self, user_id: UserId, card_id: ReviewCardId, number: int) -> None:
        """Undo the card's last grade: the card is as it was, and is asked again. Raises GradeGone when it has been
        taken back already, was followed by another one, or is older than an hour."""
        async with self._begin() as uow:
            if not await uow.review.take_back(user_id, card_id, number, self._now() - REGRET):
                raise GradeGone
            await uow.commit()

    async def remove(self, user_id: UserId, card_id: ReviewCardId) -> None:
        """Ask the card no more. Twice is once. Raises CardGone."""
        async with self._begin() as uow:
            if not await uow.review.remove(user_id, card_id, self._now()):
                raise CardGone
            await uow.commit()

    async def restore(self, user_id: UserId, card_id: ReviewCardId) -> None:
        """Bring a removed card back. Twice is once. Raises CardGone."""
        async with self._begin() as uow:
            if not await uow.review.restore(user_id, card_id):
                raise CardGone
            await uow.commit()

    async def summary(self, user_id: UserId) -> SetSummary:
        """Today's set, looked back upon."""
        now = self._now()
        async with self._read() as uow:
            today = await uow.review.today(user_id, now)
            zone = today.timezone
            done, remembered, seconds = await uow.review.summary(user_id, start_of(day_of(now, zone), zone))
            following = _next_day(today, day_of(now, zone))
            count = 0
            if following is not None:
                loads = await uow.review.loads(user_id, now, start_of(days_ahead(following, 1), zone), zone)
                waiting = today.reviews_due + today.new_due
                count = min(sum(loads.values()) + waiting, today.plan.daily_reviews + today.plan.daily_new)
        return SetSummary(done=done, remembered=remembered, seconds=seconds, next_due_on=following, next_count=count)

    async def _store(
        self,
        user_id: UserId,
        door: CardDoor,
        grade: Grade,
        seconds: float | None,
        loads: Mapping[date, int],
        now: datetime,
    ) -> Outlook:
        zone, card = door.timezone, door.card
        memory, reached = outlook(card.memory, grade, door.plan, now, zone, loads)
        review = NewReview(
            card=card,
            grade=grade,
            memory=memory,
            due_at=start_of(reached.due_on, zone),
            seconds=round(seconds) if seconds is not None and 0 <= seconds <= LONGEST_SECONDS else None,
            predicted=predicted(card.memory, door.plan, day_of(now, zone), zone) if card.memory else None,
        )
        async with self._begin() as uow:
            if not await uow.review.grade(user_id, review, now):
                raise CardMoved
            await uow.commit()
        return reached


async def _door(uow: UnitOfWork, user_id: UserId, card_id: ReviewCardId, version: int, now: datetime) -> CardDoor:
    door = await uow.review.door(user_id, card_id, now)
    if door is None or (door.card.question is None and door.card.note is None):
        raise CardGone
    is_quiet = door.plan.is_quiet(day_of(now, door.timezone))
    if door.is_held or door.is_removed or is_quiet or door.card.due_at > now or door.card.review_count != version:
        raise CardMoved
    return door


async def _loads(uow: UnitOfWork, door: CardDoor, grades: Sequence[Grade], now: datetime) -> Mapping[date, int]:
    """Of all the days that these grades may lead to."""
    card, zone = door.card, door.timezone
    ranges = [widest_range(graded(card.memory, grade, door.plan, now, zone)[1]) for grade in grades]
    today = day_of(now, zone)
    return await uow.review.loads(
        card.user_id,
        start_of(days_ahead(today, min(each.start for each in ranges)), zone),
        start_of(days_ahead(today, max(each.stop for each in ranges)), zone),
        zone,
    )


def _graded(door: CardDoor, reached: Outlook, *, response: Response | None, is_correct: bool | None) -> Graded:
    card = door.card
    return Graded(
        card_id=card.id,
        number=card.review_count + 1,
        grade=reached.grade,
        card=view_of(card, 0, 0),
        response=response,
        is_correct=is_correct,
        solution=shown_solution(card),
        explanation=card.question.explanation if card.question else None,
        due_on=reached.due_on,
        days=reached.days,
    )


def _state(today: Today, day: date) -> SetState:
    card = today.next_card(day)
    done = today.reviews_done + today.new_done
    total = done + today.left(day)
    return SetState(
        card=view_of(card, done, total) if card else None,
        done=done,
        total=total,
        is_quiet=today.plan.is_quiet(day),
        next_due_on=_next_day(today, day),
        waiting=today.reviews_due + today.new_due - today.left(day),
        has_cards=today.has_cards,
    )


def _next_day(today: Today, day: date) -> date | None:
    """The next day behind `day` on which something is asked."""
    if today.reviews_due + today.new_due > today.left(day):
        following = days_ahead(day, 1)
    elif today.next_due_at is not None:
        following = max(day_of(today.next_due_at, today.timezone), days_ahead(day, 1))
    else:
        return None
    while today.plan.is_quiet(following):
        following = days_ahead(following, 1)
    return following
