"""A question before it is kept: what an author sent, and the rules that it has to pass."""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.errors import InvalidInput
from domain.folding import fold
from domain.language import Language, Text
from domain.quizzes.keys import (
    Essay,
    Key,
    Matching,
    Multiple,
    Number,
    QuestionKind,
    Short,
    Single,
    kind_of,
)

MAX_QUESTION = 3_000
MAX_OPTION = 500
MAX_EXPLANATION = 2_000
MIN_OPTIONS = 2
MAX_OPTIONS = 12
MAX_ACCEPTED = 30
MAX_ACCEPTED_LENGTH = 200
MAX_TOPIC = 60
MAX_SOURCE = 120
MAX_POINTS = 100
DIFFICULTIES = range(1, 6)
"""1 is the easiest, as the author thinks; what students' answers say is in the item statistics."""

POLL_QUESTION = 300
POLL_OPTION = 100
POLL_EXPLANATION = 200
"""Characters that a native quiz poll takes (Bot API, `sendPoll`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image that belongs to the question's text."""

    file_id: str
    """Of this bot; a picture that was kept is sent by it."""
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionDraft:
    """A question as it was written. What its options are, its `key` says: choices, left sides, or items in order."""

    text: Text
    options: tuple[Text, ...] = ()
    key: Key
    explanation: Text | None = None
    topic: str | None = None
    difficulty: int | None = None
    points: int = 1
    """What a right answer is worth."""
    source: str | None = None
    picture: Picture | None = None

    @property
    def kind(self) -> QuestionKind:
        return kind_of(self.key)

    @property
    def fingerprint(self) -> str:
        """The same for two questions that only differ in case, alphabet, spacing or the order of their options."""
        language = next(iter(self.text.variants))
        pieces = sorted(fold(option.read_in(language)) for option in self.options)
        return hashlib.sha256("\x1f".join([fold(self.text.read_in(language)), *pieces]).encode()).hexdigest()[:32]

    def checked(self) -> "QuestionDraft":
        """The draft as it may be kept, without characters that no screen shows.

        Raises InvalidInput for "question" (empty, too_long), "options" (too_few, too_many, empty, too_long, duplicate,
        unexpected for a kind without options, or languages: not each in exactly the question's languages), "correct"
        (missing, unknown), "accepted" (empty, too_many, too_long), "number" (not_a_number, negative_tolerance),
        "rights" (too_few, too_many, empty, too_long, duplicate, languages), "explanation" (too_long), "topic"
        (too_long), "difficulty" (out_of_range), "points" (out_of_range), "source" (too_long).
        """
        text = _clean(self.text, "question", MAX_QUESTION)
        options = _checked_options(self.options, text, "options") if _has_options(self.kind) else ()
        if self.options and not _has_options(self.kind):
            raise InvalidInput("options", "unexpected")
        if self.difficulty is not None and self.difficulty not in DIFFICULTIES:
            raise InvalidInput("difficulty", "out_of_range")
        if not 1 <= self.points <= MAX_POINTS:
            raise InvalidInput("points", "out_of_range")
        return replace(
            self,
            text=text,
            options=options,
            key=_checked_key(self.key, options, text),
            explanation=_clean_optional(self.explanation, "explanation", MAX_EXPLANATION),
            topic=label_of(self.topic, "topic", MAX_TOPIC),
            source=label_of(self.source, "source", MAX_SOURCE),
        )


def draft_of_poll(
    language: Language, question: str, options: Sequence[str], correct: Sequence[int] | None, explanation: str | None
) -> QuestionDraft:
    """A question from what a native quiz poll carries, in one language; several right options make a MULTIPLE.

    `correct` is None or empty when Telegram hides it (a poll forwarded from somebody else) or there is none (a plain
    poll). Raises InvalidInput("correct", "missing") then.
    """
    if not correct:
        raise InvalidInput("correct", "missing")
    return QuestionDraft(
        text=Text({language: question}),
        options=tuple(Text({language: option}) for option in options),
        key=Single(correct[0]) if len(correct) == 1 else Multiple(frozenset(correct)),
        explanation=Text({language: explanation}) if explanation else None,
    )


