"""Reads a file of a stranger in a process of its own, which has little memory, little time, and no network."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import orjson
import structlog

from domain.courses.inspection import FileFault
from domain.files import ParseRefused

log = structlog.get_logger()

_ROOT = Path(__file__).parents[3]
AT_ONCE = 2
"""Children of one process; the others wait for their turn."""
MAX_RESULT = 32 * 1024 * 1024
"""Bytes of JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    memory: int = 512 * 1024 * 1024
    """Bytes of address space."""
    cpu: int = 20
    """Seconds of work."""
    wall: float = 60.0
    """Seconds in all, once it has begun."""


LIMITS = Limits()
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def run_limited(function_path: str, file: Path, *, limits: Limits = LIMITS, **args: Any) -> dict[str, Any]:
    """Call `module:function` with the file and the arguments in a child process; its result, a dict of JSON.

    The function raises ParseRefused(reason) for what it does not take. Raises ParseRefused for that, and with a
    FileFault for whatever else goes wrong in it: TOO_HEAVY past a limit, BROKEN when it fails or dies. OSError: no
    process could be started, which says nothing about the file.
    """
    turn = _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
    async with turn:
        return await _run(function_path, file, limits, args)


async def _run(function_path: str, file: Path, limits: Limits, args: dict[str, Any]) -> dict[str, Any]:
    order = orjson.dumps({"function": function_path, "file": str(file), "args": args, "limits": asdict(limits)})
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-B",
        "-m",
        "bot.clients.parsing.child",
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        cwd=_ROOT,
        env=_environment(),
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(limits.wall):
            raw = await _talk(process, order)
            code = await process.wait()
    except TimeoutError:
        log.warning("parsing.refused", function=function_path, cause="wall clock")
        raise ParseRefused(FileFault.TOO_HEAVY) from None
    finally:
        await _end(process)
    return _result(function_path, raw, code)


async def _talk(process: Process, order: bytes) -> bytes:
    if process.stdin is None or process.stdout is None:
        raise OSError("the child has no pipes")
    with suppress(ConnectionError):
        process.stdin.write(order)
        await process.stdin.drain()
    process.stdin.close()
    pieces: list[bytes] = []
    size = 0
    while piece := await process.stdout.read(65536):
        size += len(piece)
        if size > MAX_RESULT:
            raise ParseRefused(FileFault.TOO_HEAVY)
        pieces.append(piece)
    return b"".join(pieces)


def _result(function_path: str, raw: bytes, code: int) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    with suppress(orjson.JSONDecodeError):
        answer = orjson.loads(raw) if raw else {}
    match answer:
        case {"result": dict() as result} if code == 0:
            return result
        case {"refused": str() as reason}:
            raise ParseRefused(reason)
        case {"raised": "MemoryError"}:
            fault = FileFault.TOO_HEAVY
        case _:
            fault = FileFault.TOO_HEAVY if code in (-signal.SIGXCPU, -signal.SIGALRM) else FileFault.BROKEN
    # The kind of the error only: its words may quote the file.
    log.warning("parsing.refused", function=function_path, cause=answer.get("raised"), code=code)
    raise ParseRefused(fault)


async def _end(process: Process) -> None:
    """Nothing of it outlives this call, its own children included."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    # The pipes are closed by whoever reads and writes them to the end.
    if process.stdin is not None:
        process.stdin.close()
        with suppress(ConnectionError):
            await process.stdin.wait_closed()
    if process.stdout is not None:
        while await process.stdout.read(65536):
            pass
    await process.wait()


def _environment() -> dict[str, str]:
    """No secret of the program's own."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1"}
