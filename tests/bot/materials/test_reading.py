"""What is read of a file, page by page; each file that cannot be read says why; and pages as pictures."""

import base64
import zlib
from contextlib import suppress
from pathlib import Path

import pytest

from bot.clients.parsing.material_files import read
from bot.clients.parsing.material_reader import ChildMaterialReader
from bot.clients.parsing.page_pictures import picture
from domain.files import ParseRefused
from domain.materials.model import Page
from domain.materials.processing import why_unreadable
from tests.bot.files import made
from tests.bot.materials.made import slides, text_pdf, word

XXE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


def pages_of(folder: Path, name: str, content: bytes) -> list[tuple[int, str, list[list[object]]]]:
    path = folder / "sent"
    path.write_bytes(content)
    return [(number, text, headings) for number, text, headings in read(path, name=name)["pages"]]


def refusal(folder: Path, name: str, content: bytes) -> str:
    with pytest.raises(ParseRefused) as refused:
        pages_of(folder, name, content)
    return why_unreadable(refused.value.reason).value


def test_a_pdf_keeps_its_pages_and_knows_its_chapters(tmp_path: Path) -> None:
    content = text_pdf([["Kirish"], [], ["Ikkinchi bob", "F = ma"]], chapters=[("Kirish", 1), ("Ikkinchi bob", 3)])

    assert pages_of(tmp_path, "kitob.pdf", content) == [
        (1, "Kirish", [[1, "Kirish", 0]]),
        (2, "", []),
        (3, "Ikkinchi bob\nF = ma", [[1, "Ikkinchi bob", 0]]),
    ]


def test_slides_are_pages_in_the_order_in_which_they_are_shown(tmp_path: Path) -> None:
    content = slides(("Foiz", "Yuzdan bir", "Misol keltiring"), ("Ulush", "a : b", ""))

    assert pages_of(tmp_path, "mavzu.pptx", content) == [
        (1, "Foiz\n\nYuzdan bir\n\nMisol keltiring", [[1, "Foiz", 0]]),
        (2, "Ulush\n\na : b", [[1, "Ulush", 0]]),
    ]


def test_a_word_document_keeps_headings_and_tables(tmp_path: Path) -> None:
    content = word(("Heading 1", "Kuch"), ("", "F = ma"), ("Heading 2", "Birlik"), ("", "Nyuton"))

    [(number, text, headings)] = pages_of(tmp_path, "fizika.docx", content)

    assert (number, text) == (1, "Kuch\n\nF = ma\n\nBirlik\n\nNyuton\n\na | b")
    assert headings == [[1, "Kuch", 0], [2, "Birlik", text.index("Birlik")]]


def test_words_own_cut_of_pages_is_kept(tmp_path: Path) -> None:
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xml = (
        f'<w:document xmlns:w="{name}"><w:body><w:p><w:r><w:t>Bir</w:t></w:r></w:p><w:p><w:r>'
        "<w:lastRenderedPageBreak/><w:t>Ikki</w:t></w:r><w:del><w:r><w:t>o‘chirilgan</w:t></w:r></w:del></w:p>"
        "</w:body></w:document>"
    )

    assert pages_of(tmp_path, "a.docx", made.office("word", xml.encode())) == [(1, "Bir", []), (2, "Ikki", [])]


