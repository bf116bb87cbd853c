"""What a teacher does with a test that is to become questions."""

from aiogram.fsm.state import State
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button, Select

from bot.courses.at_hand import shown_lesson
from bot.courses.lesson_actions import send_material
from bot.courses.question_import_sending import take_more, take_test
from bot.courses.question_import_words import found_words
from bot.courses.question_states import show_bank
from bot.courses.states import (
    LessonDesk,
    QuestionImportDesk,
    ask_for_questions,
    show_course_desk,
    show_lesson_desk,
    show_question_import,
)
from bot.courses.words import part_line
from bot.dialogs import given
from bot.i18n import _, current_language
from bot.links import number_in
from bot.services import current_user, services
from domain.courses.model import CourseId, LessonId
from domain.errors import InvalidInput
from domain.quizzes.importing.import_errors import NothingToAdd, QuestionImportGone
from domain.quizzes.importing.imports import (
    DRAWS,
    QuestionImportId,
    Target,
)
from domain.quizzes.settings import BankId


def shown_question_import(manager: DialogManager) -> QuestionImportId:
    return QuestionImportId(given(manager, "import_id"))


def target_of(manager: DialogManager) -> Target:
    """Where what is sent goes, as the open screen was started. Whether its reader may, the service asks."""
    lesson_id, bank_id = given(manager, "lesson_id"), given(manager, "bank_id")
    return Target(
        lesson_id=None if lesson_id is None else LessonId(lesson_id),
        bank_id=None if bank_id is None else BankId(bank_id),
    )


async def send_test(message: Message, manager: DialogManager) -> bool:
    """Where a test is asked for."""
    return await take_test(message, manager, target_of(manager))


async def send_while_reading(message: Message, manager: DialogManager) -> bool:
    """The next message, while a file is read. After one that came as material it is material, too."""
    preview = await services(manager).question_imports.preview(current_user(manager).id, shown_question_import(manager))
    lesson_id = preview.imported.target.lesson_id
    if not preview.imported.asks or lesson_id is None or message.poll is not None:
        return await send_test(message, manager)
    is_taken = await send_material(message, manager)
    added = manager.dialog_data.get("added")
    if is_taken and added is not None:
        await show_lesson_desk(
            manager, preview.destination.course_id, lesson_id, show_mode=ShowMode.DELETE_AND_SEND, added=added
        )
    return is_taken


async def send_more(message: Message, manager: DialogManager) -> bool:
    """A long text comes in several messages: what looks like one that goes on joins the one that is asked about."""
    return message.text is not None and await take_more(message, manager, target_of(manager))


