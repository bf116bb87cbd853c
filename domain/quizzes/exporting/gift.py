"""Questions in Moodle's GIFT format; `importing/gift.py` reads them back.

GIFT has no place for points, difficulty and source. It has no ordering either: such a question becomes a matching of
places with items. What an author looks for in an essay becomes its general feedback. A comment before the question
keeps all of that for our own reader, so that nothing but a picture is lost on the way: `// ustoz: {"points": 2}`.
"""

import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from domain.language import Language
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.importing.gift import NOTE, PARTED_ARROW
from domain.quizzes.keys import Essay, Matching, Multiple, Number, Ordering, Short, Single, TrueFalse

_SIGNS = re.compile(r"[\\~=#{}:]")
_FULL = Decimal(100)
_PLACES = Decimal("0.00001")


def to_gift(drafts: Sequence[QuestionDraft], language: Language) -> str:
    """In the order of the drafts; topics become categories."""
    return "\n\n".join(_blocks(drafts, language)) + "\n"


def _blocks(drafts: Sequence[QuestionDraft], language: Language) -> Iterator[str]:
    topic = ""
    for draft in drafts:
        if (draft.topic or "") != topic:
            topic = draft.topic or ""
            # A slash would begin a category below this one.
            yield f"$CATEGORY: {topic.replace('/', '∕')}"
        yield _block(draft, language)


def _block(draft: QuestionDraft, language: Language) -> str:
    answers = _answers(draft, language)
    explanation = draft.explanation
    if isinstance(draft.key, Essay) and explanation is None:
        explanation = draft.key.guide
    feedback = f"####{_escaped(explanation.read_in(language))}" if explanation is not None else ""
    # The empty title keeps a text apart from the signs that a line of the format may begin with.
    note = _note(draft, language)
    comment = f"{NOTE} {json.dumps(note, ensure_ascii=False, sort_keys=True)}\n" if note else ""
    return f"{comment}::::{_escaped(draft.text.read_in(language))} {{{answers}{feedback}}}"


def _note(draft: QuestionDraft, language: Language) -> dict[str, Any]:
    note: dict[str, Any] = {}
    if draft.points != 1:
        note["points"] = draft.points
    if draft.difficulty is not None:
        note["difficulty"] = draft.difficulty
    if draft.source:
        note["source"] = draft.source
    if isinstance(draft.key, Ordering):
        note["kind"] = draft.kind.value
    if isinstance(draft.key, Essay) and draft.key.guide is not None:
        note["guide"] = draft.key.guide.read_in(language)
        note["is_explained"] = draft.explanation is not None
    return note


def _answers(draft: QuestionDraft, language: Language) -> str:
    options = [_escaped(option.read_in(language)) for option in draft.options]
    match draft.key:
        case Single(correct):
            return "".join(f"{'=' if place == correct else '~'}{text} " for place, text in enumerate(options))
        case Multiple(correct):
            share = (_FULL / len(correct)).quantize(_PLACES)
            shares = {True: share, False: -share}
            return "".join(f"~%{shares[place in correct]}%{text} " for place, text in enumerate(options))
        case TrueFalse(is_true):
            return "TRUE" if is_true else "FALSE"
        case Short(accepted):
            return "".join(f"={_escaped(text)} " for text in accepted)
        case Number(value, tolerance):
            return f"#{value:f}:{tolerance:f}"
        case Matching(rights):
            lefts = [*options, *[""] * (len(rights) - len(options))]
            sides = [_escaped(right.read_in(language)) for right in rights]
            return "".join(f"={left} -> {right} " for left, right in zip(lefts, sides, strict=True))
        case Ordering():
            return "".join(f"={place} -> {text} " for place, text in enumerate(options, start=1))
        case Essay():
            return ""


def _escaped(text: str) -> str:
    """Signs of the format with a backslash, line breaks as `\\n`."""
    written = _SIGNS.sub(lambda sign: f"\\{sign[0]}", text.replace("->", PARTED_ARROW))
    return written.replace("\n", "\\n")
