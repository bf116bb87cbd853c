"""A storage in memory that can be told to fail."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from domain.files import FileMissing, StorageDown, sha256_of


@dataclass
class MemoryStorage:
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    is_down: bool = False
    puts: int = 0
    after_put: Callable[[str], None] | None = None
    """Called with the hash of what was just put."""

    async def put(self, content: bytes) -> str:
        await asyncio.sleep(0)
        if self.is_down:
            raise StorageDown("away")
        sha256 = sha256_of(content)
        self.puts += 1
        self.files[sha256] = content
        if self.after_put is not None:
            self.after_put(sha256)
        return sha256

    async def put_file(self, path: Path) -> str:
        return await self.put(path.read_bytes())

    async def has(self, sha256: str) -> bool:
        if self.is_down:
            raise StorageDown("away")
        return sha256 in self.files

    async def get(self, sha256: str) -> bytes:
        if self.is_down or sha256 not in self.files:
            raise FileMissing(sha256)
        return self.files[sha256]

    async def get_file(self, sha256: str, path: Path) -> None:
        path.write_bytes(await self.get(sha256))

    async def delete(self, sha256: str) -> None:
        if self.is_down:
            raise StorageDown("away")
        self.files.pop(sha256, None)