def test_markdown_keeps_headings_but_those_in_code(tmp_path: Path) -> None:
    content = b"# Bob\n\nMatn\nikki qator\n\n```\n# izoh\n```\n\n## Mavzu ##\n\nOxiri"

    [(_number, text, headings)] = pages_of(tmp_path, "a.md", content)

    assert text == "Bob\n\nMatn\nikki qator\n\n```\n# izoh\n```\n\nMavzu\n\nOxiri"
    assert headings == [[1, "Bob", 0], [2, "Mavzu", text.index("Mavzu")]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_a_text_is_read_in_whatever_it_was_saved(tmp_path: Path, encoding: str) -> None:
    assert pages_of(tmp_path, "a.txt", "Привет, мир".encode(encoding)) == [(1, "Привет, мир", [])]


def test_a_long_text_is_cut_into_pages_and_loses_nothing(tmp_path: Path) -> None:
    paragraphs = [f"{number} " + "so‘z " * 100 for number in range(40)]

    pages = pages_of(tmp_path, "a.txt", "\n\n".join(paragraphs).encode())

    assert len(pages) > 5
    assert [number for number, _text, _headings in pages] == list(range(1, len(pages) + 1))
    assert "\n\n".join(text for _number, text, _headings in pages) == "\n\n".join(text.strip() for text in paragraphs)


def test_what_a_database_or_a_screen_trips_over_is_left_out(tmp_path: Path) -> None:
    [(_number, text, _headings)] = pages_of(tmp_path, "a.txt", "Sal\u202eom\u200b \x0bdunyo".encode())

    assert "\u202e" not in text
    assert "\x0b" not in text


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("bo‘sh.pdf", b"", "empty"),
        ("matn.pdf", b"I am no PDF", "other_type"),
        ("kitob.docx", made.PNG, "other_type"),
        ("jadval.docx", made.office("xl"), "other_type"),
        ("kitob.txt", text_pdf([["a"]]), "other_type"),
        ("kitob.txt", b"\0\1\2\3" * 50, "other_type"),
        ("kitob.png", b"I am no picture", "other_type"),
        ("dastur.docx", made.EXE, "unsafe"),
        ("qulf.pdf", made.locked_pdf(), "encrypted"),
        ("qulf.docx", made.OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        ("eski.docx", made.OLE + bytes(600), "old_office"),
        ("kesik.pdf", made.pdf(5)[:60], "broken"),
        ("kesik.docx", made.office("word")[:-30], "broken"),
        ("bo‘lak.docx", made.office("word", b"<a>"), "broken"),
        ("bo‘lak.pptx", made.archive({"[Content_Types].xml": b"", "ppt/presentation.xml": b"<a>"}), "broken"),
        ("qalin.pdf", made.pdf(5_000), "too_many_pages"),
        ("bomba.docx", made.office("word", bytes(60 * 1024 * 1024)), "too_heavy"),
        ("katta.txt", b"so'z " * 250_000, "too_much_text"),
        ("xxe.docx", made.office("word", XXE), "unsafe"),
        ("ikki.pdf", text_pdf([["a"]]) + made.archive({"a": b"b"}), "unsafe"),
        ("qo‘shiq.mp3", b"ID3" + bytes(100), "no_format"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_says_why(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    assert refusal(tmp_path, name, content) == why


async def test_a_pdf_without_pages_says_so(tmp_path: Path) -> None:
    """In the child: pdfium tells it from a broken one by its last error, which is one for the whole process."""
    path = tmp_path / "sent"
    path.write_bytes(made.pdf(0))

    with pytest.raises(ParseRefused) as refused:
        await ChildMaterialReader().read(path, "varaqsiz.pdf")

    assert why_unreadable(refused.value.reason).value == "no_pages"


def test_a_scan_has_pages_without_a_text(tmp_path: Path) -> None:
    assert pages_of(tmp_path, "skan.pdf", made.pdf(3)) == [(1, "", []), (2, "", []), (3, "", [])]


def test_broken_files_of_all_kinds_are_read_or_refused_and_nothing_else(tmp_path: Path) -> None:
    origins = {
        "a.pdf": text_pdf([["Kirish"]]),
        "a.docx": word(("", "F = ma")),
        "a.pptx": slides(("Foiz", "Yuzdan bir", "")),
    }
    for name, content in origins.items():
        for cut in range(0, len(content), max(1, len(content) // 25)):
            damaged = content[:cut] + b"\xff\x00" + content[cut + 2 :]
            path = tmp_path / "sent"
            path.write_bytes(damaged)
            with suppress(ParseRefused):
                assert read(path, name=name)["pages"] is not None


async def test_the_reader_works_in_a_child_and_draws_a_page(tmp_path: Path) -> None:
    path = tmp_path / "sent"
    path.write_bytes(text_pdf([["Kirish"], ["F = ma"]]))
    reader = ChildMaterialReader()

    found = await reader.read(path, "kitob.pdf")
    drawn = await reader.picture(path, "kitob.pdf", 2, "F = ma")

    assert list(found.pages) == [Page(number=1, text="Kirish"), Page(number=2, text="F = ma")]
    assert drawn.startswith(b"\x89PNG")
    with pytest.raises(ParseRefused):
        await reader.picture(path, "kitob.pdf", 3)
    with pytest.raises(ParseRefused):
        await reader.picture(path, "kitob.docx", 1)


def yellow_rows(png: bytes) -> set[int]:
    """Rows of an RGB picture of 8 bits that have a pixel with much red and little blue."""
    width, height = (int.from_bytes(png[place : place + 4], "big") for place in (16, 20))
    start = png.index(b"IDAT")
    size = int.from_bytes(png[start - 4 : start], "big")
    rows = zlib.decompress(png[start + 4 : start + 4 + size])
    stride = width * 3 + 1
    assert len(rows) == stride * height
    found: set[int] = set()
    for row in range(height):
        line = rows[row * stride + 1 : (row + 1) * stride]
        if any(red > 200 and blue < 150 for red, blue in zip(line[::3], line[2::3], strict=True)):
            found.add(row)
    return found


def drawn(folder: Path, passage: str, page: int = 1) -> tuple[bytes, bool]:
    path = folder / "sent"
    path.write_bytes(text_pdf([["Birinchi qator", "Nyutonning ikkinchi", "qonuni: F = ma"], []]))
    told = picture(path, page=page, passage=passage)
    return base64.b64decode(told["png"]), told["is_marked"]


def test_a_passage_is_marked_over_the_break_of_its_line(tmp_path: Path) -> None:
    one, is_marked = drawn(tmp_path, "Birinchi")
    two, _ = drawn(tmp_path, "ikkinchi QONUNI")

    assert is_marked
    assert min(yellow_rows(one)) < min(yellow_rows(two))
    assert len(yellow_rows(two)) > len(yellow_rows(one))


@pytest.mark.parametrize("passage", ["", "…", "ikkinchi Birinchi", "yo‘q so‘z", "F = ma " * 100])
def test_what_is_not_there_is_not_marked(tmp_path: Path, passage: str) -> None:
    content, is_marked = drawn(tmp_path, passage)

    assert not is_marked
    assert yellow_rows(content) == set()


def test_a_blank_page_is_drawn_too(tmp_path: Path) -> None:
    assert yellow_rows(drawn(tmp_path, "F", page=2)[0]) == set()
