"""The child's side of `runner.py`. It limits itself before it imports anything that reads files."""

import importlib
import json
import os
import resource
import signal
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

from domain.files import ParseRefused

_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "ftplib.",
    "urllib.Request",
)
"""Prefixes of the interpreter's audit events: no address is asked for, no other program started."""


def main() -> None:
    order = json.load(sys.stdin.buffer)
    # What libraries print goes nowhere; the pipe is for the result alone.
    answers = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)

    def answer(**told: Any) -> None:
        with os.fdopen(answers, "wb") as pipe:
            pipe.write(json.dumps(told).encode())

    def tell_kind(kind: type[BaseException], _error: BaseException, _trace: TracebackType | None) -> None:
        answer(raised=kind.__name__)

    sys.excepthook = tell_kind
    _limit(**order["limits"])
    sys.addaudithook(_refuse_the_outside)
    module, _, name = order["function"].partition(":")
    function = getattr(importlib.import_module(module), name)
    try:
        result = function(Path(order["file"]), **order["args"])
    except ParseRefused as refusal:
        answer(refused=str(refusal.reason))
        return
    answer(result=result)


def _limit(*, memory: int, cpu: int, wall: float) -> None:
    for kind, value in (
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(kind, (value, value + (kind == resource.RLIMIT_CPU)))
    if sys.platform == "linux":  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # Should whoever started it be gone, it ends by itself.
    signal.setitimer(signal.ITIMER_REAL, wall)


def _refuse_the_outside(event: str, _args: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(event)


if __name__ == "__main__":
    main()
