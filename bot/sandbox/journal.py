"""An append-only file of changes, one JSON list `[table, key, value]` per line; a null value deletes.

The lines of one operation reach the operating system in a single write, before anybody hears of its result, so a
killed process loses nothing that was answered. A torn last line (the machine went down) is dropped at the next start.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

Line = tuple[str, str, Any]


class Journal:
    """Collects changes and writes them together. Without a path it keeps nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._buffer: list[bytes] = []
        self._file: int | None = None

    def replay(self) -> Iterator[Line]:
        """Every change in order; ends at the first line that is not complete."""
        if self._path is None or not self._path.exists():
            return
        with self._path.open("rb") as file:
            for raw in file:
                if not raw.endswith(b"\n"):
                    return
                try:
                    table, key, value = orjson.loads(raw)
                except (orjson.JSONDecodeError, ValueError):
                    return
                yield table, key, value

    def restart(self, snapshot: Iterable[Line]) -> None:
        """Replace the file by the present state, then append to it."""
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        with fresh.open("wb") as file:
            for line in snapshot:
                file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND)

    def add(self, table: str, key: str, value: Any) -> None:
        if self._file is not None:
            self._buffer.append(orjson.dumps((table, key, value), option=orjson.OPT_APPEND_NEWLINE))

    def flush(self) -> None:
        """Hand everything collected to the operating system."""
        if self._file is not None and self._buffer:
            data = memoryview(b"".join(self._buffer))
            self._buffer.clear()
            while data:
                data = data[os.write(self._file, data) :]

    def close(self) -> None:
        self.flush()
        if self._file is not None:
            os.close(self._file)
            self._file = None
