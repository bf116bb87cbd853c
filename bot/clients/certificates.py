"""Prints certificates with typst: A4 as PDF, and a picture of it for the chat.

What users wrote goes in as JSON and stays text, so that no name can be markup of the template. The compiler comes with
fonts for Latin, Cyrillic, Greek, Hebrew and Arabic letters; names in others need a font of the machine.
"""

import asyncio
import io
import re
import unicodedata
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import structlog

from domain.certificates.errors import PressFailed
from domain.certificates.model import Printed, Sheet

if TYPE_CHECKING:
    import typst

log = structlog.get_logger()

TEMPLATE = Path(__file__).with_name("certificate.typ")
PATIENCE = 20.0
"""Seconds for one certificate; it takes a tenth of one."""
PIXELS_PER_INCH = 110.0
LONGEST_WORD = 24
"""Characters after which a word may break anywhere."""

_SOFT = "\u200b"
_SCHEME = re.compile(r"^https?://")


class TypstPress:
    """One sheet at a time, in a thread: the compiler gives the interpreter free while it works."""

    def __init__(self, *, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._one_at_a_time = asyncio.Lock()
        self._compiler: typst.Compiler | None = None

    async def press(self, sheet: Sheet) -> Printed:
        async with self._one_at_a_time:
            try:
                return await asyncio.wait_for(asyncio.to_thread(self._print, sheet), self._patience)
            except TimeoutError as error:
                # The thread cannot be stopped; it is left to itself with its compiler, and the next one is new.
                self._compiler = None
                log.error("press.too_slow")
                raise PressFailed("too slow") from error

    def _print(self, sheet: Sheet) -> Printed:
        import typst

        compiler = self._compiler
        if compiler is None:
            compiler = self._compiler = typst.Compiler(str(TEMPLATE), root=str(TEMPLATE.parent))
        try:
            inputs = {"data": orjson.dumps(printable_values(sheet)).decode()}
            pdf = compiler.compile(format="pdf", sys_inputs=inputs)
            png = compiler.compile(format="png", ppi=PIXELS_PER_INCH, sys_inputs=inputs)
        except typst.TypstError as error:
            # Its words may quote what a person wrote.
            log.error("press.refused", cause=type(error).__name__)
            raise PressFailed("refused") from error
        if not isinstance(pdf, bytes) or not isinstance(png, bytes):
            raise PressFailed("more than one page")
        return Printed(pdf, png)


def printable_values(sheet: Sheet) -> dict[str, Any]:
    """The sheet's texts as the template reads them, with the code of its link as a picture."""
    values = asdict(sheet)
    values["facts"] = [[label, printable(value)] for label, value in sheet.facts]
    for name in ("centre", "name", "course"):
        values[name] = printable(values[name])
    values["link_text"] = _SCHEME.sub("", sheet.link)
    values["qr"] = qr_code(sheet.link)
    return values


def printable(text: str) -> str:
    """Without signs that no font for texts has (emoji and what joins them), and with places where long words break."""
    shown = "".join(sign for sign in unicodedata.normalize("NFC", text) if not _is_picture(sign))
    return " ".join(map(_breakable, shown.split())) or "—"


def qr_code(link: str) -> str:
    """An SVG."""
    import segno

    drawn = io.BytesIO()
    segno.make_qr(link, error="m").save(drawn, kind="svg", border=0, dark="#1f2a44", xmldecl=False)
    return drawn.getvalue().decode()


def _breakable(word: str) -> str:
    """A word that may break behind its hyphens, and anywhere where even its parts are long."""
    parts = word.split("-")
    return f"-{_SOFT}".join(_SOFT.join(part) if len(part) > LONGEST_WORD else part for part in parts)


def _is_picture(sign: str) -> bool:
    if sign.isascii():
        return not sign.isprintable()
    return unicodedata.category(sign) in ("So", "Sk", "Cs", "Co", "Cn", "Cf", "Cc") or "\ufe00" <= sign <= "\ufe0f"
