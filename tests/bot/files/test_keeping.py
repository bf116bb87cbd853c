"""The job that keeps originals, with a file server of Telegram's that can fail: one object, one row, no token told."""

import asyncio
import itertools
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import structlog
from aiogram import Bot
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.clients.parsing.inspector import ChildInspector
from bot.courses.downloads import MIB, NotDownloaded, download_limit
from bot.courses.originals import KeepOriginals
from bot.courses.progress import UploadProgress
from bot.services import Services
from bot.telegram import make_bot
from db.engine import Pool
from db.unit_of_work import Database
from domain.courses.materials import Upload
from domain.courses.model import CategoryId, LessonId, MediaId, PartKind
from domain.courses.originals import OriginalService
from domain.courses.service import AuthoringService
from domain.files import StorageDown, sha256_of
from domain.users.model import User, UserId
from tests.bot.files.made import EXE, PDF_MIME, locked_pdf, pdf
from tests.bot.files.storages import MemoryStorage
from tests.db.quiz_world import TEACHER, add_people

TOKEN = "7:canary-token-of-the-bot"
CONTENT = pdf(2)
HASH = sha256_of(CONTENT)
_numbers = itertools.count(1)


@dataclass
class FakeTelegram:
    """What `getFile` says about a file, what its download gives, and what the bot wrote."""

    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    downloads: int = 0
    said: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    path_on_disk: Path | None = None
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]] | None = None
    refusal: str | None = None
    tells_size: bool = True

    async def get_file(self, request: web.Request) -> web.Response:
        file_id = (await request.json())["file_id"]
        refusal = self.refusal or (None if file_id in self.files else "Bad Request: wrong file_id")
        if refusal:
            return web.json_response({"ok": False, "error_code": 400, "description": refusal}, status=400)
        file: dict[str, Any] = {"file_id": file_id, "file_unique_id": "u"}
        file["file_path"] = str(self.path_on_disk or f"documents/{file_id}")
        if self.tells_size:
            file["file_size"] = len(self.files[file_id])
        return web.json_response({"ok": True, "result": file})

    async def download(self, request: web.Request) -> web.StreamResponse:
        self.downloads += 1
        if self.answer is not None:
            return await self.answer(request)
        return web.Response(body=self.files[request.path.rpartition("/")[2]])

    async def say(self, request: web.Request) -> web.Response:
        self.said.append(await request.json())
        message = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "x"}
        return web.json_response({"ok": True, "result": message})


@pytest.fixture
def telegram() -> FakeTelegram:
    return FakeTelegram()


@pytest.fixture
async def bot(telegram: FakeTelegram) -> AsyncIterator[Bot]:
    app = web.Application()
    app.router.add_post(f"/bot{TOKEN}/getFile", telegram.get_file)
    app.router.add_post(f"/bot{TOKEN}/sendMessage", telegram.say)
    app.router.add_post(f"/bot{TOKEN}/editMessageText", telegram.say)
    app.router.add_get(f"/file/bot{TOKEN}/{{path:.+}}", telegram.download)
    async with TestServer(app) as server:
        bot = make_bot(SecretStr(TOKEN), str(server.make_url("")).rstrip("/"))
        yield bot
        await bot.session.close()


@dataclass
class FakeUsers:
    database: Database

    async def find(self, user_id: UserId) -> User | None:
        async with self.database.read() as uow:
            return await uow.users.get(user_id)


@dataclass
class FakeServices:
    users: FakeUsers


class Interrupted(BaseException):
    """The process is killed here."""


class Fragile(OriginalService):
    """Dies before or after it has noted that a file is kept."""

    dies: str | None = None

    async def note_kept(self, media_id: MediaId, *, sha256: str, size: int, mime: str) -> None:
        if self.dies == "before":
            raise Interrupted
        await super().note_kept(media_id, sha256=sha256, size=size, mime=mime)
        if self.dies == "after":
            raise Interrupted


@pytest.fixture(scope="module")
async def maths(pool: Pool) -> CategoryId:
    await add_people(pool)
    return await pool.fetchval(
        "insert into categories (slug, emoji, title, position) values ('m', '➗', '{\"uz\": \"M\"}', 1) returning id"
    )


@pytest.fixture(autouse=True)
async def nothing_before(pool: Pool) -> None:
    await pool.execute("update media set sha256 = null")
    await pool.execute("update upload_batches set closed_at = now() where closed_at is null")


def now() -> datetime:
    """Past the moments in which nothing is told."""
    return datetime.now(UTC) + timedelta(seconds=5)


@pytest.fixture
def originals(pool: Pool) -> Fragile:
    database = Database(pool)
    return Fragile(begin=database.begin, read=database.read, now=now)


@pytest.fixture
def storage() -> MemoryStorage:
    return MemoryStorage()


