"""One answer after the other: what a student asks meanwhile waits, and is answered in the same order."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramForbiddenError
from aiogram.types import Message, ReactionTypeEmoji, ReplyParameters
from aiogram_dialog import DialogManager

from bot.background import Background
from bot.i18n import _, ngettext, shorten, speaking
from bot.services import current_user, services
from bot.tutor.answers import AnswerDelivery
from bot.tutor.buttons import clear_row
from domain.courses.model import LessonId
from domain.errors import Gone
from domain.language import Language
from domain.tutor.errors import AnswerRunning, DailyQuotaSpent, LineFull, NoModel, QuestionTaken
from domain.tutor.model import RunningAnswer, SessionId
from domain.tutor.queue import turn_of
from domain.tutor.service import TutorService
from domain.tutor.turns import PLACES, Once
from domain.users.model import User, UserId

log = structlog.get_logger()

_REMEMBERED = 5_000
_told: OrderedDict[UserId, int] = OrderedDict()
"""Who heard that their line is full, and which line that was: one sentence a line. It may be lost."""


async def let_wait(
    message: Message,
    tutor: TutorService,
    user_id: UserId,
    question: str,
    *,
    lesson_id: LessonId | None = None,
    session_id: SessionId | None = None,
    message_id: int | None = None,
    once: Once | None = None,
) -> bool:
    """Keep the question until its turn and say so; False when there is no place for it. Raises InvalidInput.

    `message_id`: of what asked it, where that is not `message`.
    """
    try:
        waiting = await tutor.queue.put(
            user_id,
            question,
            message_id or message.message_id,
            lesson_id=lesson_id,
            session_id=session_id,
            once=once,
        )
    except LineFull as full:
        # One sentence a line, and for each further message a sign that it was seen.
        await message.react([ReactionTypeEmoji(emoji="🙏")])
        if _told.get(user_id) != full.last_id:
            _told[user_id] = full.last_id
            _told.move_to_end(user_id)
            while len(_told) > _REMEMBERED:
                _told.popitem(last=False)
            await message.answer(
                ngettext(
                    "I am answering you, and {n} question of yours waits. Please send the next one after that.",
                    "I am answering you, and {n} questions of yours wait. Please send the next ones after that.",
                    PLACES,
                ).format(n=PLACES),
                reply_markup=clear_row(),
            )
        return False
    text = _("🕐 I am still answering your last question. This one is number {place} in line.").format(place=waiting)
    await message.answer(text, reply_markup=clear_row())
    return True


def write_answer(source: DialogManager | Mapping[str, Any], running: RunningAnswer) -> None:
    """Answer beside everything else, then what waits; returns at once."""
    data = source if isinstance(source, Mapping) else source.middleware_data
    background: Background = data["background"]
    work = answer_in_turn(data["bot"], services(data).tutor, running, current_user(data))
    background.spawn(work, name="tutor_answer")


async def answer_in_turn(bot: Bot, tutor: TutorService, running: RunningAnswer | None, user: User) -> None:
    """Answer, then whatever waits. A process that dies in between leaves the line to the sweep."""
    delivery = AnswerDelivery(bot, tutor)
    while running is not None:
        await delivery.deliver(running, user.language, user.timezone)
        running = await next_in_line(bot, tutor, user.id, user.language)


async def next_in_line(bot: Bot, tutor: TutorService, user_id: UserId, language: Language) -> RunningAnswer | None:
    """Become the answer to the student's first waiting question; None when nothing waits or another one runs."""
    with speaking(language):
        while (question := await tutor.queue.first(user_id)) is not None:
            try:
                running = await tutor.ask(
                    user_id,
                    question.text,
                    lesson_id=question.lesson_id,
                    session_id=question.session_id,
                    once=turn_of(question),
                    is_next=True,
                )
            except AnswerRunning:
                # Whoever answers it comes here too.
                return None
            except QuestionTaken:
                continue
            except Gone:
                await tutor.queue.drop(question)
                continue
            except (DailyQuotaSpent, NoModel):
                count = await tutor.queue.clear(user_id)
                text = ngettext(
                    "You have asked all your questions for today, so {n} waiting question was not asked."
                    " Please send it again tomorrow.",
                    "You have asked all your questions for today, so {n} waiting questions were not asked."
                    " Please send them again tomorrow.",
                    count,
                ).format(n=count)
                await _say(bot, user_id, text)
                return None
            await _say(
                bot,
                user_id,
                _("💭 Now this one: {question}").format(question=shorten(question.text, 200)),
                ReplyParameters(message_id=question.message_id, allow_sending_without_reply=True),
            )
            return running
    return None


async def _say(bot: Bot, user_id: UserId, text: str, reply: ReplyParameters | None = None) -> None:
    try:
        # What a student typed is in it: plain.
        await bot.send_message(user_id, text, reply_parameters=reply, parse_mode=None)
    except TelegramForbiddenError:
        log.info("tutor.user_left", user_id=user_id)