def _has_options(kind: QuestionKind) -> bool:
    return kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.MATCHING, QuestionKind.ORDERING)


def _checked_options(options: Sequence[Text], question: Text, field: str) -> tuple[Text, ...]:
    if len(options) < MIN_OPTIONS:
        raise InvalidInput(field, "too_few")
    if len(options) > MAX_OPTIONS:
        raise InvalidInput(field, "too_many")
    cleaned = tuple(_clean(option, field, MAX_OPTION) for option in options)
    if any(option.variants.keys() != question.variants.keys() for option in cleaned):
        raise InvalidInput(field, "languages")
    for language in question.variants:
        if len({option.variants[language].casefold() for option in cleaned}) < len(cleaned):
            raise InvalidInput(field, "duplicate")
    return cleaned


def _checked_key(key: Key, options: Sequence[Text], question: Text) -> Key:
    match key:
        case Single(correct):
            if not 0 <= correct < len(options):
                raise InvalidInput("correct", "unknown")
        case Multiple(correct):
            if not correct:
                raise InvalidInput("correct", "missing")
            if not correct <= set(range(len(options))):
                raise InvalidInput("correct", "unknown")
        case Short(accepted):
            return Short(_checked_accepted(accepted))
        case Number(value, tolerance):
            if not (value.is_finite() and tolerance.is_finite()):
                raise InvalidInput("number", "not_a_number")
            if tolerance < 0:
                raise InvalidInput("number", "negative_tolerance")
        case Matching(rights):
            if len(rights) < len(options):
                raise InvalidInput("rights", "too_few")
            return Matching(_checked_options(rights, question, "rights"))
        case Essay(guide):
            return Essay(_clean_optional(guide, "explanation", MAX_EXPLANATION))
        case _:
            return key
    return key


def _checked_accepted(accepted: Sequence[str]) -> tuple[str, ...]:
    cleaned = tuple(dict.fromkeys(variant for variant in map(_visible, accepted) if fold(variant)))
    if not cleaned:
        raise InvalidInput("accepted", "empty")
    if len(cleaned) > MAX_ACCEPTED:
        raise InvalidInput("accepted", "too_many")
    if any(len(variant) > MAX_ACCEPTED_LENGTH for variant in cleaned):
        raise InvalidInput("accepted", "too_long")
    return cleaned


def label_of(value: str | None, field: str, longest: int) -> str | None:
    """A topic or a source on one line; None for an empty one. Raises InvalidInput(field, "too_long")."""
    label = " ".join(_visible(value or "").split())
    if len(label) > longest:
        raise InvalidInput(field, "too_long")
    return label or None


def _clean(text: Text, field: str, longest: int) -> Text:
    variants = {language: _visible(value) for language, value in text.variants.items()}
    if not all(variants.values()):
        raise InvalidInput(field, "empty")
    if any(len(value) > longest for value in variants.values()):
        raise InvalidInput(field, "too_long")
    return Text(variants)


def _clean_optional(text: Text | None, field: str, longest: int) -> Text | None:
    if text is None:
        return None
    variants = {language: value for language, value in text.variants.items() if _visible(value)}
    return _clean(Text(variants), field, longest) if variants else None


def fits_poll(draft_text: Text, options: Sequence[Text], explanation: Text | None, language: Language) -> bool:
    """Whether a native quiz poll can show these texts in this language; Telegram counts UTF-16 units."""
    return (
        _units(draft_text.read_in(language)) <= POLL_QUESTION
        and all(_units(option.read_in(language)) <= POLL_OPTION for option in options)
        and (explanation is None or _units(explanation.read_in(language)) <= POLL_EXPLANATION)
    )


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _visible(value: str) -> str:
    """Without control characters and lone surrogates: the database takes neither, and no reader misses them."""
    kept = "".join(
        character for character in value if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs")
    )
    return unicodedata.normalize("NFC", kept).strip()
