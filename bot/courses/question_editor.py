"""A question of any kind, written in one message and looked at before it is kept."""

from dataclasses import replace
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button, Select

from bot.courses.at_hand import shown_course
from bot.courses.question_states import QuestionEditor, show_bank
from bot.courses.question_words import EXAMPLES, KINDS, answers, explanation, labels, question_line
from bot.courses.states import LessonDesk, show_lesson_desk
from bot.dialogs import given
from bot.i18n import _
from bot.services import current_user, services
from domain.courses.model import LessonId
from domain.errors import InvalidInput
from domain.language import Language, Text
from domain.quizzes.draft import DIFFICULTIES, Picture, QuestionDraft
from domain.quizzes.encoding import draft_of_data, draft_to_data
from domain.quizzes.errors import QuestionGone
from domain.quizzes.keys import QuestionKind
from domain.quizzes.model import QuestionId
from domain.quizzes.settings import BankId
from domain.quizzes.typed import draft_of_typed

_PIECES = ("explanation", "topic", "points", "source")


async def kinds(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    return {"kinds": [(kind.value, _(name)) for kind, name in KINDS.items()]}


async def choose_kind(query: CallbackQuery, select: Select[str], manager: DialogManager, kind: str) -> None:
    if kind in set(QuestionKind):
        manager.dialog_data["kind"] = kind
        await manager.switch_to(QuestionEditor.write)


async def example(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    kind = QuestionKind(dialog_manager.dialog_data.get("kind", QuestionKind.SINGLE))
    return {"kind": _(KINDS[kind]), "example": _(EXAMPLES[kind]), "has_draft": "draft" in dialog_manager.dialog_data}


async def write(message: Message, manager: DialogManager) -> bool:
    """The whole question in one message; a photo with it as caption is its picture. What was set aside stays set."""
    typed = message.text or message.caption
    if not typed:
        return False
    draft = draft_of_typed(await _language(manager), typed).checked()
    kept = manager.dialog_data.get("draft")
    if kept is not None:
        old = draft_of_data(kept)
        draft = replace(
            draft,
            topic=draft.topic or old.topic,
            difficulty=draft.difficulty or old.difficulty,
            points=draft.points if draft.points != 1 else old.points,
            source=draft.source or old.source,
            picture=old.picture,
        )
    _keep(manager, replace(draft, picture=_picture(message) or draft.picture))
    await manager.switch_to(QuestionEditor.preview)
    return True


async def write_again(message: Message, manager: DialogManager) -> bool:
    """On the preview: a photo becomes the picture, a text the question anew."""
    picture = _picture(message)
    if picture is not None and not message.caption:
        _keep(manager, replace(await _draft(manager), picture=picture))
        manager.show_mode = ShowMode.DELETE_AND_SEND
        return True
    await _draft(manager)
    return await write(message, manager)


async def preview(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    draft = await _draft(dialog_manager)
    return {
        "question": draft.text.read_in(next(iter(draft.text.variants))),
        "answers": answers(draft),
        "labels": labels(draft),
        "explanation": explanation(draft),
        "is_new": given(dialog_manager, "question_id") is None,
        "is_old": given(dialog_manager, "question_id") is not None,
        "has_picture": draft.picture is not None,
    }


async def piece(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    name = dialog_manager.dialog_data.get("piece", "topic")
    return {
        "asks_explanation": name == "explanation",
        "asks_topic": name == "topic",
        "asks_points": name == "points",
        "asks_source": name == "source",
        "can_clear": name != "points",
    }


async def choose_piece(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    if button.widget_id in _PIECES:
        manager.dialog_data["piece"] = button.widget_id
        await manager.switch_to(QuestionEditor.piece)


async def type_piece(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    draft, name = await _draft(manager), manager.dialog_data["piece"]
    language = next(iter(draft.text.variants))
    match name:
        case "explanation":
            changed = replace(draft, explanation=Text({language: message.text}))
        case "points":
            digits = message.text.strip()
            if not (digits.isascii() and digits.isdecimal() and len(digits) < 4):
                raise InvalidInput("points", "format")
            changed = replace(draft, points=int(digits))
        case "source":
            changed = replace(draft, source=message.text)
        case _:
            changed = replace(draft, topic=message.text)
    _keep(manager, changed.checked())
    await manager.switch_to(QuestionEditor.preview)
    return True


async def clear_piece(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    draft, name = await _draft(manager), manager.dialog_data["piece"]
    match name:
        case "explanation":
            draft = replace(draft, explanation=None)
        case "source":
            draft = replace(draft, source=None)
        case _:
            draft = replace(draft, topic=None)
    _keep(manager, draft)
    await manager.switch_to(QuestionEditor.preview)


async def no_picture(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    _keep(manager, replace(await _draft(manager), picture=None))


async def difficulties(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    return {"levels": [(level, str(level)) for level in DIFFICULTIES]}


async def choose_difficulty(query: CallbackQuery, select: Select[int], manager: DialogManager, level: int) -> None:
    if level in DIFFICULTIES:
        _keep(manager, replace(await _draft(manager), difficulty=level))
    await manager.switch_to(QuestionEditor.preview)


async def save(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """A second tap finds the question there already, or changed already, and changes nothing."""
    draft = await _draft(manager)
    actor_id = current_user(manager).id
    lesson_id, bank_id, question_id = (given(manager, name) for name in ("lesson_id", "bank_id", "question_id"))
    if bank_id is not None and question_id is None:
        await services(manager).banks.add_question(actor_id, BankId(bank_id), draft)
    elif bank_id is not None:
        await services(manager).banks.change_question(actor_id, QuestionId(question_id), draft)
    elif question_id is None:
        kept = await services(manager).questions.questions(actor_id, LessonId(lesson_id))
        if not kept or kept[-1].draft != draft:
            await services(manager).questions.add_question(actor_id, LessonId(lesson_id), draft)
    else:
        await services(manager).questions.change_question(actor_id, QuestionId(question_id), draft)
    await query.answer(_("✅ Saved: {question}").format(question=question_line(draft)))
    await leave(query, button, manager)


async def leave(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    bank_id, lesson_id = given(manager, "bank_id"), given(manager, "lesson_id")
    if bank_id is not None:
        await show_bank(manager, shown_course(manager), BankId(bank_id))
    else:
        await show_lesson_desk(manager, shown_course(manager), LessonId(lesson_id), LessonDesk.questions)


async def _draft(manager: DialogManager) -> QuestionDraft:
    """What was written; before anything was, the question that is changed."""
    kept = manager.dialog_data.get("draft")
    if kept is not None:
        return draft_of_data(kept)
    actor_id, question_id = current_user(manager).id, QuestionId(given(manager, "question_id") or 0)
    lesson_id = given(manager, "lesson_id")
    if given(manager, "bank_id") is not None:
        question = await services(manager).banks.question(actor_id, question_id)
    else:
        questions = await services(manager).questions.questions(actor_id, LessonId(lesson_id))
        question = next((question for question in questions if question.id == question_id), None)
    if question is None:
        raise QuestionGone(question_id)
    _keep(manager, question.draft)
    return question.draft


def _keep(manager: DialogManager, draft: QuestionDraft) -> None:
    manager.dialog_data["draft"] = draft_to_data(draft)


def _picture(message: Message) -> Picture | None:
    return Picture(file_id=message.photo[-1].file_id) if message.photo else None


async def _language(manager: DialogManager) -> Language:
    outline = await services(manager).authoring.outline(current_user(manager).id, shown_course(manager))
    return outline.course.language
