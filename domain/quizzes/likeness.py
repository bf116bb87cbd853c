"""When two questions ask the same thing in nearly the same words."""

from dataclasses import dataclass

from domain.folding import fold, words_in
from domain.quizzes.draft import QuestionDraft

NEAR = 0.8
"""Share of trigrams that two texts have in common, of those that either has, from which on they count as the same."""
_GRAM = 3


@dataclass(frozen=True, slots=True)
class Imprint:
    """What of a question is compared. Numbers are compared exactly: 15% of 200 is another question than 25% of 200."""

    fingerprint: str
    grams: frozenset[str]
    numbers: tuple[str, ...]

    def is_like(self, other: "Imprint") -> bool:
        if self.fingerprint == other.fingerprint:
            return True
        if self.numbers != other.numbers or not self.grams or not other.grams:
            return False
        return len(self.grams & other.grams) >= NEAR * len(self.grams | other.grams)


def imprint(draft: QuestionDraft) -> Imprint:
    words = words_in(fold(str(draft.text)))
    framed = f" {' '.join(words)} "
    return Imprint(
        fingerprint=draft.fingerprint,
        grams=frozenset(framed[start : start + _GRAM] for start in range(len(framed) - _GRAM + 1)),
        numbers=tuple(sorted(word for word in words if any(map(str.isdigit, word)))),
    )


class Known:
    """Questions that must not come again."""

    def __init__(self, drafts: "list[QuestionDraft] | tuple[QuestionDraft, ...]" = ()) -> None:
        self._imprints = [imprint(draft) for draft in drafts]

    def takes(self, draft: QuestionDraft) -> bool:
        """Remember the question; False when it is known already."""
        mark = imprint(draft)
        if any(mark.is_like(other) for other in self._imprints):
            return False
        self._imprints.append(mark)
        return True
