"""A teacher keeps the question banks of their own courses."""

from collections.abc import Sequence

from domain.clock import Clock
from domain.courses.model import CourseId
from domain.errors import InvalidInput, NotAllowed
from domain.quizzes.bank_model import (
    MAX_BANK_QUESTIONS,
    MAX_BANKS,
    MAX_CHOSEN,
    PAGE,
    Bank,
    BankFull,
    BankGone,
    BankPage,
    Custody,
    Labels,
    Sieve,
    TooManyBanks,
    bank_title,
)
from domain.quizzes.draft import DIFFICULTIES, MAX_SOURCE, MAX_TOPIC, QuestionDraft, label_of
from domain.quizzes.errors import QuestionGone
from domain.quizzes.model import Question, QuestionId
from domain.quizzes.settings import BankId
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId


class BankService:
    """For those who teach the course and for admins; everybody else gets NotAllowed, whether the thing exists or not.

    A bank in the archive is BankGone for everything but to be brought back; quizzes that draw from it still do.
    """

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def banks(self, actor_id: UserId, course_id: CourseId) -> Sequence[Bank]:
        async with self._read() as uow:
            _allow(await uow.banks.custody(actor_id, course_id))
            return await uow.banks.banks(course_id)

    async def add_bank(self, actor_id: UserId, course_id: CourseId, title: str) -> Bank:
        """Raises InvalidInput("bank", …), BankTitleTaken, TooManyBanks."""
        checked = bank_title(title)
        async with self._begin() as uow:
            _allow(await uow.banks.custody(actor_id, course_id))
            bank = await uow.banks.add_bank(actor_id, course_id, checked, self._now(), limit=MAX_BANKS)
            if bank is None:
                raise TooManyBanks(course_id)
            await uow.commit()
        return bank

    async def rename_bank(self, actor_id: UserId, bank_id: BankId, title: str) -> None:
        """Raises InvalidInput("bank", …), BankTitleTaken."""
        checked = bank_title(title)
        async with self._begin() as uow:
            await _admit(uow, actor_id, bank_id)
            await uow.banks.rename_bank(bank_id, checked)
            await uow.commit()

    async def archive_bank(self, actor_id: UserId, bank_id: BankId) -> None:
        """Take it off the list; `restore_bank` undoes it. Twice is the same as once."""
        async with self._begin() as uow:
            _allow(await uow.banks.custody_of(actor_id, bank_id))
            await uow.banks.archive_bank(bank_id, self._now())
            await uow.commit()

    async def restore_bank(self, actor_id: UserId, bank_id: BankId) -> None:
        """Raises BankTitleTaken."""
        async with self._begin() as uow:
            _allow(await uow.banks.custody_of(actor_id, bank_id))
            await uow.banks.restore_bank(bank_id)
            await uow.commit()

    async def page(self, actor_id: UserId, bank_id: BankId, sieve: Sieve, before: QuestionId | None = None) -> BankPage:
        """The questions that pass the sieve, newest first, from behind `before` on."""
        async with self._read() as uow:
            custody = await _admit(uow, actor_id, bank_id)
            bank = await uow.banks.bank(bank_id)
            if bank is None:
                raise BankGone(bank_id)
            found = await uow.banks.page(bank_id, sieve, before, PAGE + 1)
            topics = await uow.banks.topics(bank_id)
        return BankPage(
            bank=bank, language=custody.language, questions=found[:PAGE], has_more=len(found) > PAGE, topics=topics
        )

    async def question(self, actor_id: UserId, question_id: QuestionId) -> Question:
        """With its key. Raises QuestionGone for one that was changed or retired, of an own bank."""
        async with self._read() as uow:
            await _admit_to(uow, actor_id, question_id)
            question = await uow.banks.question(question_id)
        if question is None:
            raise QuestionGone(question_id)
        return question

    async def add_question(self, actor_id: UserId, bank_id: BankId, draft: QuestionDraft) -> Question:
        """Raises InvalidInput, QuestionKnown, BankFull."""
        checked = draft.checked()
        async with self._begin() as uow:
            await _admit(uow, actor_id, bank_id)
            question = await self._added(uow, actor_id, bank_id, checked)
            await uow.commit()
        return question

    async def change_question(self, actor_id: UserId, question_id: QuestionId, draft: QuestionDraft) -> Question:
        """Its next version; attempts keep the one that they show. Raises InvalidInput, QuestionKnown, QuestionGone."""
        checked = draft.checked()
        async with self._begin() as uow:
            await _admit_to(uow, actor_id, question_id)
            question = await uow.banks.replace_in_bank(actor_id, question_id, checked, self._now())
            if question is None:
                raise QuestionGone(question_id)
            await uow.commit()
        return question

    async def retire_question(self, actor_id: UserId, question_id: QuestionId) -> None:
        """Leave it out of new attempts; `put_back` undoes it. Twice is the same as once."""
        async with self._begin() as uow:
            await _admit_to(uow, actor_id, question_id)
            await uow.banks.retire_from_bank(question_id, self._now())
            await uow.commit()

    async def put_back(self, actor_id: UserId, question_id: QuestionId) -> None:
        """Raises QuestionKnown when it has been added anew, BankFull, QuestionGone when a version replaced it."""
        async with self._begin() as uow:
            await _admit_to(uow, actor_id, question_id)
            if not await uow.banks.put_back(question_id, limit=MAX_BANK_QUESTIONS):
                raise QuestionGone(question_id)
            await uow.commit()

    async def found(self, actor_id: UserId, bank_id: BankId, sieve: Sieve) -> Sequence[QuestionId]:
        """Which questions pass the sieve, newest first; MAX_CHOSEN at most."""
        async with self._read() as uow:
            await _admit(uow, actor_id, bank_id)
            return await uow.banks.found(bank_id, sieve, MAX_CHOSEN)

    async def relabel(
        self,
        actor_id: UserId,
        bank_id: BankId,
        question_ids: Sequence[QuestionId],
        *,
        topic: str | None = None,
        difficulty: int | None = None,
        source: str | None = None,
    ) -> Sequence[QuestionId]:
        """Give several questions a topic, a difficulty or a source; None leaves it as it is.

        Their next versions, of those that had another label. Raises InvalidInput for "topic" and "source" (empty,
        too_long), "difficulty" (out_of_range), "questions" (too_many).
        """
        if difficulty is not None and difficulty not in DIFFICULTIES:
            raise InvalidInput("difficulty", "out_of_range")
        labels = Labels(
            topic=_label(topic, "topic", MAX_TOPIC), difficulty=difficulty, source=_label(source, "source", MAX_SOURCE)
        )
        _count(question_ids)
        async with self._begin() as uow:
            await _admit(uow, actor_id, bank_id)
            versions = await uow.banks.relabel(actor_id, bank_id, question_ids, labels, self._now())
            await uow.commit()
        return versions

    async def unlabel(self, actor_id: UserId, bank_id: BankId, versions: Sequence[QuestionId]) -> int:
        """Undo `relabel`: what it made gets the labels of the version before. How many; again, 0.

        What was changed since stays as it is now. Raises InvalidInput("questions", "too_many").
        """
        _count(versions)
        async with self._begin() as uow:
            await _admit(uow, actor_id, bank_id)
            count = await uow.banks.unlabel(actor_id, bank_id, versions, self._now())
            await uow.commit()
        return count

    async def _added(self, uow: UnitOfWork, actor_id: UserId, bank_id: BankId, draft: QuestionDraft) -> Question:
        question = await uow.banks.add_to_bank(actor_id, bank_id, draft, self._now(), limit=MAX_BANK_QUESTIONS)
        if question is None:
            raise BankFull(bank_id)
        return question


async def _admit(uow: UnitOfWork, actor_id: UserId, bank_id: BankId) -> Custody:
    custody = _allow(await uow.banks.custody_of(actor_id, bank_id))
    if custody.is_archived:
        raise BankGone(bank_id)
    return custody


async def _admit_to(uow: UnitOfWork, actor_id: UserId, question_id: QuestionId) -> None:
    bank_id = await uow.banks.bank_of(question_id)
    if bank_id is None:
        raise NotAllowed
    await _admit(uow, actor_id, bank_id)


def _allow(custody: Custody | None) -> Custody:
    if custody is None or not custody.is_author:
        raise NotAllowed
    return custody


def _label(typed: str | None, field: str, longest: int) -> str | None:
    label = label_of(typed, field, longest)
    if typed is not None and label is None:
        raise InvalidInput(field, "empty")
    return label


def _count(question_ids: Sequence[QuestionId]) -> None:
    if len(question_ids) > MAX_CHOSEN:
        raise InvalidInput("questions", "too_many")
