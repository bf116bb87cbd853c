"""A test in its simplest form: each question begins with `?`, its right answer with `+`, each wrong one with `-`."""

from collections.abc import Iterator

from domain.errors import InvalidInput
from domain.language import Language
from domain.quizzes.block import draft_of_block
from domain.quizzes.importing.model import Mistake, ReadQuestion, ReadTest, TestFormat

_EXCERPT = 80


def read_signs(text: str, language: Language) -> ReadTest:
    """What stands before the first `?` is no question. Never raises."""
    questions = tuple(_question(line, block, language) for line, block in _blocks(text))
    return ReadTest(format=TestFormat.SIGNS, questions=questions)


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    begin, lines = 0, list[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip("\ufeff \t\u00a0").startswith("?"):
            if begin:
                yield begin, "\n".join(lines)
            begin, lines = number, []
        lines.append(line.strip("\ufeff"))
    if begin:
        yield begin, "\n".join(lines)


def _question(line: int, block: str, language: Language) -> ReadQuestion:
    excerpt = block.strip().removeprefix("?").strip()[:_EXCERPT]
    try:
        draft = draft_of_block(language, block).checked()
    except InvalidInput as error:
        mistakes = (Mistake(line, error.field, error.reason),)
        return ReadQuestion(line=line, excerpt=excerpt, draft=None, mistakes=mistakes)
    return ReadQuestion(line=line, excerpt=excerpt, draft=draft)
