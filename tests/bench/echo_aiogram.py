"""A bare aiogram echo by webhook, as aiogram's documentation writes it, without its request log.

https://docs.aiogram.dev/en/latest/dispatcher/webhook.html; `handle_in_background=False` answers Telegram when the
update is done, which is cheaper than the default.
"""

import os

from aiogram import Bot, Dispatcher, Router, html
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.filters import CommandStart
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

router = Router()


@router.message(CommandStart())
async def command_start_handler(message: Message) -> None:
    name = message.from_user.full_name if message.from_user else ""
    await message.answer(f"Hello, {html.bold(name)}!")


@router.message()
async def echo_handler(message: Message) -> None:
    await message.send_copy(chat_id=message.chat.id)


async def on_startup(bot: Bot) -> None:
    await bot.set_webhook(f"{os.environ['WEBHOOK_BASE_URL']}/telegram", secret_token=os.environ["WEBHOOK_SECRET"])


def main() -> None:
    dispatcher = Dispatcher()
    dispatcher.include_router(router)
    dispatcher.startup.register(on_startup)
    session = AiohttpSession(api=TelegramAPIServer.from_base(os.environ["BOT_API_URL"]))
    bot = Bot(os.environ["BOT_TOKEN"], session=session, default=DefaultBotProperties(parse_mode=ParseMode.HTML))
    app = web.Application()
    handler = SimpleRequestHandler(
        dispatcher=dispatcher, bot=bot, handle_in_background=False, secret_token=os.environ["WEBHOOK_SECRET"]
    )
    handler.register(app, path="/telegram")
    setup_application(app, dispatcher, bot=bot)
    web.run_app(app, host="127.0.0.1", port=int(os.environ["HTTP_PORT"]), print=None)


if __name__ == "__main__":
    main()
