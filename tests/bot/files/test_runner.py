"""Whatever a reader of files does, it ends in a result or a named refusal, and nothing of it stays."""

import asyncio
import os
import time
from pathlib import Path

import pytest

from bot.clients.parsing.runner import Limits, run_limited
from domain.courses.inspection import FileFault
from domain.files import ParseRefused

_READERS = "tests.bot.files.readers"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sent by somebody"
    path.write_bytes(b"12345")
    return path


async def refusal(name: str, file: Path, limits: Limits | None = None, **args: object) -> str:
    with pytest.raises(ParseRefused) as refused:
        await run_limited(f"{_READERS}:{name}", file, limits=limits or Limits(), **args)
    return refused.value.reason


async def test_a_reader_gets_the_file_and_arguments_and_its_result_comes_back(file: Path) -> None:
    assert await run_limited(f"{_READERS}:count", file, times=3) == {"bytes": 15}


async def test_what_a_library_prints_does_not_reach_the_result(file: Path) -> None:
    assert await run_limited(f"{_READERS}:chatter", file) == {"is_quiet": True}


async def test_the_reader_s_own_reason_comes_back(file: Path) -> None:
    assert await refusal("refuse", file) == "not_today"


@pytest.mark.parametrize("name", ["fail", "crash", "leave", "start_a_program", "fork"])
async def test_a_reader_that_fails_or_dies_means_a_broken_file(name: str, file: Path) -> None:
    assert await refusal(name, file) == FileFault.BROKEN


async def test_memory_is_limited(file: Path) -> None:
    assert await refusal("hoard", file) == FileFault.TOO_HEAVY


async def test_with_more_memory_the_same_reader_ends_well(file: Path) -> None:
    """The control: it is the limit that refuses."""
    result = await run_limited(f"{_READERS}:hoard", file, limits=Limits(memory=2 * 1024**3))

    assert result == {"size": 700 * 1024 * 1024}


async def test_work_is_limited(file: Path) -> None:
    assert await refusal("spin", file, Limits(cpu=1)) == FileFault.TOO_HEAVY


async def test_time_is_limited_also_for_a_reader_that_does_nothing(file: Path) -> None:
    begun = time.monotonic()

    assert await refusal("sleep", file, Limits(wall=1.0)) == FileFault.TOO_HEAVY
    assert time.monotonic() - begun < 10


async def test_the_result_is_limited(file: Path) -> None:
    assert await refusal("flood", file) == FileFault.TOO_HEAVY


async def test_nothing_is_asked_of_the_network(file: Path) -> None:
    visits: list[object] = []

    async def note(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.append(writer)
        writer.close()

    server = await asyncio.start_server(note, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        assert await refusal("connect", file, port=port) == FileFault.BROKEN
        assert await refusal("ask_a_page", file, url=f"http://127.0.0.1:{port}/") == FileFault.BROKEN
        await asyncio.sleep(0)

    assert visits == []


async def test_nothing_is_written(file: Path, tmp_path: Path) -> None:
    await refusal("write", file, to=str(tmp_path / "left"))

    assert not (tmp_path / "left").exists() or (tmp_path / "left").read_bytes() == b""


async def test_no_secret_of_the_program_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", "42:canary")

    assert "42:canary" not in (await run_limited(f"{_READERS}:environment", file)).values()


async def test_who_stops_waiting_leaves_no_child_behind(file: Path) -> None:
    task = asyncio.create_task(run_limited(f"{_READERS}:sleep", file))
    await asyncio.sleep(0.3)
    children = await asyncio.to_thread(_children)
    assert children

    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert task.cancelled()
    assert not [child for child in children if Path(f"/proc/{child}").exists()]


def _children() -> list[str]:
    found: list[str] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
            if b"bot.clients.parsing.child" in command and parent == str(os.getpid()):
                found.append(entry.name)
    return found
