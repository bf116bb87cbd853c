"""What the runner's tests run in a child: each misbehaves in a way of its own."""

import ctypes
import os
import resource
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from bot.clients.parsing.documents import inspect
from domain.files import ParseRefused


def count(file: Path, *, times: int = 1) -> dict[str, Any]:
    return {"bytes": len(file.read_bytes()) * times}


def refuse(file: Path) -> dict[str, Any]:
    raise ParseRefused("not_today")


def fail(file: Path) -> dict[str, Any]:
    raise ValueError(f"the secret words of {file}")


def chatter(file: Path) -> dict[str, Any]:
    print("noise", flush=True)
    sys.stderr.write("more noise")
    os.write(1, b"raw noise")
    return {"is_quiet": True}


def hoard(file: Path) -> dict[str, Any]:
    return {"size": len(bytearray(700 * 1024 * 1024))}


def spin(file: Path) -> dict[str, Any]:
    while True:
        pass


def sleep(file: Path) -> dict[str, Any]:
    time.sleep(600)
    return {}


def crash(file: Path) -> dict[str, Any]:
    ctypes.string_at(0)
    return {}


def leave(file: Path) -> dict[str, Any]:
    os._exit(0)


def flood(file: Path) -> dict[str, Any]:
    return {"text": "x" * (40 * 1024 * 1024)}


def connect(file: Path, *, port: int) -> dict[str, Any]:
    with socket.socket() as one:
        one.connect(("127.0.0.1", port))
    return {}


def ask_a_page(file: Path, *, url: str) -> dict[str, Any]:
    with urlopen(url) as page:
        return {"size": len(page.read())}


def start_a_program(file: Path) -> dict[str, Any]:
    subprocess.run(["true"], check=True)
    return {}


def fork(file: Path) -> dict[str, Any]:
    if os.fork() == 0:
        time.sleep(600)
    return {}


def write(file: Path, *, to: str) -> dict[str, Any]:
    Path(to).write_bytes(b"left behind")
    return {}


def environment(file: Path) -> dict[str, Any]:
    return dict(os.environ)


def look_through(file: Path, *, claims: list[list[str]]) -> dict[str, Any]:
    """Inspect the numbered files of a folder, as many as there are claims; how each ended, and the memory in bytes."""
    ends: list[str] = []
    for number, (name, mime) in enumerate(claims):
        try:
            ends.append("taken: " + inspect(file / str(number), name=name, mime=mime)["mime"])
        except ParseRefused as refusal:
            ends.append(refusal.reason)
    return {"ends": ends, "memory": _peak_memory()}


def _peak_memory() -> int:
    """Bytes of this program alone: what `getrusage` says begins with what its parent had when it was forked."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024
