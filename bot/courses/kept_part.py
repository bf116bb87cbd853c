"""A removed part between two taps: what a dialog remembers so that it can be put back."""

from typing import Any

from domain.courses.model import CheckQuestion, LessonId, Link, Media, MediaId, Part, PartId, PartKind
from domain.language import Language, Text


def packed(part: Part) -> dict[str, Any]:
    """As plain values. Of its files the ids are enough: the rows stay."""
    question = part.question
    return {
        "id": part.id,
        "lesson_id": part.lesson_id,
        "position": part.position,
        "kind": part.kind.value,
        "text": _variants(part.text) if part.text else None,
        "media": {language.value: media.id for language, media in part.media.items()},
        "version": part.version,
        "seconds": part.duration_seconds,
        "link": (
            [part.link.url, part.link.provider, part.link.duration_seconds, part.link.thumbnail_url]
            if part.link
            else None
        ),
        "question": (
            [_variants(question.text), [_variants(option) for option in question.options], question.correct]
            if question
            else None
        ),
    }


def unpacked(data: dict[str, Any]) -> Part:
    kind, link, question = PartKind(data["kind"]), data["link"], data["question"]
    return Part(
        id=PartId(data["id"]),
        lesson_id=LessonId(data["lesson_id"]),
        position=data["position"],
        kind=kind,
        text=_text(data["text"]) if data["text"] else None,
        media={Language(language): _file(kind, media_id) for language, media_id in data["media"].items()},
        version=data["version"],
        duration_seconds=data["seconds"],
        link=Link(url=link[0], provider=link[1], duration_seconds=link[2], thumbnail_url=link[3]) if link else None,
        question=(
            CheckQuestion(text=_text(question[0]), options=tuple(map(_text, question[1])), correct=question[2])
            if question
            else None
        ),
    )


def _variants(text: Text) -> dict[str, str]:
    return {language.value: variant for language, variant in text.variants.items()}


def _text(variants: dict[str, str]) -> Text:
    return Text({Language(language): variant for language, variant in variants.items()})


def _file(kind: PartKind, media_id: int) -> Media:
    return Media(
        id=MediaId(media_id), kind=kind, name="", mime="", size=0, sha256=None, telegram_file_id=None, bot_id=None
    )
