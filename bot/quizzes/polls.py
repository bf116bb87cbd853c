"""The questions of an attempt as native quiz polls, one after another.

Nothing here decides what may be asked as a poll: `PollService` does, anew for each question.
"""

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import InputPollOption

from bot.i18n import _
from bot.limits import cut
from bot.services import Services
from domain.quizzes.draft import POLL_EXPLANATION
from domain.quizzes.errors import QuestionGone
from domain.quizzes.model import AttemptId
from domain.quizzes.polling import NativePoll
from domain.users.model import User

log = structlog.get_logger()

_EXPLANATION_LINES = 2
"""Line feeds that a poll's explanation may have."""
_LATER = (TelegramRetryAfter, TelegramNetworkError, TelegramServerError)


async def poll_next(bot: Bot, services: Services, user: User, attempt_id: AttemptId) -> bool:
    """Ask the question that waits by a poll; False when it has to come with buttons.

    Asking twice sends nothing twice once the poll is known. After a crash between sending and knowing there may be two
    polls: only the one that is known counts. When Telegram cannot be reached, a job sends the poll later.
    """
    poll = await services.polls.waiting(user.id, attempt_id, user.language)
    if poll is None:
        return False
    if poll.is_shown:
        return True
    try:
        await _send(bot, services, user, attempt_id, poll)
    except _LATER as error:
        log.info("quiz_poll.later", attempt_id=attempt_id, cause=type(error).__name__)
        await services.polls.ask_later(user.id, attempt_id, poll.question_id)
    except TelegramBadRequest as error:
        log.warning("quiz_poll.refused", attempt_id=attempt_id, question_id=poll.question_id, reason=error.message)
        return False
    return True


async def poll_next_or_raise(bot: Bot, services: Services, user: User, attempt_id: AttemptId) -> bool:
    """As `poll_next`, for the job: it is tried again when Telegram cannot be reached."""
    poll = await services.polls.waiting(user.id, attempt_id, user.language)
    if poll is None:
        return False
    if not poll.is_shown:
        await _send(bot, services, user, attempt_id, poll)
    return True


async def _send(bot: Bot, services: Services, user: User, attempt_id: AttemptId, poll: NativePoll) -> None:
    options = poll.options or (_("True"), _("False"))
    message = await bot.send_poll(
        user.id,
        question=poll.text,
        question_parse_mode=None,
        options=[InputPollOption(text=text, text_parse_mode=None) for text in options],
        type="quiz",
        is_anonymous=False,
        allows_multiple_answers=poll.several,
        correct_option_ids=list(poll.correct),
        explanation=_short(poll.explanation) if poll.explanation else None,
        explanation_parse_mode=None,
        open_period=poll.seconds,
    )
    if message.poll is None:
        return
    try:
        is_ours = await services.polls.note(user.id, attempt_id, poll.question_id, message.poll.id, message.message_id)
    except QuestionGone:
        is_ours = False
    if not is_ours:
        await bot.delete_message(user.id, message.message_id)


def _short(explanation: str) -> str:
    """What a poll shows of it; the review shows all."""
    lines = explanation.split("\n")
    joined = "\n".join([*lines[:_EXPLANATION_LINES], " ".join(lines[_EXPLANATION_LINES:])]).strip()
    return cut(joined, POLL_EXPLANATION)
