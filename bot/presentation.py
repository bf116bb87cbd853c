"""How the bot introduces itself in Telegram: its command menu and its description, in each language."""

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats

from bot.i18n import N_, _, speaking
from domain.language import Language

log = structlog.get_logger()

DESCRIPTION = N_(
    "A learning centre in your pocket: lessons, quizzes, a tutor that helps you think, and your progress. "
    "Press Start: your first lesson is a minute away."
)
SHORT_DESCRIPTION = N_("Lessons, quizzes and a tutor, right here.")


async def present_bot(bot: Bot) -> None:
    """What people see before their first message; whoever has a role gets a menu of their own later."""
    for language in (None, *Language):
        with speaking(language or Language.EN):
            commands = [
                BotCommand(command="start", description=_("Begin")),
                BotCommand(command="menu", description=_("Main menu")),
                BotCommand(command="help", description=_("What I can do")),
            ]
            try:
                await bot.set_my_commands(commands, scope=BotCommandScopeAllPrivateChats(), language_code=language)
                await bot.set_my_description(_(DESCRIPTION), language_code=language)
                await bot.set_my_short_description(_(SHORT_DESCRIPTION), language_code=language)
            except TelegramAPIError as error:
                log.warning("presentation.failed", cause=type(error).__name__)
                return
