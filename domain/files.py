"""Where the originals of files are kept: by the SHA-256 of their content, so that nothing is kept twice."""

import hashlib
from pathlib import Path
from typing import Protocol


class FileMissing(Exception):
    """The storage does not have this file (any more), or cannot be reached."""


class StorageDown(Exception):
    """The storage could not be reached or refused; the same may work later. The message names the error's kind only."""


class ParseRefused(Exception):
    """A file that cannot be taken as it is. `reason`: a `FileFault`, or a word of whoever reads such files."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Storage(Protocol):
    async def put(self, content: bytes) -> str:
        """Keep it; returns its SHA-256 in hexadecimal. Raises StorageDown."""
        ...

    async def put_file(self, path: Path) -> str:
        """Keep the file's content, read piece by piece; returns its SHA-256. Twice is once. Raises StorageDown."""
        ...

    async def has(self, sha256: str) -> bool:
        """Raises StorageDown."""
        ...

    async def get(self, sha256: str) -> bytes:
        """Raises FileMissing."""
        ...

    async def get_file(self, sha256: str, path: Path) -> None:
        """Write the content to `path`, piece by piece. Raises FileMissing."""
        ...

    async def delete(self, sha256: str) -> None:
        """Forget it; what is not there is forgotten already. Raises StorageDown."""
        ...


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
