"""What Telegram's servers find out about a file by looking into it: type, width and height, duration."""

import mimetypes
import struct
from collections.abc import Iterator
from typing import Any

_JPEG_SIZES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_MPEG_BITRATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_OPUS_RATE = 48_000
_FALLBACK_SIDE = {"video": (640, 360), "animation": (320, 240), "sticker": (512, 512)}


def inspect(kind: str, name: str, content: bytes, declared: str | None) -> dict[str, Any]:
    """The fields that a Telegram object of this kind has beside its ids, name and size."""
    guessed = declared if declared and declared != "application/octet-stream" else mimetypes.guess_type(name)[0]
    mime = (guessed or "application/octet-stream").partition(";")[0]
    match kind:
        case "photo":
            size = image_size(content)
            return {"width": size[0], "height": size[1]} if size else {}
        case "document":
            return {"mime_type": mime}
        case "video" | "animation":
            width, height, duration = mp4_facts(content)
            if not width:
                width, height = image_size(content) or _FALLBACK_SIDE[kind]
            return {"width": width, "height": height, "duration": duration, "mime_type": mime}
        case "video_note":
            width, _, duration = mp4_facts(content)
            return {"length": width or 240, "duration": duration}
        case "audio" | "voice":
            return {"duration": sound_duration(content), "mime_type": mime}
        case _:
            width, height = image_size(content) or _FALLBACK_SIDE["sticker"]
            return {
                "type": "regular",
                "width": width,
                "height": height,
                "is_animated": name.endswith(".tgs"),
                "is_video": name.endswith(".webm"),
            }


def image_size(content: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, GIF, WebP or JPEG picture; None for anything else."""
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) >= 24:
        return struct.unpack(">II", content[16:24])
    if content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10:
        return struct.unpack("<HH", content[6:10])
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP" and len(content) >= 30:
        return _webp_size(content)
    if content[:2] == b"\xff\xd8":
        return _jpeg_size(content)
    return None


def _webp_size(content: bytes) -> tuple[int, int] | None:
    match content[12:16]:
        case b"VP8 ":
            width, height = struct.unpack("<HH", content[26:30])
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            bits = int.from_bytes(content[21:25], "little")
            return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
        case b"VP8X":
            return int.from_bytes(content[24:27], "little") + 1, int.from_bytes(content[27:30], "little") + 1
        case _:
            return None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    position = 2
    while position + 9 < len(content) and content[position] == 0xFF:
        marker = content[position + 1]
        if marker in _JPEG_SIZES:
            height, width = struct.unpack(">HH", content[position + 5 : position + 9])
            return width, height
        position += 2 + int.from_bytes(content[position + 2 : position + 4], "big")
    return None


def mp4_facts(content: bytes) -> tuple[int, int, int]:
    """Width, height and whole seconds of an MP4 film; zeros for what is not found."""
    width = height = duration = 0
    for name, body in _boxes(content, 0, len(content)):
        if name != b"moov":
            continue
        for inner, (begin, end) in _boxes(content, *body):
            if inner == b"mvhd":
                duration = _movie_seconds(content[begin:end])
            elif inner == b"trak" and not width:
                width, height = _track_size(content, begin, end)
    return width, height, duration


def _boxes(content: bytes, begin: int, end: int) -> Iterator[tuple[bytes, tuple[int, int]]]:
    while begin + 8 <= end:
        size, header = int.from_bytes(content[begin : begin + 4], "big"), 8
        name = content[begin + 4 : begin + 8]
        if size == 1:
            size, header = int.from_bytes(content[begin + 8 : begin + 16], "big"), 16
        elif size == 0:
            size = end - begin
        if size < header or begin + size > end:
            return
        yield name, (begin + header, begin + size)
        begin += size


def _movie_seconds(box: bytes) -> int:
    long = box[:1] == b"\x01"
    if len(box) < (32 if long else 20):
        return 0
    scale, length = struct.unpack(">IQ", box[20:32]) if long else struct.unpack(">II", box[12:20])
    return round(length / scale) if scale else 0


def _track_size(content: bytes, begin: int, end: int) -> tuple[int, int]:
    for name, (start, stop) in _boxes(content, begin, end):
        if name == b"tkhd" and stop - start >= 84:
            width, height = struct.unpack(">II", content[stop - 8 : stop])
            return width >> 16, height >> 16
    return 0, 0


def sound_duration(content: bytes) -> int:
    """Whole seconds of an Ogg Opus, WAV or constant-rate MP3 sound; 0 when unknown."""
    if content[:4] == b"OggS":
        last = content.rfind(b"OggS")
        granule = int.from_bytes(content[last + 6 : last + 14], "little", signed=True)
        return max(0, round(granule / _OPUS_RATE))
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE" and len(content) >= 44:
        rate = int.from_bytes(content[28:32], "little")
        return round((len(content) - 44) / rate) if rate else 0
    start = 0
    if content[:3] == b"ID3" and len(content) > 10:
        size = 0
        for byte in content[6:10]:
            size = size << 7 | byte & 0x7F
        start = 10 + size
    header = content[start : start + 3]
    if len(header) == 3 and header[0] == 0xFF and header[1] & 0xE0 == 0xE0:
        kilobits = _MPEG_BITRATES[header[2] >> 4]
        return round((len(content) - start) * 8 / (kilobits * 1000)) if kilobits else 0
    return 0
