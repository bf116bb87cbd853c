"""Prints tests with typst: the questions without an answer, and the key by itself.

What users wrote goes in as JSON and stays text; formulas stay as they were typed.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
import structlog

from domain.language import Language
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.exporting.paper import PaperQuestion, on_paper
from domain.quizzes.exporting.ports import PaperFailed, PaperWords
from domain.quizzes.exporting.rows import LETTERS

log = structlog.get_logger()

TEMPLATE = Path(__file__).with_name("test_paper.typ")
PATIENCE = 60.0
"""Seconds for both; a hundred questions take about one."""


class TypstPaperPress:
    """One test at a time, in a thread: the compiler gives the interpreter free while it works."""

    def __init__(self, *, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._one_at_a_time = asyncio.Lock()

    async def print_test(
        self, title: str, drafts: Sequence[QuestionDraft], language: Language, words: PaperWords
    ) -> tuple[bytes, bytes]:
        questions = [on_paper(draft, language, words) for draft in drafts]
        common = {
            "title": title,
            "language": language.value,
            "heading": "",
            "fields": [],
            "questions": [],
            "answers": [],
        }
        paper = {**common, "fields": [words.name, words.date], "questions": list(map(_printed, questions))}
        key = {**common, "heading": words.key, "answers": [question.answer for question in questions]}
        async with self._one_at_a_time:
            try:
                return await asyncio.wait_for(asyncio.to_thread(_print_both, paper, key), self._patience)
            except TimeoutError as error:
                log.error("paper.too_slow")
                raise PaperFailed("too slow") from error


def _printed(question: PaperQuestion) -> dict[str, Any]:
    """Without the answer: what is not sent to the compiler cannot be on the paper."""
    return {
        "text": question.text,
        "options": list(zip(LETTERS, question.options, strict=False)),
        "sides": question.sides,
        "lines": question.lines,
    }


def _print_both(paper: dict[str, Any], key: dict[str, Any]) -> tuple[bytes, bytes]:
    return _print(paper), _print(key)


def _print(data: dict[str, Any]) -> bytes:
    import typst

    try:
        pdf = typst.compile(
            str(TEMPLATE),
            root=str(TEMPLATE.parent),
            format="pdf",
            sys_inputs={"data": orjson.dumps(data).decode()},
        )
    except typst.TypstError as error:
        # Its words may quote what a person wrote.
        log.error("paper.refused", cause=type(error).__name__)
        raise PaperFailed("refused") from error
    if not isinstance(pdf, bytes):
        raise PaperFailed("no document")
    return pdf
