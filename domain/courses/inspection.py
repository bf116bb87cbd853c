"""What is found out about a file before it becomes an original, and what is wrong with the files that are not taken."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol


class FileFault(StrEnum):
    """Why a file cannot be taken as it is."""

    EMPTY = "empty"
    OTHER_TYPE = "other_type"
    """Its content is not what its name says."""
    PROGRAM = "program"
    """Something that runs on a computer."""
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    NO_PAGES = "no_pages"
    UNSAFE = "unsafe"
    """An archive that would write outside of its folder, or holds links."""
    TOO_HEAVY = "too_heavy"
    """It takes too much memory or time, or unpacks to too much."""


MAX_ENTRIES = 2_000
"""Files in one archive."""
MAX_UNPACKED = 50 * 1024 * 1024
"""Bytes of all files of an archive together, unpacked."""
MAX_RATIO = 100
"""How many times larger than the archive its content may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What whoever sent a file says that it is."""

    name: str
    mime: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a file is."""

    mime: str
    pages: int | None = None
    """Of a PDF."""


class Inspector(Protocol):
    async def inspect(self, file: Path, claim: Claim) -> Finding:
        """Look into the file. Raises ParseRefused with a FileFault; it never takes longer than a minute."""
        ...
