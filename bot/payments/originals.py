"""The job that keeps the originals of receipts for the accountant, outside of Telegram."""

import structlog
from aiogram import Bot

from bot.services import Services
from bot.telegram_files import download
from domain.files import Storage
from domain.jobs import JobPayload
from domain.payments.proofs import MAX_RECEIPT_BYTES, ProofId

log = structlog.get_logger()


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
        content = await download(self._bot, proof.file_id, at_most=MAX_RECEIPT_BYTES)
        if content is None:
            log.warning("proof.lost", proof_id=proof_id)
            return
        await self._services.proofs.note_kept(proof_id, await self._storage.put(content))
        log.info("proof.kept", proof_id=proof_id)
