"""A page of a PDF as a picture, a passage marked on it. Runs in the child of `runner.py`."""

import base64
import re
import struct
import zlib
from pathlib import Path
from typing import Any

from domain.files import ParseRefused
from domain.materials.model import Unreadable

LONGEST_SIDE = 1_600
"""Pixels: small print stays legible, and Telegram shows no more."""
LARGEST_SCALE = 4.0
_WORD = re.compile(r"\w+")
_YELLOW = bytes(value * 2 // 5 for value in range(256))
"""Of the blue in a marked place: white becomes yellow, black stays black."""


def picture(path: Path, *, page: int, passage: str) -> dict[str, Any]:
    """`png` in Base64, and whether the passage `is_marked`.

    Raises ParseRefused: NO_PAGES when there is no such page, BROKEN.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
        if not 1 <= page <= len(document):
            raise ParseRefused(Unreadable.NO_PAGES)
        shown = document[page - 1]
        scale = min(LONGEST_SIDE / max(*shown.get_size(), 1.0), LARGEST_SCALE)
        bitmap: Any = shown.render(scale=scale, rev_byteorder=True, prefer_bgrx=False)
        pixels = bytearray(bitmap.buffer)
        places = _places(shown, passage)
        position = bitmap.get_posconv(shown)
        for left, bottom, right, top in places:
            corners = (position.to_bitmap(left, top), position.to_bitmap(right, bottom))
            _mark(pixels, bitmap, corners)
        png = _png(pixels, bitmap)
    except pypdfium2.PdfiumError as error:
        raise ParseRefused(Unreadable.BROKEN) from error
    return {"png": base64.b64encode(png).decode(), "is_marked": bool(places)}


def _places(page: Any, passage: str) -> list[tuple[float, float, float, float]]:
    """Rectangles around the passage's words, wherever lines and spaces fall between them; none when it is not there."""
    wanted = [word.casefold() for word in _WORD.findall(passage)]
    if not wanted:
        return []
    text_page = page.get_textpage()
    words = [(found[0].casefold(), found.start(), found.end()) for found in _WORD.finditer(text_page.get_text_range())]
    for first in range(len(words) - len(wanted) + 1):
        if all(words[first + number][0] == word for number, word in enumerate(wanted)):
            start, end = words[first][1], words[first + len(wanted) - 1][2]
            count = text_page.count_rects(start, end - start)
            return [text_page.get_rect(index) for index in range(count)]
    return []


def _mark(pixels: bytearray, bitmap: Any, corners: tuple[tuple[int, int], tuple[int, int]]) -> None:
    (left, right), (top, bottom) = (sorted(pair) for pair in zip(*corners, strict=True))
    left, right = max(left - 2, 0), min(right + 2, bitmap.width)
    for row in range(max(top - 2, 0), min(bottom + 2, bitmap.height)):
        blue = slice(
            row * bitmap.stride + left * bitmap.n_channels + 2,
            row * bitmap.stride + right * bitmap.n_channels,
            bitmap.n_channels,
        )
        pixels[blue] = pixels[blue].translate(_YELLOW)


def _png(pixels: bytearray, bitmap: Any) -> bytes:
    """As the PNG specification has it: RGB of eight bits, each row behind a byte that says "as it is"."""
    width = bitmap.width * bitmap.n_channels
    rows = b"".join(
        b"\0" + pixels[start : start + width]
        for start in range(0, bitmap.height * bitmap.stride, bitmap.stride)
    )  # fmt: skip
    colours = {1: 0, 3: 2, 4: 6}[bitmap.n_channels]
    head = struct.pack(">IIBBBBB", bitmap.width, bitmap.height, 8, colours, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _piece(kind, data) for kind, data in ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    )


def _piece(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
