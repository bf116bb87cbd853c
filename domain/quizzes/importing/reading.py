"""A test of any format that teachers write: which one it is, and its questions."""

import re

from domain.language import Language
from domain.quizzes.importing.gift import looks_like_gift, read_gift
from domain.quizzes.importing.hashes import looks_like_hashes, read_hashes
from domain.quizzes.importing.lettered import read_lettered
from domain.quizzes.importing.lines import lines_of
from domain.quizzes.importing.model import ReadTest, TestFormat
from domain.quizzes.importing.signs import is_question, read_signs
from domain.quizzes.importing.sketch import without_emphasis

_LETTER = re.compile(r"[*+#]?\s*\(?[^\W\d_]\s*[).]")
_INLINE_LETTER = re.compile(r"\s[*+]?\(?[AaАа]\s?\)")
_SIGN = re.compile(r"[+=–—−-]\s*\S")


def read_test(text: str, language: Language, *, is_wrapped: bool = False) -> ReadTest:
    """`is_wrapped`: its lines were broken by the width of a page. No question is found in what is no test.

    Never raises; a question that cannot be taken is there with its mistakes.
    """
    lines = [line for line in lines_of(without_emphasis(text)) if line]
    asked = sum(map(is_question, lines))
    if looks_like_hashes(lines):
        return ReadTest(format=TestFormat.SIGNS, questions=tuple(read_hashes(text, language)))
    if asked == 0 and looks_like_gift(text):
        return ReadTest(format=TestFormat.GIFT, questions=tuple(read_gift(text, language)))
    lettered = sum(_LETTER.match(line) is not None or _INLINE_LETTER.search(line) is not None for line in lines)
    signed = sum(_SIGN.match(line) is not None for line in lines)
    is_right_named = any(line.startswith("+") for line in lines)
    if asked or (is_right_named and signed > lettered):
        return ReadTest(format=TestFormat.SIGNS, questions=tuple(read_signs(text, language)))
    if lettered:
        form, questions = read_lettered(text, language, is_wrapped=is_wrapped)
        return ReadTest(format=form, questions=tuple(questions))
    return ReadTest(format=TestFormat.SIGNS, questions=())
