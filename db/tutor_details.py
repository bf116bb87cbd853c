"""What is known of a reply besides its text, as JSON; only what is set is written."""

from typing import Any

import orjson

from domain.courses.model import LessonId
from domain.tutor.model import Citation, Details


def data_of_details(details: Details) -> str:
    data: dict[str, Any] = {}
    if details.steps:
        data["steps"] = details.steps
    if details.final_answer is not None:
        data["final_answer"] = details.final_answer
    if details.confidence is not None:
        data["confidence"] = details.confidence
    if details.citations:
        data["citations"] = [[each.number, each.lesson_id, each.title] for each in details.citations]
    if details.unsupported:
        data["unsupported"] = details.unsupported
    if details.is_unchecked:
        data["is_unchecked"] = True
    return orjson.dumps(data).decode()


def details_of(stored: str) -> Details:
    data = orjson.loads(stored)
    return Details(
        steps=tuple(data.get("steps", ())),
        final_answer=data.get("final_answer"),
        confidence=data.get("confidence"),
        citations=tuple(
            Citation(number=number, lesson_id=LessonId(lesson_id), title=title)
            for number, lesson_id, title in data.get("citations", ())
        ),
        unsupported=tuple(data.get("unsupported", ())),
        is_unchecked=data.get("is_unchecked", False),
    )
