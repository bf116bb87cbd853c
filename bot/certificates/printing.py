"""A certificate on its way into the chat: printed once in each language, then sent by its file_id."""

from dataclasses import replace

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, Message
from aiogram_dialog import DialogManager

from bot.certificates.words import sheet_of, verify_link
from bot.i18n import _
from bot.services import Services, services
from domain.certificates.errors import PressFailed
from domain.certificates.model import Certificate, CertificateFile, FileKind, grouped
from domain.certificates.ports import Press
from domain.files import FileMissing, Storage
from domain.language import Language
from domain.users.model import User

log = structlog.get_logger()


class CertificatePrinter:
    """No database transaction is open while it prints, stores or sends."""

    def __init__(
        self, services: Services, bot: Bot, storage: Storage, press: Press, *, centre: str, timezone: str
    ) -> None:
        self._services = services
        self._bot = bot
        self._storage = storage
        self._press = press
        self._centre = centre
        self._timezone = timezone

    @classmethod
    def of(cls, manager: DialogManager) -> "CertificatePrinter":
        data = manager.middleware_data
        centre = data["settings"].centre
        return cls(
            services(manager),
            data["bot"],
            data["storage_of_files"],
            data["certificate_press"],
            centre=centre.centre_name,
            timezone=centre.timezone,
        )

    async def send(self, reader: User, certificate: Certificate, language: Language, kind: FileKind) -> None:
        """Send the picture or the PDF; a reader who cannot have it now is told so."""
        try:
            await self._send(reader, certificate, language, kind)
        except PressFailed:
            await self._bot.send_message(
                reader.id,
                _("🖨 The certificate cannot be printed right now. It is valid; please try again in a minute."),
            )

    async def _send(self, reader: User, certificate: Certificate, language: Language, kind: FileKind) -> None:
        file = await self._services.certificates.file(reader.id, certificate.code, language, kind)
        # The link on a print is that of the bot which it was printed for.
        if file is not None and file.bot_id == self._bot.id:
            if file.telegram_file_id is not None:
                try:
                    await self._post(reader.id, certificate, kind, file.telegram_file_id)
                except TelegramBadRequest as error:
                    log.warning("certificate.file_id_refused", certificate_id=certificate.id, reason=error.message)
                else:
                    return
            try:
                content = await self._storage.get(file.sha256)
            except FileMissing:
                log.warning("certificate.file_missing", certificate_id=certificate.id)
                file, content = await self._print(certificate, language, kind)
        else:
            file, content = await self._print(certificate, language, kind)
        source = BufferedInputFile(content, f"{grouped(certificate.code)}.{kind}")
        message = await self._post(reader.id, certificate, kind, source)
        if (file_id := _file_id(message)) is not None:
            await self._services.certificates.keep_file(certificate.id, replace(file, telegram_file_id=file_id))

    async def _print(
        self, certificate: Certificate, language: Language, kind: FileKind
    ) -> tuple[CertificateFile, bytes]:
        """Both kinds come from one print and are kept."""
        link = verify_link((await self._bot.me()).username, certificate.code)
        sheet = sheet_of(certificate, language, centre=self._centre, link=link, timezone=self._timezone)
        printed = await self._press.press(sheet)
        contents = {FileKind.PDF: printed.pdf, FileKind.PNG: printed.png}
        files: dict[FileKind, CertificateFile] = {}
        for each, content in contents.items():
            sha256 = await self._storage.put(content)
            files[each] = CertificateFile(kind=each, language=language, bot_id=self._bot.id, sha256=sha256)
            await self._services.certificates.keep_file(certificate.id, files[each])
        log.info("certificate.printed", certificate_id=certificate.id, language=language.value)
        return files[kind], contents[kind]

    async def _post(
        self, chat_id: int, certificate: Certificate, kind: FileKind, source: str | BufferedInputFile
    ) -> Message:
        caption = f"🎓 {grouped(certificate.code)}"
        if kind is FileKind.PNG:
            return await self._bot.send_photo(chat_id, source, caption=caption)
        return await self._bot.send_document(chat_id, source, caption=caption)


def _file_id(message: Message) -> str | None:
    if message.photo:
        return message.photo[-1].file_id
    return message.document.file_id if message.document else None
