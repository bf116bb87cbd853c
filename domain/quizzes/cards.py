"""A teacher sets how a quiz is taken: one card, each line of it changed on its own."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.clock import Clock
from domain.courses.model import LessonId
from domain.courses.moments import parse_moment
from domain.errors import InvalidInput, NotAllowed
from domain.quizzes.bank_model import BankGone
from domain.quizzes.card_model import PoolLine, SettingsCard
from domain.quizzes.exams.changes import hold_of, require_change
from domain.quizzes.exams.ports import EXAM_JOB
from domain.quizzes.settings import Face, Pool, QuizSettings, Reveal
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId


class QuizSettingsService:
    """For those who write the lesson's questions; everybody else gets NotAllowed, whether it exists or not.

    A change is made to the settings as they are then, under a lock: two teachers who change two lines lose nothing.
    Every change raises InvalidInput as `QuizSettings.checked` does; for an exam that has begun, and for a quiz that
    becomes one, what `require_change` raises. What it means for the exam's clock is done by a job at once.
    """

    def __init__(self, *, begin: Begin, read: Begin, now: Clock, timezone: str) -> None:
        self._begin = begin
        self._read = read
        self._now = now
        self._zone = ZoneInfo(timezone)

    async def card(self, actor_id: UserId, lesson_id: LessonId) -> SettingsCard:
        async with self._read() as uow:
            await _admit(uow, actor_id, lesson_id)
            facts = await uow.quiz_settings.facts(lesson_id)
            if facts is None:
                raise NotAllowed
            pools = facts.settings.pools
            available = await uow.quiz_settings.available(pools) if pools else ()
            titles: dict[int, str] = {}
            for bank_id in {pool.bank_id for pool in pools}:
                bank = await uow.banks.bank(bank_id)
                titles[bank_id] = bank.title if bank else ""
            is_sat = facts.settings.is_exam and await _is_taken(uow, lesson_id, facts.settings)

        lines = tuple(
            PoolLine(pool=pool, bank_title=titles[pool.bank_id], available=count)
            for pool, count in zip(pools, available, strict=True)
        )
        hold = hold_of(facts.settings, self._now(), is_sat=is_sat)
        return SettingsCard(lesson_id=lesson_id, facts=facts, pools=lines, hold=hold)

    async def offer(self, actor_id: UserId, lesson_id: LessonId, pool: Pool) -> tuple[int, Sequence[tuple[str, int]]]:
        """How many questions such a pool could draw from, and the topics of its bank. Raises BankGone."""
        async with self._read() as uow:
            await _admit(uow, actor_id, lesson_id)
            await _own_bank(uow, lesson_id, pool)
            (available,) = await uow.quiz_settings.available([pool])
            return available, await uow.banks.topics(pool.bank_id)

    async def add_pool(self, actor_id: UserId, lesson_id: LessonId, pool: Pool) -> QuizSettings:
        """One that is there already only gets the new count. Raises BankGone for a bank of another course."""
        async with self._begin() as uow:
            await _admit(uow, actor_id, lesson_id)
            await _own_bank(uow, lesson_id, pool)
            settings = await uow.quiz_settings.lock_settings(lesson_id, self._now())
            others = tuple(old for old in settings.pools if _place(old) != _place(pool))
            return await self._keep(uow, lesson_id, settings, replace(settings, pools=(*others, pool)))

    async def remove_pool(self, actor_id: UserId, lesson_id: LessonId, pool: Pool) -> QuizSettings:
        """Twice is the same as once."""
        async with self._begin() as uow:
            await _admit(uow, actor_id, lesson_id)
            settings = await uow.quiz_settings.lock_settings(lesson_id, self._now())
            others = tuple(old for old in settings.pools if _place(old) != _place(pool))
            return await self._keep(uow, lesson_id, settings, replace(settings, pools=others))

    async def shuffle(
        self, actor_id: UserId, lesson_id: LessonId, *, questions: bool | None = None, options: bool | None = None
    ) -> QuizSettings:
        """None leaves it as it is."""
        changes: dict[str, Any] = {}
        if questions is not None:
            changes["shuffles_questions"] = questions
        if options is not None:
            changes["shuffles_options"] = options
        return await self._change(actor_id, lesson_id, **changes)

    async def limit_attempts(self, actor_id: UserId, lesson_id: LessonId, count: int | None) -> QuizSettings:
        return await self._change(actor_id, lesson_id, max_attempts=count)

    async def limit_time(self, actor_id: UserId, lesson_id: LessonId, minutes: int | None) -> QuizSettings:
        """Of the whole attempt."""
        limit = timedelta(minutes=minutes) if minutes is not None else None
        return await self._change(actor_id, lesson_id, time_limit=limit)

    async def limit_question(self, actor_id: UserId, lesson_id: LessonId, seconds: int | None) -> QuizSettings:
        limit = timedelta(seconds=seconds) if seconds is not None else None
        return await self._change(actor_id, lesson_id, question_limit=limit)

    async def set_penalty(self, actor_id: UserId, lesson_id: LessonId, percent: int) -> QuizSettings:
        return await self._change(actor_id, lesson_id, penalty_percent=percent)

    async def set_reveal(self, actor_id: UserId, lesson_id: LessonId, reveal: Reveal) -> QuizSettings:
        return await self._change(actor_id, lesson_id, reveal=reveal)

    async def set_face(self, actor_id: UserId, lesson_id: LessonId, face: Face) -> QuizSettings:
        return await self._change(actor_id, lesson_id, face=face)

    async def open_at(self, actor_id: UserId, lesson_id: LessonId, typed: str | None) -> QuizSettings:
        """A moment typed as people type it, by the centre's clock; None: at once. Raises InvalidInput("moment", …).

        An exam that would begin after its end keeps its length: the end moves along.
        """
        opens_at = self._moment(typed)
        async with self._begin() as uow:
            await _admit(uow, actor_id, lesson_id)
            before = await uow.quiz_settings.lock_settings(lesson_id, self._now())
            after = replace(before, opens_at=opens_at)
            if before.is_exam and opens_at and before.opens_at and before.closes_at and opens_at >= before.closes_at:
                after = replace(after, closes_at=opens_at + (before.closes_at - before.opens_at))
            return await self._keep(uow, lesson_id, before, after)

    async def close_at(self, actor_id: UserId, lesson_id: LessonId, typed: str | None) -> QuizSettings:
        """Like `open_at`; None: never."""
        return await self._change(actor_id, lesson_id, closes_at=self._moment(typed))

    async def set_exam(
        self, actor_id: UserId, lesson_id: LessonId, *, is_exam: bool, versions: int | None = None
    ) -> QuizSettings:
        """An exam turns on what it needs (see `QuizSettings.checked`); without its dates InvalidInput("exam", …).

        What it turned on stays when it becomes an ordinary quiz again: each line can be changed then. Versions that
        are not named stay too.
        """
        changes: dict[str, Any] = {"is_exam": is_exam}
        if not is_exam:
            changes["versions"] = 1
        elif versions is not None:
            changes["versions"] = versions
        return await self._change(actor_id, lesson_id, **changes)

    async def set_versions(self, actor_id: UserId, lesson_id: LessonId, count: int) -> QuizSettings:
        """Parallel versions of an exam. Raises InvalidInput("versions", "no_exam") for an ordinary quiz."""
        async with self._begin() as uow:
            await _admit(uow, actor_id, lesson_id)
            settings = await uow.quiz_settings.lock_settings(lesson_id, self._now())
            if not settings.is_exam:
                raise InvalidInput("versions", "no_exam")
            return await self._keep(uow, lesson_id, settings, replace(settings, versions=count))

    async def _change(self, actor_id: UserId, lesson_id: LessonId, **changes: Any) -> QuizSettings:
        async with self._begin() as uow:
            await _admit(uow, actor_id, lesson_id)
            settings = await uow.quiz_settings.lock_settings(lesson_id, self._now())
            return await self._keep(uow, lesson_id, settings, replace(settings, **changes))

    async def _keep(
        self, uow: UnitOfWork, lesson_id: LessonId, before: QuizSettings, after: QuizSettings
    ) -> QuizSettings:
        """`before` is locked. Settings that are the same change nothing, whatever they are of."""
        if after == before:
            await uow.commit()
            return before
        now = self._now()
        of_exam = before.is_exam or after.is_exam
        if of_exam:
            require_change(lesson_id, before, after, now, is_taken=await _is_taken(uow, lesson_id, before))
        checked = after.checked()
        quiz_id = await uow.quiz_settings.set_settings(lesson_id, checked)
        if of_exam:
            # Not one key for the quiz: a job that runs now may have looked at the exam before this change.
            key = f"{EXAM_JOB}:{quiz_id}:{now.isoformat()}"
            await uow.jobs.enqueue(EXAM_JOB, {"quiz_id": quiz_id}, key=key)
        await uow.commit()
        return checked

    def _moment(self, typed: str | None) -> datetime | None:
        return parse_moment(typed, self._now(), self._zone) if typed is not None else None


def whole_number(typed: str, field: str) -> int:
    """Raises InvalidInput(field, "format")."""
    digits = typed.strip().removesuffix("%").strip().split(" ")[0] if typed.strip() else ""
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 6:
        raise InvalidInput(field, "format")
    return int(digits)


async def _is_taken(uow: UnitOfWork, lesson_id: LessonId, settings: QuizSettings) -> bool:
    """Of an exam the attempts at its present beginning count, of another quiz all that there ever were."""
    return await uow.quiz_settings.is_taken(lesson_id, settings.opens_at if settings.is_exam else None)


async def _own_bank(uow: UnitOfWork, lesson_id: LessonId, pool: Pool) -> None:
    """A quiz draws from banks of its own course."""
    facts = await uow.quiz_settings.facts(lesson_id)
    bank = await uow.banks.bank(pool.bank_id)
    if facts is None or bank is None or bank.is_archived or bank.course_id != facts.course_id:
        raise BankGone(pool.bank_id)


def _place(pool: Pool) -> tuple[int, str | None, int | None]:
    return pool.bank_id, pool.topic, pool.difficulty


async def _admit(uow: UnitOfWork, actor_id: UserId, lesson_id: LessonId) -> None:
    authorship = await uow.quizzes.authorship(actor_id, lesson_id)
    if authorship is None or not authorship.is_author:
        raise NotAllowed
