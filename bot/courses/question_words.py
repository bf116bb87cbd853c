"""A question as its teacher sees it, with its key."""

from bot.i18n import N_, _, current_language, shorten
from domain.language import Language
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.keys import (
    Essay,
    Matching,
    Multiple,
    Number,
    Ordering,
    QuestionKind,
    Short,
    Single,
    TrueFalse,
)

KINDS: dict[QuestionKind, str] = {
    QuestionKind.SINGLE: N_("🔘 One right answer"),
    QuestionKind.MULTIPLE: N_("☑️ Several right answers"),
    QuestionKind.TRUE_FALSE: N_("⚖️ True or false"),
    QuestionKind.SHORT: N_("✏️ A word to type"),
    QuestionKind.NUMBER: N_("🔢 A number to type"),
    QuestionKind.MATCHING: N_("🔗 Pairs"),
    QuestionKind.ORDERING: N_("🔃 An order"),
    QuestionKind.ESSAY: N_("✍️ An essay"),
}
EXAMPLES: dict[QuestionKind, str] = {
    QuestionKind.SINGLE: N_("What is 15% of 200?\n+ 30\n- 15\n- 45\n! 10% is 20, and 5% is 10."),
    QuestionKind.MULTIPLE: N_("Which numbers are even?\n+ 2\n- 3\n+ 4"),
    QuestionKind.TRUE_FALSE: N_("Water boils at 100 °C at sea level.\n+ true"),
    QuestionKind.SHORT: N_("What is the capital of Uzbekistan?\n= Tashkent\n= Toshkent"),
    QuestionKind.NUMBER: N_("What is π to two digits?\n= 3.14 ± 0.01"),
    QuestionKind.MATCHING: N_("Match the words.\napple -> olma\npear -> nok\n-> uzum"),
    QuestionKind.ORDERING: N_("Put them in order, the smallest first.\n1. 1/4\n2. 1/2\n3. 3/4"),
    QuestionKind.ESSAY: N_("Why do we save money? Write 5 sentences.\n...\n! Two reasons, and an example."),
}
"""What a teacher would type for each kind."""


def question_line(draft: QuestionDraft, limit: int = 44) -> str:
    return shorten(draft.text.read_in(_own(draft)), limit)


def answers(draft: QuestionDraft) -> str:
    """The answers with the right ones marked, line by line."""
    language = _own(draft)
    options = [option.read_in(language) for option in draft.options]
    match draft.key:
        case Single(correct):
            lines = [f"{'✅' if number == correct else '▫️'} {text}" for number, text in enumerate(options)]
        case Multiple(several):
            lines = [f"{'✅' if number in several else '▫️'} {text}" for number, text in enumerate(options)]
        case TrueFalse(is_true):
            lines = [f"✅ {_('True') if is_true else _('False')}"]
        case Short(accepted):
            lines = [f"✅ {variant}" for variant in accepted]
        case Number(value, tolerance):
            lines = [f"✅ {value}" + (f" ± {tolerance}" if tolerance else "")]
        case Matching(rights):
            sides = [right.read_in(language) for right in rights]
            lines = [f"✅ {left} → {sides[number]}" for number, left in enumerate(options)]
            lines += [f"▫️ → {side}" for side in sides[len(options) :]]
        case Ordering():
            lines = [f"{number}. {text}" for number, text in enumerate(options, start=1)]
        case Essay(guide):
            lines = [_("✍️ You mark it by hand: /marking")]
            if guide is not None:
                lines.append(_("🔎 To look for: {guide}").format(guide=guide.read_in(language)))
    return "\n".join(lines)


def labels(draft: QuestionDraft) -> str:
    """Kind, topic, difficulty, points and source, as far as there are any."""
    pieces = [
        _(KINDS[draft.kind]),
        f"🏷 {draft.topic}" if draft.topic else "",
        f"📶 {draft.difficulty}/5" if draft.difficulty else "",
        _("⚖️ points: {points}").format(points=draft.points) if draft.points != 1 else "",
        f"📚 {draft.source}" if draft.source else "",
        _("🖼 picture") if draft.picture else "",
    ]
    return " · ".join(piece for piece in pieces if piece)


def explanation(draft: QuestionDraft) -> str | None:
    return draft.explanation.read_in(_own(draft)) if draft.explanation else None


def _own(draft: QuestionDraft) -> Language:
    """The reader's language, as far as the question is written in it."""
    language = current_language()
    return language if language in draft.text.variants else next(iter(draft.text.variants))
