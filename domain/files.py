"""Where the originals of files are kept: by the SHA-256 of their content, so that nothing is kept twice."""

import hashlib
from typing import Protocol


class FileMissing(Exception):
    """The storage does not have this file (any more), or cannot be reached."""


class Storage(Protocol):
    async def put(self, content: bytes) -> str:
        """Keep it; returns its SHA-256 in hexadecimal."""
        ...

    async def get(self, sha256: str) -> bytes:
        """Raises FileMissing."""
        ...


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
