"""One message that tells a sender how far their files are, and edits itself."""

import asyncio
from html import escape

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError

from bot.courses.words import KINDS
from bot.i18n import N_, _, ngettext, shorten, speaking
from bot.services import Services
from domain.courses.inspection import MAX_ENTRIES, MAX_UNPACKED, FileFault
from domain.courses.originals import OriginalService
from domain.courses.uploads import BatchId, UploadBatch, UploadLine, UploadState
from domain.jobs import JobPayload

log = structlog.get_logger()

MIB = 1024 * 1024
MAX_LINES = 10
"""Files named in one message; a batch of hundreds would not fit."""
_NAME = 60
_UNCHANGED = "message is not modified"

FAULTS: dict[FileFault, str] = {
    FileFault.EMPTY: N_("The file is empty. Please send it again."),
    FileFault.OTHER_TYPE: N_(
        "It is not the kind of file that its name says. Open it on your computer, save it anew and send that."
    ),
    FileFault.PROGRAM: N_("Programs could harm students. Send a document, or a link to where it is downloaded."),
    FileFault.ENCRYPTED: N_("It has a password. Save it without one and send it again."),
    FileFault.BROKEN: N_("It is damaged and does not open. Save it anew on your computer and send that."),
    FileFault.NO_PAGES: N_("It has no pages. Save it anew on your computer and send that."),
    FileFault.UNSAFE: N_("Something is hidden in it that could harm students. Save or pack it anew and send that."),
    FileFault.TOO_HEAVY: N_(
        "It holds too much: {megabytes} MB and {files} files unpacked at most. Please send it in pieces."
    ),
}


class UploadProgress:
    def __init__(self, services: Services, originals: OriginalService, bot: Bot, *, limit: int) -> None:
        """`limit`: bytes that Telegram hands out at most, to name it."""
        self._services = services
        self._originals = originals
        self._bot = bot
        self._limit = limit

    async def tell(self, payload: JobPayload) -> None:
        """`batch_id`: tell it when it takes longer than one looks."""
        await self.show(BatchId(int(payload["batch_id"] or 0)))

    async def show(self, batch_id: BatchId) -> None:
        """Tell what is new in the batch, at most once a second, until there is nothing new."""
        while True:
            turn = await self._originals.take_turn(batch_id)
            if turn.wait is not None:
                await asyncio.sleep(turn.wait.total_seconds())
                continue
            if turn.batch is None:
                return
            await self._write(turn.batch)

    async def _write(self, batch: UploadBatch) -> None:
        user = await self._services.users.find(batch.user_id)
        if user is None or not user.is_reachable or not batch.lines:
            await self._originals.fall_silent(batch.id)
            return
        with speaking(user.language):
            text = status_text(batch, self._limit)
        try:
            message_id = await self._put(batch, text)
        except (TelegramForbiddenError, TelegramBadRequest) as error:
            log.warning("uploads.untold", batch_id=batch.id, reason=error.message)
            await self._originals.fall_silent(batch.id)
            return
        await self._originals.note_shown(batch, message_id)

    async def _put(self, batch: UploadBatch, text: str) -> int:
        if batch.message_id is not None:
            try:
                await self._bot.edit_message_text(chat_id=batch.user_id, message_id=batch.message_id, text=text)
            except TelegramBadRequest as error:
                if _UNCHANGED in error.message or not batch.is_done:
                    return batch.message_id
                # Deleted by its reader, who is still to know how it ended.
                log.info("uploads.message_gone", batch_id=batch.id)
            else:
                return batch.message_id
        return (await self._bot.send_message(batch.user_id, text)).message_id


def status_text(batch: UploadBatch, limit: int) -> str:
    """In HTML, in the current language."""
    stored = len(batch.in_state(UploadState.KEPT))
    lines: list[str] = []
    if not batch.is_done:
        total = len(batch.lines)
        sentence = ngettext(
            "⏳ {total} file: {stored} of {total} stored", "⏳ {total} files: {stored} of {total} stored", total
        )
        lines.append(sentence.format(total=total, stored=stored))
        if batch.is_delayed:
            lines.append(_("The storage does not answer right now. The lesson works, and I keep trying."))
    elif stored:
        lines.append(ngettext("✅ {count} file stored.", "✅ {count} files stored.", stored).format(count=stored))
    told = [line for line in batch.lines if line.state not in (UploadState.WAITING, UploadState.KEPT)]
    lines += [_told(line, limit) for line in told[:MAX_LINES]]
    if len(told) > MAX_LINES:
        more = len(told) - MAX_LINES
        lines.append(ngettext("…and {count} more file.", "…and {count} more files.", more).format(count=more))
    if batch.in_state(UploadState.REFUSED):
        lines.append(_("I took what cannot be used out of the lesson again."))
    return "\n\n".join(lines)


def _told(line: UploadLine, limit: int) -> str:
    name = f"<b>{escape(shorten(line.name, _NAME) or _(KINDS[line.kind]))}</b>"
    match line.state:
        case UploadState.REFUSED:
            why = _(FAULTS[line.fault or FileFault.BROKEN]).format(
                megabytes=MAX_UNPACKED // MIB, files=f"{MAX_ENTRIES:,}".replace(",", "\u00a0")
            )
            return f"✖️ {name}: {why}"
        case UploadState.TOO_LARGE:
            why = _(
                "It is larger than {megabytes} MB. I can send it to students, but keep no copy: please keep the "
                "original yourself."
            ).format(megabytes=limit // MIB)
        case _:
            why = _(
                "Telegram does not give me a copy. Students get it all the same; please keep the original yourself."
            )
    return f"📎 {name}: {why}"
