"""One spelling for everybody who writes: folded text finds words whatever alphabet, apostrophe or ending they wear.

Uzbek is written in Latin and in Cyrillic, and its `o‘` and `g‘` with half a dozen different apostrophes. Folding
brings all of them to one plain Latin form. Russian goes the same way, so that it stays searchable: question and text
are always folded alike, and nobody reads the folded form. Hashed character n-grams of folded words forgive endings
and typos without any dictionary, which matters because no Uzbek stemmer exists.
"""

import math
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

DIMENSIONS = 512
"""Length of an n-gram vector."""

GRAM_LENGTHS = (3, 4)

_APOSTROPHES = re.compile("['`´‘’‚‛ʻʼʽˈ′ʹ＇]")
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[^\W_]+")

_COMPOSED = str.maketrans({"й": "y", "ё": "yo", "ў": "o", "ї": "i"})
"""Letters that are no accented variants: they are replaced before accents are dropped."""

_CYRILLIC = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "j", "з": "z", "и": "i", "к": "k", "л": "l",
        "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "x", "ц": "s",
        "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "yu", "я": "ya", "қ": "q",
        "ғ": "g", "ҳ": "h", "і": "i", "є": "ye",
    }
)  # fmt: skip

_VOWELS = "aeiouаеиоуыэюя"
_OPENING_YE = re.compile(rf"(?<![^\W_])е|(?<=[{_VOWELS}ъь])е")
_TS = re.compile(rf"(?<=[{_VOWELS}])ц")


def fold(text: str) -> str:
    """Lower case, without accents and apostrophes, Cyrillic as Uzbek Latin, one space between words.

    `Ўқувчи`, `o‘quvchi` and `O'QUVCHI` all become `oquvchi`. Total, and idempotent.
    """
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _APOSTROPHES.sub("", unicodedata.normalize("NFC", text))
    text = unicodedata.normalize("NFKD", text.translate(_COMPOSED))
    text = "".join(
        letter for letter in text if not unicodedata.category(letter).startswith(("M", "C")) or letter.isspace()
    )
    text = _APOSTROPHES.sub("", text.casefold())
    text = _OPENING_YE.sub("ye", text)
    text = _TS.sub("ts", text).translate(_CYRILLIC)
    return _SPACE.sub(" ", text).strip()


def words_in(folded: str) -> list[str]:
    """The words of a text that is folded already, in order; numbers are words too."""
    return _WORD.findall(folded)


def folded_words(text: str) -> list[str]:
    """The words of a text, folded, in order."""
    return words_in(fold(text))


def ngram_vector(folded: Iterable[str]) -> list[float]:
    """The character 3- and 4-grams of folded words hashed into `DIMENSIONS` numbers of length 1; zeros for no words.

    The inner product of two vectors tells how much spelling two texts share, from about 0 to 1.
    """
    counts = Counter(digest for word in folded for digest in _digests(word))
    vector = [0.0] * DIMENSIONS
    for digest, count in counts.items():
        # The sign comes from a bit that does not choose the cell, so that collisions cancel out instead of adding up.
        sign = 1.0 if digest & 0x80000000 else -1.0
        vector[digest % DIMENSIONS] += sign * (1.0 + math.log(count))
    length = math.sqrt(sum(value * value for value in vector))
    return [value / length for value in vector] if length else vector


@lru_cache(maxsize=8192)
def _digests(word: str) -> tuple[int, ...]:
    framed = f" {word} "
    return tuple(
        zlib.crc32(framed[start : start + length].encode())
        for length in GRAM_LENGTHS
        for start in range(len(framed) - length + 1)
    )
