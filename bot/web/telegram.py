"""Telegram's webhook: an update is kept before it is acknowledged."""

import hmac

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import SecretStr

from bot.intake.arrivals import Unreadable, arrival_of
from bot.intake.intake import Intake
from bot.intake.refusal import refusal_of
from domain.intake.ports import InboxLost
from domain.language import Language

log = structlog.get_logger()

HEADER = "X-Telegram-Bot-Api-Secret-Token"


def telegram_handler(intake: Intake, secret: SecretStr, *, default_language: Language = Language.UZ) -> Handler:
    """401 without the exact secret; 503 while the inbox cannot be written, so that Telegram tries again; else 200.

    Whether somebody may be charged is asked once, so that one question is refused in the answer itself meanwhile.

    A body that is not an update is acknowledged and dropped: answered with an error it would come again and again,
    and hold up everything that its chat sends.
    """
    expected = secret.get_secret_value().encode()
    if not expected:
        raise ValueError("the webhook needs a secret")

    async def receive(request: web.Request) -> web.Response:
        given = request.headers.get(HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, expected):
            return web.Response(status=401)
        try:
            arrival = arrival_of(await request.read())
        except (Unreadable, web.HTTPRequestEntityTooLarge):
            log.warning("webhook.unreadable")
            return web.Response()
        try:
            await intake.receive([arrival])
        except InboxLost:
            refusal = refusal_of(arrival.raw, default_language)
            if refusal is not None:
                log.error("payment.declined", cause="InboxLost")
                return web.json_response({"method": "answerPreCheckoutQuery", **refusal})
            return web.Response(status=503, headers={"Retry-After": "2"})
        return web.Response()

    return receive
