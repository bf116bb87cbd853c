"""A question before it is kept: what an author sent, and the rules that it has to pass.

The lengths and counts are those of Telegram's native quiz poll, so that every question can also be asked as one.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.errors import InvalidInput
from domain.language import Language, Text

MAX_QUESTION = 300
MAX_OPTION = 100
MAX_EXPLANATION = 200
MIN_OPTIONS = 2
MAX_OPTIONS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionDraft:
    """A single-choice question as it was written; `correct` counts from 0."""

    text: Text
    options: tuple[Text, ...]
    correct: int
    explanation: Text | None = None

    def checked(self) -> "QuestionDraft":
        """The draft as it may be kept, without characters that no screen shows.

        Raises InvalidInput for "question" (empty, too_long), "options" (too_few, too_many, empty, too_long, duplicate,
        or languages: not each in exactly the question's languages), "correct" (unknown), "explanation" (too_long).
        """
        text = _clean(self.text, "question", MAX_QUESTION)
        if len(self.options) < MIN_OPTIONS:
            raise InvalidInput("options", "too_few")
        if len(self.options) > MAX_OPTIONS:
            raise InvalidInput("options", "too_many")
        options = tuple(_clean(option, "options", MAX_OPTION) for option in self.options)
        for option in options:
            if option.variants.keys() != text.variants.keys():
                raise InvalidInput("options", "languages")
        for language in text.variants:
            if len({option.variants[language].casefold() for option in options}) < len(options):
                raise InvalidInput("options", "duplicate")
        if not 0 <= self.correct < len(options):
            raise InvalidInput("correct", "unknown")
        explanation = _clean_optional(self.explanation)
        return replace(self, text=text, options=options, explanation=explanation)


def draft_of_poll(
    language: Language, question: str, options: Sequence[str], correct: Sequence[int] | None, explanation: str | None
) -> QuestionDraft:
    """A question from what a native quiz poll carries, in one language.

    `correct` is None or empty when Telegram hides it (a poll forwarded from somebody else) or there is none (a plain
    poll). Raises InvalidInput("correct", …): "missing" then, "several" for more than one right option.
    """
    if not correct:
        raise InvalidInput("correct", "missing")
    if len(correct) > 1:
        raise InvalidInput("correct", "several")
    return QuestionDraft(
        text=Text({language: question}),
        options=tuple(Text({language: option}) for option in options),
        correct=correct[0],
        explanation=Text({language: explanation}) if explanation else None,
    )


def _clean(text: Text, field: str, longest: int) -> Text:
    variants = {language: _visible(value) for language, value in text.variants.items()}
    if not all(variants.values()):
        raise InvalidInput(field, "empty")
    if any(len(value) > longest for value in variants.values()):
        raise InvalidInput(field, "too_long")
    return Text(variants)


def _clean_optional(explanation: Text | None) -> Text | None:
    if explanation is None:
        return None
    variants = {language: value for language, value in explanation.variants.items() if _visible(value)}
    return _clean(Text(variants), "explanation", MAX_EXPLANATION) if variants else None


def _visible(value: str) -> str:
    """Without control characters and lone surrogates: the database takes neither, and no reader misses them."""
    kept = "".join(
        character for character in value if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs")
    )
    return unicodedata.normalize("NFC", kept).strip()