async def begin_question_import(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """From a lesson: wait for a test."""
    lesson_id = shown_lesson(manager)
    await services(manager).question_imports.admit(current_user(manager).id, Target(lesson_id=lesson_id))
    await ask_for_questions(manager, lesson_id=lesson_id)


async def make_a_quiz(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await manager.switch_to(QuestionImportDesk.preview)


async def keep_as_part(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _keep_as_part(manager, shown_question_import(manager))


async def _keep_as_part(manager: DialogManager, import_id: QuestionImportId) -> None:
    actor_id = current_user(manager).id
    preview = await services(manager).question_imports.preview(actor_id, import_id)
    part = await services(manager).question_imports.keep_as_file(actor_id, import_id)
    added = {"part_id": part.id, "line": part_line(part, current_language())} if part is not None else None
    lesson_id = preview.imported.target.lesson_id
    if lesson_id is None:
        raise QuestionImportGone(import_id)
    await show_lesson_desk(manager, preview.destination.course_id, lesson_id, added=added)


async def turn_page(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """`before`, `after` of the questions; with `_m` of what is left out. The getter keeps it within the list."""
    name = "mistakes_page" if str(button.widget_id).endswith("_m") else "page"
    step = 1 if str(button.widget_id).startswith("after") else -1
    manager.dialog_data[name] = max(int(manager.dialog_data.get(name, 0)) + step, 0)


async def choose_key(query: CallbackQuery, select: Select[str], manager: DialogManager, choice: str) -> None:
    """`<place>-<option>`; no option leaves the question out. An old screen asks for what is answered: nothing."""
    place, _dash, option = choice.partition("-")
    index = number_in(option)
    if option and index is None:
        return
    actor_id, import_id = current_user(manager).id, shown_question_import(manager)
    imports = services(manager).question_imports
    await imports.name_right_answer(actor_id, import_id, place, index)
    preview = await imports.preview(actor_id, import_id)
    if not preview.open_questions:
        await manager.switch_to(QuestionImportDesk.preview)


async def add_questions(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Once, however often it is tapped; the questions of the lesson open, with a way back."""
    await _add(query, manager)


async def add_to_bank(query: CallbackQuery, select: Select[int], manager: DialogManager, draw: int) -> None:
    """All of them into a bank, of which an attempt draws so many."""
    if draw in DRAWS:
        await _add(query, manager, draw)


async def _add(query: CallbackQuery, manager: DialogManager, draw: int | None = None) -> None:
    actor_id, import_id = current_user(manager).id, shown_question_import(manager)
    imports = services(manager).question_imports
    try:
        imported = await imports.save(actor_id, import_id, draw)
    except NothingToAdd:
        await query.answer(_("There is nothing to add any more. Look at what is there already."), show_alert=True)
        return
    except InvalidInput:
        await query.answer(
            _("This quiz draws 100 questions from banks already, and an attempt has no more."), show_alert=True
        )
        return
    await query.answer(_("✅ Added: {what}").format(what=found_words(imported.added_count)))
    lesson_id = imported.target.lesson_id
    if lesson_id is None or imported.made_bank_id is not None:
        await manager.switch_to(QuestionImportDesk.done)
        return
    preview = await imports.preview(actor_id, import_id)
    added = {
        "import_id": import_id,
        "line": f"❓ {found_words(imported.added_count)}",
        "waits": not preview.destination.is_public,
    }
    await show_lesson_desk(manager, preview.destination.course_id, lesson_id, LessonDesk.questions, added=added)


async def undo_import(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    count = await services(manager).question_imports.undo(current_user(manager).id, shown_question_import(manager))
    await query.answer(_("Taken back: {what}").format(what=found_words(count)))


async def cancel_import(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    actor_id, import_id = current_user(manager).id, shown_question_import(manager)
    imports = services(manager).question_imports
    preview = await imports.preview(actor_id, import_id)
    await imports.put_away(actor_id, import_id)
    await query.answer(_("Put away. Nothing was added."))
    await _leave(manager, preview.imported.target, preview.destination.course_id)


async def leave_import(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    target = target_of(manager)
    destination = await services(manager).question_imports.admit(current_user(manager).id, target)
    await _leave(manager, target, destination.course_id)


async def open_questions(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    target = target_of(manager)
    destination = await services(manager).question_imports.admit(current_user(manager).id, target)
    if target.lesson_id is not None:
        await show_lesson_desk(manager, destination.course_id, target.lesson_id, LessonDesk.questions)


async def open_question_import(manager: DialogManager, rest: str) -> bool:
    """The link `qi_<import>`; its sender alone finds something there."""
    return await _open(manager, rest, QuestionImportDesk.preview)


async def open_as_file(manager: DialogManager, rest: str) -> bool:
    """The link `qf_<import>`: it is no test, but a part of the lesson."""
    import_id = number_in(rest)
    if import_id is None:
        return False
    try:
        await _keep_as_part(manager, QuestionImportId(import_id))
    except QuestionImportGone:
        return False
    return True


async def _open(manager: DialogManager, rest: str, state: State) -> bool:
    import_id = number_in(rest)
    if import_id is None:
        return False
    try:
        preview = await services(manager).question_imports.preview(
            current_user(manager).id, QuestionImportId(import_id)
        )
    except QuestionImportGone:
        return False
    await show_question_import(manager, preview.imported, state)
    return True


async def _leave(manager: DialogManager, target: Target, course_id: CourseId) -> None:
    if target.lesson_id is not None:
        await show_lesson_desk(manager, course_id, target.lesson_id)
    elif target.bank_id is not None:
        await show_bank(manager, course_id, target.bank_id)
    else:
        await show_course_desk(manager, course_id)
