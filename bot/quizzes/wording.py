"""Questions as text: HTML, or Markdown for a rich message where there are formulas."""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from html import escape

from bot.i18n import Safe, _, escape_markdown
from domain.quizzes.keys import Response, only

LETTERS = "ABCDEFGHIJKL"


def letter(response: Response | None) -> str:
    """Of the one chosen option; a dash for any other response."""
    option = only(response)
    return LETTERS[option] if option is not None else "–"


_FORMULA = re.compile(r"\$\$.+?\$\$|\$(?!\s)[^$\n]+?(?<!\s)\$(?!\d)", re.DOTALL)
_BAR = 10


def has_formula(texts: Iterable[str]) -> bool:
    """A pair of dollar signs around something; a price in dollars is none."""
    return any(_FORMULA.search(text) for text in texts)


def marked(text: str, *, is_rich: bool) -> Safe:
    """The author's plain text as markup; only its formulas mean something."""
    if not is_rich:
        return Safe(escape(text, quote=False))
    pieces: list[str] = []
    end = 0
    for formula in _FORMULA.finditer(text):
        pieces += [_paragraphs(text[end : formula.start()]), formula[0]]
        end = formula.end()
    return Safe("".join([*pieces, _paragraphs(text[end:])]))


def asked(text: str, *, is_rich: bool) -> Safe:
    body = marked(text, is_rich=is_rich)
    return body if is_rich else Safe(f"<b>{body}</b>")


def option(index: int, text: str, *, is_rich: bool) -> Safe:
    return Safe(f"{LETTERS[index]}{_BRACKET[is_rich]} {marked(text, is_rich=is_rich)}")


def option_list(options: Sequence[str], *, is_rich: bool) -> Safe:
    return _lines([option(index, text, is_rich=is_rich) for index, text in enumerate(options)], is_rich=is_rich)


def judged_list(options: Sequence[str], chosen: int | None, correct: int | None, *, is_rich: bool) -> Safe:
    """The options with the right one and the wrong choice marked."""
    signs = {chosen: "❌", correct: "✅"}
    lines = [f"{signs.get(index, '▫️')} {option(index, text, is_rich=is_rich)}" for index, text in enumerate(options)]
    return _lines(lines, is_rich=is_rich)


def progress_bar(done: int, total: int) -> str:
    """At most ten boxes; full only when everything is done."""
    boxes = min(total, _BAR)
    full = done * boxes // total
    return "▰" * full + "▱" * (boxes - full)


def duration(spent: timedelta) -> str:
    minutes, seconds = divmod(round(spent.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
    if minutes:
        return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=seconds)
    return _("{seconds} s").format(seconds=seconds)


def praise(percent: int) -> str:
    if percent == 100:
        return _("🏆 Everything right. Brilliant!")
    if percent >= 80:
        return _("🎉 Very good! Only a little is missing.")
    if percent >= 50:
        return _("👍 A good start. Look at the mistakes and try again.")
    return _("🌱 Every mistake teaches something. Read the lesson once more and try again.")


def option_meant(typed: str, options: Sequence[str]) -> int | None:
    """The option that somebody typed: its text, its letter or its number; None when it could mean two things.

    An answer cannot be taken back, so nothing is guessed: a number is no position where options are numbers.
    """
    said = typed.strip().rstrip(").").casefold()
    if not said:
        return None
    folded = [text.casefold() for text in options]
    meanings = {index for index, text in enumerate(folded) if text in (said, typed.strip().casefold())}
    if len(said) == 1 and said.upper() in LETTERS[: len(options)]:
        meanings.add(LETTERS.index(said.upper()))
    if said.isascii() and said.isdigit() and not any(any(map(str.isdigit, text)) for text in options):
        position = int(said[:3]) - 1
        if 0 <= position < len(options):
            meanings.add(position)
    return meanings.pop() if len(meanings) == 1 else None


_BRACKET = {True: "\\)", False: ")"}


def _paragraphs(text: str) -> str:
    return escape_markdown(text).replace("\n", "\n\n")


def _lines(lines: Sequence[str], *, is_rich: bool) -> Safe:
    return Safe(("\n\n" if is_rich else "\n").join(lines))
