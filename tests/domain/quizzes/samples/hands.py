"""The hands that tests are written in: each writes the same questions, with the habits and slips of its kind."""

import random
from collections.abc import Callable, Sequence

from tests.domain.quizzes.samples.bank import Asked

Hand = Callable[[Sequence[Asked]], str]

LATIN, CYRILLIC, LOOKALIKES = "ABCDEF", "АБВГДЕ", "АВСD"


def _slips() -> random.Random:
    return random.Random(5)


def _broken(text: str, slips: random.Random) -> str:
    """Now and then a question goes on in the next line."""
    words = text.split(" ")
    if len(words) < 5 or slips.random() < 0.8 or "$" in text:
        return text
    return " ".join(words[:3]) + "\n" + " ".join(words[3:])


def signs(asked: Sequence[Asked]) -> str:
    slips = _slips()
    lines = ["\ufeffInformatika fanidan test savollari", ""]
    for each in asked:
        lines.append(slips.choice(("? ", "?", "?  ")) + _broken(each.text, slips))
        wrong = slips.choice(("-", "=", "–"))
        for place, option in enumerate(each.options):
            sign = "+" if place in each.right else wrong
            space = slips.choice((" ", "", "\u00a0", "  "))
            lines.append(slips.choice(("", "  ", "\t")) + sign + space + option)
        lines += [""] * slips.randrange(3)
    return "\r\n".join("\n".join(lines).split("\n"))


def numbered_signs(asked: Sequence[Asked]) -> str:
    lines: list[str] = []
    for number, each in enumerate(asked, start=1):
        lines.append(f"{number}. {each.text}" if number % 2 else f"{number}){each.text}")
        lines += [("+ " if place in each.right else "- ") + option for place, option in enumerate(each.options)]
        lines.append("")
    return "\n".join(lines)


def hashes(asked: Sequence[Asked]) -> str:
    slips = _slips()
    blocks: list[str] = []
    for each in asked:
        options = [
            slips.choice(("#", "# ")) + option if place in each.right else option
            for place, option in enumerate(each.options)
        ]
        blocks.append(slips.choice(("\n====\n", "\n=====\n", "\n====\n\n")).join([each.text, *options]))
    return "\n++++\n".join(blocks) + "\n++++\n"


def _labels(each: Asked, slips: random.Random) -> str:
    is_cyrillic = any("а" <= letter <= "я" for letter in each.text.casefold())
    return slips.choice((CYRILLIC, LOOKALIKES)) if is_cyrillic else LATIN


def starred(asked: Sequence[Asked]) -> str:
    slips = _slips()
    lines = ["ONA TILI VA ADABIYOT", "1-variant", ""]
    for number, each in enumerate(asked, start=1):
        dot = slips.choice((". ", ".", ") ", "- "))
        if dot == "." and each.text[0].isdigit():
            dot = ". "
        lines.append(f"{number}{dot}{_broken(each.text, slips)}")
        labels = _labels(each, slips)
        if slips.random() < 0.5:
            labels = labels.lower()
        style = slips.randrange(4)
        options: list[str] = []
        for place, option in enumerate(each.options):
            star = "*" if place in each.right else ""
            match style:
                case 0:
                    options.append(f"{star}{labels[place]}) {option}")
                case 1:
                    options.append(f"{labels[place]}){option}{star}")
                case 2:
                    options.append(f"   {labels[place]}) {star}{option}")
                case _:
                    options.append(f"{labels[place]}. {option}{' ' + star if star else ''}")
        if style < 2 and slips.random() < 0.4:
            options = ["   ".join(options)]
        lines += options
        lines += [""] * slips.randrange(2)
    return "\n".join(lines)


def answered(asked: Sequence[Asked]) -> str:
    slips = _slips()
    lines: list[str] = []
    for number, each in enumerate(asked, start=1):
        labels = _labels(each, slips)
        word = slips.choice(("Javob:", "Ответ:", "Answer:", "To‘g‘ri javob:", "ЖАВОБ -", "Javob :"))
        lines.append(
            slips.choice((f"{number}-savol. ", f"{number}. ", f"№{number}. ", f"Savol {number}: ")) + each.text
        )
        lines += [f"{labels[place]}) {option};" for place, option in enumerate(each.options)]
        right = sorted(each.right)
        lines.append(f"{word} " + ", ".join(labels[place] for place in right))
        lines.append("")
    return "\n".join(lines)


def _unmarked(asked: Sequence[Asked], *, inline: bool) -> list[str]:
    lines: list[str] = []
    for number, each in enumerate(asked, start=1):
        options = [f"{LATIN[place]}) {option}" for place, option in enumerate(each.options)]
        lines.append(f"{number}. {each.text}")
        lines += ["  ".join(options)] if inline else options
    return lines


def _letter(each: Asked) -> str:
    return "".join(LATIN[place] for place in sorted(each.right))


def key_string(asked: Sequence[Asked]) -> str:
    return "\n".join([*_unmarked(asked, inline=False), "", "".join(map(_letter, asked))])


def key_pairs(asked: Sequence[Asked]) -> str:
    pairs = ", ".join(f"{number}-{_letter(each)}" for number, each in enumerate(asked, start=1))
    return "\n".join([*_unmarked(asked, inline=True), "", "Javoblar:", pairs])


def key_lines(asked: Sequence[Asked]) -> str:
    keys = [f"{number}) {_letter(each)}" for number, each in enumerate(asked, start=1)]
    return "\n".join([*_unmarked(asked, inline=False), "", "КЛЮЧИ К ТЕСТУ", *keys])


def key_close(asked: Sequence[Asked]) -> str:
    pairs = [f"{number}{_letter(each).lower()}" for number, each in enumerate(asked, start=1)]
    rows = [" ".join(pairs[start : start + 10]) for start in range(0, len(pairs), 10)]
    return "\n".join([*_unmarked(asked, inline=True), "Test kalitlari", *rows])


def key_rows(asked: Sequence[Asked]) -> str:
    """The key as a table with two rows, ten in a row."""
    rows: list[str] = []
    for start in range(0, len(asked), 10):
        part = asked[start : start + 10]
        rows.append("\t".join(str(start + place) for place in range(1, len(part) + 1)))
        rows.append("\t".join(map(_letter, part)))
    return "\n".join([*_unmarked(asked, inline=False), "Kalit:", *rows])


def gift(asked: Sequence[Asked]) -> str:
    def escaped(text: str) -> str:
        return "".join(f"\\{sign}" if sign in "\\~=#{}:" else sign for sign in text)

    blocks = ["// Moodle", "$CATEGORY: $course$/Aralash/Testlar"]
    for number, each in enumerate(asked, start=1):
        share = 100 / len(each.right)
        marks = [
            ("=" if len(each.right) == 1 else f"~%{share:.5f}%") if place in each.right else "~"
            for place in range(len(each.options))
        ]
        options = [mark + escaped(option) for mark, option in zip(marks, each.options, strict=True)]
        between = "\n\t" if number % 2 else " "
        title = f"::Q{number}:: " if number % 3 else ""
        blocks.append(f"{title}{escaped(each.text)} {{{between}{between.join(options)}\n}}")
    return "\n\n".join(blocks)


def rows(asked: Sequence[Asked], headings: Sequence[str], key: Callable[[Asked], str]) -> list[list[str]]:
    body = [[str(number), each.text, *each.options, key(each)] for number, each in enumerate(asked, start=1)]
    return [list(headings), *body] if headings else body
