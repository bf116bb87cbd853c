"""The job that sends a course: what is missing is named, what is too large stays away."""

import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, cast

import openpyxl
import pytest
from aiogram import Bot
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.courses.export_jobs import ExportJobs
from bot.i18n import i18n
from bot.services import Services
from bot.telegram import make_bot
from domain.courses.errors import WorkGone
from domain.courses.exchange.model import CourseDraft, FileDraft, LessonDraft, PartDraft, SectionDraft
from domain.courses.exchange.packing import Package
from domain.courses.model import CourseId, Media, MediaId, PartKind
from domain.files import FileMissing, Storage, sha256_of
from domain.identity import UserId
from domain.language import Language, Text
from domain.users.model import Role, User
from tests.domain.courses.fakes import TEACHER, person

TOKEN = "42:secret-token"


@dataclass
class Telegram:
    sent: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


async def _get_file(request: web.Request) -> web.Response:
    file_id = (await request.json())["file_id"]
    if file_id == "large":
        answer = {"ok": False, "error_code": 400, "description": "Bad Request: file is too big"}
        return web.json_response(answer, status=400)
    file = {"file_id": file_id, "file_unique_id": "u", "file_path": f"documents/{file_id}", "file_size": 5}
    return web.json_response({"ok": True, "result": file})


async def _download(_request: web.Request) -> web.Response:
    return web.Response(body=b"hello")


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


@pytest.fixture
async def bot(telegram: Telegram) -> AsyncIterator[Bot]:
    async def send_document(request: web.Request) -> web.Response:
        form = await request.post()
        fields: dict[str, Any] = {
            name: (value.filename, value.file.read()) if isinstance(value, web.FileField) else value
            for name, value in form.items()
        }
        telegram.sent.append(fields)
        message = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}}
        return web.json_response({"ok": True, "result": message})

    app = web.Application(client_max_size=10**8)
    app.router.add_post(f"/bot{TOKEN}/getFile", _get_file)
    app.router.add_post(f"/bot{TOKEN}/sendDocument", send_document)
    app.router.add_get(f"/file/bot{TOKEN}/{{path:.+}}", _download)
    async with TestServer(app) as server:
        bot = make_bot(SecretStr(TOKEN), str(server.make_url("")).rstrip("/"))
        yield bot
        await bot.session.close()


@dataclass
class FakeExchange:
    package_: Package

    async def package(self, actor_id: UserId, course_id: CourseId) -> tuple[Package, User]:
        if actor_id != TEACHER:
            raise WorkGone(course_id)
        return self.package_, person(TEACHER, Role.TEACHER, Language.EN)


@dataclass
class FakeServices:
    exchange: FakeExchange


@dataclass
class FakeStorage:
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])

    async def get(self, sha256: str) -> bytes:
        if sha256 not in self.files:
            raise FileMissing(sha256)
        return self.files[sha256]


def media(number: int, content: bytes | None = None, file_id: str | None = None, bot_id: int = 42) -> Media:
    return Media(
        id=MediaId(number),
        kind=PartKind.DOCUMENT,
        name=f"{number}.bin",
        mime="application/octet-stream",
        size=5,
        sha256=sha256_of(content) if content is not None else None,
        telegram_file_id=file_id,
        bot_id=bot_id if file_id else None,
    )


def package_with(*files: Media) -> Package:
    sources = {f"{each.id:03}-{each.name}": each for each in files}
    parts = tuple(PartDraft(kind=PartKind.DOCUMENT, files={Language.UZ: path}) for path in sources)
    lesson = LessonDraft(title=Text({Language.UZ: "Dars"}), parts=parts)
    section = SectionDraft(title=Text({Language.UZ: "Bo‘lim"}), lessons=(lesson,))
    drafts = {path: FileDraft(path=path, name=each.name, mime=each.mime) for path, each in sources.items()}
    title = Text({Language.UZ: "Kurs"})
    return Package(CourseDraft(title=title, language=Language.UZ, sections=(section,), files=drafts), sources)


def job(bot: Bot, package: Package, *contents: bytes, max_bytes: int = 1_000_000) -> ExportJobs:
    storage = FakeStorage({sha256_of(content): content for content in contents})
    services = cast("Services", FakeServices(FakeExchange(package)))
    return ExportJobs(services, bot, cast("Storage", storage), limit=20_000_000, max_bytes=max_bytes)


@pytest.fixture(autouse=True)
def _speaking() -> None:
    i18n()


async def test_files_come_from_the_storage_or_from_telegram_and_what_is_missing_is_named(
    bot: Bot, telegram: Telegram
) -> None:
    package = package_with(
        media(1, b"kept"),
        media(2, file_id="small"),
        media(3, file_id="large"),
        media(4, file_id="small", bot_id=7),
        media(5, b"lost"),
    )

    await job(bot, package, b"kept").export({"course_id": 1, "user_id": TEACHER})

    [sent] = telegram.sent
    name, content = next(value for value in sent.values() if isinstance(value, tuple))
    assert name == "course.zip"
    assert "3 files could not be put in" in sent["caption"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.read("files/001-1.bin") == b"kept"
        assert archive.read("files/002-2.bin") == b"hello"
        missing = archive.read("missing.txt").decode()
        book = openpyxl.load_workbook(io.BytesIO(archive.read("course.xlsx")))
    assert [line.partition(":")[0] for line in missing.splitlines()] == [
        "files/003-3.bin", "files/004-4.bin", "files/005-5.bin",
    ]  # fmt: skip
    marked = [(row[0], row[4]) for row in book["files"].iter_rows(min_row=2, values_only=True)]
    assert [path for path, mark in marked if mark == "yes"] == ["003-3.bin", "004-4.bin", "005-5.bin"]


async def test_what_is_too_large_goes_as_the_workbook_alone_and_says_why(bot: Bot, telegram: Telegram) -> None:
    content = b"x" * 40_000

    await job(bot, package_with(media(1, content)), content, max_bytes=30_000).export(
        {"course_id": 1, "user_id": TEACHER}
    )

    [sent] = telegram.sent
    name, _content = next(value for value in sent.values() if isinstance(value, tuple))
    assert name == "course.xlsx"
    assert "50 MB" in sent["caption"]


async def test_whoever_may_not_any_more_gets_nothing(bot: Bot, telegram: Telegram) -> None:
    await job(bot, package_with()).export({"course_id": 1, "user_id": 999})

    assert telegram.sent == []
