from typing import Any

from aiogram_dialog import DialogManager

from bot.i18n import _, current_language, day, shorten
from bot.quizzes.place import (
    attempt_shown,
    comes_from_history,
    handed,
    lesson_shown,
    mistake_shown,
    page_shown,
    question_shown,
)
from bot.quizzes.wording import (
    LETTERS,
    asked,
    duration,
    has_formula,
    judged_list,
    letter,
    marked,
    option_list,
    praise,
    progress_bar,
)
from bot.services import current_user, services
from domain.language import Language, Text
from domain.quizzes.errors import QuestionGone
from domain.quizzes.keys import only
from domain.quizzes.model import AttemptView, Feedback, Intro, QuestionView, Result, ResultEntry, Score

SHORT = 32
"""Characters of an option that is its own button."""
PAIR = 12
"""Characters of options of which two buttons fit beside each other."""


async def intro_page(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    intro = handed(data, Intro) or await services(data).quizzes.intro(
        current_user(data).id, lesson_shown(dialog_manager)
    )
    return {
        "title": intro.lesson_title.read_in(current_language()),
        "question_count": intro.question_count,
        "best": intro.best.percent if intro.best else None,
        "has_best": intro.best is not None,
        "answered": intro.answered,
        "is_open": intro.answered is not None,
        "is_new": intro.answered is None,
    }


async def question_page(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    attempt = handed(data, AttemptView) or await services(data).quizzes.current(
        current_user(data).id, attempt_shown(dialog_manager)
    )
    question = attempt.question
    if question is None:
        return {"is_over": True, "bar": progress_bar(1, 1), "number": attempt.total, "total": attempt.total}
    language = current_language()
    text, options = _texts(question, language)
    is_rich = has_formula([text, *options])
    longest = max(map(len, options))
    fits = longest <= SHORT and not has_formula(options)
    return {
        "is_open": True,
        "is_rich": is_rich,
        "bar": progress_bar(attempt.answered, attempt.total),
        "number": question.number,
        "total": attempt.total,
        "question": asked(text, is_rich=is_rich),
        "options": option_list(options, is_rich=is_rich) if not fits else None,
        "choices": [
            {
                "id": f"{question.number}-{index}",
                "letter": LETTERS[index],
                "label": f"{LETTERS[index]}) {option}",
            }
            for index, option in enumerate(options)
        ],
        "as_letters": not fits,
        "as_pairs": fits and longest <= PAIR,
        "as_lines": fits and longest > PAIR,
    }


async def feedback_page(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    feedback = handed(data, Feedback)
    if feedback is None:
        shown = question_shown(dialog_manager)
        if shown is None:
            raise QuestionGone
        feedback = await services(data).quizzes.feedback(current_user(data).id, attempt_shown(dialog_manager), shown.id)
    language = current_language()
    text, options = _texts(feedback.question, language)
    explanation = _explanation(feedback.explanation, language)
    is_rich = has_formula([text, *options, explanation])
    return {
        "is_rich": is_rich,
        "bar": progress_bar(feedback.answered, feedback.total),
        "number": feedback.question.number,
        "total": feedback.total,
        "question": asked(text, is_rich=is_rich),
        "options": judged_list(options, only(feedback.response), only(feedback.solution), is_rich=is_rich),
        "is_correct": feedback.is_correct,
        "is_wrong": not feedback.is_correct,
        "right_letter": letter(feedback.solution),
        "explanation": marked(explanation, is_rich=is_rich) if explanation else None,
        "is_last": feedback.is_last,
        "has_next": not feedback.is_last,
    }


async def result_page(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    result = await services(data).quizzes.result(current_user(data).id, attempt_shown(dialog_manager))
    language = current_language()
    score = result.score or Score(0, len(result.reviewed))
    return {
        "title": result.lesson_title.read_in(language),
        "course": result.course_title.read_in(language),
        "bar": progress_bar(score.correct, score.total),
        "percent": score.percent,
        "correct": score.correct,
        "total": score.total,
        "time": duration(result.spent),
        "attempt": result.number,
        "praise": praise(score.percent),
        "mistake_count": len(result.mistakes),
        "has_mistakes": bool(result.mistakes),
        "has_next": result.next_lesson_id is not None,
        "from_history": comes_from_history(dialog_manager),
    }


async def mistake_page(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    result = handed(data, Result) or await services(data).quizzes.result(
        current_user(data).id, attempt_shown(dialog_manager)
    )
    if not result.mistakes:
        return {"has_none": True}
    index = min(mistake_shown(dialog_manager), len(result.mistakes) - 1)
    mistake = result.mistakes[index]
    language = current_language()
    text, options = mistake.question.text.read_in(language), [o.read_in(language) for o in mistake.question.options]
    explanation = _explanation(mistake.explanation, language)
    is_rich = has_formula([text, *options, explanation])
    return {
        "is_open": True,
        "is_rich": is_rich,
        "place": index + 1,
        "mistake_count": len(result.mistakes),
        "number": mistake.question.number,
        "question": asked(text, is_rich=is_rich),
        "options": judged_list(options, only(mistake.response), only(mistake.solution), is_rich=is_rich),
        "chosen_letter": letter(mistake.response),
        "right_letter": letter(mistake.solution),
        "explanation": marked(explanation, is_rich=is_rich) if explanation else None,
        "has_previous": index > 0,
        "has_more": index + 1 < len(result.mistakes),
    }


async def history_page(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    user = current_user(data)
    results = await services(data).quizzes.results(user.id, page_shown(dialog_manager))
    return {
        "entries": [{"id": str(entry.attempt_id), "label": _label(entry, user.timezone)} for entry in results.entries],
        "is_empty": not results.entries,
        "has_entries": bool(results.entries),
        "page": results.page + 1,
        "page_count": results.page_count,
        "is_paged": results.page_count > 1,
        "has_previous": results.page > 0,
        "has_more": results.page + 1 < results.page_count,
    }


def _label(entry: ResultEntry, timezone: str) -> str:
    title = shorten(entry.lesson_title.read_in(current_language()), 30)
    if entry.finished_at is None:
        return _("▶️ {title} · continue ({answered} / {total})").format(
            title=title, answered=entry.answered, total=entry.score.total
        )
    sign = "🏆" if entry.score.percent == 100 else "📊"
    return f"{sign} {entry.score.percent}% · {title} · {day(entry.finished_at, timezone)}"


def _texts(question: QuestionView, language: Language) -> tuple[str, list[str]]:
    return question.text.read_in(language), [option.read_in(language) for option in question.options]


def _explanation(explanation: Text | None, language: Language) -> str:
    return explanation.read_in(language) if explanation else ""
