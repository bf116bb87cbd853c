"""Questions of a quiz or a bank, copied into another one: each copy is a question of its own from then on."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.clock import Clock
from domain.errors import InvalidInput, NotAllowed
from domain.quizzes.bank_model import MAX_CHOSEN
from domain.quizzes.importing.import_rights import admitted
from domain.quizzes.importing.imports import Target
from domain.quizzes.importing.previewing import most_of
from domain.quizzes.model import QuestionId
from domain.unit_of_work import Begin
from domain.users.model import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    ids: Sequence[QuestionId]
    """Of the copies."""
    known: int
    """Not copied: the same question is there already."""
    left_out: int
    """Not copied: there is no room for them."""


class QuestionCopyService:
    """For those who teach the course of both places, and admins; everybody else gets NotAllowed."""

    def __init__(self, *, begin: Begin, now: Clock) -> None:
        self._begin = begin
        self._now = now

    async def copy(
        self, actor_id: UserId, source: Target, question_ids: Sequence[QuestionId], target: Target
    ) -> Copied:
        """Those of the questions that are still in use, behind the target's last one. Twice is the same as once.

        Raises InvalidInput("questions", "too_many").
        """
        if len(question_ids) > MAX_CHOSEN:
            raise InvalidInput("questions", "too_many")
        async with self._begin() as uow:
            await admitted(uow, actor_id, source)
            await admitted(uow, actor_id, target)
            # Whoever adds to the same place meanwhile waits for the commit, and then counts these too.
            place_id = await uow.question_imports.lock_place(target, self._now())
            if place_id is None:
                raise NotAllowed
            drafts = [question.draft for question in await uow.question_shelf.chosen(source, question_ids)]
            wanted = {draft.fingerprint: draft for draft in drafts}
            present, count = await uow.question_imports.present(target, wanted.keys())
            new = [draft for fingerprint, draft in wanted.items() if fingerprint not in present]
            fitting = new[: max(most_of(target) - count, 0)]
            ids: Sequence[QuestionId] = ()
            if fitting:
                ids = await uow.question_imports.insert(actor_id, target, place_id, fitting, self._now())
            await uow.commit()
        return Copied(ids=ids, known=len(drafts) - len(new), left_out=len(new) - len(fitting))

    async def take_back(self, actor_id: UserId, target: Target, question_ids: Sequence[QuestionId]) -> int:
        """Take copies out again: what was changed since stays as it is now. How many; again, 0."""
        if len(question_ids) > MAX_CHOSEN:
            raise InvalidInput("questions", "too_many")
        async with self._begin() as uow:
            await admitted(uow, actor_id, target)
            count = await uow.question_shelf.retire(target, question_ids, self._now())
            await uow.commit()
        return count
