"""An answer on its way into the chat: shown while it is written, sent when it is."""

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramForbiddenError
from aiogram.types import InlineKeyboardMarkup
from aiogram_dialog import DialogManager

from bot.background import Background
from bot.errors import sentence_for
from bot.i18n import _, speaking
from bot.rich import send_rich
from bot.services import current_user, services
from bot.tutor.buttons import again_button, under_answer, under_passages
from bot.tutor.errors import SENTENCES
from bot.tutor.frames import INTERVAL, Frames
from bot.tutor.markdown import clean
from bot.tutor.wording import shown_reply
from domain.errors import DomainError
from domain.language import Language
from domain.tutor.errors import AnswerLost, ModelRefused
from domain.tutor.model import Answer, RunningAnswer, TutorMessage, TutorSession
from domain.tutor.service import FoundPassages, TutorService
from domain.users.model import UserId

log = structlog.get_logger()


def write_answer(source: DialogManager | Mapping[str, Any], running: RunningAnswer) -> None:
    """Answer beside everything else; returns at once."""
    data = source if isinstance(source, Mapping) else source.middleware_data
    background: Background = data["background"]
    work = delivery(data).deliver(running, current_user(data).language)
    background.spawn(work, name="tutor_answer")


def delivery(source: DialogManager | Mapping[str, Any]) -> "AnswerDelivery":
    data = source if isinstance(source, Mapping) else source.middleware_data
    settings = data.get("settings")
    contact = settings.centre.centre_contact if settings is not None else None
    return AnswerDelivery(data["bot"], services(data).tutor, contact=contact)


class AnswerDelivery:
    def __init__(
        self, bot: Bot, tutor: TutorService, *, interval: float = INTERVAL, contact: str | None = None
    ) -> None:
        """`contact`: the centre's, for messages that suggest danger."""
        self._bot = bot
        self._contact = contact
        self._tutor = tutor
        self._interval = interval

    async def deliver(self, running: RunningAnswer, language: Language) -> None:
        """Write, show, send. Whatever breaks on the way leaves the run behind, and the sweep takes it up."""
        frames = Frames(self._bot, running.user_id, running.question_id, interval=self._interval)
        with speaking(language):
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(frames.run())
                outcome = await self._written(running, frames)
            match outcome:
                case Answer(message=TutorMessage() as message):
                    await self.send(running.user_id, outcome.session, message)
                    await self._tutor.delivered(running)
                case Answer():
                    await self._say(running, _("⏹ Stopped. Your question is kept."))
                case AnswerLost():
                    log.info("tutor.answer_lost", user_id=running.user_id)
                case error:
                    await self._say(running, sentence_for(error, SENTENCES), is_final=isinstance(error, ModelRefused))
            await frames.clean_up()

    async def send(self, user_id: UserId, session: TutorSession, message: TutorMessage) -> None:
        """The whole answer as one message with what can be done next."""
        await self._send(user_id, shown_reply(message, self._contact), under_answer(session, message))

    async def send_passages(self, user_id: UserId, found: FoundPassages, language: Language) -> None:
        """What the lessons say, as what it is."""
        markup = under_passages(found.session, list(found.passages), language)
        if not found.passages:
            await self._send(
                user_id,
                _(
                    "🔎 No model is connected to the tutor, so I searched the lessons by words, and found nothing."
                    " Try other words."
                ),
                markup,
            )
            return
        opening = _("🔎 No model is connected to the tutor. These passages of our lessons were found by words:")
        await self._send(user_id, f"{opening}\n\n{clean(found.quotations)}", markup, protect_content=True)

    async def _written(self, running: RunningAnswer, frames: Frames) -> Answer | DomainError:
        try:
            return await self._tutor.answer(running, frames.update)
        except DomainError as error:
            return error
        finally:
            frames.end()

    async def _say(self, running: RunningAnswer, text: str, *, is_final: bool = False) -> None:
        rows = [] if is_final else [[again_button(running.session.id)]]
        markup = InlineKeyboardMarkup(inline_keyboard=rows)
        try:
            await self._bot.send_message(running.user_id, text, reply_markup=markup)
        except TelegramForbiddenError:
            log.info("tutor.user_left", user_id=running.user_id)

    async def _send(
        self, user_id: UserId, markdown: str, markup: InlineKeyboardMarkup, *, protect_content: bool | None = None
    ) -> None:
        try:
            await send_rich(
                self._bot,
                user_id,
                markdown,
                reply_markup=markup if markup.inline_keyboard else None,
                protect_content=protect_content,
            )
        except TelegramForbiddenError:
            log.info("tutor.user_left", user_id=user_id)
