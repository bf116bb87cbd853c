import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox import SandboxClient
from bot.sandbox.journal import Journal
from tests.bot.sandbox.conftest import ALI, make_bot, running

ROOT = Path(__file__).parents[3]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab"), inner, max_size=3),
    max_leaves=5,
)
LINES = st.lists(st.tuples(st.sampled_from(["chat", "file"]), st.text("abc", min_size=1), JSON), max_size=8)


@given(lines=LINES, torn=st.binary(max_size=20))
@settings(max_examples=40)
def test_the_journal_gives_back_every_whole_line(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str, Any]], torn: bytes
) -> None:
    path = tmp_path_factory.mktemp("journal") / "journal.jsonl"
    journal = Journal(path)
    journal.restart([])
    for line in lines:
        journal.add(*line)
    journal.close()
    with path.open("ab") as file:
        file.write(b'["chat",' + torn.replace(b"\n", b""))
    assert list(Journal(path).replay()) == lines


@asynccontextmanager
async def process(store: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.sandbox", "--store", str(store), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert child.stdout is not None
        async with asyncio.timeout(60):
            url = (await child.stdout.readline()).decode().strip()
        yield child, url
    finally:
        if child.returncode is None:
            child.terminate()
        await child.wait()


async def test_after_a_kill_everything_is_still_there(tmp_path: Path) -> None:
    async with process(tmp_path) as (child, url), SandboxClient(url) as people:
        bot, ali = make_bot(url), people.user(ALI)
        await ali.type("/start")
        await bot.set_my_commands([BotCommand(command="start", description="Start")])
        document = await bot.send_document(ALI, BufferedInputFile(b"lesson", "lesson.txt"))
        assert document.document is not None
        buttons = [[InlineKeyboardButton(text="Go", callback_data="go")]]
        await bot.send_message(ALI, "choose", reply_markup=InlineKeyboardMarkup(inline_keyboard=buttons))
        keyboard = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Menu")]])
        await bot.send_message(ALI, "menu", reply_markup=keyboard)
        poll = await bot.send_poll(ALI, "2+2?", ["3", "4"], is_anonymous=False)
        await ali.vote(1)
        [first, *_] = await bot.get_updates(timeout=0)
        await bot.get_updates(offset=first.update_id + 1, timeout=0)
        await ali.tap("Go")
        before = await ali.messages()
        child.send_signal(signal.SIGKILL)
        await child.wait()
        await bot.session.close()
    with (tmp_path / "journal.jsonl").open("ab") as file:
        file.write(b'["message","1001:99",[{"messa')

    async with process(tmp_path) as (child, url), SandboxClient(url) as people:
        bot, ali = make_bot(url), people.user(ALI)
        assert [m.raw for m in await ali.messages()] == [m.raw for m in before]
        assert await ali.commands() == ["start"]
        assert (await ali.chat())["reply_keyboard"]["keyboard"] == [[{"text": "Menu"}]]
        waiting = await bot.get_updates(timeout=0)
        assert [update.event_type for update in waiting] == ["poll", "poll_answer", "callback_query"]
        assert waiting[-1].callback_query is not None
        assert await bot.answer_callback_query(waiting[-1].callback_query.id)
        again = await bot.send_document(ALI, document.document.file_id)
        assert again.message_id > poll.message_id
        assert (await bot.stop_poll(ALI, poll.message_id)).total_voter_count == 1
        file = await bot.get_file(document.document.file_id)
        assert file.file_path is not None
        content = await bot.download_file(file.file_path)
        assert content is not None
        assert content.read() == b"lesson"
        await ali.type("more")
        newest = (await bot.get_updates(timeout=0))[-1]
        assert newest.update_id > waiting[-1].update_id
        await bot.session.close()


async def test_the_journal_is_compacted_at_the_start(tmp_path: Path) -> None:
    async with running(store=tmp_path) as rig:
        await rig.ali.type("/start")
        sent = await rig.bot.send_message(ALI, "0")
        for number in range(1, 200):
            await sent.edit_text(str(number))
    grown = (tmp_path / "journal.jsonl").stat().st_size
    async with running(store=tmp_path) as rig:
        assert (await rig.ali.last_message()).text == "199"
        assert (tmp_path / "journal.jsonl").stat().st_size < grown / 10


async def test_ids_never_come_again_after_a_deletion_and_a_restart(tmp_path: Path) -> None:
    async with running(store=tmp_path) as rig:
        await rig.ali.type("/start")
        last = await rig.bot.send_message(ALI, "x")
        await last.delete()
        await rig.updates()
    for _ in range(2):
        async with running(store=tmp_path) as rig:
            newer = await rig.bot.send_message(ALI, "y")
            assert newer.message_id > last.message_id
            last = newer
            await newer.delete()


async def test_the_same_bytes_get_the_same_file_id_in_a_fresh_sandbox() -> None:
    ids = []
    for _ in range(2):
        async with running() as rig:
            await rig.ali.type("/start")
            sent = await rig.bot.send_document(ALI, BufferedInputFile(b"lesson", "lesson.txt"))
            assert sent.document is not None
            ids.append(sent.document.file_id)
    assert ids[0] == ids[1]
