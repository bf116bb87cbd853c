"""Files with words in them, made by code."""

import io
from collections.abc import Sequence

from docx import Document

from tests.bot.files.made import archive


def text_pdf(pages: Sequence[Sequence[str]], *, chapters: Sequence[tuple[str, int]] = ()) -> bytes:
    """Each page's lines in Helvetica; `chapters` are titles with the numbers of their pages."""
    objects: list[str] = ["", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids: list[int] = []
    for lines in pages:
        shown = " ".join(f"({line}) Tj 0 -16 Td" for line in lines)
        stream = f"BT /F1 12 Tf 40 760 Td {shown} ET" if lines else ""
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]"
            f" /Resources << /Font << /F1 3 0 R >> >> /Contents {len(objects)} 0 R >>"
        )
        kids.append(len(objects))
    outlines = ""
    if chapters:
        first = len(objects) + 2
        outlines = f"/Outlines {first - 1} 0 R"
        objects.append(f"<< /First {first} 0 R /Last {first + len(chapters) - 1} 0 R /Count {len(chapters)} >>")
        for place, (title, page) in enumerate(chapters):
            after = f"/Next {first + place + 1} 0 R" if place + 1 < len(chapters) else ""
            objects.append(f"<< /Title ({title}) /Parent {first - 1} 0 R {after} /Dest [{kids[page - 1]} 0 R /Fit] >>")
    objects[0] = f"<< /Type /Catalog /Pages 2 0 R {outlines} >>"
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] /Count {len(kids)} >>"
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
    out.write(f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def word(*blocks: tuple[str, str]) -> bytes:
    """Paragraphs: each a style, empty for the usual one, and a text."""
    document = Document()
    for style, text in blocks:
        document.add_paragraph(text, style=style or None)
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "a", "b"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMES = f'xmlns:p="{_P}" xmlns:a="{_A}" xmlns:r="{_R}"'
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def slides(*shown: tuple[str, str, str]) -> bytes:
    """Each a title, a body and notes. They are stored in the opposite order of that in which they are shown."""
    count = len(shown)
    numbers = [count - place for place in range(count)]
    entries = {
        "[Content_Types].xml": b"<Types/>",
        "ppt/presentation.xml": (
            f"<p:presentation {_NAMES}><p:sldIdLst>"
            + "".join(f'<p:sldId id="{256 + number}" r:id="rId{number}"/>' for number in numbers)
            + "</p:sldIdLst></p:presentation>"
        ).encode(),
        "ppt/_rels/presentation.xml.rels": _related(
            [(f"rId{number}", "slide", f"slides/slide{number}.xml") for number in numbers]
        ),
    }
    for number, (title, body, notes) in zip(numbers, shown, strict=True):
        entries[f"ppt/slides/slide{number}.xml"] = (
            f"<p:sld {_NAMES}><p:cSld><p:spTree>{_shape('body', body)}{_shape('sldNum', '99')}"
            f"{_shape('title', title)}</p:spTree></p:cSld></p:sld>"
        ).encode()
        entries[f"ppt/slides/_rels/slide{number}.xml.rels"] = _related(
            [("rId1", "notesSlide", f"../notesSlides/notes{number}.xml")]
        )
        entries[f"ppt/notesSlides/notes{number}.xml"] = (
            f"<p:notes {_NAMES}><p:cSld><p:spTree>{_shape('body', notes)}</p:spTree></p:cSld></p:notes>"
        ).encode()
    return archive(entries)


def _shape(kind: str, text: str) -> str:
    return (
        f'<p:sp><p:nvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr>'
        f"<p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
    )


def _related(relations: Sequence[tuple[str, str, str]]) -> bytes:
    rows = "".join(f'<Relationship Id="{id_}" Type="{_R}/{kind}" Target="{to}"/>' for id_, kind, to in relations)
    return f'<Relationships xmlns="{_RELATIONS}">{rows}</Relationships>'.encode()
