"""The tutor's work that nobody waits for: the index of lessons, and answers whose process vanished."""

from html import escape

import structlog
from aiogram import Bot

from bot.i18n import _, speaking
from bot.outgoing import Outgoing
from bot.sender import Sender
from bot.services import Services
from bot.tutor.answers import AnswerDelivery
from bot.tutor.buttons import again_button
from domain.courses.model import LessonId
from domain.jobs import JobPayload
from domain.language import Language
from domain.tutor.errors import SessionGone
from domain.tutor.model import MessageId, SessionId
from domain.users.model import UserId

log = structlog.get_logger()


class TutorJobs:
    def __init__(
        self,
        services: Services,
        bot: Bot,
        sender: Sender,
        *,
        contact: str | None = None,
        alert_chat_id: int | None = None,
        language: Language = Language.UZ,
    ) -> None:
        """`contact`: the centre's. `alert_chat_id`: the staff's chat where the centre wants to be alerted; `language`:
        in which that chat is written to."""
        self._services = services
        self._contact = contact
        self._alert_chat_id = alert_chat_id
        self._language = language
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
        missing = await self._tutor.indexer.index_missing()
        if lost or missing:
            log.info("tutor.swept", lost=lost, missing=missing)

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
        if not (found.is_waiting or found.offers_more):
            # It was asked again and answered in the meantime.
            return
        with speaking(user.language):
            text = _("I was interrupted, sorry. Your question is kept and was not counted: shall I answer it now?")
            fate = await self._sender.send(user_id, Outgoing(text=text, buttons=((again_button(session_id),),)))
        log.info("tutor.interruption_told", user_id=user_id, fate=fate.value)

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
            delivery = AnswerDelivery(self._bot, self._tutor, contact=self._contact)
            await delivery.send(user_id, found.session, message)

    async def alert(self, payload: JobPayload) -> None:
        """`user_id`, `message_id`: somebody may be in danger. Says who, and never what they wrote."""
        user = await self._services.users.find(UserId(_number(payload, "user_id")))
        if user is None or self._alert_chat_id is None:
            return
        with speaking(self._language):
            text = _(
                "🆘 A message to the tutor sounds as if somebody is in danger: {person}."
                " Please get in touch today. What was written stays between them and the tutor."
            ).format(person=f'<a href="tg://user?id={user.id}">{escape(user.full_name)}</a>')
            fate = await self._sender.send(UserId(self._alert_chat_id), Outgoing(text=text))
        log.warning("tutor.alerted", message_id=payload["message_id"], fate=fate.value)


def _number(payload: JobPayload, name: str) -> int:
    return int(payload[name] or 0)
