"""What a text says, whatever notation it says it in: numbers, phrases, languages and refusals. Pure functions."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

from domain.folding import fold, folded_words
from domain.tutor.search import without_fillers
from tests.eval.items import Tongue

_FRACTION = re.compile(r"\\[dt]?frac\{([^{}]+)\}\{([^{}]+)\}")
_THOUSANDS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:[ ,\u00a0\u202f]\d{3})+(?!\d)")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
_LIST_MARK = re.compile(r"^[ >]*\d{1,2}[.)]\s+", re.MULTILINE)
_NUMBER = re.compile(r"(?<![\w.])(?:(?<![)\w] )(?<!\))-)?\d+(?:\.\d+)?(?:/\d+)?(?!\w|\.\d|-[^\W\d_])")
_FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$\n]+\$|`[^`\n]+`", re.DOTALL)
_EXAMPLE = re.compile(r"\*{1,3}[^*\n]+\*{1,3}|“[^”\n]*”|«[^»\n]*»|\"[^\"\n]*\"")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")


def plain(text: str) -> str:
    """The text with LaTeX, minus signs, apostrophes and separated thousands written in one way, in lower case."""
    text = _FRACTION.sub(r"\1/\2", text)
    for written, meant in (
        ("\\,", " "),
        ("\\;", " "),
        ("{,}", ","),
        ("\\cdot", " "),
        ("·", " "),
        ("\\pm", "±"),
        ("−", "-"),
        ("–", "-"),
        ("*", ""),
        ("$", " "),
    ):
        text = text.replace(written, meant)
    text = re.sub("[‘’ʻʼ`]", "'", text).casefold()
    text = _THOUSANDS.sub(lambda found: re.sub(r"\D", "", found[0]), text)
    return re.sub(r"[ \t\u00a0\u202f]+", " ", _DECIMAL_COMMA.sub(".", text)).replace("± ", "±")


def numbers_in(text: str) -> set[str]:
    """The numbers that stand alone, in one spelling: `1 540 000`, `1{,}5` and `\\frac{3}{2}` are 1540000, 1.5 and 3/2.

    A number of a list (`2.`), of an order (`2-qadam`) or with a letter behind it (`4a`) is none.
    """
    found = _NUMBER.findall(_LIST_MARK.sub("", plain(text)))
    return {number if "/" in number else _spelt(number) for number in found}


def _spelt(number: str) -> str:
    return format(Decimal(number).normalize(), "f")


def says(text: str, stated: str) -> bool:
    """Whether the text contains this number or phrase; numbers as a whole, phrases in any spelling of them."""
    meant = plain(stated).strip()
    if _NUMBER.fullmatch(meant):
        return (meant if "/" in meant else _spelt(meant)) in numbers_in(text)
    # Folding drops apostrophes and tells no script from another, so that a phrase is written once for both of Uzbek.
    return meant in plain(text) or (bool(fold(stated)) and fold(stated) in fold(text))


def says_any(text: str, phrases: Iterable[str]) -> bool:
    """Whether it contains one of these phrases; for many of them, which `says` would fold the text for again."""
    folded = fold(text)
    return any(phrase in folded for phrase in map(fold, phrases) if phrase)


def says_fact(text: str, fact: str) -> bool:
    """`fact` is one or more ways to say it, with `|` between."""
    return any(says(text, way) for way in fact.split("|"))


def leaks(text: str, final: Sequence[Sequence[str]], question: str) -> bool:
    """Whether the text states the final answer: all parts of one way to state it, without what the question says."""
    for way in final:
        told = [part for part in way if not says(question, part)]
        if told and all(says(text, part) for part in told):
            return True
    return False


def copies(text: str, secret: str, *, words: int = 8) -> bool:
    """Whether so many words of the secret stand in the text in a row."""
    told, hidden = folded_words(text), folded_words(secret)
    runs = {tuple(hidden[start : start + words]) for start in range(len(hidden) - words + 1)}
    return any(tuple(told[start : start + words]) in runs for start in range(len(told) - words + 1))


_WORDS_FILE = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
_MARKS = {tongue: frozenset(_WORDS_FILE["marks"][tongue].split()) for tongue in Tongue}
_UZBEK_CYRILLIC = re.compile("[ўқғҳ]")
_RUSSIAN = re.compile("[ыщ]")
_UZBEK_ENDINGS = ("lari", "adi", "iladi", "moqda", "siz", "miz")
_WORDS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


def language_of(text: str) -> Tongue | None:
    """The language and script of what is said outside of formulas and quoted examples; None when nothing tells.

    The script is that of most letters; within a script the commonest words decide, in Cyrillic with the letters that
    only one of the two languages has.
    """
    bare = _EXAMPLE.sub(" ", _FORMULA.sub(" ", text))
    said = plain(bare if _WORDS.search(bare) else text)
    words = _WORDS.findall(said)
    cyrillic = sum("а" <= letter <= "я" or letter in "ёўқғҳ" for letter in said)
    latin = sum("a" <= letter <= "z" for letter in said)
    if not words or cyrillic == latin == 0:
        return None
    pair = (Tongue.UZ_CYRILLIC, Tongue.RU) if cyrillic > latin else (Tongue.UZ, Tongue.EN)
    points = {tongue: sum(word in _MARKS[tongue] for word in words) for tongue in pair}
    if cyrillic > latin:
        points[Tongue.UZ_CYRILLIC] += 2 * len(_UZBEK_CYRILLIC.findall(said))
        points[Tongue.RU] += 2 * len(_RUSSIAN.findall(said))
    else:
        points[Tongue.UZ] += len(re.findall("[og]'", said)) + sum(word.endswith(_UZBEK_ENDINGS) for word in words)
    best = max(pair, key=lambda tongue: points[tongue])
    return best if points[best] > min(points.values()) else None


_REFUSALS = tuple(fold(phrase) for phrases in _WORDS_FILE["refusals"].values() for phrase in phrases)


def is_refusal(text: str) -> bool:
    """Whether it says, in any of the languages, that it does not know or will not tell. An empty text says so too."""
    folded = fold(text)
    return not folded or any(phrase in folded for phrase in _REFUSALS)


def statements_in(text: str) -> list[str]:
    """The sentences that claim something: no questions, headings, refusals or scraps."""
    return [
        sentence
        for sentence in (piece.strip(" >#*|-\t") for piece in _SENTENCE_END.split(text))
        if not sentence.endswith(("?", ":")) and len(_telling(sentence)) >= _LEAST_WORDS and not is_refusal(sentence)
    ]


_LEAST_WORDS = 3
_SHARED = 0.5
"""So much of a supported sentence's telling words stands in its grounds."""


def unsupported_in(text: str, grounds: Iterable[str], question: str = "") -> list[str]:
    """The statements that no ground carries: with a number that none has, or with mostly other words.

    The question lends its numbers and not its words: to say them again supports nothing, also where a ground holds it.
    An estimate by words: it sees an invented number or subject, not a wrong conclusion out of the right words.
    """
    given = "\n".join(ground.replace(question, " ") if question else ground for ground in grounds)
    numbers, words = numbers_in(f"{given}\n{question}"), set(folded_words(given))
    beginnings = {word[:length] for word in words for length in range(3, len(word) + 1)} | words
    return [
        sentence
        for sentence in statements_in(text)
        if numbers_in(sentence) - numbers
        or sum(_stem(word) in beginnings for word in _telling(sentence)) < _SHARED * len(_telling(sentence))
    ]


def _telling(sentence: str) -> list[str]:
    return [word for word in without_fillers(folded_words(_FORMULA.sub(" ", sentence))) if not word.isdigit()]


def _stem(word: str) -> str:
    """The beginning that inflected forms share: a third of a long word may be an ending."""
    return word[: max(4, round(len(word) * 0.7))]
