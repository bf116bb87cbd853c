"""Keys, responses and drafts as plain data, for JSON: one shape for rows, previews and queues."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from domain.language import Language, Text
from domain.quizzes.draft import Picture, QuestionDraft
from domain.quizzes.keys import (
    Arranged,
    Choice,
    Essay,
    Key,
    Matching,
    Multiple,
    Number,
    Ordering,
    QuestionKind,
    Response,
    Short,
    Single,
    TrueFalse,
    Written,
)

Data = Mapping[str, Any]


def text_to_data(text: Text) -> dict[str, str]:
    return {language.value: variant for language, variant in text.variants.items()}


def text_of_data(data: Data) -> Text:
    return Text({Language(language): variant for language, variant in data.items()})


def key_to_data(key: Key) -> dict[str, Any]:
    """Without the kind, which is kept beside it."""
    match key:
        case Single(correct):
            return {"correct": correct}
        case Multiple(correct):
            return {"correct": sorted(correct)}
        case TrueFalse(is_true):
            return {"is_true": is_true}
        case Short(accepted):
            return {"accepted": list(accepted)}
        case Number(value, tolerance):
            return {"value": str(value), "tolerance": str(tolerance)}
        case Matching(rights):
            return {"rights": [text_to_data(right) for right in rights]}
        case Ordering():
            return {}
        case Essay(guide):
            return {"guide": text_to_data(guide)} if guide else {}


def key_of_data(kind: QuestionKind, data: Data) -> Key:
    match kind:
        case QuestionKind.SINGLE:
            return Single(data["correct"])
        case QuestionKind.MULTIPLE:
            return Multiple(frozenset(data["correct"]))
        case QuestionKind.TRUE_FALSE:
            return TrueFalse(data["is_true"])
        case QuestionKind.SHORT:
            return Short(tuple(data["accepted"]))
        case QuestionKind.NUMBER:
            return Number(Decimal(data["value"]), Decimal(data["tolerance"]))
        case QuestionKind.MATCHING:
            return Matching(tuple(text_of_data(right) for right in data["rights"]))
        case QuestionKind.ORDERING:
            return Ordering()
        case QuestionKind.ESSAY:
            guide = data.get("guide")
            return Essay(text_of_data(guide) if guide else None)


def response_to_data(response: Response) -> dict[str, Any]:
    match response:
        case Choice(options):
            return {"options": sorted(options)}
        case Written(text):
            return {"text": text}
        case Arranged(order):
            return {"order": list(order)}


def response_of_data(data: Data) -> Response:
    if "options" in data:
        return Choice(frozenset(data["options"]))
    if "text" in data:
        return Written(data["text"])
    return Arranged(tuple(data["order"]))


def draft_to_data(draft: QuestionDraft) -> dict[str, Any]:
    return {
        "kind": draft.kind.value,
        "text": text_to_data(draft.text),
        "options": [text_to_data(option) for option in draft.options],
        "key": key_to_data(draft.key),
        "explanation": text_to_data(draft.explanation) if draft.explanation else None,
        "topic": draft.topic,
        "difficulty": draft.difficulty,
        "points": draft.points,
        "source": draft.source,
        "picture": picture_to_data(draft.picture),
    }


def draft_of_data(data: Data) -> QuestionDraft:
    explanation = data.get("explanation")
    return QuestionDraft(
        text=text_of_data(data["text"]),
        options=tuple(text_of_data(option) for option in data["options"]),
        key=key_of_data(QuestionKind(data["kind"]), data["key"]),
        explanation=text_of_data(explanation) if explanation else None,
        topic=data.get("topic"),
        difficulty=data.get("difficulty"),
        points=data.get("points", 1),
        source=data.get("source"),
        picture=picture_of_data(data.get("picture")),
    )


def picture_to_data(picture: Picture | None) -> dict[str, Any] | None:
    return {"file_id": picture.file_id, "sha256": picture.sha256} if picture else None


def picture_of_data(data: Data | None) -> Picture | None:
    return Picture(file_id=data["file_id"], sha256=data.get("sha256")) if data else None
