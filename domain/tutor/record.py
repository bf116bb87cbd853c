"""The record that a model adds to a solution: its steps, its final answer and how sure it is, on one last line.

A line of JSON behind a mark, and not the whole reply as JSON: the student reads the solution while it is written.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, cast

from domain.errors import DomainError
from domain.tutor.model import ChatMessage, Details

MARK = "[record]"
MAX_STEPS = 20
MAX_STEP = 500
"""Characters of a step, or of the final answer."""

RECORD_RULES = f"""\
At the very end, on a line of its own, add {MARK} and one JSON object on the same line, with exactly these fields: \
"steps" (a list of short strings, one for each step), "final_answer" (a string), "confidence" (a number from 0 to 1: \
how sure you are that the final answer is right).
"""
_ANOTHER_TRY = f"""\
The last line of your reply was missing or no valid record ({{reason}}). Write only that line now: {MARK} and one JSON \
object with "steps", "final_answer" and "confidence".
"""
_FENCE = re.compile(r"^```\w*|```$")


class BadRecord(DomainError):
    """The record breaks its shape."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Split:
    """A reply and the record behind it."""

    text: str
    record: str | None


def split_record(said: str) -> Split:
    """Take the record off the reply; a mark that is only half written is taken off too."""
    place = said.rfind(MARK)
    if place >= 0:
        return Split(said[:place].rstrip(), said[place + len(MARK) :].strip())
    last_line = said.rsplit("\n", 1)[-1].lstrip("*_` ")
    if last_line.startswith("[") and MARK.startswith(last_line):
        return Split(said[: len(said) - len(said.rsplit("\n", 1)[-1])].rstrip(), None)
    return Split(said, None)


def read_record(record: str | None) -> Details:
    """Raises BadRecord."""
    if not record:
        raise BadRecord("it is missing")
    try:
        data: Any = json.loads(_FENCE.sub("", record.strip()).strip())
    except (ValueError, RecursionError) as error:
        raise BadRecord("it is no JSON") from error
    if not isinstance(data, dict):
        raise BadRecord("it is no object")
    fields = cast("dict[str, Any]", data)
    steps = _steps(fields.get("steps"))
    final, confidence = fields.get("final_answer"), fields.get("confidence")
    if not isinstance(final, str) or not final.strip() or len(final) > MAX_STEP or "\x00" in final:
        raise BadRecord("final_answer must be a string that is not empty")
    if isinstance(confidence, bool) or not isinstance(confidence, int | float) or not 0 <= confidence <= 1:
        raise BadRecord("confidence must be a number from 0 to 1")
    return Details(steps=steps, final_answer=final.strip(), confidence=float(confidence))


def another_try(said: str, error: BadRecord) -> tuple[ChatMessage, ChatMessage]:
    """What is added to the conversation to ask for the record once more."""
    return (
        ChatMessage(role="assistant", content=said or "…"),
        ChatMessage(role="user", content=_ANOTHER_TRY.format(reason=error.reason)),
    )


def _steps(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise BadRecord("steps must be a list of strings")
    steps: list[str] = []
    for each in cast("list[Any]", value):
        if not isinstance(each, str) or not each.strip() or len(each) > MAX_STEP or "\x00" in each:
            raise BadRecord("steps must be a list of strings")
        steps.append(each.strip())
    if len(steps) > MAX_STEPS:
        raise BadRecord("there are too many steps")
    return tuple(steps)
