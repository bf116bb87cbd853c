"""Files made by code: honest ones, and those that mean harm."""

import io
import random
import stat
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from domain.courses.inspection import FileFault

PDF_MIME = "application/pdf"
DOCX_MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX_MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX_MIME = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
PNG = (
    b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00" + b"\0" * 40
)
EXE = b"MZ\x90\x00" + b"\0" * 200
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Made:
    name: str
    mime: str
    content: bytes
    fault: FileFault | None
    """None: it is to be taken."""


def pdf(pages: int = 1, *, words: str = "Salom", trailer: str = "", extra: str = "") -> bytes:
    """A whole PDF with a right table of its objects."""
    kids = " ".join(f"{4 + page} 0 R" for page in range(pages))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
        f"<< /Length {len(words)} >>\nstream\n{words}\nendstream",
        *("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 3 0 R >>" for _page in range(pages)),
    ]
    if extra:
        objects.append(extra)
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    offsets: list[int] = []
    for number, body in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(f"{number} 0 obj\n{body}\nendobj\n".encode())
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    for offset in offsets:
        out.write(f"{offset:010} 00000 n \n".encode())
    out.write(f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def locked_pdf() -> bytes:
    """Of the oldest encryption, with a password that is not empty."""
    key = "<" + "ab" * 32 + ">"
    encrypt = f"<< /Filter /Standard /V 1 /R 2 /O {key} /U {key} /P -4 >>"
    return pdf(trailer="/Encrypt 5 0 R /ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]",
               extra=encrypt)  # fmt: skip


def archive(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, content in entries.items():
            made.writestr(zipfile.ZipInfo(name), content, compress_type=method)
    return out.getvalue()


def office(folder: str, xml: bytes = b"<a/>", **entries: bytes) -> bytes:
    return archive({"[Content_Types].xml": b"<Types/>", f"{folder}/document.xml": xml, **entries})


def linked_archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        link = zipfile.ZipInfo("notes.txt")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    return out.getvalue()


def locked_archive() -> bytes:
    """The mark of a password in both headers of an entry."""
    content = bytearray(archive({"plan.txt": b"x" * 100}))
    content[6] |= 1
    central = content.index(b"PK\x01\x02")
    content[central + 8] |= 1
    return bytes(content)


def lying_archive() -> bytes:
    """A megabyte that claims to be ten bytes."""
    content = bytearray(archive({"a.txt": bytes(1_000_000)}))
    struct.pack_into("<I", content, 22, 10)
    central = content.index(b"PK\x01\x02")
    struct.pack_into("<I", content, central + 24, 10)
    return bytes(content)


def overlapping_archive(copies: int = 1000) -> bytes:
    """Many entries of the table that all lead to the same megabyte."""
    content = archive({"a.txt": bytes(1_000_000)})
    start = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    table = content[start:end] * copies
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, copies, copies, len(table), start, 0)
    return content[:start] + table + tail


def renamed(content: bytes, old: bytes, new: bytes) -> bytes:
    if len(old) != len(new):
        raise ValueError("the headers know the length")
    return content.replace(old, new)


def honest() -> Iterator[Made]:
    yield Made("plan.pdf", PDF_MIME, pdf(3), None)
    yield Made("junk before.pdf", PDF_MIME, b"\n\n  " + pdf(), None)
    yield Made("essay.docx", DOCX_MIME, office("word"), None)
    yield Made("marks.xlsx", XLSX_MIME, office("xl"), None)
    yield Made("slides.pptx", PPTX_MIME, office("ppt"), None)
    yield Made("photos.zip", "application/zip", archive({"a/b.png": PNG, "c.txt": b"hi"}), None)
    yield Made("picture.png", "image/png", PNG, None)
    yield Made("old.doc", "application/msword", OLE + b"\0" * 600, None)
    yield Made("rich.doc", "application/msword", b"{\\rtf1 hi}", None)
    yield Made("notes.txt", "text/plain", "Salom, dunyo".encode(), None)
    yield Made("strange.xyz", "application/octet-stream", b"nobody knows this", None)
    yield Made("no name at all", "", b"nor this", None)
    yield Made("program.py", "text/x-python", b"print('hello')", None)


def hostile() -> Iterator[Made]:
    """Each with what it is to be called."""
    zeros = bytes(60 * 1024 * 1024)
    yield Made("empty.pdf", PDF_MIME, b"", FileFault.EMPTY)
    yield Made("empty.txt", "text/plain", b"", FileFault.EMPTY)
    yield Made("words.pdf", PDF_MIME, b"I am no PDF", FileFault.OTHER_TYPE)
    yield Made("picture.pdf", PDF_MIME, PNG, FileFault.OTHER_TYPE)
    yield Made("picture.docx", DOCX_MIME, PNG, FileFault.OTHER_TYPE)
    yield Made("words.png", "image/png", b"I am no picture", FileFault.OTHER_TYPE)
    yield Made("plan.jpg", "image/jpeg", pdf(), FileFault.OTHER_TYPE)
    yield Made("unnamed", PDF_MIME, b"only the type says PDF", FileFault.OTHER_TYPE)
    yield Made("table.docx", DOCX_MIME, office("xl"), FileFault.OTHER_TYPE)
    yield Made("photos.docx", DOCX_MIME, archive({"a.png": PNG}), FileFault.OTHER_TYPE)
    yield Made("old one.docx", DOCX_MIME, OLE + b"\0" * 600, FileFault.OTHER_TYPE)
    yield Made("essay.docx", DOCX_MIME, EXE, FileFault.PROGRAM)
    yield Made("game.exe", "application/x-msdownload", EXE, FileFault.PROGRAM)
    yield Made("tool", "application/octet-stream", b"\x7fELF\x02\x01\x01" + bytes(100), FileFault.PROGRAM)
    yield Made("exe and pdf.pdf", PDF_MIME, EXE + pdf(), FileFault.PROGRAM)
    yield Made("exe and zip.zip", "application/zip", EXE + archive({"a": b"b"}), FileFault.PROGRAM)
    yield Made("pdf and zip.pdf", PDF_MIME, pdf() + archive({"a": b"b"}), FileFault.UNSAFE)
    yield Made("png and zip.png", "image/png", PNG + archive({"a": b"b"}), FileFault.UNSAFE)
    yield Made("locked.pdf", PDF_MIME, locked_pdf(), FileFault.ENCRYPTED)
    yield Made("locked.zip", "application/zip", locked_archive(), FileFault.ENCRYPTED)
    locked_office = OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    yield Made("locked.doc", "application/msword", locked_office, FileFault.ENCRYPTED)
    yield Made("cut.pdf", PDF_MIME, pdf(5)[:60], FileFault.BROKEN)
    yield Made("header.pdf", PDF_MIME, b"%PDF-1.7\n", FileFault.BROKEN)
    yield Made("no pages.pdf", PDF_MIME, pdf(0), FileFault.NO_PAGES)
    yield Made("cut.zip", "application/zip", archive({"a.txt": b"x" * 5000})[:60], FileFault.BROKEN)
    yield Made("cut.docx", DOCX_MIME, office("word")[:-30], FileFault.BROKEN)
    yield Made("lying.zip", "application/zip", lying_archive(), FileFault.BROKEN)
    damaged = renamed(archive({"a.txt": b"hello hello"}, zipfile.ZIP_STORED), b"hello", b"jello")
    yield Made("damaged.zip", "application/zip", damaged, FileFault.BROKEN)
    yield Made("bomb.zip", "application/zip", archive({"zeros": zeros}), FileFault.TOO_HEAVY)
    yield Made("bomb.docx", DOCX_MIME, office("word", zeros), FileFault.TOO_HEAVY)
    yield Made("ratio.zip", "application/zip", archive({"zeros": bytes(10_000_000)}), FileFault.TOO_HEAVY)
    yield Made("overlap.zip", "application/zip", overlapping_archive(), FileFault.TOO_HEAVY)
    many = archive({f"{number}.txt": b"x" for number in range(10_000)}, zipfile.ZIP_STORED)
    yield Made("many.zip", "application/zip", many, FileFault.TOO_HEAVY)
    yield Made("many.xlsx", XLSX_MIME, many, FileFault.TOO_HEAVY)
    yield Made("up.zip", "application/zip", archive({"../../etc/cron.d/x": b"x"}), FileFault.UNSAFE)
    yield Made("up windows.zip", "application/zip", archive({"..\\..\\boot.ini": b"x"}), FileFault.UNSAFE)
    yield Made("root.zip", "application/zip", archive({"/etc/passwd": b"x"}), FileFault.UNSAFE)
    drive = renamed(archive({"Q_/evil.bat": b"x"}), b"Q_/", b"Q:/")
    yield Made("drive.zip", "application/zip", drive, FileFault.UNSAFE)
    yield Made("nul.zip", "application/zip", renamed(archive({"a_b.txt": b"x"}), b"a_b", b"a\0b"), FileFault.UNSAFE)
    yield Made("lines.zip", "application/zip", archive({"a\r\nb.txt": b"x"}), FileFault.UNSAFE)
    yield Made("link.zip", "application/zip", linked_archive(), FileFault.UNSAFE)
    xxe = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]><a>&x;</a>'
    yield Made("xxe.docx", DOCX_MIME, office("word", xxe), FileFault.UNSAFE)
    yield Made("xxe wide.docx", DOCX_MIME, office("word", xxe.decode().encode("utf-16")), FileFault.UNSAFE)
    late = b"<!--" + random.Random(1).randbytes(65_530).replace(b"-", b"+") + b"-->" + xxe
    yield Made("xxe late.docx", DOCX_MIME, office("word", late), FileFault.UNSAFE)
    laughs = b'<!DOCTYPE z [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><z>&b;</z>'
    yield Made("laughs.pptx", PPTX_MIME, office("ppt", laughs), FileFault.UNSAFE)


def mutants(count: int, seed: int = 4) -> Iterator[Made]:
    """Honest files with bytes flipped, cut, doubled and mixed up."""
    chance = random.Random(seed)
    origins = [made for made in honest() if len(made.content) > 30]
    for _number in range(count):
        origin = chance.choice(origins)
        content = bytearray(origin.content)
        for _change in range(chance.randint(1, 8)):
            at = chance.randrange(len(content))
            match chance.randrange(5):
                case 0:
                    content[at] ^= 1 << chance.randrange(8)
                case 1:
                    content[at : at + chance.randrange(1, 40)] = chance.randbytes(chance.randrange(40))
                case 2:
                    del content[at:]
                    content.extend(origin.content[: chance.randrange(1, len(origin.content))])
                case 3:
                    content[at:at] = content[: chance.randrange(1, 200)]
                case _:
                    content[at : at + 4] = struct.pack("<I", chance.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF)))
            if not content:
                content.append(0)
        yield Made(origin.name, origin.mime, bytes(content), None)
