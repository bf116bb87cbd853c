"""Paragraphs and tables of Word as Markdown: bold, italic, links, lists, tables, subheadings."""

import re
from collections.abc import Iterator

from docx.table import Table
from docx.text.hyperlink import Hyperlink
from docx.text.paragraph import Paragraph
from docx.text.run import Run

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~])")
_OPENING = re.compile(r"^(\s*)([#+-]|[0-9]{1,3}[.)])(?=\s)")
MAX_CELLS = 20_000


def plain_text(paragraph: Paragraph) -> str:
    return paragraph.text


def written_in_markdown(paragraph: Paragraph, list_level: int | None, *, is_numbered: bool) -> str:
    """`list_level`: of a line of a list. A heading inside a lesson stays one, a step below the lesson's own."""
    body = "".join(_spans(paragraph)).strip()
    if not body:
        return ""
    style = ((paragraph.style.name if paragraph.style else None) or "").casefold()
    if style.startswith("heading "):
        return f"### {body}"
    if list_level is not None:
        typed = _OPENING.match(paragraph.text)
        if typed is not None and is_numbered:
            return body
        return f"{'   ' * list_level}{'1.' if is_numbered else '-'} {body}"
    return _OPENING.sub(_escape_opening, body)


def _escape_opening(match: re.Match[str]) -> str:
    sign = match[2]
    return f"{match[1]}{sign[:-1]}\\{sign[-1]}" if sign[0].isdigit() else f"{match[1]}\\{sign}"


def _spans(paragraph: Paragraph) -> Iterator[str]:
    """The runs, those of one look together: Word cuts a sentence into many."""
    begun, look = "", (False, False)
    for item in paragraph.iter_inner_content():
        if isinstance(item, Hyperlink):
            yield _marked(begun, look)
            begun = ""
            text, url = _SPECIAL.sub(r"\\\1", item.text), item.url
            yield f"[{text}](<{url}>)" if url.startswith(("http://", "https://")) and ">" not in url else text
            continue
        own = _look(item)
        if own != look:
            yield _marked(begun, look)
            begun, look = "", own
        begun += item.text
    yield _marked(begun, look)


def _look(run: Run) -> tuple[bool, bool]:
    return bool(run.bold), bool(run.italic)


def _marked(text: str, look: tuple[bool, bool]) -> str:
    """The marks stand close to the words: `**bold **` would be no bold."""
    if not text.strip():
        return text
    body = text.strip()
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    sign = {(True, False): "**", (False, True): "*", (True, True): "***"}.get(look, "")
    return f"{before}{sign}{_SPECIAL.sub(_escaped, body)}{sign}{after}"


def _escaped(match: re.Match[str]) -> str:
    return f"\\{match[1]}"


def table_in_markdown(table: Table) -> str:
    """Its first row as the heading. A cell that spans several stands in the first of them."""
    rows: list[list[str]] = []
    count = 0
    for row in table.rows:
        cells: list[str] = []
        seen: set[int] = set()
        for cell in row.cells:
            count += 1
            key = id(cell._tc)  # noqa: SLF001 (the only sign that two cells are one)
            words = " ".join("".join(_spans(each)).strip() for each in cell.paragraphs)
            cells.append("" if key in seen else " ".join(words.split()))
            seen.add(key)
        rows.append(cells)
        if count > MAX_CELLS:
            break
    if not rows or not any(any(row) for row in rows):
        return ""
    width = max(map(len, rows))
    lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in rows]
    return "\n".join([lines[0], f"|{' --- |' * width}", *lines[1:]])
