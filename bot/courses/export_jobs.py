"""The job that sends a course as a file."""

import asyncio
import tempfile
from pathlib import Path

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramForbiddenError
from aiogram.types import FSInputFile

from bot.courses.downloads import NotDownloaded, NotGiven, TooLarge, download
from bot.courses.exchange_progress import ProgressMessage
from bot.i18n import _, ngettext, speaking
from bot.services import Services
from domain.courses.exchange.packing import Package
from domain.courses.exchange.writing import sheets_of
from domain.courses.model import CourseId, Media
from domain.errors import DomainError
from domain.files import FileMissing, Storage
from domain.identity import UserId
from domain.jobs import JobPayload

log = structlog.get_logger()

MAX_BYTES = 49_000_000
"""Telegram takes documents of up to 50 MB from a bot."""
PROGRESS_AFTER = 2.0
"""Seconds after which it is said that the file is being made."""


class ExportJobs:
    def __init__(
        self, services: Services, bot: Bot, storage: Storage, *, limit: int, max_bytes: int = MAX_BYTES
    ) -> None:
        """`limit`: bytes that Telegram hands out at most; `max_bytes`: that it takes at most."""
        self._exchange = services.exchange
        self._bot = bot
        self._storage = storage
        self._limit = limit
        self._max_bytes = max_bytes

    async def export(self, payload: JobPayload) -> None:
        """`course_id`, `user_id`: whether they may is asked again now. A crash sends it again, never not at all."""
        course_id, user_id = CourseId(int(payload["course_id"] or 0)), UserId(int(payload["user_id"] or 0))
        try:
            package, actor = await self._exchange.package(user_id, course_id)
        except DomainError as refused:
            # They lost the role or the course since they asked.
            log.info("export.refused", course_id=course_id, user_id=user_id, reason=type(refused).__name__)
            return
        with speaking(actor.language), tempfile.TemporaryDirectory(prefix="ustoz-export-") as name:
            progress = ProgressMessage(self._bot, user_id, after=PROGRESS_AFTER)
            folder = Path(name)
            path, missing = await self._write(package, folder, progress)
            await progress.clear()
            try:
                await self._bot.send_document(
                    user_id,
                    FSInputFile(path, filename=_file_name(package, path.suffix)),
                    caption=_caption(package, missing, is_whole=path.suffix == ".zip"),
                    parse_mode=None,
                )
            except TelegramForbiddenError:
                log.info("export.blocked", user_id=user_id)
                return
        log.info("export.sent", course_id=course_id, user_id=user_id, missing=len(missing))

    async def _write(self, package: Package, folder: Path, progress: ProgressMessage) -> tuple[Path, dict[str, str]]:
        """The archive, or the workbook alone when the archive would be too large; and the files that are not in it."""
        # The library of spreadsheets is loaded by the first export, not by every start.
        from bot.courses.export_workbook import ArchiveWriter, write_workbook

        workbook, archive = folder / "course.xlsx", folder / "course.zip"
        missing: dict[str, str] = {}
        writer = ArchiveWriter(archive)
        written = 0
        for number, (path, media) in enumerate(package.sources.items(), start=1):
            count = len(package.sources)
            await progress.say(_("⏳ I am packing the files: {n} of {count}…").format(n=number, count=count))
            content = await self._content(media, folder, missing, path)
            if content is None:
                continue
            written += len(content)
            if written > self._max_bytes:
                break
            await asyncio.to_thread(writer.add, path, content)
        await progress.say(_("⏳ I am writing the workbook…"))
        is_too_large = written > self._max_bytes
        left_out = frozenset(package.sources if is_too_large else missing)
        await asyncio.to_thread(lambda: write_workbook(workbook, sheets_of(package.draft, left_out)))
        await asyncio.to_thread(writer.finish, workbook, missing)
        is_too_large |= (await asyncio.to_thread(archive.stat)).st_size > self._max_bytes
        if not is_too_large:
            return archive, missing
        return workbook, missing

    async def _content(self, media: Media, folder: Path, missing: dict[str, str], path: str) -> bytes | None:
        """From the storage; what only Telegram has, from there."""
        if media.sha256 is not None:
            try:
                return await self._storage.get(media.sha256)
            except FileMissing:
                log.warning("export.file_missing", media_id=media.id)
        if media.telegram_file_id is None or media.bot_id != self._bot.id:
            missing[path] = _("it is not in the storage of the centre")
            return None
        target = folder / "part"
        try:
            await download(self._bot, media.telegram_file_id, target, min(self._limit, self._max_bytes))
        except TooLarge:
            missing[path] = _("Telegram does not hand out files of this size")
        except (NotGiven, NotDownloaded):
            missing[path] = _("Telegram did not give it")
        else:
            return await asyncio.to_thread(target.read_bytes)
        return None


def _file_name(package: Package, suffix: str) -> str:
    stem = package.draft.slug or "course"
    return f"{stem}{suffix}"


def _caption(package: Package, missing: dict[str, str], *, is_whole: bool) -> str:
    lines: list[str] = []
    count = len(package.draft.lessons)
    lines.append(ngettext("📦 The course: {n} lesson.", "📦 The course: {n} lessons.", count).format(n=count))
    if not is_whole:
        lines.append(
            _("With its files it would be larger than the 50 MB that Telegram takes, so this is the workbook alone.")
        )
    elif missing:
        lines.append(
            ngettext(
                "{n} file could not be put in: missing.txt says why.",
                "{n} files could not be put in: missing.txt says why.",
                len(missing),
            ).format(n=len(missing))
        )
    lines.append(_("Send it at 📥 Import to make a new course of it."))
    return "\n".join(lines)
