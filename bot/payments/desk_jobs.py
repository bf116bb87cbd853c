"""Jobs of the staff desk: comparing the books, and telling the admins' chat."""

from datetime import datetime

import structlog
from aiogram import Bot

from bot.i18n import speaking
from bot.payments.desk_notices import books_differ_in_chat
from bot.sender import Fate, Sender
from domain.identity import UserId
from domain.jobs import JobPayload
from domain.language import Language
from domain.payments.reconciler import Reconciler
from domain.payments.reconciliation import ReconciliationId

log = structlog.get_logger()


class DeskJobs:
    def __init__(
        self, books: Reconciler, bot: Bot, sender: Sender, *, admin_chat_id: int | None, language: Language
    ) -> None:
        """`language`: the centre's, in which its admins' chat is written to."""
        self._books = books
        self._bot = bot
        self._sender = sender
        self._admin_chat_id = admin_chat_id
        self._language = language

    async def reconcile(self, payload: JobPayload) -> None:
        """Of the clock (`at`) or of a person (`asked_by`, `everything`)."""
        at, asked_by = payload.get("at"), payload.get("asked_by")
        result = await self._books.run(
            slot=datetime.fromisoformat(str(at)) if at else None,
            everything=bool(payload.get("everything")),
            asked_by=UserId(int(asked_by)) if asked_by else None,
        )
        if result is not None:
            log.info("books.compared", orders=result.counted, differences=result.difference_count)

    async def tell_chat(self, payload: JobPayload) -> None:
        """When the chat cannot be written to, every admin is told instead."""
        result_id = ReconciliationId(int(payload["reconciliation_id"] or 0))
        result = await self._books.told(result_id)
        if result is None:
            return
        fate = Fate.BLOCKED
        if self._admin_chat_id is not None:
            with speaking(self._language):
                message = books_differ_in_chat(result, (await self._bot.me()).username or "")
                fate = await self._sender.send(self._admin_chat_id, message)
        if fate is not Fate.SENT:
            log.warning("books.chat_unreachable", fate=fate.value)
            await self._books.tell_each(result_id)
