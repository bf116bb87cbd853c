"""One batch of questions from a model: written, and answered blind, within the day's tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.language import Language
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.generation_errors import ReplyBroken, TokensSpent
from domain.quizzes.generation_model import Verdict
from domain.quizzes.generation_ports import Prompt, QuestionWriter, Reply
from domain.quizzes.generation_prompts import mended, reading, writing
from domain.quizzes.generation_reply import drafts_of, verdicts_of
from domain.quizzes.keys import QuestionKind
from domain.tutor.errors import ModelBusy, ModelResting, ModelSpent
from domain.unit_of_work import Begin
from domain.users.model import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCaps:
    own: int = 200_000
    """Of one person a day."""
    centre: int = 3_000_000
    """Of the whole centre a day."""


class Pen:
    """The model with somebody's purse. What a call may cost is reserved before it, and settled after it.

    A call that was cut off, by a crash too, counts as reserved: the caps are never passed, only kept too well.
    """

    def __init__(self, begin: Begin, writer: QuestionWriter, caps: TokenCaps, payer: UserId, day: date) -> None:
        self._begin = begin
        self._writer = writer
        self._caps = caps
        self._payer = payer
        self._day = day
        self.spent = 0

    async def write(
        self,
        material: str,
        language: Language,
        kinds: Sequence[QuestionKind],
        difficulty: int | None,
        count: int,
        avoided: Sequence[str],
    ) -> Sequence[QuestionDraft]:
        """Questions that keep the rules. A reply with faults is sent back once; then what keeps them is taken.

        Raises ReplyBroken when nothing does, TokensSpent, ModelError.
        """
        prompt = writing(material, language, kinds, difficulty, count, avoided)
        reply = await self._ask(prompt)
        kept: tuple[QuestionDraft, ...] = ()
        try:
            found = drafts_of(reply.text, language, kinds, difficulty, count)
        except ReplyBroken as broken:
            fault = str(broken)
        else:
            if not found.faults:
                return found.drafts
            kept, fault = found.drafts, "; ".join(found.faults)
        reply = await self._ask(mended(prompt, reply.text, fault))
        try:
            kept = (*kept, *drafts_of(reply.text, language, kinds, difficulty, count).drafts)
        except ReplyBroken:
            if not kept:
                raise
        if not kept:
            raise ReplyBroken(fault)
        unique = {draft.fingerprint: draft for draft in reversed(kept)}
        return tuple(reversed(unique.values()))[:count]

    async def read(
        self, material: str, language: Language, drafts: Sequence[QuestionDraft]
    ) -> dict[int, tuple[Verdict, str | None]]:
        """What a reader without the key finds, by place. Raises ReplyBroken after a repair, TokensSpent, ModelError."""
        prompt = reading(material, language, drafts)
        reply = await self._ask(prompt)
        try:
            return verdicts_of(reply.text, drafts)
        except ReplyBroken as broken:
            reply = await self._ask(mended(prompt, reply.text, str(broken)))
            return verdicts_of(reply.text, drafts)

    async def _ask(self, prompt: Prompt) -> Reply:
        reserved = prompt.estimate
        async with self._begin() as uow:
            if not await uow.spending.reserve(
                self._payer, self._day, reserved, own_cap=self._caps.own, centre_cap=self._caps.centre
            ):
                raise TokensSpent
            await uow.commit()
        try:
            reply = await self._writer.ask(prompt)
        except (ModelBusy, ModelResting, ModelSpent):
            # Turned away at the door: nothing was read or written.
            await self._settle(-reserved)
            raise
        cost = reply.usage.tokens_in + reply.usage.tokens_out if reply.usage else reserved
        await self._settle(cost - reserved)
        self.spent += cost
        return reply

    async def _settle(self, difference: int) -> None:
        async with self._begin() as uow:
            await uow.spending.settle(self._payer, self._day, difference)
            await uow.commit()
