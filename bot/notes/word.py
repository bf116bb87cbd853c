"""A notebook as a Word document. Formulas and whatever is no formatting stay the text that was typed."""

import re
from pathlib import Path
from typing import Any

from docx import Document
from docx.shared import Cm, Pt, RGBColor
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.notes.pages import Entry, Page, chapters

_parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$\n]+?\$", re.DOTALL)
_KEPT = re.compile("\ue000(\\d+)\ue001")
_MONOSPACE = "Courier New"
_GREY = RGBColor(0x70, 0x70, 0x70)
_STEP = Cm(0.75)
_STYLES = {"strong": "bold", "em": "italic", "s": "strike"}


def word_file(page: Page, path: Path) -> None:
    document = Document()
    document.core_properties.title = _text(page.title)
    document.core_properties.author = ""
    document.add_heading(_text(page.title), 0)
    for course, lessons in chapters(page):
        document.add_heading(_text(course.course), 1)
        for lesson, notes in lessons:
            if lesson.lesson:
                document.add_heading(_text(lesson.lesson), 2)
            for note in notes:
                _add_note(document, note)
    if not page.entries:
        document.add_paragraph(_text(page.nothing))
    document.save(str(path))


def _add_note(document: Any, note: Entry) -> None:
    head = document.add_paragraph()
    head.paragraph_format.keep_with_next = True
    when = head.add_run(_text(note.when))
    when.italic, when.font.size, when.font.color.rgb = True, Pt(9), _GREY
    if note.voice:
        document.add_paragraph(_text(note.voice))
    if note.markdown:
        _Writer(document).write(note.markdown)


class _Writer:
    """Writes one note's Markdown; what is nested is indented."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._formulas: list[str] = []
        self._depth = 0
        self._marks: list[str] = []
        """Signs of the list items that no paragraph has shown yet."""

    def write(self, markdown: str) -> None:
        own = markdown.replace("\ue000", "").replace("\ue001", "")
        self._blocks(_parser.parse(_FORMULA.sub(self._keep, own)))

    def _keep(self, formula: re.Match[str]) -> str:
        """Signs in formulas mean something else than formatting."""
        self._formulas.append(formula[0])
        return f"\ue000{len(self._formulas) - 1}\ue001"

    def _blocks(self, tokens: list[Token]) -> None:
        is_heading = False
        for token in tokens:
            match token.type:
                case "heading_open" | "heading_close":
                    is_heading = token.nesting == 1
                case "inline":
                    self._inline(self._paragraph(), token, is_bold=is_heading)
                case "bullet_list_open" | "ordered_list_open" | "blockquote_open":
                    self._depth += 1
                case "bullet_list_close" | "ordered_list_close" | "blockquote_close":
                    self._depth -= 1
                case "list_item_open":
                    self._marks.append(f"{token.info}{token.markup} " if token.info else "• ")
                case "list_item_close":
                    self._marks.clear()
                case "fence" | "code_block":
                    code = self._paragraph().add_run(self._said(token.content.rstrip("\n")))
                    code.font.name = _MONOSPACE
                case "hr":
                    self._paragraph().add_run("———")
                case _:
                    pass

    def _paragraph(self) -> Any:
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.left_indent = _STEP * self._depth
        paragraph.paragraph_format.space_after = Pt(4)
        if self._marks:
            paragraph.add_run("".join(self._marks))
            self._marks.clear()
        return paragraph

    def _inline(self, paragraph: Any, token: Token, *, is_bold: bool) -> None:
        style = {"bold": is_bold, "italic": False, "strike": False}
        address = ""
        for child in token.children or []:
            kind, _separator, side = child.type.rpartition("_")
            match child.type:
                case "softbreak" | "hardbreak":
                    paragraph.add_run().add_break()
                case "link_open":
                    address = str(child.attrGet("href") or "")
                case "link_close":
                    paragraph.add_run(self._said(f" ({address})"))
                case "strong_open" | "strong_close" | "em_open" | "em_close" | "s_open" | "s_close":
                    style[_STYLES[kind]] = side == "open" or (kind == "strong" and is_bold)
                case _:
                    run = paragraph.add_run(self._said(child.content))
                    run.bold, run.italic, run.font.strike = style["bold"], style["italic"], style["strike"]
                    if child.type == "code_inline":
                        run.font.name = _MONOSPACE

    def _said(self, text: str) -> str:
        return _text(_KEPT.sub(lambda kept: self._formulas[int(kept[1])], text))


def _text(text: str) -> str:
    """Without what XML cannot hold."""
    return _NOT_XML.sub("", text)
