"""The students' own files of the evaluation: made into a real PDF, DOCX and TXT, and read back by page."""

import io
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph


@dataclass(frozen=True, slots=True)
class Sample:
    name: str
    language: str
    pages: tuple[str, ...]


SAMPLES: Sequence[Sample] = tuple(
    Sample(name=table["name"], language=table["language"], pages=tuple(table["pages"]))
    for table in tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["file"]
)


def made(sample: Sample) -> bytes:
    """The file as a student would send it."""
    match sample.name.rpartition(".")[2]:
        case "pdf":
            return _pdf(sample.pages)
        case "docx":
            return _docx(sample.pages)
        case _:
            return "\f".join(sample.pages).encode()


def read_pages(name: str, content: bytes) -> list[str]:
    """The text of each page. The only reader of the evaluation: nothing here knows what was written."""
    match name.rpartition(".")[2]:
        case "pdf":
            return _pdf_pages(content)
        case "docx":
            return _docx_pages(content)
        case _:
            return content.decode().split("\f")


def _pdf(pages: Sequence[str]) -> bytes:
    import typst

    # As strings, so that no mark of typst's own language is seen in the text.
    quoted = ('"' + page.replace("\\", "\\\\").replace('"', '\\"') + '"' for page in pages)
    source = "#set page(width: 120mm, height: 80mm)\n" + "\n#pagebreak()\n".join(f"#text({page})" for page in quoted)
    return bytes(typst.compile(source.encode()))


def _pdf_pages(content: bytes) -> list[str]:
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    try:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
    finally:
        document.close()


def _docx(pages: Sequence[str]) -> bytes:
    import docx

    document = docx.Document()
    for number, page in enumerate(pages):
        if number:
            document.add_page_break()
        document.add_paragraph(page)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _docx_pages(content: bytes) -> list[str]:
    """Pages end at the breaks that the writer put in; where a long text flows over is the reader's own business."""
    import docx

    pages: list[list[str]] = [[]]
    for paragraph in docx.Document(io.BytesIO(content)).paragraphs:
        if _breaks_page(paragraph):
            pages.append([])
        if paragraph.text.strip():
            pages[-1].append(paragraph.text.strip())
    return ["\n".join(page) for page in pages]


def _breaks_page(paragraph: "Paragraph") -> bool:
    return 'w:type="page"' in paragraph._p.xml
