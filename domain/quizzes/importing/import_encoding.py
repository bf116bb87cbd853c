"""A read test as plain data, for JSON."""

from collections.abc import Mapping
from typing import Any

from domain.quizzes.encoding import draft_of_data, draft_to_data
from domain.quizzes.importing.model import Mistake, ReadQuestion, ReadTest, TestFormat

MAX_EXCERPT = 120


def test_to_data(test: ReadTest) -> dict[str, Any]:
    return {"format": test.format.value, "questions": [question_to_data(question) for question in test.questions]}


def test_of_data(data: Mapping[str, Any]) -> ReadTest:
    return ReadTest(
        format=TestFormat(data["format"]), questions=tuple(_question_of_data(each) for each in data["questions"])
    )


def question_to_data(question: ReadQuestion) -> dict[str, Any]:
    return {
        "line": question.line,
        "excerpt": _storable(question.excerpt)[:MAX_EXCERPT],
        "draft": draft_to_data(question.draft) if question.draft is not None else None,
        "keyless": draft_to_data(question.keyless) if question.keyless is not None else None,
        "mistakes": [[mistake.line, mistake.field, mistake.reason] for mistake in question.mistakes],
    }


def _question_of_data(data: Mapping[str, Any]) -> ReadQuestion:
    return ReadQuestion(
        line=data["line"],
        excerpt=data["excerpt"],
        draft=draft_of_data(data["draft"]) if data["draft"] is not None else None,
        keyless=draft_of_data(data["keyless"]) if data.get("keyless") is not None else None,
        mistakes=tuple(Mistake(line, field, reason) for line, field, reason in data["mistakes"]),
    )


def _storable(text: str) -> str:
    """Without what the database does not take: a draft has been cleaned of it, the beginning of a wrong one not."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")
