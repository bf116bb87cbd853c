"""Writing one answer: the model streams with no transaction open, and a heartbeat keeps the run alive."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace

from domain.clock import Clock
from domain.tutor.errors import AnswerLost, ModelError, ModelUnavailable
from domain.tutor.grounding import ground
from domain.tutor.model import (
    Answer,
    Beat,
    ChatMessage,
    Details,
    Ending,
    NewReply,
    ReplyKind,
    RunningAnswer,
    TutorLimits,
    TutorMode,
    Usage,
)
from domain.tutor.ports import Model
from domain.tutor.record import MARK, BadRecord, another_try, read_record, split_record
from domain.tutor.reply import Reply
from domain.tutor.safety import ALERT_JOB
from domain.unit_of_work import Begin

Show = Callable[[str], None]
"""Told the whole text so far whenever it grows; it must not wait for anything."""


@dataclass(slots=True)
class _Outcome:
    """How the model's stream ended."""

    ending: Ending = Ending.CUT
    usage: Usage | None = None
    error: ModelError | None = None
    is_lost: bool = False


class AnswerWriter:
    """Streams, watches for a stop, and stores what came."""

    def __init__(self, *, begin: Begin, now: Clock, model: Model, limits: TutorLimits) -> None:
        self._begin = begin
        self._now = now
        self._model = model
        self._limits = limits

    async def write(self, running: RunningAnswer, show: Show) -> Answer:
        """The answer, stored. Raises the model's error when nothing came, AnswerLost when nobody waits any more."""
        reply = Reply(running.rung, is_direct=running.mode is TutorMode.DIRECT)
        started = self._now()
        outcome = await self._stream(running, reply, show)
        if outcome.is_lost:
            raise AnswerLost(running.question_id)
        if not reply.final_text:
            await self._give_up(running, outcome)
            return Answer(session=running.session, message=None, remaining=running.remaining)
        checked = await self._checked(running, reply, outcome)
        latency = self._now() - started
        return await self._keep(
            running,
            replace(
                checked,
                ending=outcome.ending,
                usage=outcome.usage,
                model=self._model.name,
                latency_ms=round(latency.total_seconds() * 1000),
            ),
            is_failure=outcome.error is not None,
        )

    async def _checked(self, running: RunningAnswer, reply: Reply, outcome: _Outcome) -> NewReply:
        """What of the reply stands. Claims without a source are set apart; a solution has to come with its record."""
        text, kind = reply.final_text, reply.kind
        if kind is ReplyKind.SOLUTION and outcome.ending is Ending.FINISHED:
            return NewReply(text=text, kind=kind, details=await self._details(running, reply, outcome))
        if kind is not ReplyKind.ANSWER:
            # Numbers in brackets mean something in an exercise: they are left alone.
            return NewReply(text=text, kind=kind)
        grounded = ground(text, running.sources)
        return NewReply(
            text=grounded.text,
            kind=kind,
            details=Details(citations=grounded.citations, unsupported=grounded.unsupported),
        )

    async def _details(self, running: RunningAnswer, reply: Reply, outcome: _Outcome) -> Details:
        """The solution's record, asked for once more when it breaks its shape; then the solution stands unchecked."""
        try:
            return read_record(reply.record)
        except BadRecord as error:
            messages = (*running.messages, *another_try(reply.final_text, error))
        said, spent = await self._repaired(running, messages)
        if spent is not None and outcome.usage is not None:
            outcome.usage = Usage(
                tokens_in=outcome.usage.tokens_in + spent.tokens_in,
                tokens_out=outcome.usage.tokens_out + spent.tokens_out,
            )
        try:
            return read_record(split_record(said).record or said)
        except BadRecord:
            return Details(is_unchecked=True)

    async def _repaired(self, running: RunningAnswer, messages: tuple[ChatMessage, ...]) -> tuple[str, Usage | None]:
        """One more, short reply; empty when the model fails, or the student has stopped."""
        again = Reply(running.rung)
        outcome = _Outcome()
        wanted = replace(running, messages=messages)
        async with asyncio.TaskGroup() as tasks:
            reading = tasks.create_task(self._read(wanted, again, lambda _: None, outcome))
            watching = tasks.create_task(self._watch(running, reading, outcome))
            reading.add_done_callback(lambda _: watching.cancel())
        return f"{again.final_text}\n{MARK} {again.record}" if again.record else again.final_text, outcome.usage

    async def _stream(self, running: RunningAnswer, reply: Reply, show: Show) -> _Outcome:
        outcome = _Outcome()
        async with asyncio.TaskGroup() as tasks:
            reading = tasks.create_task(self._read(running, reply, show, outcome))
            watching = tasks.create_task(self._watch(running, reading, outcome))
            reading.add_done_callback(lambda _: watching.cancel())
        return outcome

    async def _read(self, running: RunningAnswer, reply: Reply, show: Show, outcome: _Outcome) -> None:
        shown, is_cut = "", False
        try:
            async with asyncio.timeout(self._limits.answer_seconds):
                stream = self._model.stream(running.messages, self._limits.answer_tokens)
                async with aclosing(stream) as chunks:
                    async for chunk in chunks:
                        reply.add(chunk.text)
                        outcome.usage = chunk.usage or outcome.usage
                        is_cut = is_cut or chunk.is_cut
                        if reply.text != shown:
                            shown = reply.text
                            show(shown)
                        if reply.is_full:
                            is_cut = True
                            break
            outcome.ending = Ending.CUT if is_cut else Ending.FINISHED
        except TimeoutError:
            outcome.error = ModelUnavailable("the time for one answer is over")
        except ModelError as error:
            outcome.error = error

    async def _watch(self, running: RunningAnswer, reading: asyncio.Task[None], outcome: _Outcome) -> None:
        while True:
            await asyncio.sleep(self._limits.heartbeat_seconds)
            async with self._begin() as uow:
                beat = await uow.tutor.beat(running.user_id, running.question_id, self._now() + self._limits.lease)
                await uow.commit()
            if beat is Beat.GO_ON:
                continue
            outcome.is_lost = beat is Beat.LOST
            outcome.ending = Ending.STOPPED
            reading.cancel()
            return

    async def _give_up(self, running: RunningAnswer, outcome: _Outcome) -> None:
        """Nothing came: the question stays, and unless the student stopped it, it was not counted."""
        async with self._begin() as uow:
            run = await uow.tutor.end_run(running.user_id, running.question_id)
            if run is not None and run.is_counted and outcome.ending is not Ending.STOPPED:
                await uow.tutor.uncount_question(running.user_id, run.day)
            await uow.commit()
        if outcome.error is not None:
            raise outcome.error
        if outcome.ending is not Ending.STOPPED:
            raise ModelUnavailable("an empty reply")

    async def _keep(self, running: RunningAnswer, reply: NewReply, *, is_failure: bool) -> Answer:
        """Store what came. A failure half-way is kept too, and not counted."""
        now = self._now()
        remaining = running.remaining
        async with self._begin() as uow:
            message = await uow.tutor.add_reply(running.session.id, reply, now)
            if message is None:
                raise AnswerLost(running.question_id)
            run = await uow.tutor.set_answer(
                running.user_id, running.question_id, message.id, now + self._limits.delivery
            )
            if run is None:
                raise AnswerLost(running.question_id)
            if reply.kind is ReplyKind.CARE:
                await uow.jobs.enqueue(
                    ALERT_JOB,
                    {"user_id": running.user_id, "message_id": message.id},
                    key=f"{ALERT_JOB}:{message.id}",
                )
            if is_failure and run.is_counted:
                await uow.tutor.uncount_question(running.user_id, run.day)
                remaining += 1
            await uow.commit()
        return Answer(session=running.session, message=message, remaining=remaining)
