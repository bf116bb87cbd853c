"""From what somebody typed to what is looked up: words, their stems, and what misspelt ones may have meant."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.folding import fold, words_in

MAX_WORDS = 8
MAX_LENGTH = 200
SHORTEST_PREFIX = 3
"""Shorter words have to be there as they are: nearly everything begins with one or two given letters."""
SHORTEST_TYPO = 4
_SHORTEST_STEM = 4
_MOST_MEANINGS = 3

_TOKEN = re.compile(r"[^\W_]+(?:['`´‘’‚‛ʻʼʽˈ′ʹ＇][^\W_]+)*['`´‘’‚‛ʻʼʽˈ′ʹ＇]?")
_APOSTROPHE = re.compile("['`´‘’‚‛ʻʼʽˈ′ʹ＇]")
_ENDINGS = tuple(
    sorted(
        re.findall(
            r"\w+",
            "lar larim laring lari larimiz laringiz ni ning ga ka qa da dan gacha dagi dek day im ing i si imiz ingiz"
            " lik ligi ligini chi siz li ish ishi sh shi moq uvchi gan digan yotgan",
        ),
        key=len,
        reverse=True,
    )
)
"""Endings of Uzbek words, folded; there is no stemmer for it anywhere."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a query."""

    folded: str
    written: str
    """As it was typed, for the stemmers of Russian and English; empty where apostrophes would break it."""

    @property
    def stem(self) -> str:
        return stem_of(self.folded)


@dataclass(frozen=True, slots=True)
class Near:
    """A word of the centre's that a misspelt one resembles."""

    folded: str
    written: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """What the centre's vocabulary says of one word."""

    is_known: bool
    """Something begins with it, or with its stem."""
    near: Sequence[Near] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is looked up, one line a word: each has to be found by one of its alternatives."""

    folded: str
    exact: tuple[str, ...]
    alternatives: tuple[str, ...]
    """Full-text expressions: beginnings, stems, and near spellings. Words hold letters and digits only."""
    written: tuple[str, ...]
    meant: str | None


def words_of(text: str) -> list[Word]:
    """The words of a query, each once. Single letters, not digits, count only where there is nothing else."""
    found: dict[str, Word] = {}
    for token in _TOKEN.findall(text[:MAX_LENGTH]):
        for folded in words_in(fold(token)):
            found.setdefault(folded, Word(folded, "" if _APOSTROPHE.search(token) else token.casefold()))
    words = list(found.values())
    return ([word for word in words if len(word.folded) > 1 or word.folded.isdigit()] or words)[:MAX_WORDS]


def stem_of(folded: str) -> str:
    """The word without the endings that Uzbek strings behind one another; the word itself when it is short."""
    stem = folded
    while True:
        for ending in _ENDINGS:
            if stem.endswith(ending) and len(stem) - len(ending) >= _SHORTEST_STEM:
                stem = stem[: -len(ending)]
                break
        else:
            return stem


def query_of(words: Sequence[Word], spellings: Mapping[str, Spelling]) -> Query:
    """The query with what its unknown words may have meant; `spellings` by folded word."""
    alternatives: list[str] = []
    meant: list[tuple[Word, Near | None]] = []
    for word in words:
        spelling = spellings.get(word.folded)
        near = meanings_of(word.folded, spelling.near) if spelling and not spelling.is_known else []
        # The beginning of the word as a whole word is no other spelling of it, but another form.
        is_form = bool(near) and word.folded.startswith(near[0].folded)
        meant.append((word, near[0] if near and not is_form else None))
        forms = dict.fromkeys((word.folded, word.stem, *(each.folded for each in near)))
        alternatives.append(" | ".join(_beginning(form) for form in forms))
    return Query(
        folded=" ".join(word.folded for word in words),
        exact=tuple(f"'{word.folded}'" for word in words),
        alternatives=tuple(alternatives),
        written=tuple(word.written for word in words),
        meant=_sentence(meant) if any(near for _, near in meant) else None,
    )


def _sentence(meant: Sequence[tuple[Word, Near | None]]) -> str:
    """What is searched for instead, in one script: Latin as soon as one word is known in Latin letters only."""
    is_latin = any(near and near.written.isascii() for _, near in meant)
    return " ".join(
        near.written if near else word.folded if is_latin or not word.written else word.written for word, near in meant
    )


def meanings_of(word: str, candidates: Iterable[Near]) -> list[Near]:
    """The nearest candidates within the slips of the finger that a word of this length may hold."""
    limit = 1 if len(word) <= 5 else 2 if len(word) <= 9 else 3
    measured = [(_slips(word, candidate.folded), candidate.folded, candidate) for candidate in candidates]
    return [candidate for slips, _, candidate in sorted(measured)[:_MOST_MEANINGS] if slips <= limit]


def slips(one: str, other: str) -> int:
    """Letters put in, left out, exchanged or swapped with their neighbour between two words."""
    return _distances(one, other)[-1]


def _slips(word: str, candidate: str) -> float:
    """As `slips`; a word that only begins like the candidate is a little farther than the whole."""
    row = _distances(word, candidate)
    whole = row[-1]
    shortest = max(len(word) - 1, 1)
    beginning = min(row[shortest:], default=whole)
    return min(float(whole), beginning + 0.5)


def _distances(word: str, candidate: str) -> list[int]:
    """The slips between the word and each beginning of the candidate."""
    before: list[int] = []
    row = list(range(len(candidate) + 1))
    for i, letter in enumerate(word, start=1):
        earlier, before = before, row
        row = [i]
        for j, other in enumerate(candidate, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == candidate[j - 2] and word[i - 2] == other:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row


def _beginning(form: str) -> str:
    return f"'{form}':*" if len(form) >= SHORTEST_PREFIX else f"'{form}'"
