"""The one question that shows that a video was really watched, typed as a block like those of quizzes."""

from domain.courses.model import MAX_CHECK_OPTIONS, CheckQuestion
from domain.errors import InvalidInput
from domain.language import Language
from domain.quizzes.block import draft_of_block
from domain.quizzes.keys import Single


def check_question(language: Language, block: str) -> CheckQuestion:
    """The question of a block of lines: `+` is right, `-` wrong. It has no explanation: what `!` says is left out.

    Raises InvalidInput as a quiz question does, ("correct", "several") for more than one `+`, and
    ("options", "too_many_to_check") over MAX_CHECK_OPTIONS.
    """
    draft = draft_of_block(language, block).checked()
    if not isinstance(draft.key, Single):
        raise InvalidInput("correct", "several")
    if len(draft.options) > MAX_CHECK_OPTIONS:
        raise InvalidInput("options", "too_many_to_check")
    return CheckQuestion(text=draft.text, options=draft.options, correct=draft.key.correct)
