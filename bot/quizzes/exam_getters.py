"""What the screens of exams show. The services decide who may see what."""

from typing import Any

from aiogram_dialog import DialogManager

from bot.i18n import Safe, current_language, day_and_time, shorten
from bot.quizzes.exam_words import alike_line, clock, exact, odds, result_line, skew_lines, span, stage_line
from bot.services import current_user, services
from domain.clock import utc_now
from domain.courses.model import LessonId
from domain.quizzes.exams.errors import ExamGone
from domain.quizzes.exams.model import MORE_MINUTES, ExamLine, ExamStage, Suspicion

MOST_QUESTIONS = 8
"""Of a pair, on the screen; the rarest agreements first."""
SIGNS = {ExamStage.CLOSED: "🏁", ExamStage.CANCELLED: "✖️", ExamStage.BEGUN: "✍️", ExamStage.SETTLED: "✍️"}


def lesson_of(manager: DialogManager) -> LessonId:
    return LessonId(manager.start_data["lesson_id"]) if isinstance(manager.start_data, dict) else LessonId(0)


def page_of(manager: DialogManager) -> int:
    return manager.dialog_data.get("page", 0)


async def own_exams(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    user = current_user(data)
    lines = await services(data).exam_rooms.mine(user.id)
    return {
        "exams": [
            (f"{'t' if line.is_teacher else 's'}{line.lesson_id}", _label(line, user.timezone)) for line in lines
        ],
        "is_empty": not lines,
        "has_exams": bool(lines),
    }


async def waiting_room(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    user, now = current_user(data), utc_now()
    room = await services(data).exam_rooms.room(user.id, lesson_of(dialog_manager))
    is_waiting = not room.is_open and not room.is_over
    return {
        "title": room.lesson_title.read_in(current_language()),
        "opens": day_and_time(room.opens_at, user.timezone),
        "closes": clock(room.closes_at, user.timezone),
        "time": span(room.full_time()),
        "count": room.question_count,
        "left": span((room.opens_at if is_waiting else room.closes_at) - now),
        "is_ahead": not room.is_over,
        "is_waiting": is_waiting,
        "is_ready": is_waiting and room.is_ready,
        "can_be_ready": is_waiting and not room.is_ready,
        "is_open": room.is_open,
        "is_late": room.is_open and not room.has_begun,
        "is_over": room.is_over,
        "has_result": room.is_over and room.has_begun,
        "was_missed": room.is_over and not room.has_begun,
    }


async def exam_board(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    user, now = current_user(data), utc_now()
    board = await services(data).exam_desk.board(user.id, lesson_of(dialog_manager))
    exam = board.exam
    # What "more minutes" starts from: the end that the teacher sees, so that a second tap adds nothing.
    dialog_manager.dialog_data["course_id"] = exam.course_id
    dialog_manager.dialog_data["closes_at"] = exam.closes_at.isoformat()
    is_running = exam.opens_at <= now < exam.closes_at and exam.stage not in (ExamStage.CLOSED, ExamStage.CANCELLED)
    is_closed = exam.stage is ExamStage.CLOSED
    return {
        "title": exam.lesson_title.read_in(current_language()),
        "opens": day_and_time(exam.opens_at, user.timezone),
        "closes": clock(exam.closes_at, user.timezone),
        "stage": stage_line(exam, now),
        "candidates": board.candidates,
        "ready": board.ready,
        "writing": board.writing,
        "finished": board.finished,
        "answers": board.answers,
        "skew": skew_lines(exam, user.timezone),
        "moment": exact(now, user.timezone),
        "minutes": [(str(number), f"+{number}") for number in MORE_MINUTES],
        "is_running": is_running,
        "is_closed": is_closed,
        "pair_count": board.lookalikes,
        "has_pairs": is_closed and board.lookalikes > 0,
        "has_begun": now >= exam.opens_at,
        "is_planned": now < exam.opens_at or exam.stage is ExamStage.CANCELLED,
        "is_telling": exam.stage is ExamStage.BEGUN and exam.untold > 0,
        "untold": exam.untold,
    }


async def exam_results(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    user = current_user(data)
    table = await services(data).exam_desk.results(user.id, lesson_of(dialog_manager), page_of(dialog_manager))
    dialog_manager.dialog_data["page"] = table.page
    return {
        "title": table.exam.lesson_title.read_in(current_language()),
        "lines": Safe("\n".join(result_line(result) for result in table.results)),
        "count": table.total,
        "is_empty": not table.results,
        "has_lines": bool(table.results),
        "has_abilities": any(result.ability for result in table.results),
        "page": table.page + 1,
        "page_count": table.page_count,
        "is_paged": table.page_count > 1,
        "has_previous": table.page > 0,
        "has_more": table.page + 1 < table.page_count,
    }


async def pairs(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    exam, found = await services(data).exam_desk.lookalikes(current_user(data).id, lesson_of(dialog_manager))
    return {
        "title": exam.lesson_title.read_in(current_language()),
        "pairs": [(f"{pair.first_id}-{pair.second_id}", _pair_label(pair)) for pair in found],
        "is_empty": not found,
        "has_pairs": bool(found),
    }


async def pair(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    first, second = dialog_manager.dialog_data.get("pair", (0, 0))
    evidence = await services(data).exam_desk.evidence(current_user(data).id, lesson_of(dialog_manager), first, second)
    found = evidence.suspicion
    if not evidence.questions:
        raise ExamGone
    shown = evidence.questions[:MOST_QUESTIONS]
    return {
        "first": found.first_name,
        "second": found.second_name,
        "both": found.both_wrong,
        "same": len(found.question_ids),
        "expected": f"{found.expected:.1f}",
        "odds": odds(found.chance),
        "questions": Safe("\n".join(alike_line(question) for question in shown)),
        "more": len(evidence.questions) - len(shown),
        "has_more": len(evidence.questions) > len(shown),
    }


def _label(line: ExamLine, timezone: str) -> str:
    sign = SIGNS.get(line.stage, "🗓")
    title = shorten(line.lesson_title.read_in(current_language()), 30)
    return f"{sign} {title} · {day_and_time(line.opens_at, timezone)}"


def _pair_label(pair: Suspicion) -> str:
    return (
        f"{shorten(pair.first_name, 20)} · {shorten(pair.second_name, 20)} ({len(pair.question_ids)}/{pair.both_wrong})"
    )