@pytest.fixture
def job(pool: Pool, originals: Fragile, bot: Bot, storage: MemoryStorage, tmp_path: Path) -> KeepOriginals:
    people = cast("Services", FakeServices(FakeUsers(Database(pool))))
    progress = UploadProgress(people, originals, bot, limit=1 * MIB)
    return KeepOriginals(
        originals, progress, bot, storage, ChildInspector(), folder=tmp_path / "incoming", limit=1 * MIB
    )


@dataclass
class Sent:
    media_id: MediaId
    lesson_id: LessonId


@pytest.fixture
def send(pool: Pool, maths: CategoryId, telegram: FakeTelegram) -> Callable[..., Awaitable[Sent]]:
    database = Database(pool)
    authoring = AuthoringService(begin=database.begin, read=database.read, now=lambda: datetime.now(UTC))

    async def run(
        content: bytes | None = CONTENT, *, name: str = "plan.pdf", size: int | None = None, bot_id: int = 7
    ) -> Sent:
        file_id = f"F{next(_numbers)}"
        if content is not None:
            telegram.files[file_id] = content
        course = await authoring.new_course(TEACHER, maths, f"Kurs {file_id}")
        lesson = await authoring.add_lesson(TEACHER, course.id, "Dars")
        upload = Upload(
            kind=PartKind.PDF,
            name=name,
            mime=PDF_MIME,
            size=len(content or b"") if size is None else size,
            telegram_file_id=file_id,
            bot_id=bot_id,
        )
        part = await authoring.add_part(TEACHER, lesson.id, upload)
        return Sent(next(iter(part.media.values())).id, lesson.id)

    return run


Send = Callable[..., Awaitable[Sent]]


async def kept(pool: Pool, sent: Sent) -> tuple[object, ...]:
    row = await pool.fetchrow("select sha256, size, mime, unkept from media where id = $1", sent.media_id)
    assert row is not None
    return tuple(row)


async def parts(pool: Pool, sent: Sent) -> int:
    return await pool.fetchval("select count(*) from parts where lesson_id = $1", sent.lesson_id)


async def test_an_original_is_kept_once_however_often_the_job_runs(
    pool: Pool, job: KeepOriginals, send: Send, storage: MemoryStorage, telegram: FakeTelegram, tmp_path: Path
) -> None:
    sent = await send(size=0)

    await job.keep({"media_id": sent.media_id})
    await job.keep({"media_id": sent.media_id})

    assert storage.files == {HASH: CONTENT}
    assert await kept(pool, sent) == (HASH, len(CONTENT), PDF_MIME, None)
    assert telegram.downloads == 1
    assert not list((tmp_path / "incoming").iterdir())


async def test_two_runs_at_once_end_in_one_object_and_one_row(
    pool: Pool, job: KeepOriginals, send: Send, storage: MemoryStorage
) -> None:
    sent = await send()

    await asyncio.gather(*(job.keep({"media_id": sent.media_id}) for _run in range(3)))

    assert storage.files == {HASH: CONTENT}
    assert await kept(pool, sent) == (HASH, len(CONTENT), PDF_MIME, None)


@pytest.mark.parametrize("moment", ["put", "before", "after"])
async def test_a_job_that_is_killed_anywhere_is_finished_by_the_next(
    pool: Pool, job: KeepOriginals, originals: Fragile, send: Send, storage: MemoryStorage, moment: str
) -> None:
    def die(_sha256: str) -> None:
        raise Interrupted

    sent = await send()
    originals.dies = moment
    storage.after_put = die if moment == "put" else None
    with pytest.raises(Interrupted):
        await job.keep({"media_id": sent.media_id})

    originals.dies = storage.after_put = None
    await job.keep({"media_id": sent.media_id})

    assert storage.files == {HASH: CONTENT}
    assert await kept(pool, sent) == (HASH, len(CONTENT), PDF_MIME, None)
    states = await pool.fetch("select state from uploads where media_id = $1", sent.media_id)
    assert [row["state"] for row in states] == ["kept"]


async def test_an_object_that_the_sweep_took_meanwhile_is_put_again(
    job: KeepOriginals, send: Send, storage: MemoryStorage
) -> None:
    sent = await send()

    def sweep(sha256: str) -> None:
        storage.after_put = None
        del storage.files[sha256]

    storage.after_put = sweep

    await job.keep({"media_id": sent.media_id})

    assert storage.files == {HASH: CONTENT}


async def test_while_the_storage_is_away_the_lesson_works_and_the_job_tries_again(
    pool: Pool, job: KeepOriginals, send: Send, storage: MemoryStorage, telegram: FakeTelegram
) -> None:
    sent = await send()
    storage.is_down = True
    for _try in range(2):
        with pytest.raises(StorageDown):
            await job.keep({"media_id": sent.media_id})
    assert await parts(pool, sent) == 1
    assert (await kept(pool, sent))[0] is None
    assert len(telegram.said) == 1
    assert "0" in telegram.said[0]["text"]

    storage.is_down = False
    await job.keep({"media_id": sent.media_id})

    assert storage.files == {HASH: CONTENT}
    assert "✅" in telegram.said[-1]["text"]


