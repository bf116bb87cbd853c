"""The tutor's work that nobody waits for: the index of lessons, and answers whose process vanished."""

import structlog
from aiogram import Bot

from bot.i18n import _, speaking
from bot.outgoing import Outgoing
from bot.sender import Sender
from bot.services import Services
from bot.tutor.answers import AnswerDelivery
from bot.tutor.buttons import again_button
from bot.tutor.turns import answer_in_turn, next_in_line
from domain.courses.model import LessonId
from domain.jobs import JobPayload
from domain.tutor.errors import SessionGone
from domain.tutor.model import MessageId, SessionId
from domain.users.model import UserId

log = structlog.get_logger()


class TutorJobs:
    def __init__(self, services: Services, bot: Bot, sender: Sender) -> None:
        self._services = services
        self._sender = sender
        self._tutor = services.tutor
        self._bot = bot

    async def index_lesson(self, payload: JobPayload) -> None:
        """`lesson_id`: make the lesson's present texts findable."""
        count = await self._tutor.indexer.index_lesson(LessonId(_number(payload, "lesson_id")))
        log.info("tutor.indexed", lesson_id=payload["lesson_id"], passages=count)

    async def sweep(self, payload: JobPayload) -> None:
        """Every minute: take up the answers of processes that died, and lessons that were never indexed."""
        lost = await self._tutor.sweep()
        await self._tutor.queue.sweep()
        missing = await self._tutor.indexer.index_missing()
        if lost or missing:
            log.info("tutor.swept", lost=lost, missing=missing)

    async def embed_passages(self, payload: JobPayload) -> None:
        """Every minute: show the model what it has not seen of lessons and materials."""
        embedded = await self._services.embedding.embed_waiting()
        if embedded:
            log.info("tutor.embedded", passages=embedded)

    async def tell_interrupted(self, payload: JobPayload) -> None:
        """`user_id`, `session_id`: an answer was interrupted; the question is kept and was not counted."""
        user_id, session_id = UserId(_number(payload, "user_id")), SessionId(_number(payload, "session_id"))
        user = await self._services.users.find(user_id)
        if user is None or user.is_muted:
            return
        try:
            found = await self._tutor.conversation(user_id, session_id)
        except SessionGone:
            return
        if not (found.is_waiting or found.offers_solution):
            # It was asked again and answered in the meantime.
            return
        with speaking(user.language):
            text = _("I was interrupted, sorry. Your question is kept and was not counted: shall I answer it now?")
            fate = await self._sender.send(user_id, Outgoing(text=text, buttons=((again_button(session_id),),)))
        log.info("tutor.interruption_told", user_id=user_id, fate=fate.value)

    async def next_turn(self, payload: JobPayload) -> None:
        """`user_id`: answer what a vanished process left waiting."""
        user = await self._services.users.find(UserId(_number(payload, "user_id")))
        if user is None:
            return
        running = await next_in_line(self._bot, self._tutor, user.id, user.language)
        await answer_in_turn(self._bot, self._tutor, running, user)

    async def redeliver(self, payload: JobPayload) -> None:
        """`user_id`, `session_id`, `message_id`: a stored answer that may not have reached the student."""
        user_id = UserId(_number(payload, "user_id"))
        user = await self._services.users.find(user_id)
        message = await self._tutor.message(user_id, MessageId(_number(payload, "message_id")))
        if user is None or message is None:
            return
        found = await self._tutor.conversation(user_id, message.session_id)
        await self._sender.turn(user_id)
        with speaking(user.language):
            await AnswerDelivery(self._bot, self._tutor).send(user_id, found.session, message)


def _number(payload: JobPayload, name: str) -> int:
    return int(payload[name] or 0)
