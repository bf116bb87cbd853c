"""What the screens of an attempt show: the question that waits, and what an answer was worth."""

from typing import Any

from aiogram.enums import ContentType
from aiogram_dialog import DialogManager
from aiogram_dialog.api.entities import MediaAttachment, MediaId

from bot.i18n import Safe, _, current_language
from bot.question_text import asked, has_formula, marked, progress_bar
from bot.quizzes.clocks import clock_line, left_until
from bot.quizzes.kinds import PICTURE, asked_as, buttons_of, offered_list, rights_of, texts_of
from bot.quizzes.place import attempt_shown, handed, question_shown
from bot.quizzes.verdicts import judged, verdict
from bot.quizzes.working import working_on
from bot.services import current_user, services
from domain.clock import utc_now
from domain.language import Language, Text
from domain.quizzes.errors import QuestionGone
from domain.quizzes.model import AttemptView, Feedback, QuestionView

LONGEST_CAPTION = 900
"""Characters below a picture; a longer question has a button for it. Telegram takes 1,024 with everything around."""


async def question_page(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    attempt = handed(data, AttemptView) or await services(data).quizzes.current(
        current_user(data).id, attempt_shown(dialog_manager)
    )
    question = attempt.question
    if question is None:
        return {
            "is_over": True,
            "is_timed_out": attempt.answered < attempt.total,
            "is_all_answered": attempt.answered >= attempt.total,
            "bar": progress_bar(attempt.answered, attempt.total),
            "number": attempt.answered,
            "total": attempt.total,
        }
    language = current_language()
    is_rich = is_rich_question(question, language)
    screen = asked_as(question, working_on(dialog_manager, question.id), language, is_rich=is_rich)
    buttons = buttons_of(screen, question.number)
    body = asked(question.text.read_in(language), is_rich=is_rich)
    listed = offered_list(screen, is_rich=is_rich) if buttons["as_letters"] else None
    long = len(body) + len(screen.board or "") + len(listed or "") > LONGEST_CAPTION
    picture = question.picture
    if picture is not None and (is_rich or long):
        buttons["deeds"] = [(f"{question.number}-{PICTURE}", _("🖼 Show the picture")), *buttons["deeds"]]
    return {
        **buttons,
        "is_open": True,
        "is_rich": is_rich,
        "bar": progress_bar(attempt.answered, attempt.total),
        "number": question.number,
        "total": attempt.total,
        "clock": clock_line(attempt, utc_now(), current_user(data).timezone),
        "question": body,
        "board": screen.board,
        "options": listed,
        "prompt": Safe(screen.prompt) if screen.prompt else None,
        "picture": _picture(question) if picture is not None and not is_rich and not long else None,
    }


async def polls_page(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    attempt = handed(data, AttemptView) or await services(data).quizzes.current(
        current_user(data).id, attempt_shown(dialog_manager)
    )
    return {
        "title": attempt.lesson_title.read_in(current_language()),
        "bar": progress_bar(attempt.answered, attempt.total),
        "number": min(attempt.answered + 1, attempt.total),
        "total": attempt.total,
        "clock": clock_line(attempt, utc_now(), current_user(data).timezone) if attempt.question else None,
    }


async def feedback_page(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    feedback = handed(data, Feedback)
    if feedback is None:
        shown = question_shown(dialog_manager)
        if shown is None:
            raise QuestionGone
        feedback = await services(data).quizzes.feedback(current_user(data).id, attempt_shown(dialog_manager), shown.id)
    language = current_language()
    question = feedback.question
    explanation = explained(feedback.explanation, language)
    is_rich = is_rich_question(question, language, explanation)
    return {
        "is_rich": is_rich,
        "bar": progress_bar(feedback.answered, feedback.total),
        "number": question.number,
        "total": feedback.total,
        "clock": left_until(feedback.deadline_at, utc_now(), current_user(data).timezone)
        if feedback.deadline_at is not None and not feedback.is_last
        else None,
        "question": asked(question.text.read_in(language), is_rich=is_rich),
        "judged": judged(
            question,
            feedback.response,
            feedback.solution,
            language,
            is_correct=feedback.is_correct,
            is_rich=is_rich,
        ),
        "verdict": Safe(
            verdict(
                question,
                feedback.response,
                feedback.solution,
                is_correct=feedback.is_correct,
                points=feedback.points,
                is_revealed=feedback.is_revealed,
            )
        ),
        "explanation": marked(explanation, is_rich=is_rich) if explanation else None,
        "is_last": feedback.is_last,
        "has_next": not feedback.is_last,
    }


def is_rich_question(question: QuestionView, language: Language, *more: str) -> bool:
    """Formulas anywhere make the whole screen a rich message."""
    texts = [question.text.read_in(language), *texts_of(question, language), *rights_of(question, language), *more]
    return has_formula(texts)


def explained(explanation: Text | None, language: Language) -> str:
    return explanation.read_in(language) if explanation else ""


def _picture(question: QuestionView) -> MediaAttachment | None:
    if question.picture is None:
        return None
    return MediaAttachment(ContentType.PHOTO, file_id=MediaId(question.picture.file_id))
