"""A student practises with questions that a model made; the mark “generated” is on every screen."""

import re
from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button
from aiogram_dialog.widgets.text import Format

from bot.dialogs import Dialog, Window, answers_to_choose, given
from bot.i18n import N_, Label, Safe, T, _, current_language
from bot.learning.states import return_to_lesson
from bot.links import number_in
from bot.question_text import LETTERS, asked, has_formula, judged_choice, marked, option_list, progress_bar
from bot.quizzes.states import Practising, show_practice, start_practice
from bot.quizzes.window import QuestionWindow
from bot.services import current_user, services
from domain.courses.model import LessonId
from domain.quizzes.generation_errors import PracticeGone
from domain.quizzes.keys import one
from domain.quizzes.practice_model import PracticeId, PracticeState

_CHOICE = re.compile(r"(?P<number>[0-9]{1,2})-(?P<option>[0-9]{1,2})", re.ASCII)


def practice_shown(manager: DialogManager) -> PracticeId:
    return PracticeId(given(manager, "practice_id"))


async def waiting_page(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    view = await services(data).practice.current(current_user(data).id, practice_shown(dialog_manager))
    return {
        "is_making": view.state is PracticeState.MAKING,
        "is_ready": view.question is not None,
        "is_failed": view.state is PracticeState.FAILED,
        "is_over": view.total > 0 and view.question is None,
    }


async def question_page(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    view = await services(data).practice.current(current_user(data).id, practice_shown(dialog_manager))
    question = view.question
    if question is None:
        return {"is_open": False, "is_over": True, "bar": progress_bar(1, 1), "number": view.total, "total": view.total}
    language = current_language()
    text = question.text.read_in(language)
    options = [option.read_in(language) for option in question.options]
    is_rich = has_formula([text, *options])
    return {
        "is_open": True,
        "as_letters": True,
        "is_over": False,
        "is_rich": is_rich,
        "bar": progress_bar(view.answered, view.total),
        "number": question.number,
        "total": view.total,
        "question": asked(text, is_rich=is_rich),
        "options": option_list(options, is_rich=is_rich),
        "choices": [{"id": f"{question.number}-{index}", "letter": LETTERS[index]} for index in range(len(options))],
    }


async def feedback_page(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    feedback = await services(data).practice.feedback(
        current_user(data).id, practice_shown(dialog_manager), dialog_manager.dialog_data["answered"]
    )
    language = current_language()
    text = feedback.question.text.read_in(language)
    options = [option.read_in(language) for option in feedback.question.options]
    explanation = feedback.explanation.read_in(language) if feedback.explanation else ""
    is_rich = has_formula([text, *options, explanation])
    return {
        "is_rich": is_rich,
        "bar": progress_bar(feedback.view.answered, feedback.view.total),
        "number": feedback.question.number,
        "total": feedback.view.total,
        "question": asked(text, is_rich=is_rich),
        "options": judged_choice(
            options,
            one(feedback.chosen) if feedback.chosen is not None else None,
            one(feedback.correct),
            is_rich=is_rich,
        ),
        "is_correct": feedback.is_correct,
        "is_wrong": not feedback.is_correct,
        "right_letter": LETTERS[feedback.correct],
        "explanation": marked(explanation, is_rich=is_rich) if explanation else None,
    }


async def result_page(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    view = await services(data).practice.current(current_user(data).id, practice_shown(dialog_manager))
    return {
        "title": view.lesson_title.read_in(current_language()),
        "correct": view.correct,
        "total": view.total,
        "bar": progress_bar(view.correct, max(view.total, 1)),
    }


async def choose_option(query: CallbackQuery, widget: Any, manager: DialogManager, item: str) -> None:
    """`item` is `<number>-<option>`; which set it is about, the dialog knows, not the button."""
    choice = _CHOICE.fullmatch(item)
    try:
        if choice is None:
            raise PracticeGone
        feedback = await services(manager).practice.answer(
            current_user(manager).id, practice_shown(manager), int(choice["number"]), int(choice["option"])
        )
    except PracticeGone:
        # Where the lesson is closed now, this raises again, and says so.
        await services(manager).practice.current(current_user(manager).id, practice_shown(manager))
        await query.answer(_("That button is out of date. Here is the question that waits for you."), show_alert=True)
        await go_on(query, widget, manager)
        return
    manager.dialog_data["answered"] = feedback.question.number
    await manager.switch_to(Practising.feedback)


async def go_on(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    view = await services(manager).practice.current(current_user(manager).id, practice_shown(manager))
    if view.question is not None:
        await manager.switch_to(Practising.question)
    elif view.total:
        await manager.switch_to(Practising.result)
    else:
        await manager.switch_to(Practising.waiting)


async def another(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    await start_practice(manager, LessonId(given(manager, "lesson_id")))


async def to_lesson(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    await return_to_lesson(manager, LessonId(given(manager, "lesson_id")))


async def open_practice(manager: DialogManager, rest: str) -> bool:
    """The link `pr_<set>`; only its student finds something there."""
    number = number_in(rest)
    if number is None:
        return False
    await show_practice(manager, await services(manager).practice.current(current_user(manager).id, PracticeId(number)))
    return True


_TO_LESSON = Button(Label("⬅️ Back to the lesson"), id="lesson", on_click=to_lesson)
_PREVIEW = {
    "is_open": True,
    "as_letters": True,
    "bar": "▰▰▱▱▱",
    "number": 3,
    "total": 5,
    "question": Safe("<b>320 ning 15 foizi nechaga teng?</b>"),
    "options": Safe("A) 32\nB) 48"),
    "choices": [{"id": "3-0", "letter": "A"}, {"id": "3-1", "letter": "B"}],
    "is_wrong": True,
    "right_letter": "B",
    "explanation": Safe("10% – 32, 5% – 16."),
}

practising_dialog = Dialog(
    Window(
        T(
            "⏳ I am making your practice. It takes about a minute; you get a message when it is ready.",
            when="is_making",
        ),
        T("🎯 Your practice is ready.", when="is_ready"),
        T("The practice could not be made this time. It was not counted.", when="is_failed"),
        T("You have answered all questions.", when="is_over"),
        Button(Label("🔄 Is it ready?"), id="look", on_click=go_on, when="is_making"),
        Button(Label("▶️ Practise"), id="begin", on_click=go_on, when="is_ready"),
        Button(Label("🔁 Try again"), id="again", on_click=another, when="is_failed"),
        _TO_LESSON,
        state=Practising.waiting,
        getter=waiting_page,
        preview_data={"is_making": True},
    ),
    QuestionWindow(
        T("🎯 Practice, generated by a model · not in your results"),
        Format("{bar} {number} / {total}\n"),
        Format("{question}\n", when="is_open"),
        Format("{options}", when="is_open"),
        T("You have answered all questions.", when="is_over"),
        answers_to_choose(choose_option),
        Button(Label("📊 See the result"), id="result", on_click=go_on, when="is_over"),
        _TO_LESSON,
        state=Practising.question,
        getter=question_page,
        hint=N_("Please tap one of the letters below 👇"),
        preview_data=_PREVIEW,
    ),
    QuestionWindow(
        T("🎯 Practice, generated by a model · not in your results"),
        Format("{bar} {number} / {total}\n"),
        Format("{question}\n"),
        Format("{options}\n"),
        T("✅ Right!\n", when="is_correct"),
        T("❌ Not quite. The right answer is {right_letter}.\n", when="is_wrong"),
        Format("💡 {explanation}", when="explanation"),
        Button(Label("Next ➡️"), id="next", on_click=go_on),
        state=Practising.feedback,
        getter=feedback_page,
        hint=N_("This question is answered. Tap the button below to go on 👇"),
        preview_data=_PREVIEW,
    ),
    Window(
        T("🎯 <b>{title}</b>"),
        Format("{bar}"),
        T("{correct} of {total} right", "{correct} of {total} right", count="correct"),
        T("\nThis was practice: it is in no list of results. If a question looked wrong, ask your teacher."),
        Button(Label("🎯 Another set"), id="another", on_click=another),
        _TO_LESSON,
        state=Practising.result,
        getter=result_page,
        preview_data={"title": "Foiz nima?", "correct": 4, "total": 5, "bar": "▰▰▰▰▱"},
    ),
)
