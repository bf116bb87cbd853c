"""The jobs that read tests, with a Telegram and a model that answer on this machine."""

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, cast

import orjson
import pytest
from aiogram import Bot
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.clients.parsing.test_reader import ChildTestReader
from bot.clients.photo_tests import OpenAIPhotoReader
from bot.courses.question_import_jobs import QuestionImportJobs
from bot.services import Services
from bot.telegram import make_bot
from db.engine import Pool
from db.unit_of_work import Database
from domain.quizzes.importing.import_service import QuestionImportService
from domain.quizzes.importing.imports import (
    ImportRefusal,
    ImportSource,
    QuestionImport,
    QuestionImportState,
    SentTest,
    Target,
)
from domain.quizzes.importing.reading import read_test
from tests.bot.quizzes.test_photo_reader import replies
from tests.bot.tutor.fake_openai import FakeOpenAI, fake_openai, refuses
from tests.db.quiz_world import NOON, TEACHER, World, add_people

TOKEN = "42:secret-token"
MIB = 1024 * 1024
_messages = itertools.count(1)


@dataclass
class Telegram:
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    said: list[str] = field(default_factory=list[str])
    """What the bot has written, and `-` for each message that it deleted."""
    buttons: list[str] = field(default_factory=list[str])

    async def get_file(self, request: web.Request) -> web.Response:
        file_id = (await request.json())["file_id"]
        if file_id not in self.files:
            refusal = {"ok": False, "error_code": 400, "description": "Bad Request: wrong file_id"}
            return web.json_response(refusal, status=400)
        file = {"file_id": file_id, "file_unique_id": "u", "file_path": f"documents/{file_id}", "file_size": 5}
        return web.json_response({"ok": True, "result": file})

    async def download(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["path"].rpartition("/")[2]])

    async def send(self, request: web.Request) -> web.Response:
        form: dict[str, Any] = dict(await request.post()) or await request.json()
        self.said.append(str(form["text"]))
        markup = form.get("reply_markup")
        if markup:
            rows = (orjson.loads(markup) if isinstance(markup, str) else markup)["inline_keyboard"]
            self.buttons += [button["callback_data"] for row in rows for button in row]
        message = {"message_id": len(self.said), "date": 1, "chat": {"id": 1, "type": "private"}}
        return web.json_response({"ok": True, "result": message})

    async def delete(self, _request: web.Request) -> web.Response:
        self.said.append("-")
        return web.json_response({"ok": True, "result": True})


@pytest.fixture
async def telegram() -> Telegram:
    return Telegram()


@pytest.fixture
async def bot(telegram: Telegram) -> AsyncIterator[Bot]:
    app = web.Application()
    app.router.add_post(f"/bot{TOKEN}/getFile", telegram.get_file)
    app.router.add_post(f"/bot{TOKEN}/sendMessage", telegram.send)
    app.router.add_post(f"/bot{TOKEN}/deleteMessage", telegram.delete)
    app.router.add_get(f"/file/bot{TOKEN}/{{path:.+}}", telegram.download)
    async with TestServer(app) as server:
        bot = make_bot(SecretStr(TOKEN), str(server.make_url("")).rstrip("/"))
        yield bot
        await bot.session.close()


@pytest.fixture
async def model() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


@dataclass
class FakeServices:
    question_imports: QuestionImportService


@pytest.fixture
async def target(pool: Pool) -> Target:
    await add_people(pool)
    await pool.execute("update users set language = 'en'")
    # Each test has a course of its own, whatever the world has numbered before.
    await pool.execute("update courses set code = code || '-' || id")
    return Target(lesson_id=await World(pool, Database(pool).begin).lesson(questions=0))


@pytest.fixture
def imports(pool: Pool) -> QuestionImportService:
    database = Database(pool)
    return QuestionImportService(
        begin=database.begin, read=database.read, now=lambda: NOON, read_text=read_test, reads_photos=True
    )


@pytest.fixture
def jobs(imports: QuestionImportService, bot: Bot, model: FakeOpenAI) -> QuestionImportJobs:
    photos = OpenAIPhotoReader(model="eyes", base_url=model.url, seconds=2.0, first_pause=0.01)
    services = cast("Services", FakeServices(imports))
    return QuestionImportJobs(services, bot, ChildTestReader().read, photos, limit=20 * MIB)


def photo(file_id: str = "P") -> SentTest:
    return SentTest(
        message_id=next(_messages),
        source=ImportSource.PHOTO,
        mime="image/jpeg",
        telegram_file_id=file_id,
        bot_id=1,
    )


def file(file_id: str = "F") -> SentTest:
    return SentTest(
        message_id=next(_messages), source=ImportSource.FILE, name="<b>.txt", telegram_file_id=file_id, bot_id=1
    )


