"""PNG with a palette: a picture of a screen is a few colours, and a third as large when it says so."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from functools import cache

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_Colour = tuple[int, int, int]


def smaller(png: bytes, colours: int = 128) -> bytes:
    """An opaque picture as browsers make them (8 bits, RGB or RGBA, not interlaced), in its most frequent colours."""
    chunks = dict(_merged(png))
    width, height, depth, kind = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    channels = {2: 3, 6: 4}[kind]
    if depth != 8:
        raise ValueError("browsers write 8 bits")
    rows = list(_unfiltered(zlib.decompress(chunks[b"IDAT"]), width * channels, height, channels))
    pixels = [list(zip(row[::channels], row[1::channels], row[2::channels], strict=True)) for row in rows]
    frequent = Counter(pixel for row in pixels for pixel in row).most_common(colours)
    palette = [colour for colour, _count in frequent]
    known = {colour: place for place, colour in enumerate(palette)}

    @cache
    def nearest(colour: _Colour) -> int:
        return min(range(len(palette)), key=lambda place: _distance(palette[place], colour))

    lines = (b"\0" + bytes(known[p] if p in known else nearest(p) for p in row) for row in pixels)
    return (
        _SIGNATURE
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0))
        + _chunk(b"PLTE", b"".join(map(bytes, palette)))
        + _chunk(b"IDAT", zlib.compress(b"".join(lines), 9))
        + _chunk(b"IEND", b"")
    )


def _distance(one: _Colour, other: _Colour) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _merged(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Every chunk by its name; the data, which may come in pieces, in one."""
    place, data = len(_SIGNATURE), b""
    while place < len(png):
        length, name = struct.unpack_from(">I4s", png, place)
        content = png[place + 8 : place + 8 + length]
        place += 12 + length
        if name == b"IDAT":
            data += content
        else:
            yield name, content
    yield b"IDAT", data


def _unfiltered(raw: bytes, width: int, height: int, step: int) -> Iterator[bytearray]:
    """The rows as they were before PNG's five filters; `width` in bytes, `step` bytes to a pixel."""
    above = bytearray(width)
    for number in range(height):
        start = number * (width + 1)
        kind, row = raw[start], bytearray(raw[start + 1 : start + 1 + width])
        for place in range(width if kind else 0):
            left = row[place - step] if place >= step else 0
            corner = above[place - step] if place >= step else 0
            row[place] = (row[place] + (0, left, above[place], (left + above[place]) // 2,
                                        _paeth(left, above[place], corner))[kind]) & 255  # fmt: skip
        yield row
        above = row


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    return min((left, above, corner), key=lambda value: abs(guess - value))


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
