"""What students vote in the polls of their attempts, and the job that asks what could not be asked at once."""

import structlog
from aiogram import Bot, Router
from aiogram.types import Chat, InlineKeyboardMarkup, PollAnswer
from aiogram.types import User as TelegramUser
from aiogram_dialog import ShowMode, StartMode
from aiogram_dialog.api.entities import DIALOG_EVENT_NAME, DialogAction, DialogStartEvent

from bot.i18n import _, speaking
from bot.links import go_button
from bot.quizzes.place import place_of
from bot.quizzes.polls import poll_next, poll_next_or_raise
from bot.quizzes.states import Quiz
from bot.routing import Routes
from bot.services import Services, current_user, services
from domain.errors import DomainError
from domain.jobs import JobPayload
from domain.quizzes.errors import QuestionGone, TimeOver
from domain.quizzes.keys import Choice
from domain.quizzes.model import AttemptId, AttemptView, QuestionId
from domain.users.model import User, UserId

log = structlog.get_logger()

router = Router(name="quiz_polls")


@router.poll_answer()
async def take_vote(answer: PollAnswer, bot: Bot, **data: object) -> None:
    """Store the first vote of the attempt's own student; whatever else comes changes nothing.

    Forwarded copies are polls of their own, which no attempt knows. A vote that is taken back has no options.
    """
    user = current_user(data)
    asked = await services(data).quizzes.asked_by_poll(user.id, answer.poll_id)
    if asked is None or not answer.option_ids:
        return
    attempt_id, question_id = asked
    response = Choice(frozenset(answer.option_ids))
    try:
        await services(data).quizzes.answer(user.id, attempt_id, question_id, response)
    except QuestionGone:
        log.info("quiz_poll.stale_vote", attempt_id=attempt_id, question_id=question_id)
    except TimeOver:
        log.info("quiz_poll.late_vote", attempt_id=attempt_id, question_id=question_id)
    except DomainError as error:
        # The lesson was closed meanwhile: a vote has no screen to say it on, so it is said by a message.
        log.info("quiz_poll.refused", attempt_id=attempt_id, error=type(error).__name__)
        await bot.send_message(user.id, _("This quiz is not open to you any more. /menu shows what is."))
        return
    before = await services(data).polls.is_passed(user.id, attempt_id, question_id)
    if not before:
        return
    attempt = await services(data).quizzes.current(user.id, attempt_id)
    if attempt.question is not None and await poll_next(bot, services(data), user, attempt_id):
        return
    await _open_screen(attempt, user, bot, data)


async def _open_screen(attempt: AttemptView, user: User, bot: Bot, data: dict[str, object]) -> None:
    """The question with buttons, or the result, below the polls: as a dialog, in this very update."""
    telegram_user = TelegramUser(id=user.id, is_bot=False, first_name=user.full_name or "-")
    event = DialogStartEvent(
        from_user=telegram_user,
        chat=Chat(id=user.id, type="private"),
        action=DialogAction.START,
        data=place_of(attempt),
        intent_id=None,
        stack_id="",
        thread_id=None,
        business_connection_id=None,
        show_mode=ShowMode.DELETE_AND_SEND,
        new_state=Quiz.question if attempt.question else Quiz.result,
        mode=StartMode.RESET_STACK,
    ).as_(bot)
    root = data["event_router"]
    while isinstance(root, Router) and not isinstance(root, Routes):
        root = root.parent_router
    if isinstance(root, Routes):
        await root.propagate_event(DIALOG_EVENT_NAME, event, **{**data, "bot": bot, "event_chat": event.chat})


class PollJobs:
    def __init__(self, services: Services, bot: Bot) -> None:
        self._services = services
        self._bot = bot

    async def ask(self, payload: JobPayload) -> None:
        """Send the poll that could not be sent, or move on from a question whose own time is over.

        May run twice: a poll that is known is not sent again, and a question that was answered meanwhile has led on
        already.
        """
        user_id = UserId(int(payload["user_id"] or 0))
        attempt_id = AttemptId(int(payload["attempt_id"] or 0))
        question_id = QuestionId(int(payload["question_id"] or 0))
        user = await self._services.users.find(user_id)
        if user is None:
            return
        with speaking(user.language):
            try:
                had_answer = await self._services.polls.is_passed(user_id, attempt_id, question_id)
                attempt = await self._services.quizzes.current(user_id, attempt_id)
            except DomainError as error:
                log.info("quiz_poll.job_refused", attempt_id=attempt_id, error=type(error).__name__)
                return
            if attempt.question is not None and await poll_next_or_raise(self._bot, self._services, user, attempt_id):
                return
            if had_answer:
                return
            text, button = (
                (_("⏱ The time of that question is over. The next one has buttons."), _("▶️ Go on"))
                if attempt.question is not None
                else (_("🏁 The quiz is over. Here is your result."), _("📊 See the result"))
            )
            await self._bot.send_message(
                user_id,
                text,
                reply_markup=InlineKeyboardMarkup(inline_keyboard=[[go_button(button, f"qa_{attempt_id}")]]),
            )