async def read(jobs: QuestionImportJobs, imports: QuestionImportService, imported: QuestionImport) -> QuestionImport:
    await jobs.read({"import_id": imported.id})
    return (await imports.preview(TEACHER, imported.id)).imported


async def test_a_photo_becomes_questions_and_asks_for_the_keys_that_it_does_not_show(
    jobs: QuestionImportJobs, imports: QuestionImportService, model: FakeOpenAI, telegram: Telegram, target: Target
) -> None:
    telegram.files["P"] = b"\xff\xd8\xff"
    shown = {"text": "2 + 2?", "options": ["3", "4"], "correct": [1]}
    hidden = {"text": "Poytaxt?", "options": ["Toshkent", "Buxoro"], "correct": []}
    model.will(replies({"questions": [shown, hidden]}))

    imported = await read(jobs, imports, await imports.receive(TEACHER, target, photo()))

    assert imported.state is QuestionImportState.READY
    assert telegram.said[0] == "⏳ I am reading your photo…"
    assert telegram.said[-1].splitlines()[1:] == [
        "✅ 1 question can be added.",
        "🔑 1 has no right answer yet. Please choose it.",
    ]
    assert telegram.buttons == [f"go:qi_{imported.id}"]
    await imports.name_right_answer(TEACHER, imported.id, "q1", 0)
    assert (await imports.save(TEACHER, imported.id)).added_count == 2


async def test_a_model_that_fails_is_said_with_what_to_do(
    jobs: QuestionImportJobs, imports: QuestionImportService, model: FakeOpenAI, telegram: Telegram, target: Target
) -> None:
    telegram.files["P"] = b"\xff\xd8\xff"
    model.will(refuses(401))

    imported = await read(jobs, imports, await imports.receive(TEACHER, target, photo()))

    assert imported.refusal is ImportRefusal.MODEL_FAILED
    assert "send the test as a file" in telegram.said[-1]


async def test_a_file_that_is_gone_is_said(
    jobs: QuestionImportJobs, imports: QuestionImportService, telegram: Telegram, target: Target
) -> None:
    imported = await read(jobs, imports, await imports.receive(TEACHER, target, file("gone")))

    assert imported.refusal is ImportRefusal.GONE
    assert telegram.said[-1].startswith("📄 <b>&lt;b&gt;.txt</b>\nThe file is no longer there.")


async def test_a_job_that_runs_again_reads_nothing_twice_and_tells_what_it_may_not_have_told(
    jobs: QuestionImportJobs, imports: QuestionImportService, telegram: Telegram, target: Target
) -> None:
    telegram.files["F"] = b"? 1?\n+ 1\n- 2"
    imported = await read(jobs, imports, await imports.receive(TEACHER, target, file()))
    telegram.files["F"] = b"? 1?\n+ 1\n- 2\n? 2?\n+ 1\n- 2"

    again = await read(jobs, imports, imported)

    assert again.found == 1
    assert telegram.said[-1].endswith("✅ 1 question can be added.")
    await imports.save(TEACHER, imported.id)
    count = len(telegram.said)
    await jobs.read({"import_id": imported.id})
    assert len(telegram.said) == count


async def test_material_that_is_no_test_is_filed_once_however_often_the_job_runs(
    jobs: QuestionImportJobs, imports: QuestionImportService, telegram: Telegram, target: Target, pool: Pool
) -> None:
    telegram.files["F"] = b"Dars rejasi"
    imported = await imports.receive(TEACHER, target, file(), asks=True)

    for _run in range(3):
        await jobs.read({"import_id": imported.id})

    assert await pool.fetchval("select count(*) from parts where lesson_id = $1", target.lesson_id) == 1
    assert sum("It is in the lesson now" in text for text in telegram.said) == 1


async def test_a_part_that_is_no_test_is_not_talked_about(
    jobs: QuestionImportJobs, imports: QuestionImportService, telegram: Telegram, target: Target
) -> None:
    telegram.files["F"] = b"Dars rejasi"
    first = await imports.receive(TEACHER, target, file(), asks=True)
    part = await imports.keep_as_file(TEACHER, first.id)
    assert part is not None
    imported = await imports.receive(TEACHER, target, file(), asks=True, part_id=part.id)

    await jobs.read({"import_id": imported.id})

    assert telegram.said == []


async def test_nobody_is_told_who_does_not_teach_any_more(
    jobs: QuestionImportJobs, imports: QuestionImportService, telegram: Telegram, target: Target, pool: Pool
) -> None:
    telegram.files["F"] = b"? 1?\n+ 1\n- 2"
    imported = await imports.receive(TEACHER, target, file())
    await pool.execute("update users set role = 'student' where id = $1", TEACHER)
    try:
        await jobs.read({"import_id": imported.id})
    finally:
        await pool.execute("update users set role = 'teacher' where id = $1", TEACHER)

    assert telegram.said == []
