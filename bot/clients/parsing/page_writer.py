"""Lines become pages as materials have them. What a database or a screen trips over is left out on the way."""

from typing import Any

from domain.files import ParseRefused
from domain.materials.model import MAX_CHARACTERS, MAX_PAGES, Unreadable
from domain.printable import printable_line, printable_lines

PAGE_LENGTH = 3_000
"""Characters of a page of a file that has no pages itself: about one of a book."""
MAX_HEADING = 200
MAX_LEVEL = 9

Json = dict[str, Any]


class PageWriter:
    """Pages in the order of the file, counting from 1. Raises ParseRefused: TOO_MANY_PAGES, TOO_MUCH_TEXT."""

    def __init__(self, *, cuts: bool) -> None:
        """`cuts`: a page ends by itself when it is long enough, because nothing else says where one does."""
        self._cuts = cuts
        self._pages: list[list[Any]] = []
        self._text = ""
        self._headings: list[list[Any]] = []
        self._is_open = False
        self._characters = 0

    def write(self, text: str, *, level: int | None = None) -> None:
        """A paragraph. `level`: it is a heading."""
        cleaned = printable_line(text) if level is not None else printable_lines(text)
        if not cleaned:
            return
        if self._cuts and self._text and len(self._text) + len(cleaned) > PAGE_LENGTH:
            self.turn()
        self._is_open = True
        if level is not None:
            gap = "\n\n" if self._text else ""
            self._headings.append([min(level, MAX_LEVEL), cleaned[:MAX_HEADING], len(self._text) + len(gap)])
        self._text = f"{self._text}\n\n{cleaned}" if self._text else cleaned
        self._characters += len(cleaned)
        if self._characters > MAX_CHARACTERS:
            raise ParseRefused(Unreadable.TOO_MUCH_TEXT)

    def begin(self, level: int, title: str) -> None:
        """A chapter begins on this page, whether its title is a line of it or not."""
        cleaned = printable_line(title)[:MAX_HEADING]
        if cleaned:
            start = self._text.find(cleaned)
            is_line = start == 0 or (start > 0 and self._text[start - 1] == "\n")
            self._headings.append([min(level, MAX_LEVEL), cleaned, start if is_line else 0])

    def turn(self) -> None:
        """The page ends here, however empty it is."""
        if len(self._pages) >= MAX_PAGES:
            raise ParseRefused(Unreadable.TOO_MANY_PAGES)
        self._pages.append([len(self._pages) + 1, self._text, self._headings])
        self._text, self._headings, self._is_open = "", [], False

    def result(self, *, is_picture: bool = False) -> Json:
        if self._is_open:
            self.turn()
        return {"pages": self._pages, "is_picture": is_picture}
