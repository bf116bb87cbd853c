"""A bare python-telegram-bot echo with concurrent updates, by its "custom webhook bot" example on aiohttp.

https://docs.python-telegram-bot.org/en/stable/examples.customwebhookbot.html
"""

import asyncio
import os
from typing import Any

from aiohttp import web
from telegram import Update
from telegram.ext import Application, CommandHandler, MessageHandler, filters


async def start(update: Update, _context: Any) -> None:
    if update.message is not None and update.effective_user is not None:
        await update.message.reply_html(f"Hello, <b>{update.effective_user.full_name}</b>!")


async def echo(update: Update, _context: Any) -> None:
    if update.message is not None:
        await update.message.reply_text(update.message.text or "…")


async def main() -> None:
    builder = Application.builder().token(os.environ["BOT_TOKEN"]).base_url(f"{os.environ['BOT_API_URL']}/bot")
    application = builder.updater(None).concurrent_updates(True).build()
    application.add_handler(CommandHandler("start", start))
    application.add_handler(MessageHandler(filters.TEXT, echo))

    async def telegram(request: web.Request) -> web.Response:
        await application.update_queue.put(Update.de_json(await request.json(), application.bot))
        return web.Response()

    app = web.Application()
    app.router.add_post("/telegram", telegram)
    runner = web.AppRunner(app, access_log=None)
    async with application:
        await application.start()
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", int(os.environ["HTTP_PORT"])).start()
        await application.bot.set_webhook(f"{os.environ['WEBHOOK_BASE_URL']}/telegram")
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
