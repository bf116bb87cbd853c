"""The grade that an answer earns by itself.

Wrong, or only partly right: again. Right: by how long it took, compared with the time that reading and answering takes
(`expected_seconds`). Within half of it an answer that had to be typed is easy; a tap may have been a guess, so it is
never more than good. Up to three times as long is good, longer is hard. A break, or a time that nobody measured, tells
nothing: good.
"""

from collections.abc import Sequence

from domain.language import Language
from domain.quizzes.keys import TYPED, QuestionKind, Response, share_of
from domain.quizzes.model import LONGEST_THOUGHT, Question
from domain.review.model import Grade

READING = 15.0
"""Characters a second: about 180 words a minute."""
THINKING = 5.0
"""Seconds."""
TYPING = 10.0
"""Seconds, for an answer that is typed."""
EASY_WITHIN = 0.5
HARD_FROM = 3.0
"""Both of the expected time."""


def expected_seconds(question: Question, language: Language) -> float:
    texts: Sequence[str] = [question.text.read_in(language), *(each.read_in(language) for each in question.options)]
    reading = sum(map(len, texts)) / READING
    return THINKING + reading + (TYPING if question.kind in TYPED else 0.0)


def grade_of(question: Question, response: Response, seconds: float | None, language: Language) -> Grade:
    if share_of(question.key, response) != 1:
        return Grade.AGAIN
    if seconds is None or not 0 <= seconds <= LONGEST_THOUGHT.total_seconds():
        return Grade.GOOD
    expected = expected_seconds(question, language)
    if seconds > HARD_FROM * expected:
        return Grade.HARD
    is_typed = question.kind in (QuestionKind.SHORT, QuestionKind.NUMBER)
    return Grade.EASY if is_typed and seconds <= EASY_WITHIN * expected else Grade.GOOD
