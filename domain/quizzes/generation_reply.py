"""A model's reply as questions or answers. What does not have the form is told by its fault, for one repair."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from domain.errors import InvalidInput
from domain.language import Language, Text
from domain.quizzes.draft import MAX_EXPLANATION, MAX_TOPIC, QuestionDraft
from domain.quizzes.generation_errors import ReplyBroken
from domain.quizzes.generation_model import SOURCE, Verdict
from domain.quizzes.generation_prompts import order_of
from domain.quizzes.keys import (
    Choice,
    Key,
    Multiple,
    QuestionKind,
    Response,
    Short,
    Single,
    TrueFalse,
    Written,
    share_of,
)

MAX_REPLY = 60_000
MAX_REMARK = 300
_FENCE = "```"


@dataclass(frozen=True, slots=True)
class Drafts:
    """The questions of a reply that keep the rules, and what is wrong with the others."""

    drafts: tuple[QuestionDraft, ...]
    faults: tuple[str, ...]


def drafts_of(
    reply: str, language: Language, kinds: Sequence[QuestionKind], difficulty: int | None, count: int
) -> Drafts:
    """At most `count` questions. Raises ReplyBroken when the reply is no such list at all."""
    drafts: list[QuestionDraft] = []
    faults: list[str] = []
    listed = _list_of(reply, "questions")
    for number, item in enumerate(listed[: 2 * count], start=1):
        try:
            drafts.append(_draft(item, language, kinds, difficulty))
        except InvalidInput as error:
            faults.append(f"question {number}: {error}")
    if not listed:
        faults.append("no questions")
    return Drafts(tuple(drafts[:count]), tuple(faults))


def verdicts_of(reply: str, drafts: Sequence[QuestionDraft]) -> dict[int, tuple[Verdict, str | None]]:
    """By the questions' places, counting from 0. Raises ReplyBroken when not every question has an answer."""
    verdicts: dict[int, tuple[Verdict, str | None]] = {}
    for item in _list_of(reply, "answers"):
        answer = cast("Mapping[str, Any]", item if isinstance(item, Mapping) else {})
        number = answer.get("n")
        if isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= len(drafts):
            verdicts.setdefault(number - 1, _verdict(answer, drafts[number - 1], number))
    missing = [str(place + 1) for place in range(len(drafts)) if place not in verdicts]
    if missing:
        raise ReplyBroken(f"no answer for question {', '.join(missing)}")
    return verdicts


def _draft(item: Any, language: Language, kinds: Sequence[QuestionKind], difficulty: int | None) -> QuestionDraft:
    if not isinstance(item, Mapping):
        raise InvalidInput("question", "not_an_object")
    data = cast("Mapping[str, Any]", item)
    kind: Any = data.get("kind", QuestionKind.SINGLE.value)
    if not isinstance(kind, str) or kind not in {known.value for known in kinds}:
        raise InvalidInput("kind", "unknown")
    options: Any = data.get("options", []) if kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE) else []
    if not isinstance(options, list) or not all(isinstance(option, str) for option in cast("list[Any]", options)):
        raise InvalidInput("options", "not_texts")
    explanation = _string(data, "explanation")[:MAX_EXPLANATION].strip()
    return QuestionDraft(
        text=Text({language: _string(data, "text")}),
        options=tuple(Text({language: option}) for option in cast("list[str]", options)),
        key=_key(QuestionKind(kind), data),
        explanation=Text({language: explanation}) if explanation else None,
        topic=_string(data, "topic")[:MAX_TOPIC] or None,
        difficulty=difficulty,
        source=SOURCE,
    ).checked()


def _key(kind: QuestionKind, data: Mapping[str, Any]) -> Key:
    if kind is QuestionKind.SHORT:
        accepted = data.get("accepted")
        if not isinstance(accepted, list) or not all(isinstance(text, str) for text in cast("list[Any]", accepted)):
            raise InvalidInput("accepted", "not_texts")
        return Short(tuple(cast("list[str]", accepted)))
    correct = _indexes(data.get("correct"))
    if correct is None or not correct:
        raise InvalidInput("correct", "missing")
    if kind is QuestionKind.MULTIPLE:
        return Multiple(correct)
    if len(correct) != 1:
        raise InvalidInput("correct", "not_one")
    [index] = correct
    if kind is QuestionKind.SINGLE:
        return Single(index)
    if index not in (0, 1):
        raise InvalidInput("correct", "unknown")
    return TrueFalse(index == 0)


def _verdict(item: Mapping[str, Any], draft: QuestionDraft, number: int) -> tuple[Verdict, str | None]:
    response = _response(item, draft, number)
    if response is None or share_of(draft.key, response) != 1.0:
        return Verdict.WRONG, None
    if item.get("ambiguous") is True:
        remark = " ".join(_string(item, "remark").split())[:MAX_REMARK]
        return Verdict.UNCLEAR, _printable(remark) or None
    return Verdict.GOOD, None


def _response(item: Mapping[str, Any], draft: QuestionDraft, number: int) -> Response | None:
    if isinstance(draft.key, Short):
        return Written(_string(item, "written"))
    chosen = _indexes(item.get("options"))
    if chosen is None:
        return None
    if isinstance(draft.key, TrueFalse):
        return Choice(chosen)
    order = order_of(draft, number)
    if not all(0 <= place < len(order) for place in chosen):
        return None
    return Choice(frozenset(order[place] for place in chosen))


def _list_of(reply: str, name: str) -> list[Any]:
    """The list in the reply, also out of a fenced block or with words around it."""
    text = reply[:MAX_REPLY].strip()
    if _FENCE in text:
        text = text.split(_FENCE)[1].removeprefix("json")
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        raise ReplyBroken("it holds no JSON object")
    try:
        data = json.loads(text[start : end + 1])
    except (ValueError, RecursionError):
        raise ReplyBroken("it is not valid JSON, or was cut off") from None
    listed: Any = cast("dict[str, Any]", data).get(name) if isinstance(data, dict) else None
    if not isinstance(listed, list):
        raise ReplyBroken(f'there is no list "{name}"')
    return cast("list[Any]", listed)


def _indexes(value: Any) -> frozenset[int] | None:
    if not isinstance(value, list) or len(cast("list[Any]", value)) > 20:
        return None
    if not all(isinstance(index, int) and not isinstance(index, bool) for index in cast("list[Any]", value)):
        return None
    return frozenset(cast("list[int]", value))


def _string(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return _printable(value) if isinstance(value, str) else ""


def _printable(text: str) -> str:
    """Without what no database takes: NUL and halves of surrogate pairs."""
    return "".join(character for character in text if character != "\0" and not "\ud800" <= character <= "\udfff")
