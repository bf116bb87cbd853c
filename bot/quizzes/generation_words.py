"""What the screens about generated questions say."""

from bot.i18n import N_, _
from domain.errors import DomainError
from domain.language import Language
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.generation_errors import (
    GenerationGone,
    GenerationRunning,
    PracticeGone,
    PracticeSpent,
    ProposalKnown,
    TooLittleText,
)
from domain.quizzes.generation_model import Trouble, Verdict
from domain.quizzes.keys import Multiple, Short, Single, TrueFalse

SENTENCES: dict[type[DomainError], str] = {
    GenerationGone: N_("These questions are no longer there."),
    GenerationRunning: N_("I am still writing your last questions. You get a message when they are ready."),
    TooLittleText: N_("There is too little text to ask about. Add more text, or send me the material."),
    ProposalKnown: N_("The quiz or a bank of the course has this question already. Drop it, or edit it."),
    PracticeGone: N_("This practice is no longer there. You can ask for a new one below the lesson."),
    PracticeSpent: N_("You have had all your practice for today. New sets come at midnight 🌙"),
}
TROUBLES: dict[Trouble, str] = {
    Trouble.BROKEN: N_("😕 The model's replies could not be used, so I stopped. Please try again."),
    Trouble.BUSY: N_("😕 The model is busy right now, so I stopped. Please try again in some minutes."),
    Trouble.UNAVAILABLE: N_("😕 The model cannot be reached right now, so I stopped. Please try again later."),
    Trouble.REFUSED: N_("😕 The model declines to write about this material."),
    Trouble.SPENT: N_("😕 Today's tokens are used up, so I stopped. You can go on tomorrow."),
    Trouble.NOTHING_NEW: N_("😕 Nothing new came: all questions existed already or failed the check."),
}
VERDICTS: dict[Verdict | None, str] = {
    Verdict.GOOD: N_("🟢 Checked: a second reading, without the key, gave the same answer."),
    Verdict.UNCLEAR: N_("🟡 The second reading gave the same answer, but calls it ambiguous."),
    None: N_("⚪️ Not checked by a second reading."),
}
_SIGNS = {True: "✅", False: "▫️"}


def key_lines(draft: QuestionDraft, language: Language) -> list[str]:
    """The options with the right ones marked, or what is accepted; plain text."""
    match draft.key:
        case TrueFalse(is_true):
            return [f"{_SIGNS[is_true]} {_('True')}", f"{_SIGNS[not is_true]} {_('False')}"]
        case Short(accepted):
            return [f"✅ {variant}" for variant in accepted]
        case Single(correct):
            right = {correct}
        case Multiple(several):
            right = set(several)
        case _:
            right = set[int]()
    return [f"{_SIGNS[place in right]} {option.read_in(language)}" for place, option in enumerate(draft.options)]


def block_of(draft: QuestionDraft, language: Language) -> str:
    """A question with options as the block of lines that teachers type."""
    right = draft.key.correct if isinstance(draft.key, Single | Multiple) else frozenset[int]()
    chosen = {right} if isinstance(right, int) else right
    lines = [draft.text.read_in(language)]
    lines += [
        f"{'+' if place in chosen else '-'} {option.read_in(language)}" for place, option in enumerate(draft.options)
    ]
    if draft.explanation:
        lines.append(f"! {draft.explanation.read_in(language)}")
    return "\n".join(lines)
