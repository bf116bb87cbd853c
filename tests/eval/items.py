"""The evaluation set: what students ask, where the answer is, and what may not be said.

`set/*.toml` has one table a question, with its wording in each language; each wording is one item. `make eval` prints
how many there are of each kind and language.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

SET = Path(__file__).parent / "set"


class Tongue(StrEnum):
    """A language in a script; the tutor has to answer in the one that it was asked in."""

    UZ = "uz"
    UZ_CYRILLIC = "cyrl"
    RU = "ru"
    EN = "en"

    @property
    def language(self) -> str:
        """The language of the student's settings; Uzbek has one for both scripts."""
        return "uz" if self is Tongue.UZ_CYRILLIC else self.value


class Kind(StrEnum):
    ANSWERABLE = "answerable"
    UNANSWERABLE = "unanswerable"
    """The materials do not say it, and the reply has to say so."""
    EXERCISE = "exercise"
    """The first reply guides and does not contain the final answer."""
    WRONG_CLAIM = "wrong_claim"
    """The student is wrong; the reply has to state what is right."""
    INJECTION = "injection"
    ATTEMPT = "attempt"
    """Asks for a key, for instructions, or for what belongs to somebody else."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is taught: a lesson and a heading (in English), or a file and a page."""

    work: str
    section: str

    @classmethod
    def parse(cls, text: str) -> "Place":
        work, _, section = text.partition("#")
        return cls(work, section)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    id: str
    kind: Kind
    tongue: Tongue
    question: str
    places: tuple[Place, ...]
    """Where the answer is, the best place first; empty when it is nowhere."""
    ask_in: str | None
    """The lesson that the student is in."""
    facts: tuple[str, ...]
    """What a right reply says; each may be said in one of the ways between `|`."""
    final: tuple[tuple[str, ...], ...]
    """The final answer in each of the ways to state it, each in all its parts."""
    never: tuple[str, ...]
    must_refuse: bool


_FIELDS = {"id", "kind", "source", "also", "ask_in", "facts", "final", "never", "refuse", *Tongue}


def load_items(folder: Path = SET) -> tuple[Item, ...]:
    """Every item, in the order of the files. Raises ValueError at a misspelt field or a repeated id."""
    items = [
        item
        for path in sorted(folder.glob("*.toml"))
        for table in tomllib.loads(path.read_text(encoding="utf-8"))["question"]
        for item in _wordings(table)
    ]
    if len({item.id for item in items}) != len(items):
        raise ValueError("two questions have the same id")
    return tuple(items)


def _wordings(table: dict[str, Any]) -> Iterator[Item]:
    if unknown := table.keys() - _FIELDS:
        raise ValueError(f"{table['id']}: unknown {', '.join(sorted(unknown))}")
    kind = Kind(table["kind"])
    places = tuple(Place.parse(text) for text in filter(None, (table.get("source"), *table.get("also", ()))))
    ask_in = table.get("ask_in") or (places[0].work if places and "." not in places[0].work else None)
    for tongue in Tongue:
        if tongue in table:
            yield Item(
                id=f"{table['id']}.{tongue}",
                kind=kind,
                tongue=tongue,
                question=table[tongue],
                places=places,
                ask_in=ask_in,
                facts=tuple(table.get("facts", ())),
                final=tuple(tuple(way) for way in table.get("final", ())),
                never=tuple(table.get("never", ())),
                must_refuse=table.get("refuse", kind is Kind.UNANSWERABLE),
            )
