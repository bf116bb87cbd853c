"""What a file really is, and whether people can open it. Runs in the child of `runner.py`."""

import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import puremagic

from bot.clients.parsing.archives import check_archive
from domain.courses.inspection import FileFault
from domain.files import ParseRefused

_HEAD = 8192
_ZIP, _OLE, _PDF, _RTF = "application/zip", "application/x-ole-storage", "application/pdf", "application/rtf"
_PROGRAM = "application/x-executable"
_SIGNATURES = (
    (0, b"MZ", _PROGRAM),
    (0, b"\x7fELF", _PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", _PROGRAM),
    (0, b"\xce\xfa\xed\xfe", _PROGRAM),
    (0, b"\xca\xfe\xba\xbe", _PROGRAM),
    (0, b"\xca\xfe\xba\xbf", _PROGRAM),
    (0, b"dex\n", _PROGRAM),
    (0, b"L\0\0\0\x01\x14\x02\0", _PROGRAM),  # a Windows shortcut
    (0, b"%PDF-", _PDF),
    (0, b"PK\x03\x04", _ZIP),
    (0, b"PK\x05\x06", _ZIP),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLE),
    (0, b"{\\rtf", _RTF),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftyp", "video/mp4"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (8, b"WAVE", "audio/wav"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
)
_OOXML = {
    ".docx": ("word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ".pptx": ("ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ".ppsx": ("ppt/", "application/vnd.openxmlformats-officedocument.presentationml.slideshow"),
    ".xlsx": ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
_TOLD_BY_NAME: dict[str, frozenset[str]] = {
    ".pdf": frozenset({_PDF}),
    ".png": frozenset({"image/png"}),
    ".gif": frozenset({"image/gif"}),
    ".webp": frozenset({"image/webp"}),
    ".zip": frozenset({_ZIP}),
    **dict.fromkeys((".jpg", ".jpeg"), frozenset({"image/jpeg"})),
    **dict.fromkeys((*_OOXML, ".odt", ".odp", ".ods", ".epub"), frozenset({_ZIP})),
    # Office opens all of these under its old names.
    **dict.fromkeys((".doc", ".xls", ".ppt", ".pps"), frozenset({_OLE, _ZIP, _RTF})),
}
"""What a name promises; other names promise nothing that could be checked."""
_TOLD_BY_MIME = {
    _PDF: ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    **{mime: suffix for suffix, (_folder, mime) in _OOXML.items()},
}


def inspect(path: Path, *, name: str, mime: str) -> dict[str, Any]:
    """`mime` as its content says and `pages` of a PDF. Raises ParseRefused with a FileFault."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise ParseRefused(FileFault.EMPTY)
    real = _by_signature(head)
    if real == _PROGRAM:
        raise ParseRefused(FileFault.PROGRAM)
    suffix = PurePosixPath(name.lower()).suffix
    if suffix not in _TOLD_BY_NAME:
        suffix = _TOLD_BY_MIME.get(mime.lower(), suffix)
    promised = _TOLD_BY_NAME.get(suffix)
    if promised is not None and real not in promised:
        raise ParseRefused(FileFault.OTHER_TYPE)
    if real == _PDF:
        _refuse_two_in_one(path)
        return {"mime": _PDF, "pages": _pages(path)}
    if real == _ZIP:
        return {"mime": _container(path, suffix), "pages": None}
    if real == _OLE and _is_locked_office(path):
        raise ParseRefused(FileFault.ENCRYPTED)
    if real is not None and real.startswith("image/"):
        _refuse_two_in_one(path)
    return {"mime": _mime(real, head, mime), "pages": None}


def _by_signature(head: bytes) -> str | None:
    for offset, mark, mime in _SIGNATURES:
        if head.startswith(mark, offset):
            return mime
    # Some printers write a few bytes before the PDF's own beginning, and readers allow it.
    return _PDF if b"%PDF-" in head[:1024] else None


def _mime(real: str | None, head: bytes, claimed: str) -> str:
    if real is not None and real != _OLE:
        return real
    try:
        guesses: Sequence[Any] = puremagic.magic_string(head)
    except puremagic.PureError:
        return claimed
    # Three bytes are too few to overrule what was said.
    return next((guess.mime_type for guess in guesses if guess.mime_type and guess.confidence >= 0.8), claimed)


def _refuse_two_in_one(path: Path) -> None:
    """A PDF or a picture that is an archive as well hides something from whoever looks at it."""
    if zipfile.is_zipfile(path):
        raise ParseRefused(FileFault.UNSAFE)


def _container(path: Path, suffix: str) -> str:
    names = check_archive(path)
    if suffix not in _OOXML:
        return _ZIP
    folder, mime = _OOXML[suffix]
    if "[Content_Types].xml" not in names or not any(name.startswith(folder) for name in names):
        raise ParseRefused(FileFault.OTHER_TYPE)
    return mime


def _is_locked_office(path: Path) -> bool:
    """Office puts a document with a password as a stream of this name into a container of the old kind."""
    with path.open("rb") as file:
        return "EncryptedPackage".encode("utf-16-le") in file.read(4 * 1024 * 1024)


def _pages(path: Path) -> int:
    import pypdfium2
    from pypdfium2.raw import FPDF_ERR_PAGE, FPDF_ERR_PASSWORD, FPDF_ERR_SUCCESS

    try:
        document = pypdfium2.PdfDocument(path)
        try:
            count = len(document)
            document[0].get_size()
        finally:
            document.close()
    except pypdfium2.PdfiumError as error:
        # A document that was read well and yet not opened has no page.
        faults: dict[int | None, FileFault] = {
            FPDF_ERR_PASSWORD: FileFault.ENCRYPTED,
            FPDF_ERR_SUCCESS: FileFault.NO_PAGES,
            FPDF_ERR_PAGE: FileFault.NO_PAGES,
        }
        raise ParseRefused(faults.get(error.err_code, FileFault.BROKEN)) from error
    return count
