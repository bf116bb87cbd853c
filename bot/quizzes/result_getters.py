"""What the screens of a finished attempt show: the result, and each of its questions."""

from typing import Any

from aiogram_dialog import DialogManager

from bot.i18n import Safe, _, current_language, day_and_time
from bot.question_text import LETTERS, asked, marked, progress_bar
from bot.quizzes.pictures import picture_of, topics_chart
from bot.quizzes.place import (
    attempt_shown,
    comes_from_history,
    handed,
    mistake_shown,
    note_reviewed,
    reviews_all,
)
from bot.quizzes.taking_getters import explained, is_rich_question
from bot.quizzes.verdicts import judged, points_text, verdict
from bot.quizzes.wording import duration, praise
from bot.services import current_user, services
from domain.quizzes.keys import QuestionKind, only
from domain.quizzes.model import HUNDREDTHS, ClosedBy, Result, Reviewed, Score


async def result_page(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    user = current_user(data)
    attempt_id = attempt_shown(dialog_manager)
    result = await services(data).quizzes.result(user.id, attempt_id)
    percentile = await services(data).insights.percentile(user.id, attempt_id) if result.score else None
    language = current_language()
    score = result.score
    reveals_at = day_and_time(result.reveals_at, user.timezone) if result.reveals_at else None
    return {
        "title": result.lesson_title.read_in(language),
        "course": result.course_title.read_in(language),
        "has_score": score is not None,
        "is_held": score is None,
        **(_score(score, result) if score is not None else {}),
        "time": duration(result.spent),
        "attempt": result.number,
        "is_timed_out": result.closed_by is ClosedBy.TIME,
        "waiting": result.waiting,
        "has_waiting": result.waiting > 0,
        "is_passed": result.is_passed is True,
        "is_failed": result.is_passed is False,
        "needed": result.pass_percent,
        "percentile": percentile,
        "has_percentile": percentile is not None,
        "topics": _topics(result),
        "picture": await picture_of(topics_chart(result.topics), data),
        "reveals_at": reveals_at,
        "hides_answers": score is not None and not result.is_revealed,
        "mistake_count": len(result.mistakes),
        "has_mistakes": bool(result.mistakes),
        "has_review": result.is_revealed,
        "attempts_left": result.attempts_left,
        "is_limited": bool(result.attempts_left),
        "is_used_up": result.attempts_left == 0,
        "can_retake": result.attempts_left != 0,
        "has_next": result.next_lesson_id is not None,
        "from_history": comes_from_history(dialog_manager),
    }


async def review_page(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    result = handed(data, Result) or await services(data).quizzes.result(
        current_user(data).id, attempt_shown(dialog_manager)
    )
    listed = reviewed_list(result, everything=reviews_all(dialog_manager))
    if not listed:
        return {"has_none": True}
    index = min(mistake_shown(dialog_manager), len(listed) - 1)
    reviewed = listed[index]
    question = reviewed.question
    note_reviewed(dialog_manager, question.id)
    language = current_language()
    explanation = explained(reviewed.explanation, language)
    is_rich = is_rich_question(question, language, explanation)
    return {
        "is_open": True,
        "is_rich": is_rich,
        "is_mistakes": not reviews_all(dialog_manager),
        "is_all": reviews_all(dialog_manager),
        "place": index + 1,
        "mistake_count": len(listed),
        "number": question.number,
        "question": asked(question.text.read_in(language), is_rich=is_rich),
        "judged": judged(
            question,
            reviewed.response,
            reviewed.solution,
            language,
            is_correct=reviewed.is_correct,
            is_rich=is_rich,
        ),
        "verdict": Safe(_verdict(reviewed)),
        "explanation": marked(explanation, is_rich=is_rich) if explanation else None,
        "comment": marked(reviewed.comment, is_rich=is_rich) if reviewed.comment else None,
        "has_previous": index > 0,
        "has_more": index + 1 < len(listed),
    }


def reviewed_list(result: Result, *, everything: bool) -> tuple[Reviewed, ...]:
    """Mistakes first; nothing while the answers are held back."""
    if not result.is_revealed:
        return ()
    if not everything:
        return result.mistakes
    return (*result.mistakes, *(each for each in result.reviewed if not each.is_mistake))


def _score(score: Score, result: Result) -> dict[str, Any]:
    is_weighed = (
        score.points is not None and score.max_points is not None and score.points != HUNDREDTHS * score.correct
    ) or score.max_points not in (None, HUNDREDTHS * score.total)
    return {
        "bar": progress_bar(score.percent, 100),
        "percent": score.percent,
        "correct": score.correct,
        "total": score.total,
        "points": points_text(score.points or 0),
        "max_points": points_text(score.max_points or 0),
        "has_points": is_weighed,
        "praise": praise(score.percent) if not result.waiting else None,
    }


def _topics(result: Result) -> Safe | None:
    """A line for each topic where there are several."""
    topics = result.topics
    if len(topics) < 2:
        return None
    return Safe(
        "\n".join(
            f"{progress_bar(each.percent, 100)} {each.percent}% · {marked(each.topic, is_rich=False)}"
            for each in topics
        )
    )


def _verdict(reviewed: Reviewed) -> str:
    """Of a single choice both letters; of everything else what it was worth."""
    question = reviewed.question
    mine, right = only(reviewed.response), only(reviewed.solution)
    is_single = question.kind in (QuestionKind.SINGLE, QuestionKind.TRUE_FALSE)
    if is_single and reviewed.is_correct is False and mine is not None and right is not None:
        return _("Your answer was {chosen_letter}, the right one is {right_letter}.").format(
            chosen_letter=LETTERS[mine], right_letter=LETTERS[right]
        )
    return verdict(
        question,
        reviewed.response,
        reviewed.solution,
        is_correct=reviewed.is_correct,
        points=reviewed.points,
        is_revealed=True,
    )
