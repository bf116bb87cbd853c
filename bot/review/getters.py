"""What the screens of a set show. The key of a question is in nothing before its grade is stored."""

from typing import Any

from aiogram_dialog import DialogManager

from bot.i18n import Safe, _, current_language
from bot.question_text import LETTERS, marked, progress_bar
from bot.review.place import card_shown, note_card, picked
from bot.review.wording import (
    days_words,
    due_words,
    grade_words,
    judged_words,
    minutes_words,
    note_front,
    option_words,
    question_words,
    solution_words,
)
from bot.services import current_user, services
from domain.clock import utc_now
from domain.quizzes.keys import QuestionKind
from domain.review.calendar import day_of
from domain.review.model import CardView, Graded, SetState

SHORT = 32
"""Characters of an option that is its own button."""


async def card_page(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    """One statement for a card; three when the set is over."""
    user = current_user(data)
    state = await services(data).review.state(user.id)
    if state.card is None:
        note_card(dialog_manager, None)
        return await _over(state, data)
    note_card(dialog_manager, state.card)
    return {"is_open": True, **_progress(state), **_front(state.card, picked(dialog_manager))}


def _progress(state: SetState) -> dict[str, Any]:
    return {"bar": progress_bar(state.done, state.total), "number": state.done + 1, "total": state.total}


def _front(card: CardView, chosen: set[int]) -> dict[str, Any]:
    question = card.question
    if question is None:
        return {"text": note_front(card.note) if card.note else "", "is_covered": True, "is_note": True}
    words = option_words(question)
    is_choice = question.kind in (QuestionKind.SINGLE, QuestionKind.TRUE_FALSE, QuestionKind.MULTIPLE)
    is_short = all(len(text) <= SHORT for text in words)
    sign = {True: "☑️ ", False: ""}
    return {
        "text": question_words(question),
        "is_covered": card.is_self_graded,
        "is_question": not card.is_self_graded,
        "is_typed": question.kind in (QuestionKind.SHORT, QuestionKind.NUMBER),
        "is_several": question.kind is QuestionKind.MULTIPLE,
        "has_picked": bool(chosen),
        "as_lines": is_choice and is_short,
        "as_letters": is_choice and not is_short,
        "choices": [
            {
                "id": f"{card.id}-{card.version}-{place}",
                "letter": f"{sign[place in chosen]}{LETTERS[place]}",
                "label": f"{sign[place in chosen]}{LETTERS[place]}) {text}",
            }
            for place, text in enumerate(words)
        ]
        if is_choice
        else [],
    }


async def _over(state: SetState, data: dict[str, Any]) -> dict[str, Any]:
    user = current_user(data)
    today = day_of(utc_now(), user.timezone)
    following = state.next_due_on
    shown: dict[str, Any] = {
        "is_over": True,
        "is_empty": not state.has_cards,
        "is_quiet": state.is_quiet and state.has_cards,
        "is_idle": state.has_cards and not state.is_quiet and not state.done,
        "waiting": state.waiting if not state.is_quiet else 0,
        "next": due_words(following, (following - today).days) if following else "",
    }
    if state.done:
        summary = await services(data).review.summary(user.id)
        shown |= {
            "is_done": True,
            "done": summary.done,
            "remembered": summary.remembered,
            "has_forgotten": 2 * summary.remembered < summary.done,
            "minutes": minutes_words(summary.seconds) if summary.seconds else "",
            "next_count": summary.next_count,
            "has_next": summary.next_due_on is not None and summary.next_count > 0,
        }
    return shown


async def uncovered_page(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    card_id, version = card_shown(dialog_manager)
    found = await services(data).review.uncover(current_user(data).id, card_id, version)
    language = current_language()
    card, question = found.card, found.card.question
    if question is not None:
        answer = solution_words(question, found.solution)
        if not answer and found.guide is not None:
            answer = marked(found.guide.read_in(language), is_rich=True)
        front = question_words(question)
    else:
        answer = Safe(card.note.markdown) if card.note else Safe("")
        front = note_front(card.note) if card.note else Safe("")
    return {
        "text": front,
        "answer": answer,
        "explanation": marked(found.explanation.read_in(language), is_rich=True) if found.explanation else "",
        "is_spoken": card.note is not None and card.note.is_spoken,
        "grades": [
            {
                "id": f"{card.id}-{card.version}-{int(each.grade)}",
                "label": f"{grade_words(each.grade)} · {days_words(each.days)}",
            }
            for each in found.outlooks
        ],
    }


def graded_words(graded: Graded) -> dict[str, Any]:
    """What the screen after a grade shows; kept by the dialog, because the card is another one by then."""
    language = current_language()
    question, note = graded.card.question, graded.card.note
    if question is not None and graded.is_correct is not None:
        text = judged_words(question, graded.response, graded.solution)
        answer = solution_words(question, graded.solution)
    elif question is not None:
        text, answer = question_words(question), solution_words(question, graded.solution)
    else:
        text, answer = (note_front(note) if note else Safe("")), Safe("")
    return {
        "text": text,
        "answer": answer,
        "explanation": marked(graded.explanation.read_in(language), is_rich=True) if graded.explanation else "",
        "is_right": graded.is_correct is True,
        "is_wrong": graded.is_correct is False,
        "is_own": graded.is_correct is None,
        "grade": grade_words(graded.grade),
        "due": due_words(graded.due_on, graded.days),
        "card_id": graded.card_id,
        "number": graded.number,
        "is_removed": False,
    }


async def graded_page(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    shown: dict[str, Any] = dialog_manager.dialog_data["graded"]
    safe = {name: Safe(shown[name]) for name in ("text", "answer", "explanation")}
    return {**shown, **safe, "is_kept": not shown["is_removed"]}


async def report_page(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    report = await services(data).review_plans.report(current_user(data).id)
    lines = [
        _("{predicted}% expected → {measured}% remembered ({n})").format(
            predicted=round(100 * each.predicted), measured=round(100 * each.recalled / each.count), n=each.count
        )
        for each in report.bins
        if each.count
    ]
    return {
        "card_count": report.card_count,
        "is_empty": not report.card_count,
        "has_cards": report.card_count > 0,
        "due_today": report.due_today,
        "due_week": report.due_week,
        "measured": report.measured_percent,
        "predicted": report.predicted_percent,
        "has_measure": report.graded >= FEW_REVIEWS,
        "has_few": report.card_count > 0 and report.graded < FEW_REVIEWS,
        "missing": max(FEW_REVIEWS - report.graded, 0),
        "bins": Safe("\n".join(lines)),
        "has_bins": report.graded >= FEW_REVIEWS,
        "graded": report.graded,
        "wanted": report.plan.retention,
        "is_tuned": report.is_tuned,
        "has_forecast": any(report.forecast),
    }


FEW_REVIEWS = 20
"""Fewer say nothing: a percentage of three answers would be luck, and may hurt."""
