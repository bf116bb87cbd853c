"""The tutor as the evaluation asks it. All that knows the tutor's interface is here: two adapters, one way out."""

import time
from typing import Protocol

from db.engine import Pool
from db.unit_of_work import Database
from domain.courses.model import LessonId
from domain.tutor.errors import ModelError
from domain.tutor.model import TutorLimits
from domain.tutor.ports import Model
from domain.tutor.service import TutorService
from tests.eval.items import Item
from tests.eval.judging import Reply, cited_in
from tests.eval.world import NOON, STUDENTS, World

_LIMITS = TutorLimits(questions_a_day=10_000)


class Tutor(Protocol):
    async def reply(self, item: Item) -> Reply | None:
        """The first reply to the item's question; None when none came."""
        ...


class PassagesTutor:
    """The tutor of a centre without a model: it quotes what the lessons say in the question's words."""

    def __init__(self, pool: Pool, world: World) -> None:
        self._world = world
        self._service = _service(pool, None)

    async def reply(self, item: Item) -> Reply:
        found = await self._service.passages(
            STUDENTS[item.tongue], item.question, lesson_id=_lesson(self._world, item.ask_in)
        )
        return Reply(
            text=found.quotations,
            is_quotation=True,
            refused=not found.passages,
            cited=tuple(self._world.place(passage.lesson_id, passage.heading) for passage in found.passages),
            grounds=tuple(
                "\n".join((*passage.lesson_title.variants.values(), passage.heading, passage.text))
                for passage in found.passages
            ),
        )


class ModelTutor:
    """The tutor with a model, asked in a new conversation each time."""

    def __init__(self, pool: Pool, world: World, model: Model) -> None:
        self._world = world
        self._service = _service(pool, model)

    async def reply(self, item: Item) -> Reply | None:
        started = time.perf_counter()
        first: list[float] = []

        def show(_: str) -> None:
            if not first:
                first.append(1e3 * (time.perf_counter() - started))

        running = await self._service.ask(
            STUDENTS[item.tongue], item.question, lesson_id=_lesson(self._world, item.ask_in)
        )
        try:
            answer = await self._service.answer(running, show)
        except ModelError:
            return None
        await self._service.delivered(running)
        if answer.message is None:
            return None
        usage, told = answer.message.usage, "\n".join(message["content"] for message in running.messages)
        return Reply(
            text=answer.message.text,
            cited=cited_in(answer.message.text, told, self._world.names),
            grounds=tuple(message["content"] for message in running.messages if message["role"] == "user"),
            instructions="\n".join(message["content"] for message in running.messages if message["role"] == "system"),
            told=told,
            first_draft_ms=first[0] if first else None,
            tokens_in=usage.tokens_in if usage else None,
            tokens_out=usage.tokens_out if usage else None,
        )


def _service(pool: Pool, model: Model | None) -> TutorService:
    database = Database(pool)
    return TutorService(begin=database.begin, read=database.read, now=lambda: NOON, model=model, limits=_LIMITS)


def _lesson(world: World, work: str | None) -> LessonId | None:
    return world.lessons[work] if work else None
