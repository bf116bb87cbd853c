"""An answer beside the right one, for each kind of question, and what it was worth in words."""

from bot.i18n import Safe, _, current_language
from bot.question_text import LETTERS, judged_choice, lines, marked
from bot.quizzes.kinds import rights_of, texts_of
from domain.language import Language
from domain.quizzes.keys import Arranged, QuestionKind, Response, Written, only
from domain.quizzes.model import HUNDREDTHS, QuestionView


def judged(
    question: QuestionView,
    response: Response | None,
    solution: Response | None,
    language: Language,
    *,
    is_correct: bool | None,
    is_rich: bool,
) -> Safe:
    """Both by places on the screen. Without a solution it only repeats what was answered."""
    options = texts_of(question, language)
    match question.kind:
        case QuestionKind.SINGLE | QuestionKind.TRUE_FALSE | QuestionKind.MULTIPLE:
            return judged_choice(options, response, solution, is_rich=is_rich)
        case QuestionKind.MATCHING:
            rights = rights_of(question, language)
            return _judged_places(options, rights, response, solution, is_rich=is_rich)
        case QuestionKind.ORDERING:
            return _judged_places(None, options, response, solution, is_rich=is_rich)
        case QuestionKind.SHORT | QuestionKind.NUMBER | QuestionKind.ESSAY:
            return _judged_text(response, None if is_correct else solution, is_rich=is_rich)


def verdict(
    question: QuestionView,
    response: Response | None,
    solution: Response | None,
    *,
    is_correct: bool | None,
    points: int | None,
    is_revealed: bool,
) -> str:
    """One sentence, in plain text."""
    if response is None:
        return _("⏳ There was no answer in time.")
    if not is_revealed:
        return _("📥 Your answer is stored.")
    if is_correct is None:
        return _("📨 Your teacher will read and mark this answer.")
    if is_correct:
        return _("✅ Right!")
    if points is not None and points > 0:
        return _("🟡 Partly right: {points} of {most} points.").format(
            points=points_text(points), most=points_text(question.points * HUNDREDTHS)
        )
    right = only(solution)
    if right is not None and question.kind is not QuestionKind.MULTIPLE:
        return _("❌ Not quite. The right answer is {right_letter}.").format(right_letter=LETTERS[right])
    return _("❌ Not quite.")


def points_text(points: int) -> str:
    """Hundredths as a short number, with the language's sign between whole and part."""
    sign = "−" if points < 0 else ""
    whole, part = divmod(abs(points), HUNDREDTHS)
    if not part:
        return f"{sign}{whole}"
    return f"{sign}{whole}{'.' if current_language() is Language.EN else ','}{f'{part:02}'.rstrip('0')}"


def _judged_places(
    lefts: list[str] | None, rights: list[str], response: Response | None, solution: Response | None, *, is_rich: bool
) -> Safe:
    """Of a matching with its left sides, of an ordering without: each place with what stands there."""
    mine = response.order if isinstance(response, Arranged) else ()
    right = solution.order if isinstance(solution, Arranged) else ()
    shown: list[str] = []
    for place in range(max(len(mine), len(right))):
        name = f"{place + 1}." if lefts is None else f"{place + 1}. {marked(lefts[place], is_rich=is_rich)} →"
        given = marked(rights[mine[place]], is_rich=is_rich) if place < len(mine) else None
        wanted = marked(rights[right[place]], is_rich=is_rich) if place < len(right) else None
        if wanted is None:
            shown.append(f"▫️ {name} {given}")
        elif given is None or given == wanted:
            shown.append(f"✅ {name} {wanted}")
        else:
            shown.append(f"❌ {name} {given} ✅ {wanted}")
    return lines(shown, is_rich=is_rich)


def _judged_text(response: Response | None, solution: Response | None, *, is_rich: bool) -> Safe:
    shown: list[str] = []
    if isinstance(response, Written):
        shown.append(_("Your answer: {answer}").format(answer=marked(response.text, is_rich=is_rich)))
    if isinstance(solution, Written):
        shown.append(_("Right answer: {answer}").format(answer=marked(solution.text, is_rich=is_rich)))
    return lines(shown, is_rich=is_rich)
