"""How each kind of question is asked: its lines, and the buttons below them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.i18n import Safe, _
from bot.question_text import LETTERS, has_code, has_formula, lines, marked, option
from bot.quizzes.working import Working
from domain.language import Language
from domain.quizzes.keys import QuestionKind
from domain.quizzes.model import QuestionView

SHORT = 32
"""Characters of an option that is its own button."""
PAIR = 12
"""Characters of options of which two buttons fit beside each other."""

CHECK, UNDO, SEND, REWRITE, PICTURE = "check", "undo", "send", "rewrite", "picture"
"""What the buttons below the options do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question as its window shows it, apart from its own text."""

    prompt: str
    """What to do now; empty where the buttons say it."""
    board: Safe | None = None
    """What has been put together so far."""
    offered: Sequence[tuple[int, str]] = ()
    """Place and text of what can be tapped."""
    signs: dict[int, str] = field(default_factory=dict[int, str])
    """In front of what is chosen and what is not."""
    deeds: Sequence[tuple[str, str]] = ()


def texts_of(question: QuestionView, language: Language) -> list[str]:
    """The options as they are read on the screen; true and false are words of the interface."""
    if question.kind is QuestionKind.TRUE_FALSE:
        return [_("True"), _("False")]
    return [each.read_in(language) for each in question.options]


def rights_of(question: QuestionView, language: Language) -> list[str]:
    return [each.read_in(language) for each in question.rights]


def asked_as(question: QuestionView, working: Working, language: Language, *, is_rich: bool) -> Asked:
    options = texts_of(question, language)
    match question.kind:
        case QuestionKind.SINGLE | QuestionKind.TRUE_FALSE:
            return Asked(prompt="", offered=list(enumerate(options)))
        case QuestionKind.MULTIPLE:
            return _several(options, working)
        case QuestionKind.MATCHING:
            return _matching(options, rights_of(question, language), working, is_rich=is_rich)
        case QuestionKind.ORDERING:
            return _ordering(options, working, is_rich=is_rich)
        case QuestionKind.SHORT:
            return Asked(prompt=_("✍️ Type the answer: a word or a few. Capitals do not matter."))
        case QuestionKind.NUMBER:
            return Asked(prompt=_("🔢 Type a number: 12, 3.5, -2 or 1/4."))
        case QuestionKind.ESSAY:
            return _essay(working, is_rich=is_rich)


def buttons_of(asked: Asked, number: int) -> dict[str, Any]:
    """For the window: options as their own buttons where they are short, else listed above letters."""
    labels = [text for _place, text in asked.offered]
    longest = max(map(len, labels), default=0)
    fits = longest <= SHORT and not has_formula(labels) and not has_code(labels) and "\n" not in "".join(labels)
    return {
        "fits": fits,
        "choices": [
            {
                "id": f"{number}-{place}",
                "letter": f"{asked.signs.get(place, '')}{LETTERS[place]}",
                "label": f"{asked.signs.get(place, '')}{LETTERS[place]}) {text}",
            }
            for place, text in asked.offered
        ],
        "as_letters": bool(labels) and not fits,
        "as_pairs": bool(labels) and fits and longest <= PAIR,
        "as_lines": bool(labels) and fits and longest > PAIR,
        "deeds": [(f"{number}-{deed}", label) for deed, label in asked.deeds],
    }


def offered_list(asked: Asked, *, is_rich: bool) -> Safe:
    return lines([option(place, text, is_rich=is_rich) for place, text in asked.offered], is_rich=is_rich)


def _several(options: list[str], working: Working) -> Asked:
    return Asked(
        prompt=_("Choose all that are right, then check."),
        offered=list(enumerate(options)),
        signs={place: "☑️ " if place in working.picked else "⬜ " for place in range(len(options))},
        deeds=[(CHECK, _("✅ Check the answer"))] if working.picked else [],
    )


def _matching(lefts: list[str], rights: list[str], working: Working, *, is_rich: bool) -> Asked:
    board: list[str] = []
    for place, left in enumerate(lefts):
        name = marked(left, is_rich=is_rich)
        if place < len(working.picked):
            board.append(f"{place + 1}. {name} → {marked(rights[working.picked[place]], is_rich=is_rich)}")
        else:
            board.append(f"{'👉' if place == len(working.picked) else '▫️'} {place + 1}. {name}")
    is_whole = len(working.picked) == len(lefts)
    return Asked(
        prompt=_("All are paired. Check them, or take the last one back.")
        if is_whole
        else _("Tap what belongs to number {number}.").format(number=len(working.picked) + 1),
        board=lines(board, is_rich=is_rich),
        offered=[] if is_whole else [(n, text) for n, text in enumerate(rights) if n not in working.picked],
        deeds=_deeds(working, is_whole=is_whole),
    )


def _ordering(items: list[str], working: Working, *, is_rich: bool) -> Asked:
    is_whole = len(working.picked) == len(items)
    placed = [
        f"{number}. {marked(items[place], is_rich=is_rich)}" for number, place in enumerate(working.picked, start=1)
    ]
    if is_whole:
        prompt = _("All are in order. Check it, or take the last one back.")
    elif placed:
        prompt = _("Tap what comes next.")
    else:
        prompt = _("Tap them in their order, the first one first.")
    return Asked(
        prompt=prompt,
        board=lines(placed, is_rich=is_rich) if placed else None,
        offered=[] if is_whole else [(n, text) for n, text in enumerate(items) if n not in working.picked],
        deeds=_deeds(working, is_whole=is_whole),
    )


def _essay(working: Working, *, is_rich: bool) -> Asked:
    if working.text is None:
        return Asked(prompt=_("📝 Write your answer as one message. Your teacher will read and mark it."))
    return Asked(
        prompt=_("Send it to your teacher? It cannot be changed later."),
        board=marked(working.text, is_rich=is_rich),
        deeds=[(SEND, _("📨 Send it")), (REWRITE, _("✏️ Write it again"))],
    )


def _deeds(working: Working, *, is_whole: bool) -> list[tuple[str, str]]:
    deeds = [(CHECK, _("✅ Check the answer"))] if is_whole else []
    return [*deeds, (UNDO, _("↩️ Take the last one back"))] if working.picked else deeds
