"""Questions from what teachers send: quiz polls and typed blocks."""

from aiogram.types import CallbackQuery, Message, Poll
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button, Select

from bot.courses.at_hand import shown_lesson
from bot.courses.question_import_sending import collect_poll, holds_a_test, take_test
from bot.courses.states import LessonDesk
from bot.i18n import _, current_language, shorten
from bot.quizzes.states import start_generating
from bot.services import current_user, services
from domain.errors import InvalidInput, NotAllowed
from domain.language import Language
from domain.quizzes.draft import QuestionDraft, draft_of_poll
from domain.quizzes.importing.imports import Target
from domain.quizzes.model import Question, QuestionId
from domain.quizzes.typed import draft_of_typed


async def send_question(message: Message, manager: DialogManager) -> bool:
    """On the screen for questions: a quiz poll, a block of lines, or a whole test as a file, a photo or a text."""
    target = Target(lesson_id=shown_lesson(manager))
    if message.poll is not None and message.forward_origin is not None:
        await collect_poll(message, message.poll, manager, target)
        return True
    if message.poll is not None:
        await take_poll(message, message.poll, manager)
        return True
    if message.text is None or await holds_a_test(manager, target, message.text):
        return await take_test(message, manager, target)
    await _add(manager, draft_of_typed(await _language(manager), message.text))
    return True


async def take_poll(message: Message, poll: Poll, manager: DialogManager) -> None:
    """A poll that does not show its right answer (an ordinary or a forwarded one) asks for it by buttons."""
    options = [option.text for option in poll.options]
    language = await _language(manager)
    try:
        draft = draft_of_poll(language, poll.question, options, poll.correct_option_ids, poll.explanation)
    except InvalidInput as error:
        if error.field != "correct":
            raise
        # The rest has to be right before it is worth a tap.
        _answered(language, poll.question, options, 0, poll.explanation).checked()
        manager.dialog_data["poll"] = {
            "question": poll.question,
            "options": options,
            "explanation": poll.explanation,
        }
        manager.dialog_data["came_from"] = "desk" if manager.current_context().state == LessonDesk.desk else "question"
        await manager.switch_to(LessonDesk.right_answer)
        return
    await _add(manager, draft)


async def choose_right_answer(query: CallbackQuery, select: Select[int], manager: DialogManager, option: int) -> None:
    poll = manager.dialog_data["poll"]
    language = await _language(manager)
    await _add(manager, _answered(language, poll["question"], poll["options"], option, poll["explanation"]))
    await leave_poll(query, None, manager)


async def leave_poll(query: CallbackQuery, button: Button | None, manager: DialogManager) -> None:
    """Back to where the poll was sent."""
    manager.dialog_data.pop("poll", None)
    came_from = manager.dialog_data.pop("came_from", "question")
    await manager.switch_to(LessonDesk.desk if came_from == "desk" else LessonDesk.question)


async def choose_question(query: CallbackQuery, select: Select[int], manager: DialogManager, question_id: int) -> None:
    manager.dialog_data["question_id"] = question_id
    await manager.switch_to(LessonDesk.question_card)


async def delete_question(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    question_id = QuestionId(manager.dialog_data["question_id"])
    try:
        await services(manager).questions.delete_question(current_user(manager).id, question_id)
    except NotAllowed:
        # What is deleted already looks like what is somebody else's; the list below tells which.
        await query.answer(_("It is no longer there."))
    manager.dialog_data.pop("added", None)
    await manager.switch_to(LessonDesk.questions)


async def _add(manager: DialogManager, draft: QuestionDraft) -> None:
    actor_id, lesson_id = current_user(manager).id, shown_lesson(manager)
    kept = await services(manager).questions.questions(actor_id, lesson_id)
    question = kept[-1] if kept and _is_same(kept[-1], draft.checked()) else None
    if question is None:
        question = await services(manager).questions.add_question(actor_id, lesson_id, draft)
    line = f"❓ {shorten(question.text.read_in(current_language()), 48)}"
    manager.dialog_data["added"] = {"question_id": question.id, "line": line}
    manager.show_mode = ShowMode.DELETE_AND_SEND


async def _language(manager: DialogManager) -> Language:
    work = await services(manager).authoring.lesson_work(current_user(manager).id, shown_lesson(manager))
    return work.course.language


def _answered(
    language: Language, question: str, options: list[str], correct: int, explanation: str | None
) -> QuestionDraft:
    return draft_of_poll(language, question, options, [correct], explanation)


def _is_same(question: Question, draft: QuestionDraft) -> bool:
    """A message that is worked on twice adds one question."""
    return (question.text, question.options, question.key) == (draft.text, draft.options, draft.key)


async def generate_questions(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await start_generating(manager, shown_lesson(manager))
