"""A look through a ZIP container (DOCX, PPTX, XLSX, ODF and EPUB are such) before anybody unpacks it."""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from lzma import LZMAError
from pathlib import Path

from domain.courses.inspection import MAX_ENTRIES, MAX_RATIO, MAX_UNPACKED, FileFault
from domain.files import ParseRefused

_CHUNK = 65_536
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_DOCTYPES = tuple("<!DOCTYPE".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    LZMAError,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    NotImplementedError,  # of a version, or packed by a method, that no reader of ours knows
)
_OVERLAP = max(len(mark) for mark in _DOCTYPES)


def check_archive(path: Path) -> list[str]:
    """The names of its entries, once all of it was read and is harmless.

    Raises ParseRefused: TOO_HEAVY over MAX_ENTRIES, MAX_UNPACKED or MAX_RATIO; UNSAFE with a name that leads out of the
    folder, or a link; ENCRYPTED; BROKEN also when an entry is not as large as it says.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_entries(entries, path.stat().st_size)
            for entry in entries:
                _read_through(archive, entry)
    except _UNREADABLE as error:
        raise ParseRefused(FileFault.BROKEN) from error
    return [entry.filename for entry in entries]


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or unpacked > size * MAX_RATIO:
        raise ParseRefused(FileFault.TOO_HEAVY)
    if any(_leads_out(entry.orig_filename) or stat.S_ISLNK(entry.external_attr >> 16) for entry in entries):
        raise ParseRefused(FileFault.UNSAFE)
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise ParseRefused(FileFault.ENCRYPTED)


def _leads_out(name: str) -> bool:
    """Absolute, upwards, on another drive, or with characters that no honest name has."""
    parts = name.replace("\\", "/").split("/")
    return parts[0] == "" or ".." in parts or ":" in parts[0] or any(ord(character) < 32 for character in name)


def _read_through(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """To its end, where its checksum is compared. Office formats have no document types in their XML: one that is there
    is there to make a reader load something."""
    is_xml = entry.filename.lower().endswith((".xml", ".rels"))
    behind = b""
    for piece in _pieces(archive, entry):
        if is_xml:
            seen = behind + piece
            if any(mark in seen for mark in _DOCTYPES):
                raise ParseRefused(FileFault.UNSAFE)
            behind = seen[-_OVERLAP:]


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(entry) as content:
            while piece := content.read(_CHUNK):
                yield piece
    except NotImplementedError:
        raise
    except RuntimeError as error:  # zipfile's word for a missing password
        raise ParseRefused(FileFault.ENCRYPTED) from error
