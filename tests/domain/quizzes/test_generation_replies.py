"""AI-8: whatever a model replies, nothing comes of it but questions that can be asked and have an answer."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from domain.language import Language
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.generation_errors import ReplyBroken
from domain.quizzes.generation_reply import Drafts, drafts_of, verdicts_of
from domain.quizzes.keys import Multiple, QuestionKind, Short, Single, TrueFalse
from tests.scale import scaled

REPLIES = scaled(60_000, 3_000)
COUNT = 5
KINDS = (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.TRUE_FALSE, QuestionKind.SHORT)
REFUSAL = "I am sorry, but I cannot help with that request."
STRANGE: list[Any] = [
    None, True, -1, 10**30, 0.5, "", " ", "\0", "a\0b", "\ud800", "x" * 9_000, "\u202eabc", [], {}, [None], [[0]],
    ["0"], [7], [-1], [True], [0, 0, 1], list(range(30)), ["same", "Same ", "other"], ["only"],
    ["", "b"], [f"o{n}" for n in range(150)], {"en": "x"}, "single", "essay",
]  # fmt: skip


def good(kind: QuestionKind, number: int) -> dict[str, Any]:
    return {
        "kind": kind.value,
        "text": f"Question {number}?",
        "options": [f"{letter} {number}" for letter in "abcd"],
        "correct": [0, 2] if kind is QuestionKind.MULTIPLE else [1],
        "accepted": ["Toshkent", "Тошкент"],
        "explanation": "Because.",
        "topic": "Percents",
    }


def reply_of(chance: random.Random) -> str:
    """A good one with a fault or two: in a field, in a question, in the JSON, or around it."""
    questions: list[Any] = [good(chance.choice(KINDS), number) for number in range(chance.randint(0, COUNT + 2))]
    for _fault in range(chance.randint(0, 3)):
        if not questions:
            break
        place = chance.randrange(len(questions))
        match chance.randrange(4):
            case 0:
                questions[place] = chance.choice(STRANGE)
            case 1:
                questions.append(questions[place])
            case 2 if isinstance(questions[place], dict):
                questions[place].pop(chance.choice(list(questions[place]) or ["text"]), None)
            case _ if isinstance(questions[place], dict):
                questions[place][chance.choice(["kind", "text", "options", "correct", "accepted", "topic"])] = (
                    chance.choice(STRANGE)
                )
            case _:
                pass
    text = json.dumps({chance.choice(["questions"] * 8 + ["answers", ""]): questions})
    wrapped: Callable[[], str] = chance.choice(
        [lambda: text] * 6
        + [
            lambda: text[: chance.randrange(len(text))],
            lambda: f"Here they are:\n```json\n{text}\n```",
            lambda: f"```{text}",
            lambda: REFUSAL,
            lambda: text.replace('"', "'", chance.randrange(4)),
            lambda: "[" * 20_000 + text,
            lambda: text[:20] + "\0" + text[20:],
            lambda: "",
        ]
    )
    return wrapped()


def faults_of(draft: QuestionDraft) -> list[str]:
    """What would make it a question that cannot be shown, kept or answered; written without the code's own rules."""
    found: list[str] = []
    texts = [draft.text, *draft.options, *([draft.explanation] if draft.explanation else [])]
    words = [text.read_in(Language.EN) for text in texts]
    for text in words:
        if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
            found.append("what no database takes")
        if not text.strip():
            found.append("an empty text")
    options = [" ".join(text.read_in(Language.EN).lower().split()) for text in draft.options]
    if len(set(options)) != len(options):
        found.append("two equal options")
    match draft.key:
        case Single(index) if not (len(options) >= 2 and 0 <= index < len(options)):
            found.append("a key out of range")
        case Multiple(indexes) if not (indexes and len(options) >= 2 and all(0 <= i < len(options) for i in indexes)):
            found.append("keys out of range")
        case Short(accepted) if not accepted or not all(text.strip() for text in accepted):
            found.append("no answer is accepted")
        case TrueFalse() if options:
            found.append("options of a statement")
        case _:
            pass
    return found


def read(reply: str) -> Drafts:
    try:
        return drafts_of(reply, Language.EN, KINDS, None, COUNT)
    except ReplyBroken:
        return Drafts((), ("broken",))


def test_no_reply_makes_a_question_that_cannot_be_answered() -> None:
    """AI-8: 0 invalid of all; and every reply without a question says what is wrong with it, for its one repair."""
    chance = random.Random(8)
    kept = broken = 0
    for _reply in range(REPLIES):
        found = read(reply_of(chance))
        assert [fault for draft in found.drafts for fault in faults_of(draft)] == []
        assert len(found.drafts) <= COUNT
        assert found.drafts or found.faults
        kept += len(found.drafts)
        broken += not found.drafts

    assert kept > REPLIES, "most questions are good and stay"
    assert broken > REPLIES / 20


def test_without_the_rules_of_questions_the_same_replies_make_some(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    monkeypatch.setattr(QuestionDraft, "checked", lambda self: self)
    chance = random.Random(8)
    drafts = [draft for _reply in range(600) for draft in read(reply_of(chance)).drafts]

    found = {fault for draft in drafts for fault in faults_of(draft)}

    assert {"an empty text", "two equal options", "a key out of range"} <= found


def test_no_reply_of_the_second_reading_passes_a_question_that_it_did_not_answer() -> None:
    """AI-8: each verdict belongs to a question that is there; what is left out makes the reply a broken one."""
    chance = random.Random(9)
    drafts = read(json.dumps({"questions": [good(kind, number) for number, kind in enumerate(KINDS)]})).drafts
    assert len(drafts) == len(KINDS)
    for _reply in range(REPLIES):
        numbers = [n for n in range(-1, len(drafts) + 3) if chance.random() < 0.9]
        answers: list[Any] = [
            chance.choice([{"n": n, "options": chance.choice([*STRANGE, [0], [1]]), "written": "x"}, *STRANGE[:6]])
            if chance.random() < 0.1
            else {"n": n, "options": [chance.randrange(5)], "ambiguous": chance.choice([True, False, "yes"])}
            for n in numbers
        ]
        try:
            verdicts = verdicts_of(json.dumps({"answers": answers}), drafts)
        except ReplyBroken:
            continue
        assert set(verdicts) == set(range(len(drafts)))
