"""The work on an order: batches are written, stored, answered blind, and stored again, until there are enough.

Every step begins with what is stored. A run that dies is taken up by the next one where it stopped, and no batch that
is stored is paid for twice.
"""

from collections.abc import Awaitable, Callable
from datetime import date

from domain.clock import Clock
from domain.quizzes.generation import COMPARED
from domain.quizzes.generation_errors import ReplyBroken, TokensSpent
from domain.quizzes.generation_model import (
    BATCH,
    Generation,
    GenerationId,
    GenerationState,
    Tally,
    Trouble,
    Verdict,
)
from domain.quizzes.generation_ports import QuestionWriter
from domain.quizzes.likeness import Known
from domain.quizzes.writing import Pen, TokenCaps
from domain.tutor.errors import ModelBusy, ModelError, ModelRefused, ModelSpent
from domain.tutor.model import local_day
from domain.unit_of_work import Begin
from domain.usage.model import Feature, Payer
from domain.usage.payer import paid_by

Tell = Callable[[Generation, Tally], Awaitable[None]]


class Generator:
    def __init__(
        self,
        *,
        begin: Begin,
        read: Begin,
        now: Clock,
        writer: QuestionWriter | None,
        caps: TokenCaps,
        timezone: str,
    ) -> None:
        """`timezone`: of the centre; its days bound what is spent."""
        self._begin = begin
        self._read = read
        self._now = now
        self._writer = writer
        self._caps = caps
        self._timezone = timezone

    async def run(self, generation_id: GenerationId, tell: Tell) -> Generation | None:
        """Work until it ends; the generation as it ended, None when there is no such one.

        `tell` hears of each step, outside of any transaction.
        """
        while True:
            async with self._read() as uow:
                generation = await uow.generations.get(generation_id)
                tally = await uow.generations.tally(generation_id) if generation else None
            if generation is None or tally is None or not generation.is_working:
                return generation
            await tell(generation, tally)
            try:
                with paid_by(_payer(generation)):
                    end = await self._step(generation, tally)
            except ReplyBroken:
                end = GenerationState.FAILED, Trouble.BROKEN
            except TokensSpent:
                end = GenerationState.FAILED, Trouble.SPENT
            except ModelError as error:
                end = GenerationState.FAILED, _trouble(error)
            if end is not None:
                async with self._begin() as uow:
                    await uow.generations.end(generation_id, *end, self._now())
                    await uow.commit()

    async def _step(self, generation: Generation, tally: Tally) -> tuple[GenerationState, Trouble | None] | None:
        """One call of the model, or how the work ends."""
        if self._writer is None:
            return GenerationState.FAILED, Trouble.UNAVAILABLE
        pen = Pen(self._begin, self._writer, self._caps, generation.asked_by, self._today())
        if tally.unchecked:
            await self._read_blind(generation, pen)
        elif tally.offered >= tally.wanted:
            return GenerationState.READY, None
        elif generation.batches >= generation.batches_allowed:
            if tally.offered:
                return GenerationState.READY, None
            return GenerationState.FAILED, Trouble.NOTHING_NEW
        else:
            await self._write(generation, tally, pen)
        return None

    async def _write(self, generation: Generation, tally: Tally, pen: Pen) -> None:
        async with self._read() as uow:
            known = list(await uow.generations.known(generation.lesson_id, COMPARED))
            own = [proposal.draft for proposal in await uow.generations.proposals(generation.id)]
        order = generation.order
        try:
            drafts = await pen.write(
                _stretch(generation),
                order.language,
                order.kinds,
                order.difficulty,
                min(BATCH, tally.wanted - tally.offered),
                [str(draft.text) for draft in (*known[:20], *own)],
            )
        finally:
            await self._note(generation, pen)
        seen = Known((*known, *own))
        fresh = [draft for draft in drafts if seen.takes(draft)]
        async with self._begin() as uow:
            # Another run may have stored this batch already: then these questions are thrown away.
            await uow.generations.store_batch(generation.id, fresh, batches_before=generation.batches)
            await uow.commit()

    async def _read_blind(self, generation: Generation, pen: Pen) -> None:
        async with self._read() as uow:
            proposals = await uow.generations.unchecked(generation.id, BATCH)
        try:
            verdicts = await pen.read(
                generation.text, generation.order.language, [proposal.draft for proposal in proposals]
            )
        finally:
            await self._note(generation, pen)
        found: list[tuple[int, Verdict, str | None]] = [(place, *verdict) for place, verdict in verdicts.items()]
        async with self._begin() as uow:
            await uow.generations.set_verdicts(
                [(proposals[place].id, verdict, remark) for place, verdict, remark in found]
            )
            await uow.commit()

    async def _note(self, generation: Generation, pen: Pen) -> None:
        async with self._begin() as uow:
            await uow.generations.note_tokens(generation.id, pen.spent)
            await uow.commit()

    def _today(self) -> date:
        return local_day(self._now(), self._timezone)


def _stretch(generation: Generation) -> str:
    """The material, begun at another place for each batch, so that long ones are asked about from end to end."""
    start = len(generation.text) * generation.batches // (generation.batches_allowed + 1)
    return f"{generation.text[start:]}\n\n{generation.text[:start]}".strip()


def _payer(generation: Generation) -> Payer:
    return Payer(feature=Feature.QUESTIONS, user_id=generation.asked_by, lesson_id=generation.lesson_id)


def _trouble(error: ModelError) -> Trouble:
    match error:
        case ModelBusy():
            return Trouble.BUSY
        case ModelRefused():
            return Trouble.REFUSED
        case ModelSpent():
            return Trouble.SPENT
        case _:
            return Trouble.UNAVAILABLE
