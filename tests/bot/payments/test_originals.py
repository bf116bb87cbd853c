"""The job that keeps receipts: what Telegram gives is stored, what it has not is given up, the rest is retried."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import cast

import pytest
from aiogram import Bot
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.payments.originals import Originals
from bot.services import Services
from bot.telegram import make_bot
from bot.telegram_files import NotDownloaded
from domain.files import sha256_of
from domain.payments.model import OrderCode, OrderId
from domain.payments.proofs import MAX_RECEIPT_BYTES, PaymentProof, ProofId
from tests.bot.files.storages import MemoryStorage
from tests.domain.payments.fakes import ALI, NOON

TOKEN = "42:secret-token"
CONTENT = b"%PDF-1.4 a receipt"


@dataclass
class FakeProofs:
    """Knows one receipt; `kept` is what was noted about it."""

    file_id: str = "good"
    kept: list[tuple[ProofId, str]] = field(default_factory=list)

    async def unkept(self, proof_id: ProofId) -> PaymentProof | None:
        if proof_id != 1 or self.kept:
            return None
        return PaymentProof(
            id=proof_id,
            order_id=OrderId(1),
            order_code=OrderCode("7K2M9QXW4TBN"),
            user_id=ALI,
            file_id=self.file_id,
            file_unique_id="unique",
            is_photo=False,
            sent_at=NOON,
        )

    async def note_kept(self, proof_id: ProofId, sha256: str) -> None:
        self.kept.append((proof_id, sha256))


@dataclass
class FakeServices:
    proofs: FakeProofs


async def _get_file(request: web.Request) -> web.Response:
    file_id = (await request.json())["file_id"]
    if file_id == "lost":
        return web.json_response(
            {"ok": False, "error_code": 400, "description": "Bad Request: wrong file_id"}, status=400
        )
    size = MAX_RECEIPT_BYTES + 1 if file_id == "large" else len(CONTENT)
    file = {"file_id": file_id, "file_unique_id": "unique", "file_path": f"documents/{file_id}.pdf", "file_size": size}
    return web.json_response({"ok": True, "result": file})


async def _download(request: web.Request) -> web.Response:
    if "good" not in request.path:
        raise web.HTTPBadGateway
    return web.Response(body=CONTENT)


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    app = web.Application()
    app.router.add_post(f"/bot{TOKEN}/getFile", _get_file)
    app.router.add_get(f"/file/bot{TOKEN}/{{path:.+}}", _download)
    async with TestServer(app) as server:
        bot = make_bot(SecretStr(TOKEN), str(server.make_url("")).rstrip("/"))
        yield bot
        await bot.session.close()


def originals(bot: Bot, proofs: FakeProofs, storage: MemoryStorage) -> Originals:
    return Originals(cast("Services", FakeServices(proofs)), bot, storage)


async def test_an_original_is_stored_and_noted_once(bot: Bot) -> None:
    proofs, storage = FakeProofs(), MemoryStorage()
    job = originals(bot, proofs, storage)

    await job.keep({"proof_id": 1})
    await job.keep({"proof_id": 1})

    assert storage.files == {sha256_of(CONTENT): CONTENT}
    assert proofs.kept == [(1, sha256_of(CONTENT))]


@pytest.mark.parametrize("file_id", ["lost", "large"])
async def test_what_telegram_cannot_give_is_given_up(bot: Bot, file_id: str) -> None:
    proofs, storage = FakeProofs(file_id), MemoryStorage()

    await originals(bot, proofs, storage).keep({"proof_id": 1})

    assert not storage.files
    assert not proofs.kept


async def test_a_failing_file_server_is_asked_again_and_the_token_is_not_told(bot: Bot) -> None:
    proofs, storage = FakeProofs("broken"), MemoryStorage()

    with pytest.raises(NotDownloaded) as failure:
        await originals(bot, proofs, storage).keep({"proof_id": 1})

    assert TOKEN not in repr(failure.value)
    assert failure.value.__cause__ is None
    assert failure.value.__suppress_context__
    assert not proofs.kept


async def test_a_receipt_that_is_unknown_or_kept_asks_nothing_of_telegram() -> None:
    proofs = FakeProofs()
    unreachable = make_bot(SecretStr(TOKEN), "http://127.0.0.1:9")

    await originals(unreachable, proofs, MemoryStorage()).keep({"proof_id": 2})

    assert not proofs.kept
    await unreachable.session.close()
