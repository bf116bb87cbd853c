"""What a teacher has on the phone before the first lesson: a folder, made by code each time."""

import io
import struct
from pathlib import Path

from docx import Document
from playwright.async_api import FilePayload

from tests.bot.files.made import DOCX_MIME, PDF_MIME, PPTX_MIME, archive, pdf

_DEMO = Path(__file__).parents[2] / "bot" / "sandbox" / "demo" / "courses" / "quadratics" / "parabola"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_SLIDES = '<p:presentation xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"/>'


def syllabus(title: str, about: str, sections: dict[str, dict[str, list[str]]]) -> FilePayload:
    """A Word document with the styles that every Word has: sections, their lessons, the paragraphs of these."""
    document = Document()
    document.add_heading(title, 0)
    document.add_paragraph(about)
    for section, lessons in sections.items():
        document.add_heading(section, 1)
        for lesson, paragraphs in lessons.items():
            document.add_heading(lesson, 2)
            for paragraph in paragraphs:
                document.add_paragraph(paragraph)
    content = io.BytesIO()
    document.save(content)
    return {"name": "dastur.docx", "mimeType": DOCX_MIME, "buffer": content.getvalue()}


def word_test(name: str, *lines: str) -> FilePayload:
    """A Word document with a paragraph for each line, as teachers keep their tests."""
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    content = io.BytesIO()
    document.save(content)
    return {"name": name, "mimeType": DOCX_MIME, "buffer": content.getvalue()}


def handout(name: str, pages: int = 1) -> FilePayload:
    return {"name": name, "mimeType": PDF_MIME, "buffer": pdf(pages)}


def slides(name: str) -> FilePayload:
    packed = {"[Content_Types].xml": _TYPES.encode(), "ppt/presentation.xml": _SLIDES.encode()}
    return {"name": name, "mimeType": PPTX_MIME, "buffer": archive(packed)}


def video(name: str, language: str) -> FilePayload:
    """One of the demo's, in its three languages so that no two are the same file."""
    return {"name": name, "mimeType": "video/mp4", "buffer": (_DEMO / f"parabola.{language}.mp4").read_bytes()}


def voice(seconds: int = 7) -> FilePayload:
    """Silence as Opus in Ogg, in frames of 20 ms as Telegram records."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 5) + b"ustoz" + struct.pack("<I", 0)
    content = _page(0, 0, [head], first=True) + _page(1, 0, [tags])
    for second in range(seconds):
        content += _page(2 + second, 48_000 * (second + 1), [b"\x98\xff\xfe"] * 50, last=second == seconds - 1)
    return {"name": "voice.ogg", "mimeType": "audio/ogg", "buffer": content}


def _page(number: int, granule: int, packets: list[bytes], *, first: bool = False, last: bool = False) -> bytes:
    """A page of an Ogg stream (RFC 3533); each packet is shorter than 255 bytes."""
    flags = 2 * first | 4 * last
    table = bytes([len(packets), *map(len, packets)])
    body = table + b"".join(packets)
    header = b"OggS" + struct.pack("<BBqII", 0, flags, granule, 1, number)
    return header + struct.pack("<I", _checksum(header + bytes(4) + body)) + body


def _checksum(content: bytes) -> int:
    """Ogg's CRC-32: the usual polynomial, but the highest bit first, without inversion."""
    crc = 0
    for byte in content:
        crc ^= byte << 24
        for _bit in range(8):
            crc = (crc << 1 ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1) & 0xFFFFFFFF
    return crc
