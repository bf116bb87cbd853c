"""The languages that people read here, and texts that exist in several of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """Languages of the interface and of content; the values are ISO 639-1 codes."""

    UZ = "uz"
    RU = "ru"
    EN = "en"

    @classmethod
    def of_code(cls, code: str | None, default: "Language") -> "Language":
        """The language for a client's IETF tag such as `ru` or `en-US`; the default when it is not spoken here."""
        try:
            return cls((code or "").split("-")[0].lower())
        except ValueError:
            return default


@dataclass(frozen=True, slots=True)
class Text:
    """One text of the content in the languages that it was written in; never empty."""

    variants: Mapping[Language, str]

    def __post_init__(self) -> None:
        if not self.variants:
            raise ValueError("a text needs at least one language")

    def read_in(self, language: Language) -> str:
        """The reader's language, else the first one that it was written in."""
        return self.variants.get(language) or next(iter(self.variants.values()))

    def __str__(self) -> str:
        return next(iter(self.variants.values()))
