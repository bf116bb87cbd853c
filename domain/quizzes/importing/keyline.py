"""Lines that name the right answers of many questions: `ABCDA`, `1A 2B`, `1-A, 2-B`, `1) A`, also in several lines."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.quizzes.importing.lines import is_key_heading, labelled

_TOKEN = re.compile(r"[0-9]+|[^\W\d_]+|[^\s\w]|_")
_OPTION = re.compile(r"\(?[^\W\d_]\s*[).:]|[^\W\d_]\s+[0-9]")
_BETWEEN = frozenset(",;.|-–—:=()[]/_")
_LETTERS = frozenset("abcdefghабвгдежсф")
_MOST_AT_ONCE = 6
"""Right options of one question."""


@dataclass(slots=True)
class KeyLines:
    """The answers that were read so far: by number, or one after another."""

    numbered: dict[int, str] = field(default_factory=dict[int, str])
    listed: list[str] = field(default_factory=list[str])
    _waiting: list[int] = field(default_factory=list[int])
    """Numbers of a row whose letters are in the row below."""

    def take(self, line: str) -> bool:
        """False: it is no line of a key, and nothing of it was taken."""
        tokens = _tokens(line)
        if tokens is None:
            return False
        numbers = [int(token) for token in tokens if token.isdecimal()]
        words = [token for token in tokens if not token.isdecimal()]
        if not words:
            self._waiting = numbers if len(numbers) > 1 else []
            return len(numbers) > 1
        if not numbers:
            if len(self._waiting) == len("".join(words)):
                self.numbered.update(zip(self._waiting, "".join(words), strict=True))
            else:
                self.listed.extend("".join(words))
            self._waiting = []
            return True
        return self._take_pairs(tokens)

    def _take_pairs(self, tokens: Sequence[str]) -> bool:
        pairs: dict[int, str] = {}
        number: int | None = None
        for token in tokens:
            if token.isdecimal():
                if number is not None and number not in pairs:
                    return False
                number = int(token)
            elif number is None or len(pairs.get(number, "") + token) > _MOST_AT_ONCE:
                return False
            else:
                pairs[number] = pairs.get(number, "") + token
        if number is None or number not in pairs:
            return False
        self.numbered.update(pairs)
        return True

    @property
    def count(self) -> int:
        return len(self.numbered) + len(self.listed)


def _tokens(line: str) -> Sequence[str] | None:
    tokens = [token for token in _TOKEN.findall(line) if token not in _BETWEEN]
    is_key = tokens and all(
        len(token) <= 4 if token.isdecimal() else set(token.casefold()) <= _LETTERS for token in tokens
    )
    return tokens if is_key else None


def _may_be_key(line: str) -> bool:
    """`B) 4` is an option, whatever else it could be."""
    return _tokens(line) is not None and _OPTION.match(line) is None


@dataclass(frozen=True, slots=True)
class Section:
    """Questions, from line `begin` up to `end`, and their key."""

    begin: int
    end: int
    numbered: Mapping[int, str]
    listed: Sequence[str]


def sections_of(lines: Sequence[str]) -> Sequence[Section]:
    """The text divided behind each key; the last section may have none. Indexes count from 0."""
    sections: list[Section] = []
    begin = index = 0
    while index < len(lines):
        end = index
        keys = KeyLines()
        told = labelled(lines[index])
        if is_key_heading(lines[index]) or (told is not None and told[0] == "keys" and keys.take(told[1])):
            index += 1
            while index < len(lines) and (not lines[index] or keys.take(lines[index])):
                index += 1
            if keys.count:
                sections.append(Section(begin, end, keys.numbered, keys.listed))
                begin = index
        else:
            index += 1
    if any(lines[begin:]) or not sections:
        sections.append(_last(lines, begin))
    return sections


def _last(lines: Sequence[str], begin: int) -> Section:
    """A key without a heading stands at the end of the text."""
    end = len(lines)
    first = end
    while first > begin and (not lines[first - 1] or _may_be_key(lines[first - 1])):
        first -= 1
    keys = KeyLines()
    for line in lines[first:end]:
        if line and not keys.take(line):
            return Section(begin, end, {}, ())
    return Section(begin, first, keys.numbered, keys.listed) if keys.count > 1 else Section(begin, end, {}, ())