@pytest.mark.parametrize(
    ("content", "name"),
    [(locked_pdf(), "locked.pdf"), (EXE, "essay.docx"), (b"no pdf", "words.pdf"), (b"", "empty.pdf")],
)
async def test_a_file_that_cannot_be_used_is_taken_out_and_its_sender_told(
    pool: Pool,
    job: KeepOriginals,
    send: Send,
    storage: MemoryStorage,
    telegram: FakeTelegram,
    content: bytes,
    name: str,
) -> None:
    sent = await send(content, name=name)

    await job.keep({"media_id": sent.media_id})
    await job.keep({"media_id": sent.media_id})

    assert await parts(pool, sent) == 0
    assert not storage.files
    assert (await kept(pool, sent))[3] == "refused"
    assert len(telegram.said) == 1
    assert name in telegram.said[0]["text"]


async def test_a_hostile_name_is_shown_as_text(
    job: KeepOriginals, send: Send, telegram: FakeTelegram, storage: MemoryStorage
) -> None:
    sent = await send(b"no pdf", name="<b>../\u202efdp.pdf\r\n\0")

    await job.keep({"media_id": sent.media_id})

    text = telegram.said[0]["text"]
    assert "&lt;b&gt;" in text
    assert not {"\u202e", "\0", "\r"} & set(text)


@pytest.mark.parametrize("how", ["told at once", "told by Telegram", "found by counting"])
async def test_of_a_file_that_is_too_large_there_is_no_copy_and_the_sender_is_told(
    pool: Pool, job: KeepOriginals, send: Send, storage: MemoryStorage, telegram: FakeTelegram, how: str
) -> None:
    large = pdf() + bytes(2 * MIB)
    sent = await send(large, size=len(large) if how == "told at once" else 0)
    telegram.refusal = "Bad Request: file is too big" if how == "told by Telegram" else None
    telegram.tells_size = False

    await job.keep({"media_id": sent.media_id})

    assert not storage.files
    assert (await kept(pool, sent))[3] == "too_large"
    assert await parts(pool, sent) == 1
    assert "1 MB" in telegram.said[0]["text"]


@pytest.mark.parametrize("bot_id", [7, 8])
async def test_what_telegram_does_not_give_this_bot_is_told(
    pool: Pool, job: KeepOriginals, send: Send, telegram: FakeTelegram, bot_id: int
) -> None:
    sent = await send(None, bot_id=bot_id)

    await job.keep({"media_id": sent.media_id})

    assert (await kept(pool, sent))[3] == "lost"
    assert await parts(pool, sent) == 1
    assert len(telegram.said) == 1


async def test_a_server_on_this_machine_gives_the_file_from_its_disk(
    pool: Pool, job: KeepOriginals, send: Send, storage: MemoryStorage, telegram: FakeTelegram, tmp_path: Path
) -> None:
    telegram.path_on_disk = tmp_path / "on disk.pdf"
    telegram.path_on_disk.write_bytes(CONTENT)
    sent = await send()

    await job.keep({"media_id": sent.media_id})

    assert storage.files == {HASH: CONTENT}
    assert telegram.downloads == 0


def test_only_telegram_s_own_server_has_the_small_limit() -> None:
    assert download_limit("https://api.telegram.org") == 20 * MIB
    assert download_limit("http://127.0.0.1:8081") == 2_000 * MIB


async def _gateway(_request: web.Request) -> web.StreamResponse:
    raise web.HTTPBadGateway


async def _moved(request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("http://127.0.0.1:9" + request.path)


async def _torn(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "100000"})
    await response.prepare(request)
    await response.write(b"%PDF-")
    if request.transport is not None:
        request.transport.close()
    return response


@pytest.mark.parametrize("answer", [_gateway, _moved, _torn])
async def test_a_failed_download_tells_the_token_to_nobody(
    job: KeepOriginals,
    send: Send,
    telegram: FakeTelegram,
    storage: MemoryStorage,
    caplog: pytest.LogCaptureFixture,
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> None:
    caplog.set_level(logging.DEBUG)
    telegram.answer = answer
    sent = await send()

    with structlog.testing.capture_logs() as logs, pytest.raises(NotDownloaded) as failure:
        await job.keep({"media_id": sent.media_id})

    error: BaseException | None = failure.value
    logged = [record.getMessage() for record in caplog.records if record.name != "aiohttp.access"]
    told = [repr(logs), *logged, repr(telegram.said), *traceback.format_exception(failure.value, chain=True)]
    while error is not None:
        told += [repr(error), str(error)]
        error = error.__cause__ or error.__context__
    assert "canary-token" not in "".join(told)
    assert not storage.files


async def test_media_that_are_gone_ask_nothing(job: KeepOriginals, telegram: FakeTelegram) -> None:
    await job.keep({"media_id": 0})

    assert telegram.downloads == 0
