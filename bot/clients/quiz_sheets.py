"""Prints quizzes with typst: the questions, and the keys in a file of their own, so that no key is
handed out by mistake.

What people wrote goes in as JSON and stays text: none of it can be markup of the template.
"""

import asyncio
import unicodedata
from pathlib import Path
from typing import Any

import orjson
import structlog

from domain.quizzes.exporting.formulas import Node, formula_nodes
from domain.quizzes.exporting.sheets import PrintedQuestion, PrintedQuiz, QuizSheets, SheetFailed

log = structlog.get_logger()

TEMPLATE = Path(__file__).with_name("quiz_sheets.typ")
PATIENCE = 30.0
"""Seconds for both files; 100 questions take less than one."""
LONGEST_WORD = 30
"""Characters after which a word may break anywhere."""
_LONGEST_WHOLE = 25
"""Lines of a question that is never cut between two pages."""
_SOFT = "\u200b"
_FIRST_EMOJI = "\U0001f000"


class TypstSheets:
    """One quiz at a time, in a thread: the compiler gives the interpreter free while it works."""

    def __init__(self, *, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._one_at_a_time = asyncio.Lock()

    async def print(self, sheets: QuizSheets) -> PrintedQuiz:
        async with self._one_at_a_time:
            try:
                return await asyncio.wait_for(asyncio.to_thread(_print, sheets), self._patience)
            except TimeoutError as error:
                log.error("sheets.too_slow")
                raise SheetFailed("too slow") from error


def _print(sheets: QuizSheets) -> PrintedQuiz:
    return PrintedQuiz(
        _compiled({**_common(sheets), **_questions(sheets)}), _compiled({**_common(sheets), **_keys(sheets)})
    )


def _compiled(values: dict[str, Any]) -> bytes:
    import typst

    # A compiler of its own for each file: it keeps what it was given, and keys are nothing to keep.
    compiler = typst.Compiler(str(TEMPLATE), root=str(TEMPLATE.parent))
    try:
        pdf = compiler.compile(format="pdf", sys_inputs={"data": orjson.dumps(values).decode()})
    except typst.TypstError as error:
        # Its words may quote what a person wrote.
        log.error("sheets.refused", cause=type(error).__name__)
        raise SheetFailed("refused") from error
    if not isinstance(pdf, bytes):
        raise SheetFailed("not one file")
    return pdf


def _common(sheets: QuizSheets) -> dict[str, Any]:
    labels = sheets.labels
    return {
        "title": printable(sheets.title),
        "centre": printable(sheets.centre),
        "language": sheets.language.value,
        "heading": "",
        "blanks": [labels.name, labels.group, labels.date],
        "questions": [],
        "keys": [],
    }


def _questions(sheets: QuizSheets) -> dict[str, Any]:
    return {
        "questions": [
            {
                "number": question.number,
                "text": _drawn(question.text),
                "choices": [[mark, _drawn(text)] for mark, text in question.choices],
                "others": [[mark, _drawn(text)] for mark, text in question.others],
                "columns": _columns([text for _mark, text in question.choices]) if not question.others else 1,
                "lines": question.lines,
                "breaks": _is_long(question),
                "points": f"{question.points} {sheets.labels.points}" if question.points > 1 else "",
            }
            for question in sheets.questions
        ]
    }


def _is_long(question: PrintedQuestion) -> bool:
    """Whether it may fill a page, which has about 60 lines of 90 characters."""
    texts = [question.text, *(text for _mark, text in (*question.choices, *question.others))]
    return sum(len(text) // 60 + text.count("\n") + 1 for text in texts) > _LONGEST_WHOLE


def _keys(sheets: QuizSheets) -> dict[str, Any]:
    return {
        "heading": printable(sheets.labels.key),
        "blanks": [],
        "keys": [
            {"number": key.number, "answer": _drawn(key.answer), "explanation": _drawn(key.explanation)}
            for key in sheets.keys
        ],
    }


def _columns(texts: list[str]) -> int:
    """Short answers stand beside each other: paper is saved, and the eye compares them."""
    longest = max(map(len, texts), default=0)
    if any("\n" in text for text in texts) or longest > 36:
        return 1
    return 4 if longest <= 14 else 2


def _drawn(text: str) -> list[dict[str, Any]]:
    return [_node(node) for node in formula_nodes(text)]


def _node(node: Node) -> dict[str, Any]:
    return {"s": node.shape, "t": printable(node.text), "p": [[_node(each) for each in part] for part in node.parts]}


def printable(text: str) -> str:
    """Without signs that no font for texts has, and with places where long words break."""
    shown = "".join(sign for sign in text if not _is_unprintable(sign))
    return " ".join(map(_breakable, shown.split(" ")))


def _breakable(word: str) -> str:
    return _SOFT.join(word) if len(word) > LONGEST_WORD else word


def _is_unprintable(sign: str) -> bool:
    if sign == "\n":
        return False
    return (
        sign >= _FIRST_EMOJI
        or "\ufe00" <= sign <= "\ufe0f"
        or unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
