"""Questions as text, for whoever shows them: HTML, or Markdown for a rich message where there are formulas."""

import re
from collections.abc import Iterable, Sequence
from html import escape

from bot.i18n import Safe, escape_markdown
from domain.quizzes.keys import Choice, Response

LETTERS = "ABCDEFGHIJKL"
_FORMULA = re.compile(r"\$\$.+?\$\$|\$(?!\s)[^$\n]+?(?<!\s)\$(?!\d)", re.DOTALL)
_CODE = re.compile(r"```([A-Za-z0-9+#-]*)[ \t]*\n(.*?)\n?```", re.DOTALL)
_BAR = 10


def has_formula(texts: Iterable[str]) -> bool:
    """A pair of dollar signs around something; a price in dollars is none, and in code they mean themselves."""
    return any(_FORMULA.search(_CODE.sub("", text)) for text in texts)


def has_code(texts: Iterable[str]) -> bool:
    """Lines between two lines of three backticks."""
    return any(_CODE.search(text) for text in texts)


def marked(text: str, *, is_rich: bool, is_bold: bool = False) -> Safe:
    """The author's plain text as markup; only its formulas and its code blocks mean something."""
    pieces: list[str] = []
    end = 0
    for code in _CODE.finditer(text):
        pieces += [_prose(text[end : code.start()], is_rich=is_rich, is_bold=is_bold), _code(code, is_rich=is_rich)]
        end = code.end()
    return Safe("".join([*pieces, _prose(text[end:], is_rich=is_rich, is_bold=is_bold)]))


def asked(text: str, *, is_rich: bool) -> Safe:
    return marked(text, is_rich=is_rich, is_bold=not is_rich)


def option(index: int, text: str, *, is_rich: bool) -> Safe:
    return Safe(f"{LETTERS[index]}{_BRACKET[is_rich]} {marked(text, is_rich=is_rich)}")


def option_list(options: Sequence[str], *, is_rich: bool) -> Safe:
    return lines([option(index, text, is_rich=is_rich) for index, text in enumerate(options)], is_rich=is_rich)


def lines(each: Sequence[str], *, is_rich: bool) -> Safe:
    return Safe(("\n\n" if is_rich else "\n").join(each))


def judged_choice(options: list[str], response: Response | None, solution: Response | None, *, is_rich: bool) -> Safe:
    """Options with what was chosen and, where the solution is told, what is right."""
    chosen = response.options if isinstance(response, Choice) else frozenset[int]()
    right = solution.options if isinstance(solution, Choice) else None
    several = len(chosen) > 1 or (right is not None and len(right) > 1)
    shown: list[str] = []
    for place, text in enumerate(options):
        if right is None:
            sign = "👉" if place in chosen else "▫️"
        elif place in right:
            sign = "✅"
        else:
            sign = "❌" if place in chosen else "▫️"
        mine = " 👈" if several and place in chosen else ""
        shown.append(f"{sign} {option(place, text, is_rich=is_rich)}{mine}")
    return lines(shown, is_rich=is_rich)


def progress_bar(done: int, total: int) -> str:
    """At most ten boxes; full only when everything is done."""
    boxes = min(total, _BAR)
    full = done * boxes // total if total else 0
    return "▰" * full + "▱" * (boxes - full)


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


def _prose(text: str, *, is_rich: bool, is_bold: bool) -> str:
    if not is_rich:
        body = escape(text, quote=False)
        # Code cannot be inside of bold text, so what is around it is bold piece by piece.
        return f"<b>{body}</b>" if is_bold and body.strip() else body
    pieces: list[str] = []
    end = 0
    for formula in _FORMULA.finditer(text):
        pieces += [_paragraphs(text[end : formula.start()]), formula[0]]
        end = formula.end()
    return "".join([*pieces, _paragraphs(text[end:])])


def _code(code: re.Match[str], *, is_rich: bool) -> str:
    language, body = code[1], code[2]
    if is_rich:
        return f"\n\n```{language}\n{body}\n```\n\n"
    name = f' class="language-{escape(language)}"' if language else ""
    return f"<pre><code{name}>{escape(body, quote=False)}</code></pre>"


def _paragraphs(text: str) -> str:
    return escape_markdown(text).replace("\n", "\n\n")
