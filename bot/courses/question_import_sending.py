"""What a teacher sends as a test, or as material that may be one."""

from pathlib import PurePosixPath

from aiogram.fsm.state import State
from aiogram.types import Message, Poll
from aiogram_dialog import DialogManager, ShowMode

from bot.courses.at_hand import shown_lesson
from bot.courses.states import QuestionImportDesk, show_question_import
from bot.i18n import _
from bot.services import current_user, services
from bot.writing import caption_of, markdown_of
from domain.courses.model import PartId
from domain.quizzes.importing.import_errors import PhotosNotRead
from domain.quizzes.importing.imports import (
    ImportSource,
    QuestionImport,
    QuestionImportState,
    SentPoll,
    SentTest,
    Target,
)

TEST_SUFFIXES = frozenset({".docx", ".xlsx", ".csv", ".txt", ".gift"})
"""Files that are looked into before they become a part of a lesson: a key would be read there."""
LARGEST_TEST = 3 * 1024 * 1024
"""Bytes; a larger file that comes as material is none. Where a test is asked for, any size is read."""
SHORTEST_TEST = 30
"""Characters of a text that could be two questions."""


def sent_test(message: Message, bot_id: int) -> SentTest | None:
    """The test that a message carries; None for what none comes as."""
    if message.text:
        return SentTest(
            message_id=message.message_id,
            source=ImportSource.TEXT,
            text=message.text,
            size=len(message.text),
            markdown=markdown_of(message),
            bot_id=bot_id,
        )
    if message.photo:
        largest = message.photo[-1]
        return SentTest(
            message_id=message.message_id,
            source=ImportSource.PHOTO,
            mime="image/jpeg",
            size=largest.file_size or 0,
            telegram_file_id=largest.file_id,
            bot_id=bot_id,
        )
    document = message.document
    if document is None or message.animation is not None:
        return None
    mime = document.mime_type or ""
    return SentTest(
        message_id=message.message_id,
        source=ImportSource.PHOTO if mime in ("image/jpeg", "image/png", "image/webp") else ImportSource.FILE,
        name=document.file_name or "",
        mime=mime,
        size=document.file_size or 0,
        telegram_file_id=document.file_id,
        bot_id=bot_id,
        markdown=caption_of(message),
    )


async def take_test(message: Message, manager: DialogManager, target: Target) -> bool:
    """A file, a photo, a text or a poll, that is a test for certain; False for what is none of them."""
    if message.poll is not None:
        await collect_poll(message, message.poll, manager, target)
        return True
    sent = sent_test(message, manager.middleware_data["bot"].id)
    if sent is None:
        return False
    try:
        imported = await services(manager).question_imports.receive(current_user(manager).id, target, sent)
    except PhotosNotRead:
        await message.answer(_("I cannot read photos here. Please send the test as a file or a text."))
        manager.show_mode = ShowMode.DELETE_AND_SEND
        return True
    await _show_received(manager, imported, QuestionImportDesk.preview)
    return True


async def take_more(message: Message, manager: DialogManager, target: Target) -> bool:
    """Where it is asked whether a text is a test: its next message, or another text that may be one."""
    sent = sent_test(message, manager.middleware_data["bot"].id)
    if sent is None or len(sent.text or "") < SHORTEST_TEST:
        return False
    imported = await services(manager).question_imports.receive(current_user(manager).id, target, sent, asks=True)
    await _show_received(manager, imported, QuestionImportDesk.asked)
    return True


async def take_material(message: Message, manager: DialogManager) -> bool:
    """On a lesson's desk: a file or text that may be a test is looked at before it is a part; its sender decides."""
    sent = sent_test(message, manager.middleware_data["bot"].id)
    if sent is None or not await _may_be_a_test(manager, sent):
        return False
    target = Target(lesson_id=shown_lesson(manager))
    imported = await services(manager).question_imports.receive(current_user(manager).id, target, sent, asks=True)
    await _show_received(manager, imported, QuestionImportDesk.asked)
    return True


async def look_into(message: Message, manager: DialogManager, part_id: PartId) -> None:
    """A PDF that has become a part is read all the same; its sender hears of it only if it looks like a test."""
    sent = sent_test(message, manager.middleware_data["bot"].id)
    if sent is None or sent.source is not ImportSource.FILE or _suffix(sent) != ".pdf" or sent.size > LARGEST_TEST:
        return
    target = Target(lesson_id=shown_lesson(manager))
    await services(manager).question_imports.receive(current_user(manager).id, target, sent, asks=True, part_id=part_id)


async def collect_poll(message: Message, poll: Poll, manager: DialogManager, target: Target) -> None:
    """One of a row of polls: how many there are is told by one message, the screen stays where it is."""
    sent = SentPoll(
        message_id=message.message_id,
        question=poll.question,
        options=tuple(option.text for option in poll.options),
        explanation=poll.explanation,
        correct=tuple(poll.correct_option_ids or ()),
    )
    await services(manager).question_imports.collect(current_user(manager).id, target, sent)
    manager.show_mode = ShowMode.NO_UPDATE


async def holds_a_test(manager: DialogManager, target: Target, text: str) -> bool:
    """Whether a typed text is several questions with their keys."""
    if len(text) < SHORTEST_TEST:
        return False
    return await services(manager).question_imports.looks_like_a_test(current_user(manager).id, target, text)


async def _may_be_a_test(manager: DialogManager, sent: SentTest) -> bool:
    if sent.source is ImportSource.FILE:
        return _suffix(sent) in TEST_SUFFIXES and sent.size <= LARGEST_TEST
    target = Target(lesson_id=shown_lesson(manager))
    return sent.text is not None and await holds_a_test(manager, target, sent.text)


async def _show_received(manager: DialogManager, imported: QuestionImport, read: State) -> None:
    is_waiting = imported.state is QuestionImportState.WAITING
    await show_question_import(manager, imported, QuestionImportDesk.reading if is_waiting else read)


def _suffix(sent: SentTest) -> str:
    return PurePosixPath(sent.name.casefold()).suffix
