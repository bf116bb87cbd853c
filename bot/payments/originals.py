"""The job that keeps the originals of receipts for the accountant, outside of Telegram."""

import io

import aiohttp
import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest

from bot.services import Services
from domain.files import Storage
from domain.jobs import JobPayload
from domain.payments.proofs import MAX_RECEIPT_BYTES, ProofId

log = structlog.get_logger()


class NotDownloaded(Exception):
    """Telegram's file server did not give the file; the job tries again."""


class Originals:
    def __init__(self, services: Services, bot: Bot, storage: Storage) -> None:
        self._services = services
        self._bot = bot
        self._storage = storage

    async def keep(self, payload: JobPayload) -> None:
        """`proof_id`: download the receipt and keep it. What Telegram does not have (any more) is given up."""
        proof_id = ProofId(int(payload["proof_id"] or 0))
        proof = await self._services.proofs.unkept(proof_id)
        if proof is None:
            return
        try:
            file = await self._bot.get_file(proof.file_id)
        except TelegramBadRequest as error:
            log.warning("proof.lost", proof_id=proof_id, reason=error.message)
            return
        if file.file_path is None or (file.file_size or 0) > MAX_RECEIPT_BYTES:
            log.warning("proof.lost", proof_id=proof_id, reason="too large")
            return
        sha256 = await self._storage.put(await self._download(file.file_path))
        await self._services.proofs.note_kept(proof_id, sha256)
        log.info("proof.kept", proof_id=proof_id)

    async def _download(self, path: str) -> bytes:
        content = io.BytesIO()
        try:
            await self._bot.download_file(path, content, timeout=60)
        except aiohttp.ClientError as error:
            # The client's own words quote the address, and the address holds the token.
            raise NotDownloaded(type(error).__name__) from None
        return content.getvalue()
